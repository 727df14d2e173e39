// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nvmem cells "wear-a" and "wear-b" of a relay: EEPROM, FRAM or battery-backed
 * RAM, where its record outlives the power.
 *
 * Of the two cells the one without the newest record is written, so that a power
 * cut can spoil the older one only. A work item writes, since switching a coil
 * must not wait for a bus.
 */
#include <linux/cleanup.h>
#include <linux/nvmem-consumer.h>
#include <linux/of.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "bank.h"
#include "core.h"

/*
 * Cells that failed are tried again so much later, or after flush_s if that is
 * longer; earlier if flush_cycles are waiting at an edge.
 */
#define EMRELAY_STORE_RETRY_S	60U

static DEFINE_MUTEX(emrelay_stores_lock);	/* protects emrelay_stores, fwnode[] */
static LIST_HEAD(emrelay_stores);

/**
 * emrelay_store_queue - queue the writing of the record, if the cells lack something
 * @channel: the relay
 * @seconds: so much later
 *
 * Does nothing once the bank is dying, which flushes its stores at the end.
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_queue(struct emrelay_channel *channel, u32 seconds)
{
	struct emrelay_store *store = channel->store;

	lockdep_assert_held(&channel->bank->lock);
	if (emrelay_store_present(store) && store->dirty && !store->foreign &&
	    !channel->bank->dying)
		mod_delayed_work(emrelay_wq, &store->work,
				 min((u64)seconds * HZ, (u64)MAX_JIFFY_OFFSET));
}

/**
 * emrelay_store_count - the record changed: queue its writing when it is time
 * @channel: the relay
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_count(struct emrelay_channel *channel)
{
	struct emrelay_store *store = channel->store;
	u64 cycles;

	if (!emrelay_store_present(store))
		return;

	cycles = emrelay_wear_cycles(&channel->memory->account.wear);
	store->dirty = store->dirty ?: 1;
	if (cycles - store->cycles >= channel->settings.flush_cycles)
		emrelay_store_queue(channel, 0);
	else if (channel->settings.flush_s && !delayed_work_pending(&store->work))
		emrelay_store_queue(channel, channel->settings.flush_s);
}

/**
 * emrelay_store_load - merge the record in the nvmem cells into what is known
 * @channel: the relay, its life and name set
 *
 * Once a binding.
 *
 * Context: Sleeps.
 * Return: 0, also if there are none, or the error of reading them.
 */
int emrelay_store_load(struct emrelay_channel *channel)
{
	struct emrelay_account *account = &channel->memory->account;
	struct emrelay_record records[EMRELAY_CELLS];
	struct emrelay_store *store = channel->store;
	struct emrelay_wear wear = { };
	int i, found;
	size_t size;

	if (!emrelay_store_present(store))
		return 0;

	guard(mutex)(&store->lock);
	if (store->read)
		return 0;

	for (i = 0; i < EMRELAY_CELLS; i++) {
		struct emrelay_record *bytes __free(kfree) = nvmem_cell_read(store->cell[i], &size);

		if (IS_ERR(bytes))
			return PTR_ERR(bytes);
		records[i] = *bytes;
	}

	scoped_guard(spinlock_irqsave, &channel->bank->lock)
		found = emrelay_record_pick(records, account->serial, dev_name(&channel->dev),
					    &store->foreign, &store->sequence);
	if (found >= 0) {
		emrelay_record_wear(&records[found], &wear);
		emrelay_channel_merge(channel, &records[found], EMRELAY_WEAR_NVMEM);
	}
	store->next = found == 0;
	store->read = true;
	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		account->stored = true;
		store->cycles = emrelay_wear_cycles(&wear);
	}
	if (store->foreign || found < 0)
		dev_warn(channel->bank->dev, "%pfwP: nvmem cells have %s\n",
			 channel->config.fwnode, store->foreign ?
			 "the record of another relay: they are not written (see replace)" :
			 "no valid record: what the relay was used before is not known");
	return 0;
}

/**
 * emrelay_store_reload - others may have written the cells: which is the newest now?
 * @channel: the relay
 *
 * Cells that cannot be read are read before the next write.
 *
 * Context: Sleeps.
 */
void emrelay_store_reload(struct emrelay_channel *channel)
{
	if (!emrelay_store_present(channel->store))
		return;

	scoped_guard(mutex, &channel->store->lock)
		channel->store->read = false;
	emrelay_store_load(channel);
}

/* Writes a cell; what a larger one has after the record stays. */
static int emrelay_store_save(struct emrelay_channel *channel)
{
	struct emrelay_store *store = channel->store;
	struct nvmem_cell *cell = store->cell[store->next];
	size_t size;
	struct emrelay_record *record __free(kfree) = nvmem_cell_read(cell, &size);
	u64 cycles;
	int ret;

	if (IS_ERR(record))
		return PTR_ERR(record);

	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		cycles = emrelay_wear_cycles(&channel->memory->account.wear);
		store->dirty--;
	}
	emrelay_channel_record(channel, record, store->sequence + 1);
	ret = nvmem_cell_write(cell, record, size);
	guard(spinlock_irqsave)(&channel->bank->lock);
	if (ret < 0) {
		store->dirty++;
		return ret;
	}

	store->sequence++;
	store->next = !store->next;
	store->cycles = cycles;
	return 0;
}

/**
 * emrelay_store_flush - write the record now, if the cells lack something
 * @channel: the relay
 *
 * Cells that could not be read are not overwritten, nor is the record of another
 * relay. After an error the work item tries again later.
 *
 * Context: Sleeps.
 */
void emrelay_store_flush(struct emrelay_channel *channel)
{
	struct emrelay_store *store = channel->store;
	u64 now_ns = ktime_get_boottime_ns();
	int err = emrelay_store_load(channel);
	u8 cells;

	if (!emrelay_store_present(store))
		return;

	guard(mutex)(&store->lock);
	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		/* What is queued from now on is for what the cells will lack then. */
		cancel_delayed_work(&store->work);
		cells = store->foreign ? 0 : store->dirty;
	}
	while (cells-- && !err)
		err = emrelay_store_save(channel);
	if (err && channel->bank->dying)
		dev_err(channel->bank->dev,
			"%pfwP: cannot use nvmem cells: %pe, what they do not have is lost\n",
			channel->config.fwnode, ERR_PTR(err));

	guard(spinlock_irqsave)(&channel->bank->lock);
	emrelay_fault_report(channel, EMRELAY_FAULT_STORE, err, now_ns);
	if (err) {
		store->dirty = store->dirty ?: 1;
		emrelay_store_queue(channel, max(channel->settings.flush_s,
						 EMRELAY_STORE_RETRY_S));
	} else if (store->dirty) {
		emrelay_store_count(channel);
	}
}

static void emrelay_store_work(struct work_struct *work)
{
	emrelay_store_flush(container_of(to_delayed_work(work), struct emrelay_store,
					 work)->channel);
}

/**
 * emrelay_store_claim - write both cells, whatever they have
 * @channel: the relay, whose cells emrelay_store_load() has read
 *
 * Context: Sleeps.
 */
void emrelay_store_claim(struct emrelay_channel *channel)
{
	struct emrelay_store *store = channel->store;

	if (!emrelay_store_present(store))
		return;

	scoped_guard(mutex, &store->lock) {
		guard(spinlock_irqsave)(&channel->bank->lock);
		store->foreign = false;
		store->dirty = EMRELAY_CELLS;
	}
	emrelay_store_flush(channel);
}

static void emrelay_store_put(void *data)
{
	struct emrelay_store *store = data;

	cancel_delayed_work_sync(&store->work);
	scoped_guard(mutex, &emrelay_stores_lock)
		list_del(&store->node);
	for (unsigned int i = 0; i < EMRELAY_CELLS; i++) {
		if (!IS_ERR_OR_NULL(store->cell[i]))
			nvmem_cell_put(store->cell[i]);
		fwnode_handle_put(store->fwnode[i]);
	}
}

static int emrelay_store_get(struct emrelay_channel *channel, unsigned int i)
{
	static const char * const names[EMRELAY_CELLS] = { "wear-a", "wear-b" };
	struct fwnode_handle *provider, *cell, *fwnode = channel->config.fwnode;
	struct emrelay_store *other, *store = channel->store;
	struct device *dev = channel->bank->dev;
	const char *wrong = NULL;
	u32 reg[2] = { };
	int ret;

	store->cell[i] = of_nvmem_cell_get(to_of_node(fwnode), names[i]);
	if (IS_ERR(store->cell[i]))
		return dev_err_probe(dev, PTR_ERR(store->cell[i]),
				     "%pfwP: nvmem cell \"%s\"\n", fwnode, names[i]);

	/* The cell is a child of the provider's node, or of one for the layout within that. */
	cell = fwnode_find_reference(fwnode, "nvmem-cells", i);
	provider = fwnode_get_parent(cell);
	while (provider && !provider->dev)
		provider = fwnode_get_next_parent(provider);

	fwnode_property_read_u32_array(cell, "reg", reg, ARRAY_SIZE(reg));
	if (reg[1] < sizeof(struct emrelay_record))
		wrong = "too small for a record";
	if (fwnode_property_present(provider, "read-only"))
		wrong = "read-only";
	list_for_each_entry(other, &emrelay_stores, node)
		if (other->fwnode[0] == cell || other->fwnode[1] == cell)
			wrong = "in use for another record";
	store->fwnode[i] = cell;

	/* The provider must not be unbound first: nvmem would call its driver. */
	ret = wrong ? dev_err_probe(dev, -EINVAL, "%pfwP: nvmem cell %pfw is %s\n",
				    fwnode, cell, wrong) :
		      emrelay_bank_depend(channel->bank, provider ? provider->dev : NULL);
	fwnode_handle_put(provider);
	return ret;
}

/**
 * emrelay_store_add - find the nvmem cells of a relay
 * @channel: the relay, its config set, not among those of its bank yet
 *
 * Context: Sleeps. No face knows the channel yet. Undone with the bank's device
 * (devm).
 * Return: 0, also if there are none, or a negative errno, which has been reported.
 */
int emrelay_store_add(struct emrelay_channel *channel)
{
	struct device *dev = channel->bank->dev;
	struct emrelay_store *store;
	int ret = 0;

	if (!IS_ENABLED(CONFIG_EMRELAY_NVMEM) || !channel->config.stored)
		return 0;

	store = devm_kzalloc(dev, sizeof(*store), GFP_KERNEL);
	if (!store)
		return -ENOMEM;

	channel->store = store;
	store->channel = channel;
	mutex_init(&store->lock);
	INIT_DELAYED_WORK(&store->work, emrelay_store_work);
	scoped_guard(mutex, &emrelay_stores_lock) {
		list_add(&store->node, &emrelay_stores);
		for (unsigned int i = 0; i < EMRELAY_CELLS && !ret; i++)
			ret = emrelay_store_get(channel, i);
	}
	return devm_add_action_or_reset(dev, emrelay_store_put, store) ?: ret;
}
