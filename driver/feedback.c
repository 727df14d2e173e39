// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the contact of one relay really does. See feedback.h.
 */
#include "feedback.h"

/*
 * Times above the ratings that are not a fault yet: an operate time is up to 2.7
 * times the typical one at low voltage in the heat, a release time up to 3 times
 * with a diode across the coil.
 */
#define EMRELAY_PATIENCE	3

/* An ewma above so many tenths of its baseline is a drift. */
enum { EMRELAY_RELEASE_TENTHS = 22, EMRELAY_OPERATE_TENTHS = 25, EMRELAY_BOUNCE_TENTHS = 30 };

static void emrelay_times_add(struct emrelay_times *times, u64 ns, unsigned int tenths,
			      u64 floor_ns)
{
	times->last_ns = ns;
	times->min_ns = times->n ? min(times->min_ns, ns) : ns;
	times->max_ns = max(times->max_ns, ns);
	times->sum_ns = emrelay_time_add(times->sum_ns, ns);
	times->n++;
	if (!times->baseline_ns) {
		if (times->n >= EMRELAY_BASELINE)
			times->baseline_ns = times->sum_ns / EMRELAY_BASELINE;
		times->ewma_ns = times->baseline_ns;
		return;
	}
	times->ewma_ns = times->ewma_ns - times->ewma_ns / 16 + ns / 16;
	times->above++;
	if (times->ewma_ns * 10 <= times->baseline_ns * tenths || times->ewma_ns <= floor_ns)
		times->above = 0;
}

static u64 emrelay_feedback_patience_ns(const struct emrelay_feedback *feedback, bool on)
{
	const struct emrelay_feedback_limits *limits = &feedback->limits;

	return EMRELAY_PATIENCE * (on ? limits->close_ns : limits->open_ns) + limits->hold_ns;
}

/* From now on the contact is to be where the coil wants it, by a deadline. */
static void emrelay_feedback_await(struct emrelay_feedback *feedback, u64 travel_ns, u64 now_ns)
{
	feedback->phase = EMRELAY_MOVING;
	feedback->coil_ns = now_ns;
	feedback->settle_ns = now_ns + travel_ns;
	feedback->deadline_ns = now_ns + emrelay_feedback_patience_ns(feedback, feedback->coil);
	feedback->rest_ns = feedback->deadline_ns;
	feedback->first_ns = 0;
	feedback->last_ns = now_ns;
	feedback->next_ns = 0;
}

static void emrelay_feedback_chatter(struct emrelay_feedback *feedback, u64 now_ns)
{
	feedback->chatter_ns = now_ns;
	feedback->life.chatters += !(feedback->latched & EMRELAY_CHATTER);
	feedback->latched |= EMRELAY_CHATTER;
}

/* It did not close, or not stay so: one of these may be a film on the contact. */
static void emrelay_feedback_misfire(struct emrelay_feedback *feedback)
{
	if (feedback->excused)
		return;

	feedback->life.misfires++;
	feedback->sights |= EMRELAY_SAW_MISFIRE;
	if (feedback->row)
		feedback->latched |= EMRELAY_STUCK_OPEN;
	feedback->row = 1;
}

static void emrelay_feedback_weld(struct emrelay_feedback *feedback)
{
	feedback->phase = EMRELAY_ASTRAY;
	feedback->life.welds += !(feedback->latched & EMRELAY_STUCK_CLOSED);
	feedback->latched |= EMRELAY_STUCK_CLOSED;
}

/* It may come to rest yet. */
static void emrelay_feedback_toggle(struct emrelay_feedback *feedback, u64 now_ns)
{
	feedback->phase = EMRELAY_TOGGLING;
	feedback->deadline_ns = now_ns + max(EMRELAY_TOGGLE_NS, 2 * feedback->limits.bounce_ns);
}

/* The contact is not, for good, where the coil wants it. */
static void emrelay_feedback_astray(struct emrelay_feedback *feedback, u64 now_ns)
{
	feedback->measuring = false;
	if (feedback->coil) {
		feedback->phase = EMRELAY_ASTRAY;
		emrelay_feedback_misfire(feedback);
	} else if (feedback->phase == EMRELAY_CONFIRMING) {
		emrelay_feedback_weld(feedback);
	} else {
		/* Mains had a pulse in the last hold time: the next is to have one, too. */
		feedback->phase = EMRELAY_CONFIRMING;
		feedback->reads = 0;
		feedback->deadline_ns = now_ns;
		if (feedback->limits.ac)
			feedback->deadline_ns += feedback->limits.hold_ns;
	}
}

/* It still does not rest where it is to be, or has not been there for too long. */
static void emrelay_feedback_fail(struct emrelay_feedback *feedback, u64 now_ns)
{
	bool toggles = feedback->seen == feedback->coil ||
		       now_ns - feedback->seen_ns < feedback->limits.bounce_ns;

	if (feedback->phase == EMRELAY_LEFT) {
		feedback->phase = EMRELAY_DROPPED;
		feedback->life.dropped++;
		feedback->sights |= EMRELAY_SAW_DROP;
	} else if (!toggles || feedback->phase == EMRELAY_DROPPED) {
		emrelay_feedback_astray(feedback, now_ns);
	} else if (feedback->phase == EMRELAY_MOVING) {
		emrelay_feedback_toggle(feedback, now_ns);
	} else {
		emrelay_feedback_chatter(feedback, now_ns);
		feedback->phase = EMRELAY_LEFT;
		feedback->measuring = false;
	}
}

static void emrelay_feedback_measure(struct emrelay_feedback *feedback)
{
	struct emrelay_feedback_life *life = &feedback->life;
	u64 ns = feedback->first_ns - feedback->coil_ns;

	feedback->measuring = false;
	if (!feedback->coil) {
		emrelay_times_add(&life->release, ns, EMRELAY_RELEASE_TENTHS, 0);
		feedback->sights |= EMRELAY_SAW_RELEASE;
		return;
	}

	emrelay_times_add(&life->operate, ns, EMRELAY_OPERATE_TENTHS, 0);
	if (!feedback->limits.ac)
		emrelay_times_add(&life->bounce, feedback->last_ns - feedback->first_ns,
				  EMRELAY_BOUNCE_TENTHS, 2 * feedback->limits.bounce_ns);
	feedback->sights |= EMRELAY_SAW_OPERATE;
}

/* The contact rests where the coil wants it. */
static void emrelay_feedback_arrive(struct emrelay_feedback *feedback, u64 now_ns)
{
	enum emrelay_phase phase = feedback->phase;

	feedback->phase = EMRELAY_RESTING;
	/* A partner waits from its last bounce on. */
	if (!feedback->limits.ac)
		feedback->seen_ns = feedback->raw_ns;
	if (phase < EMRELAY_CONFIRMING)
		return;

	if (phase == EMRELAY_MOVING)
		feedback->rest_ns = now_ns;
	if (feedback->coil)
		feedback->row = 0;
	/* Mains that went in a gap had no last pulse after the coil was released. */
	if (feedback->limits.ac && !feedback->coil && feedback->pulse_ns > feedback->coil_ns)
		feedback->first_ns = feedback->pulse_ns;
	/* It may have been there already. */
	feedback->measuring &= feedback->first_ns != 0;
}

/* The contact leaves its rest, or comes back. */
static void emrelay_feedback_depart(struct emrelay_feedback *feedback, u64 now_ns)
{
	u64 oldest_ns;

	if (feedback->seen == feedback->coil) {
		feedback->life.glitches += feedback->phase == EMRELAY_LEFT;
		feedback->phase = EMRELAY_ASTRAY;
		return;
	}

	feedback->phase = EMRELAY_LEFT;
	feedback->departed_ns[feedback->departures++ % EMRELAY_DEPARTURES] = now_ns;
	oldest_ns = feedback->departed_ns[feedback->departures % EMRELAY_DEPARTURES];
	if (oldest_ns && now_ns - oldest_ns <= EMRELAY_DEPARTURES_NS)
		emrelay_feedback_chatter(feedback, now_ns);
}

static void emrelay_feedback_flip(struct emrelay_feedback *feedback, u64 now_ns)
{
	bool ac = feedback->limits.ac;

	feedback->seen = !feedback->seen;
	feedback->seen_ns = ac && !feedback->seen ? now_ns : feedback->raw_ns;
	if (feedback->seen && !feedback->closed) {
		feedback->closed = true;
		feedback->life.closings++;
		feedback->sights |= EMRELAY_SAW_CLOSING;
		if (ac)
			feedback->first_ns = feedback->seen_ns;
	}
	if (feedback->phase < EMRELAY_CONFIRMING)
		emrelay_feedback_depart(feedback, now_ns);
	else if (feedback->phase == EMRELAY_CONFIRMING)
		emrelay_feedback_toggle(feedback, now_ns);
}

/* When does what is seen change, if the line stays as it is? */
static u64 emrelay_feedback_flip_ns(const struct emrelay_feedback *feedback)
{
	bool ac = feedback->limits.ac;

	if (feedback->raw == feedback->seen || feedback->unwatched)
		return U64_MAX;
	if (ac && feedback->seen)
		return feedback->pulse_ns + feedback->limits.hold_ns;
	return feedback->raw_ns + (ac ? EMRELAY_PULSE_NS : EMRELAY_SEEN_NS);
}

/* When has the contact been seen where it is to be for long enough? */
static u64 emrelay_feedback_calm_ns(const struct emrelay_feedback *feedback)
{
	bool ac = feedback->limits.ac;

	/* By its raw edges it may be moving again, or have bounced, which is not seen yet. */
	if (feedback->seen != feedback->coil || feedback->phase == EMRELAY_RESTING ||
	    feedback->phase == EMRELAY_CONFIRMING || (!ac && feedback->raw != feedback->seen))
		return U64_MAX;
	return max((ac ? feedback->seen_ns : feedback->raw_ns) + feedback->limits.bounce_ns,
		   feedback->settle_ns);
}

/* When has a contact been where it is not to be for so long that it means something? */
static u64 emrelay_feedback_fails_ns(const struct emrelay_feedback *feedback)
{
	bool wrong = feedback->seen != feedback->coil;

	if (feedback->phase >= EMRELAY_MOVING ||
	    (feedback->phase == EMRELAY_CONFIRMING && feedback->limits.ac))
		return feedback->deadline_ns;
	if (feedback->phase == EMRELAY_LEFT && wrong)
		return feedback->seen_ns + feedback->limits.bounce_ns + feedback->limits.hold_ns;
	if (feedback->phase == EMRELAY_DROPPED && wrong)
		return feedback->seen_ns + emrelay_feedback_patience_ns(feedback, false);
	return U64_MAX;
}

static u64 emrelay_feedback_measured_ns(const struct emrelay_feedback *feedback)
{
	bool ac = feedback->limits.ac;

	if (!feedback->measuring || feedback->phase >= EMRELAY_CONFIRMING ||
	    (!ac && feedback->raw != feedback->coil))
		return U64_MAX;
	return ac ? feedback->rest_ns : feedback->last_ns + feedback->limits.bounce_ns;
}

/* The next moment at which time alone changes something. */
static u64 emrelay_feedback_event_ns(const struct emrelay_feedback *feedback)
{
	return min(min3(emrelay_feedback_flip_ns(feedback), emrelay_feedback_calm_ns(feedback),
			emrelay_feedback_fails_ns(feedback)),
		   emrelay_feedback_measured_ns(feedback));
}

static void emrelay_feedback_step(struct emrelay_feedback *feedback, u64 now_ns)
{
	if (emrelay_feedback_flip_ns(feedback) <= now_ns)
		emrelay_feedback_flip(feedback, now_ns);
	else if (emrelay_feedback_measured_ns(feedback) <= now_ns)
		emrelay_feedback_measure(feedback);
	else if (emrelay_feedback_calm_ns(feedback) <= now_ns)
		emrelay_feedback_arrive(feedback, now_ns);
	else
		emrelay_feedback_fail(feedback, now_ns);
}

/**
 * emrelay_feedback_bind - start with a contact as it is found
 * @feedback: the feedback; all zero for a relay never seen before, else as it was
 *	left, with what is latched
 * @limits: what the contact and its line are rated for
 * @coil: the coil is energised
 * @active: the line is active
 * @now_ns: the time
 *
 * A contact that is not where the coil wants it has until its deadline from now.
 *
 * Context: Any. Pure.
 */
void emrelay_feedback_bind(struct emrelay_feedback *feedback,
			   const struct emrelay_feedback_limits *limits, bool coil, bool active,
			   u64 now_ns)
{
	feedback->limits = *limits;
	feedback->coil = coil;
	feedback->raw = active != limits->inverted;
	/* Mains may be between two pulses. */
	feedback->seen = feedback->raw || limits->ac;
	feedback->raw_ns = now_ns;
	feedback->pulse_ns = now_ns;
	feedback->seen_ns = now_ns;
	feedback->closed = true;
	feedback->measuring = false;
	feedback->unwatched = false;
	feedback->pulsed = false;
	feedback->full_wave = false;
	emrelay_feedback_await(feedback, limits->ac ? limits->hold_ns : 0, now_ns);
}

/**
 * emrelay_feedback_coil - the coil was driven to another level
 * @feedback: the feedback
 * @on: its new level
 * @now_ns: the time after the line had changed
 *
 * Context: Any. Pure.
 */
void emrelay_feedback_coil(struct emrelay_feedback *feedback, bool on, u64 now_ns)
{
	const struct emrelay_feedback_limits *limits = &feedback->limits;

	emrelay_feedback_advance(feedback, now_ns);
	feedback->coil = on;
	feedback->closed = !on;
	feedback->measuring = true;
	emrelay_feedback_await(feedback, on ? limits->close_ns : limits->open_ns, now_ns);
}

/* The line has another level: what does that edge mean for the one before? */
static void emrelay_feedback_edge(struct emrelay_feedback *feedback, u64 now_ns)
{
	bool closed = !feedback->raw;
	u64 lasted_ns = now_ns - feedback->raw_ns, apart_ns = now_ns - feedback->pulse_ns;
	bool ac = feedback->limits.ac, rests = feedback->phase < EMRELAY_CONFIRMING;
	bool brief = ac ? !closed && lasted_ns < EMRELAY_PULSE_NS :
			  rests && closed == feedback->seen;

	feedback->life.glitches += brief;
	if (ac && !closed && !brief) {
		feedback->full_wave |= feedback->pulsed && apart_ns > EMRELAY_WAVES_NS &&
				       apart_ns < EMRELAY_WAVES_MAX_NS;
		feedback->pulse_ns = now_ns;
		feedback->pulsed = true;
	}
	/* What came so long before was no bounce; and one that is there does not come. */
	if (!ac && closed == feedback->coil && feedback->seen != closed &&
	    (!feedback->first_ns || lasted_ns > 2 * feedback->limits.bounce_ns))
		feedback->first_ns = now_ns;
	feedback->raw = closed;
	feedback->raw_ns = now_ns;
	feedback->last_ns = now_ns;
	feedback->next_ns = 0;
}

/**
 * emrelay_feedback_sample - the line was sampled
 * @feedback: the feedback
 * @active: its level
 * @quality: what the sample is
 * @now_ns: when it was taken, not before those already known
 *
 * Context: Any. Pure.
 */
void emrelay_feedback_sample(struct emrelay_feedback *feedback, bool active,
			     enum emrelay_quality quality, u64 now_ns)
{
	bool closed = active != feedback->limits.inverted;

	now_ns = max(now_ns, feedback->last_ns);
	emrelay_feedback_advance(feedback, now_ns);
	if (quality == EMRELAY_EDGE && closed == feedback->raw) {
		/* Two edges to the same level: the pulse between was too short, or a bounce. */
		feedback->life.glitches++;
		if (feedback->phase >= EMRELAY_CONFIRMING && !feedback->limits.ac) {
			feedback->raw_ns = now_ns;
			feedback->last_ns = now_ns;
		}
	} else if (quality != EMRELAY_EDGE && feedback->phase == EMRELAY_CONFIRMING &&
		   now_ns >= feedback->deadline_ns) {
		/* A weld is believed if the line was read closed several times. */
		feedback->reads = closed ? feedback->reads + 1 : 0;
		feedback->deadline_ns = now_ns + EMRELAY_READ_NS;
		if (feedback->reads == EMRELAY_READS)
			emrelay_feedback_weld(feedback);
	}
	if (closed == feedback->raw)
		return;

	feedback->measuring &= quality != EMRELAY_READ;
	emrelay_feedback_edge(feedback, now_ns);
}

/**
 * emrelay_feedback_advance - time has passed
 * @feedback: the feedback
 * @now_ns: the time; all samples up to it are known
 *
 * Context: Any. Pure.
 * Return: the moment to call it again; while EMRELAY_CONFIRMING the line is to be
 * sampled then, too. U64_MAX: when the line has its next edge.
 */
u64 emrelay_feedback_advance(struct emrelay_feedback *feedback, u64 now_ns)
{
	u64 event_ns;

	if (now_ns < feedback->next_ns)
		return feedback->next_ns;

	while ((event_ns = emrelay_feedback_event_ns(feedback)) <= now_ns)
		emrelay_feedback_step(feedback, event_ns);
	feedback->next_ns = feedback->phase == EMRELAY_CONFIRMING ?
			    min(event_ns, feedback->deadline_ns) : event_ns;
	return feedback->next_ns;
}

/**
 * emrelay_feedback_storm - the line has more edges than any contact makes
 * @feedback: the feedback
 * @now_ns: the time
 *
 * It is a chatter. The caller has to look away for a while, in which @feedback->lost
 * says that nobody knows the contact.
 *
 * Context: Any. Pure.
 */
void emrelay_feedback_storm(struct emrelay_feedback *feedback, u64 now_ns)
{
	emrelay_feedback_advance(feedback, now_ns);
	emrelay_feedback_chatter(feedback, now_ns);
	feedback->measuring = false;
}

/**
 * emrelay_feedback_watch - begin or cease to look at a mains sense
 * @feedback: the feedback
 * @watch: begin
 * @active: the level of the line, if so
 * @now_ns: the time
 *
 * A contact at rest is looked at for one hold time now and then. Before and after,
 * it is taken to be as it was seen.
 *
 * Context: Any. Pure.
 */
void emrelay_feedback_watch(struct emrelay_feedback *feedback, bool watch, bool active, u64 now_ns)
{
	emrelay_feedback_advance(feedback, now_ns);
	feedback->unwatched = !watch;
	feedback->raw = watch ? active != feedback->limits.inverted : feedback->seen;
	/* What is left of a pulse is no glitch. */
	feedback->raw_ns = now_ns - (feedback->seen ? EMRELAY_PULSE_NS : 0);
	feedback->pulse_ns = now_ns;
	feedback->pulsed = false;
	feedback->next_ns = 0;
}

/**
 * emrelay_feedback_clear - end the faults that are latched
 * @feedback: the feedback
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: 0, or -EBUSY if the evidence of one is still there; then nothing changed.
 */
int emrelay_feedback_clear(struct emrelay_feedback *feedback, u64 now_ns)
{
	u32 there = 0;

	emrelay_feedback_advance(feedback, now_ns);
	if (feedback->lost || feedback->seen || feedback->raw ||
	    now_ns - feedback->seen_ns < EMRELAY_OPEN_NS)
		there |= EMRELAY_STUCK_CLOSED;
	if (feedback->lost || now_ns - feedback->chatter_ns < EMRELAY_QUIET_NS)
		there |= EMRELAY_CHATTER;
	if (feedback->latched & there)
		return -EBUSY;

	feedback->latched = 0;
	return 0;
}

/**
 * emrelay_feedback_replace - another relay is in the socket
 * @feedback: the feedback
 * @now_ns: the time
 *
 * Nothing is known of its contact, which has until its deadline from now.
 *
 * Context: Any. Pure.
 */
void emrelay_feedback_replace(struct emrelay_feedback *feedback, u64 now_ns)
{
	emrelay_feedback_advance(feedback, now_ns);
	feedback->life = (struct emrelay_feedback_life) {};
	feedback->latched = 0;
	feedback->row = 0;
	feedback->measuring = false;
	/* Whoever waits for it to open is not served the sooner. */
	emrelay_feedback_await(feedback, max(emrelay_time_left(feedback->settle_ns, now_ns),
					     feedback->limits.bounce_ns), now_ns);
}

/**
 * emrelay_feedback_contact - where is the contact?
 * @feedback: the feedback
 *
 * Context: Any. Pure.
 * Return: its state, as it is seen.
 */
enum emrelay_contact emrelay_feedback_contact(const struct emrelay_feedback *feedback)
{
	if (feedback->phase >= EMRELAY_MOVING)
		return feedback->coil ? EMRELAY_CLOSING : EMRELAY_OPENING;
	return feedback->seen ? EMRELAY_CLOSED : EMRELAY_OPEN;
}

/**
 * emrelay_feedback_open - is the contact seen open, and will it stay so?
 * @feedback: the feedback
 *
 * Context: Any. Pure.
 * Return: false while the coil is energised, the contact travels or is seen
 * closed, or nobody knows; @feedback->seen_ns says since when it is open.
 */
bool emrelay_feedback_open(const struct emrelay_feedback *feedback)
{
	return feedback->phase == EMRELAY_RESTING && !feedback->coil && !feedback->seen &&
	       !feedback->lost;
}

/**
 * emrelay_feedback_drifts - do the times depart from what they were?
 * @feedback: the feedback
 *
 * Context: Any. Pure.
 * Return: true if one of them does for EMRELAY_DRIFTED cycles in a row.
 */
bool emrelay_feedback_drifts(const struct emrelay_feedback *feedback)
{
	const struct emrelay_feedback_life *life = &feedback->life;

	return max3(life->operate.above, life->release.above, life->bounce.above) >=
	       EMRELAY_DRIFTED;
}
