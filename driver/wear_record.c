// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files wear_record and replace in /sys/class/relay/<label>: the record of a
 * relay's life, and the name of a new relay.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "channel.h"
#include "sysfs.h"

/* How a record as a line of text begins; the digit is the format of the line. */
#define EMRELAY_RECORD_TEXT	"emrelay-1 "

/**
 * emrelay_wear_record_show - print the record of a relay's life
 * @dev: device of the channel
 * @attr: the attribute
 * @buf: a page
 *
 * Context: Sleeps. Takes the bank's lock.
 * Return: bytes printed.
 */
ssize_t emrelay_wear_record_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	int length = sysfs_emit(buf, EMRELAY_RECORD_TEXT);
	struct emrelay_record record;
	char *end;

	emrelay_channel_record(channel, &record, 0);
	end = bin2hex(buf + length, &record, sizeof(record));
	*end++ = '\n';
	return end - buf;
}

/**
 * emrelay_wear_record_store - merge the record in such a line
 * @dev: device of the channel
 * @attr: the attribute
 * @buf: the line
 * @size: its length
 *
 * Context: Sleeps. Takes the bank's lock.
 * Return: @size; -EINVAL if it is not as it was read, or of another relay; the
 * error of nvmem cells that could not be read yet, and still cannot.
 */
ssize_t emrelay_wear_record_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	const char *text = buf + strlen(EMRELAY_RECORD_TEXT);
	struct emrelay_record record;
	int ret;

	if (!str_has_prefix(buf, EMRELAY_RECORD_TEXT) ||
	    hex2bin((u8 *)&record, text, sizeof(record)) ||
	    !sysfs_streq(text + 2 * sizeof(record), "") ||
	    emrelay_record_check(&record))
		return -EINVAL;

	ret = emrelay_store_load(channel) ?:
	      emrelay_channel_merge(channel, &record, EMRELAY_WEAR_RECORD);
	if (ret)
		return ret;

	emrelay_store_claim(channel);
	return size;
}

/**
 * emrelay_replace_store - another relay is in the socket
 * @dev: device of the channel
 * @attr: the attribute
 * @buf: what it is called: 1 to 31 printable ASCII characters, not only blanks
 * @size: length of @buf
 *
 * Context: Sleeps. Takes the bank's lock.
 * Return: @size; -EINVAL; the error of nvmem cells that could not be read yet,
 * and still cannot.
 */
ssize_t emrelay_replace_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	char serial[EMRELAY_SERIAL_SIZE] = "";
	const char *end = buf;
	int ret;

	while (isascii(*end) && isprint(*end))
		end++;
	if (!sysfs_streq(end, "") || end - buf >= sizeof(serial))
		return -EINVAL;

	memcpy(serial, buf, end - buf);
	if (!*skip_spaces(serial))
		return -EINVAL;

	ret = emrelay_store_load(channel);
	if (ret)
		return ret;

	emrelay_channel_replace(channel, serial);
	return size;
}
