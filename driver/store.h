/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The nvmem cells "wear-a" and "wear-b" of a relay, where its record outlives the
 * power.
 */
#ifndef EMRELAY_STORE_H
#define EMRELAY_STORE_H

#include <linux/kconfig.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "record.h"

struct emrelay_channel;
struct fwnode_handle;
struct nvmem_cell;

/*
 * When a store is written: after so many cycles, or so many s after the first
 * thing that it does not have. By cycles each of its two cells is written 156 250
 * times in a life of 5 000 000, by time at most 12 times a day, which makes 10^6
 * in 228 years: an EEPROM outlives the relay.
 */
#define EMRELAY_FLUSH_CYCLES	16
#define EMRELAY_FLUSH_S		3600

/**
 * struct emrelay_store - where a relay's record outlives the power
 * @node: in the list of all stores
 * @fwnode: the cells' nodes, each held
 * @cell: the cells, NULL: the relay has none
 * @lock: protects the cells, @sequence, @next, @foreign and @read; taken
 *	before the bank's lock
 * @work: writes the record
 * @sequence: of the newest record in the cells, whichever relay's
 * @next: the cell to write next, the one that has not the newest record
 * @foreign: bit n: cell n has a valid record that is not this relay's
 * @read: the cells were read since the driver was bound
 * @barred: nothing is written, as @foreign says; bank's lock
 * @dirty: the cells do not have all that is known; bank's lock
 * @flush_cycles: written after so many cycles, at least 1; bank's lock
 * @flush_s: or so many s after the first of them, 0: never by time; bank's lock
 * @unflushed: cycles that the cells do not have yet; bank's lock
 * @cycles: so many cycles of this relay they surely have; bank's lock
 */
struct emrelay_store {
	struct list_head node;
	struct fwnode_handle *fwnode[EMRELAY_CELLS];
	struct nvmem_cell *cell[EMRELAY_CELLS];
	struct mutex lock;	/* the cells */
	struct delayed_work work;
	u64 sequence;
	u8 next;
	u8 foreign;
	bool read;
	bool barred;
	bool dirty;
	u32 flush_cycles;
	u32 flush_s;
	u64 unflushed;
	u64 cycles;
};

/**
 * emrelay_store_present - has a relay nvmem cells?
 * @store: its store
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool emrelay_store_present(const struct emrelay_store *store)
{
	return store->cell[0];
}

#if IS_ENABLED(CONFIG_EMRELAY_NVMEM)
int emrelay_store_add(struct emrelay_channel *channel);
int emrelay_store_read(struct emrelay_channel *channel);
void emrelay_store_count(struct emrelay_channel *channel, unsigned int cycles);
void emrelay_store_queue(struct emrelay_channel *channel);
void emrelay_store_flush(struct emrelay_channel *channel);
int emrelay_store_catch_up(struct emrelay_channel *channel);
void emrelay_store_claim(struct emrelay_channel *channel);
int emrelay_store_init(void);
void emrelay_store_exit(void);
#else
static inline int emrelay_store_add(struct emrelay_channel *channel) { return 0; }
static inline int emrelay_store_read(struct emrelay_channel *channel) { return 0; }
static inline void emrelay_store_count(struct emrelay_channel *channel, unsigned int cycles) { }
static inline void emrelay_store_queue(struct emrelay_channel *channel) { }
static inline void emrelay_store_flush(struct emrelay_channel *channel) { }
static inline int emrelay_store_catch_up(struct emrelay_channel *channel) { return 0; }
static inline void emrelay_store_claim(struct emrelay_channel *channel) { }
static inline int emrelay_store_init(void) { return 0; }
static inline void emrelay_store_exit(void) { }
#endif

#endif
