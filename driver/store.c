// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nvmem cells "wear-a" and "wear-b" of a relay: EEPROM, FRAM or battery-backed
 * RAM, where its record outlives the power.
 *
 * The cell that has not the newest record is written, so that whatever a power
 * cut leaves half written, the newest stays. Nothing is written where a coil is
 * switched: a work item does it.
 */
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/nvmem-consumer.h>
#include <linux/of.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "bank.h"
#include "channel.h"
#include "store.h"

/*
 * A store that failed is tried again after so long, or flush_s if that is longer,
 * or if more than flush_cycles are waiting at the next cycle.
 */
#define EMRELAY_STORE_RETRY_S	60U

static const char * const emrelay_cell_names[EMRELAY_CELLS] = { "wear-a", "wear-b" };

/* One store is written at a time: many are on one bus. */
static struct workqueue_struct *emrelay_store_wq;

static DEFINE_MUTEX(emrelay_stores_lock);	/* protects emrelay_stores, fwnode[] */
static LIST_HEAD(emrelay_stores);

static struct emrelay_channel *emrelay_from_store(struct emrelay_store *store)
{
	return container_of(store, struct emrelay_channel, store);
}

/* Not while the driver is unbound: that stores what is left itself. */
static void emrelay_store_arm(struct emrelay_store *store, u32 seconds)
{
	struct emrelay_bank *bank = emrelay_from_store(store)->bank;
	unsigned long delay = min((u64)seconds * HZ, (u64)MAX_JIFFY_OFFSET);

	lockdep_assert_held(&bank->lock);
	if (!store->barred && !bank->dying)
		mod_delayed_work(emrelay_store_wq, &store->work, delay);
}

/**
 * emrelay_store_count - there is something to be stored
 * @channel: the relay
 * @cycles: so many cycles more; 0: something else, such as the end of one
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_count(struct emrelay_channel *channel, unsigned int cycles)
{
	struct emrelay_store *store = &channel->store;
	bool first = !store->dirty;

	if (!emrelay_store_present(store))
		return;

	store->dirty = true;
	store->unflushed += cycles;
	if (cycles && store->unflushed >= store->flush_cycles)
		emrelay_store_arm(store, 0);
	else if (first && store->flush_s)
		emrelay_store_arm(store, store->flush_s);
}

/**
 * emrelay_store_queue - store now what is to be stored
 * @channel: the relay
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_queue(struct emrelay_channel *channel)
{
	if (channel->store.dirty)
		emrelay_store_arm(&channel->store, 0);
}

/* A record of another relay bars the cells, unless someone said whose they are. */
static void emrelay_store_judge(struct emrelay_store *store)
{
	struct emrelay_account *account = &emrelay_from_store(store)->memory->account;

	lockdep_assert_held(&store->lock);
	if (!store->foreign)
		account->claimed = false;
	store->barred = store->foreign && !account->claimed;
}

/* The bytes of a cell, to be freed: at least those of a record. */
static void *emrelay_store_read_cell(struct emrelay_store *store, unsigned int i,
				     size_t *size)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	void *bytes = nvmem_cell_read(store->cell[i], size);

	if (IS_ERR(bytes) || *size >= EMRELAY_RECORD_BYTES)
		return bytes;

	kfree(bytes);
	dev_err_ratelimited(channel->bank->dev,
			    "%pfwP: nvmem cell %pfw: %zu bytes are below the least size %u\n",
			    channel->config.fwnode, store->fwnode[i], *size,
			    EMRELAY_RECORD_BYTES);
	return ERR_PTR(-EMSGSIZE);
}

/* Merges what was found in the cells into what is known. */
static void emrelay_store_take(struct emrelay_store *store,
			       struct emrelay_record * const *records)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	struct emrelay_account *account = &channel->memory->account;
	char serial[EMRELAY_SERIAL_SIZE];
	struct emrelay_wear wear = { };
	unsigned int i;
	int found;

	scoped_guard(spinlock_irqsave, &channel->bank->lock)
		memcpy(serial, account->serial, sizeof(serial));
	found = emrelay_record_pick(records, serial, dev_name(&channel->dev),
				    &store->foreign);
	if (found >= 0) {
		emrelay_record_wear(records[found], &wear);
		emrelay_channel_merge(channel, records[found],
				      EMRELAY_WEAR_NVMEM);
	}
	/* What is written next is newer than all records there, whichever relay's. */
	for (i = 0; i < EMRELAY_CELLS; i++)
		if (!emrelay_record_check(records[i]))
			store->sequence = max(store->sequence,
					      le64_to_cpu(records[i]->sequence));
	store->next = found == 0;
	store->read = true;
	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		account->stored = true;
		store->cycles = emrelay_wear_cycles(&wear);
		emrelay_store_judge(store);
	}
	if (store->barred)
		dev_warn(channel->bank->dev,
			 "%pfwP: nvmem cells have the record of another relay: they are not written until replace or wear_record tells whose they are\n",
			 channel->config.fwnode);
	else if (found < 0)
		dev_warn(channel->bank->dev,
			 "%pfwP: nvmem cells have no valid record: what the relay was used before is not known\n",
			 channel->config.fwnode);
}

static int emrelay_store_load(struct emrelay_store *store)
{
	struct emrelay_record *records[EMRELAY_CELLS] = { };
	unsigned int i;
	int err = 0;
	size_t size;

	lockdep_assert_held(&store->lock);
	for (i = 0; i < EMRELAY_CELLS && !err; i++) {
		records[i] = emrelay_store_read_cell(store, i, &size);
		err = PTR_ERR_OR_ZERO(records[i]);
		if (err)
			records[i] = NULL;
	}
	if (!err)
		emrelay_store_take(store, records);
	while (i--)
		kfree(records[i]);
	return err;
}

/* Writes the record as it is, and what stands behind it in the cell. */
static int emrelay_store_save(struct emrelay_store *store)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_record *record;
	struct emrelay_wear wear;
	size_t size;
	u64 flushed;
	int ret;

	lockdep_assert_held(&store->lock);
	record = emrelay_store_read_cell(store, store->next, &size);
	if (IS_ERR(record))
		return PTR_ERR(record);

	scoped_guard(spinlock_irqsave, &bank->lock) {
		flushed = store->unflushed;
		store->dirty = false;
	}
	emrelay_channel_record(channel, record);
	emrelay_record_seal(record, store->sequence + 1);
	emrelay_record_wear(record, &wear);
	ret = nvmem_cell_write(store->cell[store->next], record, size);
	kfree(record);
	guard(spinlock_irqsave)(&bank->lock);
	if (ret < 0) {
		store->dirty = true;
		return ret;
	}

	store->sequence++;
	store->foreign &= ~(1 << store->next);
	store->next = !store->next;
	store->unflushed -= flushed;
	store->cycles = emrelay_wear_cycles(&wear);
	emrelay_store_judge(store);
	return 0;
}

/* Sets or clears the fault, and arms the work for what is to be written next. */
static void emrelay_store_done(struct emrelay_store *store, int err)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	u64 now_ns = ktime_get_boottime_ns();

	guard(spinlock_irqsave)(&channel->bank->lock);
	if (err)
		emrelay_fault_set(channel, EMRELAY_FAULT_STORE, err, now_ns);
	else
		emrelay_fault_clear(channel, EMRELAY_FAULT_STORE, now_ns);

	if (err)
		emrelay_store_arm(store, max(store->flush_s,
					     EMRELAY_STORE_RETRY_S));
	else if (store->unflushed >= store->flush_cycles)
		emrelay_store_arm(store, 0);
	else if (store->dirty && store->flush_s)
		emrelay_store_arm(store, store->flush_s);
	else
		cancel_delayed_work(&store->work);
}

/*
 * Cells that could not be read are not overwritten, nor those with the record of
 * another relay. With @claim both are written, whatever they have.
 */
static void emrelay_store_sync(struct emrelay_store *store, bool claim)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	struct emrelay_bank *bank = channel->bank;
	bool pending;
	int err = 0;

	if (!emrelay_store_present(store))
		return;

	guard(mutex)(&store->lock);
	scoped_guard(spinlock_irqsave, &bank->lock) {
		if (claim) {
			store->foreign = BIT(EMRELAY_CELLS) - 1;
			channel->memory->account.claimed = true;
			emrelay_store_judge(store);
		}
		pending = store->dirty;
	}
	if (pending && !store->read)
		err = emrelay_store_load(store);
	while (!err && !store->barred && (pending || store->foreign)) {
		err = emrelay_store_save(store);
		pending = false;
	}
	emrelay_store_done(store, err);
	if (err && bank->dying)
		dev_err(bank->dev, "%pfwP: cannot use nvmem cells: %pe, what they do not have is lost\n",
			channel->config.fwnode, ERR_PTR(err));
}

/**
 * emrelay_store_claim - write both cells of a relay, whatever they have
 * @channel: the relay, whose store emrelay_store_catch_up() has read
 *
 * Context: Sleeps.
 */
void emrelay_store_claim(struct emrelay_channel *channel)
{
	emrelay_store_sync(&channel->store, true);
}

/**
 * emrelay_store_flush - have the record stored, if there is something to be stored
 * @channel: the relay
 *
 * Context: Sleeps.
 */
void emrelay_store_flush(struct emrelay_channel *channel)
{
	emrelay_store_sync(&channel->store, false);
}

static void emrelay_store_work(struct work_struct *work)
{
	struct emrelay_store *store = container_of(to_delayed_work(work),
						   struct emrelay_store, work);

	emrelay_store_flush(emrelay_from_store(store));
}

/**
 * emrelay_store_catch_up - read the cells, if that has failed so far
 * @channel: the relay
 *
 * Context: Sleeps.
 * Return: 0, also if there is no store, or the error of reading it.
 */
int emrelay_store_catch_up(struct emrelay_channel *channel)
{
	struct emrelay_store *store = &channel->store;

	if (!emrelay_store_present(store))
		return 0;

	guard(mutex)(&store->lock);
	return store->read ? 0 : emrelay_store_load(store);
}

static void emrelay_store_put(void *data)
{
	struct emrelay_store *store = data;
	unsigned int i;

	cancel_delayed_work_sync(&store->work);
	scoped_guard(mutex, &emrelay_stores_lock)
		list_del(&store->node);
	for (i = 0; i < EMRELAY_CELLS; i++) {
		if (!IS_ERR_OR_NULL(store->cell[i]))
			nvmem_cell_put(store->cell[i]);
		fwnode_handle_put(store->fwnode[i]);
	}
}

/* The store that has a cell; if there is none, it is @store's from now on. */
static struct emrelay_store *emrelay_store_find(struct emrelay_store *store,
						unsigned int i,
						struct fwnode_handle *fwnode)
{
	struct emrelay_store *other;

	guard(mutex)(&emrelay_stores_lock);
	list_for_each_entry(other, &emrelay_stores, node)
		if (other->fwnode[0] == fwnode || other->fwnode[1] == fwnode)
			return other;
	store->fwnode[i] = fwnode;
	return NULL;
}

/*
 * The provider must not be unbound before the bank: nvmem would call a driver that
 * is gone. Its device is that of the parent of the cell's node, or of a node above
 * it: a cell may be in a node for the layout.
 */
static int emrelay_store_depend(struct emrelay_channel *channel,
				struct fwnode_handle *cell)
{
	struct fwnode_handle *provider = fwnode_get_parent(cell);
	int ret;

	while (provider && !provider->dev)
		provider = fwnode_get_next_parent(provider);
	if (fwnode_property_present(provider, "read-only"))
		ret = dev_err_probe(channel->bank->dev, -EROFS,
				    "%pfwP: nvmem cell %pfw is read-only\n",
				    channel->config.fwnode, cell);
	else
		ret = emrelay_bank_depend(channel->bank,
					  provider ? provider->dev : NULL);
	fwnode_handle_put(provider);
	return ret;
}

static int emrelay_store_get(struct emrelay_channel *channel, unsigned int i,
			     int index)
{
	struct fwnode_handle *fwnode = channel->config.fwnode;
	struct emrelay_store *other, *store = &channel->store;
	const char *name = emrelay_cell_names[i];
	struct device *dev = channel->bank->dev;
	struct fwnode_handle *cell;

	cell = index < 0 ? ERR_PTR(index) :
	       fwnode_find_reference(fwnode, "nvmem-cells", index);
	if (IS_ERR(cell))
		return dev_err_probe(dev, PTR_ERR(cell), "%pfwP: nvmem cell \"%s\" is missing\n",
				     fwnode, name);

	other = emrelay_store_find(store, i, cell);
	if (other) {
		dev_err(dev, "%pfwP: nvmem cell %pfw is that of %pfw, too\n",
			fwnode, cell, emrelay_from_store(other)->config.fwnode);
		fwnode_handle_put(cell);
		return -EINVAL;
	}

	store->cell[i] = of_nvmem_cell_get(to_of_node(fwnode), name);
	if (IS_ERR(store->cell[i]))
		return dev_err_probe(dev, PTR_ERR(store->cell[i]),
				     "%pfwP: nvmem cell %pfw\n", fwnode, cell);
	return emrelay_store_depend(channel, cell);
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
	struct emrelay_store *store = &channel->store;
	int index[EMRELAY_CELLS], ret;
	unsigned int i, absent = 0;

	store->flush_cycles = EMRELAY_FLUSH_CYCLES;
	store->flush_s = EMRELAY_FLUSH_S;
	mutex_init(&store->lock);
	INIT_DELAYED_WORK(&store->work, emrelay_store_work);
	for (i = 0; i < EMRELAY_CELLS; i++) {
		index[i] = fwnode_property_match_string(channel->config.fwnode,
							"nvmem-cell-names",
							emrelay_cell_names[i]);
		absent += index[i] == -EINVAL || index[i] == -ENODATA;
	}
	if (absent == EMRELAY_CELLS)
		return 0;

	scoped_guard(mutex, &emrelay_stores_lock)
		list_add(&store->node, &emrelay_stores);
	ret = devm_add_action_or_reset(channel->bank->dev, emrelay_store_put,
				       store);
	for (i = 0; i < EMRELAY_CELLS && !ret; i++)
		ret = emrelay_store_get(channel, i, index[i]);
	return ret;
}

/**
 * emrelay_store_read - read a relay's record from its nvmem cells
 * @channel: the relay, its memory and name set
 *
 * If their bus fails they are read later, and before they are written.
 *
 * Context: Sleeps. No face knows the channel yet.
 * Return: 0, or a negative errno, which has been reported, if that would not help.
 */
int emrelay_store_read(struct emrelay_channel *channel)
{
	int err = emrelay_store_catch_up(channel);

	if (!err || err == -ENOMEM || err == -EMSGSIZE)
		return err;

	channel->store.dirty = true;
	emrelay_store_done(&channel->store, err);
	return 0;
}

/**
 * emrelay_store_init - get ready to write stores
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int emrelay_store_init(void)
{
	/* Freezable: while the system sleeps the cells' devices may sleep, too. */
	emrelay_store_wq = alloc_ordered_workqueue("emrelay", WQ_FREEZABLE);
	return emrelay_store_wq ? 0 : -ENOMEM;
}

/**
 * emrelay_store_exit - the opposite
 *
 * Context: Sleeps. No channel is left.
 */
void emrelay_store_exit(void)
{
	destroy_workqueue(emrelay_store_wq);
}
