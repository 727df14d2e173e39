/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emrelay - electromechanical relays on GPIO lines: what the files share.
 *
 * Every face (class.c, gpio.c, led.c) only hands requests to channel.c, which
 * asks the engine (engine.c, pure), drives the coil, accounts and tells.
 */
#ifndef EMRELAY_H
#define EMRELAY_H

#include <linux/device.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/leds.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "arbiter.h"
#include "compat.h"
#include "engine.h"
#include "parts.h"
#include "record.h"
#include "store.h"

struct dentry;
struct fwnode_handle;
struct gpio_desc;
struct kernfs_node;

/* So that "relay-<label>" and "<label>:red:status" fit the LED subsystem. */
#define EMRELAY_LABEL_MAX	40
/* Lines of a bank's GPIO chip. */
#define EMRELAY_REG_MAX		1023
/* Kept edges and refusals; a power of two. */
#define EMRELAY_HISTORY		64
/**
 * enum emrelay_default_state - what to do with a coil at probe
 * @EMRELAY_DEFAULT_OFF: release it
 * @EMRELAY_DEFAULT_ON: energise it
 * @EMRELAY_DEFAULT_KEEP: leave it as it is found
 */
enum emrelay_default_state {
	EMRELAY_DEFAULT_OFF,
	EMRELAY_DEFAULT_ON,
	EMRELAY_DEFAULT_KEEP,
};

/**
 * struct emrelay_config - a channel's firmware node as plain data
 * @fwnode: the node; valid while the bank is bound
 * @reg: its line on the bank's GPIO chip
 * @label: its name, NULL if the node has none
 * @part_name: name of the part, for people
 * @part: data sheet of the part, NULL if the driver has none
 * @ratings: the part's ratings with the node's own put over them
 * @dead_time_us: interlock dead time
 * @load: the declared load
 * @curve: electrical life over the current, if the node gives it
 * @dc_limit: current over the voltage of DC loads, if the node gives it
 * @default_state: what to do with the coil at probe
 * @default_trigger: LED trigger to start with, or NULL
 * @interlock_group: number of its interlock group, if @interlocked
 * @min_on_ms: least time from energisation to release
 * @min_off_ms: least time from release to energisation
 * @interlocked: it is in an interlock group
 * @retain_state_shutdown: leave the coil as it is at shutdown and unbind
 *
 * The strings belong to the bank's device (devm).
 */
struct emrelay_config {
	struct fwnode_handle *fwnode;
	u32 reg;
	const char *label;
	const char *part_name;
	const struct emrelay_part *part;
	struct emrelay_ratings ratings;
	u64 dead_time_us;
	struct emrelay_load load;
	struct emrelay_curve curve;
	struct emrelay_dc_limit dc_limit;
	enum emrelay_default_state default_state;
	const char *default_trigger;
	u32 interlock_group;
	u32 min_on_ms;
	u32 min_off_ms;
	bool interlocked;
	bool retain_state_shutdown;
};

/**
 * enum emrelay_event - what the history keeps
 * @EMRELAY_EVENT_OFF: the coil was released
 * @EMRELAY_EVENT_ON: the coil was energised
 * @EMRELAY_EVENT_REFUSED: a request was refused
 * @EMRELAY_EVENT_REPLACED_CYCLES: the relay was replaced; its cycles
 * @EMRELAY_EVENT_REPLACED_PPM: the same; its used life in ppm
 */
enum emrelay_event {
	EMRELAY_EVENT_OFF,
	EMRELAY_EVENT_ON,
	EMRELAY_EVENT_REFUSED,
	EMRELAY_EVENT_REPLACED_CYCLES,
	EMRELAY_EVENT_REPLACED_PPM,
};

/**
 * struct emrelay_history_entry - one edge or refusal
 * @ns: when, CLOCK_BOOTTIME
 * @event: what (enum emrelay_event)
 * @source: why (enum emrelay_source)
 * @value: a figure, for events that have one; saturates
 */
struct emrelay_history_entry {
	u64 ns;
	u8 event;
	u8 source;
	u32 value;
};

/**
 * struct emrelay_life - what a relay remembers
 * @node: in the list of all relays seen since the module was loaded
 * @path: path of its firmware node, by which it is found again
 * @engine: limits, target, edges and statistics
 * @account: wear and whose it is: what is to survive, as it goes on
 * @history: ring of the last edges and refusals
 * @recorded: how many were ever put into @history
 *
 * It outlives the binding of the driver, so that no limit can be escaped, nor
 * a count lost, by unbind and bind. While bound the bank's lock protects all
 * but @node and @path.
 */
struct emrelay_life {
	struct list_head node;
	char *path;
	struct emrelay_engine engine;
	struct emrelay_account account;
	struct emrelay_history_entry history[EMRELAY_HISTORY];
	u64 recorded;
};

/**
 * struct emrelay_channel - one relay
 * @dev: its device in /sys/class/relay; owns this memory
 * @bank: its bank
 * @config: its firmware node; constant
 * @index: its place in the bank's channels
 * @life: what it remembers; protected by the bank's lock
 * @coil: its line; may be set under the bank's lock if the bank does not sleep
 * @blind: the line cannot be read
 * @energised: by the probe, as it could not be known whether the coil was on
 * @policy: what becomes of sysfs requests that must wait; bank's lock
 * @load_class: load class in force; bank's lock
 * @load_microamp: load current, 0: not known; bank's lock
 * @load_declared: someone said that it is of @load_class; bank's lock
 * @cost: what a cycle costs at that load; bank's lock
 * @warn_ppm: from how much used life on health is a warning; bank's lock
 * @block_worn: a worn relay is not energised any more; bank's lock
 * @health_event: an event told of the health since the bind; bank's lock
 * @store: where its record outlives the power
 * @min_on_ms: least time from energisation to release; bank's lock
 * @min_off_ms: least time from release to energisation; bank's lock
 * @watchdog_ms: longest an on lasts that is not renewed; bank's lock
 * @told_contact: the contact state that was last told; bank's lock
 * @told_health: the health that was last told; bank's lock
 * @told_closed: what the LEDs that follow were told last; bank's lock
 * @read: the file contact was read since it was last notified; bank's lock
 * @released: the last word to the coil was said; bank's lock
 * @failing: the last attempt to drive the line failed; bank's lock
 * @timer: fires at @wake_ns (CLOCK_BOOTTIME) to decide again
 * @wake_ns: what @timer is armed for, U64_MAX if it is not; bank's lock
 * @drive_work: drives a line that sleeps
 * @tell_work: tells what can only be told where one may sleep
 * @tell_health: @tell_work is to send the health uevent; bank's lock
 * @contact_node: sysfs node of the file contact, to notify it from any context
 * @health_node: sysfs node of the file health, likewise
 * @led: the status indicator
 * @trigger: the LED trigger that follows the contact
 * @debugfs: its directory
 */
struct emrelay_channel {
	struct device dev;
	struct emrelay_bank *bank;
	struct emrelay_config config;
	u16 index;
	struct emrelay_life *life;
	struct gpio_desc *coil;
	bool blind;
	bool energised;
	enum emrelay_policy policy;
	enum emrelay_load_class load_class;
	u32 load_microamp;
	bool load_declared;
	struct emrelay_cost cost;
	u32 warn_ppm;
	bool block_worn;
	bool health_event;
	struct emrelay_store store;
	u32 min_on_ms;
	u32 min_off_ms;
	u32 watchdog_ms;
	enum emrelay_contact told_contact;
	enum emrelay_health told_health;
	bool told_closed;
	bool read;
	bool released;
	bool failing;
	struct hrtimer timer;
	u64 wake_ns;
	struct kthread_work drive_work;
	struct work_struct tell_work;
	bool tell_health;
	struct kernfs_node *contact_node;
	struct kernfs_node *health_node;
	struct led_classdev led;
	struct led_trigger trigger;
	struct dentry *debugfs;
};

static inline struct emrelay_channel *emrelay_from_dev(struct device *dev)
{
	return container_of(dev, struct emrelay_channel, dev);
}

/**
 * struct emrelay_bank - one device-tree node with its channels
 * @dev: the platform device
 * @lock: protects what struct emrelay_channel says it does, and @dying; taken
 *	in any context
 * @lock_key: its lockdep class: a relay may switch the coil of another bank's
 * @worker: drives the lines if any of them sleeps, else NULL
 * @arbiter: what the relays share; @lock
 * @bound: the coils follow their targets; before, nothing moves; @lock
 * @asleep: the system sleeps, or is about to: nothing moves; @lock
 * @dying: no request is accepted, nothing is armed or queued; @lock
 * @gc: the GPIO chip
 * @channels: the channels in the order of their nodes
 * @lines: the channels by line of @gc, NULL where there is none
 * @count: number of @channels
 */
struct emrelay_bank {
	struct device *dev;
	spinlock_t lock;	/* state of all channels, any context */
	struct lock_class_key lock_key;
	struct kthread_worker *worker;
	struct emrelay_arbiter arbiter;
	bool bound;
	bool asleep;
	bool dying;
	struct gpio_chip gc;
	struct emrelay_channel **channels;
	struct emrelay_channel **lines;
	unsigned int count;
};

extern const char * const emrelay_basis_names[];
extern const char * const emrelay_contact_names[];
extern const char * const emrelay_end_of_life_names[2];
extern const char * const emrelay_event_names[];
extern const char * const emrelay_health_names[];
extern const char * const emrelay_load_names[EMRELAY_LOAD_CLASSES];
extern const char * const emrelay_policy_names[2];
extern const char * const emrelay_source_names[];
extern const char * const emrelay_wear_source_names[];

/* firmware.c */
int emrelay_read_config(struct device *dev, struct fwnode_handle *fwnode,
			struct emrelay_config *config);
bool emrelay_load_excess(const struct emrelay_config *config,
			 const struct emrelay_load *load,
			 struct emrelay_excess *excess);
void emrelay_warn_load(struct device *dev, const struct emrelay_config *config);

/* life.c */
struct emrelay_life *emrelay_life_get(const struct fwnode_handle *fwnode);
void emrelay_life_record(struct emrelay_life *life, enum emrelay_event event,
			 enum emrelay_source source, u64 now_ns, u64 value);
void emrelay_life_adopt(struct emrelay_life *life,
			const struct emrelay_record *record,
			enum emrelay_wear_source source,
			const struct emrelay_clocks *clocks);
void emrelay_life_replace(struct emrelay_life *life, const char *serial,
			  u64 now_ns);
struct emrelay_clocks emrelay_clocks(void);
void emrelay_life_exit(void);
void emrelay_sleep_until(u64 until_ns);

/* channel.c */
int emrelay_channel_init(struct emrelay_channel *channel);
int emrelay_channel_find(struct emrelay_channel *channel);
int emrelay_channel_output(struct emrelay_channel *channel);
void emrelay_bank_start(struct emrelay_bank *bank);
void emrelay_bank_sleep(struct emrelay_bank *bank);
void emrelay_bank_wake(struct emrelay_bank *bank);
int emrelay_bank_depend(struct emrelay_bank *bank, struct device *supplier);
void emrelay_channel_stop(struct emrelay_channel *channel);
u64 emrelay_channel_release(struct emrelay_channel *channel,
			    enum emrelay_source source);
int emrelay_channel_request(struct emrelay_channel *channel,
			    const struct emrelay_request *request);
void emrelay_bank_set_supply(struct emrelay_bank *bank, const u32 *stagger_ms,
			     const u32 *coil_limit);
void emrelay_channel_set_load(struct emrelay_channel *channel,
			      enum emrelay_load_class class);
int emrelay_channel_set_current(struct emrelay_channel *channel, u32 microamp);
void emrelay_channel_set_health(struct emrelay_channel *channel,
				const u32 *warn_ppm, const bool *block_worn);
void emrelay_channel_record(struct emrelay_channel *channel,
			    struct emrelay_record *record);
int emrelay_channel_merge(struct emrelay_channel *channel,
			  const struct emrelay_record *record,
			  enum emrelay_wear_source source);
void emrelay_channel_replace(struct emrelay_channel *channel,
			     const char *serial);
void emrelay_channel_set_dwell(struct emrelay_channel *channel, u32 *dwell_ms,
			       u32 ms);
void emrelay_channel_set_watchdog(struct emrelay_channel *channel, u32 ms);
void emrelay_channel_set_changeover(struct emrelay_channel *channel,
				    bool changeover);
int emrelay_channel_wait_ns(struct emrelay_channel *channel, u64 now_ns,
			    u64 *wait_ns);
int emrelay_channel_ready_ns(struct emrelay_channel *channel, u64 now_ns,
			     u64 *ready_ns);
bool emrelay_channel_closed(struct emrelay_channel *channel);
bool emrelay_channel_news(struct emrelay_channel *channel, bool *closed);
enum emrelay_contact emrelay_channel_watch(struct emrelay_channel *channel);
bool emrelay_load_is_loaded(enum emrelay_load_class class);

/**
 * emrelay_channel_sync - wait until what was legal has been done
 * @channel: the relay
 *
 * After it a request that could be carried out at once has been, also on a
 * line that sleeps. Nothing to wait for on one that does not.
 *
 * Context: Sleeps if the bank sleeps, else any.
 */
static inline void emrelay_channel_sync(struct emrelay_channel *channel)
{
	if (channel->bank->worker)
		kthread_flush_work(&channel->drive_work);
}

/* class.c */
int emrelay_class_for_each(void *data, int (*show)(struct device *dev, void *data));
struct emrelay_channel *emrelay_channel_alloc(struct emrelay_bank *bank);
int emrelay_class_add(struct emrelay_channel *channel);
int emrelay_class_init(void);
void emrelay_class_exit(void);

/* class_wear.c */
extern const struct attribute_group emrelay_wear_group;

/* wear_record.c */
ssize_t emrelay_wear_record_show(struct emrelay_channel *channel, char *buf);
ssize_t emrelay_wear_record_store(struct emrelay_channel *channel,
				  const char *buf, size_t size);
ssize_t emrelay_replace_store(struct emrelay_channel *channel, const char *buf,
			      size_t size);

/* gpio.c, led.c */
int emrelay_gpio_add(struct emrelay_bank *bank);
int emrelay_led_add(struct emrelay_channel *channel);
void emrelay_led_tell(struct emrelay_channel *channel);

/* debugfs.c */
void emrelay_debugfs_add(struct emrelay_channel *channel);
void emrelay_debugfs_init(void);
void emrelay_debugfs_exit(void);

#endif
