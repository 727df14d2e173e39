// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of a relay's life. See record.h.
 */
#include "record.h"

static u32 emrelay_record_crc(const struct emrelay_record *record)
{
	return ~crc32_le(~0U, (const u8 *)record,
			 offsetof(struct emrelay_record, crc));
}

/**
 * emrelay_clock_real_ns - a moment of CLOCK_BOOTTIME in CLOCK_REALTIME
 * @clocks: the present on both
 * @ns: the moment
 *
 * Context: Any. Pure.
 * Return: ns since 1970; 0: not known, as the clock was never set, or the moment
 * is after the present.
 */
u64 emrelay_clock_real_ns(const struct emrelay_clocks *clocks, u64 ns)
{
	if (clocks->real_ns < EMRELAY_CLOCK_SET_NS || ns > clocks->now_ns ||
	    clocks->now_ns - ns > clocks->real_ns)
		return 0;

	return clocks->real_ns - (clocks->now_ns - ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_clock_real_ns);

/**
 * emrelay_clock_boot_ns - a moment of CLOCK_REALTIME in CLOCK_BOOTTIME
 * @clocks: the present on both
 * @real_ns: the moment, 0: not known
 *
 * A moment before the boot counts as the boot: CLOCK_BOOTTIME has no earlier one,
 * and after a power cut a record may lack the last edges.
 *
 * Context: Any. Pure.
 * Return: the moment; the present where nobody knows how long ago that is.
 */
u64 emrelay_clock_boot_ns(const struct emrelay_clocks *clocks, u64 real_ns)
{
	if (!real_ns || clocks->real_ns < EMRELAY_CLOCK_SET_NS ||
	    real_ns > clocks->real_ns)
		return clocks->now_ns;
	if (clocks->real_ns - real_ns > clocks->now_ns)
		return 0;

	return clocks->now_ns - (clocks->real_ns - real_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_clock_boot_ns);

/* Converts the moments of this boot to CLOCK_REALTIME, as a record has them. */
static void emrelay_wear_date(struct emrelay_wear *wear,
			      const struct emrelay_clocks *clocks)
{
	if (wear->first_ns && !wear->first_use_ns)
		wear->first_use_ns = emrelay_clock_real_ns(clocks, wear->first_ns);
	if (wear->last_ns)
		wear->last_use_ns = emrelay_clock_real_ns(clocks, wear->last_ns);
	if (wear->released_ns)
		wear->last_release_ns = emrelay_clock_real_ns(clocks,
							      wear->released_ns);
}

/**
 * emrelay_record_make - the record of a relay's life at this moment
 * @record: filled in, but for what emrelay_record_seal() does
 * @account: the life
 * @name: the relay's name, shorter than EMRELAY_NAME_SIZE
 * @on: the coil is energised
 * @target: it is to be
 * @clocks: the moment
 *
 * Context: Any. Pure.
 */
void emrelay_record_make(struct emrelay_record *record,
			 const struct emrelay_account *account, const char *name,
			 bool on, bool target, const struct emrelay_clocks *clocks)
{
	struct emrelay_wear wear = account->wear;
	unsigned int i;

	emrelay_wear_date(&wear, clocks);
	memset(record, 0, sizeof(*record));
	record->saved_ns = cpu_to_le64(emrelay_clock_real_ns(clocks,
							     clocks->now_ns));
	memcpy(record->serial, account->serial, sizeof(record->serial));
	memcpy(record->name, name, strnlen(name, sizeof(record->name) - 1));
	for (i = 0; i < EMRELAY_LOAD_CLASSES; i++)
		record->cycles[i] = cpu_to_le64(wear.cycles[i]);
	record->damage_pico = cpu_to_le64(wear.damage_pico);
	record->on_ns = cpu_to_le64(emrelay_wear_on_ns(&wear, on, clocks->now_ns));
	record->longest_on_ns = cpu_to_le64(wear.longest_on_ns);
	record->shortest_on_ns = cpu_to_le64(wear.shortest_on_ns);
	record->first_use_ns = cpu_to_le64(wear.first_use_ns);
	record->last_use_ns = cpu_to_le64(wear.last_use_ns);
	record->released_ns = cpu_to_le64(wear.last_release_ns);
	record->told = account->told;
	record->unknown_history = account->unknown_history;
	record->target = target;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_make);

/**
 * emrelay_record_seal - make a record valid
 * @record: the record
 * @sequence: its number
 *
 * Context: Any. Pure.
 */
void emrelay_record_seal(struct emrelay_record *record, u64 sequence)
{
	record->magic = cpu_to_le32(EMRELAY_RECORD_MAGIC);
	record->format = cpu_to_le16(EMRELAY_RECORD_FORMAT);
	record->size = cpu_to_le16(sizeof(*record));
	record->sequence = cpu_to_le64(sequence);
	record->crc = cpu_to_le32(emrelay_record_crc(record));
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_seal);

/* Is it a text that is filled up with zeros, of which there is at least one? */
static bool emrelay_record_text(const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	return length < size && !memchr_inv(text + length, 0, size - length);
}

/* Could this driver have written it? A CRC that is right does not say so. */
static bool emrelay_record_sane(const struct emrelay_record *record)
{
	return le16_to_cpu(record->format) == EMRELAY_RECORD_FORMAT &&
	       le16_to_cpu(record->size) == sizeof(*record) &&
	       le64_to_cpu(record->sequence) <= EMRELAY_SEQUENCE_MAX &&
	       emrelay_record_text(record->serial, sizeof(record->serial)) &&
	       emrelay_record_text(record->name, sizeof(record->name)) &&
	       record->told <= EMRELAY_WORN && record->unknown_history <= 1 &&
	       record->target <= 1 &&
	       !memchr_inv(record->spare, 0, sizeof(record->spare));
}

/**
 * emrelay_record_check - is this a record?
 * @record: what may be one
 *
 * Every format there will be has as many bytes, and its magic number and CRC
 * where this one has them.
 *
 * Context: Any. Pure.
 * Return:
 * * 0			- it is
 * * -EINVAL		- it is none, or not as it was written
 * * -EOPNOTSUPP	- it is as it was written, but not by a driver that this one
 *			  understands
 */
int emrelay_record_check(const struct emrelay_record *record)
{
	if (le32_to_cpu(record->magic) != EMRELAY_RECORD_MAGIC ||
	    le32_to_cpu(record->crc) != emrelay_record_crc(record))
		return -EINVAL;

	return emrelay_record_sane(record) ? 0 : -EOPNOTSUPP;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_check);

/**
 * emrelay_record_matches - is it the record of a relay?
 * @record: the record, valid
 * @serial: the relay's serial, "": it has none
 * @name: its name
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_record_matches(const struct emrelay_record *record,
			    const char *serial, const char *name)
{
	if (serial[0])
		return !strcmp(record->serial, serial);

	return !strcmp(record->name, name);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_matches);

/**
 * emrelay_record_pick - the newest record of a relay in a store
 * @records: what the store's EMRELAY_CELLS cells begin with
 * @serial: the relay's serial, "": it has none
 * @name: its name
 * @foreign: bit n is set if cell n has a valid record that is not the relay's
 *
 * Context: Any. Pure.
 * Return: the number of the cell, or -ENODATA if no cell has such a record.
 */
int emrelay_record_pick(struct emrelay_record * const *records,
			const char *serial, const char *name, u8 *foreign)
{
	int err, newest = -ENODATA;
	unsigned int i;

	*foreign = 0;
	for (i = 0; i < EMRELAY_CELLS; i++) {
		err = emrelay_record_check(records[i]);
		if (err == -EINVAL)
			continue;
		if (err || !emrelay_record_matches(records[i], serial, name))
			*foreign |= 1 << i;
		else if (newest < 0 || le64_to_cpu(records[i]->sequence) >
				       le64_to_cpu(records[newest]->sequence))
			newest = i;
	}
	return newest;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_pick);

/**
 * emrelay_record_wear - the wear in a record
 * @record: the record, valid
 * @wear: filled in
 *
 * Context: Any. Pure.
 */
void emrelay_record_wear(const struct emrelay_record *record,
			 struct emrelay_wear *wear)
{
	unsigned int i;

	*wear = (struct emrelay_wear) {
		.damage_pico = le64_to_cpu(record->damage_pico),
		.on_ns = le64_to_cpu(record->on_ns),
		.longest_on_ns = le64_to_cpu(record->longest_on_ns),
		.shortest_on_ns = le64_to_cpu(record->shortest_on_ns),
		.first_use_ns = le64_to_cpu(record->first_use_ns),
		.last_use_ns = le64_to_cpu(record->last_use_ns),
		.last_release_ns = le64_to_cpu(record->released_ns),
	};
	for (i = 0; i < EMRELAY_LOAD_CLASSES; i++)
		wear->cycles[i] = le64_to_cpu(record->cycles[i]);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_wear);

/**
 * emrelay_account_merge - merge a record into a life
 * @account: the life
 * @record: a record that matches it
 * @source: where the record is from
 * @on: the coil is energised
 * @now_ns: the time
 *
 * Each counter becomes the larger of both. But what was counted before the nvmem
 * cells could be read for the first time comes after what they have: then each
 * becomes the sum.
 *
 * Context: Any. Pure.
 */
void emrelay_account_merge(struct emrelay_account *account,
			   const struct emrelay_record *record,
			   enum emrelay_wear_source source, bool on, u64 now_ns)
{
	u64 on_ns = account->wear.on_ns;
	struct emrelay_wear wear;

	emrelay_record_wear(record, &wear);
	if (source == EMRELAY_WEAR_NVMEM && !account->stored) {
		emrelay_wear_merge(&account->wear, &wear, true);
	} else {
		/* A record's on-time includes the one that still lasts, an account's does not. */
		account->wear.on_ns = emrelay_wear_on_ns(&account->wear, on, now_ns);
		on_ns = account->wear.on_ns - on_ns;
		emrelay_wear_merge(&account->wear, &wear, false);
		account->wear.on_ns -= on_ns;
	}
	if (!account->serial[0])
		memcpy(account->serial, record->serial, sizeof(account->serial));
	account->told = max(account->told, record->told);
	account->unknown_history &= record->unknown_history;
	if (account->source == EMRELAY_WEAR_NONE)
		account->source = source;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_account_merge);

/**
 * emrelay_account_replace - another relay is in the socket
 * @account: the life of the old one, after it that of the new one
 * @serial: what that is called, shorter than EMRELAY_SERIAL_SIZE
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_account_replace(struct emrelay_account *account, const char *serial,
			     u64 now_ns)
{
	bool stored = account->stored;

	*account = (struct emrelay_account) {
		.wear.on_since_ns = now_ns,
		.stored = stored,
	};
	memcpy(account->serial, serial, strnlen(serial, EMRELAY_SERIAL_SIZE - 1));
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_account_replace);

/**
 * emrelay_account_energised_ns - when was the relay energised last?
 * @account: its life
 * @clocks: the present
 *
 * Context: Any. Pure.
 * Return: the moment on CLOCK_BOOTTIME, the present where nobody knows; U64_MAX:
 * never.
 */
u64 emrelay_account_energised_ns(const struct emrelay_account *account,
				 const struct emrelay_clocks *clocks)
{
	const struct emrelay_wear *wear = &account->wear;

	if (!emrelay_wear_cycles(wear))
		return U64_MAX;

	return wear->last_ns ?: emrelay_clock_boot_ns(clocks, wear->last_use_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_account_energised_ns);

/**
 * emrelay_account_released_ns - when was the relay released last?
 * @account: its life
 * @clocks: the present
 *
 * Context: Any. Pure.
 * Return: the moment on CLOCK_BOOTTIME, the present where nobody knows.
 */
u64 emrelay_account_released_ns(const struct emrelay_account *account,
				const struct emrelay_clocks *clocks)
{
	const struct emrelay_wear *wear = &account->wear;

	return wear->released_ns ?:
	       emrelay_clock_boot_ns(clocks, wear->last_release_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_account_released_ns);
