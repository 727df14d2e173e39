// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files in /sys/class/relay that have to do with wear: what it is counted by,
 * when to be told of it, and where it is kept.
 *
 * What each file means, with unit and range, is said once, in
 * Documentation/ABI/testing/sysfs-class-relay. Reading and writing may sleep
 * and take the bank's lock; a write that does not parse is -EINVAL and changes
 * nothing.
 */
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "emrelay.h"

/**
 * DOC: load_ma
 *
 * Load current in mA, 1 to 4294967: chooses the wear of a cycle, if there is an
 * electrical life curve. Read: "unknown" if nobody told. Errors: -EINVAL, also
 * for what the relay is not rated for.
 */
static ssize_t load_ma_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	u32 microamp = READ_ONCE(emrelay_from_dev(dev)->load_microamp);

	if (!microamp)
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "%u\n", microamp / 1000);
}

static ssize_t load_ma_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t size)
{
	u32 ma;
	int ret;

	if (kstrtou32(buf, 0, &ma) || !ma || ma > U32_MAX / 1000)
		return -EINVAL;

	ret = emrelay_channel_set_current(emrelay_from_dev(dev), ma * 1000);
	return ret ?: size;
}
static DEVICE_ATTR_RW(load_ma);

/**
 * DOC: warn_ppm
 *
 * From how much used life on health is "warning", in ppm of the rated life, 0 to
 * 1000000. Errors: -EINVAL.
 */
static ssize_t warn_ppm_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(emrelay_from_dev(dev)->warn_ppm));
}

static ssize_t warn_ppm_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u32 ppm;

	if (kstrtou32(buf, 0, &ppm) || ppm > EMRELAY_WORN_PPM)
		return -EINVAL;

	emrelay_channel_set_health(channel, &ppm, NULL);
	return size;
}
static DEVICE_ATTR_RW(warn_ppm);

/**
 * DOC: end_of_life
 *
 * What becomes of an on of a worn relay: "warn": it is carried out; "block": it is
 * refused with -EPERM. An off never is. Errors: -EINVAL.
 */
static ssize_t end_of_life_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	bool block = READ_ONCE(emrelay_from_dev(dev)->block_worn);

	return sysfs_emit(buf, "%s\n", emrelay_end_of_life_names[block]);
}

static ssize_t end_of_life_store(struct device *dev,
				 struct device_attribute *attr, const char *buf,
				 size_t size)
{
	int mode = sysfs_match_string(emrelay_end_of_life_names, buf);
	bool block = mode;

	if (mode < 0)
		return mode;

	emrelay_channel_set_health(emrelay_from_dev(dev), NULL, &block);
	return size;
}
static DEVICE_ATTR_RW(end_of_life);

/* A store is written by a new rule at once, if there is anything to write. */
static void emrelay_set_flush(struct emrelay_channel *channel, u32 *which, u32 to)
{
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	WRITE_ONCE(*which, to);
	emrelay_store_queue(channel);
	spin_unlock_irqrestore(&channel->bank->lock, flags);
}

/**
 * DOC: flush_cycles
 *
 * The nvmem cell is written after so many cycles, 1 to 2^32 - 1; 1: after each.
 * Of no effect without a cell. Errors: -EINVAL.
 */
static ssize_t flush_cycles_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(channel->store.flush_cycles));
}

static ssize_t flush_cycles_store(struct device *dev,
				  struct device_attribute *attr, const char *buf,
				  size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u32 cycles;

	if (kstrtou32(buf, 0, &cycles) || !cycles)
		return -EINVAL;

	emrelay_set_flush(channel, &channel->store.flush_cycles, cycles);
	return size;
}
static DEVICE_ATTR_RW(flush_cycles);

/**
 * DOC: flush_s
 *
 * The nvmem cell is written so many s after the first cycle that it does not
 * have, 0 to 2^32 - 1; 0: never by time. Of no effect without a cell. Errors:
 * -EINVAL.
 */
static ssize_t flush_s_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(channel->store.flush_s));
}

static ssize_t flush_s_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u32 seconds;

	if (kstrtou32(buf, 0, &seconds))
		return -EINVAL;

	emrelay_set_flush(channel, &channel->store.flush_s, seconds);
	return size;
}
static DEVICE_ATTR_RW(flush_s);

/**
 * DOC: wear_record
 *
 * The record of the relay's life as a line of text. Write: what such a line
 * tells is merged, each counter becomes the larger. Errors: -EINVAL if it is not
 * as it was read, is of another relay or of a newer format; that of an nvmem cell
 * that could not be read yet, and still cannot.
 */
static ssize_t wear_record_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return emrelay_wear_record_show(emrelay_from_dev(dev), buf);
}

static ssize_t wear_record_store(struct device *dev,
				 struct device_attribute *attr, const char *buf,
				 size_t size)
{
	return emrelay_wear_record_store(emrelay_from_dev(dev), buf, size);
}
static DEVICE_ATTR_ADMIN_RW(wear_record);

/**
 * DOC: replace
 *
 * Another relay is in the socket: write what it is called, 1 to 31 printable
 * ASCII characters, more than blanks and other than "-". Wear starts at zero,
 * older records are of another relay. Errors: -EINVAL; that of an nvmem cell
 * that could not be read yet, and still cannot.
 */
static ssize_t replace_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t size)
{
	return emrelay_replace_store(emrelay_from_dev(dev), buf, size);
}
static DEVICE_ATTR_WO(replace);

/**
 * DOC: serial
 *
 * What the relay is called, as "replace" or its record said; an empty line if
 * nobody did.
 */
static ssize_t serial_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	char serial[EMRELAY_SERIAL_SIZE];

	scoped_guard(spinlock_irqsave, &channel->bank->lock)
		memcpy(serial, channel->life->account.serial, sizeof(serial));
	return sysfs_emit(buf, "%s\n", serial);
}
static DEVICE_ATTR_RO(serial);

/**
 * DOC: cycles_left
 *
 * Cycles until the relay is worn, at the present load.
 */
static ssize_t cycles_left_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u64 left;

	scoped_guard(spinlock_irqsave, &channel->bank->lock)
		left = emrelay_wear_cycles_left(&channel->life->account.wear,
						channel->cost.pico);
	return sysfs_emit(buf, "%llu\n", left);
}
static DEVICE_ATTR_RO(cycles_left);

/**
 * DOC: cycles_stored
 *
 * Cycles that the nvmem cells have.
 */
static ssize_t cycles_stored_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u64 stored;

	scoped_guard(spinlock_irqsave, &channel->bank->lock)
		stored = channel->store.cycles;
	return sysfs_emit(buf, "%llu\n", stored);
}
static DEVICE_ATTR_RO(cycles_stored);

static struct attribute *emrelay_wear_attrs[] = {
	&dev_attr_load_ma.attr,
	&dev_attr_warn_ppm.attr,
	&dev_attr_end_of_life.attr,
	&dev_attr_flush_cycles.attr,
	&dev_attr_flush_s.attr,
	&dev_attr_wear_record.attr,
	&dev_attr_replace.attr,
	&dev_attr_serial.attr,
	&dev_attr_cycles_left.attr,
	&dev_attr_cycles_stored.attr,
	NULL
};

/* Those of the nvmem cells are only there with them. */
static umode_t emrelay_wear_visible(struct kobject *kobj, struct attribute *attr,
				    int n)
{
	struct emrelay_channel *channel = emrelay_from_dev(kobj_to_dev(kobj));

	if (attr == &dev_attr_flush_cycles.attr || attr == &dev_attr_flush_s.attr ||
	    attr == &dev_attr_cycles_stored.attr)
		return emrelay_store_present(&channel->store) ? attr->mode : 0;
	return attr->mode;
}

const struct attribute_group emrelay_wear_group = {
	.attrs = emrelay_wear_attrs,
	.is_visible = emrelay_wear_visible,
};
