/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the firmware node of a bank, and those of its channels, say.
 */
#ifndef EMRELAY_CONFIG_H
#define EMRELAY_CONFIG_H

#include "compat.h"
#include "parts.h"
#include "wear.h"

struct device;
struct fwnode_handle;

/* So that "relay-<label>" and "<label>:red:status" fit the LED subsystem. */
#define EMRELAY_LABEL_MAX	40
/* The highest line of a bank's GPIO chip. */
#define EMRELAY_REG_MAX		1023

/**
 * enum emrelay_default_state - what to do with a coil at probe
 * @EMRELAY_DEFAULT_OFF: release it
 * @EMRELAY_DEFAULT_ON: energise it
 * @EMRELAY_DEFAULT_KEEP: leave it as it is found
 * @EMRELAY_DEFAULT_LAST: what the record in the nvmem cells says it was
 */
enum emrelay_default_state {
	EMRELAY_DEFAULT_OFF, EMRELAY_DEFAULT_ON, EMRELAY_DEFAULT_KEEP, EMRELAY_DEFAULT_LAST,
};

/**
 * struct emrelay_settings - what an operator chooses; begins as the node says
 * @policy: what becomes of sysfs requests that must wait (enum emrelay_policy)
 * @load_class: what the contact switches (enum emrelay_load_class)
 * @load_declared: @load_class was declared, by the node or by a write
 * @load_microamp: load current, 0: not known
 * @min_on_ms: least time from energisation to release
 * @min_off_ms: least time from release to energisation
 * @max_on_ms: longest time from energisation to release; 0: no limit
 * @momentary_ms: length of the pulse that each on is; 0: it lasts
 * @watchdog_ms: time in which an on has to be renewed; 0: no limit
 * @changeover: an on releases the other members of the interlock group
 * @warn_ppm: used life from which on health is a warning
 * @block_worn: a worn relay is not energised any more
 * @flush_cycles: the record is stored after so many cycles
 * @flush_s: or so many s after something changed; 0: never by time
 * @fault_action: what a fault of the contact does (enum emrelay_fault_action)
 * @contact_check_ms: how often a contact at rest is read whose line has no interrupt
 */
struct emrelay_settings {
	u32 policy;
	u32 load_class;
	u32 load_declared;
	u32 load_microamp;
	u32 min_on_ms;
	u32 min_off_ms;
	u32 max_on_ms;
	u32 momentary_ms;
	u32 watchdog_ms;
	u32 changeover;
	u32 warn_ppm;
	u32 block_worn;
	u32 flush_cycles;
	u32 flush_s;
	u32 fault_action;
	u32 contact_check_ms;
};

/**
 * enum emrelay_contact_type - what an active contact-gpios says
 * @EMRELAY_LINKED_NO: an auxiliary contact that is linked to it is closed: it is, too
 * @EMRELAY_LINKED_NC: an auxiliary contact that is linked to it is closed: it is open
 * @EMRELAY_CHANGEOVER_NC: its other throw is closed: it is open
 * @EMRELAY_LOAD_DC: the load has a voltage: it is closed
 * @EMRELAY_LOAD_AC: the load has mains, in pulses: it is closed
 * @EMRELAY_CONTACT_TYPES: number of these
 */
enum emrelay_contact_type {
	EMRELAY_LINKED_NO, EMRELAY_LINKED_NC, EMRELAY_CHANGEOVER_NC,
	EMRELAY_LOAD_DC, EMRELAY_LOAD_AC,
	EMRELAY_CONTACT_TYPES,
};

/**
 * struct emrelay_config - a channel's firmware node as plain data
 * @fwnode: the node; the caller holds it as long as this is used
 * @reg: its line on the bank's GPIO chip, 0 to EMRELAY_REG_MAX
 * @label: its name, NULL: the node has none
 * @part_name: name of the part, for people
 * @part: data sheet of the part, NULL: the driver has none
 * @ratings: the part's ratings, replaced by those that the node gives
 * @given_dead_time_us: interlock dead time of the node, 0: it gives none
 * @dead_time_us: interlock dead time that applies
 * @load: the declared load
 * @curve: electrical life over the current, if the node gives it
 * @dc_limit: current over the voltage of DC loads, if the node gives it
 * @default_state: what to do with the coil at probe (enum emrelay_default_state)
 * @default_trigger: LED trigger to start with, or NULL
 * @interlock_group: number of its interlock group, if @interlocked
 * @settings: what struct emrelay_settings begins with
 * @contact_type: what an active contact-gpios says (enum emrelay_contact_type)
 * @contact_hold_us: how long it may read closed after the contact opened
 * @interlocked: it is in an interlock group
 * @sensed: it says how the contact is read back
 * @stored: the node names the nvmem cells "wear-a" and "wear-b"
 * @wakeup_source: an unexpected edge of contact-gpios wakes the system up
 * @retain_state_suspended: leave the coil as it is while the system sleeps
 * @retain_state_shutdown: leave the coil as it is at shutdown and unbind
 * @retain_state_panic: leave the coil as it is at panic
 *
 * The strings are those of @fwnode or constant.
 */
struct emrelay_config {
	struct fwnode_handle *fwnode;
	u32 reg;
	const char *label;
	const char *part_name;
	const struct emrelay_part *part;
	struct emrelay_ratings ratings;
	u32 given_dead_time_us;
	u64 dead_time_us;
	struct emrelay_load load;
	struct emrelay_curve curve;
	struct emrelay_curve dc_limit;
	u32 default_state;
	const char *default_trigger;
	u32 interlock_group;
	struct emrelay_settings settings;
	u32 contact_type;
	u32 contact_hold_us;
	bool interlocked;
	bool sensed;
	bool stored;
	bool wakeup_source;
	bool retain_state_suspended;
	bool retain_state_shutdown;
	bool retain_state_panic;
};

/**
 * struct emrelay_bank_config - a bank's firmware node as plain data
 * @stagger_ms: least time between two energisations in the bank
 * @coil_limit: most coils that may be energised at a time, 0: all
 * @gpio_controller: only checked
 * @cells: only checked
 * @verify_s: lines are looked at so often, 0: not by the clock; not in the node
 */
struct emrelay_bank_config {
	u32 stagger_ms;
	u32 coil_limit;
	bool gpio_controller;
	u32 cells;
	u32 verify_s;
};

/**
 * enum emrelay_property_type - what a property looks like
 * @EMRELAY_READ_OTHER: read elsewhere
 * @EMRELAY_READ_U32: one number, min to max
 * @EMRELAY_READ_FLAG: there or not
 * @EMRELAY_READ_STRING: one string; with names one of them, kept as its index
 * @EMRELAY_READ_CURVE: the points of a curve
 */
enum emrelay_property_type {
	EMRELAY_READ_OTHER, EMRELAY_READ_U32, EMRELAY_READ_FLAG, EMRELAY_READ_STRING,
	EMRELAY_READ_CURVE,
};

/**
 * enum emrelay_property_need - whether a property has to be there
 * @EMRELAY_OPTIONAL: no
 * @EMRELAY_REQUIRED: yes
 * @EMRELAY_RATING: where no part gives it
 * @EMRELAY_TREE: in device trees; it is not read elsewhere
 */
enum emrelay_property_need {
	EMRELAY_OPTIONAL, EMRELAY_REQUIRED, EMRELAY_RATING, EMRELAY_TREE,
};

/**
 * struct emrelay_property - how a property is read
 * @name: its name, NULL after the last one of a table
 * @offset: of the field that it is read to
 * @type: what it looks like
 * @need: whether it has to be there
 * @min: least number
 * @max: highest number; with @names how many they are
 * @names: what may be chosen, NULL: any string
 */
struct emrelay_property {
	const char *name;
	size_t offset;
	enum emrelay_property_type type;
	enum emrelay_property_need need;
	u32 min, max;
	const char * const *names;
};

/* What the nodes of banks and of channels may have. */
extern const struct emrelay_property emrelay_bank_properties[];
extern const struct emrelay_property emrelay_channel_properties[];

extern const char * const emrelay_interlock_names[2];

int emrelay_read_table(struct device *dev, struct fwnode_handle *fwnode,
		       const struct emrelay_property *p, void *data);
int emrelay_read_config(struct device *dev, struct emrelay_config *config);
int emrelay_check_load(const struct emrelay_config *config, const struct emrelay_load *load,
		       struct emrelay_excess *excess);
void emrelay_warn_unknown(struct device *dev, struct fwnode_handle *fwnode,
			  const struct emrelay_property *known);
void emrelay_warn_config(struct device *dev, const struct emrelay_config *config);

#endif
