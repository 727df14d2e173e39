/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the contact of one relay really does, as a line that reads it back shows
 * it: when it closed and opened, how long it bounced, and what is wrong with it.
 * Pure, as the engine is: edges of the coil, samples of the line and the time go
 * in; the contact, faults, measured times, and when to look again come out.
 *
 * The line is seen in two ways. Its raw edges measure. What is *seen* decides: a
 * level that lasted for 1 ms; on a mains sense a pulse of 2 ms at least, and no
 * such pulse for the hold time. Anything shorter is a glitch.
 *
 * The order of use: emrelay_feedback_bind() once; then emrelay_feedback_coil() and
 * emrelay_feedback_sample() in the order of their times, and after them, and at the
 * moment that it says, emrelay_feedback_advance().
 */
#ifndef EMRELAY_FEEDBACK_H
#define EMRELAY_FEEDBACK_H

#include "engine.h"

/* A level of a line counts once it has lasted so long; a pulse of mains, so long. */
#define EMRELAY_SEEN_NS		1000000ULL
#define EMRELAY_PULSE_NS	2000000ULL
/*
 * Pulses of full waves are 8.3 to 10 ms apart, a little less or more by glitches. What is
 * nearer is parts of one, what is farther are half-waves.
 */
#define EMRELAY_WAVES_NS	8000000ULL
#define EMRELAY_WAVES_MAX_NS	11200000ULL
/* A contact that still toggles at its deadline has so long to come to rest. */
#define EMRELAY_TOGGLE_NS	10000000ULL
/* So many departures from rest in so long are a chatter. */
#define EMRELAY_DEPARTURES	8
#define EMRELAY_DEPARTURES_NS	1000000000ULL
/* Reads that confirm a weld, and the time from one to the next. */
#define EMRELAY_READS		3
#define EMRELAY_READ_NS		1000000ULL
/* A fault is not cleared before its evidence has been gone for so long. */
#define EMRELAY_OPEN_NS		1000000000ULL
#define EMRELAY_QUIET_NS	10000000000ULL

/**
 * enum emrelay_contact_fault - faults of a contact, a bit each, as they are latched
 * @EMRELAY_STUCK_OPEN: it does not close, or does not stay closed
 * @EMRELAY_CHATTER: it does not come to rest
 * @EMRELAY_STUCK_CLOSED: it does not open, or closes by itself: it has welded
 */
enum emrelay_contact_fault {
	EMRELAY_STUCK_OPEN = 1, EMRELAY_CHATTER = 2, EMRELAY_STUCK_CLOSED = 8,
};

/**
 * enum emrelay_quality - what a sample of the line is
 * @EMRELAY_EDGE: an edge, at just that time
 * @EMRELAY_POLL: the level, read so often that times can be measured by it
 * @EMRELAY_READ: the level, read now; if it changed, nobody knows when
 */
enum emrelay_quality { EMRELAY_EDGE, EMRELAY_POLL, EMRELAY_READ };

/**
 * enum emrelay_sight - what happened, a bit each
 * @EMRELAY_SAW_CLOSING: the contact closed, for the first time since the coil was
 *	energised
 * @EMRELAY_SAW_OPERATE: an operate time was measured, and the bounce
 * @EMRELAY_SAW_RELEASE: a release time was
 * @EMRELAY_SAW_MISFIRE: the contact did not close, or not stay so
 * @EMRELAY_SAW_DROP: it opened by itself, or closed, for longer than a glitch
 */
enum emrelay_sight {
	EMRELAY_SAW_CLOSING = 1, EMRELAY_SAW_OPERATE = 2, EMRELAY_SAW_RELEASE = 4,
	EMRELAY_SAW_MISFIRE = 8, EMRELAY_SAW_DROP = 16,
};

/**
 * struct emrelay_feedback_limits - what a contact and its line are rated for
 * @close_ns: operate time + bounce time
 * @open_ns: release time + bounce time
 * @bounce_ns: bounce time; a contact is at rest if it is seen so for so long
 * @hold_ns: how long the line may read closed after the contact opened
 * @inverted: the line is active while the contact is open
 * @ac: the line pulses while the contact is closed
 */
struct emrelay_feedback_limits {
	u64 close_ns, open_ns, bounce_ns, hold_ns;
	bool inverted, ac;
};

/* So many times make a baseline, so many above what is allowed in a row a drift. */
#define EMRELAY_BASELINE	32
#define EMRELAY_DRIFTED		8

/**
 * struct emrelay_times - a time that is measured in each cycle
 * @n: how often
 * @last_ns: the last
 * @min_ns: the shortest
 * @max_ns: the longest
 * @sum_ns: all together
 * @baseline_ns: mean of the first EMRELAY_BASELINE, 0: not that many yet
 * @ewma_ns: mean of the last ones, each later one weighs more (1/16)
 * @above: for so many cycles in a row @ewma_ns is above what is allowed
 */
struct emrelay_times {
	u64 n, last_ns, min_ns, max_ns, sum_ns;
	u64 baseline_ns, ewma_ns, above;
};

/**
 * struct emrelay_feedback_life - what was ever seen of a contact
 * @operate: energisation to the first closing edge
 * @release: release to the first opening edge
 * @bounce: first to last edge of a closing
 * @closings: energisations that the contact followed
 * @misfires: those it did not, and drops that lasted
 * @welds: stuck-closed was latched
 * @chatters: chatter was latched
 * @glitches: what was too short to be seen
 * @dropped: contacts that left their rest for longer
 */
struct emrelay_feedback_life {
	struct emrelay_times operate, release, bounce;
	u64 closings, misfires, welds, chatters, glitches, dropped;
};

/**
 * enum emrelay_phase - what a contact is at
 * @EMRELAY_RESTING: it is where the coil wants it, and nothing is awaited of it
 * @EMRELAY_ASTRAY: it has left its rest by itself, or never followed the coil, and all
 *	was made of that which can be; or it is back, and not at rest yet
 * @EMRELAY_LEFT: it has left its rest just now
 * @EMRELAY_DROPPED: so it has, for longer than a glitch
 * @EMRELAY_CONFIRMING: it is closed where it must not be; reads shall confirm it, or, of
 *	mains, the next hold time
 * @EMRELAY_MOVING: it is to follow the coil until its deadline
 * @EMRELAY_TOGGLING: its deadline is over, and it may come to rest yet
 *
 * Nothing is awaited of it before EMRELAY_CONFIRMING; what it does is judged as at rest.
 */
enum emrelay_phase {
	EMRELAY_RESTING, EMRELAY_ASTRAY, EMRELAY_LEFT, EMRELAY_DROPPED,
	EMRELAY_CONFIRMING, EMRELAY_MOVING, EMRELAY_TOGGLING,
};

/**
 * struct emrelay_feedback - a contact that is read back
 * @limits: what it is rated for
 * @life: what was ever seen of it
 * @coil_ns: when the coil was driven
 * @settle_ns: the contact is not at rest before
 * @deadline_ns: the end of @phase, whatever comes; while EMRELAY_CONFIRMING when the
 *	line is to be read
 * @raw_ns: the last edge of the line
 * @pulse_ns: on a mains sense the end of the last valid pulse, or when looking at it began
 * @seen_ns: since when @seen; for the interlock, that is with the hold of mains
 * @first_ns: first edge to where the coil was driven, 0: none
 * @last_ns: last edge since the coil was driven
 * @next_ns: time alone changes nothing before; 0: that is to be found out
 * @rest_ns: when the contact came to rest, or has to at the latest: the end of its
 *	travel
 * @departed_ns: when the contact left its rest, the last few times, a ring
 * @chatter_ns: when there was a chatter last
 * @departures: how often it left its rest
 * @sights: what happened (enum emrelay_sight) since the caller looked and zeroed it
 * @latched: the faults there are (enum emrelay_contact_fault)
 * @row: energisations in a row that misfired
 * @phase: what it is at (enum emrelay_phase)
 * @reads: reads that confirmed
 * @coil: the coil is energised
 * @raw: the line shows a closed contact
 * @seen: the contact is seen closed
 * @closed: it has closed since the coil was energised
 * @measuring: the edges since the coil was driven can be measured
 * @excused: a contact that is not seen closed proves nothing, as no voltage is
 *	there to show it; set by the caller
 * @lost: the line cannot be read; set by the caller
 * @unwatched: nobody looks at the line for now, so that no pulse means nothing
 * @pulsed: a pulse ended at @pulse_ns
 * @full_wave: mains was seen to have a pulse each half-wave
 */
struct emrelay_feedback {
	struct emrelay_feedback_limits limits;
	struct emrelay_feedback_life life;
	u64 coil_ns, settle_ns, deadline_ns, rest_ns;
	u64 raw_ns, pulse_ns, seen_ns, first_ns, last_ns, next_ns;
	u64 departed_ns[EMRELAY_DEPARTURES], chatter_ns;
	u32 departures, sights, latched;
	u8 row, phase, reads;
	bool coil, raw, seen, closed, measuring, excused, lost, unwatched, pulsed, full_wave;
};

void emrelay_feedback_bind(struct emrelay_feedback *feedback,
			   const struct emrelay_feedback_limits *limits,
			   bool coil, bool active, u64 now_ns);
void emrelay_feedback_coil(struct emrelay_feedback *feedback, bool on, u64 now_ns);
void emrelay_feedback_sample(struct emrelay_feedback *feedback, bool active,
			     enum emrelay_quality quality, u64 now_ns);
u64 emrelay_feedback_advance(struct emrelay_feedback *feedback, u64 now_ns);
void emrelay_feedback_storm(struct emrelay_feedback *feedback, u64 now_ns);
void emrelay_feedback_watch(struct emrelay_feedback *feedback, bool watch, bool active, u64 now_ns);
int emrelay_feedback_clear(struct emrelay_feedback *feedback, u64 now_ns);
void emrelay_feedback_replace(struct emrelay_feedback *feedback, u64 now_ns);
enum emrelay_contact emrelay_feedback_contact(const struct emrelay_feedback *feedback);
bool emrelay_feedback_open(const struct emrelay_feedback *feedback);
bool emrelay_feedback_drifts(const struct emrelay_feedback *feedback);

#endif
