// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contacts that are read back, on a fake clock: what is seen, measured and latched.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/time64.h>

#include "feedback.h"

/* The WAGO 859-353: 15, 25 and 3.5 ms. Deadlines are 55.5 and 85.5 ms after the edge. */
static const struct emrelay_feedback_limits dc = { 18500000, 28500000, 3500000, 0 };
static const struct emrelay_feedback_limits nc = { 18500000, 28500000, 3500000, 0, true };
static const struct emrelay_feedback_limits held = { 18500000, 28500000, 3500000, 20000000 };
static const struct emrelay_feedback_limits mains = {
	18500000, 28500000, 3500000, 30000000, false, true
};

/* One that bounces for longer than a toggling contact is waited for else. */
static const struct emrelay_feedback_limits slow = { 40000000, 40000000, 8000000, 0 };
/* One that bounces for less than a level lasts that is seen, and one that does not. */
static const struct emrelay_feedback_limits quick = { 10000000, 10000000, 300000, 0 };
static const struct emrelay_feedback_limits still = { 10000000, 10000000, 0, 0 };

#define START_NS	1000000000000ULL

enum what {
	END,
	ON,	/* the coil */
	OFF,
	CLOSE,	/* the line, as an edge */
	OPEN,
	PULSES,	/* of mains, 8 ms of each 20, until the next step */
	SEEN,	/* the line is read as it is */
	FORGET,	/* the line has another level, and nobody saw the edge */
	DARK,	/* no voltage shows what the contact does */
	LIGHT,
	STORM,
	LOST,	/* the line cannot be read */
	FOUND,	/* it can be again */
	REBIND,
	REPLACE,
	CLEAR,
	JUST,	/* a clear that fails a ns before */
	BUSY,	/* a clear that must fail */
	AWAY,	/* nobody looks at mains */
	LOOK,	/* somebody does again */
	UNREAD,	/* from here on nobody reads the line when that is asked for */
};

struct step {
	unsigned int us;	/* since the bind */
	enum what what;
};

/* What is to be after the last step. */
struct result {
	enum emrelay_contact contact;
	unsigned int latched, open, closings, misfires, welds, chatters, glitches, dropped;
};

struct script {
	const char *name;
	const struct emrelay_feedback_limits *limits;
	bool coil, closed;
	struct step steps[24];
	struct result result;
};

struct contact {
	struct kunit *test;
	struct emrelay_feedback feedback;
	u64 now_ns;
	bool closed;
	bool unread;
};

static void contact_sample(struct contact *contact, enum emrelay_quality quality)
{
	emrelay_feedback_sample(&contact->feedback,
				contact->closed != contact->feedback.limits.inverted,
				quality, contact->now_ns);
}

/* Time passes; what is to be looked at is, at just the moment that was named. */
static void contact_wait(struct contact *contact, u64 until_ns)
{
	unsigned int steps = 0;
	u64 next_ns;

	while ((next_ns = emrelay_feedback_advance(&contact->feedback,
						   contact->now_ns)) <= until_ns) {
		KUNIT_ASSERT_LT(contact->test, steps++, 10000u);
		/* All times here are whole us, to the ns. */
		KUNIT_EXPECT_EQ(contact->test, (u32)(next_ns / 1000 * 1000 == next_ns), 1u);
		contact->now_ns = max(contact->now_ns, next_ns);
		emrelay_feedback_advance(&contact->feedback, contact->now_ns);
		if (contact->feedback.phase != EMRELAY_CONFIRMING)
			continue;
		if (contact->unread)
			break;
		contact_sample(contact, EMRELAY_READ);
	}
	contact->now_ns = until_ns;
	emrelay_feedback_advance(&contact->feedback, until_ns);
}

static void contact_edge(struct contact *contact, bool closed)
{
	contact->closed = closed;
	contact_sample(contact, EMRELAY_EDGE);
}

static void contact_pulses(struct contact *contact, u64 until_ns)
{
	while (contact->now_ns < until_ns) {
		u64 next_ns = contact->now_ns + (contact->closed ? 8000000 : 12000000);

		if (next_ns > until_ns)
			break;
		contact_wait(contact, next_ns);
		contact_edge(contact, !contact->closed);
	}
}

static void contact_step(struct contact *contact, const struct step *step)
{
	struct emrelay_feedback *feedback = &contact->feedback;
	u64 now_ns = contact->now_ns;

	switch (step->what) {
	case END:
		break;
	case ON:
	case OFF:
		emrelay_feedback_coil(feedback, step->what == ON, now_ns);
		break;
	case CLOSE:
	case OPEN:
		contact_edge(contact, step->what == CLOSE);
		break;
	case PULSES:
		if (!contact->closed)
			contact_edge(contact, true);
		contact_pulses(contact, START_NS + step[1].us * 1000ULL);
		break;
	case SEEN:
		contact_sample(contact, EMRELAY_READ);
		break;
	case FORGET:
		contact->closed = !contact->closed;
		break;
	case DARK:
	case LIGHT:
		feedback->excused = step->what == DARK;
		break;
	case STORM:
		emrelay_feedback_storm(feedback, now_ns);
		feedback->lost = true;
		break;
	case LOST:
		feedback->lost = true;
		break;
	case FOUND:
		feedback->lost = false;
		contact_sample(contact, EMRELAY_READ);
		break;
	case REBIND:
		emrelay_feedback_bind(feedback, &feedback->limits, feedback->coil,
				      contact->closed != feedback->limits.inverted, now_ns);
		break;
	case REPLACE:
		emrelay_feedback_replace(feedback, now_ns);
		break;
	case CLEAR:
		KUNIT_EXPECT_EQ(contact->test, emrelay_feedback_clear(feedback, now_ns), 0);
		break;
	case JUST:
		KUNIT_EXPECT_EQ(contact->test, emrelay_feedback_clear(feedback, now_ns - 1),
				-EBUSY);
		KUNIT_EXPECT_EQ(contact->test, emrelay_feedback_clear(feedback, now_ns), 0);
		break;
	case BUSY:
		KUNIT_EXPECT_EQ(contact->test, emrelay_feedback_clear(feedback, now_ns), -EBUSY);
		break;
	case AWAY:
	case LOOK:
		emrelay_feedback_watch(feedback, step->what == LOOK, contact->closed, now_ns);
		break;
	case UNREAD:
		contact->unread = true;
		break;
	}
}

static void contact_bind(struct contact *contact, struct kunit *test,
			 const struct emrelay_feedback_limits *limits, bool coil, bool closed)
{
	*contact = (struct contact) { .test = test, .now_ns = START_NS, .closed = closed };
	emrelay_feedback_bind(&contact->feedback, limits, coil, closed != limits->inverted,
			      START_NS);
}

static const struct script scripts[] = {
	/* What is found. */
	{ "found open", &dc, false, false, { { 3499 } }, { EMRELAY_OPENING } },
	{ "found open, at rest", &dc, false, false, { { 3500 } },
	  { EMRELAY_OPEN, .open = 1 } },
	{ "found closed and on", &dc, true, true, { { 3500 } }, { EMRELAY_CLOSED } },
	{ "found on, travelling", &dc, true, true, { { 3499 } }, { EMRELAY_CLOSING } },
	{ "found welded", &dc, false, true, { { 85500 + 1999 } }, { EMRELAY_CLOSED } },
	{ "found welded, and confirmed", &dc, false, true, { { 85500 + 2000 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "found on and open, once", &dc, true, false, { { 55500 } },
	  { EMRELAY_OPEN, .misfires = 1 } },
	{ "found closed, and energised at once, it does not close", &dc, false, true,
	  { { 500, ON }, { 30000 } }, { EMRELAY_CLOSED } },
	{ "an inverted line", &nc, false, false, { { 3500 } }, { EMRELAY_OPEN, .open = 1 } },
	{ "a broken wire of an inverted line", &nc, false, true, { { 90000 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },

	/* Closing and opening. */
	{ "it closes", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 118500 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "it closes, not yet", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 118499 } },
	  { EMRELAY_CLOSING, .closings = 1 } },
	{ "it closes, not seen yet", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 115999 } }, { EMRELAY_CLOSING } },
	{ "it closes soon, and is believed after its rating", &dc, false, false,
	  { { 100000, ON }, { 105000, CLOSE }, { 118499 } },
	  { EMRELAY_CLOSING, .closings = 1 } },
	{ "it closes late", &dc, false, false,
	  { { 100000, ON }, { 130000, CLOSE }, { 133499 } },
	  { EMRELAY_CLOSING, .closings = 1 } },
	{ "it closes late, at rest", &dc, false, false,
	  { { 100000, ON }, { 130000, CLOSE }, { 133500 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "it bounces, and rests from its last edge", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 117000, OPEN }, { 119000, CLOSE }, { 122499 } },
	  { EMRELAY_CLOSING, .closings = 1 } },
	{ "its last bounce is short, and counts", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 117000, OPEN }, { 117500, CLOSE }, { 120999 } },
	  { EMRELAY_CLOSING, .closings = 1 } },
	{ "its last bounce is short, and it rests", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 117000, OPEN }, { 117500, CLOSE }, { 121000 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "it opens", &dc, true, true,
	  { { 100000, OFF }, { 125000, OPEN }, { 128500 } }, { EMRELAY_OPEN, .open = 1 } },
	{ "it opens, not yet", &dc, true, true,
	  { { 100000, OFF }, { 125000, OPEN }, { 128499 } }, { EMRELAY_OPENING } },
	{ "a short on that the contact never followed", &dc, false, false,
	  { { 100000, ON }, { 120000, OFF }, { 148499 } }, { EMRELAY_OPENING } },
	{ "a short on, and it rests", &dc, false, false,
	  { { 100000, ON }, { 120000, OFF }, { 148500 } }, { EMRELAY_OPEN, .open = 1 } },
	{ "a short off that it follows late, it does not close", &dc, true, true,
	  { { 100000, OFF }, { 110000, ON }, { 120000, OPEN }, { 165500 } },
	  { EMRELAY_OPEN, .misfires = 1 } },
	{ "a quick one bounces, and is not at rest", &quick, true, true,
	  { { 100000, OFF }, { 105000, OPEN }, { 109800, CLOSE }, { 110500 } },
	  { EMRELAY_OPENING } },
	{ "a quick one rests from its last bounce", &quick, true, true,
	  { { 100000, OFF }, { 105000, OPEN }, { 109800, CLOSE }, { 110700, OPEN },
	    { 111000 } },
	  { EMRELAY_OPEN, .open = 1 } },

	/* Glitches. */
	{ "a glitch at rest", &dc, false, false,
	  { { 100000, CLOSE }, { 100999, OPEN }, { 110000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 1 } },
	{ "a glitch while closed", &dc, true, true,
	  { { 100000, OPEN }, { 100999, CLOSE }, { 110000 } },
	  { EMRELAY_CLOSED, .glitches = 1 } },
	{ "a glitch too short for its edges", &dc, false, false, { { 100000, OPEN }, { 110000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 1 } },
	{ "a glitch too short for its edges decides nothing", &dc, false, false,
	  { { 100000, CLOSE }, { 100500, CLOSE }, { 101000 } },
	  { EMRELAY_CLOSED, .glitches = 1 } },
	{ "a glitch while it travels", &dc, false, false,
	  { { 100000, ON }, { 101000, CLOSE }, { 101900, OPEN }, { 115000, CLOSE }, { 118500 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "closed by itself, seen", &dc, false, false, { { 100000, CLOSE }, { 101000 } },
	  { EMRELAY_CLOSED } },
	{ "closed by itself, and soon back", &dc, false, false,
	  { { 100000, CLOSE }, { 102499, OPEN }, { 103498 } }, { EMRELAY_CLOSED } },
	{ "closed by itself, back, not yet for long", &dc, false, false,
	  { { 100000, CLOSE }, { 102400, OPEN }, { 105899 } }, { EMRELAY_OPEN, .glitches = 1 } },
	{ "closed by itself, back for long enough", &dc, false, false,
	  { { 100000, CLOSE }, { 102400, OPEN }, { 105900 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 1 } },
	{ "away for a moment, twice", &dc, false, false,
	  { { 100000, CLOSE }, { 102400, OPEN }, { 103900, CLOSE }, { 106300, OPEN }, { 120000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 2 } },
	{ "closed by itself for longer", &dc, false, false,
	  { { 100000, CLOSE }, { 104000, OPEN }, { 120000 } },
	  { EMRELAY_OPEN, .open = 1, .dropped = 1 } },
	{ "dropped while on, and back", &dc, true, true,
	  { { 100000, OPEN }, { 150000, CLOSE }, { 160000 } },
	  { EMRELAY_CLOSED, .dropped = 1 } },
	{ "it closes, and drops", &dc, false, false,
	  { { 100000, ON }, { 115000, CLOSE }, { 200000, OPEN }, { 250000, CLOSE }, { 260000 } },
	  { EMRELAY_CLOSED, .closings = 1, .dropped = 1 } },
	{ "a hold makes a drop longer", &held, true, true,
	  { { 100000, OPEN }, { 122000, CLOSE }, { 160000 } },
	  { EMRELAY_CLOSED, .glitches = 1 } },

	/* Stuck open. */
	{ "it does not close", &dc, false, false, { { 100000, ON }, { 155499 } },
	  { EMRELAY_CLOSING } },
	{ "it does not close, once", &dc, false, false, { { 100000, ON }, { 155500 } },
	  { EMRELAY_OPEN, .misfires = 1 } },
	{ "it does not close, twice", &dc, false, false,
	  { { 100000, ON }, { 200000, OFF }, { 300000, ON }, { 355500 } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_OPEN, .misfires = 2 } },
	{ "it does not close, but once in between", &dc, false, false,
	  { { 100000, ON }, { 200000, OFF }, { 300000, ON }, { 315000, CLOSE }, { 400000, OFF },
	    { 425000, OPEN }, { 500000, ON }, { 600000 } },
	  { EMRELAY_OPEN, .closings = 1, .misfires = 2 } },
	{ "it closes after its deadline", &dc, false, false,
	  { { 100000, ON }, { 160000, CLOSE }, { 200000 } },
	  { EMRELAY_CLOSED, .closings = 1, .misfires = 1 } },
	{ "no voltage shows it, twice", &dc, false, false,
	  { { 10000, DARK }, { 100000, ON }, { 200000, OFF }, { 300000, ON }, { 400000 } },
	  { EMRELAY_OPEN } },
	{ "dropped for good, not yet", &dc, true, true, { { 100000, OPEN }, { 185499 } },
	  { EMRELAY_OPEN, .dropped = 1 } },
	{ "dropped for good, once", &dc, true, true, { { 100000, OPEN }, { 185500 } },
	  { EMRELAY_OPEN, .misfires = 1, .dropped = 1 } },
	{ "dropped for good, twice", &dc, true, true,
	  { { 100000, OPEN }, { 300000, CLOSE }, { 400000, OPEN }, { 600000 } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_OPEN, .misfires = 2, .dropped = 2 } },
	{ "stuck open is cleared, and the next on is the test", &dc, false, false,
	  { { 100000, ON }, { 200000, OFF }, { 300000, ON }, { 400000, OFF }, { 500000, CLEAR },
	    { 600000, ON }, { 655500 } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_OPEN, .misfires = 3 } },
	{ "stuck open is latched beside a chatter", &dc, false, false,
	  { { 10000, STORM }, { 20000, FOUND }, { 100000, ON }, { 200000, OFF }, { 300000, ON },
	    { 400000 } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_OPEN | EMRELAY_CHATTER, .misfires = 2, .chatters = 1 } },

	/* Welds. */
	{ "it does not open", &dc, true, true,
	  { { 100000, OFF }, { 185499 } }, { EMRELAY_OPENING } },
	{ "it does not open, to be confirmed", &dc, true, true,
	  { { 100000, OFF }, { 187499 } }, { EMRELAY_CLOSED } },
	{ "it does not open, for sure", &dc, true, true, { { 100000, OFF }, { 187500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "it does not open, and nobody looks", &dc, true, true,
	  { { 100000, OFF }, { 110000, UNREAD }, { 500000 } }, { EMRELAY_CLOSED } },
	{ "a read in between is none", &dc, true, true,
	  { { 100000, OFF }, { 185600, SEEN }, { 187499 } }, { EMRELAY_CLOSED } },
	{ "an edge is no read", &dc, true, true,
	  { { 100000, OFF }, { 110000, UNREAD }, { 186600, OPEN }, { 186700, CLOSE },
	    { 187500, SEEN }, { 188500, SEEN }, { 189500, SEEN }, { 189501 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "reads at rest confirm nothing", &dc, true, true,
	  { { 200000, SEEN }, { 201000, SEEN }, { 202000, SEEN }, { 203000, SEEN }, { 210000 } },
	  { EMRELAY_CLOSED } },
	{ "it toggled, and has been closed for just its bounce time", &dc, true, true,
	  { { 100000, OFF }, { 179000, OPEN }, { 182000, CLOSE }, { 187500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "a glitch begins to confirm anew", &dc, true, true,
	  { { 100000, OFF }, { 186400, OPEN }, { 186600, CLOSE }, { 189499 } },
	    { EMRELAY_CLOSED } },
	{ "a glitch begins to confirm anew, and ends it", &dc, true, true,
	  { { 100000, OFF }, { 186400, OPEN }, { 186600, CLOSE }, { 189500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "it opens while that is confirmed", &dc, true, true,
	  { { 100000, OFF }, { 186000, OPEN }, { 189500 } }, { EMRELAY_OPEN, .open = 1 } },
	{ "it opens while that is confirmed, not yet at rest", &dc, true, true,
	  { { 100000, OFF }, { 186000, OPEN }, { 189499 } }, { EMRELAY_OPENING } },
	{ "it opened, and nobody saw the edge", &dc, true, true,
	  { { 100000, OFF }, { 110000, FORGET }, { 190100 } }, { EMRELAY_OPEN, .open = 1 } },
	{ "a hold makes the deadline later", &held, true, true,
	  { { 100000, OFF }, { 205499 } }, { EMRELAY_OPENING } },
	{ "a hold makes the deadline later, and not the reads", &held, true, true,
	  { { 100000, OFF }, { 207500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "closed by itself, for good", &dc, false, false, { { 100000, CLOSE }, { 187499 } },
	  { EMRELAY_CLOSED, .dropped = 1 } },
	{ "closed by itself, for good, and confirmed", &dc, false, false,
	  { { 100000, CLOSE }, { 187500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1, .dropped = 1 } },
	{ "a weld stays latched", &dc, true, true,
	  { { 100000, OFF }, { 200000, OPEN }, { 1199999, BUSY }, { 1300000 } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_CLOSED, .open = 1, .welds = 1, .dropped = 0 } },
	{ "a weld is cleared after a second", &dc, true, true,
	  { { 100000, OFF }, { 200000, OPEN }, { 1200000, JUST } },
	  { EMRELAY_OPEN, .open = 1, .welds = 1 } },
	{ "a weld is not cleared as it closes again", &dc, true, true,
	  { { 100000, OFF }, { 200000, OPEN }, { 1300000, CLOSE }, { 1300500, BUSY } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_CLOSED, .open = 1, .welds = 1 } },
	{ "a weld is not cleared while closed", &dc, true, true,
	  { { 100000, OFF }, { 5000000, BUSY } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "a weld is not cleared before it is seen open", &dc, true, true,
	  { { 100000, OFF }, { 5000000, OPEN }, { 5000500, BUSY } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "a weld of a line that is lost is not cleared", &dc, true, true,
	  { { 100000, OFF }, { 200000, OPEN }, { 2000000, LOST }, { 3000000, BUSY } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "a weld that is latched is no other weld", &dc, true, true,
	  { { 100000, OFF }, { 200000, ON }, { 300000, OFF }, { 400000 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "a weld outlives a bind", &dc, true, true,
	  { { 100000, OFF }, { 200000, OPEN }, { 300000, REBIND }, { 303499 } },
	  { EMRELAY_OPENING, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "a weld is not cleared by what was seen before a bind", &dc, true, true,
	  { { 100000, OFF }, { 200000, OPEN }, { 1300000, REBIND }, { 1301000, BUSY } },
	  { EMRELAY_OPENING, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "another relay is in the socket", &dc, true, true,
	  { { 100000, OFF }, { 200000, REPLACE }, { 287499 } }, { EMRELAY_CLOSED } },
	{ "another relay is in the socket, and welded", &dc, true, true,
	  { { 100000, OFF }, { 200000, REPLACE }, { 287500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .welds = 1 } },
	{ "another relay begins with no misfire", &dc, false, false,
	  { { 100000, ON }, { 200000, OFF }, { 300000, REPLACE }, { 400000, ON }, { 500000 } },
	  { EMRELAY_OPEN, .misfires = 1 } },
	{ "another relay is not open the sooner", &dc, true, true,
	  { { 100000, OFF }, { 110000, OPEN }, { 111000, REPLACE }, { 128499 } },
	  { EMRELAY_OPENING } },
	{ "another relay is open as soon", &dc, true, true,
	  { { 100000, OFF }, { 110000, OPEN }, { 111000, REPLACE }, { 128500 } },
	  { EMRELAY_OPEN, .open = 1 } },
	{ "another relay is to be seen open for its bounce time", &dc, false, false,
	  { { 300000, REPLACE }, { 303499 } }, { EMRELAY_OPENING } },

	/* Chatter. */
	{ "it still toggles at the deadline", &dc, false, false,
	  { { 100000, ON }, { 150000, CLOSE }, { 153000, OPEN }, { 156000, CLOSE },
	    { 159000, OPEN },
	    { 162000, CLOSE }, { 165499 } }, { EMRELAY_CLOSING, .closings = 1 } },
	{ "it still toggles 10 ms later", &dc, false, false,
	  { { 100000, ON }, { 150000, CLOSE }, { 153000, OPEN }, { 156000, CLOSE },
	    { 159000, OPEN },
	    { 162001, CLOSE }, { 165500 } },
	  { EMRELAY_CLOSED, EMRELAY_CHATTER, .closings = 1, .chatters = 1 } },
	{ "it comes to rest after the deadline", &dc, false, false,
	  { { 100000, ON }, { 150000, CLOSE }, { 153000, OPEN }, { 156000, CLOSE }, { 160000 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "it gives up after the deadline", &dc, false, false,
	  { { 100000, ON }, { 150000, CLOSE }, { 153000, OPEN }, { 170000 } },
	  { EMRELAY_OPEN, .closings = 1, .misfires = 1 } },
	{ "a slow one has more time to come to rest", &slow, false, false,
	  { { 100000, ON }, { 216000, CLOSE }, { 223000, OPEN }, { 230000, CLOSE }, { 235999 } },
	  { EMRELAY_CLOSING, .closings = 1 } },
	{ "it toggles, and then stays closed", &dc, true, true,
	  { { 100000, OFF }, { 180000, OPEN }, { 183000, CLOSE }, { 186000, OPEN },
	    { 189000, CLOSE },
	    { 192000, OPEN }, { 195000, CLOSE }, { 290000 } },
	  { EMRELAY_CLOSED, EMRELAY_CHATTER | EMRELAY_STUCK_CLOSED, .welds = 1, .chatters = 1,
	    .dropped = 1 } },
	{ "seven departures in a second", &dc, false, false,
	  { { 100000, CLOSE }, { 102000, OPEN }, { 200000, CLOSE }, { 202000, OPEN },
	    { 300000, CLOSE }, { 302000, OPEN }, { 400000, CLOSE }, { 402000, OPEN },
	    { 500000, CLOSE }, { 502000, OPEN }, { 600000, CLOSE }, { 602000, OPEN },
	    { 1100000, CLOSE }, { 1102000, OPEN }, { 1200000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 7 } },
	{ "eight departures in a second", &dc, false, false,
	  { { 100000, CLOSE }, { 102000, OPEN }, { 200000, CLOSE }, { 202000, OPEN },
	    { 300000, CLOSE }, { 302000, OPEN }, { 400000, CLOSE }, { 402000, OPEN },
	    { 500000, CLOSE }, { 502000, OPEN }, { 600000, CLOSE }, { 602000, OPEN },
	    { 700000, CLOSE }, { 702000, OPEN }, { 1100000, CLOSE }, { 1102000, OPEN },
	    { 1200000 } },
	  { EMRELAY_OPEN, EMRELAY_CHATTER, .open = 1, .chatters = 1, .glitches = 8 } },
	{ "eight departures in more than a second", &dc, false, false,
	  { { 100000, CLOSE }, { 102000, OPEN }, { 200000, CLOSE }, { 202000, OPEN },
	    { 300000, CLOSE }, { 302000, OPEN }, { 400000, CLOSE }, { 402000, OPEN },
	    { 500000, CLOSE }, { 502000, OPEN }, { 600000, CLOSE }, { 602000, OPEN },
	    { 700000, CLOSE }, { 702000, OPEN }, { 1100001, CLOSE }, { 1102001, OPEN },
	    { 1200000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 8 } },
	{ "a storm", &dc, false, false, { { 100000, STORM }, { 100001, BUSY } },
	  { EMRELAY_OPEN, EMRELAY_CHATTER, .chatters = 1 } },
	{ "a storm is over", &dc, false, false, { { 100000, STORM }, { 200000, FOUND } },
	  { EMRELAY_OPEN, EMRELAY_CHATTER, .open = 1, .chatters = 1 } },
	{ "a second storm is the same fault", &dc, false, false,
	  { { 100000, STORM }, { 200000, FOUND }, { 9000000, STORM }, { 9100000, FOUND },
	    { 10200000, BUSY } },
	  { EMRELAY_OPEN, EMRELAY_CHATTER, .open = 1, .chatters = 1 } },
	{ "a chatter is cleared after ten seconds", &dc, false, false,
	  { { 100000, STORM }, { 200000, FOUND }, { 10099999, BUSY }, { 10100000, JUST } },
	  { EMRELAY_OPEN, .open = 1, .chatters = 1 } },
	{ "a chatter of a line that is lost is not", &dc, false, false,
	  { { 100000, STORM }, { 20000000, BUSY } },
	  { EMRELAY_OPEN, EMRELAY_CHATTER, .chatters = 1 } },
	{ "nor a weld of one", &dc, false, true,
	  { { 100000, OPEN }, { 12000000, STORM }, { 12100000, FOUND }, { 22200000, STORM },
	    { 22200001, BUSY } },
	  { EMRELAY_OPEN, EMRELAY_STUCK_CLOSED | EMRELAY_CHATTER, .welds = 1, .chatters = 1 } },

	/* Mains. */
	{ "mains, found open", &mains, false, false, { { 33499 } }, { EMRELAY_OPENING } },
	{ "mains, found open, after a hold", &mains, false, false, { { 33500 } },
	  { EMRELAY_OPEN, .open = 1 } },
	{ "mains, on and none", &mains, true, false, { { 85500 } },
	  { EMRELAY_OPEN, .misfires = 1 } },
	{ "mains, closes", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 119500 } }, { EMRELAY_CLOSED, .closings = 1 } },
	{ "mains, closes, not seen yet", &mains, false, false,
	  { { 100000, ON }, { 116000, CLOSE }, { 117999 } }, { EMRELAY_CLOSING } },
	{ "mains, closes, and rests between two pulses", &mains, false, false,
	  { { 100000, ON }, { 108000, CLOSE }, { 116000, OPEN }, { 118500 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "mains, a glitch too short for its edges decides nothing", &mains, false, false,
	  { { 100000, ON }, { 110000, CLOSE }, { 111000, CLOSE }, { 112000 } },
	  { EMRELAY_CLOSING, .closings = 1, .glitches = 1 } },
	{ "mains, a short gap between full waves is no glitch", &mains, false, false,
	  { { 100000, ON }, { 110000, CLOSE }, { 118200, OPEN }, { 120000, CLOSE },
	    { 128200, OPEN }, { 130000, CLOSE }, { 138200, OPEN }, { 140000, CLOSE },
	    { 145000 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "mains, stays closed", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 900000 } }, { EMRELAY_CLOSED, .closings = 1 } },
	{ "mains, opens after the hold", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 300000, OFF }, { 304000, OPEN },
	    { 337500 } },
	  { EMRELAY_OPEN, .open = 1, .closings = 1 } },
	{ "mains, opens after the hold, not yet", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 300000, OFF }, { 304000, OPEN },
	    { 337499 } },
	  { EMRELAY_OPENING, .closings = 1 } },
	{ "mains, a glitch is no pulse", &mains, false, false,
	  { { 100000, CLOSE }, { 101999, OPEN }, { 110000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 1 } },
	{ "mains, a pulse by itself", &mains, false, false,
	  { { 100000, CLOSE }, { 102000, OPEN }, { 131999 } }, { EMRELAY_CLOSED } },
	{ "mains, a pulse by itself is over", &mains, false, false,
	  { { 100000, CLOSE }, { 102000, OPEN }, { 132000 } }, { EMRELAY_OPEN, .glitches = 1 } },
	{ "mains, a glitch does not hold", &mains, false, false,
	  { { 100000, CLOSE }, { 102000, OPEN }, { 131000, CLOSE }, { 132500, OPEN }, { 140000 } },
	  { EMRELAY_OPEN, .open = 1, .glitches = 2 } },
	{ "mains, may be welded, not yet", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 300000, OFF }, { 300001, PULSES }, { 415499 } },
	  { EMRELAY_OPENING, .closings = 1 } },
	{ "mains, may be welded", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 300000, OFF }, { 300001, PULSES }, { 445499 } },
	  { EMRELAY_CLOSED, .closings = 1 } },
	{ "mains, welded", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 300000, OFF }, { 300001, PULSES }, { 445500 } },
	  { EMRELAY_CLOSED, EMRELAY_STUCK_CLOSED, .closings = 1, .welds = 1 } },
	{ "mains, stays for a while", &mains, false, false,
	  { { 100000, ON }, { 116000, PULSES }, { 300000, OFF }, { 300001, PULSES },
	    { 404000, OPEN }, { 600000 } },
	  { EMRELAY_OPEN, .open = 1, .closings = 1 } },
	{ "mains, nobody looks", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, FORGET }, { 900000 } }, { EMRELAY_CLOSED } },
	{ "mains, it opened while nobody looked", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, OPEN }, { 200000, LOOK }, { 229999 } },
	  { EMRELAY_CLOSED } },
	{ "mains, it opened while nobody looked, and is seen to", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, OPEN }, { 200000, LOOK }, { 230000 } },
	  { EMRELAY_OPEN } },
	{ "mains, bound again it is looked at", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, OPEN }, { 200000, REBIND },
	    { 285500 } },
	  { EMRELAY_OPEN, .misfires = 1 } },
	{ "mains, what is left of a pulse holds", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, OPEN }, { 150000, FORGET },
	    { 200000, LOOK }, { 200100, OPEN }, { 230099 } }, { EMRELAY_CLOSED } },
	{ "mains, what is left of a pulse holds no longer", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, OPEN }, { 150000, FORGET },
	    { 200000, LOOK }, { 200100, OPEN }, { 230100 } }, { EMRELAY_OPEN } },
	{ "mains, what is left of a pulse holds, be it long", &mains, true, true,
	  { { 1, PULSES }, { 100000, AWAY }, { 100001, OPEN }, { 150000, FORGET },
	    { 200000, LOOK }, { 203000, OPEN }, { 232999 } }, { EMRELAY_CLOSED } },
	{ "mains, closed by itself as somebody looks", &mains, false, false,
	  { { 100000, AWAY }, { 150000, FORGET }, { 200000, LOOK }, { 201999 } },
	  { EMRELAY_OPEN, .open = 1 } },
	{ "mains, closed by itself as somebody looks, seen", &mains, false, false,
	  { { 100000, AWAY }, { 150000, FORGET }, { 200000, LOOK }, { 202000 } },
	  { EMRELAY_CLOSED } },
	{ "mains, a glitch as somebody looks", &mains, false, false,
	  { { 100000, AWAY }, { 150000, FORGET }, { 200000, LOOK }, { 200100, OPEN },
	    { 300000 } }, { EMRELAY_OPEN, .open = 1, .glitches = 1 } },
};

static void script_desc(const struct script *script, char *desc)
{
	strscpy(desc, script->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(script, scripts, script_desc);

static void feedback_script(struct kunit *test)
{
	const struct script *script = test->param_value;
	const struct result *result = &script->result;
	const struct step *step;
	struct contact contact;

	contact_bind(&contact, test, script->limits, script->coil, script->closed);
	for (step = script->steps; ; step++) {
		contact_wait(&contact, START_NS + step->us * 1000ULL);
		if (step->what == END)
			break;
		contact_step(&contact, step);
		if (!step[1].us)
			break;
	}

	KUNIT_EXPECT_EQ(test, (u32)emrelay_feedback_contact(&contact.feedback),
			(u32)result->contact);
	KUNIT_EXPECT_EQ(test, contact.feedback.latched, result->latched);
	KUNIT_EXPECT_EQ(test, (u32)emrelay_feedback_open(&contact.feedback), result->open);
	KUNIT_EXPECT_EQ(test, contact.feedback.sights & EMRELAY_SAW_CLOSING,
			result->closings ? EMRELAY_SAW_CLOSING : 0u);
	KUNIT_EXPECT_EQ(test, contact.feedback.sights & EMRELAY_SAW_MISFIRE,
			result->misfires ? EMRELAY_SAW_MISFIRE : 0u);
	KUNIT_EXPECT_EQ(test, contact.feedback.sights & EMRELAY_SAW_DROP,
			result->dropped ? EMRELAY_SAW_DROP : 0u);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.closings, (u64)result->closings);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.misfires, (u64)result->misfires);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.welds, (u64)result->welds);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.chatters, (u64)result->chatters);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.glitches, (u64)result->glitches);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.dropped, (u64)result->dropped);
}

static void feedback_play(struct contact *contact, const struct step *steps)
{
	for (; steps->us; steps++) {
		contact_wait(contact, START_NS + steps->us * 1000ULL);
		contact_step(contact, steps);
	}
}

#define FEEDBACK_PLAY(contact, ...) \
	feedback_play(contact, (const struct step[]) { __VA_ARGS__, {} })

/* Edges to the ns: operate, release and bounce, whatever glitches there are. */
static void feedback_measures(struct kunit *test)
{
	struct contact contact;
	struct emrelay_feedback_life *life = &contact.feedback.life;

	contact_bind(&contact, test, &dc, false, false);
	FEEDBACK_PLAY(&contact, { 100000, ON }, { 113000, CLOSE }, { 113200, OPEN },
		      { 113900, CLOSE }, { 114500, OPEN }, { 114600, CLOSE }, { 118099, SEEN });
	KUNIT_EXPECT_EQ(test, life->operate.n, 0ULL);
	KUNIT_EXPECT_EQ(test, contact.feedback.sights, (u32)EMRELAY_SAW_CLOSING);
	contact.feedback.sights = 0;
	contact_wait(&contact, START_NS + 118500000);
	KUNIT_EXPECT_EQ(test, life->operate.n, 1ULL);
	KUNIT_EXPECT_EQ(test, life->operate.last_ns, 13000000ULL);
	KUNIT_EXPECT_EQ(test, life->bounce.last_ns, 1600000ULL);
	KUNIT_EXPECT_EQ(test, contact.feedback.sights, (u32)EMRELAY_SAW_OPERATE);
	contact.feedback.sights = 0;

	FEEDBACK_PLAY(&contact, { 200000, OFF }, { 226000, OPEN }, { 226500, CLOSE },
		      { 226600, OPEN }, { 300000, SEEN });
	KUNIT_EXPECT_EQ(test, life->release.n, 1ULL);
	KUNIT_EXPECT_EQ(test, life->release.last_ns, 26000000ULL);
	KUNIT_EXPECT_EQ(test, life->bounce.n, 1ULL);
	KUNIT_EXPECT_EQ(test, contact.feedback.sights, (u32)EMRELAY_SAW_RELEASE);

	/* A glitch long before is no bounce; what is within 7 ms is. */
	FEEDBACK_PLAY(&contact, { 400000, ON }, { 402000, CLOSE }, { 402500, OPEN },
		      { 409501, CLOSE }, { 500000, OFF }, { 525000, OPEN }, { 600000, ON },
		      { 602000, CLOSE }, { 602500, OPEN }, { 609500, CLOSE }, { 700000, SEEN });
	KUNIT_EXPECT_EQ(test, life->operate.min_ns, 2000000ULL);
	KUNIT_EXPECT_EQ(test, life->operate.max_ns, 13000000ULL);
	KUNIT_EXPECT_EQ(test, life->operate.n, 3ULL);
	KUNIT_EXPECT_EQ(test, life->operate.sum_ns, 13000000ULL + 9501000 + 2000000);
	KUNIT_EXPECT_EQ(test, life->bounce.last_ns, 7500000ULL);

	/* Of a bounce that is too short for its edges the second one counts. */
	FEEDBACK_PLAY(&contact, { 800000, OFF }, { 825000, OPEN }, { 900000, ON },
		      { 915000, CLOSE }, { 917000, CLOSE }, { 920499, SEEN });
	KUNIT_EXPECT_EQ(test, (u32)emrelay_feedback_contact(&contact.feedback),
			(u32)EMRELAY_CLOSING);
	contact_wait(&contact, START_NS + 920500000);
	KUNIT_EXPECT_EQ(test, (u32)emrelay_feedback_contact(&contact.feedback),
			(u32)EMRELAY_CLOSED);
	KUNIT_EXPECT_EQ(test, life->bounce.last_ns, 2000000ULL);
	KUNIT_EXPECT_EQ(test, life->operate.last_ns, 15000000ULL);
	KUNIT_EXPECT_EQ(test, life->operate.min_ns, 2000000ULL);
	KUNIT_EXPECT_EQ(test, life->operate.max_ns, 15000000ULL);

	/* The first edge after the coil's counts, however soon after one before it. */
	FEEDBACK_PLAY(&contact, { 1000000, OFF }, { 1025000, OPEN }, { 1100000, ON },
		      { 1115000, CLOSE }, { 1117000, OFF }, { 1121000, OPEN }, { 1200000, SEEN });
	KUNIT_EXPECT_EQ(test, life->release.last_ns, 4000000ULL);
}

/* What no edge tells of is not measured. */
static void feedback_does_not_measure(struct kunit *test)
{
	struct contact contact;
	struct emrelay_feedback_life *life = &contact.feedback.life;

	contact_bind(&contact, test, &dc, true, false);
	/* Found while it moved, a level that was only read, one that was there, one too late. */
	FEEDBACK_PLAY(&contact, { 10000, CLOSE }, { 100000, OFF }, { 125000, FORGET },
		      { 125100, SEEN }, { 300000, ON }, { 320000, OFF }, { 500000, ON },
		      { 560000, CLOSE }, { 700000, SEEN });
	KUNIT_EXPECT_EQ(test, life->operate.n, 0ULL);
	KUNIT_EXPECT_EQ(test, life->release.n, 0ULL);

	/* Polled levels are measured. */
	contact_wait(&contact, START_NS + 800000000);
	emrelay_feedback_coil(&contact.feedback, false, contact.now_ns);
	contact_wait(&contact, START_NS + 826000000);
	contact.closed = false;
	contact_sample(&contact, EMRELAY_POLL);
	contact_wait(&contact, START_NS + 900000000);
	KUNIT_EXPECT_EQ(test, life->release.last_ns, 26000000ULL);

	/* Nor a contact that has welded, and a glitch of its line. */
	contact_bind(&contact, test, &dc, true, true);
	FEEDBACK_PLAY(&contact, { 100000, OFF }, { 300000, ON }, { 310000, OPEN },
		      { 310500, CLOSE }, { 400000, SEEN });
	KUNIT_EXPECT_EQ(test, life->operate.n, 0ULL);

	/* Nor a contact in a storm, nor that of another relay. */
	contact_bind(&contact, test, &dc, false, false);
	FEEDBACK_PLAY(&contact, { 1000000, ON }, { 1015000, CLOSE }, { 1016000, STORM },
		      { 1100000, FOUND });
	KUNIT_EXPECT_EQ(test, life->operate.n, 0ULL);
	FEEDBACK_PLAY(&contact, { 1200000, OFF }, { 1205000, REPLACE }, { 1225000, OPEN },
		      { 1300000, SEEN });
	KUNIT_EXPECT_EQ(test, life->release.n, 0ULL);

	/* Nor one that does not come to rest in time, nor one that was driven before the bind. */
	contact_bind(&contact, test, &dc, false, false);
	FEEDBACK_PLAY(&contact, { 100000, ON }, { 150000, CLOSE }, { 153000, OPEN },
		      { 156000, CLOSE }, { 159000, OPEN }, { 162001, CLOSE }, { 200000, SEEN },
		      { 300000, OFF }, { 310000, REBIND }, { 325000, OPEN }, { 400000, SEEN });
	KUNIT_EXPECT_EQ(test, life->chatters, 1ULL);
	KUNIT_EXPECT_EQ(test, life->operate.n, 0ULL);
	KUNIT_EXPECT_EQ(test, life->release.n, 0ULL);
}

static void feedback_measures_mains(struct kunit *test)
{
	struct contact contact;
	struct emrelay_feedback_life *life = &contact.feedback.life;

	contact_bind(&contact, test, &mains, false, false);
	/* The first pulse is a glitch; the last one ends 4 ms after the coil's edge. */
	FEEDBACK_PLAY(&contact, { 100000, ON }, { 103000, CLOSE }, { 104000, OPEN },
		      { 116000, PULSES }, { 300000, OFF }, { 304000, OPEN }, { 400000, SEEN });
	KUNIT_EXPECT_EQ(test, life->operate.last_ns, 16000000ULL);
	KUNIT_EXPECT_EQ(test, life->release.last_ns, 4000000ULL);
	KUNIT_EXPECT_EQ(test, life->bounce.n, 0ULL);

	/* It opened in a gap between pulses: the last one was before. */
	FEEDBACK_PLAY(&contact, { 500000, ON }, { 516000, PULSES }, { 690000, OFF },
		      { 800000, SEEN });
	KUNIT_EXPECT_EQ(test, life->release.n, 1ULL);
	KUNIT_EXPECT_EQ(test, life->operate.n, 2ULL);

	/* The last pulse ended just as the coil was driven; and a glitch after that. */
	FEEDBACK_PLAY(&contact, { 900000, ON }, { 916000, PULSES }, { 1084000, OFF },
		      { 1200000, ON }, { 1216000, PULSES }, { 1390000, OFF },
		      { 1395000, CLOSE }, { 1396000, OPEN }, { 1500000, SEEN });
	KUNIT_EXPECT_EQ(test, life->release.n, 1ULL);
	KUNIT_EXPECT_EQ(test, life->operate.n, 4ULL);

	/* It has had its first pulse before it can be at rest. */
	FEEDBACK_PLAY(&contact, { 1600000, ON }, { 1608000, CLOSE }, { 1616000, OPEN },
		      { 1618500, SEEN });
	KUNIT_EXPECT_EQ(test, life->operate.n, 5ULL);
	KUNIT_EXPECT_EQ(test, life->operate.last_ns, 8000000ULL);
}

struct waves {
	const char *name;
	struct step steps[8];	/* of a closed contact */
	bool full;
};

static const struct waves waves[] = {
	{ "half-waves", { { 20000, CLOSE }, { 28800, OPEN }, { 40000, CLOSE }, { 48800, OPEN } } },
	{ "half-waves of 60 Hz",
	  { { 20000, CLOSE }, { 27300, OPEN }, { 36667, CLOSE }, { 43967, OPEN } } },
	{ "full waves",
	  { { 20000, CLOSE }, { 28200, OPEN }, { 30000, CLOSE }, { 38200, OPEN } }, true },
	{ "full waves of 60 Hz, with a high threshold",
	  { { 20000, CLOSE }, { 24400, OPEN }, { 28333, CLOSE }, { 32733, OPEN } }, true },
	{ "as near as parts of one half-wave",
	  { { 20000, CLOSE }, { 23000, OPEN }, { 25000, CLOSE }, { 31000, OPEN } } },
	{ "not as near",
	  { { 20000, CLOSE }, { 23000, OPEN }, { 25000, CLOSE }, { 31001, OPEN } }, true },
	{ "nearly as far as half-waves",
	  { { 20000, CLOSE }, { 23000, OPEN }, { 31000, CLOSE }, { 34199, OPEN } }, true },
	{ "as far",
	  { { 20000, CLOSE }, { 23000, OPEN }, { 31000, CLOSE }, { 34200, OPEN } } },
	{ "a glitch between two half-waves",
	  { { 20000, CLOSE }, { 28800, OPEN }, { 37000, CLOSE }, { 37900, OPEN } } },
	{ "found just before a pulse", { { 100, CLOSE }, { 8900, OPEN } } },
	{ "looked at just before a pulse",
	  { { 20000, CLOSE }, { 28800, OPEN }, { 30000, AWAY }, { 39900, LOOK }, { 40000, CLOSE },
	    { 48800, OPEN } } },
	{ "another line",
	  { { 20000, CLOSE }, { 28200, OPEN }, { 30000, CLOSE }, { 38200, OPEN },
	    { 39000, REBIND } } },
	{ "found again just before a pulse",
	  { { 20000, CLOSE }, { 28200, OPEN }, { 30000, REBIND }, { 30100, CLOSE },
	    { 38900, OPEN } } },
	{ "full waves, and one is not there",
	  { { 20000, CLOSE }, { 28200, OPEN }, { 30000, CLOSE }, { 38200, OPEN },
	    { 50000, CLOSE }, { 58200, OPEN } }, true },
};

static void waves_desc(const struct waves *waves, char *desc)
{
	strscpy(desc, waves->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(waves, waves, waves_desc);

/* Does the line of mains have a pulse each half-wave? */
static void feedback_full_wave(struct kunit *test)
{
	const struct waves *waves = test->param_value;
	struct contact contact;

	contact_bind(&contact, test, &mains, true, false);
	feedback_play(&contact, waves->steps);
	KUNIT_EXPECT_EQ(test, (u32)contact.feedback.full_wave, (u32)waves->full);
}

static bool apart_full_wave(struct kunit *test, const struct emrelay_feedback_limits *limits,
			    u64 apart_ns)
{
	u64 first_ns = START_NS + 20000000, second_ns = first_ns + apart_ns;
	struct contact contact;
	struct emrelay_feedback *feedback = &contact.feedback;

	contact_bind(&contact, test, limits, true, false);
	emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, first_ns - 4000000);
	emrelay_feedback_sample(feedback, false, EMRELAY_EDGE, first_ns);
	emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, second_ns - 4000000);
	emrelay_feedback_sample(feedback, false, EMRELAY_EDGE, second_ns);
	return feedback->full_wave;
}

/* To the ns; and what is not mains has none. */
static void feedback_waves_apart(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, apart_full_wave(test, &mains, EMRELAY_WAVES_NS));
	KUNIT_EXPECT_TRUE(test, apart_full_wave(test, &mains, EMRELAY_WAVES_NS + 1));
	KUNIT_EXPECT_TRUE(test, apart_full_wave(test, &mains, EMRELAY_WAVES_MAX_NS - 1));
	KUNIT_EXPECT_FALSE(test, apart_full_wave(test, &mains, EMRELAY_WAVES_MAX_NS));
	KUNIT_EXPECT_FALSE(test, apart_full_wave(test, &dc, 10000000));
}

/* Eight departures in a second are a chatter, in a ns more they are not. */
static void feedback_departs(struct kunit *test)
{
	struct contact contact;
	struct emrelay_feedback *feedback = &contact.feedback;
	u64 late_ns, at_ns;
	unsigned int i;

	for (late_ns = 0; late_ns < 2; late_ns++) {
		contact_bind(&contact, test, &dc, false, false);
		for (i = 0; i < EMRELAY_DEPARTURES; i++) {
			at_ns = START_NS + 100000000 * (i + 1);
			if (i == EMRELAY_DEPARTURES - 1)
				at_ns = START_NS + 1100000000 + late_ns;
			emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, at_ns);
			emrelay_feedback_sample(feedback, false, EMRELAY_EDGE, at_ns + 2000000);
		}
		KUNIT_EXPECT_EQ(test, feedback->departures, (u32)EMRELAY_DEPARTURES);
		KUNIT_EXPECT_EQ(test, feedback->latched, late_ns ? 0u : (u32)EMRELAY_CHATTER);
	}

	/* One in the first second after boot is not eight. */
	emrelay_feedback_bind(memset(feedback, 0, sizeof(*feedback)), &dc, false, false, 1000000);
	emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, 500000000);
	emrelay_feedback_advance(feedback, 510000000);
	KUNIT_EXPECT_EQ(test, feedback->departures, 1u);
	KUNIT_EXPECT_EQ(test, feedback->latched, 0u);
}

/* The moments to call again, and what the contact is at then. */
static void feedback_wakes(struct kunit *test)
{
	struct contact contact;
	struct emrelay_feedback *feedback = &contact.feedback;

	contact_bind(&contact, test, &dc, false, false);
	KUNIT_EXPECT_EQ(test, emrelay_feedback_advance(feedback, START_NS), START_NS + 3500000);
	FEEDBACK_PLAY(&contact, { 10000, CLOSE }, { 11000, SEEN });
	KUNIT_EXPECT_EQ(test, (u32)feedback->phase, (u32)EMRELAY_LEFT);
	/* It is back, and not at rest yet. */
	FEEDBACK_PLAY(&contact, { 12000, OPEN }, { 13000, SEEN });
	KUNIT_EXPECT_EQ(test, (u32)feedback->phase, (u32)EMRELAY_ASTRAY);
	FEEDBACK_PLAY(&contact, { 20000, CLOSE }, { 30000, SEEN });
	KUNIT_EXPECT_EQ(test, (u32)feedback->phase, (u32)EMRELAY_DROPPED);
	FEEDBACK_PLAY(&contact, { 40000, OPEN }, { 41000, SEEN });
	KUNIT_EXPECT_EQ(test, (u32)feedback->phase, (u32)EMRELAY_ASTRAY);

	/* A weld that is latched is not read any more. */
	contact_bind(&contact, test, &dc, false, true);
	FEEDBACK_PLAY(&contact, { 85500, UNREAD });
	KUNIT_EXPECT_EQ(test, emrelay_feedback_advance(feedback, contact.now_ns),
			START_NS + 86500000);
	FEEDBACK_PLAY(&contact, { 86500, SEEN }, { 87500, SEEN });
	KUNIT_EXPECT_EQ(test, feedback->latched, (u32)EMRELAY_STUCK_CLOSED);
	KUNIT_EXPECT_EQ(test, emrelay_feedback_advance(feedback, contact.now_ns), U64_MAX);

	/* What does not bounce is at rest at once. */
	contact_bind(&contact, test, &still, false, false);
	KUNIT_EXPECT_EQ(test, emrelay_feedback_advance(feedback, START_NS), U64_MAX);
	KUNIT_EXPECT_TRUE(test, emrelay_feedback_open(feedback));
}

/* Who is called late makes of what was what it was: time has passed for all of them. */
static void feedback_late(struct kunit *test)
{
	struct contact contact;
	struct emrelay_feedback *feedback = &contact.feedback;
	struct emrelay_feedback_life *life = &feedback->life;

	/* It did not close before the coil was driven again. */
	contact_bind(&contact, test, &dc, false, false);
	emrelay_feedback_coil(feedback, true, START_NS + 100000000);
	emrelay_feedback_coil(feedback, false, START_NS + 200000000);
	KUNIT_EXPECT_EQ(test, life->misfires, 1ULL);
	/* It closed by itself before it opened, and that was no glitch. */
	emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, START_NS + 300000000);
	emrelay_feedback_sample(feedback, false, EMRELAY_EDGE, START_NS + 340000000);
	KUNIT_EXPECT_EQ(test, life->dropped, 1ULL);
	KUNIT_EXPECT_EQ(test, life->glitches, 0ULL);
	/* It was measured before the storm. */
	emrelay_feedback_coil(feedback, true, START_NS + 400000000);
	emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, START_NS + 415000000);
	emrelay_feedback_storm(feedback, START_NS + 500000000);
	KUNIT_EXPECT_EQ(test, life->operate.n, 1ULL);
	/* It closed before it was replaced. */
	emrelay_feedback_coil(feedback, false, START_NS + 600000000);
	emrelay_feedback_sample(feedback, false, EMRELAY_EDGE, START_NS + 625000000);
	emrelay_feedback_coil(feedback, true, START_NS + 700000000);
	emrelay_feedback_sample(feedback, true, EMRELAY_EDGE, START_NS + 715000000);
	emrelay_feedback_replace(feedback, START_NS + 800000000);
	emrelay_feedback_advance(feedback, START_NS + 900000000);
	KUNIT_EXPECT_EQ(test, life->closings, 0ULL);

	/* A weld has been open for long before it is cleared. */
	contact_bind(&contact, test, &dc, false, true);
	FEEDBACK_PLAY(&contact, { 200000, OPEN });
	KUNIT_EXPECT_EQ(test, feedback->latched, (u32)EMRELAY_STUCK_CLOSED);
	KUNIT_EXPECT_EQ(test, emrelay_feedback_clear(feedback, START_NS + 1300000000), 0);

	/* Mains closed before nobody looked any more. */
	contact_bind(&contact, test, &mains, false, false);
	FEEDBACK_PLAY(&contact, { 100000, ON }, { 115000, CLOSE });
	emrelay_feedback_watch(feedback, false, false, START_NS + 118000000);
	KUNIT_EXPECT_EQ(test, life->closings, 1ULL);
}

/* Law 2: until when does the contact travel? */
static void feedback_travels(struct kunit *test)
{
	struct contact contact;

	contact_bind(&contact, test, &dc, false, false);
	KUNIT_EXPECT_EQ(test, contact.feedback.rest_ns, START_NS + 85500000);
	FEEDBACK_PLAY(&contact, { 100000, ON });
	KUNIT_EXPECT_EQ(test, contact.feedback.rest_ns, START_NS + 155500000);
	FEEDBACK_PLAY(&contact, { 120000, CLOSE }, { 130000, SEEN });
	KUNIT_EXPECT_EQ(test, contact.feedback.rest_ns, START_NS + 123500000);
	/* At the deadline at the latest, though it toggles. */
	FEEDBACK_PLAY(&contact, { 200000, OFF }, { 283000, OPEN }, { 286000, SEEN });
	KUNIT_EXPECT_EQ(test, contact.feedback.rest_ns, START_NS + 285500000);
	FEEDBACK_PLAY(&contact, { 290000, SEEN });
	KUNIT_EXPECT_EQ(test, contact.feedback.rest_ns, START_NS + 285500000);
	/* At rest nothing is waited for but edges. */
	KUNIT_EXPECT_EQ(test, emrelay_feedback_advance(&contact.feedback, contact.now_ns),
			U64_MAX);
	/* For the interlock it is open since its last edge, or the hold of mains. */
	KUNIT_EXPECT_EQ(test, contact.feedback.seen_ns, START_NS + 283000000);
	FEEDBACK_PLAY(&contact, { 300000, ON }, { 315000, CLOSE }, { 400000, OFF },
		      { 425000, OPEN }, { 426200, CLOSE }, { 426700, OPEN }, { 430199, SEEN });
	KUNIT_EXPECT_FALSE(test, emrelay_feedback_open(&contact.feedback));
	FEEDBACK_PLAY(&contact, { 430200, SEEN });
	KUNIT_EXPECT_TRUE(test, emrelay_feedback_open(&contact.feedback));
	KUNIT_EXPECT_EQ(test, contact.feedback.seen_ns, START_NS + 426700000);
	/* A glitch at rest changes nothing. */
	FEEDBACK_PLAY(&contact, { 440000, CLOSE }, { 440500, OPEN }, { 450000, SEEN });
	KUNIT_EXPECT_TRUE(test, emrelay_feedback_open(&contact.feedback));
	KUNIT_EXPECT_EQ(test, contact.feedback.seen_ns, START_NS + 426700000);
	/* So it is with one that had closed by itself. */
	FEEDBACK_PLAY(&contact, { 500000, CLOSE }, { 510000, OPEN }, { 512000, CLOSE },
		      { 512500, OPEN }, { 600000, SEEN });
	KUNIT_EXPECT_EQ(test, contact.feedback.seen_ns, START_NS + 512500000);
	contact_bind(&contact, test, &mains, true, true);
	FEEDBACK_PLAY(&contact, { 100000, OFF }, { 110000, OPEN }, { 200000, SEEN });
	KUNIT_EXPECT_EQ(test, contact.feedback.seen_ns, START_NS + 140000000);
}

/* Samples that come in a wrong order are taken as if they came at once. */
static void feedback_order(struct kunit *test)
{
	struct contact contact;

	contact_bind(&contact, test, &dc, false, false);
	FEEDBACK_PLAY(&contact, { 100000, ON });
	contact.now_ns -= 500000;
	contact_edge(&contact, true);
	KUNIT_EXPECT_EQ(test, contact.feedback.raw_ns, START_NS + 100000000);
	contact_wait(&contact, START_NS + 200000000);
	KUNIT_EXPECT_EQ(test, contact.feedback.life.operate.last_ns, 0ULL);
}

static void feedback_cycle(struct contact *contact, u64 operate_us, u64 release_us, u64 bounce_us)
{
	u64 bounced_us, at_ns = contact->now_ns + 1000000000;

	contact_wait(contact, at_ns);
	emrelay_feedback_coil(&contact->feedback, true, at_ns);
	contact_wait(contact, at_ns += operate_us * 1000);
	contact_edge(contact, true);
	for (bounced_us = 1000; bounced_us <= bounce_us; bounced_us += 1000) {
		contact_wait(contact, at_ns + bounced_us * 1000 - 100000);
		contact_edge(contact, false);
		contact_wait(contact, at_ns + bounced_us * 1000);
		contact_edge(contact, true);
	}
	contact_wait(contact, at_ns += 1000000000);
	emrelay_feedback_coil(&contact->feedback, false, at_ns);
	contact_wait(contact, at_ns += release_us * 1000);
	contact_edge(contact, false);
	contact_wait(contact, at_ns + 1000000000);
}

struct drift {
	const char *name;
	unsigned int operate_us, release_us, bounce_us;
	unsigned int drifts;	/* after so many cycles, 0: never */
	unsigned int bounced_us;	/* before, 0: 2000 */
};

/* The ewma is above what is allowed a few cycles after the times are; then it takes 8. */
static const struct drift drifts[] = {
	{ "operate at the limit", 25000, 20000, 2000, 0 },
	{ "operate above", 30000, 20000, 2000, 29 },
	{ "release at the limit", 10000, 44000, 2000, 0 },
	{ "release above", 10000, 50000, 2000, 32 },
	{ "bounce at three times", 10000, 20000, 6000, 0 },
	{ "bounce above three times, not twice its rating", 10000, 20000, 7000, 0 },
	{ "bounce above both", 10000, 20000, 9000, 27 },
	{ "bounce above twice its rating, at three times", 10000, 20000, 12000, 0, 4000 },
	{ "bounce above twice its rating, above three times", 10000, 20000, 13000, 42, 4000 },
};

static void drift_desc(const struct drift *drift, char *desc)
{
	strscpy(desc, drift->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(drift, drifts, drift_desc);

static void feedback_drifts(struct kunit *test)
{
	const struct drift *drift = test->param_value;
	unsigned int i, found = 0, bounced_us = drift->bounced_us ?: 2000;
	struct emrelay_times *operate;
	struct contact contact;

	contact_bind(&contact, test, &dc, false, false);
	operate = &contact.feedback.life.operate;
	feedback_cycle(&contact, 10000, 20000, bounced_us);
	for (i = 0; i < 30; i++)
		feedback_cycle(&contact, 8500 + 100 * i, 20000, bounced_us);
	KUNIT_EXPECT_EQ(test, operate->baseline_ns, 0ULL);
	feedback_cycle(&contact, 11500, 20000, bounced_us);
	KUNIT_EXPECT_EQ(test, operate->baseline_ns, operate->sum_ns / 32);
	KUNIT_EXPECT_EQ(test, operate->ewma_ns, operate->baseline_ns);

	/* So many that one at the limit is there to the ns. */
	for (i = 1; i <= 300 && !found; i++) {
		feedback_cycle(&contact, drift->operate_us, drift->release_us, drift->bounce_us);
		if (emrelay_feedback_drifts(&contact.feedback))
			found = i;
	}
	KUNIT_EXPECT_EQ(test, found, drift->drifts);
	KUNIT_EXPECT_EQ(test, contact.feedback.latched, 0u);

	/* Back to what they were: it drifts no more. */
	for (i = 0; i < 10; i++)
		feedback_cycle(&contact, 10000, 20000, bounced_us);
	KUNIT_EXPECT_FALSE(test, emrelay_feedback_drifts(&contact.feedback));
}

static struct kunit_case feedback_cases[] = {
	KUNIT_CASE_PARAM(feedback_script, script_gen_params),
	KUNIT_CASE(feedback_measures),
	KUNIT_CASE(feedback_does_not_measure),
	KUNIT_CASE(feedback_measures_mains),
	KUNIT_CASE_PARAM(feedback_full_wave, waves_gen_params),
	KUNIT_CASE(feedback_waves_apart),
	KUNIT_CASE(feedback_departs),
	KUNIT_CASE(feedback_wakes),
	KUNIT_CASE(feedback_late),
	KUNIT_CASE(feedback_travels),
	KUNIT_CASE(feedback_order),
	KUNIT_CASE_PARAM(feedback_drifts, drift_gen_params),
	{}
};

static struct kunit_suite feedback_suite = {
	.name = "emrelay_feedback",
	.test_cases = feedback_cases,
};

kunit_test_suite(feedback_suite);

MODULE_DESCRIPTION("KUnit tests of the contacts that are read back");
MODULE_LICENSE("GPL");
