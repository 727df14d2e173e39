// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nvmem cell "wear" of a relay: EEPROM, FRAM or battery-backed RAM, where its
 * record outlives the power.
 *
 * The cell has two slots. The one that has not the newest record is written, so
 * that whatever a power cut leaves half written, the newest stays. Nothing is
 * written where a coil is switched: a work item does it.
 */
#include <linux/jiffies.h>
#include <linux/nvmem-consumer.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "emrelay.h"

#define EMRELAY_CELL_BYTES	(EMRELAY_SLOTS * EMRELAY_SLOT_BYTES)
/*
 * A store that failed is tried again after so long, or flush_s if that is longer,
 * or if more than flush_cycles are waiting at the next cycle.
 */
#define EMRELAY_STORE_RETRY_S	60U

/* One store is written at a time: many are on one bus. */
static struct workqueue_struct *emrelay_store_wq;

static struct emrelay_channel *emrelay_from_store(struct emrelay_store *store)
{
	return container_of(store, struct emrelay_channel, store);
}

/*
 * Not what is never written, and not once the driver is going: it stores what is
 * left itself. Bank's lock held.
 */
static void emrelay_store_queue(struct emrelay_store *store, u64 seconds)
{
	u64 delay = min(seconds * HZ, (u64)MAX_JIFFY_OFFSET);

	if (!store->newer && !emrelay_from_store(store)->bank->dying)
		mod_delayed_work(emrelay_store_wq, &store->work, delay);
}

/**
 * emrelay_store_note - there is something to be stored
 * @channel: the relay, which has a store
 * @cycles: so many cycles more; 0: something else, such as the end of one
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_note(struct emrelay_channel *channel, unsigned int cycles)
{
	struct emrelay_store *store = &channel->store;
	bool first = !store->dirty;

	store->dirty = true;
	if (store->unflushed < U32_MAX)
		store->unflushed += cycles;
	if (cycles && store->unflushed >= store->flush_cycles)
		emrelay_store_queue(store, 0);
	else if (first && store->flush_s)
		emrelay_store_queue(store, store->flush_s);
}

/**
 * emrelay_store_kick - store now what is to be stored
 * @channel: the relay
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_kick(struct emrelay_channel *channel)
{
	struct emrelay_store *store = &channel->store;

	if (store->nvmem && store->dirty)
		emrelay_store_queue(store, 0);
}

/*
 * Reads the store, and makes the record in it part of what is known. Returns 0
 * also if there was none. Store's lock held.
 */
static int emrelay_store_load(struct emrelay_store *store)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	struct device *dev = channel->bank->dev;
	struct emrelay_identity identity;
	struct emrelay_record *record;
	unsigned long flags;
	int ret;
	u8 *cell;

	record = kmalloc(sizeof(*record) + EMRELAY_CELL_BYTES, GFP_KERNEL);
	if (!record)
		return -ENOMEM;
	cell = (u8 *)(record + 1);

	ret = nvmem_device_read(store->nvmem, store->offset, EMRELAY_CELL_BYTES,
				cell);
	if (ret < 0)
		goto out;

	store->read = true;
	spin_lock_irqsave(&channel->bank->lock, flags);
	identity = channel->life->record.identity;
	spin_unlock_irqrestore(&channel->bank->lock, flags);

	ret = emrelay_record_pick(record, cell, &identity, &store->slot);
	if (!ret)
		ret = emrelay_channel_merge(channel, record, EMRELAY_WEAR_NVMEM);
	switch (ret) {
	case 0:
		break;
	case -EOPNOTSUPP:
		dev_warn(dev, "%pfwP: nvmem cell \"wear\" has a record of a newer format: it is neither used nor overwritten\n",
			 channel->config.fwnode);
		break;
	case -EXDEV:
		dev_warn(dev, "%pfwP: nvmem cell \"wear\" has the record of another relay only: it is not used, and will be overwritten\n",
			 channel->config.fwnode);
		break;
	default:
		dev_warn(dev, "%pfwP: nvmem cell \"wear\" has no valid record: what the relay was used before is not known\n",
			 channel->config.fwnode);
		break;
	}
	spin_lock_irqsave(&channel->bank->lock, flags);
	channel->life->stored = true;
	store->newer = ret == -EOPNOTSUPP;
	if (!ret) {
		store->cycles = emrelay_wear_cycles(&record->wear);
		store->has_cycles = true;
	}
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	ret = 0;
out:
	kfree(record);
	return ret;
}

/* Writes the record as it is. Store's lock held. */
static int emrelay_store_save(struct emrelay_store *store)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	struct emrelay_bank *bank = channel->bank;
	struct emrelay_record *record;
	unsigned long flags;
	u32 unflushed;
	u8 *slot;
	int ret;

	record = kzalloc(sizeof(*record) + EMRELAY_SLOT_BYTES, GFP_KERNEL);
	if (!record)
		return -ENOMEM;
	slot = (u8 *)(record + 1);

	spin_lock_irqsave(&bank->lock, flags);
	unflushed = store->unflushed;
	store->dirty = false;
	spin_unlock_irqrestore(&bank->lock, flags);

	*record = emrelay_channel_record(channel);
	record->sequence++;
	record->writes++;
	emrelay_record_encode(record, slot);
	ret = nvmem_device_write(store->nvmem,
				 store->offset + store->slot * EMRELAY_SLOT_BYTES,
				 EMRELAY_SLOT_BYTES, slot);

	spin_lock_irqsave(&bank->lock, flags);
	if (ret < 0) {
		store->dirty = true;
	} else {
		struct emrelay_record *present = &channel->life->record;

		ret = 0;
		store->slot = !store->slot;
		store->unflushed -= unflushed;
		present->sequence = record->sequence;
		present->writes = record->writes;
		store->cycles = emrelay_wear_cycles(&record->wear);
		store->has_cycles = record->identity.generation ==
				    present->identity.generation;
	}
	spin_unlock_irqrestore(&bank->lock, flags);
	kfree(record);
	return ret;
}

/* A store that fails goes on failing: say it once, and when it is over. */
static void emrelay_store_tell_failing(struct emrelay_store *store, int err)
{
	struct emrelay_channel *channel = emrelay_from_store(store);
	struct fwnode_handle *fwnode = channel->config.fwnode;
	struct emrelay_bank *bank = channel->bank;

	if (err && (!store->failing || bank->dying))
		dev_err(bank->dev, "%pfwP: %s nvmem cell \"wear\": %pe, %s\n",
			fwnode, store->read ? "cannot write" : "cannot read",
			ERR_PTR(err), bank->dying ?
			"what it does not have is lost" : "will be tried again");
	else if (!err && store->failing)
		dev_info(bank->dev, "%pfwP: nvmem cell \"wear\" can be used again\n",
			 fwnode);
	store->failing = err;
}

/* What came while it was written may have to be written again, or nothing. */
static void emrelay_store_queue_again(struct emrelay_store *store, int err)
{
	struct emrelay_bank *bank = emrelay_from_store(store)->bank;
	unsigned long flags;

	spin_lock_irqsave(&bank->lock, flags);
	if (err)
		emrelay_store_queue(store, max(store->flush_s,
					       EMRELAY_STORE_RETRY_S));
	else if (store->unflushed >= store->flush_cycles)
		emrelay_store_queue(store, 0);
	else if (store->dirty && store->flush_s &&
		 !delayed_work_pending(&store->work))
		emrelay_store_queue(store, store->flush_s);
	else if (!store->dirty)
		cancel_delayed_work(&store->work);
	spin_unlock_irqrestore(&bank->lock, flags);
}

/*
 * What could not be read is not overwritten. What fails is tried again later,
 * unless the driver is going.
 */
static void emrelay_store_sync(struct emrelay_store *store, bool anyhow)
{
	struct emrelay_bank *bank = emrelay_from_store(store)->bank;
	unsigned long flags;
	int err = 0;

	mutex_lock(&store->lock);
	spin_lock_irqsave(&bank->lock, flags);
	store->dirty |= anyhow;
	anyhow = store->dirty;
	spin_unlock_irqrestore(&bank->lock, flags);
	if (!anyhow) {
		mutex_unlock(&store->lock);
		return;
	}

	if (!store->read)
		err = emrelay_store_load(store);
	if (!err && !store->newer)
		err = emrelay_store_save(store);
	emrelay_store_tell_failing(store, err);
	mutex_unlock(&store->lock);
	emrelay_store_queue_again(store, err);
}

/**
 * emrelay_store_write - have the record stored as it is
 * @channel: the relay
 *
 * Context: Sleeps.
 */
void emrelay_store_write(struct emrelay_channel *channel)
{
	if (channel->store.nvmem)
		emrelay_store_sync(&channel->store, true);
}

/**
 * emrelay_store_flush - the same, if there is something to be stored
 * @channel: the relay
 *
 * Context: Sleeps.
 */
void emrelay_store_flush(struct emrelay_channel *channel)
{
	if (channel->store.nvmem)
		emrelay_store_sync(&channel->store, false);
}

static void emrelay_store_work(struct work_struct *work)
{
	struct emrelay_store *store = container_of(to_delayed_work(work),
						   struct emrelay_store, work);

	emrelay_store_flush(emrelay_from_store(store));
}

/**
 * emrelay_store_catch_up - know what the store has, before something else counts
 * @channel: the relay
 *
 * Context: Sleeps.
 * Return: 0, also if there is no store, or the error of reading it.
 */
int emrelay_store_catch_up(struct emrelay_channel *channel)
{
	struct emrelay_store *store = &channel->store;
	int err = 0;

	mutex_lock(&store->lock);
	if (store->nvmem && !store->read)
		err = emrelay_store_load(store);
	mutex_unlock(&store->lock);
	return err;
}

/* A provider that is looked for, and its device once it is found. */
struct emrelay_provider {
	struct fwnode_handle *fwnode;
	struct device **dev;
};

static int emrelay_store_match(struct device *dev, const void *data)
{
	const struct emrelay_provider *provider = data;
	struct fwnode_handle *fwnode = dev_fwnode(dev);

	if (!fwnode && dev->parent)
		fwnode = dev_fwnode(dev->parent);
	if (fwnode != provider->fwnode)
		return 0;

	*provider->dev = dev->parent;
	return 1;
}

static void emrelay_store_put(void *nvmem)
{
	nvmem_device_put(nvmem);
}

/* The node of the device that a cell is in, to be put. */
static struct fwnode_handle *emrelay_store_provider(struct fwnode_handle *cell)
{
	struct fwnode_handle *parent = fwnode_get_parent(cell);
	struct fwnode_handle *layout;

	if (parent && !strcmp(fwnode_get_name(parent), "nvmem-layout")) {
		layout = parent;
		parent = fwnode_get_parent(layout);
		fwnode_handle_put(layout);
	}
	return parent;
}

/*
 * The device that the cell is in. The consumer interface for cells writes whole
 * cells only, and so would touch both slots.
 */
static int emrelay_store_find(struct emrelay_channel *channel,
			      struct fwnode_handle *cell)
{
	struct fwnode_handle *fwnode = channel->config.fwnode;
	struct emrelay_store *store = &channel->store;
	struct device *dev = channel->bank->dev;
	struct emrelay_provider provider;
	struct device *supplier = NULL;
	struct nvmem_device *nvmem;
	bool read_only;
	u32 reg[2];
	int ret;

	if (fwnode_property_read_u32_array(cell, "reg", reg, ARRAY_SIZE(reg)))
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: nvmem cell %pfwP has no reg of offset and size\n",
				     fwnode, cell);
	if (reg[1] < EMRELAY_CELL_BYTES)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: nvmem cell %pfwP: %u bytes are below the least size %u\n",
				     fwnode, cell, reg[1], EMRELAY_CELL_BYTES);

	provider.dev = &supplier;
	provider.fwnode = emrelay_store_provider(cell);
	if (!provider.fwnode)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: nvmem cell %pfwP is in no device's node\n",
				     fwnode, cell);
	read_only = fwnode_property_present(provider.fwnode, "read-only");
	nvmem = read_only ? ERR_PTR(-EROFS) :
			    nvmem_device_find(&provider, emrelay_store_match);
	fwnode_handle_put(provider.fwnode);
	/* A kernel without nvmem has none. */
	if (!nvmem)
		nvmem = ERR_PTR(-EOPNOTSUPP);
	if (IS_ERR(nvmem))
		return dev_err_probe(dev, PTR_ERR(nvmem),
				     "%pfwP: nvmem cell %pfwP\n", fwnode, cell);

	store->nvmem = nvmem;
	store->offset = reg[0];
	ret = devm_add_action_or_reset(dev, emrelay_store_put, nvmem);
	if (ret)
		return ret;

	if (emrelay_nvmem_size(nvmem) < (u64)reg[0] + EMRELAY_CELL_BYTES)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: nvmem cell %pfwP: <%u %u> ends behind the device's %zu bytes\n",
				     fwnode, cell, reg[0], reg[1],
				     emrelay_nvmem_size(nvmem));

	return emrelay_bank_depend(channel->bank, supplier);
}

/* A cell is of one relay. */
static int emrelay_store_check(struct emrelay_channel *channel)
{
	const struct emrelay_store *store = &channel->store;
	struct emrelay_bank *bank = channel->bank;
	unsigned int i;

	for (i = 0; i < bank->count; i++) {
		const struct emrelay_store *other = &bank->channels[i]->store;

		if (other->nvmem == store->nvmem &&
		    other->offset < store->offset + EMRELAY_CELL_BYTES &&
		    store->offset < other->offset + EMRELAY_CELL_BYTES)
			return dev_err_probe(bank->dev, -EINVAL,
					     "%pfwP: nvmem cell \"wear\" is that of %pfwP too\n",
					     channel->config.fwnode,
					     bank->channels[i]->config.fwnode);
	}
	return 0;
}

/**
 * emrelay_store_add - find the nvmem cell "wear" of a relay
 * @channel: the relay, its config set, not among those of its bank yet
 *
 * Context: Sleeps. No face knows the channel yet. Undone with the bank's device
 * (devm).
 * Return: 0, also if there is no such cell, or a negative errno, which has been
 * reported.
 */
int emrelay_store_add(struct emrelay_channel *channel)
{
	struct fwnode_handle *fwnode = channel->config.fwnode;
	struct emrelay_store *store = &channel->store;
	struct fwnode_handle *cell;
	int ret;

	mutex_init(&store->lock);
	INIT_DELAYED_WORK(&store->work, emrelay_store_work);
	store->flush_cycles = EMRELAY_FLUSH_CYCLES;
	store->flush_s = EMRELAY_FLUSH_S;

	ret = fwnode_property_match_string(fwnode, "nvmem-cell-names", "wear-a");
	if (ret < 0)
		return 0;

	cell = fwnode_find_reference(fwnode, "nvmem-cells", ret);
	if (IS_ERR(cell))
		return dev_err_probe(channel->bank->dev, PTR_ERR(cell),
				     "%pfwP: nvmem-cells has no entry %d, \"wear\"\n",
				     fwnode, ret);
	ret = emrelay_store_find(channel, cell);
	fwnode_handle_put(cell);
	return ret ?: emrelay_store_check(channel);
}

/**
 * emrelay_store_read - go on with what the nvmem cell of a relay tells
 * @channel: the relay, its life set
 *
 * If that fails it is tried again later, and before the cell is written.
 *
 * Context: Sleeps. No face knows the channel yet.
 */
void emrelay_store_read(struct emrelay_channel *channel)
{
	struct emrelay_store *store = &channel->store;
	int err;

	if (!store->nvmem)
		return;

	mutex_lock(&store->lock);
	err = emrelay_store_load(store);
	store->failing = err;
	mutex_unlock(&store->lock);
	if (!err)
		return;

	store->dirty = true;
	/* It may have been energised just before the boot. */
	if (!channel->life->stored) {
		channel->life->engine.past.energised_ns = ktime_get_boottime_ns();
		channel->life->engine.past.cycled = true;
	}
	dev_warn(channel->bank->dev,
		 "%pfwP: cannot read nvmem cell \"wear\": %pe, what the relay was used before is not known yet\n",
		 channel->config.fwnode, ERR_PTR(err));
}

/**
 * emrelay_store_start - try again to read what could not be read at probe
 * @channel: the relay
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_store_start(struct emrelay_channel *channel)
{
	struct emrelay_store *store = &channel->store;

	if (store->nvmem && !store->read)
		emrelay_store_queue(store, EMRELAY_STORE_RETRY_S);
}

/**
 * emrelay_store_init - get ready to write stores
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int emrelay_store_init(void)
{
	/* While the system sleeps, so may what the stores are on. */
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
