/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data sheets as data, and checking a load against them. Pure.
 */
#ifndef EMRELAY_PARTS_H
#define EMRELAY_PARTS_H

#include "compat.h"

/**
 * struct emrelay_ratings - what the driver must know of a relay
 * @operate_us: operate time (pull-in)
 * @release_us: release time (drop-out)
 * @bounce_us: bounce time
 * @electrical_life: rated cycles with load
 * @mechanical_life: rated cycles without load
 * @loaded_per_minute: highest switching frequency with load
 * @unloaded_per_minute: highest switching frequency without load
 * @coil_min_microvolt: least voltage that pulls the coil in, 0: not known
 * @coil_max_microvolt: most voltage of the coil, 0: not known
 * @coil_microamp: what the coil takes, 0: not known
 *
 * All others are at least 1, but in a part, where 0 is what its sheet does not give.
 */
struct emrelay_ratings {
	u32 operate_us;
	u32 release_us;
	u32 bounce_us;
	u32 electrical_life;
	u32 mechanical_life;
	u32 loaded_per_minute;
	u32 unloaded_per_minute;
	u32 coil_min_microvolt;
	u32 coil_max_microvolt;
	u32 coil_microamp;
};

/**
 * enum emrelay_load_class - what the contact switches (IEC 60947-5-1)
 * @EMRELAY_LOAD_NONE: nothing; it may carry a current that others switch
 * @EMRELAY_LOAD_RESISTIVE: an ohmic AC load; also whatever is not declared
 * @EMRELAY_LOAD_AC15: AC electromagnets, contactors, solenoid valves
 * @EMRELAY_LOAD_DC13: DC electromagnets
 * @EMRELAY_LOAD_CLASSES: how many there are
 */
enum emrelay_load_class {
	EMRELAY_LOAD_NONE, EMRELAY_LOAD_RESISTIVE, EMRELAY_LOAD_AC15, EMRELAY_LOAD_DC13,
	EMRELAY_LOAD_CLASSES,
};

/**
 * struct emrelay_load - a load as declared
 * @class: its class (enum emrelay_load_class)
 * @suppressed: what dampens an inductive load is declared
 * @normally_closed: the load is on the contact that the coil opens
 * @microamp: current
 * @microvolt: voltage
 * @inrush_microamp: current that flows when the contact closes
 * @inrush_us: for how long
 *
 * A number is 0 where it is not declared.
 */
struct emrelay_load {
	u32 class;
	bool suppressed;
	bool normally_closed;
	u32 microamp;
	u32 microvolt;
	u32 inrush_microamp;
	u32 inrush_us;
};

/**
 * struct emrelay_load_limit - the most a part switches or carries
 * @microamp: current
 * @microvolt: voltage
 * @millivoltamp: apparent power
 * @inrush_microamp: current on closing; @microamp where the sheet rates none
 * @inrush_us: how long more than @microamp may flow
 *
 * A number is 0 where the sheet rates none: it is not checked.
 */
struct emrelay_load_limit {
	u32 microamp;
	u32 microvolt;
	u32 millivoltamp;
	u32 inrush_microamp;
	u32 inrush_us;
};

/**
 * struct emrelay_load_point - a load just large, or just small enough
 * @microvolt: voltage
 * @microamp: current
 */
struct emrelay_load_point {
	u32 microvolt;
	u32 microamp;
};

/**
 * struct emrelay_part - a data sheet
 * @compatible: name in device trees, shown in the file "part"
 * @ratings: times, lives and frequencies
 * @limit: the most the contact switches, by load class; all 0 where the sheet
 *	does not rate the class
 * @minimum: recommended minimum loads; a load above any of them will do
 */
struct emrelay_part {
	const char *compatible;
	struct emrelay_ratings ratings;
	struct emrelay_load_limit limit[EMRELAY_LOAD_CLASSES];
	struct emrelay_load_point minimum[2];
};

/* Most points of a curve. */
#define EMRELAY_POINTS		10

/**
 * struct emrelay_point - a point of a curve
 * @x: load current in uA of an electrical life curve, voltage in uV of a DC limit
 * @y: electrical life at it in cycles, or the most current in uA at it
 */
struct emrelay_point {
	u32 x;
	u32 y;
};

/**
 * struct emrelay_curve - electrical life over the load current, or the most
 *	current of a DC load over its voltage
 * @count: number of points, 0: there is no curve
 * @point: the points, @x strictly rising, @y strictly falling, none 0
 */
struct emrelay_curve {
	unsigned int count;
	struct emrelay_point point[EMRELAY_POINTS];
};

/**
 * struct emrelay_excess - a declared load above a rating
 * @property: the property, or the product of two, that is too large
 * @unit: of @value and @limit
 * @value: what is declared
 * @limit: what the sheet allows
 */
struct emrelay_excess {
	const char *property;
	const char *unit;
	u64 value;
	u64 limit;
};

extern const char * const emrelay_load_names[EMRELAY_LOAD_CLASSES];
extern const struct emrelay_part emrelay_parts[];	/* up to one without a name */

/**
 * emrelay_part_rates - does a part's sheet rate loads of a class?
 * @part: the part
 * @class: the class
 *
 * Context: Any. Pure.
 * Return: true if it does.
 */
static inline bool emrelay_part_rates(const struct emrelay_part *part, u32 class)
{
	return part->limit[class].microamp;
}

const struct emrelay_load_limit *emrelay_part_limit(const struct emrelay_part *part, u32 class);
bool emrelay_load_exceeds(const struct emrelay_load *load, const struct emrelay_load_limit *limit,
			  struct emrelay_excess *excess);
bool emrelay_part_underloaded(const struct emrelay_part *part, const struct emrelay_load *load);
unsigned int emrelay_curve_check(const struct emrelay_curve *curve);
bool emrelay_dc_overloaded(const struct emrelay_curve *limit, const struct emrelay_load *load,
			   struct emrelay_excess *excess);
u64 emrelay_default_dead_time_us(const struct emrelay_ratings *ratings);

#endif
