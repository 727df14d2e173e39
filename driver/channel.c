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

const char * const emrelay_basis_names[] = {
	[EMRELAY_BASIS_SHEET] = "sheet",
	[EMRELAY_BASIS_CURVE] = "curve",
	[EMRELAY_BASIS_ASSUMED] = "assumed",
};

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
	[EMRELAY_EVENT_REPLACED_CYCLES] = "cycles=",
	[EMRELAY_EVENT_REPLACED_PPM] = "life_used_ppm=",
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

const char * const emrelay_end_of_life_names[] = { "warn", "block" };

const char * const emrelay_wear_source_names[] = {
	[EMRELAY_WEAR_NONE] = "none",
	[EMRELAY_WEAR_NVMEM] = "nvmem",
	[EMRELAY_WEAR_RECORD] = "record",
};

const char * const emrelay_source_names[] = {
	[EMRELAY_BY_PROBE] = "probe",
	[EMRELAY_BY_SYSFS] = "sysfs",
	[EMRELAY_BY_GPIO] = "gpio",
	[EMRELAY_BY_LED] = "led",
	[EMRELAY_BY_PULSE] = "pulse",
	[EMRELAY_BY_WATCHDOG] = "watchdog",
	[EMRELAY_BY_MAX_ON] = "max-on",
	[EMRELAY_BY_INTERLOCK] = "interlock",
	[EMRELAY_BY_SUSPEND] = "suspend",
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
		.spacing_ns = emrelay_spacing_ns(per_minute),
		.min_on_ns = (u64)channel->min_on_ms * NSEC_PER_MSEC,
		.min_off_ns = (u64)channel->min_off_ms * NSEC_PER_MSEC,
		.watchdog_ns = (u64)channel->watchdog_ms * NSEC_PER_MSEC,
	};
}

/* What a cycle costs from now on. Bank's lock held, or no face knows it yet. */
static void emrelay_channel_rate(struct emrelay_channel *channel)
{
	const struct emrelay_config *config = &channel->config;
	struct emrelay_present_load load = {
		.class = channel->load_class,
		.microamp = channel->load_microamp,
		/* Sheets give the life of the contact that closes. */
		.sheet = channel->load_class == EMRELAY_LOAD_RESISTIVE &&
			 channel->load_declared && !config->load.normally_closed,
		.curve = channel->load_class == config->load.class &&
			 !config->load.normally_closed,
	};

	channel->expected = emrelay_expected_life(&config->ratings,
						  &config->curve, &load);
	channel->cycle = emrelay_wear_per_cycle(channel->expected.life);
}

/* LEDs follow. One that comes to do so reads the contact itself, under the lock. */
static bool emrelay_channel_followed(const struct emrelay_channel *channel)
{
	return !list_empty(&channel->trigger.led_cdevs);
}

/*
 * Would anyone be told when the contact comes to rest? Whoever has not read
 * the file since it was last notified is told by poll() already.
 */
static bool emrelay_channel_watched(const struct emrelay_channel *channel)
{
	return channel->read || emrelay_channel_followed(channel) ||
	       trace_emrelay_contact_enabled();
}

/* Tells if the contact changed. Any context; bank's lock held. */
static void emrelay_channel_tell(struct emrelay_channel *channel, u64 now_ns)
{
	enum emrelay_contact contact =
		emrelay_engine_contact(&channel->life->engine, now_ns);

	if (contact == channel->told_contact)
		return;

	channel->told_contact = contact;
	trace_emrelay_contact(channel, contact, now_ns);
	if (channel->read && channel->contact_node)
		sysfs_notify_dirent(channel->contact_node);
	channel->read = false;
	if (emrelay_channel_followed(channel) && !channel->bank->dying)
		schedule_work(&channel->tell_work);
	else
		channel->told_closed = contact == EMRELAY_CLOSED;
}

/*
 * Tells if the health changed, which a cycle does, and whether the relay still
 * may be energised. An event tells what no event has told before: what is only
 * found again after a bind is no news. Any context; bank's lock held.
 */
static void emrelay_channel_tell_health(struct emrelay_channel *channel)
{
	struct emrelay_record *record = &channel->life->record;
	enum emrelay_health health = emrelay_wear_health(&record->wear,
							 channel->warn_ppm);
	bool dying = channel->bank->dying;
	bool changed = health != channel->told_health;
	bool worse = health > record->told;

	if (likely(!changed && !worse))
		return;

	if (changed) {
		WRITE_ONCE(channel->told_health, health);
		channel->life->engine.refuse = (channel->block_worn &&
					       health == EMRELAY_WORN) ? -EPERM : 0;
		if (channel->health_node && !dying)
			sysfs_notify_dirent(channel->health_node);
	}
	if (dying || !(worse || channel->health_event))
		return;

	if (worse) {
		record->told = health;
		if (channel->store.nvmem) {
			emrelay_store_note(channel, 0);
			emrelay_store_kick(channel);
		}
	}
	channel->health_event = true;
	channel->tell_health = true;
	schedule_work(&channel->tell_work);
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
	if (health && device_is_registered(&channel->dev))
		kobject_uevent_env(&channel->dev.kobj, KOBJ_CHANGE, envp);
}

static __always_inline struct emrelay_action
emrelay_channel_decide(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_action action =
		emrelay_arbiter_decide(&channel->bank->arbiter, channel->index,
				       now_ns);
	u64 settled_ns;

	if (!emrelay_channel_watched(channel))
		return action;

	emrelay_channel_tell(channel, now_ns);
	settled_ns = emrelay_engine_settled_ns(&channel->life->engine);
	if (now_ns < settled_ns)
		action.wake_ns = min(action.wake_ns, settled_ns);
	return action;
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

/*
 * The line was driven, or could not be: account for it. Returns when that was.
 * Bank's lock held.
 */
static u64 emrelay_channel_driven(struct emrelay_channel *channel, bool on,
				  enum emrelay_source source, int err)
{
	struct emrelay_arbiter *arbiter = &channel->bank->arbiter;
	struct emrelay_life *life = channel->life;
	struct emrelay_record *record = &life->record;
	bool edge = on != life->engine.past.coil;
	u64 now_ns = ktime_get_boottime_ns();

	if (unlikely(err || channel->failing))
		emrelay_channel_tell_failing(channel, on, err);
	if (err) {
		emrelay_arbiter_failed(arbiter, channel->index, on, now_ns);
		return now_ns;
	}

	emrelay_arbiter_edge(arbiter, channel->index, on, now_ns);
	if (!edge)
		return now_ns;

	if (on) {
		if (unlikely(emrelay_duty_due(&record->duty, now_ns)))
			emrelay_duty_roll(&record->duty, &record->wear, now_ns);
		emrelay_wear_energised(&record->wear, channel->load_class,
				       &channel->cycle, now_ns);
		emrelay_channel_tell_health(channel);
	} else {
		emrelay_wear_released(&record->wear, now_ns);
	}
	if (channel->store.nvmem)
		emrelay_store_note(channel, on);
	/* Nobody looks: no need to find out what is plain. */
	if (!emrelay_channel_watched(channel)) {
		channel->told_contact = on ? EMRELAY_CLOSING : EMRELAY_OPENING;
		channel->told_closed = false;
	}
	emrelay_life_record(life, on ? EMRELAY_EVENT_ON : EMRELAY_EVENT_OFF,
			    source, now_ns, 0);
	trace_emrelay_coil(channel, on, source, now_ns);
	return now_ns;
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
 * place that knows lines that sleep from those that do not. Returns the time.
 * Any context; the bank's lock held.
 */
static u64 emrelay_channel_converge(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_action action;

	while ((action = emrelay_channel_decide(channel, now_ns)).drive) {
		if (bank->worker) {
			kthread_queue_work(bank->worker, &channel->drive_work);
			return now_ns;
		}
		now_ns = emrelay_channel_driven(channel, action.on, action.source,
						emrelay_gpiod_set(channel->coil,
								  action.on));
	}
	emrelay_channel_arm(channel, action.wake_ns);
	return now_ns;
}

/*
 * Before the bank is bound a request, or a change of limits, moves nothing: a
 * probe that fails has moved nothing. Nor does anything move while the lines'
 * controllers may be asleep, which put back what they were when they wake up.
 * Bank's lock held.
 */
static bool emrelay_bank_moves(const struct emrelay_bank *bank)
{
	return bank->bound && !bank->asleep && !bank->dying;
}

/* What a relay does may let another one move. Any context; bank's lock held. */
static void emrelay_bank_converge(struct emrelay_bank *bank, u64 now_ns)
{
	u16 who;

	while ((who = emrelay_arbiter_next(&bank->arbiter, now_ns)) != EMRELAY_NOBODY)
		now_ns = emrelay_channel_converge(bank->channels[who], now_ns);
}

/* Something of a relay is new: act on it. Any context; the bank's lock held. */
static void emrelay_channel_update(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_bank *bank = channel->bank;

	if (!emrelay_bank_moves(bank))
		return;

	now_ns = emrelay_channel_converge(channel, now_ns);
	emrelay_bank_converge(bank, now_ns);
}

/* The same where the line sleeps, so that the lock must be dropped over it. */
static void emrelay_channel_drive_work(struct kthread_work *work)
{
	struct emrelay_channel *channel =
		container_of(work, struct emrelay_channel, drive_work);
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_action action;
	unsigned long flags;
	u64 now_ns;
	int err;

	spin_lock_irqsave(&bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	while (emrelay_bank_moves(bank)) {
		action = emrelay_channel_decide(channel, now_ns);
		if (!action.drive) {
			emrelay_channel_arm(channel, action.wake_ns);
			emrelay_bank_converge(bank, now_ns);
			break;
		}
		spin_unlock_irqrestore(&bank->lock, flags);
		err = emrelay_gpiod_set_cansleep(channel->coil, action.on);
		spin_lock_irqsave(&bank->lock, flags);
		now_ns = emrelay_channel_driven(channel, action.on, action.source,
						err);
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
	emrelay_channel_update(channel, ktime_get_boottime_ns());
	spin_unlock_irqrestore(&bank->lock, flags);
	return HRTIMER_NORESTART;
}

/**
 * emrelay_bank_set_supply - choose what the supply of a bank's coils can take
 * @bank: the bank
 * @stagger_ms: least time between two energisations in ms, NULL: as it is
 * @coil_limit: most coils energised at a time, 0: all, NULL: as it is
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_bank_set_supply(struct emrelay_bank *bank, const u32 *stagger_ms,
			     const u32 *coil_limit)
{
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	unsigned long flags;
	u64 now_ns;

	spin_lock_irqsave(&bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	emrelay_arbiter_set_supply(arbiter, stagger_ms ?
				   (u64)*stagger_ms * NSEC_PER_MSEC :
				   arbiter->stagger_ns, coil_limit ?
				   *coil_limit : arbiter->coil_limit);
	if (emrelay_bank_moves(bank))
		emrelay_bank_converge(bank, now_ns);
	spin_unlock_irqrestore(&bank->lock, flags);
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
 * * -EBUSY	- refused by policy; another relay is in the way
 * * -EPERM	- refused as the relay is worn
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
	ret = emrelay_arbiter_request(&bank->arbiter, channel->index, request,
				      now_ns);
	if (ret == -EINVAL)
		goto out;

	trace_emrelay_request(channel, request, now_ns, ret);
	if (ret)
		emrelay_life_record(channel->life, EMRELAY_EVENT_REFUSED,
				    request->source, now_ns, 0);
	else
		emrelay_channel_update(channel, now_ns);
out:
	spin_unlock_irqrestore(&bank->lock, flags);
	return ret;
}

static void emrelay_channel_set_limits(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_limits limits = emrelay_channel_limits(channel);

	emrelay_arbiter_set_limits(&channel->bank->arbiter, channel->index, &limits, now_ns);
	emrelay_channel_update(channel, now_ns);
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
	channel->load_declared = true;
	emrelay_channel_rate(channel);
	emrelay_channel_set_limits(channel, ktime_get_boottime_ns());
	spin_unlock_irqrestore(&bank->lock, flags);
}

/**
 * emrelay_channel_set_current - tell what current the contact switches
 * @channel: the relay
 * @microamp: the current
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0, or -EINVAL if the relay is not rated for it.
 */
int emrelay_channel_set_current(struct emrelay_channel *channel, u32 microamp)
{
	struct emrelay_load load = channel->config.load;
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_excess excess;
	unsigned long flags;
	int ret = -EINVAL;

	load.microamp = microamp;
	load.has_microamp = true;

	spin_lock_irqsave(&bank->lock, flags);
	load.class = channel->load_class;
	if (!emrelay_load_excess(&channel->config, &load, &excess)) {
		WRITE_ONCE(channel->load_microamp, microamp);
		emrelay_channel_rate(channel);
		ret = 0;
	}
	spin_unlock_irqrestore(&bank->lock, flags);
	return ret;
}

/**
 * emrelay_channel_set_health - choose what becomes of a relay that wears out
 * @channel: the relay
 * @warn_ppm: from how much used life on health is a warning, NULL: as it is
 * @block_worn: do not energise it any more once it is worn, NULL: as it is
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_channel_set_health(struct emrelay_channel *channel,
				const u32 *warn_ppm, const bool *block_worn)
{
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;

	spin_lock_irqsave(&bank->lock, flags);
	if (warn_ppm)
		WRITE_ONCE(channel->warn_ppm, *warn_ppm);
	if (block_worn)
		WRITE_ONCE(channel->block_worn, *block_worn);
	channel->life->engine.refuse = (channel->block_worn &&
				       channel->told_health == EMRELAY_WORN) ? -EPERM : 0;
	emrelay_channel_tell_health(channel);
	spin_unlock_irqrestore(&bank->lock, flags);
}

/**
 * emrelay_channel_record - the record of a relay's life at this moment
 * @channel: the relay
 *
 * Context: Any. Takes the bank's lock.
 * Return: the record.
 */
struct emrelay_record emrelay_channel_record(struct emrelay_channel *channel)
{
	struct emrelay_clocks clocks;
	struct emrelay_record record;
	unsigned long flags;
	bool on;

	spin_lock_irqsave(&channel->bank->lock, flags);
	clocks = emrelay_clocks();
	record = channel->life->record;
	on = channel->life->engine.past.coil;
	spin_unlock_irqrestore(&channel->bank->lock, flags);

	emrelay_record_freeze(&record, on, &clocks);
	return record;
}

/**
 * emrelay_channel_merge - go on with what a record tells as well
 * @channel: the relay
 * @record: the record; used up
 * @source: where it is from
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0, or -EXDEV if it is the record of another relay.
 */
int emrelay_channel_merge(struct emrelay_channel *channel,
			  struct emrelay_record *record,
			  enum emrelay_wear_source source)
{
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_clocks clocks;
	unsigned long flags;
	int ret = -EXDEV;

	spin_lock_irqsave(&bank->lock, flags);
	if (!emrelay_record_is_of(record, &channel->life->record.identity))
		goto out;

	clocks = emrelay_clocks();
	emrelay_life_adopt(channel->life, record, source, &clocks);
	/* At probe there is nobody to tell yet. */
	if (device_is_registered(&channel->dev))
		emrelay_channel_tell_health(channel);
	emrelay_channel_update(channel, clocks.now_ns);
	ret = 0;
out:
	spin_unlock_irqrestore(&bank->lock, flags);
	return ret;
}

/* What udev is told of the relay that was replaced. */
static void emrelay_channel_tell_replaced(struct emrelay_channel *channel,
					  const struct emrelay_record *old)
{
	char cycles[40], used[40], serial[20 + EMRELAY_SERIAL_SIZE];
	char *envp[5] = { "RELAY_EVENT=replaced", cycles, used, serial };

	snprintf(cycles, sizeof(cycles), "RELAY_CYCLES=%llu",
		 emrelay_wear_cycles(&old->wear));
	snprintf(used, sizeof(used), "RELAY_LIFE_USED_PPM=%llu",
		 emrelay_wear_ppm(&old->wear));
	snprintf(serial, sizeof(serial), "RELAY_SERIAL=%s", old->identity.serial);
	kobject_uevent_env(&channel->dev.kobj, KOBJ_CHANGE, envp);
}

/**
 * emrelay_channel_replace - another relay is in the socket
 * @channel: the relay
 * @serial: what it is called, shorter than EMRELAY_SERIAL_SIZE
 *
 * Its limits go on as they were: nobody knows how it was used before.
 *
 * Context: Sleeps. Takes the bank's lock.
 */
void emrelay_channel_replace(struct emrelay_channel *channel, const char *serial)
{
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_record old;
	unsigned long flags;

	spin_lock_irqsave(&bank->lock, flags);
	old = channel->life->record;
	emrelay_life_replace(channel->life, serial, ktime_get_boottime_ns());
	channel->store.has_cycles = false;
	channel->health_event = true;
	emrelay_channel_tell_health(channel);
	spin_unlock_irqrestore(&bank->lock, flags);

	emrelay_store_write(channel);
	emrelay_channel_tell_replaced(channel, &old);
}

/**
 * emrelay_channel_set_dwell - choose a dwell limit
 * @channel: the relay
 * @dwell_ms: which: its min_on_ms or min_off_ms
 * @ms: the limit in ms
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_channel_set_dwell(struct emrelay_channel *channel, u32 *dwell_ms,
			       u32 ms)
{
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;

	spin_lock_irqsave(&bank->lock, flags);
	*dwell_ms = ms;
	emrelay_channel_set_limits(channel, ktime_get_boottime_ns());
	spin_unlock_irqrestore(&bank->lock, flags);
}

/**
 * emrelay_channel_set_watchdog - choose how often an on must be renewed
 * @channel: the relay
 * @ms: at least every so many ms; 0: never. A present on counts from now.
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_channel_set_watchdog(struct emrelay_channel *channel, u32 ms)
{
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;
	u64 now_ns;

	spin_lock_irqsave(&bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	channel->watchdog_ms = ms;
	emrelay_channel_set_limits(channel, now_ns);
	spin_unlock_irqrestore(&bank->lock, flags);
}

/**
 * emrelay_channel_set_changeover - choose what an on does to its group
 * @channel: the relay
 * @changeover: it releases the others; else it waits for them
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_channel_set_changeover(struct emrelay_channel *channel,
				    bool changeover)
{
	struct emrelay_bank *bank = channel->bank;
	unsigned long flags;
	u64 now_ns;

	spin_lock_irqsave(&bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	emrelay_arbiter_set_changeover(&bank->arbiter, channel->index, changeover, now_ns);
	emrelay_channel_update(channel, now_ns);
	spin_unlock_irqrestore(&bank->lock, flags);
}

/**
 * emrelay_channel_wait_ns - how long until the coil follows the target?
 * @channel: the relay
 * @now_ns: the time
 * @wait_ns: ns, 0 if it does; U64_MAX if that depends on other relays
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0.
 */
int emrelay_channel_wait_ns(struct emrelay_channel *channel, u64 now_ns,
			    u64 *wait_ns)
{
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	*wait_ns = emrelay_engine_wait_ns(&channel->life->engine, now_ns);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return 0;
}

/**
 * emrelay_channel_ready_ns - how long would an on have to wait?
 * @channel: the relay
 * @now_ns: the time
 * @ready_ns: ns, 0 if not at all or the coil is on; U64_MAX if that depends on
 *	other relays, or if it is worn and would be refused
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0.
 */
int emrelay_channel_ready_ns(struct emrelay_channel *channel, u64 now_ns,
			     u64 *ready_ns)
{
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	*ready_ns = emrelay_arbiter_ready_ns(&channel->bank->arbiter, channel->index,
					     now_ns);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return 0;
}

/**
 * emrelay_channel_watch - read the contact, to be told of its next change
 * @channel: the relay
 *
 * Context: Any. Takes the bank's lock.
 * Return: state of the contact.
 */
enum emrelay_contact emrelay_channel_watch(struct emrelay_channel *channel)
{
	enum emrelay_contact contact;
	unsigned long flags;
	u64 now_ns;

	spin_lock_irqsave(&channel->bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	emrelay_channel_tell(channel, now_ns);
	contact = channel->told_contact;
	channel->read = true;
	emrelay_channel_update(channel, now_ns);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return contact;
}

/**
 * emrelay_channel_news - is there news of the contact for LEDs?
 * @channel: the relay
 * @closed: set to whether the contact is closed
 *
 * Context: Any. Takes the bank's lock.
 * Return: true if it is otherwise than when this was last asked, or when there
 * was no LED to be told yet.
 */
bool emrelay_channel_news(struct emrelay_channel *channel, bool *closed)
{
	unsigned long flags;
	bool news;

	spin_lock_irqsave(&channel->bank->lock, flags);
	*closed = emrelay_engine_contact(&channel->life->engine,
					 ktime_get_boottime_ns()) == EMRELAY_CLOSED;
	news = *closed != channel->told_closed;
	channel->told_closed = *closed;
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return news;
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

	emrelay_store_read(channel);

	channel->load_class = config->load.class;
	channel->load_microamp = config->load.has_microamp ?
				 config->load.microamp : 0;
	channel->load_declared = config->load.has_class;
	channel->warn_ppm = EMRELAY_WARN_PPM;
	emrelay_channel_rate(channel);
	channel->min_on_ms = config->min_on_ms;
	channel->min_off_ms = config->min_off_ms;
	channel->wake_ns = U64_MAX;
	hrtimer_setup(&channel->timer, emrelay_channel_timer, CLOCK_BOOTTIME,
		      HRTIMER_MODE_ABS);
	kthread_init_work(&channel->drive_work, emrelay_channel_drive_work);
	INIT_WORK(&channel->tell_work, emrelay_channel_tell_work);

	now_ns = ktime_get_boottime_ns();
	limits = emrelay_channel_limits(channel);
	if (found && !engine->past.coil)
		channel->life->record.wear.on_since_ns = now_ns;
	else if (!found && engine->past.coil)
		emrelay_wear_released(&channel->life->record.wear, now_ns);
	emrelay_engine_bind(engine, &limits, found,
			    config->default_state == EMRELAY_DEFAULT_KEEP ?
			    found : config->default_state == EMRELAY_DEFAULT_ON,
			    now_ns);

	channel->told_contact = emrelay_engine_contact(engine, now_ns);
	channel->told_closed = channel->told_contact == EMRELAY_CLOSED;
	channel->told_health = emrelay_wear_health(&channel->life->record.wear,
						   channel->warn_ppm);
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
	action = emrelay_arbiter_decide(&channel->bank->arbiter, channel->index,
					ktime_get_boottime_ns());
	level = engine->past.coil;
	if (input && !engine->target)
		level = false;
	else if (action.drive && channel->blind)
		level = action.on;
	spin_unlock_irqrestore(&channel->bank->lock, flags);

	ret = gpiod_direction_output(channel->coil, level);
	if (ret)
		return dev_err_probe(channel->bank->dev, ret,
				     "%pfwP: cannot drive coil-gpios\n",
				     channel->config.fwnode);

	spin_lock_irqsave(&channel->bank->lock, flags);
	if (level != engine->past.coil) {
		channel->energised = level;
		emrelay_channel_driven(channel, level, engine->source, 0);
	}
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return 0;
}

/**
 * emrelay_bank_start - let the coils follow their targets
 * @bank: the bank, its lines driven
 *
 * Context: Sleeps if the bank sleeps. Takes the bank's lock.
 */
void emrelay_bank_start(struct emrelay_bank *bank)
{
	unsigned long flags;
	unsigned int i;
	u64 now_ns;

	spin_lock_irqsave(&bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	bank->bound = true;
	emrelay_arbiter_start(&bank->arbiter, now_ns);
	emrelay_bank_converge(bank, now_ns);
	spin_unlock_irqrestore(&bank->lock, flags);

	for (i = 0; i < bank->count; i++) {
		spin_lock_irqsave(&bank->lock, flags);
		emrelay_channel_update(bank->channels[i], ktime_get_boottime_ns());
		emrelay_store_start(bank->channels[i]);
		spin_unlock_irqrestore(&bank->lock, flags);
		emrelay_channel_sync(bank->channels[i]);
	}
}

/**
 * emrelay_bank_sleep - let nothing move until emrelay_bank_wake()
 * @bank: the bank
 *
 * Requests are taken all the same.
 *
 * Context: Sleeps. Takes the bank's lock.
 */
void emrelay_bank_sleep(struct emrelay_bank *bank)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&bank->lock, flags);
	bank->asleep = true;
	spin_unlock_irqrestore(&bank->lock, flags);

	for (i = 0; i < bank->count; i++) {
		struct emrelay_channel *channel = bank->channels[i];

		hrtimer_cancel(&channel->timer);
		kthread_cancel_work_sync(&channel->drive_work);
		spin_lock_irqsave(&bank->lock, flags);
		channel->wake_ns = U64_MAX;
		spin_unlock_irqrestore(&bank->lock, flags);
	}
}

/**
 * emrelay_bank_wake - do what came due since emrelay_bank_sleep()
 * @bank: the bank
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_bank_wake(struct emrelay_bank *bank)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&bank->lock, flags);
	bank->asleep = false;
	for (i = 0; i < bank->count; i++)
		emrelay_channel_update(bank->channels[i], ktime_get_boottime_ns());
	spin_unlock_irqrestore(&bank->lock, flags);
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
	/* What is to be told once is told, while there is someone to tell. */
	flush_work(&channel->tell_work);
	cancel_delayed_work_sync(&channel->store.work);
}

/**
 * emrelay_channel_release - the last word to the coil
 * @channel: the relay, stopped
 * @source: why
 *
 * Releases an energised coil if that is legal now. With retain-state-shutdown
 * one that is to be on for good stays so; an off that was accepted, the end of a
 * pulse or of what a watchdog watches, is carried out all the same, for nobody
 * would do it later. None of that waits for min_on_ms. What fails is not tried
 * again.
 *
 * Context: Sleeps if the bank sleeps. Takes the bank's lock.
 * Return: the moment to ask again, U64_MAX if nothing is left to do.
 */
u64 emrelay_channel_release(struct emrelay_channel *channel,
			    enum emrelay_source source)
{
	struct emrelay_engine *engine = &channel->life->engine;
	struct emrelay_bank *bank = channel->bank;
	u64 now_ns, wait_ns;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&bank->lock, flags);
	now_ns = ktime_get_boottime_ns();
	/* A probe that fails takes back what it did itself. */
	if (channel->released || (!bank->bound && !channel->energised) ||
	    !emrelay_arbiter_stop(&bank->arbiter, channel->index, source,
				  channel->config.retain_state_shutdown, now_ns)) {
		spin_unlock_irqrestore(&bank->lock, flags);
		return U64_MAX;
	}

	wait_ns = emrelay_engine_wait_ns(engine, now_ns);
	channel->released = !wait_ns;
	spin_unlock_irqrestore(&bank->lock, flags);
	if (wait_ns)
		return now_ns + wait_ns;

	err = emrelay_gpiod_set_cansleep(channel->coil, false);
	spin_lock_irqsave(&bank->lock, flags);
	emrelay_channel_driven(channel, false, source, err);
	spin_unlock_irqrestore(&bank->lock, flags);
	return U64_MAX;
}
