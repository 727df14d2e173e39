// SPDX-License-Identifier: GPL-2.0-only
/*
 * The laws. Where one cannot be decided from a trace, the comment says what
 * is checked in its place.
 */
#include "judge.hh"

#include <algorithm>

namespace model {

static u64 plus(u64 a, u64 b)
{
	return a > NEVER - b ? NEVER : a + b;
}

static std::string at_least(u64 now, u64 legal, const char *what)
{
	return "at " + std::to_string(now) + ", legal from " + std::to_string(legal) +
	       " (" + what + ")";
}

void Judge::broken(const char *law, unsigned who, const std::string &facts) const
{
	throw Violation{law, "relay " + std::to_string(who) + " " + facts};
}

bool Judge::rivals(unsigned who, unsigned other) const
{
	return who != other && relay[who].group != NONE &&
	       relay[who].group == relay[other].group;
}

bool Judge::rival_on(unsigned who) const
{
	for (unsigned i = 0; i < count; i++)
		if (rivals(who, i) && may_be(i, true))
			return true;
	return false;
}

bool Judge::rival_claims(unsigned who) const
{
	unsigned group = relay[who].group;

	return group != NONE && claim[group] != NONE && claim[group] != who;
}

bool Judge::full(unsigned who) const
{
	unsigned on = 0;

	for (unsigned i = 0; i < count; i++)
		on += i != who && may_be(i, true);
	return coil_limit && on >= coil_limit;
}

/* Law 2: the contact that the last edge set in motion has come to rest. */
u64 Judge::travelled(unsigned who, bool on) const
{
	const Record &r = relay[who].record[on];

	if (!r.moved)
		return 0;
	return plus(r.edge, on ? relay[who].ratings.close : relay[who].ratings.open);
}

/* Laws 2 and 4, and min_off: when the relay itself may be energised. */
u64 Judge::own_on(unsigned who) const
{
	const Record &r = relay[who].record[false];
	u64 legal = travelled(who, false);

	if (r.moved)
		legal = std::max(legal, plus(r.rested, relay[who].ratings.min_off));
	if (r.cycled)
		legal = std::max(legal, plus(r.energised, relay[who].ratings.spacing));
	return legal;
}

/* Laws 2 and 3: when it may be released; who goes does not wait for min_on. */
u64 Judge::own_off(unsigned who) const
{
	const Record &r = relay[who].record[true];
	u64 legal = travelled(who, true);

	if (r.moved && phase != LEAVING && !relay[who].want.hurried)
		legal = std::max(legal, plus(r.edge, relay[who].ratings.min_on));
	return legal;
}

/*
 * Law 5: the last release of any member, its own too, and dead time. The
 * probe counts as a release; where it found a member energised, that member's
 * release comes later.
 */
u64 Judge::dead_until(unsigned who) const
{
	u64 last = bound_at;

	if (relay[who].group == NONE)
		return 0;
	for (unsigned i = 0; i < count; i++) {
		if (i != who && !rivals(who, i))
			continue;
		for (bool on : {false, true}) {
			const Record &r = relay[i].record[on];

			/* If it is to be energised, it was not yet. */
			if (r.possible && r.dropped && !(i == who && on))
				last = std::max(last, r.released);
		}
	}
	return plus(last, relay[who].dead);
}

u64 Judge::staggered(unsigned who) const
{
	u64 legal = 0;

	if (!stagger)
		return 0;
	for (unsigned i = 0; i < count; i++)
		for (bool on : {false, true}) {
			const Record &r = relay[i].record[on];

			if (r.possible && r.cycled && !(i == who && on))
				legal = std::max(legal, plus(r.energised, stagger));
		}
	return legal;
}

/* When what is pending may be done, if nothing happens before. */
u64 Judge::first_moment(unsigned who) const
{
	const Relay &r = relay[who];

	if (!sure(who) || follows(who) || phase == PROBED)
		return NEVER;
	if (!r.want.on)
		return own_off(who);
	if (phase != BOUND || rival_on(who) || rival_claims(who) || full(who))
		return NEVER;
	return std::max({own_on(who), dead_until(who), staggered(who)});
}

bool Judge::sure(unsigned who) const
{
	return may_be(who, false) != may_be(who, true);
}

bool Judge::sure() const
{
	for (unsigned i = 0; i < count; i++)
		if (!sure(i))
			return false;
	return true;
}

bool Judge::follows(unsigned who) const
{
	return is(who, relay[who].want.on);
}

/* Law 6, for one that does not follow though nothing more will happen. */
bool Judge::waits_for_nobody(unsigned who) const
{
	return !relay[who].want.on || !(rival_on(who) || rival_claims(who) || full(who));
}

/* An on that nothing ends but a request. */
bool Judge::lasts(unsigned who) const
{
	const Relay &r = relay[who];

	return r.want.on && !r.want.length && !r.watchdog && !r.ratings.max_on;
}

/* max_on: from the first moment at which the coil may have been energised. */
u64 Judge::max_on_ends(unsigned who) const
{
	const Relay &r = relay[who];

	return r.ratings.max_on && may_be(who, true) ? plus(r.record[true].since, r.ratings.max_on) : NEVER;
}

/* The end of a pulse, or of an on that is watched. */
u64 Judge::timer_ends(unsigned who) const
{
	const Relay &r = relay[who];

	if (r.want.length)
		return is(who, true) ? r.want.end : NEVER;
	return r.watchdog ? plus(r.want.renewed, r.watchdog) : NEVER;
}

/* When a target ends by itself. */
u64 Judge::ends(unsigned who) const
{
	if (!relay[who].want.on || phase == LEAVING)
		return NEVER;
	return std::min(timer_ends(who), max_on_ends(who));
}

void Judge::end(unsigned who, u64 when)
{
	Relay &r = relay[who];
	unsigned sources = 0;

	if (timer_ends(who) == ends(who))
		sources |= 1U << (r.want.length ? PULSE : WATCHDOG);
	if (max_on_ends(who) == ends(who))
		sources |= 1U << MAX_ON;
	r.want.sources = sources;
	r.want.on = false;
	r.want.length = 0;
	r.want.requested = false;
	r.want.fresh = false;
	/* What others will do by then is in no promise. */
	forget_promises_but(who);
	if (r.group == NONE || claim[r.group] != who)
		return;

	/* Timers for one moment: one that goes just then goes before or after. */
	for (unsigned i = 0; i < count; i++)
		if (first_moment(i) == when)
			forget_promises();
	claim[r.group] = NONE;
	yielded[r.group] = when;
}

void Judge::at(u64 now)
{
	for (unsigned i = 0; i < count; i++)
		if (ends(i) <= now)
			end(i, now);
}

void Judge::probe(u64 now, const Found *found, unsigned n)
{
	unsigned energised[RELAYS] = {};

	count = n;
	phase = PROBED;
	bound_at = now;
	stagger = 0;
	coil_limit = 0;
	serial++;
	for (unsigned group = 0; group < RELAYS; group++)
		claim[group] = newest[group] = NONE;
	for (unsigned i = 0; i < n; i++) {
		Relay &r = relay[i];
		bool coil = found[i].coil;

		r.ratings = found[i].ratings;
		r.group = found[i].group;
		r.dead = found[i].dead;
		r.retain = found[i].retain;
		r.changeover = false;
		r.watchdog = 0;
		r.promised = false;
		r.vague = r.again = false;
		r.uncounted = false;
		r.want = {};
		r.want.on = found[i].want;
		r.asked = found[i].want;
		r.want.renewed = now;
		r.want.length = r.want.on ? r.ratings.momentary : 0;
		r.want.end = coil ? plus(now, r.want.length) : NEVER;
		r.want.age = serial;
		r.want.sources = 1U << PROBE;
		if (r.group != NONE)
			energised[r.group] += coil;

		Record &here = r.record[coil], there = r.record[!coil];
		bool was_possible = here.possible;

		if (!here.possible) {
			here = there;
		} else if (there.possible) {
			/* Any attempt may have worked, and have been undone. */
			here.edge = std::max(here.edge, there.edge);
			here.rested = std::max(here.rested, there.rested);
			here.energised = std::max(here.energised, there.energised);
			here.released = std::max(here.released, there.released);
			here.moved |= there.moved;
			here.cycled |= there.cycled;
			here.dropped |= there.dropped;
		}
		/* Law 11: what nobody knows, or what others did, was just now. */
		if (r.left != coil || !r.seen) {
			here.moved = true;
			here.edge = now;
			here.rested = r.seen || !found[i].released ? now : found[i].released;
			if (!coil) {
				here.dropped = true;
				here.released = now;
			}
		}
		if (!was_possible)
			here.since = now;
		r.seen = true;
		r.record[coil].possible = true;
		r.record[!coil] = {};
		r.left = coil;
	}
	/* Several energised of one group: all of them are released. */
	for (unsigned i = 0; i < n; i++) {
		Relay &r = relay[i];

		if (r.group == NONE || energised[r.group] < 2 || !is(i, true))
			continue;
		r.want.on = false;
		r.want.length = 0;
		r.want.sources = 1U << PROBE | 1U << INTERLOCK;
	}
}

/* What the lines did until now may not be known: it counts as a release. */
void Judge::start(u64 now)
{
	at(now);
	bound_at = now;
	phase = BOUND;
}

void Judge::unbind(u64 now)
{
	at(now);
	forget_promises();
	phase = LEAVING;
	for (unsigned i = 0; i < count; i++) {
		Relay &r = relay[i];

		if (r.retain && lasts(i) && may_be(i, true))
			continue;
		r.want = {};
		r.want.sources = 1U << UNBIND;
	}
}

/* Laws 8 and 10: what is to be off is, and stays so; nobody waits. */
void Judge::unbound()
{
	for (unsigned i = 0; i < count; i++)
		if (exact && is(i, true) && !relay[i].want.on)
			broken("unbind", i, "is left energised");
}

/* A target is given up without a request. */
void Judge::withdraw(unsigned who, Source source)
{
	Relay &r = relay[who];

	r.want.on = false;
	r.want.length = 0;
	r.want.sources = 1U << source;
	r.want.requested = false;
	r.want.fresh = false;
	if (r.group != NONE && claim[r.group] == who)
		claim[r.group] = NONE;
}

/* Law 12. Whoever is off already, or is to be, does not wait for min_on either. */
void Judge::suspend(u64 now)
{
	at(now);
	forget_promises();
	for (unsigned i = 0; i < count; i++) {
		if (relay[i].retain && lasts(i))
			continue;
		withdraw(i, SUSPEND);
		relay[i].want.hurried = true;
		if (relay[i].group != NONE && newest[relay[i].group] == i)
			newest[relay[i].group] = NONE;
	}
}

void Judge::forget_promises()
{
	for (unsigned i = 0; i < count; i++)
		relay[i].promised = false;
}

void Judge::forget_promises_but(unsigned who)
{
	for (unsigned i = 0; i < count; i++)
		relay[i].promised &= i == who;
}

/*
 * A changeover: the rival that is energised, or that is to be, gives way. One
 * that waits in block mode has no claim and goes on waiting.
 */
void Judge::displace(unsigned who)
{
	unsigned group = relay[who].group;

	if (group == NONE)
		return;
	for (unsigned i = 0; i < count; i++) {
		Relay &r = relay[i];

		if (!rivals(who, i) || !r.want.on ||
		    (!may_be(i, true) && claim[group] != i))
			continue;
		if (!is(i, true) && r.want.requested)
			r.coalesced++;
		withdraw(i, INTERLOCK);
	}
	claim[group] = is(who, true) && !relay[who].again ? NONE : who;
	if (lasts(who))
		newest[group] = who;
}

void Judge::request(u64 now, unsigned who, Op op, Source source, bool reject,
		    u64 length, Answer answer)
{
	Relay &r = relay[who];
	bool pulse = op == Op::pulse;
	Answer expected = Answer::ok;
	bool on, known = exact;

	at(now);
	on = op == Op::toggle ? !r.want.on : op != Op::off;

	/* Every on of a momentary relay is a pulse, but while there is one. */
	bool starts = on && !pulse && r.ratings.momentary && !(r.want.on && r.want.length);

	if (pulse && length < r.ratings.close) {
		expected = Answer::invalid;
		known = true;
	} else if (on && reject && (!r.want.on || pulse || starts)) {
		/* A coil that is on needs nothing but that no rival has a say. */
		if (((rival_claims(who) || rival_on(who)) && !(r.want.on && is(who, true))) ||
		    (is(who, false) && full(who)))
			expected = Answer::busy;
		else if (is(who, false) &&
			 now < std::max({own_on(who), dead_until(who), staggered(who)}))
			expected = Answer::again;
	} else if (!reject || op == Op::off) {
		known = true;
	}
	/* Whatever the clock may have ended: it is on, and nobody else has a say. */
	known |= is(who, true) && r.group == NONE;
	/* Nothing can be at once before the start: who waits longer comes first. */
	if ((r.vague || phase == PROBED) && reject && op != Op::off && answer != Answer::invalid)
		known = false;
	if (known && answer != expected)
		broken("answer", who, "answers " + std::to_string(int(answer)) + " instead of " +
		       std::to_string(int(expected)) + " at " + std::to_string(now));
	if (answer == Answer::invalid)
		return;

	r.requests++;
	if (answer != Answer::ok) {
		r.rejected++;
		return;
	}
	r.accepted++;
	r.uncounted |= phase == PROBED;
	r.asked = op != Op::off;
	if (r.group != NONE)
		newest[r.group] = NONE;
	forget_promises();
	if (on == r.want.on && !pulse && !starts) {
		if (!on || !r.ratings.momentary) {
			r.want.length = 0;
			r.want.renewed = now;
		}
		r.want.sources |= 1U << source;
		return;
	}

	r.coalesced += !follows(who) && r.want.requested;

	bool was = r.want.on;

	/* One that waits and gets another length keeps its place. */
	if (!was || !on)
		r.want.age = ++serial;
	r.want.on = on;
	r.want.length = pulse ? length : starts ? r.ratings.momentary : 0;
	r.want.end = is(who, true) ? plus(now, r.want.length) : NEVER;
	r.want.renewed = now;
	r.want.hurried = false;
	r.want.sources = 1U << source;
	r.want.requested = true;
	r.want.fresh = true;

	if (!on && r.group != NONE && claim[r.group] == who)
		claim[r.group] = NONE;
	if (on && !was && r.changeover)
		displace(who);
	/* Where a target may have ended unseen a toggle may have meant off. */
	if (op == Op::toggle && (!exact || r.vague) && r.group != NONE)
		newest[r.group] = NONE;
}

void Judge::set_ratings(unsigned who, const Ratings &ratings)
{
	Relay &r = relay[who];

	forget_promises();
	r.ratings = ratings;
	if (r.group != NONE && newest[r.group] == who && ratings.max_on)
		newest[r.group] = NONE;
}

void Judge::set_watchdog(u64 now, unsigned who, u64 watchdog)
{
	Relay &r = relay[who];

	at(now);
	forget_promises();
	if (r.watchdog == watchdog)
		return;
	r.watchdog = watchdog;
	r.want.renewed = now;
	if (r.group != NONE && newest[r.group] == who)
		newest[r.group] = NONE;
}

/* Counts for the request that waits, as if that had been made now. */
void Judge::set_changeover(unsigned who, bool changeover)
{
	Relay &r = relay[who];

	forget_promises();
	if (r.changeover == changeover)
		return;
	r.changeover = changeover;
	if (r.group == NONE)
		return;
	newest[r.group] = NONE;
	/* One that is found on, but was not switched on, waits to be. */
	if (changeover && r.want.on && (!is(who, true) || r.again))
		displace(who);
	else if (!changeover && claim[r.group] == who)
		claim[r.group] = NONE;
}

void Judge::set_supply(u64 new_stagger, u64 new_limit)
{
	forget_promises();
	/* Those that wait queue up anew where they did not in one queue, or will not. */
	for (unsigned i = 0; i < count && (stagger || coil_limit) != (new_stagger || new_limit); i++)
		relay[i].want.age = ++serial;
	stagger = new_stagger;
	coil_limit = new_limit;
}

/* -1: another one has to do something, or waits and perhaps goes first. */
bool Judge::waits_for_others(unsigned who) const
{
	bool others = rival_on(who) || rival_claims(who) || full(who);

	for (unsigned i = 0; i < count; i++)
		others |= i != who && relay[i].want.on && (!is(i, true) || relay[i].again) &&
			  (stagger || coil_limit || rivals(who, i));
	return others;
}

void Judge::promise(u64 now, unsigned who, u64 wait, bool for_on)
{
	relay[who].promised = wait != NEVER && !relay[who].again;
	relay[who].for_on = for_on;
	relay[who].due = plus(now, wait);
}

void Judge::waits(u64 now, unsigned who, u64 wait)
{
	const Relay &r = relay[who];

	/* Or it ends before, or when, its moment comes. */
	if (exact && !r.vague && wait == NEVER && phase == BOUND &&
	    !(r.want.on && !is(who, true) && (waits_for_others(who) || ends(who) <= first_moment(who))))
		broken("wait", who, "waits for nobody at " + std::to_string(now));
	promise(now, who, wait, false);
}

void Judge::ready(u64 now, unsigned who, u64 wait)
{
	const Relay &r = relay[who];
	u64 moment = std::max({own_on(who), dead_until(who), staggered(who)});

	if (exact && !r.vague && wait == NEVER && phase == BOUND && !waits_for_others(who) &&
	    !(r.watchdog && !r.ratings.momentary && plus(now, r.watchdog) <= moment))
		broken("ready", who, "waits for nobody at " + std::to_string(now));
}

void Judge::ready_on(u64 now, unsigned who, u64 wait)
{
	promise(now, who, wait, true);
}

/* wait_ms and ready_ms: it comes when it was said to come. */
void Judge::promises(u64 now)
{
	for (unsigned i = 0; i < count; i++) {
		Relay &r = relay[i];

		if (!r.promised)
			continue;
		if (r.for_on ? is(i, true) : follows(i)) {
			if (now != r.due)
				broken(r.for_on ? "ready" : "wait", i, "gets there at " +
				       std::to_string(now) + ", said: " + std::to_string(r.due));
			r.promised = false;
		} else if (now >= r.due) {
			broken(r.for_on ? "ready" : "wait", i, "is not there at " +
			       std::to_string(now) + ", said: " + std::to_string(r.due));
		}
	}
}

void Judge::drives(u64 now, unsigned who, bool on, Source source)
{
	const Relay &r = relay[who];
	const Record &past = r.record[!on];

	at(now);
	/* That makes no edge; a line that moved by itself is driven to be sure of it. */
	if (!past.possible && r.vague)
		return;
	if (!past.possible)
		broken("nobody asked", who, "is driven to where it is");
	if (exact && r.want.on != on && !r.vague)
		broken("nobody asked", who, on ? "is energised" : "is released");
	/* Where things are late a target may end unseen, but none begins. */
	if (on && !r.asked)
		broken("nobody asked", who, "is energised");
	if (exact && !(r.want.sources & 1U << source) && !r.vague)
		broken("source", who, "is driven for " + std::to_string(source));

	/*
	 * What failed is tried again when it was legal once: a limit may have
	 * been raised since.
	 */
	bool again = !sure(who) && r.tried == on;

	/*
	 * Timers for one moment fire in any order: if one frees a coil and
	 * another takes one, it cannot be foreseen who goes then.
	 */
	for (unsigned i = 0; coil_limit && i < count; i++)
		if (relay[i].want.on != on && first_moment(i) == now)
			forget_promises();

	if (now < travelled(who, !on))
		broken("travel", who, at_least(now, travelled(who, !on), "contact"));
	if (!on) {
		if (!again && now < own_off(who))
			broken("min_on", who, at_least(now, own_off(who), "min_on"));
		return;
	}
	if (!again && past.moved && now < plus(past.rested, r.ratings.min_off))
		broken("min_off", who, at_least(now, plus(past.rested, r.ratings.min_off), "min_off"));
	if (!again && now < own_on(who))
		broken("rate", who, at_least(now, own_on(who), "spacing"));
	if (rival_on(who))
		broken("interlock", who, "is energised beside another");
	if (now < dead_until(who))
		broken("dead time", who, at_least(now, dead_until(who), "dead time"));
	if (now < staggered(who))
		broken("stagger", who, at_least(now, staggered(who), "stagger"));
	if (full(who))
		broken("coil_limit", who, "is energised beyond it");
	if (!exact)
		return;
	if (rival_claims(who))
		broken("claim", who, "is energised before the one that changes over");

	/*
	 * Of several that could go the oldest does, where one excludes another.
	 * Of timers for the same moment any may be the first: one that may go
	 * as a watchdog ends the claim of another just now comes too late.
	 */
	unsigned beside = 1;

	for (unsigned i = 0; i < count; i++)
		beside += i != who && may_be(i, true);
	for (unsigned i = 0; i < count; i++) {
		const Relay &other = relay[i];

		if (i == who || !other.want.on || first_moment(i) > now ||
		    other.want.age >= r.want.age || r.vague || other.vague)
			continue;
		if (other.group != NONE && yielded[other.group] == now)
			continue;
		if (stagger || (coil_limit && beside >= coil_limit) || rivals(who, i))
			broken("order", who, "is energised before " + std::to_string(i) +
			       ", which has waited longer");
	}
}

void Judge::driven(u64 now, unsigned who, bool on, Outcome outcome)
{
	Relay &r = relay[who];
	Record moved = r.record[!on];
	Record &here = r.record[on];

	/* It had moved by itself before. */
	if (outcome == Outcome::not_done && !moved.possible) {
		found(now, who, !on);
		return;
	}
	if (moved.possible && outcome != Outcome::not_done) {
		moved.edge = now;
		moved.rested = now;
		moved.moved = true;
		if (on) {
			moved.energised = now;
			moved.cycled = true;
			moved.since = here.possible ? here.since : now;
		} else {
			moved.released = now;
			moved.dropped = true;
		}
		/* It may have been here before: the later of both counts. */
		if (here.possible) {
			moved.energised = std::max(moved.energised, here.energised);
			moved.released = std::max(moved.released, here.released);
			moved.cycled |= here.cycled;
			moved.dropped |= here.dropped;
		}
		here = moved;
		if (on)
			r.want.end = plus(now, r.want.length);
	}
	r.tried = on;
	r.again = outcome != Outcome::done;
	if (!on)
		forget_promises_but(who);
	if (outcome != Outcome::done) {
		r.vague = true;
		forget_promises();
		return;
	}
	r.record[!on].possible = false;
	r.left = on;
	if (on && r.group != NONE && claim[r.group] == who)
		claim[r.group] = NONE;
}

void Judge::found(u64 now, unsigned who, bool on)
{
	Relay &r = relay[who];

	at(now);
	driven(now, who, on, Outcome::done);
	r.vague = r.again = true;
	/* One that changes over and was switched off goes before those that wait. */
	if (!on && r.want.on && r.changeover && r.group != NONE && claim[r.group] == NONE)
		claim[r.group] = who;
	forget_promises();
}

/*
 * Nothing happens before a moment: nothing should have. Whether a target ended
 * in between follows from the times of the request, so no step of the engine is
 * played again here.
 */
void Judge::passes(u64 to)
{
	if (!exact)
		return;
	for (;;) {
		unsigned next = NONE;
		u64 first = to;

		for (unsigned i = 0; i < count; i++)
			if (ends(i) < first)
				first = ends(next = i);
		for (unsigned i = 0; i < count; i++) {
			u64 moment = first_moment(i);

			if (moment < to && moment <= first && !relay[i].vague)
				broken("late", i, std::string("is not ") +
				       (relay[i].want.on ? "energised" : "released") +
				       " at " + std::to_string(moment));
			if (relay[i].promised && relay[i].due < first)
				broken("wait", i, "is not there at " + std::to_string(relay[i].due));
		}
		if (next == NONE)
			return;
		end(next, first);
		promises(first);
	}
}

/* What must be true whenever all that can be done at a moment is done. */
void Judge::settles(u64 now, const Shown *shown)
{
	bool armed = false;

	at(now);
	for (unsigned i = 0; i < count; i++)
		armed |= shown[i].armed;
	for (unsigned i = 0; i < count; i++) {
		Relay &r = relay[i];
		const Shown &s = shown[i];
		bool on = is(i, true);

		if (!exact)
			continue;
		/*
		 * Law 6: what failed is tried again, unless others are in the
		 * way. It may be behind another one, so that any timer will do.
		 */
		if (!sure(i) && !armed && waits_for_nobody(i))
			broken("retry", i, "is not tried again, at " + std::to_string(now));
		if (r.vague) {
			r.requests = s.requests;
			r.accepted = s.accepted;
			r.rejected = s.rejected;
			r.deferred = s.deferred;
			r.coalesced = s.coalesced;
			r.want.fresh = false;
			/* When a pulse ends that may run or not, nobody says. */
			if (r.want.on && !s.target) {
				end(i, now);
				r.want.sources = ~0U;
			}
			r.vague = !sure(i) || r.again || r.want.length || !follows(i) ||
				  s.target != r.want.on;
			continue;
		}
		if (first_moment(i) <= now)
			broken("late", i, std::string("is not ") + (r.want.on ? "energised" : "released") +
			       " though it might be, at " + std::to_string(now));
		if (s.coil != on)
			broken("coil", i, "shows another one");
		if (s.target != r.want.on)
			broken("target", i, s.target ? "shows on" : "shows off");

		/* Law 9. What a timer is for is told by follows() and ends(). */
		if (s.armed && follows(i) && ends(i) == NEVER)
			broken("armed", i, "with nothing pending, at " + std::to_string(now));

		u64 left = !r.want.length ? 0 : on ? r.want.end - now : r.want.length;

		if (s.pulse_left != left)
			broken("pulse", i, "shows " + std::to_string(s.pulse_left) + " left, not " +
			       std::to_string(left));

		unsigned contact = on ? 2 : 0;

		if (now < travelled(i, on))
			contact = on ? 1 : 3;
		if (s.contact != contact)
			broken("contact", i, "shows " + std::to_string(s.contact) + ", not " +
			       std::to_string(contact));

		if (r.want.fresh && !follows(i))
			r.deferred++;
		r.want.fresh = false;
		if (r.uncounted) {
			r.deferred = s.deferred;
			r.coalesced = s.coalesced;
			r.uncounted = false;
		}
		if (s.requests != r.requests || s.accepted != r.accepted || s.rejected != r.rejected ||
		    s.deferred != r.deferred || s.coalesced != r.coalesced)
			broken("statistics", i, "requests " + std::to_string(s.requests) + "/" +
			       std::to_string(r.requests) + " accepted " + std::to_string(s.accepted) + "/" +
			       std::to_string(r.accepted) + " deferred " + std::to_string(s.deferred) + "/" +
			       std::to_string(r.deferred) + " coalesced " + std::to_string(s.coalesced) + "/" +
			       std::to_string(r.coalesced) + " rejected " + std::to_string(s.rejected) + "/" +
			       std::to_string(r.rejected));
	}
	promises(now);
}

/*
 * Law 6. Where things are late it is not known when a target ended by itself, so
 * that the one shown is taken; a rival that is to be on, too, may be in the way.
 */
void Judge::rests(u64 now, const Shown *shown)
{
	for (unsigned i = 0; i < count; i++) {
		bool hindered = rival_on(i) || full(i);

		if (exact && !relay[i].vague && (first_moment(i) != NEVER || ends(i) != NEVER))
			broken("late", i, "has no timer for " +
			       std::to_string(std::min(first_moment(i), ends(i))));
		for (unsigned j = 0; j < count; j++)
			hindered |= rivals(i, j) && shown[j].target;
		if (!(hindered && shown[i].target) && !is(i, shown[i].target))
			broken("stuck", i, "does not follow, at " + std::to_string(now));
	}

	/* Who changed over last, for good, has got it. */
	for (unsigned group = 0; group < RELAYS && !coil_limit; group++) {
		unsigned i = newest[group];

		if (i != NONE && !is(i, true))
			broken("changeover", i, "asked last, and is off at " + std::to_string(now));
	}
}

u64 Judge::moment(unsigned who, unsigned which) const
{
	const Relay &r = relay[who];
	bool on = may_be(who, true);
	const Record &past = r.record[on];

	switch (which % 8) {
	case 0:
		return travelled(who, on);
	case 1:
		return own_on(who);
	case 2:
		return own_off(who);
	case 3:
		return dead_until(who);
	case 4:
		return staggered(who);
	case 5:
		return ends(who);
	case 6:
		return past.cycled ? plus(past.energised, r.ratings.spacing) : 0;
	default:
		return first_moment(who);
	}
}

static void put(std::string &key, u64 value)
{
	key.push_back(char(value));
	key.push_back(char(value >> 8));
}

void Judge::state(u64 now, u64 horizon, std::string &key) const
{
	/* What is further away than any limit reaches, is equally far. */
	auto ago = [&](bool valid, u64 then) { return valid ? std::min(now - then, horizon) : horizon; };
	auto until = [&](u64 then) { return then <= now ? 0 : std::min(then - now, horizon); };

	put(key, u64(phase) | ago(true, bound_at) << 2);
	for (unsigned i = 0; i < count; i++) {
		const Relay &r = relay[i];
		unsigned older = 0;

		for (bool on : {false, true}) {
			const Record &past = r.record[on];

			if (!past.possible)
				continue;
			put(key, ago(past.moved, past.edge) | u64(on) << 8);
			put(key, ago(past.cycled, past.energised) | ago(past.dropped, past.released) << 8);
		}
		/* Of ages only the order matters, and only of those that wait. */
		for (unsigned j = 0; j < count; j++)
			older += relay[j].want.on && !is(j, true) && relay[j].want.age < r.want.age;
		put(key, r.want.on | (r.want.on && !is(i, true) ? older : 0) << 1 | r.changeover << 5 |
		    (claim[i] == NONE ? RELAYS : claim[i]) << 6);
		put(key, r.want.length | until(ends(i)) << 8);
		if (r.ratings.max_on)
			put(key, ago(may_be(i, true), r.record[true].since));
	}
}

}
