/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One relay: its state, and what its faces may ask of it.
 */
#ifndef EMRELAY_CHANNEL_H
#define EMRELAY_CHANNEL_H

#include <linux/device.h>
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/leds.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include "config.h"
#include "engine.h"
#include "fault.h"
#include "feedback.h"
#include "sense.h"
#include "store.h"
#include "wear.h"

struct emrelay_bank;
struct kernfs_node;

/* Entries of a history. */
#define EMRELAY_HISTORY		64

/**
 * enum emrelay_event - what a history has
 * @EMRELAY_EVENT_OFF: the coil was released; why: enum emrelay_source
 * @EMRELAY_EVENT_ON: the coil was energised; why: enum emrelay_source
 * @EMRELAY_EVENT_REFUSED: a request was refused; why: enum emrelay_source
 * @EMRELAY_EVENT_FAULT: a fault was set; why: enum emrelay_fault
 * @EMRELAY_EVENT_CLEAR: a fault is over; why: enum emrelay_fault
 * @EMRELAY_EVENT_CYCLES: the relay was replaced; its cycles
 * @EMRELAY_EVENT_PPM: the relay was replaced; its used life in ppm
 */
enum emrelay_event {
	EMRELAY_EVENT_OFF, EMRELAY_EVENT_ON, EMRELAY_EVENT_REFUSED,
	EMRELAY_EVENT_FAULT, EMRELAY_EVENT_CLEAR,
	EMRELAY_EVENT_CYCLES, EMRELAY_EVENT_PPM,
};

/**
 * struct emrelay_history_entry - something that happened
 * @ns: when, CLOCK_BOOTTIME
 * @event: what (enum emrelay_event)
 * @why: see there
 * @value: a figure, for events that have one; saturates
 */
struct emrelay_history_entry {
	u64 ns;
	u8 event;
	u8 why;
	u32 value;
};

/**
 * struct emrelay_memory - what is known of a relay over unbind
 * @engine: limits, target, edges and statistics
 * @account: wear and identity
 * @feedback: what its contact did, NULL: nothing ever read it back
 * @drive_errors: attempts to drive the coil's line that failed
 * @supply_drops: how often the supply of the coils went bad
 * @history: the last events, a ring
 * @events: how many were ever put into @history; after 2^32 it goes on at
 *	EMRELAY_HISTORY, of which 2^32 is a multiple
 * @last: the target that a relay of default-state "last" has after the next boot
 *
 * While a driver is bound its bank's lock protects all of it.
 */
struct emrelay_memory {
	struct emrelay_engine engine;
	struct emrelay_account account;
	struct emrelay_feedback *feedback;
	u64 drive_errors;
	u64 supply_drops;
	struct emrelay_history_entry history[EMRELAY_HISTORY];
	u32 events;
	bool last;
};

/**
 * enum emrelay_file - the files that can be polled
 * @EMRELAY_FILE_CONTACT: contact
 * @EMRELAY_FILE_HEALTH: health
 * @EMRELAY_FILE_FAULT: fault
 * @EMRELAY_FILE_SENSE: sense
 * @EMRELAY_FILES: number of these
 */
enum emrelay_file {
	EMRELAY_FILE_CONTACT, EMRELAY_FILE_HEALTH, EMRELAY_FILE_FAULT, EMRELAY_FILE_SENSE,
	EMRELAY_FILES,
};

/**
 * struct emrelay_leds - what the LED subsystem has of a channel
 * @led: the status indicator
 * @trigger: the LED trigger that follows the contact
 */
struct emrelay_leds {
	struct led_classdev led;
	struct led_trigger trigger;
};

/* Why the contact is looked at: see struct emrelay_told. */
#define EMRELAY_WATCHED_READ	1
#define EMRELAY_WATCHED_SENSE	2

/**
 * struct emrelay_told - what was notified last, and what is to be
 * @contact: the contact
 * @health: the health
 * @closed: what the LEDs that follow were set to
 * @watched: EMRELAY_WATCHED_READ: the file contact was read since it was last
 *	notified; EMRELAY_WATCHED_SENSE: the contact is read back
 * @warn_ppm: used life from which on health is a warning, 0: it is one anyway
 * @health_event: a uevent of the health was sent since the bind
 * @send_health: @work is to send the uevent
 * @work: sets LEDs and sends uevents, which may sleep
 */
struct emrelay_told {
	enum emrelay_contact contact;
	enum emrelay_health health;
	bool closed;
	u8 watched;
	u32 warn_ppm;
	bool health_event;
	bool send_health;
	struct work_struct work;
};

/**
 * struct emrelay_channel - one relay
 * @dev: its device in /sys/class/relay; owns this memory
 * @node: in the list of all channels
 * @name_node: in the table of all names
 * @last_suffix: the last that another one of the same label was given
 * @names_freed: how many names had been freed by then
 * @bank: its bank
 * @config: its firmware node; constant
 * @coil: its line; may be set under the bank's lock if the bank does not sleep
 * @index: its place in the bank's channels
 * @blind: the line cannot be read
 * @checked: the line tells what it is driven to: it can be read, and drives both levels
 * @look: @drive_work, or the last word, is to look at the line; bank's lock
 * @energised: the probe energised the coil, as its line cannot be read
 * @last_words: attempts to release the coil for good that failed
 * @memory: what is known of it over unbind; bank's lock
 * @settings: what the operator chose; bank's lock
 * @cost: life to be expected at the present load, wear of a cycle; bank's lock
 * @edge_pico: what of @cost is charged as the coil is energised; bank's lock
 * @timer: fires at @wake_ns (CLOCK_BOOTTIME) to decide again
 * @wake_ns: what @timer is armed for, U64_MAX if it is not; bank's lock
 * @drive_work: drives a line that sleeps, or that did not follow
 * @told: what was notified; bank's lock
 * @faults: what is wrong
 * @sense: what reads its contact back, NULL: nothing
 * @store: where its record outlives the power, NULL: nowhere
 * @leds: what the LED subsystem has of it
 * @files: sysfs nodes of the files that can be polled
 */
struct emrelay_channel {
	struct device dev;
	struct list_head node;
	struct hlist_node name_node;
	u32 last_suffix;
	u32 names_freed;
	struct emrelay_bank *bank;
	struct emrelay_config config;
	struct gpio_desc *coil;
	u16 index;
	bool blind;
	bool checked;
	bool look;
	bool energised;
	u8 last_words;
	struct emrelay_memory *memory;
	struct emrelay_settings settings;
	struct emrelay_cost cost;
	u64 edge_pico;
	struct hrtimer timer;
	u64 wake_ns;
	struct kthread_work drive_work;
	struct emrelay_told told;
	struct emrelay_faults faults;
	struct emrelay_sense *sense;
	struct emrelay_store *store;
	struct emrelay_leds leds;
	struct kernfs_node *files[EMRELAY_FILES];
};

static inline struct emrelay_channel *emrelay_from_dev(struct device *dev)
{
	return container_of(dev, struct emrelay_channel, dev);
}

extern const char * const emrelay_contact_names[];
extern const char * const emrelay_health_names[];
extern const char * const emrelay_op_names[];
extern const char * const emrelay_source_names[];

void emrelay_channel_init(struct emrelay_channel *channel);
int emrelay_channel_find(struct emrelay_channel *channel);
int emrelay_channel_output(struct emrelay_channel *channel);
void emrelay_channel_pause(struct emrelay_channel *channel);
void emrelay_channel_restore(struct emrelay_channel *channel, bool drive);
void emrelay_channel_count_restored(struct emrelay_channel *channel);
u64 emrelay_channel_last_word(struct emrelay_channel *channel, enum emrelay_source source);
int emrelay_channel_request(struct emrelay_channel *channel, enum emrelay_op op,
			    enum emrelay_source source, u64 pulse_ns);
void emrelay_channel_flush(struct emrelay_channel *channel);
int emrelay_channel_configure(struct emrelay_channel *channel, size_t offset, u32 value);
struct emrelay_clocks emrelay_clocks(void);
void emrelay_channel_record(struct emrelay_channel *channel,
			    struct emrelay_record *record, u64 sequence);
int emrelay_channel_merge(struct emrelay_channel *channel, const struct emrelay_record *record,
			  enum emrelay_wear_source source);
void emrelay_channel_replace(struct emrelay_channel *channel, const char *serial);
enum emrelay_contact emrelay_channel_watch(struct emrelay_channel *channel);
void emrelay_channel_tell_health(struct emrelay_channel *channel);
void emrelay_channel_set_cost(struct emrelay_channel *channel);
enum emrelay_contact emrelay_channel_contact(const struct emrelay_channel *channel, u64 now_ns);
const char *emrelay_channel_health_cause(const struct emrelay_channel *channel);
void emrelay_bank_follow(struct emrelay_bank *bank, struct emrelay_channel *channel, u64 now_ns);
int emrelay_bank_depend(struct emrelay_bank *bank, struct device *supplier);
struct gpio_desc *emrelay_bank_get_line(struct emrelay_channel *channel, const char *name,
					enum gpiod_flags flags);
bool emrelay_bank_set_supply(struct emrelay_bank *bank, bool bad);
void emrelay_channel_drop(struct emrelay_channel *channel);
void emrelay_bank_configure(struct emrelay_bank *bank, size_t offset, u32 value);
void emrelay_bank_wake(struct emrelay_bank *bank, u32 seconds);
void emrelay_bank_work(struct work_struct *work);
void emrelay_bank_verify(struct kthread_work *work);
void emrelay_history_add(struct emrelay_channel *channel, enum emrelay_event event,
			 unsigned int why, u64 now_ns, u64 value);

extern const struct attribute_group *emrelay_groups[];
extern const struct attribute_group *emrelay_sensed_groups[];
extern const struct attribute_group *emrelay_bank_groups[];

void emrelay_sysfs_get_files(struct emrelay_channel *channel);
void emrelay_sysfs_put_files(struct emrelay_channel *channel);
void emrelay_sysfs_notify(struct emrelay_channel *channel, enum emrelay_file file);

/* Each of these faces has a symbol in Kconfig: callers ask IS_ENABLED() first. */
bool emrelay_leds_used(const struct emrelay_channel *channel);
void emrelay_leds_init(struct emrelay_channel *channel);
int emrelay_leds_add(struct emrelay_channel *channel);
int emrelay_debugfs_add(struct emrelay_channel *channel);
void emrelay_debugfs_init(void);
void emrelay_debugfs_exit(void);
int emrelay_gpiochip_add(struct emrelay_bank *bank);

#endif
