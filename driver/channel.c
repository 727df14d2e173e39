// SPDX-License-Identifier: GPL-2.0-only
/*
 * One relay: carries out what the engine decides. Every change of a coil is made
 * here, and every notification of one.
 */
#include <linux/cleanup.h>
#include <linux/gpio/consumer.h>
#include <linux/kobject.h>
#include <linux/property.h>
#include <linux/timekeeping.h>

#include "bank.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * So many relays are driven under one lock; the bank's work item does the rest.
 * It bounds the time that interrupts are off, whatever the bank's size.
 */
#define EMRELAY_STEPS		2

/* Attempts to release a coil when the driver goes. */
#define EMRELAY_LAST_WORDS	5

const char * const emrelay_contact_names[] = {
	[EMRELAY_OPEN] = "open", [EMRELAY_CLOSING] = "closing",
	[EMRELAY_CLOSED] = "closed", [EMRELAY_OPENING] = "opening",
};

const char * const emrelay_health_names[] = {
	[EMRELAY_GOOD] = "good", [EMRELAY_WARNING] = "warning", [EMRELAY_WORN] = "worn",
};

const char * const emrelay_op_names[] = {
	[EMRELAY_OFF] = "off", [EMRELAY_ON] = "on",
	[EMRELAY_TOGGLE] = "toggle", [EMRELAY_PULSE] = "pulse",
};

const char * const emrelay_source_names[] = {
	[EMRELAY_BY_PROBE] = "probe", [EMRELAY_BY_SYSFS] = "sysfs",
	[EMRELAY_BY_GPIO] = "gpio", [EMRELAY_BY_LED] = "led",
	[EMRELAY_BY_PULSE] = "pulse", [EMRELAY_BY_WATCHDOG] = "watchdog",
	[EMRELAY_BY_MAX_ON] = "max-on", [EMRELAY_BY_INTERLOCK] = "interlock",
	[EMRELAY_BY_LINE] = "line", [EMRELAY_BY_FAULT] = "fault",
	[EMRELAY_BY_SUSPEND] = "suspend",
	[EMRELAY_BY_UNBIND] = "unbind", [EMRELAY_BY_SHUTDOWN] = "shutdown",
};

/**
 * emrelay_history_add - put an event into the history
 * @channel: the channel
 * @event: what happened
 * @why: see enum emrelay_event
 * @now_ns: when, CLOCK_BOOTTIME
 * @value: a figure, 0 where there is none
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_history_add(struct emrelay_channel *channel, enum emrelay_event event,
			 unsigned int why, u64 now_ns, u64 value)
{
	struct emrelay_memory *memory = channel->memory;

	lockdep_assert_held(&channel->bank->lock);

	memory->history[memory->events % EMRELAY_HISTORY] = (struct emrelay_history_entry) {
		.ns = now_ns, .event = event, .why = why, .value = min_t(u64, value, U32_MAX),
	};
	memory->events = memory->events + 1 ?: EMRELAY_HISTORY;
}

static struct emrelay_limits emrelay_channel_limits(const struct emrelay_channel *channel,
						    const struct emrelay_settings *settings)
{
	const struct emrelay_ratings *ratings = &channel->config.ratings;
	u64 bounce_ns = (u64)ratings->bounce_us * NSEC_PER_USEC;
	u32 per_minute = settings->load_class == EMRELAY_LOAD_NONE ?
			 ratings->unloaded_per_minute : ratings->loaded_per_minute;

	return (struct emrelay_limits) {
		.close_ns = (u64)ratings->operate_us * NSEC_PER_USEC + bounce_ns,
		.open_ns = (u64)ratings->release_us * NSEC_PER_USEC + bounce_ns,
		.spacing_ns = emrelay_spacing_ns(per_minute),
		.min_on_ns = (u64)settings->min_on_ms * NSEC_PER_MSEC,
		.min_off_ns = (u64)settings->min_off_ms * NSEC_PER_MSEC,
		.max_on_ns = (u64)settings->max_on_ms * NSEC_PER_MSEC,
		.momentary_ns = (u64)settings->momentary_ms * NSEC_PER_MSEC,
		.watchdog_ns = (u64)settings->watchdog_ms * NSEC_PER_MSEC,
	};
}

/* What is wrong with the contact, though it is no fault or none any more? NULL: nothing. */
static const char *emrelay_channel_contact_cause(const struct emrelay_channel *channel)
{
	const struct emrelay_feedback *feedback = channel->memory->feedback;

	if (!channel->sense)
		return NULL;
	if (feedback->life.welds)
		return "weld";
	if (feedback->latched & EMRELAY_STUCK_OPEN)
		return "misfire";
	return emrelay_feedback_drifts(feedback) ? "drift" : NULL;
}

/**
 * emrelay_channel_health_cause - why is the health not good?
 * @channel: the channel
 *
 * Context: Any, under the bank's lock.
 * Return: a word.
 */
const char *emrelay_channel_health_cause(const struct emrelay_channel *channel)
{
	const struct emrelay_wear *wear = &channel->memory->account.wear;

	if (emrelay_wear_health(wear, channel->settings.warn_ppm) != EMRELAY_GOOD)
		return "wear";
	return emrelay_channel_contact_cause(channel) ?: "none";
}

/**
 * emrelay_channel_set_cost - what a cycle costs from now on, and when to warn
 * @channel: the channel
 *
 * The load wears a contact only that closes: one that is read back is charged for
 * it when it does.
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_channel_set_cost(struct emrelay_channel *channel)
{
	const struct emrelay_settings *settings = &channel->settings;
	const struct emrelay_config *config = &channel->config;
	/* Sheets give the life of the contact that closes. */
	bool closes = !config->load.normally_closed;
	const struct emrelay_present_load load = {
		.class = settings->load_class,
		.microamp = settings->load_microamp,
		.sheet = settings->load_class == EMRELAY_LOAD_RESISTIVE &&
			 settings->load_declared && closes,
		.curve = settings->load_class == config->load.class && closes,
	};

	channel->cost = emrelay_wear_cost(&config->ratings, &config->curve, &load);
	channel->edge_pico = channel->sense && channel->sense->state == EMRELAY_SENSE_OK ?
			     emrelay_wear_life_cost(config->ratings.mechanical_life) :
			     channel->cost.pico;
	channel->told.warn_ppm = emrelay_channel_contact_cause(channel) ? 0 : settings->warn_ppm;
}

static void emrelay_channel_set_worn(struct emrelay_channel *channel)
{
	emrelay_arbiter_set_worn(&channel->bank->arbiter, channel->index,
				 channel->settings.block_worn &&
				 channel->told.health == EMRELAY_WORN);
}

/*
 * Does anyone wait for the end of the contact's travel? Whoever has not read the
 * file since its last notification finds it in poll() already; an LED that begins
 * to follow reads the contact itself.
 */
static inline bool emrelay_channel_watched(const struct emrelay_channel *channel)
{
	return channel->told.watched || trace_emrelay_contact_enabled() ||
	       (IS_ENABLED(CONFIG_EMRELAY_LEDS) && emrelay_leds_used(channel));
}

/**
 * emrelay_channel_contact - where is the contact?
 * @channel: the channel
 * @now_ns: the time, CLOCK_BOOTTIME
 *
 * Context: Any, under the bank's lock.
 * Return: its state, as it is seen, or as time tells it where nothing shows it.
 */
enum emrelay_contact emrelay_channel_contact(const struct emrelay_channel *channel, u64 now_ns)
{
	return channel->sense && channel->sense->state == EMRELAY_SENSE_OK ?
	       emrelay_feedback_contact(channel->memory->feedback) :
	       emrelay_engine_contact(&channel->memory->engine, now_ns);
}

/* Sends the notifications of the contact, if it changed. */
static void emrelay_channel_tell(struct emrelay_channel *channel, u64 now_ns)
{
	enum emrelay_contact contact = emrelay_channel_contact(channel, now_ns);
	struct emrelay_told *told = &channel->told;

	if (contact == told->contact)
		return;

	told->contact = contact;
	trace_emrelay_contact(channel, contact, now_ns);
	if (told->watched & EMRELAY_WATCHED_READ)
		emrelay_sysfs_notify(channel, EMRELAY_FILE_CONTACT);
	told->watched &= ~EMRELAY_WATCHED_READ;
	if (IS_ENABLED(CONFIG_EMRELAY_LEDS) && emrelay_leds_used(channel) && !channel->bank->dying)
		schedule_work(&told->work);
	else
		told->closed = contact == EMRELAY_CLOSED;
}

/**
 * emrelay_channel_tell_health - send the notifications of the health, if it changed
 * @channel: the channel
 *
 * A uevent is sent for a health that none was sent for before: what is found again
 * after a bind is not sent again.
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_channel_tell_health(struct emrelay_channel *channel)
{
	struct emrelay_account *account = &channel->memory->account;
	struct emrelay_told *told = &channel->told;
	enum emrelay_health health = emrelay_wear_health(&account->wear, told->warn_ppm);
	bool changed = health != told->health;
	bool worse = health > account->told;

	lockdep_assert_held(&channel->bank->lock);

	if (likely(!changed && !worse))
		return;

	told->health = health;
	emrelay_channel_set_worn(channel);
	if (channel->bank->dying)
		return;

	if (changed)
		emrelay_sysfs_notify(channel, EMRELAY_FILE_HEALTH);
	if (worse) {
		account->told = health;
		emrelay_store_count(channel);
		emrelay_store_queue(channel, 0);
	}
	if (!worse && !told->health_event)
		return;

	told->health_event = true;
	told->send_health = true;
	schedule_work(&told->work);
}

/* Without the lock: an LED that follows may be a relay, and a uevent sleeps. */
static void emrelay_channel_tell_work(struct work_struct *work)
{
	struct emrelay_channel *channel = container_of(work, struct emrelay_channel, told.work);
	struct emrelay_told *told = &channel->told;
	char *envp[2] = { "RELAY_EVENT=health" };
	bool closed, changed, health;

	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		closed = emrelay_channel_contact(channel, ktime_get_boottime_ns()) ==
			 EMRELAY_CLOSED;
		changed = closed != told->closed;
		told->closed = closed;
		health = told->send_health;
		told->send_health = false;
	}

	/* What did not change is not told: the LED may have been set otherwise. */
	if (changed && IS_ENABLED(CONFIG_EMRELAY_LEDS))
		led_trigger_event(&channel->leds.trigger, closed ? LED_FULL : LED_OFF);
	if (health && device_is_registered(&channel->dev))
		kobject_uevent_env(&channel->dev.kobj, KOBJ_CHANGE, envp);
}

/* Looks at the contact, and sends its notifications. Returns when to do it again. */
static u64 emrelay_channel_observe(struct emrelay_channel *channel, u64 now_ns)
{
	u64 next_ns = channel->sense ? emrelay_sense_update(channel, now_ns) :
				       emrelay_engine_settled_ns(&channel->memory->engine);

	emrelay_channel_tell(channel, now_ns);
	return now_ns < next_ns ? next_ns : U64_MAX;
}

/*
 * Returns when to decide again, 0 if the coil is to be driven to the engine's target now.
 * What is seen of the contact first may withdraw that.
 */
static u64 emrelay_channel_decide(struct emrelay_channel *channel, bool watched, u64 now_ns)
{
	u64 look_ns = watched ? emrelay_channel_observe(channel, now_ns) : U64_MAX;
	u64 wake_ns = emrelay_arbiter_decide(&channel->bank->arbiter, channel->index, now_ns);
	const struct emrelay_engine *engine = &channel->memory->engine;

	/* Of a pulse nothing is left after a boot. */
	if (unlikely(channel->config.default_state == EMRELAY_DEFAULT_LAST) &&
	    channel->memory->last != (engine->target && !engine->pulse_ns)) {
		channel->memory->last = !channel->memory->last;
		emrelay_store_count(channel);
		emrelay_store_queue(channel, 0);
	}
	return min(wake_ns, look_ns);
}

/*
 * The line was driven, or looked at: counts an edge, and sends the notifications.
 * @on and @level are those of emrelay_arbiter_driven(). Returns when that was.
 */
static u64 emrelay_channel_driven(struct emrelay_channel *channel, bool on,
				  enum emrelay_source source, int level)
{
	struct emrelay_memory *memory = channel->memory;
	bool edge = level >= 0 && level != memory->engine.past.coil;
	int err = level == on ? 0 : level < 0 ? level : -EIO;
	u64 now_ns = ktime_get_boottime_ns();

	lockdep_assert_held(&channel->bank->lock);

	emrelay_arbiter_driven(&channel->bank->arbiter, channel->index, on, level, now_ns);
	if (err || channel->faults.set)
		emrelay_fault_report(channel, EMRELAY_FAULT_DRIVE, err, now_ns);
	if (err)
		memory->drive_errors++;
	if (!edge)
		return now_ns;

	if (err)
		source = EMRELAY_BY_LINE;
	if (level) {
		emrelay_wear_energised(&memory->account.wear, channel->settings.load_class,
				       channel->edge_pico, now_ns);
		emrelay_channel_tell_health(channel);
	} else {
		emrelay_wear_released(&memory->account.wear, now_ns);
	}
	emrelay_store_count(channel);
	emrelay_history_add(channel, level ? EMRELAY_EVENT_ON : EMRELAY_EVENT_OFF, source, now_ns,
			    0);
	trace_emrelay_coil(channel, level, source, now_ns);
	return now_ns;
}

/*
 * Drives a line; one that did not follow is made an output again, as its controller
 * may have forgotten that. If that reports no error and changes nothing, a driver that
 * only writes what differs from what it wrote before may think that all is well: it is
 * told otherwise, to be what it is, and then to be no output, which makes no edge.
 * Returns the level that it has then, or an error; some drivers report none, so what
 * can be read is read. Sleeps.
 */
static int emrelay_channel_write(struct emrelay_channel *channel, bool on, bool again)
{
	struct gpio_desc *coil = channel->coil;
	int err;

	err = again ? gpiod_direction_output(coil, on) : emrelay_gpiod_set_cansleep(coil, on);
	if (again && !err && channel->checked && gpiod_get_value_cansleep(coil) == !on) {
		err = emrelay_gpiod_set_cansleep(coil, !on) ?:
		      emrelay_gpiod_set_cansleep(coil, on);
		if (!err && emrelay_gpiod_chip(coil)->direction_input &&
		    gpiod_get_value_cansleep(coil) == !on)
			gpiod_direction_input(coil);
		gpiod_direction_output(coil, on);
	}
	return channel->checked ? gpiod_get_value_cansleep(coil) : err ?: on;
}

/*
 * May coils be driven? Not before the bank is bound, so that a probe that fails
 * has driven none; and not while the lines' controllers may be asleep, as they
 * restore the levels that they had when they wake up.
 */
static bool emrelay_bank_moves(const struct emrelay_bank *bank)
{
	return bank->bound && !bank->asleep && !bank->dying;
}

/**
 * emrelay_bank_wake - look at all lines, and do what waits
 * @bank: the bank
 * @seconds: so much later
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_bank_wake(struct emrelay_bank *bank, u32 seconds)
{
	lockdep_assert_held(&bank->lock);

	if (emrelay_bank_moves(bank))
		kthread_mod_delayed_work(bank->worker, &bank->verify,
					 min((u64)seconds * HZ, (u64)MAX_JIFFY_OFFSET));
}

/*
 * The line was found to have this level, or could not be read. Where it is not as it
 * was driven, others may not be either, and are looked at before one is driven again:
 * that may bring back all lines of their controller. One that did not follow, and is as
 * it is to be now, is told at once, and driven all the same once its contact is at rest.
 */
static void emrelay_channel_seen(struct emrelay_channel *channel, int level)
{
	const struct emrelay_engine *engine = &channel->memory->engine;

	if (level == engine->past.coil || (engine->tries && level < 0))
		return;

	emrelay_channel_driven(channel, engine->past.coil, EMRELAY_BY_LINE, level);
	emrelay_bank_wake(channel->bank, 0);
}

/* Looks whether the line is as it was driven, or queues the work that will. */
static void emrelay_channel_look(struct emrelay_channel *channel)
{
	struct emrelay_bank *bank = channel->bank;

	if (!channel->checked || !emrelay_bank_moves(bank))
		return;

	channel->look = bank->sleeps;
	if (bank->sleeps)
		kthread_queue_work(bank->worker, &channel->drive_work);
	else
		emrelay_channel_seen(channel, gpiod_get_value(channel->coil));
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
		hrtimer_start(&channel->timer, ns_to_ktime(wake_ns), HRTIMER_MODE_ABS);
}

/*
 * Drives the coil as the engine wants it, or queues the work or arms the timer
 * that will: that of lines that sleep, or that did not follow, as it takes sleep to
 * make them outputs again.
 * Returns the time of the last edge, @now_ns if there was none.
 */
static u64 emrelay_channel_follow(struct emrelay_channel *channel, u64 now_ns)
{
	const struct emrelay_engine *engine = &channel->memory->engine;
	bool watched = emrelay_channel_watched(channel);
	struct emrelay_bank *bank = channel->bank;
	u64 wake_ns;

	while (!(wake_ns = emrelay_channel_decide(channel, watched, now_ns))) {
		if (bank->sleeps || engine->tries) {
			if (!bank->down)
				kthread_queue_work(bank->worker, &channel->drive_work);
			return now_ns;
		}
		now_ns = emrelay_channel_driven(channel, engine->target, engine->source,
						emrelay_gpiod_set(channel->coil, engine->target) ?:
						engine->target);
		/* Nothing is left to decide but when the on ends. */
		if (!emrelay_engine_pending(engine)) {
			wake_ns = emrelay_engine_end_ns(engine);
			if (watched)
				wake_ns = min(wake_ns, emrelay_channel_observe(channel, now_ns));
			break;
		}
	}
	emrelay_channel_arm(channel, wake_ns);
	return now_ns;
}

/**
 * emrelay_bank_follow - act on what changed of a relay
 * @bank: the bank
 * @channel: the relay, NULL: of several
 * @now_ns: the time, CLOCK_BOOTTIME
 *
 * And then of those that it allows, or bids, to do something.
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_bank_follow(struct emrelay_bank *bank, struct emrelay_channel *channel, u64 now_ns)
{
	unsigned int steps = 0;

	lockdep_assert_held(&bank->lock);

	if (!emrelay_bank_moves(bank))
		return;

	for (;;) {
		if (channel)
			now_ns = emrelay_channel_follow(channel, now_ns);
		if (!emrelay_arbiter_has_next(&bank->arbiter))
			return;
		if (steps++ == EMRELAY_STEPS)
			break;
		channel = bank->channels[emrelay_arbiter_next(&bank->arbiter, now_ns)];
	}
	queue_work(system_highpri_wq, &bank->work);
}

/**
 * emrelay_bank_work - drive the relays that emrelay_bank_follow() left
 * @work: of the bank
 *
 * Context: Sleeps.
 */
void emrelay_bank_work(struct work_struct *work)
{
	struct emrelay_bank *bank = container_of(work, struct emrelay_bank, work);

	guard(spinlock_irqsave)(&bank->lock);
	emrelay_bank_follow(bank, NULL, ktime_get_boottime_ns());
}

/*
 * Drives, or looks at, a line without the lock: nobody else does it in the meantime.
 * Returns false if there is nothing to do.
 */
static bool emrelay_channel_drive(struct emrelay_channel *channel)
{
	const struct emrelay_engine *engine = &channel->memory->engine;
	struct emrelay_bank *bank = channel->bank;
	enum emrelay_source source;
	bool on, look, again, same;
	u64 now_ns;
	int level;

	scoped_guard(spinlock_irqsave, &bank->lock) {
		if (!emrelay_bank_moves(bank))
			return false;

		now_ns = ktime_get_boottime_ns();
		look = channel->look;
		channel->look = false;
		if (!look && ((!bank->sleeps && !engine->tries) ||
			      emrelay_channel_decide(channel, emrelay_channel_watched(channel),
						     now_ns))) {
			emrelay_bank_follow(bank, channel, now_ns);
			return false;
		}
		on = engine->target;
		source = engine->source;
		again = engine->tries;
		same = on == engine->past.coil;
	}

	/* A write that failed may be made good by the next one to the same controller. */
	if (again && same && channel->checked && !look)
		look = gpiod_get_value_cansleep(channel->coil) == !on;
	level = look ? gpiod_get_value_cansleep(channel->coil) :
		       emrelay_channel_write(channel, on, again);
	guard(spinlock_irqsave)(&bank->lock);
	if (look)
		emrelay_channel_seen(channel, level);
	else
		emrelay_channel_driven(channel, on, source, level);
	return true;
}

static void emrelay_channel_drive_work(struct kthread_work *work)
{
	struct emrelay_channel *channel = container_of(work, struct emrelay_channel, drive_work);

	while (emrelay_channel_drive(channel))
		;
}

static enum hrtimer_restart emrelay_channel_timer(struct hrtimer *timer)
{
	struct emrelay_channel *channel = container_of(timer, struct emrelay_channel, timer);

	guard(spinlock_irqsave)(&channel->bank->lock);
	/* Someone may have armed it again while this waited for the lock. */
	if (!hrtimer_is_queued(timer))
		channel->wake_ns = U64_MAX;
	emrelay_bank_follow(channel->bank, channel, ktime_get_boottime_ns());
	return HRTIMER_NORESTART;
}

/**
 * emrelay_bank_verify - look at all lines, and again after verify_s
 * @work: of the bank
 *
 * What waits is done after it, as at the end of a probe, and as the system wakes up.
 *
 * Context: Sleeps.
 */
void emrelay_bank_verify(struct kthread_work *work)
{
	struct emrelay_bank *bank = container_of(work, struct emrelay_bank, verify.work);

	for (unsigned int i = 0; i < bank->count; i++) {
		guard(spinlock_irqsave)(&bank->lock);
		emrelay_channel_look(bank->channels[i]);
		emrelay_bank_follow(bank, bank->channels[i], ktime_get_boottime_ns());
	}
	guard(spinlock_irqsave)(&bank->lock);
	if (bank->config.verify_s)
		emrelay_bank_wake(bank, bank->config.verify_s);
}

/* What the supply can take has changed. */
static void emrelay_bank_limit(struct emrelay_bank *bank, u64 now_ns)
{
	emrelay_arbiter_set_supply(&bank->arbiter, bank->supply.bad ? U64_MAX :
				   (u64)bank->config.stagger_ms * NSEC_PER_MSEC,
				   bank->config.coil_limit);
	emrelay_bank_follow(bank, NULL, now_ns);
}

/**
 * emrelay_bank_set_supply - is the supply of the coils good?
 * @bank: the bank
 * @bad: it is not: no coil is energised
 *
 * Context: Any. Takes the bank's lock.
 * Return: false if the bank does not move.
 */
bool emrelay_bank_set_supply(struct emrelay_bank *bank, bool bad)
{
	u64 now_ns = ktime_get_boottime_ns();

	guard(spinlock_irqsave)(&bank->lock);
	if (!emrelay_bank_moves(bank))
		return false;
	if (bank->supply.bad == bad)
		return true;

	bank->supply.bad = bad;
	for (unsigned int i = 0; i < bank->count; i++) {
		bank->channels[i]->memory->supply_drops += bad;
		emrelay_fault_report(bank->channels[i], EMRELAY_FAULT_SUPPLY, bad ? -EIO : 0,
				     now_ns);
	}
	emrelay_bank_limit(bank, now_ns);
	return true;
}

/**
 * emrelay_channel_drop - release a line whose coil has lost its supply
 * @channel: the channel
 *
 * Its target stays.
 *
 * Context: The bank's worker. Sleeps if the bank sleeps.
 */
void emrelay_channel_drop(struct emrelay_channel *channel)
{
	struct emrelay_bank *bank = channel->bank;
	int level;

	scoped_guard(spinlock_irqsave, &bank->lock)
		if (!emrelay_bank_moves(bank) || !channel->memory->engine.past.coil)
			return;

	level = emrelay_channel_write(channel, false, false);
	guard(spinlock_irqsave)(&bank->lock);
	emrelay_channel_driven(channel, false, EMRELAY_BY_FAULT, level);
	emrelay_bank_follow(bank, channel, ktime_get_boottime_ns());
}

/**
 * emrelay_bank_configure - change a setting of a bank
 * @bank: the bank
 * @offset: of the setting in struct emrelay_bank_config
 * @value: its new value
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_bank_configure(struct emrelay_bank *bank, size_t offset, u32 value)
{
	guard(spinlock_irqsave)(&bank->lock);

	*(u32 *)((void *)&bank->config + offset) = value;
	emrelay_bank_limit(bank, ktime_get_boottime_ns());
	/* Now, and then never again, if it was switched off. */
	if (offset == offsetof(struct emrelay_bank_config, verify_s))
		emrelay_bank_wake(bank, bank->config.verify_s);
}

/**
 * emrelay_channel_request - ask a relay for something
 * @channel: the channel
 * @op: what
 * @source: by whom; only EMRELAY_BY_SYSFS is subject to the policy
 * @pulse_ns: length of an EMRELAY_PULSE, else 0
 *
 * Where the line does not sleep the coil has been driven on return, if that was
 * legal; elsewhere see emrelay_channel_sync().
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
int emrelay_channel_request(struct emrelay_channel *channel, enum emrelay_op op,
			    enum emrelay_source source, u64 pulse_ns)
{
	struct emrelay_request request = { .op = op, .source = source, .pulse_ns = pulse_ns };
	const struct emrelay_engine *engine = &channel->memory->engine;
	struct emrelay_bank *bank = channel->bank;
	bool target;
	u64 now_ns;
	int ret;

	guard(spinlock_irqsave)(&bank->lock);
	if (bank->dying || (bank->down && source != EMRELAY_BY_GPIO))
		return -ENODEV;

	target = engine->target;
	if (source == EMRELAY_BY_SYSFS)
		request.policy = channel->settings.policy;
	now_ns = ktime_get_boottime_ns();
	ret = emrelay_arbiter_request(&bank->arbiter, channel->index, &request, now_ns);
	if (ret == -EINVAL)
		return ret;

	trace_emrelay_request(channel, &request, now_ns, ret);
	if (ret) {
		emrelay_history_add(channel, EMRELAY_EVENT_REFUSED, source, now_ns, 0);
		return ret;
	}

	/* The same again: who asks wants it to be so. */
	if (engine->target == target)
		emrelay_channel_look(channel);
	emrelay_bank_follow(bank, channel, now_ns);
	return 0;
}

/**
 * emrelay_channel_flush - what emrelay_channel_sync() does if there is something to do
 * @channel: the channel
 *
 * After shutdown, when nobody else may run any more, the line is driven here.
 *
 * Context: Sleeps if the bank sleeps, else any.
 */
void emrelay_channel_flush(struct emrelay_channel *channel)
{
	if (channel->bank->down)
		emrelay_channel_drive_work(&channel->drive_work);
	else
		kthread_flush_work(&channel->drive_work);
}

/**
 * emrelay_channel_configure - change a setting
 * @channel: the channel
 * @offset: of the setting in struct emrelay_settings
 * @value: its new value, which the caller has checked to be in range
 *
 * It counts at once, for what waits, too.
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0, or -EINVAL if the relay is not rated for the load, or if a
 * momentary on would be too short for the contact to close; then nothing
 * changed.
 */
int emrelay_channel_configure(struct emrelay_channel *channel, size_t offset, u32 value)
{
	struct emrelay_load load = channel->config.load;
	struct emrelay_settings settings;
	struct emrelay_excess excess;
	struct emrelay_limits limits;
	bool flush;
	u64 now_ns;

	guard(spinlock_irqsave)(&channel->bank->lock);

	settings = channel->settings;
	*(u32 *)((void *)&settings + offset) = value;
	if (offset == offsetof(struct emrelay_settings, load_class))
		settings.load_declared = true;
	load.class = settings.load_class;
	load.microamp = settings.load_microamp;
	limits = emrelay_channel_limits(channel, &settings);
	if (emrelay_check_load(&channel->config, &load, &excess) ||
	    (limits.momentary_ns && limits.momentary_ns < limits.close_ns))
		return -EINVAL;

	flush = settings.flush_cycles != channel->settings.flush_cycles ||
		settings.flush_s != channel->settings.flush_s;
	channel->settings = settings;
	now_ns = ktime_get_boottime_ns();
	emrelay_channel_set_cost(channel);
	emrelay_arbiter_set(&channel->bank->arbiter, channel->index, &limits, settings.changeover,
			    now_ns);
	emrelay_channel_tell_health(channel);
	emrelay_channel_set_worn(channel);
	if (flush)
		emrelay_store_queue(channel, 0);
	if (channel->sense)
		channel->sense->next_ns = 0;
	emrelay_bank_follow(channel->bank, channel, now_ns);
	return 0;
}

/**
 * emrelay_clocks - the present on both clocks
 *
 * Context: Any.
 * Return: the present.
 */
struct emrelay_clocks emrelay_clocks(void)
{
	return (struct emrelay_clocks) { ktime_get_boottime_ns(), ktime_get_real_ns() };
}

/**
 * emrelay_channel_record - the record of a relay's life at this moment
 * @channel: the channel
 * @record: filled in
 * @sequence: its number
 *
 * Context: Any. Takes the bank's lock.
 */
void emrelay_channel_record(struct emrelay_channel *channel,
			    struct emrelay_record *record, u64 sequence)
{
	struct emrelay_memory *memory = channel->memory;
	struct emrelay_clocks clocks;

	guard(spinlock_irqsave)(&channel->bank->lock);
	clocks = emrelay_clocks();
	/* What unbind and shutdown turn off is not what anyone asked for. */
	emrelay_record_make(record, sequence, &memory->account, dev_name(&channel->dev),
			    memory->engine.past.coil,
			    channel->config.default_state == EMRELAY_DEFAULT_LAST ?
			    memory->last : memory->engine.target, &clocks);
	if (channel->sense)
		emrelay_record_contact(record, &memory->feedback->life);
}

/**
 * emrelay_channel_merge - merge a record into what is known of a relay
 * @channel: the channel
 * @record: the record, checked
 * @source: where it is from
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0, or -EINVAL if it is the record of another relay.
 */
int emrelay_channel_merge(struct emrelay_channel *channel, const struct emrelay_record *record,
			  enum emrelay_wear_source source)
{
	struct emrelay_account *account = &channel->memory->account;
	struct emrelay_past *past = &channel->memory->engine.past;
	struct emrelay_clocks clocks = emrelay_clocks();
	u64 energised_ns;
	bool before;

	guard(spinlock_irqsave)(&channel->bank->lock);
	if (!emrelay_record_matches(record, account->serial, dev_name(&channel->dev)))
		return -EINVAL;

	before = source == EMRELAY_WEAR_NVMEM && !account->stored;
	if (channel->sense)
		emrelay_record_recall(record, &channel->memory->feedback->life, before);
	emrelay_channel_set_cost(channel);
	if (before)
		channel->memory->last = record->target;
	emrelay_account_merge(account, record, source, past->coil, clocks.now_ns);
	energised_ns = emrelay_account_energised_ns(account, &clocks);
	if (energised_ns != U64_MAX) {
		past->energised_ns = max(past->energised_ns, energised_ns);
		past->cycled = true;
	}
	/* Later its releases are those that were seen. */
	if (!past->known)
		past->released_ns = max(1ULL, emrelay_account_released_ns(account, &clocks));
	/* At probe nobody can be notified yet. */
	if (device_is_registered(&channel->dev))
		emrelay_channel_tell_health(channel);
	emrelay_bank_follow(channel->bank, channel, clocks.now_ns);
	return 0;
}

/**
 * emrelay_channel_replace - another relay is in the socket
 * @channel: the channel
 * @serial: what it is called, shorter than EMRELAY_SERIAL_SIZE
 *
 * The limits of the old one still apply, as nobody knows how the new one was used
 * before. The final figures of the old one are put into the history and a uevent.
 *
 * Context: Sleeps. Takes the bank's lock.
 */
void emrelay_channel_replace(struct emrelay_channel *channel, const char *serial)
{
	struct emrelay_account *account = &channel->memory->account;
	char cycles[40], ppm[40], old[20 + EMRELAY_SERIAL_SIZE];
	char *envp[5] = { "RELAY_EVENT=replaced", cycles, ppm, old };
	u64 now_ns, value;

	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		now_ns = ktime_get_boottime_ns();
		value = emrelay_wear_cycles(&account->wear);
		emrelay_history_add(channel, EMRELAY_EVENT_CYCLES, 0, now_ns, value);
		snprintf(cycles, sizeof(cycles), "RELAY_CYCLES=%llu", value);
		value = emrelay_wear_ppm(&account->wear);
		emrelay_history_add(channel, EMRELAY_EVENT_PPM, 0, now_ns, value);
		snprintf(ppm, sizeof(ppm), "RELAY_LIFE_USED_PPM=%llu", value);
		snprintf(old, sizeof(old), "RELAY_SERIAL=%s", account->serial);
		emrelay_account_replace(account, serial, now_ns);
		channel->told.health_event = true;
		if (channel->sense) {
			emrelay_feedback_replace(channel->memory->feedback, now_ns);
			channel->sense->next_ns = 0;
			emrelay_sense_update(channel, now_ns);
			emrelay_channel_set_cost(channel);
			emrelay_bank_follow(channel->bank, channel, now_ns);
		}
		emrelay_channel_tell_health(channel);
	}

	emrelay_store_claim(channel);
	kobject_uevent_env(&channel->dev.kobj, KOBJ_CHANGE, envp);
}

/**
 * emrelay_channel_watch - read the contact, and ask for a notification of its
 *	next change
 * @channel: the channel
 *
 * Context: Any. Takes the bank's lock.
 * Return: state of the contact.
 */
enum emrelay_contact emrelay_channel_watch(struct emrelay_channel *channel)
{
	u64 now_ns;

	guard(spinlock_irqsave)(&channel->bank->lock);
	now_ns = ktime_get_boottime_ns();
	emrelay_channel_tell(channel, now_ns);
	channel->told.watched |= EMRELAY_WATCHED_READ;
	emrelay_bank_follow(channel->bank, channel, now_ns);
	return channel->told.contact;
}

/**
 * emrelay_channel_init - prepare a channel's timer and work items
 * @channel: the channel, all zero
 *
 * Context: Any.
 */
void emrelay_channel_init(struct emrelay_channel *channel)
{
	channel->wake_ns = U64_MAX;
	hrtimer_setup(&channel->timer, emrelay_channel_timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS);
	kthread_init_work(&channel->drive_work, emrelay_channel_drive_work);
	INIT_WORK(&channel->told.work, emrelay_channel_tell_work);
	INIT_DELAYED_WORK(&channel->faults.work, emrelay_fault_work);
	if (IS_ENABLED(CONFIG_EMRELAY_LEDS))
		emrelay_leds_init(channel);
}

/**
 * emrelay_channel_find - read the state in which a relay is found
 * @channel: the channel, with its bank, config, memory, name and coil line set
 *
 * Reads the line and the record, and changes nothing.
 *
 * Context: Sleeps. No face knows the channel yet.
 * Return: 0 or a negative errno, which has been reported but for -ENOMEM.
 */
int emrelay_channel_find(struct emrelay_channel *channel)
{
	const struct emrelay_config *config = &channel->config;
	struct emrelay_wear *wear = &channel->memory->account.wear;
	struct emrelay_engine *engine = &channel->memory->engine;
	struct emrelay_limits limits;
	u64 now_ns;
	bool found;
	int level;

	channel->settings = config->settings;
	emrelay_channel_set_cost(channel);

	/* A line that can only be set is taken to be as the driver last left it. */
	level = gpiod_get_value_cansleep(channel->coil);
	if (level < 0 && config->default_state == EMRELAY_DEFAULT_KEEP)
		return dev_err_probe(channel->bank->dev, level,
				     "%pfwP: default-state \"keep\" needs coil-gpios that can be read\n",
				     config->fwnode);
	channel->blind = level < 0;
	channel->checked = !channel->blind && !gpiod_is_single_ended(channel->coil);
	found = channel->blind ? engine->past.coil : level;

	if (!engine->past.known)
		channel->memory->account.unknown_history = true;
	/* A bus that fails is tried again later; what lacks memory is not bound. */
	if (emrelay_store_load(channel) == -ENOMEM)
		return -ENOMEM;
	emrelay_store_flush(channel);
	now_ns = ktime_get_boottime_ns();
	if (found && !engine->past.coil)
		wear->on_since_ns = now_ns;
	else if (!found && engine->past.coil)
		emrelay_wear_released(wear, now_ns);
	limits = emrelay_channel_limits(channel, &channel->settings);
	emrelay_engine_bind(engine, &limits, found, config->default_state == EMRELAY_DEFAULT_KEEP ?
			    found : config->default_state == EMRELAY_DEFAULT_LAST ?
			    channel->memory->last :
			    config->default_state == EMRELAY_DEFAULT_ON, now_ns);

	channel->told.contact = emrelay_engine_contact(engine, now_ns);
	channel->told.closed = channel->told.contact == EMRELAY_CLOSED;
	channel->told.health = emrelay_wear_health(wear, channel->told.warn_ppm);
	return 0;
}

/**
 * emrelay_channel_output - make the coil's line an output
 * @channel: the channel, initialised, of a bank that is not bound yet
 *
 * Of the level it was found at, so that there is no edge. But an input that is
 * pulled to a level at which the coil is on, and is to be off, becomes an output
 * that is off: driving it on first might energise a coil that the pull alone does
 * not. And a line that cannot be read gets the level it is to have, if that is
 * legal: an assumed level might be wrong, and cost two edges.
 *
 * Context: Sleeps.
 * Return: 0 or the error of the line, which has been reported.
 */
int emrelay_channel_output(struct emrelay_channel *channel)
{
	struct emrelay_engine *engine = &channel->memory->engine;
	struct emrelay_bank *bank = channel->bank;
	bool input = emrelay_gpiod_is_input(channel->coil);
	bool level = engine->past.coil;
	int ret;

	scoped_guard(spinlock_irqsave, &bank->lock) {
		if (!channel->blind)
			level &= engine->target || !input;
		else if (!emrelay_arbiter_decide(&bank->arbiter, channel->index,
						 ktime_get_boottime_ns()))
			level = engine->target;
	}
	ret = gpiod_direction_output(channel->coil, level);
	if (ret)
		return dev_err_probe(bank->dev, ret, "%pfwP: cannot drive coil-gpios\n",
				     channel->config.fwnode);

	guard(spinlock_irqsave)(&bank->lock);
	if (level != engine->past.coil) {
		channel->energised = level;
		emrelay_channel_driven(channel, level, engine->source, level);
	}
	return 0;
}

/**
 * emrelay_channel_pause - end what drives the coil
 * @channel: the channel, of a bank that is dying or asleep
 *
 * Context: Sleeps. Takes the bank's lock.
 */
void emrelay_channel_pause(struct emrelay_channel *channel)
{
	emrelay_sense_stop(channel);
	hrtimer_cancel(&channel->timer);
	kthread_cancel_work_sync(&channel->drive_work);
	guard(spinlock_irqsave)(&channel->bank->lock);
	channel->wake_ns = U64_MAX;
	channel->last_words = 0;
	channel->look = channel->checked;
}

/**
 * emrelay_channel_restore - make a line again what it was before the system slept
 * @channel: the channel, of a bank that is asleep
 * @drive: do it; else look what became of it, which comes first for all lines of a bank,
 *	as driving one may bring back the others of a controller that forgot them
 *
 * Where the coil dropped meanwhile, it is no business of this: energising it again has
 * its legal moment.
 *
 * Context: Sleeps if the bank sleeps. Takes the bank's lock.
 */
void emrelay_channel_restore(struct emrelay_channel *channel, bool drive)
{
	const struct emrelay_engine *engine = &channel->memory->engine;
	int level = engine->past.coil;

	if (drive && !engine->tries)
		emrelay_channel_write(channel, level, true);
	else if (!drive && channel->checked)
		level = gpiod_get_value_cansleep(channel->coil);
	guard(spinlock_irqsave)(&channel->bank->lock);
	emrelay_channel_seen(channel, level);
}

/**
 * emrelay_channel_count_restored - count the energisation that comes with the lines' controller
 * @channel: the channel, of a bank that is asleep
 *
 * After hibernation: a coil that was retained was released as the system went off, and the
 * line's controller has energised it again.
 *
 * Context: Sleeps if the bank sleeps. Takes the bank's lock.
 */
void emrelay_channel_count_restored(struct emrelay_channel *channel)
{
	bool on = channel->checked ? gpiod_get_value_cansleep(channel->coil) > 0 : true;

	guard(spinlock_irqsave)(&channel->bank->lock);
	if (!channel->memory->engine.past.coil)
		return;

	emrelay_channel_driven(channel, false, EMRELAY_BY_SUSPEND, false);
	if (on)
		emrelay_channel_driven(channel, true, EMRELAY_BY_LINE, true);
}

/**
 * emrelay_channel_last_word - release the coil for good, or until the system wakes up
 * @channel: the channel, paused
 * @source: why
 *
 * Releases a coil that is energised, whatever the driver thought, once its contact is
 * at rest. With retain-state-shutdown, or retain-state-suspended, one that is to be
 * on for good stays so. What fails is tried five times. A probe that fails releases
 * only a coil that it energised.
 *
 * Context: Sleeps if the bank sleeps. Takes the bank's lock.
 * Return: the moment to call it again, CLOCK_BOOTTIME; U64_MAX if nothing is
 * left to do.
 */
u64 emrelay_channel_last_word(struct emrelay_channel *channel, enum emrelay_source source)
{
	const struct emrelay_config *config = &channel->config;
	struct emrelay_engine *engine = &channel->memory->engine;
	bool sleeps = source == EMRELAY_BY_SUSPEND;
	struct emrelay_bank *bank = channel->bank;
	u64 now_ns, wait_ns, settled_ns;
	bool again;
	int level;

	if (!bank->bound && !channel->energised)
		return U64_MAX;

	level = channel->look ? gpiod_get_value_cansleep(channel->coil) : -ENODATA;
	scoped_guard(spinlock_irqsave, &bank->lock) {
		if (channel->look)
			emrelay_channel_seen(channel, level);
		channel->look = false;
		now_ns = ktime_get_boottime_ns();
		if (channel->last_words >= EMRELAY_LAST_WORDS)
			return U64_MAX;
		if (!emrelay_arbiter_stop(&bank->arbiter, channel->index, source,
					  sleeps ? config->retain_state_suspended :
						   config->retain_state_shutdown, now_ns)) {
			/* The contact's travel is over before the system sleeps. */
			settled_ns = emrelay_engine_settled_ns(engine);
			return sleeps && now_ns < settled_ns ? settled_ns : U64_MAX;
		}
		wait_ns = emrelay_engine_wait_ns(engine, now_ns);
		if (wait_ns)
			return now_ns + wait_ns;
		again = engine->tries;
	}

	level = emrelay_channel_write(channel, false, again);
	scoped_guard(spinlock_irqsave, &bank->lock)
		now_ns = emrelay_channel_driven(channel, false, source, level);
	if (level && ++channel->last_words == EMRELAY_LAST_WORDS)
		dev_err(&channel->dev, "cannot release the coil: %pe, it may stay energised\n",
			ERR_PTR(level < 0 ? level : -EIO));
	return now_ns;
}
