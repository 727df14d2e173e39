/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A judge of what a bank of relays does, written from the laws that
 * contract.md and Documentation/ABI give and not from the engine. It knows
 * nothing of the driver: it is told what was asked, what was answered, how the
 * coils were driven and how time passed, and says which law was broken.
 *
 * It has no idea when to do what. All it keeps is the times of what was, a
 * record a relay, and each law is a question about these: may this edge come
 * at this moment, and is there an edge that should have come before it?
 *
 * A failed write leaves it open where the coil is. Then both are held to be
 * possible, each with a record of its own, and a law must hold for both.
 */
#ifndef EMRELAY_MODEL_JUDGE_HH
#define EMRELAY_MODEL_JUDGE_HH

#include <string>

namespace model {

using u64 = unsigned long long;

constexpr u64 NEVER = ~0ULL;
constexpr unsigned RELAYS = 5;
constexpr unsigned NONE = ~0U;

enum class Op { off, on, toggle, pulse };
enum class Answer { ok, invalid, again, busy };
/* Who wanted an edge; the order is that of the driver's history. */
enum Source { PROBE, SYSFS, GPIO, LED, PULSE, WATCHDOG, MAX_ON, INTERLOCK, LINE, SUSPEND, UNBIND };

/* What is broken: the law in a word, and the facts. */
struct Violation {
	std::string law, facts;
};

struct Ratings {
	u64 close, open, spacing, min_on, min_off;
	u64 max_on, momentary;	/* 0: none */
};

/* A relay as a bind finds it. */
struct Found {
	Ratings ratings;
	unsigned group;		/* NONE: in none */
	u64 dead;		/* of its group: the longest of all members */
	bool coil;
	bool want;
	bool retain;		/* a lasting on outlives unbind */
};

/* What a relay shows when all that could be done at a moment is done. */
struct Shown {
	bool target;
	bool coil;
	bool armed;
	u64 pulse_left;
	unsigned contact;	/* open, closing, closed, opening */
	u64 requests, accepted, deferred, coalesced, rejected;
};

/* What was, if the coil is where this record is for. */
struct Record {
	u64 edge;		/* the last one, if moved */
	u64 energised;		/* the last time, if cycled */
	u64 released;		/* the last time, if dropped */
	u64 since;		/* when it was energised, or may have been, if it is */
	bool moved, cycled, dropped;
	bool possible;
};

class Judge {
public:
	/* exact: nothing is ever late, so that lateness is judged too. */
	explicit Judge(bool exact = true) : exact(exact) {}

	/* The relays are found; requests come, but nothing moves until the start. */
	void probe(u64 now, const Found *found, unsigned count);
	void start(u64 now);
	void unbind(u64 now);
	void unbound();
	void request(u64 now, unsigned who, Op op, Source source, bool reject,
		     u64 length, Answer answer);
	void set_ratings(unsigned who, const Ratings &ratings);
	void set_watchdog(u64 now, unsigned who, u64 watchdog);
	void set_changeover(unsigned who, bool changeover);
	void set_supply(u64 stagger, u64 coil_limit);
	/* The system goes to sleep. */
	void suspend(u64 now);
	/* What wait_ms says, what ready_ms says, and the on that was then written. */
	void waits(u64 now, unsigned who, u64 wait);
	void ready(u64 now, unsigned who, u64 wait);
	void ready_on(u64 now, unsigned who, u64 wait);

	/* A line is about to be driven; it was, or could not be. */
	void drives(u64 now, unsigned who, bool on, Source source);
	void driven(u64 now, unsigned who, bool on, bool failed);
	/* Nothing happens before this moment. */
	void passes(u64 to);
	/* All that is to happen at this moment has. */
	void settles(u64 now, const Shown *shown);
	/* No timer is armed, and nobody asks for anything. */
	void rests(u64 now, const Shown *shown);

	bool sure(unsigned who) const;
	bool sure() const;		/* of all of them */
	bool follows(unsigned who) const;
	bool waits_for_nobody(unsigned who) const;
	/* Moments at which something changes: food for a random driver. */
	u64 moment(unsigned who, unsigned which) const;
	/* All that may matter for what is to come, times relative to now. */
	void state(u64 now, u64 horizon, std::string &key) const;

private:
	struct Want {
		bool on;
		u64 length;	/* of the pulse, 0: it lasts */
		u64 end;	/* of the pulse, NEVER: not known yet */
		u64 renewed;	/* by the last on */
		u64 age;	/* of the request, a serial number */
		unsigned sources;	/* who may be said to have wanted it */
		bool requested;	/* by a request, not by the clock or others */
		bool fresh;	/* not known yet if it was carried out at once */
		bool hurried;	/* the system sleeps: min_on is not waited for */
	};
	struct Relay {
		Ratings ratings;
		unsigned group;
		u64 dead;
		bool retain;
		bool changeover;
		bool left;	/* where it was when it was last sure */
		bool tried;	/* by the last write */
		bool asked;	/* the last request may have meant on */
		bool vague;	/* a write failed: what is shown may differ */
		bool uncounted;	/* asked before the start: carried out at once? */
		bool seen;	/* a driver was bound to it */
		u64 watchdog;
		Record record[2];	/* coil off, coil on */
		Want want;
		u64 requests, accepted, deferred, coalesced, rejected;
		u64 due;	/* when it was said to be there */
		bool promised, for_on;
	};

	[[noreturn]] void broken(const char *law, unsigned who, const std::string &facts) const;
	bool may_be(unsigned who, bool on) const { return relay[who].record[on].possible; }
	bool is(unsigned who, bool on) const { return may_be(who, on) && !may_be(who, !on); }
	bool rivals(unsigned who, unsigned other) const;
	bool rival_on(unsigned who) const;
	bool rival_claims(unsigned who) const;
	bool full(unsigned who) const;
	u64 travelled(unsigned who, bool on) const;
	u64 own_on(unsigned who) const;
	u64 own_off(unsigned who) const;
	u64 dead_until(unsigned who) const;
	u64 staggered(unsigned who) const;
	u64 first_moment(unsigned who) const;
	bool lasts(unsigned who) const;
	bool waits_for_others(unsigned who) const;
	void withdraw(unsigned who, Source source);
	u64 max_on_ends(unsigned who) const;
	u64 timer_ends(unsigned who) const;
	u64 ends(unsigned who) const;
	void end(unsigned who, u64 when);
	void at(u64 now);
	void displace(unsigned who);
	void promise(u64 now, unsigned who, u64 wait, bool for_on);
	void promises(u64 now);
	void forget_promises();
	void forget_promises_but(unsigned who);

	bool exact;
	enum { PROBED, BOUND, LEAVING } phase = PROBED;
	unsigned count = 0;
	Relay relay[RELAYS] = {};
	unsigned claim[RELAYS] = {};	/* by group */
	unsigned newest[RELAYS] = {};	/* by group: it asked last, and changed over */
	u64 yielded[RELAYS] = {};	/* when the clock last ended a claim */
	u64 bound_at = 0;
	u64 stagger = 0;
	u64 coil_limit = 0;
	u64 serial = 0;
};

}

#endif
