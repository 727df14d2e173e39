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
 * A record is written this many cycles, or seconds, after the first change that
 * the cells do not have. By cycles each of the two cells is written 156 250 times
 * in a life of 5 000 000, by time at most 12 times a day, which makes 10^6 in 228
 * years: an EEPROM outlives the relay.
 */
#define EMRELAY_FLUSH_CYCLES	16
#define EMRELAY_FLUSH_S		3600

/**
 * struct emrelay_store - where a relay's record outlives the power
 * @channel: the relay
 * @node: in the list of all stores
 * @fwnode: the cells' nodes, each held
 * @cell: the cells
 * @lock: protects the cells, @sequence, @next and @read; taken before the bank's
 *	lock
 * @work: writes the record
 * @sequence: that of the newest record in the cells, of any relay
 * @cycles: cycles of this relay that the cells are known to have; bank's lock
 * @next: the cell to write next, the one without the newest record
 * @read: the cells were read since the driver was bound
 * @foreign: a cell has a valid record of another relay: nothing is written;
 *	changed under both locks
 * @dirty: number of cells that are to be written; bank's lock
 */
struct emrelay_store {
	struct emrelay_channel *channel;
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
 * @store: its store, NULL: it has none
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool emrelay_store_present(const struct emrelay_store *store)
{
	return IS_ENABLED(CONFIG_EMRELAY_NVMEM) && store;
}

int emrelay_store_add(struct emrelay_channel *channel);
int emrelay_store_load(struct emrelay_channel *channel);
void emrelay_store_reload(struct emrelay_channel *channel);
void emrelay_store_count(struct emrelay_channel *channel);
void emrelay_store_queue(struct emrelay_channel *channel, u32 seconds);
void emrelay_store_flush(struct emrelay_channel *channel);
void emrelay_store_claim(struct emrelay_channel *channel);

#endif
