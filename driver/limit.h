/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of a relay: when may its coil be switched? Pure functions of plain
 * values; all times are nanoseconds on one monotonic clock (CLOCK_BOOTTIME in
 * the driver, anything in a test). What each request asks is inline: it is a
 * few instructions, and so are they.
 */
#ifndef EMRELAY_LIMIT_H
#define EMRELAY_LIMIT_H

#include "compat.h"

/**
 * struct emrelay_limits - what the ratings demand, as times
 * @close_ns: contact travel after energisation: operate time + bounce time
 * @open_ns: contact travel after release: release time + bounce time
 * @spacing_ns: least time between two energisations at the present load class
 * @min_on_ns: least time from energisation to release (dwell)
 * @min_off_ns: least time from release to energisation (dwell)
 */
struct emrelay_limits {
	u64 close_ns;
	u64 open_ns;
	u64 spacing_ns;
	u64 min_on_ns;
	u64 min_off_ns;
};

/**
 * struct emrelay_past - what a relay's mechanics and contacts remember
 * @edge_ns: time of the last coil edge; valid if @moved
 * @energised_ns: time of the last energising edge; valid if @cycled
 * @moved: the coil had an edge since anyone watched
 * @cycled: the coil was energised since anyone watched
 * @coil: the coil is driven
 */
struct emrelay_past {
	u64 edge_ns;
	u64 energised_ns;
	bool moved;
	bool cycled;
	bool coil;
};

u64 emrelay_limit_spacing_ns(u32 cycles_per_minute);

/**
 * emrelay_time_add - add two times, saturating
 * @a_ns: a time
 * @b_ns: a time
 *
 * Context: Any. Pure.
 * Return: the sum, or U64_MAX ("never") where it does not fit.
 */
static inline u64 emrelay_time_add(u64 a_ns, u64 b_ns)
{
	return a_ns > U64_MAX - b_ns ? U64_MAX : a_ns + b_ns;
}

/**
 * emrelay_time_left - time until a moment
 * @until_ns: the moment
 * @now_ns: the present
 *
 * Context: Any. Pure.
 * Return: nanoseconds from @now_ns to @until_ns, 0 once that has come; U64_MAX
 * ("never") stays that.
 */
static inline u64 emrelay_time_left(u64 until_ns, u64 now_ns)
{
	if (until_ns == U64_MAX)
		return U64_MAX;

	return until_ns > now_ns ? until_ns - now_ns : 0;
}

/**
 * emrelay_limit_settled_ns - when does the contact's travel end?
 * @limits: the relay's limits
 * @past: the relay's past
 *
 * Context: Any. Pure.
 * Return: the moment from which on the contact is at rest; 0 if it has been
 * ever since anyone watched.
 */
static inline u64 emrelay_limit_settled_ns(const struct emrelay_limits *limits,
					   const struct emrelay_past *past)
{
	if (!past->moved)
		return 0;

	return emrelay_time_add(past->edge_ns, past->coil ? limits->close_ns :
							    limits->open_ns);
}

/**
 * emrelay_limit_on_ns - when may a released coil be energised?
 * @limits: the relay's limits
 * @past: the relay's past
 *
 * Not while the contact travels, not before @limits->min_off_ns after the
 * release, and not before @limits->spacing_ns after the last energisation.
 *
 * Context: Any. Pure.
 * Return: the first legal moment, 0 if any moment is.
 */
static inline u64 emrelay_limit_on_ns(const struct emrelay_limits *limits,
				      const struct emrelay_past *past)
{
	u64 legal_ns = emrelay_limit_settled_ns(limits, past);

	if (past->moved && !past->coil)
		legal_ns = max(legal_ns, emrelay_time_add(past->edge_ns,
							  limits->min_off_ns));
	if (past->cycled)
		legal_ns = max(legal_ns, emrelay_time_add(past->energised_ns,
							  limits->spacing_ns));
	return legal_ns;
}

/**
 * emrelay_limit_off_ns - when may an energised coil be released?
 * @limits: the relay's limits
 * @past: the relay's past
 *
 * As soon as the contact does not travel and @limits->min_on_ns have passed
 * since the energisation, if anyone saw it; a release is never rate limited.
 *
 * Context: Any. Pure.
 * Return: the first legal moment, 0 if any moment is.
 */
static inline u64 emrelay_limit_off_ns(const struct emrelay_limits *limits,
				       const struct emrelay_past *past)
{
	u64 legal_ns = emrelay_limit_settled_ns(limits, past);

	if (past->moved && past->coil)
		legal_ns = max(legal_ns, emrelay_time_add(past->edge_ns,
							  limits->min_on_ns));
	return legal_ns;
}

/**
 * emrelay_limit_edge_ns - when may a coil be driven to a level?
 * @limits: the relay's limits
 * @past: the relay's past
 * @on: the level
 *
 * Context: Any. Pure.
 * Return: the first legal moment, 0 if any moment is.
 */
static inline u64 emrelay_limit_edge_ns(const struct emrelay_limits *limits,
					const struct emrelay_past *past, bool on)
{
	return on ? emrelay_limit_on_ns(limits, past) :
		    emrelay_limit_off_ns(limits, past);
}

#endif
