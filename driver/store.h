/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The nvmem cells "wear-a" and "wear-b" of a relay, where its record outlives the
 * power.
 */
#ifndef EMRELAY_STORE_H
#define EMRELAY_STORE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "record.h"

struct emrelay_channel;

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
 * @lock: protects the cells, @sequence, @next and @read; taken before the bank's
 *	lock
 * @work: writes the record
 * @sequence: of the newest record in the cells, whose ever it is
 * @cycles: so many cycles of this relay they surely have; bank's lock
 * @next: the cell to write next, the one that has not the newest record
 * @read: the cells were read since the driver was bound
 * @foreign: they have a valid record that is not this relay's: nothing is written;
 *	changes under both locks
 * @dirty: so many of the cells are to be written with what is known; bank's lock
 */
struct emrelay_store {
	struct list_head node;
	struct fwnode_handle *fwnode[EMRELAY_CELLS];
	struct nvmem_cell *cell[EMRELAY_CELLS];
	struct mutex lock;	/* the cells */
	struct delayed_work work;
	u64 sequence;
	u64 cycles;
	u8 next;
	bool read;
	bool foreign;
	u8 dirty;
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
	return IS_ENABLED(CONFIG_EMRELAY_NVMEM) && store->cell[0];
}

int emrelay_store_add(struct emrelay_channel *channel);
int emrelay_store_init(void);
void emrelay_store_exit(void);
int emrelay_store_load(struct emrelay_channel *channel);
void emrelay_store_count(struct emrelay_channel *channel);
void emrelay_store_queue(struct emrelay_channel *channel, u32 seconds);
void emrelay_store_flush(struct emrelay_channel *channel);
void emrelay_store_claim(struct emrelay_channel *channel);

#endif
