// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line that reads a contact back: when it changes, and what follows from that.
 * What it means is feedback.c's business.
 *
 * The interrupt only notes when the line changed, in a ring, and never takes the
 * bank's lock; its thread has the channel updated, which takes the edges out. As a
 * plain handler it would be a thread itself with PREEMPT_RT, and late.
 */
#include <linux/cleanup.h>
#include <linux/gpio/consumer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "bank.h"
#include "channel.h"
#include "sense.h"
#include "store.h"
#include "trace.h"

/*
 * A line has at most 64 edges in 100 ms: 32 at once, and one more each time that this
 * has passed. A full wave at 60 Hz has 24.
 */
#define EMRELAY_EDGES		32
#define EMRELAY_EDGE_NS		(100 * NSEC_PER_MSEC / EMRELAY_EDGES)
/* Else it is not looked at for so long, each time twice as long. */
#define EMRELAY_PAUSE_NS	(100 * NSEC_PER_MSEC)
#define EMRELAY_PAUSE_MAX_NS	(10ULL * NSEC_PER_SEC)
/* How often a line without interrupt is read while a contact moves. */
#define EMRELAY_POLL_NS		(1 * NSEC_PER_MSEC)
#define EMRELAY_POLL_SLEEPS_NS	(5 * NSEC_PER_MSEC)
/* What comes so soon after the interrupt was enabled is replayed. */
#define EMRELAY_REPLAY_NS	(100 * NSEC_PER_USEC)

const char * const emrelay_sense_names[] = {
	[EMRELAY_SENSE_NONE] = "none", [EMRELAY_SENSE_OK] = "ok",
	[EMRELAY_SENSE_PAUSED] = "paused", [EMRELAY_SENSE_LOST] = "lost",
};

/* The faults of feedback.c are a row of those of fault.c. */
static_assert(BIT(EMRELAY_FAULT_CHATTER - EMRELAY_FAULT_STUCK_OPEN) == EMRELAY_CHATTER);
static_assert(BIT(EMRELAY_FAULT_STUCK_CLOSED - EMRELAY_FAULT_STUCK_OPEN) == EMRELAY_STUCK_CLOSED);

static irqreturn_t emrelay_sense_irq(int irq, void *data)
{
	struct emrelay_sense *sense = data;
	/* With PREEMPT_RT the controller's lock may sleep: each edge changes the level. */
	bool guess = IS_ENABLED(CONFIG_PREEMPT_RT) || sense->sleeps;
	u64 now_ns = ktime_get_boottime_ns();
	u32 head = sense->head;
	bool missed;

	/* What was taken out is free; an edge of old has the present level, which is read. */
	missed = head - smp_load_acquire(&sense->tail) >= EMRELAY_SAMPLES ||
		 now_ns - READ_ONCE(sense->enabled_ns) < EMRELAY_REPLAY_NS;

	sense->paid_ns = max(sense->paid_ns, now_ns) + EMRELAY_EDGE_NS;
	if (sense->paid_ns - now_ns > EMRELAY_EDGES * EMRELAY_EDGE_NS) {
		disable_irq_nosync(irq);
		WRITE_ONCE(sense->stormed, true);
	} else if (!missed) {
		sense->level = guess ? !sense->level : gpiod_get_value(sense->line) > 0;
		sense->samples[head % EMRELAY_SAMPLES] =
			(struct emrelay_sample) { now_ns, sense->level };
		/* The sample is complete before it is seen. */
		smp_store_release(&sense->head, head + 1);
	}
	if (missed || guess)
		WRITE_ONCE(sense->missed, true);
	return IRQ_WAKE_THREAD;
}

/* The interrupt is enabled or disabled here only, but for one that disables itself. */
static void emrelay_sense_enable(struct emrelay_sense *sense, bool enable, u64 now_ns)
{
	if (!sense->irq || sense->enabled == enable)
		return;

	sense->enabled = enable;
	WRITE_ONCE(sense->enabled_ns, now_ns);
	if (enable)
		enable_irq(sense->irq);
	else
		disable_irq_nosync(sense->irq);
}

/* Takes edges before a moment out of the ring. */
static void emrelay_sense_drain(struct emrelay_channel *channel, u64 until_ns)
{
	struct emrelay_sense *sense = channel->sense;

	/* What is seen is complete. */
	while (sense->tail != smp_load_acquire(&sense->head)) {
		struct emrelay_sample sample = sense->samples[sense->tail % EMRELAY_SAMPLES];

		if (sample.ns >= until_ns)
			return;
		/* The interrupt may use the place again. */
		smp_store_release(&sense->tail, sense->tail + 1);
		trace_emrelay_sense(channel, sample.active, sample.ns);
		emrelay_feedback_sample(channel->memory->feedback, sample.active, EMRELAY_EDGE,
					sample.ns);
	}
}

static void emrelay_sense_set_state(struct emrelay_channel *channel, u8 state)
{
	if (channel->sense->state == state)
		return;

	channel->sense->state = state;
	channel->memory->feedback->lost = state != EMRELAY_SENSE_OK;
	emrelay_channel_set_cost(channel);
	if (!channel->bank->dying)
		emrelay_sysfs_notify(channel, EMRELAY_FILE_SENSE);
}

/* The line was read, after @missed was reset; what it showed is @level, or an error. */
static void emrelay_sense_level(struct emrelay_channel *channel, int level, u64 now_ns)
{
	struct emrelay_feedback *feedback = channel->memory->feedback;
	struct emrelay_sense *sense = channel->sense;
	bool raw = feedback->raw;

	sense->polled_ns = now_ns;
	/* A pause ends as the interrupt is enabled again. */
	if (sense->state != EMRELAY_SENSE_PAUSED || sense->enabled)
		emrelay_sense_set_state(channel, level < 0 ? EMRELAY_SENSE_LOST :
							     EMRELAY_SENSE_OK);
	if (level < 0)
		return;

	emrelay_feedback_sample(feedback, level,
				sense->irq && !sense->sleeps ? EMRELAY_READ : EMRELAY_POLL, now_ns);
	sense->level = level;
	if (feedback->raw != raw)
		trace_emrelay_sense(channel, level, now_ns);
}

/* A contact does not close without a supply of the coil; nor is it seen to without a load's. */
static bool emrelay_sense_excused(const struct emrelay_channel *channel, u64 now_ns)
{
	u64 most_ns = max(channel->memory->feedback->limits.hold_ns, 2 * EMRELAY_POLL_SLEEPS_NS);
	struct emrelay_sense *sense = channel->sense;

	if (sense->supply && !sense->sleeps && gpiod_get_value(sense->supply))
		sense->voltage_ns = now_ns;
	return channel->bank->supply.bad ||
	       (sense->supply && now_ns - sense->voltage_ns > most_ns);
}

/* Is anything awaited of a contact, so that its line is to be looked at all the time? */
static bool emrelay_sense_moves(const struct emrelay_feedback *feedback)
{
	return feedback->phase >= EMRELAY_LEFT ||
	       (feedback->limits.ac ? feedback->measuring : feedback->raw != feedback->seen);
}

static void emrelay_sense_read(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_sense *sense = channel->sense;
	int level;

	if (sense->sleeps) {
		queue_work(system_highpri_wq, &sense->work);
		return;
	}

	WRITE_ONCE(sense->missed, false);
	level = gpiod_get_value(sense->line);
	/* An edge that came meanwhile is newer than the level, or the same. */
	if (sense->tail == smp_load_acquire(&sense->head))
		emrelay_sense_level(channel, level, now_ns);
}

static u64 emrelay_sense_check_ns(const struct emrelay_channel *channel)
{
	return (u64)channel->settings.contact_check_ms * NSEC_PER_MSEC;
}

/* When is the line to be read, where no interrupt tells of it? */
static u64 emrelay_sense_poll_ns(const struct emrelay_channel *channel)
{
	const struct emrelay_feedback *feedback = channel->memory->feedback;
	const struct emrelay_sense *sense = channel->sense;
	bool ac = feedback->limits.ac, moves = emrelay_sense_moves(feedback);

	if (sense->state == EMRELAY_SENSE_PAUSED)
		return sense->resume_ns;
	if (sense->state == EMRELAY_SENSE_OK) {
		if (feedback->phase == EMRELAY_CONFIRMING && !ac)
			return feedback->deadline_ns;
		if (feedback->unwatched || (ac && sense->irq && !moves))
			return sense->watch_ns;
		/* There is no interrupt of the voltage before the contact. */
		if (sense->irq && !(moves && sense->supply && (ac || sense->sleeps)))
			return U64_MAX;
		if (ac || moves)
			return sense->polled_ns + (sense->sleeps ? EMRELAY_POLL_SLEEPS_NS :
								   EMRELAY_POLL_NS);
	}
	return sense->polled_ns + emrelay_sense_check_ns(channel);
}

/*
 * A closed contact of mains must not wake an idle processor a hundred times a second:
 * at rest its line is looked at for one hold time, and then not for a while.
 */
static void emrelay_sense_watch(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_feedback *feedback = channel->memory->feedback;
	struct emrelay_sense *sense = channel->sense;

	if (!feedback->limits.ac || sense->state != EMRELAY_SENSE_OK ||
	    (emrelay_sense_moves(feedback) ? !feedback->unwatched : now_ns < sense->watch_ns))
		return;

	if (feedback->unwatched && !sense->sleeps)
		sense->level = gpiod_get_value(sense->line) > 0;
	emrelay_feedback_watch(feedback, feedback->unwatched, sense->level, now_ns);
	sense->watch_ns = now_ns + (feedback->unwatched ? emrelay_sense_check_ns(channel) :
							  feedback->limits.hold_ns);
	emrelay_sense_enable(sense, !feedback->unwatched, now_ns);
}

/* Where the line had too many edges, it is not looked at for a while. */
static void emrelay_sense_pause(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_sense *sense = channel->sense;

	/* It disabled itself; from now on it is as @enabled says. */
	WRITE_ONCE(sense->stormed, false);
	emrelay_sense_enable(sense, false, now_ns);
	enable_irq(sense->irq);
	emrelay_feedback_storm(channel->memory->feedback, now_ns);
	emrelay_sense_set_state(channel, EMRELAY_SENSE_PAUSED);
	sense->pause_ns = now_ns - sense->resume_ns > EMRELAY_PAUSE_MAX_NS ? EMRELAY_PAUSE_NS :
			  min(2 * sense->pause_ns, EMRELAY_PAUSE_MAX_NS);
	sense->resume_ns = now_ns + sense->pause_ns;
}

/* What was seen concerns the engine, the group, the wear and whoever looks on. */
static void emrelay_sense_act(struct emrelay_channel *channel, u64 now_ns)
{
	struct emrelay_feedback *feedback = channel->memory->feedback;
	struct emrelay_sense *sense = channel->sense;
	struct emrelay_proof proof = {
		.rest_ns = sense->state == EMRELAY_SENSE_OK ? feedback->rest_ns : 0,
		.opened_ns = emrelay_feedback_open(feedback) ? feedback->seen_ns : U64_MAX,
		.latched = feedback->latched,
		.action = channel->settings.fault_action,
	};
	unsigned long changed = feedback->latched ^ sense->proof.latched;
	u32 sights = feedback->sights;
	unsigned int i;

	if (memcmp(&proof, &sense->proof, sizeof(proof)))
		emrelay_arbiter_sense(&channel->bank->arbiter, channel->index, &proof, now_ns);
	sense->proof = proof;
	for_each_set_bit(i, &changed, EMRELAY_FAULTS - EMRELAY_FAULT_STUCK_OPEN)
		emrelay_fault_report(channel, EMRELAY_FAULT_STUCK_OPEN + i,
				     proof.latched & BIT(i) ? -EIO : 0, now_ns);

	if (!sights && !changed)
		return;

	feedback->sights = 0;
	if (sights & EMRELAY_SAW_CLOSING)
		emrelay_wear_charge(&channel->memory->account.wear,
				    channel->cost.pico - channel->edge_pico);
	if (sights & EMRELAY_SAW_OPERATE)
		trace_emrelay_measured(channel, "operate", feedback->life.operate.last_ns,
				       feedback->life.bounce.last_ns, now_ns);
	if (sights & EMRELAY_SAW_RELEASE)
		trace_emrelay_measured(channel, "release", feedback->life.release.last_ns, 0,
				       now_ns);
	if (sights & EMRELAY_SAW_DROP && feedback->coil)
		emrelay_supply_dropped(channel, feedback->seen_ns);
	if (sights & EMRELAY_SAW_MISFIRE)
		trace_emrelay_measured(channel, "misfire", 0, 0, now_ns);
	emrelay_channel_set_cost(channel);
	emrelay_store_count(channel);
	emrelay_channel_tell_health(channel);
}

/**
 * emrelay_sense_update - look at what the line showed, and act on it
 * @channel: the channel, with a line that reads its contact back
 * @now_ns: the time, CLOCK_BOOTTIME
 *
 * Does nothing if the coil was not driven since, and it is too early. Whoever knows
 * better has set next_ns to 0.
 *
 * Context: Any, under the bank's lock.
 * Return: when to look again; a moment that has passed if that will be said.
 */
u64 emrelay_sense_update(struct emrelay_channel *channel, u64 now_ns)
{
	const struct emrelay_past *past = &channel->memory->engine.past;
	struct emrelay_feedback *feedback = channel->memory->feedback;
	struct emrelay_sense *sense = channel->sense;
	bool driven = past->edge_ns != sense->edge_ns;
	u64 next_ns;

	lockdep_assert_held(&channel->bank->lock);

	if (!driven && now_ns < sense->next_ns)
		return sense->next_ns;

	if (driven) {
		emrelay_sense_drain(channel, past->edge_ns);
		sense->edge_ns = past->edge_ns;
		emrelay_feedback_coil(feedback, past->coil, past->edge_ns);
	}
	feedback->excused = emrelay_sense_excused(channel, now_ns);
	emrelay_sense_drain(channel, U64_MAX);
	if (READ_ONCE(sense->stormed))
		emrelay_sense_pause(channel, now_ns);
	emrelay_feedback_advance(feedback, now_ns);
	emrelay_sense_watch(channel, now_ns);

	if (sense->state == EMRELAY_SENSE_PAUSED && now_ns >= sense->resume_ns)
		emrelay_sense_enable(sense, true, now_ns);
	if (READ_ONCE(sense->missed) || now_ns >= emrelay_sense_poll_ns(channel))
		emrelay_sense_read(channel, now_ns);
	next_ns = sense->state == EMRELAY_SENSE_OK ?
		  emrelay_feedback_advance(feedback, now_ns) :
		  emrelay_engine_settled_ns(&channel->memory->engine);
	emrelay_sense_act(channel, now_ns);
	sense->next_ns = emrelay_sense_poll_ns(channel);
	if (next_ns > now_ns)
		sense->next_ns = min(sense->next_ns, next_ns);
	return sense->next_ns;
}

/* Acts on what the interrupt noted; a line that sleeps is read before. */
static void emrelay_sense_work(struct work_struct *work)
{
	struct emrelay_sense *sense = container_of(work, struct emrelay_sense, work);
	struct emrelay_channel *channel = sense->channel;
	int level = 0, voltage = 0;
	u64 now_ns;

	/* The interrupt's thread and the work item: who reads later is heard later. */
	guard(mutex)(&sense->lock);
	if (sense->sleeps) {
		WRITE_ONCE(sense->missed, false);
		level = gpiod_get_value_cansleep(sense->line);
		if (sense->supply)
			voltage = gpiod_get_value_cansleep(sense->supply);
	}

	guard(spinlock_irqsave)(&channel->bank->lock);
	now_ns = ktime_get_boottime_ns();
	if (voltage)
		sense->voltage_ns = now_ns;
	if (sense->sleeps)
		emrelay_sense_level(channel, level, now_ns);
	sense->next_ns = 0;
	emrelay_bank_follow(channel->bank, channel, now_ns);
}

static irqreturn_t emrelay_sense_thread(int irq, void *data)
{
	struct emrelay_sense *sense = data;

	emrelay_sense_work(&sense->work);
	return IRQ_HANDLED;
}

/**
 * emrelay_sense_find - get the line that reads a contact back, if there is one
 * @channel: the channel, with its bank, config and memory set
 *
 * Context: Sleeps.
 * Return: 0 or a negative errno, which has been reported but for -ENOMEM.
 */
int emrelay_sense_find(struct emrelay_channel *channel)
{
	struct gpio_desc *line = emrelay_bank_get_line(channel, "contact", GPIOD_IN);
	struct gpio_desc *supply = emrelay_bank_get_line(channel, "line", GPIOD_IN);
	const struct emrelay_config *config = &channel->config;
	struct device *dev = channel->bank->dev;
	struct emrelay_sense *sense;
	struct irq_chip *chip;
	bool slow;
	int ret;

	if (IS_ERR(line) || IS_ERR(supply))
		return PTR_ERR(IS_ERR(line) ? line : supply);
	if (!line && (config->sensed || supply))
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: contact-type, contact-hold-us, line-gpios and wakeup-source need contact-gpios\n",
				     config->fwnode);
	if (!line)
		return 0;

	sense = devm_kzalloc(dev, sizeof(*sense), GFP_KERNEL);
	if (!channel->memory->feedback)
		channel->memory->feedback = kzalloc(sizeof(*channel->memory->feedback), GFP_KERNEL);
	if (!sense || !channel->memory->feedback)
		return -ENOMEM;
	ret = gpiod_to_irq(line);
	if (ret == -EPROBE_DEFER)
		return dev_err_probe(dev, ret, "%pfwP: contact-gpios\n", config->fwnode);

	channel->dev.groups = emrelay_sensed_groups;
	channel->sense = sense;
	INIT_WORK(&sense->work, emrelay_sense_work);
	mutex_init(&sense->lock);
	sense->channel = channel;
	sense->line = line;
	sense->supply = supply;
	/* A chip whose interrupt sleeps may have threads only, and no hard interrupt. */
	chip = ret > 0 ? irq_get_chip(ret) : NULL;
	slow = chip && chip->irq_bus_lock;
	sense->sleeps = slow || gpiod_cansleep(line) || (supply && gpiod_cansleep(supply));
	/* Interrupts of mains could not be disabled without sleeping. */
	if (ret <= 0 || (config->contact_type == EMRELAY_LOAD_AC && sense->sleeps))
		return 0;

	sense->irq = ret;
	ret = devm_request_threaded_irq(dev, ret, slow ? NULL : emrelay_sense_irq,
					emrelay_sense_thread,
					IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING | IRQF_ONESHOT |
					IRQF_NO_AUTOEN, config->label ?: dev_name(dev), sense);
	return ret ? dev_err_probe(dev, ret, "%pfwP: the interrupt of contact-gpios\n",
				   config->fwnode) : 0;
}

/**
 * emrelay_sense_start - begin to read the contact
 * @channel: the channel, of a bank that does not move: not yet bound, or about to
 *	resume
 *
 * Where the contact is not as the coil wants it, it has until its deadline from now.
 *
 * Context: Sleeps. Takes the bank's lock.
 */
void emrelay_sense_start(struct emrelay_channel *channel)
{
	const struct emrelay_config *config = &channel->config;
	struct emrelay_engine *engine = &channel->memory->engine;
	struct emrelay_sense *sense = channel->sense;
	struct emrelay_feedback_limits limits = {
		.close_ns = engine->limits.close_ns,
		.open_ns = engine->limits.open_ns,
		.bounce_ns = (u64)config->ratings.bounce_us * NSEC_PER_USEC,
		.hold_ns = (u64)config->contact_hold_us * NSEC_PER_USEC,
		.inverted = config->contact_type == EMRELAY_LINKED_NC ||
			    config->contact_type == EMRELAY_CHANGEOVER_NC,
		.ac = config->contact_type == EMRELAY_LOAD_AC,
	};
	u64 now_ns;
	int level;

	if (!sense)
		return;

	level = gpiod_get_value_cansleep(sense->line);
	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		now_ns = ktime_get_boottime_ns();
		emrelay_feedback_bind(channel->memory->feedback, &limits, engine->past.coil,
				      level > 0, now_ns);
		sense->tail = sense->head;
		sense->edge_ns = engine->past.edge_ns;
		/* It differs from any: what is latched of old is told of, too. */
		sense->proof = (struct emrelay_proof) { .rest_ns = U64_MAX };
		emrelay_sense_set_state(channel, EMRELAY_SENSE_OK);
		emrelay_sense_level(channel, level, now_ns);
		channel->told.watched |= EMRELAY_WATCHED_SENSE;
		emrelay_sense_act(channel, now_ns);
		sense->watch_ns = now_ns + limits.hold_ns;
		sense->next_ns = 0;
	}
	if (sense->wakes)
		disable_irq_wake(sense->irq);
	sense->wakes = false;
	emrelay_sense_enable(sense, true, now_ns);
	/* There may have been an edge since the line was read. */
	WRITE_ONCE(sense->missed, true);
}

/**
 * emrelay_sense_stop - end reading the contact
 * @channel: the channel, of a bank that is dying or asleep
 *
 * Context: Sleeps. May be called again.
 */
void emrelay_sense_stop(struct emrelay_channel *channel)
{
	struct emrelay_sense *sense = channel->sense;

	if (!sense)
		return;

	cancel_work_sync(&sense->work);
	if (sense->enabled && channel->config.wakeup_source && channel->bank->asleep &&
	    !sense->stormed && (sense->wakes || !enable_irq_wake(sense->irq))) {
		sense->wakes = true;
		return;
	}
	if (sense->enabled)
		disable_irq(sense->irq);
	sense->enabled = false;
	/* It disabled itself, too. */
	if (xchg(&sense->stormed, false))
		enable_irq(sense->irq);
}
