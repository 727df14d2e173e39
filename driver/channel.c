// SPDX-License-Identifier: GPL-2.0-only
/*
 * One relay: the engine's decisions made real. All that changes a coil, and
 * all that tells of it, goes through here.
 */
#include <linux/gpio/consumer.h>
#include <linux/kobject.h>
#include <linux/string_helpers.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "emrelay.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

const char * const emrelay_contact_names[] = {
	[EMRELAY_OPEN] = "open",
	[EMRELAY_CLOSING] = "closing",
	[EMRELAY_CLOSED] = "closed",
	[EMRELAY_OPENING] = "opening",
};

const char * const emrelay_event_names[] = {
	[EMRELAY_EVENT_OFF] = "off",
	[EMRELAY_EVENT_ON] = "on",
	[EMRELAY_EVENT_REFUSED] = "refused",
};

const char * const emrelay_health_names[] = {
	[EMRELAY_GOOD] = "good",
	[EMRELAY_WARNING] = "warning",
	[EMRELAY_WORN] = "worn",
};

const char * const emrelay_load_names[EMRELAY_LOAD_CLASSES] = {
	[EMRELAY_LOAD_NONE] = "none",
	[EMRELAY_LOAD_RESISTIVE] = "resistive",
	[EMRELAY_LOAD_AC15] = "ac-15",
	[EMRELAY_LOAD_DC13] = "dc-13",
};

const char * const emrelay_policy_names[] = {
	[EMRELAY_DEFER] = "defer",
	[EMRELAY_REJECT] = "reject",
};

const char * const emrelay_source_names[] = {
	[EMRELAY_BY_PROBE] = "probe",
	[EMRELAY_BY_SYSFS] = "sysfs",
	[EMRELAY_BY_GPIO] = "gpio",
	[EMRELAY_BY_LED] = "led",
	[EMRELAY_BY_PULSE] = "pulse",
	[EMRELAY_BY_UNBIND] = "unbind",
	[EMRELAY_BY_SHUTDOWN] = "shutdown",
};

/**
 * emrelay_load_is_loaded - does a load class count as loaded?
 * @class: the class
 *
 * Context: Any.
 * Return: true for all but EMRELAY_LOAD_NONE.
 */
bool emrelay_load_is_loaded(enum emrelay_load_class class)
{
	return class != EMRELAY_LOAD_NONE;
}

/**
 * emrelay_channel_life_cycles - rated life at the present load class
 * @channel: the relay
 *
 * Context: Any; the bank's lock held.
 * Return: cycles.
 */
u32 emrelay_channel_life_cycles(const struct emrelay_channel *channel)
{
	const struct emrelay_ratings *ratings = &channel->config.ratings;

	return emrelay_load_is_loaded(channel->load_class) ?
		ratings->electrical_life : ratings->mechanical_life;
}

static struct emrelay_limits
emrelay_channel_limits(const struct emrelay_channel *channel)
{
	const struct emrelay_ratings *ratings = &channel->config.ratings;
	u64 bounce_ns = (u64)ratings->bounce_us * NSEC_PER_USEC;
	u32 per_minute = emrelay_load_is_loaded(channel->load_class) ?
			 ratings->loaded_per_minute :
			 ratings->unloaded_per_minute;

	return (struct emrelay_limits) {
		.close_ns = (u64)ratings->operate_us * NSEC_PER_USEC + bounce_ns,
		.open_ns = (u64)ratings->release_us * NSEC_PER_USEC + bounce_ns,
		.spacing_ns = emrelay_limit_spacing_ns(per_minute),
	};
}

/* Tells what changed of contact and health. Any context; bank's lock held. */
static void emrelay_channel_tell(struct emrelay_channel *channel, u64 now_ns)
{
	enum emrelay_contact contact =
		emrelay_engine_contact(&channel->life->engine, now_ns);
	enum emrelay_health health = emrelay_wear_health(&channel->life->wear);

	if (contact != channel->told_contact) {
		channel->told_contact = contact;
		trace_emrelay_contact(channel, contact, now_ns);
		if (channel->contact_node)
			sysfs_notify_dirent(channel->contact_node);
		schedule_work(&channel->tell_work);
	}

	if (health != channel->told_health) {
		channel->told_health = health;
		channel->tell_health = true;
		if (channel->health_node)
			sysfs_notify_dirent(channel->health_node);
		schedule_work(&channel->tell_work);
	}
}

/*
 * An LED that follows this relay may belong to another relay, or to this one:
 * it is told from a work item, where no lock is held.
 */
static void emrelay_channel_tell_work(struct work_struct *work)
{
	struct emrelay_channel *channel =
		container_of(work, struct emrelay_channel, tell_work);
	char *envp[2] = { "RELAY_EVENT=health" };
	unsigned long flags;
	bool health;

	spin_lock_irqsave(&channel->bank->lock, flags);
	health = channel->tell_health;
	channel->tell_health = false;
	spin_unlock_irqrestore(&channel->bank->lock, flags);

	emrelay_led_tell(channel);
	if (health)
		kobject_uevent_env(&channel->dev.kobj, KOBJ_CHANGE, envp);
}

static struct emrelay_action emrelay_channel_decide(struct emrelay_channel *channel)
{
	u64 now_ns = ktime_get_boottime_ns();

	emrelay_channel_tell(channel, now_ns);
	return emrelay_engine_decide(&channel->life->engine, now_ns);
}

/* A bus that fails goes on failing: say it once, and when it is over. */
static void emrelay_channel_tell_failing(struct emrelay_channel *channel, bool on,
					 int err)
{
	if (err && !channel->failing)
		dev_err(&channel->dev, "cannot drive the coil %s: %pe, %s\n",
			str_on_off(on), ERR_PTR(err), channel->bank->dying ?
			"it may stay energised" : "will be tried again");
	else if (!err && channel->failing)
		dev_info(&channel->dev, "the coil can be driven again\n");
	channel->failing = err;
}

/* The line was driven, or could not be: account for it. Bank's lock held. */
static void emrelay_channel_driven(struct emrelay_channel *channel, bool on,
				   enum emrelay_source source, int err)
{
	struct emrelay_life *life = channel->life;
	bool edge = on != life->engine.past.coil;
	u64 now_ns = ktime_get_boottime_ns();

	emrelay_channel_tell_failing(channel, on, err);
	if (err) {
		emrelay_engine_failed(&life->engine, on, now_ns);
		return;
	}

	emrelay_engine_edge(&life->engine, on, now_ns);
	if (!edge)
		return;

	if (on)
		emrelay_wear_energised(&life->wear,
				       emrelay_load_is_loaded(channel->load_class),
				       emrelay_channel_life_cycles(channel), now_ns);
	else
		emrelay_wear_released(&life->wear, now_ns);
	emrelay_life_record(life, on ? EMRELAY_EVENT_ON : EMRELAY_EVENT_OFF,
			    source, now_ns);
	trace_emrelay_coil(channel, on, source, now_ns);
}

static void emrelay_channel_arm(struct emrelay_channel *channel, u64 wake_ns)
{
	if (channel->wake_ns == wake_ns)
		return;

	channel->wake_ns = wake_ns;
	/* A callback that runs just now waits for the lock and decides again. */
	if (wake_ns == U64_MAX)
		hrtimer_try_to_cancel(&channel->timer);
	else
		hrtimer_start(&channel->timer, ns_to_ktime(wake_ns),
			      HRTIMER_MODE_ABS);
}

/*
 * Brings the coil to where the engine wants it, or arranges for that. The one
 * place that knows lines that sleep from those that do not. Before the bank is
 * bound a request only sets the target: a probe that fails has moved nothing.
 * Any context; the bank's lock held.
 */
static void emrelay_channel_converge(struct emrelay_channel *channel)
{
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_action action;

	if (!bank->bound || bank->dying)
		return;

	while ((action = emrelay_channel_decide(channel)).drive) {
		if (bank->worker) {
			kthread_queue_work(bank->worker, &channel->drive_work);
			return;
		}
		emrelay_channel_driven(channel, action.on, action.source,
				       emrelay_gpiod_set(channel->coil, action.on));
	}
	emrelay_channel_arm(channel, action.wake_ns);
}

/* The same where the line sleeps, so that the lock must be dropped over it. */
static void emrelay_channel_drive_work(struct kthread_work *work)
{
	struct emrelay_channel *channel =
		container_of(work, struct emrelay_channel, drive_work);
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_action action;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&bank->lock, flags);
	while (!bank->dying) {
		action = emrelay_channel_decide(channel);
		if (!action.drive) {
			emrelay_channel_arm(channel, action.wake_ns);
			break;
		}
		spin_unlock_irqrestore(&bank->lock, flags);
		err = emrelay_gpiod_set_cansleep(channel->coil, action.on);
		spin_lock_irqsave(&bank->lock, flags);
		emrelay_channel_driven(channel, action.on, action.source, err);
	}
	spin_unlock_irqrestore(&bank->lock, flags);
}

static enum hrtimer_restart emrelay_channel_timer(struct hrtimer *timer)
{
	struct emrelay_channel *channel =
		container_of(timer, struct emrelay_channel, timer);
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;

	spin_lock_irqsave(&bank->lock, flags);
	/* Someone may have armed it again while this waited for the lock. */
	if (!hrtimer_is_queued(timer))
		channel->wake_ns = U64_MAX;
	emrelay_channel_converge(channel);
	spin_unlock_irqrestore(&bank->lock, flags);
	return HRTIMER_NORESTART;
}

/**
 * emrelay_channel_request - ask a relay for something
 * @channel: the relay
 * @request: what, by whom
 *
 * Where the line does not sleep the coil has been driven on return, if that
 * was legal; elsewhere see emrelay_channel_sync().
 *
 * Context: Any. Takes the bank's lock.
 * Return:
 * * 0		- accepted
 * * -EINVAL	- a pulse too short for the contact to close
 * * -EAGAIN	- refused by policy; time will cure it
 * * -ENODEV	- the driver is going
 */
int emrelay_channel_request(struct emrelay_channel *channel,
			    const struct emrelay_request *request)
{
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;
	u64 now_ns;
	int ret;

	spin_lock_irqsave(&bank->lock, flags);
	if (bank->dying) {
		ret = -ENODEV;
		goto out;
	}

	now_ns = ktime_get_boottime_ns();
	ret = emrelay_engine_request(&channel->life->engine, request, now_ns);
	if (ret == -EINVAL)
		goto out;

	trace_emrelay_request(channel, request, now_ns, ret);
	if (ret)
		emrelay_life_record(channel->life, EMRELAY_EVENT_REFUSED,
				    request->source, now_ns);
	else
		emrelay_channel_converge(channel);
out:
	spin_unlock_irqrestore(&bank->lock, flags);
	return ret;
}

/**
 * emrelay_channel_sync - wait until what was legal has been done
 * @channel: the relay
 *
 * After it a request that could be carried out at once has been, also on a
 * line that sleeps. Nothing to wait for on one that does not.
 *
 * Context: Sleeps if the bank sleeps, else any.
 */
void emrelay_channel_sync(struct emrelay_channel *channel)
{
	if (channel->bank->worker)
		kthread_flush_work(&channel->drive_work);
}

/**
 * emrelay_channel_set_load - choose rate limit and wear of the cycles to come
 * @channel: the relay
 * @class: the load class
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_channel_set_load(struct emrelay_channel *channel,
			      enum emrelay_load_class class)
{
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;

	spin_lock_irqsave(&bank->lock, flags);
	channel->load_class = class;
	channel->life->engine.limits = emrelay_channel_limits(channel);
	emrelay_channel_converge(channel);
	spin_unlock_irqrestore(&bank->lock, flags);
}

/**
 * emrelay_channel_closed - is the contact closed and at rest?
 * @channel: the relay
 *
 * Context: Any. Takes the bank's lock.
 * Return: true if so.
 */
bool emrelay_channel_closed(struct emrelay_channel *channel)
{
	enum emrelay_contact contact;
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	contact = emrelay_engine_contact(&channel->life->engine,
					 ktime_get_boottime_ns());
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return contact == EMRELAY_CLOSED;
}

/**
 * emrelay_channel_init - look at a relay as it is found
 * @channel: the relay, with its bank, config and coil line set
 *
 * Reads the line and changes nothing.
 *
 * Context: Sleeps. No face knows the channel yet.
 * Return: 0, -ENOMEM, or the error of a line to be kept that cannot be read.
 */
int emrelay_channel_init(struct emrelay_channel *channel)
{
	const struct emrelay_config *config = &channel->config;
	struct emrelay_limits limits;
	struct emrelay_engine *engine;
	u64 now_ns;
	bool found;
	int level;

	channel->life = emrelay_life_get(config->fwnode);
	if (!channel->life)
		return -ENOMEM;
	engine = &channel->life->engine;

	/* Some lines can only be set: then it is as the driver last left it. */
	level = gpiod_get_value_cansleep(channel->coil);
	if (level < 0 && config->default_state == EMRELAY_DEFAULT_KEEP)
		return dev_err_probe(channel->bank->dev, level,
				     "%pfwP: default-state \"keep\" needs coil-gpios that can be read\n",
				     config->fwnode);
	channel->blind = level < 0;
	found = channel->blind ? engine->past.coil : level;

	channel->load_class = config->load.class;
	channel->wake_ns = U64_MAX;
	hrtimer_setup(&channel->timer, emrelay_channel_timer, CLOCK_BOOTTIME,
		      HRTIMER_MODE_ABS);
	kthread_init_work(&channel->drive_work, emrelay_channel_drive_work);
	INIT_WORK(&channel->tell_work, emrelay_channel_tell_work);

	now_ns = ktime_get_boottime_ns();
	limits = emrelay_channel_limits(channel);
	if (found && !engine->past.coil)
		channel->life->wear.on_since_ns = now_ns;
	else if (!found && engine->past.coil)
		emrelay_wear_released(&channel->life->wear, now_ns);
	emrelay_engine_bind(engine, &limits, found,
			    config->default_state == EMRELAY_DEFAULT_KEEP ?
			    found : config->default_state == EMRELAY_DEFAULT_ON,
			    now_ns);

	channel->told_contact = emrelay_engine_contact(engine, now_ns);
	channel->told_closed = channel->told_contact == EMRELAY_CLOSED;
	channel->told_health = emrelay_wear_health(&channel->life->wear);
	return 0;
}

/**
 * emrelay_channel_output - make the coil's line an output
 * @channel: the relay, initialised, of a bank that is not bound yet
 *
 * Of the level it was found at, so that there is no edge. But an input that is
 * pulled to a level at which the coil is on, and is to be off, becomes an output
 * that is off: driving it on first might do what the pull alone could not. And
 * a line that cannot be read gets the level it is to have, if that is legal: any
 * other might make two edges of none.
 *
 * Context: Sleeps.
 * Return: 0 or the error of the line.
 */
int emrelay_channel_output(struct emrelay_channel *channel)
{
	struct emrelay_engine *engine = &channel->life->engine;
	bool input = gpiod_get_direction(channel->coil) == 1;
	struct emrelay_action action;
	unsigned long flags;
	bool level;
	int ret;

	spin_lock_irqsave(&channel->bank->lock, flags);
	action = emrelay_engine_decide(engine, ktime_get_boottime_ns());
	level = engine->past.coil;
	if (action.drive && (channel->blind || (input && !action.on)))
		level = action.on;
	spin_unlock_irqrestore(&channel->bank->lock, flags);

	ret = gpiod_direction_output(channel->coil, level);
	if (ret)
		return dev_err_probe(channel->bank->dev, ret,
				     "%pfwP: cannot drive coil-gpios\n",
				     channel->config.fwnode);

	spin_lock_irqsave(&channel->bank->lock, flags);
	if (level != engine->past.coil)
		emrelay_channel_driven(channel, level, action.source, 0);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return 0;
}

/**
 * emrelay_channel_start - bring the coil to its target
 * @channel: the relay, of a bank that is bound
 *
 * Context: Sleeps if the bank sleeps. Takes the bank's lock.
 */
void emrelay_channel_start(struct emrelay_channel *channel)
{
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	emrelay_channel_converge(channel);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	emrelay_channel_sync(channel);
}

/**
 * emrelay_channel_stop - end all that may run by itself
 * @channel: the relay, of a dying bank
 *
 * After it no callback of the channel runs, and none will.
 *
 * Context: Sleeps.
 */
void emrelay_channel_stop(struct emrelay_channel *channel)
{
	hrtimer_cancel(&channel->timer);
	kthread_cancel_work_sync(&channel->drive_work);
	cancel_work_sync(&channel->tell_work);
}

/**
 * emrelay_channel_release - the last word to the coil
 * @channel: the relay, stopped
 * @source: why
 *
 * Releases an energised coil if that is legal now. With retain-state-shutdown
 * one that is to be on for good stays so; an off that was accepted, or the end
 * of a pulse, is carried out all the same, for nobody would do it later.
 *
 * Context: Sleeps if the bank sleeps.
 * Return: the moment to ask again, U64_MAX if nothing is left to do.
 */
u64 emrelay_channel_release(struct emrelay_channel *channel,
			    enum emrelay_source source)
{
	struct emrelay_engine *engine = &channel->life->engine;
	u64 now_ns, wait_ns;
	unsigned long flags;
	int err;

	if (!engine->past.coil && !engine->unsure)
		return U64_MAX;
	if (channel->config.retain_state_shutdown && engine->target &&
	    !engine->pulse_ns)
		return U64_MAX;

	engine->target = false;
	engine->pulse_ns = 0;
	now_ns = ktime_get_boottime_ns();
	wait_ns = emrelay_engine_wait_ns(engine, now_ns);
	if (wait_ns)
		return now_ns + wait_ns;

	err = emrelay_gpiod_set_cansleep(channel->coil, false);
	spin_lock_irqsave(&channel->bank->lock, flags);
	emrelay_channel_driven(channel, false, source, err);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return U64_MAX;
}
