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
#include "config.h"
#include "curve.h"
#include "engine.h"
#include "parts.h"
#include "record.h"

struct dentry;
struct fwnode_handle;
struct gpio_desc;
struct kernfs_node;
struct nvmem_device;

/* Kept edges and refusals; a power of two. */
#define EMRELAY_HISTORY		64
/*
 * When a store is written: after so many cycles, or so many s after the first
 * thing that it does not have. By cycles each of its two slots is written 156 250
 * times in a life of 5 000 000, by time at most 12 times a day, which makes 10^6
 * in 228 years: an EEPROM outlives the relay.
 */
#define EMRELAY_FLUSH_CYCLES	16
#define EMRELAY_FLUSH_S		3600

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
 * enum emrelay_wear_source - where the wear before this boot is known from
 * @EMRELAY_WEAR_NONE: it is not
 * @EMRELAY_WEAR_NVMEM: from the nvmem cell
 * @EMRELAY_WEAR_RECORD: from a record that was written to wear_record
 */
enum emrelay_wear_source {
	EMRELAY_WEAR_NONE,
	EMRELAY_WEAR_NVMEM,
	EMRELAY_WEAR_RECORD,
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
 * @record: wear, use, identity: what is to survive, as it goes on
 * @wear_source: where the wear before this boot is known from
 * @stored: what its store has is in @record
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
	struct emrelay_record record;
	enum emrelay_wear_source wear_source;
	bool stored;
	struct emrelay_history_entry history[EMRELAY_HISTORY];
	u64 recorded;
};

/**
 * struct emrelay_store - where a relay's record outlives the power
 * @nvmem: what holds it, NULL: nothing
 * @offset: of its two slots there
 * @lock: protects the slots, @slot, @read and @failing; above the bank's lock
 * @work: writes the record
 * @slot: the slot to write next: the one that has not the newest record
 * @read: it was read since the driver was bound
 * @newer: it holds a record of a newer format, which is not to be overwritten;
 *	changed under both locks
 * @failing: the last attempt to write it failed
 * @flush_cycles: written after so many cycles; bank's lock
 * @flush_s: or so long after the first of them, 0: never by time; bank's lock
 * @unflushed: cycles that it does not have yet; bank's lock
 * @dirty: it does not have all that is known, cycles or what else; bank's lock
 * @has_cycles: @cycles is known; bank's lock
 * @cycles: so many cycles it surely has; bank's lock
 */
struct emrelay_store {
	struct nvmem_device *nvmem;
	unsigned int offset;
	struct mutex lock;	/* the slots */
	struct delayed_work work;
	unsigned int slot;
	bool read;
	bool newer;
	bool failing;
	u32 flush_cycles;
	u32 flush_s;
	u32 unflushed;
	bool dirty;
	bool has_cycles;
	u64 cycles;
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
 * @expected: the life to be expected at that load; bank's lock
 * @cycle: what a cycle of such a life costs; bank's lock
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
	struct emrelay_expectation expected;
	struct emrelay_damage cycle;
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
extern const char * const emrelay_policy_names[2];
extern const char * const emrelay_source_names[];
extern const char * const emrelay_wear_source_names[];

/* life.c */
struct emrelay_life *emrelay_life_get(const struct fwnode_handle *fwnode);
void emrelay_life_record(struct emrelay_life *life, enum emrelay_event event,
			 enum emrelay_source source, u64 now_ns, u64 value);
void emrelay_life_adopt(struct emrelay_life *life, struct emrelay_record *record,
			enum emrelay_wear_source source,
			const struct emrelay_clocks *clocks);
void emrelay_life_replace(struct emrelay_life *life, const char *serial,
			  u64 now_ns);
struct emrelay_clocks emrelay_clocks(void);
void emrelay_life_exit(void);
void emrelay_sleep_until(u64 until_ns);

/* channel.c */
int emrelay_channel_init(struct emrelay_channel *channel);
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
struct emrelay_record emrelay_channel_record(struct emrelay_channel *channel);
int emrelay_channel_merge(struct emrelay_channel *channel,
			  struct emrelay_record *record,
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

/* store.c */
int emrelay_store_add(struct emrelay_channel *channel);
void emrelay_store_read(struct emrelay_channel *channel);
int emrelay_store_catch_up(struct emrelay_channel *channel);
void emrelay_store_start(struct emrelay_channel *channel);
void emrelay_store_note(struct emrelay_channel *channel, unsigned int cycles);
void emrelay_store_kick(struct emrelay_channel *channel);
void emrelay_store_write(struct emrelay_channel *channel);
void emrelay_store_flush(struct emrelay_channel *channel);
int emrelay_store_init(void);
void emrelay_store_exit(void);

/* gpio.c, led.c */
int emrelay_gpio_add(struct emrelay_bank *bank);
int emrelay_led_add(struct emrelay_channel *channel);
void emrelay_led_tell(struct emrelay_channel *channel);

/* debugfs.c */
void emrelay_debugfs_add(struct emrelay_channel *channel);
void emrelay_debugfs_init(void);
void emrelay_debugfs_exit(void);

#endif
