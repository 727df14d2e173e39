// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of a relay's life. See record.h.
 */
#include "record.h"

static u32 emrelay_record_crc(const struct emrelay_record *record)
{
	return ~crc32_le(~0U, (const u8 *)record, offsetof(struct emrelay_record, crc));
}

/**
 * emrelay_clock_real_ns - a moment of CLOCK_BOOTTIME in CLOCK_REALTIME
 * @clocks: the present on both
 * @ns: the moment, 0: not known
 *
 * Context: Any. Pure.
 * Return: ns since 1970; 0: not known, also as the clock was never set, or the
 * moment is after the present.
 */
u64 emrelay_clock_real_ns(const struct emrelay_clocks *clocks, u64 ns)
{
	if (!ns || ns > clocks->now_ns || clocks->real_ns < EMRELAY_CLOCK_SET_NS)
		return 0;

	return clocks->real_ns - (clocks->now_ns - ns);
}

/**
 * emrelay_record_make - the record of a relay's life at this moment
 * @record: filled in
 * @sequence: its number
 * @account: the life
 * @name: the relay's name, shorter than EMRELAY_NAME_SIZE
 * @on: the coil is energised
 * @target: it is to be
 * @clocks: the moment
 *
 * Moments since the boot are kept on CLOCK_BOOTTIME, which ends with the boot: the
 * record has them in CLOCK_REALTIME.
 *
 * Context: Any. Pure.
 */
void emrelay_record_make(struct emrelay_record *record, u64 sequence,
			 const struct emrelay_account *account, const char *name,
			 bool on, bool target, const struct emrelay_clocks *clocks)
{
	struct emrelay_wear wear = account->wear;
	unsigned int i;

	wear.on_ns = emrelay_wear_on_ns(&wear, on, clocks->now_ns);
	if (!wear.first_use_ns)
		wear.first_use_ns = emrelay_clock_real_ns(clocks, wear.first_ns);
	if (wear.last_ns)
		wear.last_use_ns = emrelay_clock_real_ns(clocks, wear.last_ns);
	if (wear.released_ns)
		wear.last_release_ns = emrelay_clock_real_ns(clocks, wear.released_ns);

	*record = (struct emrelay_record) {
		.magic = cpu_to_le32(EMRELAY_RECORD_MAGIC),
		.format = cpu_to_le16(EMRELAY_RECORD_FORMAT),
		.size = cpu_to_le16(sizeof(*record)),
		.sequence = cpu_to_le64(sequence),
		.saved_ns = cpu_to_le64(emrelay_clock_real_ns(clocks, clocks->now_ns)),
		.told = account->told,
		.unknown_history = account->unknown_history,
		.target = target,
	};
	memcpy(record->serial, account->serial, sizeof(record->serial));
	memcpy(record->name, name, strnlen(name, sizeof(record->name) - 1));
	for (i = 0; i < EMRELAY_RECORDED; i++)
		record->wear[i] = cpu_to_le64(((const u64 *)&wear)[i]);
	record->crc = cpu_to_le32(emrelay_record_crc(record));
}

static struct emrelay_times *emrelay_record_times(struct emrelay_feedback_life *life,
						  unsigned int i)
{
	struct emrelay_times *times[EMRELAY_TIMES] = {
		&life->operate, &life->release, &life->bounce,
	};

	return times[i];
}

/**
 * emrelay_record_contact - put what was seen of a contact into a record
 * @record: the record, made
 * @life: what was seen
 *
 * Context: Any. Pure.
 */
void emrelay_record_contact(struct emrelay_record *record, struct emrelay_feedback_life *life)
{
	unsigned int i;

	for (i = 0; i < EMRELAY_TIMES; i++) {
		const struct emrelay_times *times = emrelay_record_times(life, i);

		record->baseline_us[i] =
			cpu_to_le32(min(div_u64(times->baseline_ns, 1000), U32_MAX));
		record->ewma_us[i] = cpu_to_le32(min(div_u64(times->ewma_ns, 1000), U32_MAX));
	}
	record->misfires = cpu_to_le32(min(life->misfires, U32_MAX));
	record->welds = cpu_to_le32(min(life->welds, U32_MAX));
	record->crc = cpu_to_le32(emrelay_record_crc(record));
}

static u64 emrelay_record_count(u64 count, __le32 recorded, bool before)
{
	return before ? count + le32_to_cpu(recorded) : max(count, le32_to_cpu(recorded));
}

/**
 * emrelay_record_recall - merge what a record has of a contact into what was seen
 * @record: the record, valid
 * @life: what was seen
 * @before: the record is of the time before that
 *
 * Context: Any. Pure.
 */
void emrelay_record_recall(const struct emrelay_record *record,
			   struct emrelay_feedback_life *life, bool before)
{
	unsigned int i;

	for (i = 0; i < EMRELAY_TIMES; i++) {
		struct emrelay_times *times = emrelay_record_times(life, i);

		if (times->baseline_ns)
			continue;
		times->baseline_ns = le32_to_cpu(record->baseline_us[i]) * 1000ULL;
		times->ewma_ns = le32_to_cpu(record->ewma_us[i]) * 1000ULL;
	}
	life->misfires = emrelay_record_count(life->misfires, record->misfires, before);
	life->welds = emrelay_record_count(life->welds, record->welds, before);
}

/**
 * emrelay_record_check - is this a record?
 * @record: what may be one
 *
 * Later formats will have the same size, and magic number and CRC in the same
 * places, so that they are not taken for damaged ones.
 *
 * Context: Any. Pure.
 * Return:
 * * 0			- it is
 * * -EINVAL		- it is none, or not as it was written
 * * -EOPNOTSUPP	- it is as it was written, but by a driver of a later format
 */
int emrelay_record_check(const struct emrelay_record *record)
{
	if (le32_to_cpu(record->magic) != EMRELAY_RECORD_MAGIC ||
	    le32_to_cpu(record->crc) != emrelay_record_crc(record))
		return -EINVAL;
	if (le16_to_cpu(record->format) != EMRELAY_RECORD_FORMAT ||
	    le16_to_cpu(record->size) != sizeof(*record) ||
	    le64_to_cpu(record->sequence) > EMRELAY_SEQUENCE_MAX ||
	    record->serial[EMRELAY_SERIAL_SIZE - 1] ||
	    record->name[EMRELAY_NAME_SIZE - 1] || record->told > EMRELAY_WORN ||
	    record->unknown_history > 1 || record->target > 1 || record->zero ||
	    memchr_inv(record->spare, 0, sizeof(record->spare)))
		return -EOPNOTSUPP;
	return 0;
}

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
	return serial[0] ? !strcmp(record->serial, serial) : !strcmp(record->name, name);
}

/**
 * emrelay_record_pick - the newest record of a relay in a store
 * @records: what the store's EMRELAY_CELLS cells begin with
 * @serial: the relay's serial, "": it has none
 * @name: its name
 * @foreign: set if a cell has a valid record that is not the relay's, else kept
 * @sequence: raised to the largest of all valid records, of any relay
 *
 * Context: Any. Pure.
 * Return: the number of the cell, or -ENODATA if no cell has such a record.
 */
int emrelay_record_pick(const struct emrelay_record *records,
			const char *serial, const char *name, bool *foreign,
			u64 *sequence)
{
	int i, newest = -ENODATA;

	for (i = 0; i < EMRELAY_CELLS; i++) {
		int err = emrelay_record_check(&records[i]);
		u64 its = err ? 0 : le64_to_cpu(records[i].sequence);
		bool own = !err && emrelay_record_matches(&records[i], serial, name);

		if (own && (newest < 0 || its > le64_to_cpu(records[newest].sequence)))
			newest = i;
		*foreign |= !own && err != -EINVAL;
		*sequence = max(*sequence, its);
	}
	return newest;
}

/**
 * emrelay_record_wear - the wear in a record
 * @record: the record, valid
 * @wear: filled in
 *
 * Context: Any. Pure.
 */
void emrelay_record_wear(const struct emrelay_record *record, struct emrelay_wear *wear)
{
	unsigned int i;

	memset(wear, 0, sizeof(*wear));
	for (i = 0; i < EMRELAY_RECORDED; i++)
		((u64 *)wear)[i] = le64_to_cpu(record->wear[i]);
}

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
void emrelay_account_merge(struct emrelay_account *account, const struct emrelay_record *record,
			   enum emrelay_wear_source source, bool on, u64 now_ns)
{
	u64 lasts_ns = emrelay_wear_on_ns(&account->wear, on, now_ns) - account->wear.on_ns;
	bool before = source == EMRELAY_WEAR_NVMEM && !account->stored;
	struct emrelay_wear wear;

	emrelay_record_wear(record, &wear);
	/* A record includes the on-time that still lasts, an account does not. */
	if (!before)
		wear.on_ns -= min(wear.on_ns, lasts_ns);
	emrelay_wear_merge(&account->wear, &wear, before);
	if (!account->serial[0])
		memcpy(account->serial, record->serial, sizeof(account->serial));
	account->told = max(account->told, record->told);
	account->unknown_history &= record->unknown_history;
	account->source = account->source ?: source;
}

/**
 * emrelay_account_replace - another relay is in the socket
 * @account: the life of the old one, after it that of the new one
 * @serial: what that is called, shorter than EMRELAY_SERIAL_SIZE
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_account_replace(struct emrelay_account *account, const char *serial, u64 now_ns)
{
	*account = (struct emrelay_account) {
		.wear.on_since_ns = now_ns,
		.stored = account->stored,
	};
	memcpy(account->serial, serial, strnlen(serial, EMRELAY_SERIAL_SIZE - 1));
}

/*
 * A moment before the boot is taken for the boot itself: CLOCK_BOOTTIME, on which
 * limits count, has no earlier one, and after a power cut a record may lack the
 * last cycles. What nobody knows is the present.
 */
static u64 emrelay_clock_boot_ns(const struct emrelay_clocks *clocks, u64 real_ns)
{
	if (!real_ns || real_ns > clocks->real_ns)
		return clocks->now_ns;

	return clocks->now_ns - min(clocks->now_ns, clocks->real_ns - real_ns);
}

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
	if (wear->last_ns && (!wear->last_use_ns || wear->last_use_ns > clocks->real_ns))
		return wear->last_ns;
	return max(wear->last_ns, emrelay_clock_boot_ns(clocks, wear->last_use_ns));
}

/**
 * emrelay_account_released_ns - when was a relay that is off released last?
 * @account: its life
 * @clocks: the present
 *
 * A record of a relay that was on does not know.
 *
 * Context: Any. Pure.
 * Return: the moment on CLOCK_BOOTTIME, the present where nobody knows.
 */
u64 emrelay_account_released_ns(const struct emrelay_account *account,
				const struct emrelay_clocks *clocks)
{
	const struct emrelay_wear *wear = &account->wear;

	if (wear->released_ns)
		return wear->released_ns;
	if (!wear->last_use_ns || wear->last_use_ns > wear->last_release_ns)
		return clocks->now_ns;
	return emrelay_clock_boot_ns(clocks, wear->last_release_ns);
}
