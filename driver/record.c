// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of a relay's life. See record.h.
 */
#include "engine.h"
#include "record.h"

/* A place in a record's bytes, which are written or read from there on. */
struct emrelay_cursor {
	u8 *at;
	bool write;
};

static u64 emrelay_field(struct emrelay_cursor *cursor, u64 value,
			 unsigned int bytes)
{
	u64 read = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++) {
		if (cursor->write)
			cursor->at[i] = value >> (8 * i);
		read |= (u64)cursor->at[i] << (8 * i);
	}
	cursor->at += bytes;
	return read;
}

static void emrelay_field_u64(struct emrelay_cursor *cursor, u64 *value)
{
	*value = emrelay_field(cursor, *value, 8);
}

static void emrelay_field_u32(struct emrelay_cursor *cursor, u32 *value)
{
	*value = emrelay_field(cursor, *value, 4);
}

static void emrelay_field_u16(struct emrelay_cursor *cursor, u16 *value)
{
	*value = emrelay_field(cursor, *value, 2);
}

static void emrelay_window_fields(struct emrelay_cursor *cursor,
				  struct emrelay_window *window)
{
	unsigned int i;

	emrelay_field_u64(cursor, &window->next_ns);
	emrelay_field_u64(cursor, &window->pico);
	emrelay_field_u64(cursor, &window->cycles);
	emrelay_field_u32(cursor, &window->known);
	for (i = 0; i < EMRELAY_TENTHS; i++) {
		emrelay_field_u64(cursor, &window->tenth_pico[i]);
		emrelay_field_u32(cursor, &window->tenth_cycles[i]);
	}
}

/* All there is between the head and the CRC, in the order of the bytes. */
static void emrelay_record_fields(struct emrelay_cursor *cursor,
				  struct emrelay_record *record)
{
	struct emrelay_wear *wear = &record->wear;
	unsigned int i;

	emrelay_field_u64(cursor, &record->sequence);
	emrelay_field_u64(cursor, &record->saved_ns);
	emrelay_field_u64(cursor, &record->writes);
	emrelay_field_u32(cursor, &record->identity.place);
	emrelay_field_u32(cursor, &record->identity.generation);
	for (i = 0; i < EMRELAY_SERIAL_SIZE; i++)
		record->identity.serial[i] =
			emrelay_field(cursor, record->identity.serial[i], 1);
	emrelay_field_u16(cursor, &record->told);
	emrelay_field_u16(cursor, &record->unknown_history);

	emrelay_field_u64(cursor, &wear->damage.pico);
	emrelay_field_u64(cursor, &wear->damage.fraction);
	for (i = 0; i < EMRELAY_LOAD_CLASSES; i++)
		emrelay_field_u64(cursor, &wear->cycles[i]);
	emrelay_field_u64(cursor, &wear->on_ns);
	emrelay_field_u64(cursor, &wear->longest_on_ns);
	emrelay_field_u64(cursor, &wear->shortest_on_ns);
	emrelay_field_u64(cursor, &wear->first_use_ns);
	emrelay_field_u64(cursor, &wear->last_use_ns);

	emrelay_window_fields(cursor, &record->duty.day);
	emrelay_window_fields(cursor, &record->duty.month);
}

static u32 emrelay_record_crc(const u8 *bytes, size_t size)
{
	return ~crc32_le(~0U, bytes, size - 4);
}

/**
 * emrelay_record_encode - make bytes of a record
 * @record: the record
 * @bytes: EMRELAY_RECORD_BYTES bytes, filled in
 *
 * Context: Any. Pure.
 */
void emrelay_record_encode(const struct emrelay_record *record, u8 *bytes)
{
	struct emrelay_cursor cursor = { .at = bytes, .write = true };
	struct emrelay_record copy = *record;

	emrelay_field(&cursor, EMRELAY_RECORD_MAGIC, 4);
	emrelay_field(&cursor, EMRELAY_RECORD_FORMAT, 2);
	emrelay_field(&cursor, EMRELAY_RECORD_BYTES, 2);
	emrelay_record_fields(&cursor, &copy);
	emrelay_field(&cursor, emrelay_record_crc(bytes, EMRELAY_RECORD_BYTES), 4);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_encode);

static bool emrelay_window_sane(const struct emrelay_window *window,
				const struct emrelay_wear *wear, u64 tenth_ns)
{
	return window->next_ns <= tenth_ns && window->known <= EMRELAY_TENTHS &&
	       window->pico <= wear->damage.pico &&
	       window->cycles <= emrelay_wear_cycles(wear);
}

/* What this driver would have written, whatever the CRC says. */
static bool emrelay_record_sane(const struct emrelay_record *record)
{
	const char *serial = record->identity.serial;
	unsigned int i = 0;

	while (i < EMRELAY_SERIAL_SIZE && serial[i])
		i++;
	if (i == EMRELAY_SERIAL_SIZE)
		return false;
	while (++i < EMRELAY_SERIAL_SIZE)
		if (serial[i])
			return false;

	return record->sequence <= EMRELAY_SEQUENCE_MAX &&
	       record->told <= EMRELAY_WORN && record->unknown_history <= 1 &&
	       emrelay_window_sane(&record->duty.day, &record->wear,
				   EMRELAY_DAY_TENTH_NS) &&
	       emrelay_window_sane(&record->duty.month, &record->wear,
				   EMRELAY_MONTH_TENTH_NS);
}

/**
 * emrelay_record_decode - make a record of bytes
 * @record: filled in, if they are one
 * @bytes: the bytes, which are not changed
 * @size: how many, at least EMRELAY_RECORD_BYTES
 *
 * Context: Any. Pure.
 * Return:
 * * 0			- done
 * * -EINVAL		- they are no record, or are not as they were written
 * * -EOPNOTSUPP	- they are one, of a newer format than this driver knows
 */
int emrelay_record_decode(struct emrelay_record *record, const u8 *bytes,
			  size_t size)
{
	struct emrelay_cursor cursor = { .at = (u8 *)bytes };
	struct emrelay_record read = { 0 };
	u32 magic = emrelay_field(&cursor, 0, 4);
	u32 format = emrelay_field(&cursor, 0, 2);
	u32 length = emrelay_field(&cursor, 0, 2);
	struct emrelay_cursor end;

	if (magic != EMRELAY_RECORD_MAGIC || length < EMRELAY_RECORD_BYTES ||
	    length > size)
		return -EINVAL;
	end = (struct emrelay_cursor) { .at = (u8 *)bytes + length - 4 };
	if (emrelay_field(&end, 0, 4) != emrelay_record_crc(bytes, length))
		return -EINVAL;
	if (format > EMRELAY_RECORD_FORMAT)
		return -EOPNOTSUPP;

	emrelay_record_fields(&cursor, &read);
	if (format != EMRELAY_RECORD_FORMAT || length != EMRELAY_RECORD_BYTES ||
	    !emrelay_record_sane(&read))
		return -EINVAL;

	*record = read;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_decode);

/**
 * emrelay_record_is_of - is it the record of a relay?
 * @record: the record
 * @identity: what is known of the relay
 *
 * What was replaced in the meantime is another relay. But where nothing tells
 * of a replacement, a record may.
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_record_is_of(const struct emrelay_record *record,
			  const struct emrelay_identity *identity)
{
	const struct emrelay_identity *its = &record->identity;

	if (its->place != identity->place)
		return false;
	if (its->generation != identity->generation)
		return its->generation > identity->generation;
	return !memcmp(its->serial, identity->serial, EMRELAY_SERIAL_SIZE);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_is_of);

/* Of a store; what was replaced is older, whatever its number. */
static bool emrelay_record_newer(const struct emrelay_record *a,
				 const struct emrelay_record *b)
{
	if (a->identity.generation != b->identity.generation)
		return a->identity.generation > b->identity.generation;
	return a->sequence > b->sequence;
}

/**
 * emrelay_record_pick - the newest good record of a cell
 * @record: filled in, if there is one
 * @cell: EMRELAY_SLOTS slots of EMRELAY_SLOT_BYTES bytes
 * @identity: whose record it has to be
 * @slot: the slot that it is not in, to be written next; 0 if there is none
 *
 * Context: Any. Pure.
 * Return:
 * * 0			- found
 * * -EOPNOTSUPP	- there is one of a newer format
 * * -EXDEV		- there is none but of another relay
 * * -EINVAL		- there is none
 */
int emrelay_record_pick(struct emrelay_record *record, const u8 *cell,
			const struct emrelay_identity *identity,
			unsigned int *slot)
{
	struct emrelay_record found;
	int ret = -EINVAL;
	unsigned int i;

	*slot = 0;
	for (i = 0; i < EMRELAY_SLOTS; i++) {
		int err = emrelay_record_decode(&found, cell + i * EMRELAY_SLOT_BYTES,
						EMRELAY_SLOT_BYTES);

		if (err == -EOPNOTSUPP)
			return err;
		if (err)
			continue;
		if (!emrelay_record_is_of(&found, identity)) {
			ret = ret ? -EXDEV : 0;
			continue;
		}
		if (!ret && !emrelay_record_newer(&found, record))
			continue;
		*record = found;
		*slot = !i;
		ret = 0;
	}
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_pick);

/**
 * emrelay_clock_real_ns - a moment of CLOCK_BOOTTIME in CLOCK_REALTIME
 * @clocks: the present on both
 * @ns: the moment, not after the present
 *
 * Context: Any. Pure.
 * Return: ns since 1970, 0: not known, as the clock was never set.
 */
u64 emrelay_clock_real_ns(const struct emrelay_clocks *clocks, u64 ns)
{
	u64 ago_ns = clocks->now_ns - ns;

	if (clocks->real_ns < EMRELAY_CLOCK_SET_NS || ago_ns > clocks->real_ns)
		return 0;

	return clocks->real_ns - ago_ns;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_clock_real_ns);

/* How long ago was a moment of CLOCK_REALTIME? U64_MAX: not known. */
static u64 emrelay_clock_ago_ns(const struct emrelay_clocks *clocks, u64 real_ns)
{
	if (!real_ns || clocks->real_ns < EMRELAY_CLOCK_SET_NS ||
	    real_ns > clocks->real_ns)
		return U64_MAX;

	return clocks->real_ns - real_ns;
}

/**
 * emrelay_record_begin - start to account for a relay of which nothing is known
 * @record: all zero but for its identity's place
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_record_begin(struct emrelay_record *record, u64 now_ns)
{
	record->unknown_history = 1;
	emrelay_duty_begin(&record->duty, &record->wear, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_begin);

/**
 * emrelay_record_freeze - make the record of a moment of one that goes on
 * @record: the record
 * @on: the coil is energised
 * @clocks: the moment
 *
 * Context: Any. Pure.
 */
void emrelay_record_freeze(struct emrelay_record *record, bool on,
			   const struct emrelay_clocks *clocks)
{
	struct emrelay_wear *wear = &record->wear;
	struct emrelay_duty *duty = &record->duty;

	wear->on_ns = emrelay_wear_on_ns(wear, on, clocks->now_ns);
	wear->on_since_ns = 0;
	if (wear->first_ns && !wear->first_use_ns && !wear->first_lost)
		wear->first_use_ns = emrelay_clock_real_ns(clocks, wear->first_ns);
	if (wear->last_ns)
		wear->last_use_ns = emrelay_clock_real_ns(clocks, wear->last_ns);
	wear->first_ns = 0;
	wear->last_ns = 0;
	emrelay_duty_roll(duty, wear, clocks->now_ns);
	duty->day.next_ns -= clocks->now_ns;
	duty->month.next_ns -= clocks->now_ns;
	record->saved_ns = emrelay_clock_real_ns(clocks, clocks->now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_freeze);

/* The opposite; where nobody knows how long ago it was, the watch begins anew. */
static void emrelay_record_resume(struct emrelay_record *record,
				  const struct emrelay_clocks *clocks)
{
	u64 passed_ns = emrelay_clock_ago_ns(clocks, record->saved_ns);

	if (passed_ns == U64_MAX)
		emrelay_duty_begin(&record->duty, &record->wear, clocks->now_ns);
	else
		emrelay_duty_resume(&record->duty, &record->wear, passed_ns,
				    clocks->now_ns);
}

static bool emrelay_duty_longer(const struct emrelay_duty *a,
				const struct emrelay_duty *b)
{
	return a->day.known > b->day.known || a->month.known > b->month.known;
}

/* All but the wear and the use. */
static void emrelay_record_inherit(struct emrelay_record *record,
				   const struct emrelay_record *other)
{
	record->identity = other->identity;
	record->sequence = max(record->sequence, other->sequence);
	record->writes = max(record->writes, other->writes);
	record->told = max(record->told, other->told);
	record->unknown_history = min(record->unknown_history,
				      other->unknown_history);
}

/**
 * emrelay_record_follow - go on with what was before
 * @record: a record that goes on, from a moment after @other on
 * @other: the record of a moment of the same relay; goes on as well after this
 * @clocks: the present
 *
 * Each counter becomes the sum of both.
 *
 * Context: Any. Pure.
 */
void emrelay_record_follow(struct emrelay_record *record,
			   struct emrelay_record *other,
			   const struct emrelay_clocks *clocks)
{
	emrelay_record_resume(other, clocks);
	record->duty = other->duty;
	emrelay_wear_add(&record->wear, &other->wear);
	emrelay_record_inherit(record, other);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_follow);

/**
 * emrelay_record_succeed - go on with the relay that came after
 * @record: a record that goes on, of the relay that was replaced
 * @other: the record of a moment of that which replaced it; goes on as well after
 *	this
 * @clocks: the present
 *
 * What @record has counted is the old one's.
 *
 * Context: Any. Pure.
 */
void emrelay_record_succeed(struct emrelay_record *record,
			    struct emrelay_record *other,
			    const struct emrelay_clocks *clocks)
{
	record->wear = (struct emrelay_wear) {
		.on_since_ns = clocks->now_ns,
		.last_ns = record->wear.last_ns,
	};
	record->told = EMRELAY_GOOD;
	emrelay_record_follow(record, other, clocks);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_succeed);

/**
 * emrelay_record_merge - go on with what is known from elsewhere, too
 * @record: a record that goes on
 * @other: the record of a moment of the same relay; goes on as well after this
 * @on: the coil is energised
 * @clocks: the present
 *
 * Each counter becomes the larger of both. Of the use the account counts that
 * goes back further.
 *
 * Context: Any. Pure.
 */
void emrelay_record_merge(struct emrelay_record *record,
			  struct emrelay_record *other, bool on,
			  const struct emrelay_clocks *clocks)
{
	struct emrelay_wear before;
	u64 stretch_ns;

	emrelay_duty_roll(&record->duty, &record->wear, clocks->now_ns);
	emrelay_record_resume(other, clocks);

	before = record->wear;
	/* A record of a moment has the stretch that lasts, one that goes on has not. */
	record->wear.on_ns = emrelay_wear_on_ns(&before, on, clocks->now_ns);
	stretch_ns = record->wear.on_ns - before.on_ns;
	emrelay_wear_merge(&record->wear, &other->wear);
	record->wear.on_ns -= stretch_ns;
	if (emrelay_duty_longer(&other->duty, &record->duty)) {
		record->duty = other->duty;
		before = other->wear;
	}
	emrelay_duty_rebase(&record->duty, &before, &record->wear);

	emrelay_record_inherit(record, other);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_merge);

/**
 * emrelay_record_replace - another relay is in the socket
 * @record: the record that goes on, with that relay
 * @serial: what it is called, shorter than EMRELAY_SERIAL_SIZE
 * @now_ns: the time
 *
 * What is known of the store stays.
 *
 * Context: Any. Pure.
 */
void emrelay_record_replace(struct emrelay_record *record, const char *serial,
			    u64 now_ns)
{
	struct emrelay_identity *identity = &record->identity;

	record->wear = (struct emrelay_wear) { .on_since_ns = now_ns };
	emrelay_duty_begin(&record->duty, &record->wear, now_ns);
	record->told = EMRELAY_GOOD;
	record->unknown_history = 0;
	if (identity->generation < U32_MAX)
		identity->generation++;
	memset(identity->serial, 0, sizeof(identity->serial));
	memcpy(identity->serial, serial, strlen(serial));
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_replace);

/**
 * emrelay_record_energised_ns - when was the relay energised last?
 * @record: the record
 * @clocks: the present
 *
 * Where nobody knows, it was just now. What was before the boot was at the boot:
 * the clock that limits count on has no such moments, and after a power cut the
 * record may lack the last ones.
 *
 * Context: Any. Pure.
 * Return: the moment on CLOCK_BOOTTIME; U64_MAX: never.
 */
u64 emrelay_record_energised_ns(const struct emrelay_record *record,
				const struct emrelay_clocks *clocks)
{
	u64 ago_ns = emrelay_clock_ago_ns(clocks, record->wear.last_use_ns);

	if (!emrelay_wear_cycles(&record->wear))
		return U64_MAX;
	if (ago_ns == U64_MAX)
		return clocks->now_ns;

	return emrelay_time_left(clocks->now_ns, ago_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_record_energised_ns);
