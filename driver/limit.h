/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of a relay: when may its coil be switched? Pure functions of plain
 * values; all times are nanoseconds on one monotonic clock (CLOCK_BOOTTIME in
 * the driver, anything in a test).
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

u64 emrelay_time_add(u64 a_ns, u64 b_ns);
u64 emrelay_time_left(u64 until_ns, u64 now_ns);
u64 emrelay_limit_spacing_ns(u32 cycles_per_minute);
u64 emrelay_limit_settled_ns(const struct emrelay_limits *limits,
			     const struct emrelay_past *past);
u64 emrelay_limit_on_ns(const struct emrelay_limits *limits,
			const struct emrelay_past *past);
u64 emrelay_limit_off_ns(const struct emrelay_limits *limits,
			 const struct emrelay_past *past);

#endif
