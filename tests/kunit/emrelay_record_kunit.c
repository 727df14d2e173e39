// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of a relay's life: nothing but what was written is ever read. The
 * bytes of one are of another program, tests/tables.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "record.h"

#include "record_table.h"

#define BYTES		464
#define SLOT_BYTES	512
#define DAY_NS		86400000000000ULL
#define TENTH_NS	8640000000000ULL
#define MONTH_TENTH_NS	259200000000000ULL

/* Where some of the fields are. */
#define FORMAT_AT	4
#define LENGTH_AT	6
#define SEQUENCE_AT	8
#define PLACE_AT	32
#define SERIAL_AT	40
#define TOLD_AT		72
#define HISTORY_AT	74
#define DAMAGE_AT	76
#define CYCLES_AT	92
#define DAY_AT		164
#define MONTH_AT	312
#define PICO_AT		8
#define DUTY_CYCLES_AT	16
#define KNOWN_AT	24

/* What table_record has: each field differs, and so do its bytes. */
static const struct emrelay_record table = {
	.sequence = 0x1112131415161718,
	.saved_ns = 0x1918171615141312,
	.writes = 0x2122232425262728,
	.identity = { 0x31323334, 0x35363738, "Pump 7, shelf 3: ~K7/2 #A1!?+x~" },
	.told = EMRELAY_WARNING,
	.unknown_history = 1,
	.wear = {
		.damage = { 0x4142434445464748, 0x5152535455565758 },
		.cycles = { 0x0161626364656600, 0x0161626364656601,
			    0x0161626364656602, 0x0161626364656603 },
		.on_ns = 0x0171727374757600,
		.longest_on_ns = 0x0171727374757601,
		.shortest_on_ns = 0x0171727374757602,
		.first_use_ns = 0x0171727374757603,
		.last_use_ns = 0x0171727374757604,
	},
	.duty.day = {
		.next_ns = 0x0000071122334455,
		.pico = 0x4041424344454647,
		.cycles = 0x0181828384858687,
		.known = 7,
		.tenth_pico = {
			0x1191929394959600, 0x1191929394959601, 0x1191929394959602,
			0x1191929394959603, 0x1191929394959604, 0x1191929394959605,
			0x1191929394959606, 0x1191929394959607, 0x1191929394959608,
			0x1191929394959609,
		},
		.tenth_cycles = {
			0xa1a2a300, 0xa1a2a301, 0xa1a2a302, 0xa1a2a303, 0xa1a2a304,
			0xa1a2a305, 0xa1a2a306, 0xa1a2a307, 0xa1a2a308, 0xa1a2a309,
		},
	},
	.duty.month = {
		.next_ns = 0x0000b1b2b3b4b5b6,
		.pico = 0x3031323334353637,
		.cycles = 0x01c1c2c3c4c5c6c7,
		.known = 9,
		.tenth_pico = {
			0x11d1d2d3d4d5d600, 0x11d1d2d3d4d5d601, 0x11d1d2d3d4d5d602,
			0x11d1d2d3d4d5d603, 0x11d1d2d3d4d5d604, 0x11d1d2d3d4d5d605,
			0x11d1d2d3d4d5d606, 0x11d1d2d3d4d5d607, 0x11d1d2d3d4d5d608,
			0x11d1d2d3d4d5d609,
		},
		.tenth_cycles = {
			0xe1e2e300, 0xe1e2e301, 0xe1e2e302, 0xe1e2e303, 0xe1e2e304,
			0xe1e2e305, 0xe1e2e306, 0xe1e2e307, 0xe1e2e308, 0xe1e2e309,
		},
	},
};

/**
 * struct bench - what is too large for a stack
 * @record: a record
 * @cell: both slots of a cell
 */
struct bench {
	struct emrelay_record record;
	u8 cell[2 * SLOT_BYTES];
};

static struct bench *new_bench(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	memset(bench->cell, 0xff, sizeof(bench->cell));
	return bench;
}

static void expect_window(struct kunit *test, const struct emrelay_window *a,
			  const struct emrelay_window *b)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, a->next_ns, b->next_ns);
	KUNIT_EXPECT_EQ(test, a->pico, b->pico);
	KUNIT_EXPECT_EQ(test, a->cycles, b->cycles);
	KUNIT_EXPECT_EQ(test, a->known, b->known);
	for (i = 0; i < EMRELAY_TENTHS; i++) {
		KUNIT_EXPECT_EQ(test, a->tenth_pico[i], b->tenth_pico[i]);
		KUNIT_EXPECT_EQ(test, a->tenth_cycles[i], b->tenth_cycles[i]);
	}
}

static void expect_wear(struct kunit *test, const struct emrelay_wear *a,
			const struct emrelay_wear *b)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, a->damage.pico, b->damage.pico);
	KUNIT_EXPECT_EQ(test, a->damage.fraction, b->damage.fraction);
	for (i = 0; i < EMRELAY_LOAD_CLASSES; i++)
		KUNIT_EXPECT_EQ(test, a->cycles[i], b->cycles[i]);
	KUNIT_EXPECT_EQ(test, a->on_ns, b->on_ns);
	KUNIT_EXPECT_EQ(test, a->longest_on_ns, b->longest_on_ns);
	KUNIT_EXPECT_EQ(test, a->shortest_on_ns, b->shortest_on_ns);
	KUNIT_EXPECT_EQ(test, a->first_use_ns, b->first_use_ns);
	KUNIT_EXPECT_EQ(test, a->last_use_ns, b->last_use_ns);
	KUNIT_EXPECT_EQ(test, a->on_since_ns, b->on_since_ns);
	KUNIT_EXPECT_EQ(test, a->first_ns, b->first_ns);
	KUNIT_EXPECT_EQ(test, a->last_ns, b->last_ns);
}

static void expect_record(struct kunit *test, const struct emrelay_record *a,
			  const struct emrelay_record *b)
{
	KUNIT_EXPECT_EQ(test, a->sequence, b->sequence);
	KUNIT_EXPECT_EQ(test, a->saved_ns, b->saved_ns);
	KUNIT_EXPECT_EQ(test, a->writes, b->writes);
	KUNIT_EXPECT_EQ(test, a->identity.place, b->identity.place);
	KUNIT_EXPECT_EQ(test, a->identity.generation, b->identity.generation);
	KUNIT_EXPECT_EQ(test, memcmp(a->identity.serial, b->identity.serial,
				     EMRELAY_SERIAL_SIZE), 0);
	KUNIT_EXPECT_EQ(test, a->told, b->told);
	KUNIT_EXPECT_EQ(test, a->unknown_history, b->unknown_history);
	expect_wear(test, &a->wear, &b->wear);
	expect_window(test, &a->duty.day, &b->duty.day);
	expect_window(test, &a->duty.month, &b->duty.month);
}

/* Bit by bit, as the polynomial stands in the books. */
static u32 crc_of(const u8 *bytes, size_t size)
{
	u32 crc = U32_MAX;
	unsigned int bit;

	while (size--) {
		crc ^= *bytes++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put(u8 *bytes, u64 value, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		bytes[i] = value >> (8 * i);
}

/* The right CRC for what was changed. */
static void seal(u8 *bytes, size_t size)
{
	put(bytes + size - 4, crc_of(bytes, size - 4), 4);
}

static void record_encode(struct kunit *test)
{
	struct bench *bench = new_bench(test);

	KUNIT_ASSERT_EQ(test, sizeof(table_record), BYTES);
	KUNIT_EXPECT_EQ(test, EMRELAY_RECORD_BYTES, BYTES);
	KUNIT_EXPECT_EQ(test, EMRELAY_SLOT_BYTES * EMRELAY_SLOTS,
			sizeof(bench->cell));
	emrelay_record_encode(&table, bench->cell + 1);
	KUNIT_EXPECT_EQ(test, memcmp(bench->cell + 1, table_record, BYTES), 0);
	/* So many bytes and no others. */
	KUNIT_EXPECT_EQ(test, bench->cell[0], 0xff);
	KUNIT_EXPECT_EQ(test, bench->cell[BYTES + 1], 0xff);
}

static void record_decode(struct kunit *test)
{
	struct bench *bench = new_bench(test);

	memcpy(bench->cell, table_record, BYTES);
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(&bench->record, bench->cell,
						    BYTES), 0);
	expect_record(test, &bench->record, &table);
	KUNIT_EXPECT_EQ(test, memcmp(bench->cell, table_record, BYTES), 0);

	/* What stands behind it does not matter. */
	memset(&bench->record, 0, sizeof(bench->record));
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(&bench->record, bench->cell,
						    SLOT_BYTES), 0);
	expect_record(test, &bench->record, &table);
}

/* What only this machine's clock says is not in a record. */
static void record_without_the_present(struct kunit *test)
{
	struct bench *bench = new_bench(test);

	bench->record = table;
	bench->record.wear.first_ns = 1;
	bench->record.wear.last_ns = 2;
	bench->record.wear.on_since_ns = 3;
	emrelay_record_encode(&bench->record, bench->cell);
	KUNIT_EXPECT_EQ(test, memcmp(bench->cell, table_record, BYTES), 0);
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(&bench->record, bench->cell,
						    BYTES), 0);
	expect_record(test, &bench->record, &table);
}

/* A record of the largest numbers there are, and one of none. */
static void record_extremes(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	struct emrelay_record *read = kunit_kzalloc(test, sizeof(*read), GFP_KERNEL);
	struct emrelay_record *record = &bench->record;

	KUNIT_ASSERT_NOT_NULL(test, read);
	memset(record, 0, sizeof(*record));
	emrelay_record_encode(record, bench->cell);
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(read, bench->cell, BYTES), 0);
	expect_record(test, read, record);

	memset(record, 0xff, sizeof(*record));
	record->sequence = EMRELAY_SEQUENCE_MAX;
	record->identity.serial[EMRELAY_SERIAL_SIZE - 1] = 0;
	record->told = EMRELAY_WORN;
	record->unknown_history = 1;
	record->wear.on_since_ns = 0;
	record->wear.first_ns = 0;
	record->wear.last_ns = 0;
	record->duty.day.known = EMRELAY_TENTHS;
	record->duty.day.next_ns = TENTH_NS;
	record->duty.month.known = EMRELAY_TENTHS;
	record->duty.month.next_ns = MONTH_TENTH_NS;
	emrelay_record_encode(record, bench->cell);
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(read, bench->cell, BYTES), 0);
	expect_record(test, read, record);
}

static void expect_refused(struct kunit *test, struct bench *bench, size_t size,
			   int err, unsigned int what)
{
	struct emrelay_record *record = &bench->record;
	int ret;

	record->sequence = 42;
	record->told = 43;
	ret = emrelay_record_decode(record, bench->cell, size);
	KUNIT_EXPECT_TRUE_MSG(test, ret == err, "%u: %d", what, ret);
	/* Nothing is taken of it. */
	KUNIT_EXPECT_EQ(test, record->sequence, 42);
	KUNIT_EXPECT_EQ(test, record->told, 43);
}

static void record_each_bit(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	unsigned int bit;

	memcpy(bench->cell, table_record, BYTES);
	for (bit = 0; bit < 8 * BYTES; bit++) {
		bench->cell[bit / 8] ^= 1 << bit % 8;
		expect_refused(test, bench, BYTES, -EINVAL, bit);
		expect_refused(test, bench, SLOT_BYTES, -EINVAL, bit);
		bench->cell[bit / 8] ^= 1 << bit % 8;
	}
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(&bench->record, bench->cell,
						    BYTES), 0);
}

/* A burst as long as the CRC is never missed, wherever it is. */
static void record_each_burst(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	struct rnd_state rnd;
	unsigned int byte;

	prandom_seed_state(&rnd, 1);
	for (byte = 0; byte <= BYTES - 4; byte++) {
		u32 burst = prandom_u32_state(&rnd) | 1;
		unsigned int i;

		memcpy(bench->cell, table_record, BYTES);
		for (i = 0; i < 4; i++)
			bench->cell[byte + i] ^= burst >> (8 * i);
		expect_refused(test, bench, SLOT_BYTES, -EINVAL, byte);
	}
}

static const struct form_case {
	const char *desc;
	u16 format;
	u16 length;		/* as the record has it; its CRC is right */
	size_t size;		/* of all there is */
	int err;
} form_cases[] = {
	{ "as it is", 1, BYTES, BYTES, 0 },
	{ "a format before the first", 0, BYTES, SLOT_BYTES, -EINVAL },
	{ "the next format", 2, BYTES, SLOT_BYTES, -EOPNOTSUPP },
	{ "the next format, no slot", 2, BYTES, BYTES, -EOPNOTSUPP },
	{ "the next format, longer", 2, BYTES + 4, SLOT_BYTES, -EOPNOTSUPP },
	{ "the next format, the slot is full", 2, SLOT_BYTES, SLOT_BYTES, -EOPNOTSUPP },
	{ "the last format", U16_MAX, BYTES, BYTES, -EOPNOTSUPP },
	{ "the next format, longer than there is", 2, BYTES + 1, BYTES, -EINVAL },
	{ "the next format, shorter", 2, BYTES - 1, SLOT_BYTES, -EINVAL },
	{ "longer", 1, BYTES + 1, SLOT_BYTES, -EINVAL },
	{ "longer than there is", 1, BYTES + 1, BYTES, -EINVAL },
	{ "shorter", 1, BYTES - 1, SLOT_BYTES, -EINVAL },
	{ "shorter than the shortest", 1, 8, SLOT_BYTES, -EINVAL },
	{ "no room for its CRC", 1, 3, SLOT_BYTES, -EINVAL },
	{ "no length", 1, 0, SLOT_BYTES, -EINVAL },
	{ "the largest length", 1, U16_MAX, SLOT_BYTES, -EINVAL },
	{ "truncated", 1, BYTES, BYTES - 1, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(form, form_cases, desc);

static void record_form(struct kunit *test)
{
	const struct form_case *c = test->param_value;
	struct bench *bench = new_bench(test);

	memcpy(bench->cell, table_record, BYTES);
	put(bench->cell + FORMAT_AT, c->format, 2);
	put(bench->cell + LENGTH_AT, c->length, 2);
	if (c->length >= 4 && c->length <= SLOT_BYTES)
		seal(bench->cell, c->length);
	if (c->err)
		expect_refused(test, bench, c->size, c->err, 0);
	else
		KUNIT_EXPECT_EQ(test, emrelay_record_decode(&bench->record, bench->cell,
							    c->size), 0);
}

/* What was not written whole is not even of a newer format. */
static void record_form_torn(struct kunit *test)
{
	struct bench *bench = new_bench(test);

	memcpy(bench->cell, table_record, BYTES);
	put(bench->cell + FORMAT_AT, 2, 2);
	expect_refused(test, bench, BYTES, -EINVAL, 0);
	put(bench->cell + FORMAT_AT, 1, 2);
	put(bench->cell, 0x77726d66, 4);
	seal(bench->cell, BYTES);
	expect_refused(test, bench, BYTES, -EINVAL, 1);
	/* A CRC that is as good as any other, were it not for what it is of. */
	memset(bench->cell, 0, BYTES);
	seal(bench->cell, BYTES);
	expect_refused(test, bench, BYTES, -EINVAL, 2);
}

/* A value that a field may, or may not have, though the CRC is right. */
static const struct field_case {
	const char *desc;
	unsigned int at;
	unsigned int bytes;
	u64 value;
	int err;
} field_cases[] = {
	{ "told nothing", TOLD_AT, 2, 0, 0 },
	{ "told worn", TOLD_AT, 2, 2, 0 },
	{ "told what there is not", TOLD_AT, 2, 3, -EINVAL },
	{ "told far more", TOLD_AT, 2, 0x100, -EINVAL },
	{ "told the most", TOLD_AT, 2, U16_MAX, -EINVAL },
	{ "known history", HISTORY_AT, 2, 0, 0 },
	{ "more than unknown history", HISTORY_AT, 2, 2, -EINVAL },
	{ "far more than unknown history", HISTORY_AT, 2, 0x100, -EINVAL },
	{ "a serial without an end", SERIAL_AT + 31, 1, 'x', -EINVAL },
	{ "a serial, and more", SERIAL_AT + 10, 1, 0, -EINVAL },
	{ "no serial, and more", SERIAL_AT, 1, 0, -EINVAL },
	{ "a serial, and one more", SERIAL_AT + 29, 1, 0, -EINVAL },
	{ "a shorter serial", SERIAL_AT + 30, 1, 0, 0 },
	{ "ten tenths of the day", DAY_AT + KNOWN_AT, 4, 10, 0 },
	{ "eleven tenths of the day", DAY_AT + KNOWN_AT, 4, 11, -EINVAL },
	{ "no end of tenths of the day", DAY_AT + KNOWN_AT, 4, U32_MAX, -EINVAL },
	{ "ten tenths of the month", MONTH_AT + KNOWN_AT, 4, 10, 0 },
	{ "eleven tenths of the month", MONTH_AT + KNOWN_AT, 4, 11, -EINVAL },
	{ "a whole tenth of the day", DAY_AT, 8, TENTH_NS, 0 },
	{ "a longer tenth of the day", DAY_AT, 8, TENTH_NS + 1, -EINVAL },
	{ "a tenth of the day that never ends", DAY_AT, 8, U64_MAX, -EINVAL },
	{ "a whole tenth of the month", MONTH_AT, 8, MONTH_TENTH_NS, 0 },
	{ "a longer tenth of the month", MONTH_AT, 8, MONTH_TENTH_NS + 1, -EINVAL },
	{ "all damage before the day", DAY_AT + PICO_AT, 8, 0x4142434445464748, 0 },
	{ "more damage before the day", DAY_AT + PICO_AT, 8, 0x4142434445464749,
	  -EINVAL },
	{ "all damage before the month", MONTH_AT + PICO_AT, 8, 0x4142434445464748,
	  0 },
	{ "more damage before the month", MONTH_AT + PICO_AT, 8, 0x4142434445464749,
	  -EINVAL },
	{ "all cycles before the day", DAY_AT + DUTY_CYCLES_AT, 8,
	  4 * 0x0161626364656600ULL + 6, 0 },
	{ "more cycles before the day", DAY_AT + DUTY_CYCLES_AT, 8,
	  4 * 0x0161626364656600ULL + 7, -EINVAL },
	{ "all cycles before the month", MONTH_AT + DUTY_CYCLES_AT, 8,
	  4 * 0x0161626364656600ULL + 6, 0 },
	{ "more cycles before the month", MONTH_AT + DUTY_CYCLES_AT, 8,
	  4 * 0x0161626364656600ULL + 7, -EINVAL },
	{ "the highest sequence", SEQUENCE_AT, 8, U64_MAX / 2, 0 },
	{ "a sequence above it", SEQUENCE_AT, 8, U64_MAX / 2 + 1, -EINVAL },
	{ "another place", PLACE_AT, 4, 0, 0 },
	{ "the most damage", DAMAGE_AT, 8, U64_MAX, 0 },
	{ "the most cycles", CYCLES_AT, 8, U64_MAX, 0 },
};

KUNIT_ARRAY_PARAM_DESC(field, field_cases, desc);

static void record_field(struct kunit *test)
{
	const struct field_case *c = test->param_value;
	struct bench *bench = new_bench(test);
	u8 *again = kunit_kzalloc(test, BYTES, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, again);
	memcpy(bench->cell, table_record, BYTES);
	put(bench->cell + c->at, c->value, c->bytes);
	seal(bench->cell, BYTES);
	if (c->err) {
		expect_refused(test, bench, BYTES, c->err, 0);
		return;
	}
	KUNIT_EXPECT_EQ(test, emrelay_record_decode(&bench->record, bench->cell,
						    BYTES), 0);
	emrelay_record_encode(&bench->record, again);
	KUNIT_EXPECT_EQ(test, memcmp(again, bench->cell, BYTES), 0);
}

static const struct is_of_case {
	const char *desc;
	struct emrelay_identity its;
	struct emrelay_identity identity;
	bool is_of;
} is_of_cases[] = {
	{ "the same", { 7, 3, "a" }, { 7, 3, "a" }, true },
	{ "never named", { 7, 0, "" }, { 7, 0, "" }, true },
	{ "the longest serial", { 7, 3, "0123456789012345678901234567890" },
	  { 7, 3, "0123456789012345678901234567890" }, true },
	{ "another place", { 8, 3, "a" }, { 7, 3, "a" }, false },
	{ "another place, replaced", { 8, 4, "a" }, { 7, 3, "a" }, false },
	{ "the one before", { 7, 2, "a" }, { 7, 3, "a" }, false },
	{ "long before", { 7, 0, "a" }, { 7, U32_MAX, "a" }, false },
	{ "replaced since", { 7, 4, "b" }, { 7, 3, "a" }, true },
	{ "replaced often since", { 7, U32_MAX, "b" }, { 7, 0, "" }, true },
	{ "another serial", { 7, 3, "b" }, { 7, 3, "a" }, false },
	{ "a longer serial", { 7, 3, "ab" }, { 7, 3, "a" }, false },
	{ "no serial", { 7, 3, "" }, { 7, 3, "a" }, false },
	{ "another end of the longest", { 7, 3, "0123456789012345678901234567890" },
	  { 7, 3, "0123456789012345678901234567891" }, false },
};

KUNIT_ARRAY_PARAM_DESC(is_of, is_of_cases, desc);

static void record_is_of(struct kunit *test)
{
	const struct is_of_case *c = test->param_value;
	struct bench *bench = new_bench(test);

	bench->record.identity = c->its;
	KUNIT_EXPECT_EQ(test, emrelay_record_is_of(&bench->record, &c->identity),
			c->is_of);
}

/* What is in a slot. */
enum slot {
	ERASED,
	ZEROES,
	GOOD,
	TORN,
	FOREIGN,
	OLD_RELAY,
	NEW_RELAY,
	NEWER,
	NEWER_TORN,
};

struct slot_content {
	enum slot slot;
	u64 sequence;
};

static const struct emrelay_identity me = { 0xabcd, 3, "me" };

static void fill_slot(struct bench *bench, unsigned int n,
		      const struct slot_content *content)
{
	struct emrelay_record *record = &bench->record;
	u8 *bytes = bench->cell + n * SLOT_BYTES;

	memset(bytes, content->slot == ZEROES ? 0 : 0xff, SLOT_BYTES);
	if (content->slot == ERASED || content->slot == ZEROES)
		return;

	memset(record, 0, sizeof(*record));
	record->identity = me;
	record->sequence = content->sequence;
	record->writes = n;
	if (content->slot == FOREIGN)
		record->identity.place++;
	if (content->slot == OLD_RELAY)
		record->identity.generation--;
	if (content->slot == NEW_RELAY)
		record->identity.generation++;
	emrelay_record_encode(record, bytes);
	if (content->slot == NEWER || content->slot == NEWER_TORN)
		put(bytes + FORMAT_AT, 2, 2);
	seal(bytes, BYTES);
	if (content->slot == TORN || content->slot == NEWER_TORN)
		bytes[BYTES - 1]++;
}

static const struct pick_case {
	const char *desc;
	struct slot_content slots[2];
	int ret;
	u64 sequence;		/* of the record that is found */
	unsigned int from;	/* its slot; the other one is the next */
} pick_cases[] = {
	{ "a new store", { { ERASED }, { ERASED } }, -EINVAL, 0, 1 },
	{ "a cleared store", { { ZEROES }, { ZEROES } }, -EINVAL, 0, 1 },
	{ "both torn", { { TORN, 1 }, { TORN, 2 } }, -EINVAL, 0, 1 },
	{ "the first write", { { GOOD, 1 }, { ERASED } }, 0, 1, 0 },
	{ "only the second", { { ZEROES }, { GOOD, 2 } }, 0, 2, 1 },
	{ "the second is newer", { { GOOD, 1 }, { GOOD, 2 } }, 0, 2, 1 },
	{ "the first is newer", { { GOOD, 3 }, { GOOD, 2 } }, 0, 3, 0 },
	{ "both the same", { { GOOD, 3 }, { GOOD, 3 } }, 0, 3, 0 },
	{ "the second is the newest of all",
	  { { GOOD, 0 }, { GOOD, EMRELAY_SEQUENCE_MAX } }, 0,
	  EMRELAY_SEQUENCE_MAX, 1 },
	{ "the first is the newest of all",
	  { { GOOD, EMRELAY_SEQUENCE_MAX }, { GOOD, 0 } }, 0,
	  EMRELAY_SEQUENCE_MAX, 0 },
	{ "the very first", { { GOOD, 0 }, { ERASED } }, 0, 0, 0 },
	{ "the very first, second", { { ERASED }, { GOOD, 0 } }, 0, 0, 1 },
	{ "the newer is torn", { { GOOD, 1 }, { TORN, 2 } }, 0, 1, 0 },
	{ "the newer, first is torn", { { TORN, 3 }, { GOOD, 2 } }, 0, 2, 1 },
	{ "another relay's is newer", { { GOOD, 1 }, { FOREIGN, 9 } }, 0, 1, 0 },
	{ "another relay's, first is newer", { { FOREIGN, 9 }, { GOOD, 1 } }, 0, 1, 1 },
	{ "another relay's is as new", { { FOREIGN, 5 }, { GOOD, 5 } }, 0, 5, 1 },
	{ "another relay's is older", { { GOOD, 8 }, { FOREIGN, 1 } }, 0, 8, 0 },
	{ "another relay's, first is older", { { FOREIGN, 1 }, { GOOD, 8 } }, 0, 8, 1 },
	{ "both another's", { { FOREIGN, 1 }, { FOREIGN, 2 } }, -EXDEV, 0, 1 },
	{ "another's and a torn one", { { FOREIGN, 1 }, { TORN, 2 } }, -EXDEV, 0, 1 },
	{ "a torn one and another's", { { TORN, 1 }, { FOREIGN, 2 } }, -EXDEV, 0, 1 },
	{ "that of the relay before", { { OLD_RELAY, 9 }, { GOOD, 1 } }, 0, 1, 1 },
	{ "only that of the relay before", { { OLD_RELAY, 9 }, { ERASED } }, -EXDEV,
	  0, 1 },
	{ "it was replaced", { { GOOD, 5 }, { NEW_RELAY, 6 } }, 0, 6, 1 },
	{ "it was replaced, and the numbers began anew",
	  { { NEW_RELAY, 1 }, { GOOD, 499 } }, 0, 1, 0 },
	{ "the same the other way round", { { GOOD, 499 }, { NEW_RELAY, 1 } }, 0,
	  1, 1 },
	{ "a newer format", { { NEWER, 2 }, { GOOD, 1 } }, -EOPNOTSUPP },
	{ "a newer format second", { { GOOD, 9 }, { NEWER, 2 } }, -EOPNOTSUPP },
	{ "a newer format alone", { { ERASED }, { NEWER, 2 } }, -EOPNOTSUPP },
	{ "a newer format and another's", { { FOREIGN, 1 }, { NEWER, 2 } },
	  -EOPNOTSUPP },
	{ "a newer format is torn", { { NEWER_TORN, 2 }, { GOOD, 1 } }, 0, 1, 1 },
	{ "a newer format second is torn", { { GOOD, 1 }, { NEWER_TORN, 2 } }, 0, 1,
	  0 },
};

KUNIT_ARRAY_PARAM_DESC(pick, pick_cases, desc);

static void record_pick(struct kunit *test)
{
	const struct pick_case *c = test->param_value;
	struct bench *bench = new_bench(test);
	unsigned int slot = 77;

	fill_slot(bench, 0, &c->slots[0]);
	fill_slot(bench, 1, &c->slots[1]);
	/* The least that a record can be is not what was there before. */
	bench->record.sequence = U64_MAX;
	KUNIT_EXPECT_EQ(test, emrelay_record_pick(&bench->record, bench->cell, &me,
						  &slot), c->ret);
	/* Into a newer format nothing is ever written. */
	if (c->ret == -EOPNOTSUPP)
		return;
	KUNIT_EXPECT_EQ(test, slot, !c->from);
	if (c->ret)
		return;
	KUNIT_EXPECT_EQ(test, bench->record.sequence, c->sequence);
	KUNIT_EXPECT_EQ(test, bench->record.writes, c->from);
}

/*
 * The power goes when any number of a record's bytes are written: the record
 * before is found, until the last byte is there.
 */
static void record_power_cut(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	u8 *next = kunit_kzalloc(test, BYTES, GFP_KERNEL);
	unsigned int written, slot;

	KUNIT_ASSERT_NOT_NULL(test, next);
	fill_slot(bench, 1, &(struct slot_content) { GOOD, 3 });
	memcpy(next, bench->cell + SLOT_BYTES, BYTES);
	for (written = 0; written <= BYTES; written++) {
		bool whole = written == BYTES;

		fill_slot(bench, 0, &(struct slot_content) { GOOD, 2 });
		fill_slot(bench, 1, &(struct slot_content) { GOOD, 1 });
		memcpy(bench->cell + SLOT_BYTES, next, written);
		KUNIT_ASSERT_EQ(test, emrelay_record_pick(&bench->record, bench->cell,
							  &me, &slot), 0);
		/* The last bytes may be what they were. */
		whole |= !memcmp(bench->cell + SLOT_BYTES, next, BYTES);
		KUNIT_ASSERT_EQ(test, bench->record.sequence, whole ? 3 : 2);
		KUNIT_ASSERT_EQ(test, slot, !whole);
	}
}

/* A cell is written again and again, and read as by another machine each time. */
static void record_alternates(struct kunit *test)
{
	struct bench *bench = new_bench(test);
	unsigned int slot;
	u64 n;

	KUNIT_EXPECT_EQ(test, emrelay_record_pick(&bench->record, bench->cell, &me,
						  &slot), -EINVAL);
	for (n = 1; n < 10; n++) {
		KUNIT_EXPECT_EQ(test, slot, (n - 1) % 2);
		fill_slot(bench, slot, &(struct slot_content) { GOOD, n });
		KUNIT_EXPECT_EQ(test, emrelay_record_pick(&bench->record,
							  bench->cell, &me,
							  &slot), 0);
		KUNIT_EXPECT_EQ(test, bench->record.sequence, n);
	}
}

#define SET_NS	1577836800000000000ULL	/* 2020-01-01 */

static const struct real_case {
	const char *desc;
	struct emrelay_clocks clocks;
	u64 ns;
	u64 real_ns;
} real_cases[] = {
	{ "now", { 5000, SET_NS + 9 }, 5000, SET_NS + 9 },
	{ "a while ago", { 5000, SET_NS + 9000 }, 1000, SET_NS + 5000 },
	{ "at boot", { 5000, SET_NS + 9000 }, 0, SET_NS + 4000 },
	{ "before the clock was set", { 5000, SET_NS }, 4999, SET_NS - 1 },
	{ "just set", { 5000, SET_NS }, 5000, SET_NS },
	{ "not set", { 5000, SET_NS - 1 }, 5000, 0 },
	{ "a dead clock", { 5000, 0 }, 5000, 0 },
	{ "as long ago as the epoch", { SET_NS + 1, SET_NS }, 1, 0 },
	{ "longer ago than the epoch", { SET_NS + 1, SET_NS }, 0, 0 },
	{ "just after the epoch", { SET_NS + 1, SET_NS }, 2, 1 },
	{ "in the future", { 5000, SET_NS }, 5001, 0 },
};

KUNIT_ARRAY_PARAM_DESC(real, real_cases, desc);

static void clock_real(struct kunit *test)
{
	const struct real_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, emrelay_clock_real_ns(&c->clocks, c->ns), c->real_ns);
}

#define NEVER	U64_MAX

static const struct energised_case {
	const char *desc;
	u64 cycles;
	u64 last_use_ns;
	struct emrelay_clocks clocks;
	u64 energised_ns;
} energised_cases[] = {
	{ "never", 0, 0, { 5000, SET_NS + 9000 }, NEVER },
	{ "never, on a dead clock", 0, 0, { 5000, 0 }, NEVER },
	{ "never, whatever the time says", 0, SET_NS, { 5000, SET_NS + 9000 }, NEVER },
	{ "a while ago", 1, SET_NS + 8000, { 5000, SET_NS + 9000 }, 4000 },
	{ "just now", 1, SET_NS + 9000, { 5000, SET_NS + 9000 }, 5000 },
	{ "at boot", 1, SET_NS + 4000, { 5000, SET_NS + 9000 }, 0 },
	{ "just before boot", 1, SET_NS + 3999, { 5000, SET_NS + 9000 }, 0 },
	{ "just after boot", 1, SET_NS + 4001, { 5000, SET_NS + 9000 }, 1 },
	{ "years ago", 1, SET_NS, { 5000, SET_NS + 365 * DAY_NS }, 0 },
	{ "the clock went back", 1, SET_NS + 9001, { 5000, SET_NS + 9000 }, 5000 },
	{ "the clock went further back", 1, SET_NS + 9500, { 5000, SET_NS + 9000 },
	  5000 },
	{ "the clock is just set", 1, SET_NS, { 5000, SET_NS }, 5000 },
	{ "before the clock was ever set", 1, SET_NS - 70, { 5000, SET_NS }, 4930 },
	{ "the clock is not set", 1, SET_NS - 70, { 5000, SET_NS - 1 }, 5000 },
	{ "a dead clock", 1, SET_NS, { 5000, 0 }, 5000 },
	{ "nobody knows", 1, 0, { 5000, SET_NS + 9000 }, 5000 },
};

KUNIT_ARRAY_PARAM_DESC(energised, energised_cases, desc);

static void record_energised(struct kunit *test)
{
	const struct energised_case *c = test->param_value;
	struct bench *bench = new_bench(test);
	unsigned int class;

	bench->record.wear.last_use_ns = c->last_use_ns;
	for (class = 0; class < EMRELAY_LOAD_CLASSES; class++) {
		memset(bench->record.wear.cycles, 0,
		       sizeof(bench->record.wear.cycles));
		bench->record.wear.cycles[class] = c->cycles;
		KUNIT_EXPECT_EQ(test, emrelay_record_energised_ns(&bench->record,
								  &c->clocks),
				c->energised_ns);
	}
}

static const struct resume_case {
	const char *desc;
	u64 saved_ns;
	struct emrelay_clocks clocks;
	u64 cycles;
	u64 span_ns;		/* 0: it begins anew */
} resume_cases[] = {
	{ "at once", SET_NS, { 5000, SET_NS }, 55, DAY_NS + TENTH_NS - 100 },
	{ "a tenth later", SET_NS, { 5000, SET_NS + TENTH_NS }, 45,
	  DAY_NS + TENTH_NS - 100 },
	{ "just before the tenth ends", SET_NS, { 5000, SET_NS + 99 }, 55,
	  DAY_NS + TENTH_NS - 1 },
	{ "when the tenth ends", SET_NS, { 5000, SET_NS + 100 }, 45, DAY_NS },
	{ "a year later", SET_NS, { 5000, SET_NS + 365 * DAY_NS }, 0,
	  DAY_NS + TENTH_NS - 100 },
	{ "the clock went back", SET_NS + 1, { 5000, SET_NS }, 0, 0 },
	{ "the clock went further back", SET_NS + DAY_NS, { 5000, SET_NS }, 0, 0 },
	{ "the clock is not set", SET_NS - 10, { 5000, SET_NS - 1 }, 0, 0 },
	{ "it was not when it was saved", 0, { 5000, SET_NS }, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(resume, resume_cases, desc);

/* The use of the day as a record has it: so many cycles, the latest first. */
static const struct emrelay_window some_day = {
	.next_ns = 100,
	.pico = 1000,
	.cycles = 1000,
	.known = EMRELAY_TENTHS,
	.tenth_cycles = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
};

static struct emrelay_use use_of_day(const struct emrelay_record *record, u64 now_ns)
{
	return emrelay_duty_use(&record->duty.day, &record->wear, TENTH_NS, now_ns);
}

/* After a boot: all that is known is in the record. */
static void record_resume(struct kunit *test)
{
	const struct resume_case *c = test->param_value;
	struct emrelay_record *record = &new_bench(test)->record;
	struct emrelay_record *saved = &new_bench(test)->record;
	u64 now_ns = c->clocks.now_ns;
	struct emrelay_use use;

	saved->saved_ns = c->saved_ns;
	saved->wear.cycles[EMRELAY_LOAD_RESISTIVE] = 1000;
	saved->wear.damage.pico = 1000;
	saved->duty.day = some_day;

	emrelay_record_begin(record, now_ns);
	emrelay_record_merge(record, saved, false, &c->clocks);
	use = use_of_day(record, now_ns);
	KUNIT_EXPECT_EQ(test, use.cycles, c->cycles);
	KUNIT_EXPECT_EQ(test, use.span_ns, c->span_ns);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&record->wear), 1000);
	if (c->span_ns)
		return;

	/* Anew: what was before is no use, and a tenth begins now. */
	emrelay_duty_roll(&record->duty, &record->wear, now_ns + DAY_NS - 1);
	KUNIT_EXPECT_EQ(test, use_of_day(record, now_ns + DAY_NS - 1).span_ns, 0);
	emrelay_duty_roll(&record->duty, &record->wear, now_ns + DAY_NS);
	use = use_of_day(record, now_ns + DAY_NS);
	KUNIT_EXPECT_EQ(test, use.span_ns, DAY_NS);
	KUNIT_EXPECT_EQ(test, use.cycles, 0);
	KUNIT_EXPECT_EQ(test, use.pico, 0);
}

static void record_begin(struct kunit *test)
{
	struct emrelay_record *record = &new_bench(test)->record;

	record->identity.place = 7;
	emrelay_record_begin(record, 5000);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 1);
	KUNIT_EXPECT_EQ(test, record->identity.place, 7);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&record->wear), 0);
	KUNIT_EXPECT_EQ(test, record->duty.day.next_ns, 5000 + TENTH_NS);
	KUNIT_EXPECT_EQ(test, record->duty.month.next_ns, 5000 + MONTH_TENTH_NS);
}

/* Two accounts of one relay, and the present: @record has been on since 400. */
static void two_accounts(struct kunit *test, struct emrelay_record **record,
			 struct emrelay_record **other)
{
	*record = &new_bench(test)->record;
	*other = &new_bench(test)->record;
	emrelay_record_begin(*record, 300);
	(*record)->identity = (struct emrelay_identity) { 7, 0, "" };
	(*record)->sequence = 5;
	(*record)->writes = 50;
	(*record)->wear = (struct emrelay_wear) {
		.damage = { 10, 1 }, .cycles = { 1 }, .on_since_ns = 400,
		.first_ns = 400, .last_ns = 400,
	};
	(*other)->identity = (struct emrelay_identity) { 7, 2, "other" };
	(*other)->sequence = 4;
	(*other)->writes = 49;
	(*other)->saved_ns = SET_NS;
	(*other)->wear = (struct emrelay_wear) {
		.damage = { 9000, 0 }, .cycles = { 0, 8 }, .on_ns = 77,
	};
	(*other)->duty.day = (struct emrelay_window) {
		.next_ns = TENTH_NS, .pico = 9000, .cycles = 8,
	};
	(*other)->duty.month = (struct emrelay_window) {
		.next_ns = MONTH_TENTH_NS, .pico = 9000, .cycles = 8,
	};
}

static const struct emrelay_clocks later = { 1000, SET_NS + 60 };

static void record_merge(struct kunit *test)
{
	struct emrelay_record *record, *other;

	two_accounts(test, &record, &other);
	record->told = EMRELAY_GOOD;
	other->told = EMRELAY_WARNING;
	emrelay_record_merge(record, other, false, &later);
	KUNIT_EXPECT_EQ(test, record->wear.damage.pico, 9000);
	KUNIT_EXPECT_EQ(test, record->wear.cycles[EMRELAY_LOAD_NONE], 1);
	KUNIT_EXPECT_EQ(test, record->wear.cycles[EMRELAY_LOAD_RESISTIVE], 8);
	KUNIT_EXPECT_EQ(test, record->wear.on_ns, 77);
	KUNIT_EXPECT_EQ(test, record->wear.on_since_ns, 400);
	KUNIT_EXPECT_EQ(test, record->wear.last_ns, 400);
	KUNIT_EXPECT_EQ(test, record->identity.generation, 2);
	KUNIT_EXPECT_STREQ(test, record->identity.serial, "other");
	KUNIT_EXPECT_EQ(test, record->sequence, 5);
	KUNIT_EXPECT_EQ(test, record->writes, 50);
	KUNIT_EXPECT_EQ(test, record->told, EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 0);
}

static void record_merge_the_newer(struct kunit *test)
{
	struct emrelay_record *record, *other;

	two_accounts(test, &record, &other);
	other->sequence = 6;
	other->writes = 51;
	other->told = EMRELAY_WARNING;
	other->unknown_history = 1;
	record->told = EMRELAY_WORN;
	emrelay_record_merge(record, other, false, &later);
	KUNIT_EXPECT_EQ(test, record->sequence, 6);
	KUNIT_EXPECT_EQ(test, record->writes, 51);
	/* What was told is not told again. */
	KUNIT_EXPECT_EQ(test, record->told, EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 1);
}

/* Known to one account is known. */
static void record_merge_history(struct kunit *test)
{
	struct emrelay_record *record, *other;

	two_accounts(test, &record, &other);
	record->unknown_history = 0;
	other->unknown_history = 1;
	emrelay_record_merge(record, other, false, &later);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 0);

	two_accounts(test, &record, &other);
	other->unknown_history = 1;
	emrelay_record_merge(record, other, false, &later);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 1);
}

static const struct longer_case {
	const char *desc;
	unsigned int day, month;		/* tenths that the record knows */
	unsigned int other_day, other_month;
	bool other;
} longer_cases[] = {
	{ "both new", 0, 0, 0, 0, false },
	{ "the other is", 3, 1, 0, 0, false },
	{ "the record is", 0, 0, 3, 1, true },
	{ "as long", 10, 4, 10, 4, false },
	{ "a longer day", 4, 1, 5, 1, true },
	{ "a shorter day", 5, 1, 4, 1, false },
	{ "a longer month", 10, 4, 10, 5, true },
	{ "a shorter month", 10, 5, 10, 4, false },
};

KUNIT_ARRAY_PARAM_DESC(longer, longer_cases, desc);

/* The use is that of the account that goes back further, as it was there. */
static void record_merge_use(struct kunit *test)
{
	const struct longer_case *c = test->param_value;
	struct emrelay_record *record, *other;
	struct emrelay_window *day;

	two_accounts(test, &record, &other);
	day = &record->duty.day;
	day->known = c->day;
	record->duty.month.known = c->month;
	other->duty.day = some_day;
	other->duty.day.known = c->other_day;
	other->duty.day.pico = 8000;
	other->duty.day.cycles = 6;
	other->duty.month.known = c->other_month;
	emrelay_record_merge(record, other, false, &later);

	KUNIT_EXPECT_EQ(test, day->known, c->other ? c->other_day : c->day);
	KUNIT_EXPECT_EQ(test, day->tenth_cycles[0], c->other);
	KUNIT_EXPECT_EQ(test, day->next_ns,
			c->other ? later.now_ns + 40 : 300 + TENTH_NS);
	KUNIT_EXPECT_EQ(test, record->wear.damage.pico - day->pico,
			c->other ? 1000 : 10);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&record->wear) - day->cycles,
			c->other ? 2 : 1);
}

/* The stretch that lasts is in the record of a moment, and counts once. */
static void record_merge_while_on(struct kunit *test)
{
	struct emrelay_record *record, *other;

	two_accounts(test, &record, &other);
	record->wear.on_ns = 100;
	record->wear.on_since_ns = later.now_ns - 50;
	*other = *record;
	emrelay_record_freeze(other, true, &later);
	emrelay_record_merge(record, other, true, &later);
	KUNIT_EXPECT_EQ(test, record->wear.on_ns, 100);
	KUNIT_EXPECT_EQ(test, record->wear.on_since_ns, later.now_ns - 50);

	other->wear.on_ns = 1000;
	other->saved_ns = 0;
	emrelay_record_merge(record, other, true, &later);
	KUNIT_EXPECT_EQ(test, record->wear.on_ns, 950);
}

/* The counts so far are those of the relay that was replaced. */
static void record_succeed(struct kunit *test)
{
	struct emrelay_record *record, *other;

	two_accounts(test, &record, &other);
	record->told = EMRELAY_WORN;
	record->wear.cycles[EMRELAY_LOAD_NONE] = 49000;
	record->wear.last_ns = 77;
	other->identity.generation = record->identity.generation + 1;
	other->told = EMRELAY_WARNING;
	emrelay_record_succeed(record, other, &later);
	KUNIT_EXPECT_EQ(test, record->identity.generation,
			other->identity.generation);
	KUNIT_EXPECT_EQ(test, record->told, EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&record->wear),
			emrelay_wear_cycles(&other->wear));
	KUNIT_EXPECT_EQ(test, record->wear.damage.pico, other->wear.damage.pico);
	KUNIT_EXPECT_EQ(test, record->wear.on_since_ns, later.now_ns);
	KUNIT_EXPECT_EQ(test, record->wear.last_ns, 77);

	/* What was told of the old one is not told of the new one. */
	two_accounts(test, &record, &other);
	record->told = EMRELAY_WORN;
	other->told = EMRELAY_GOOD;
	emrelay_record_succeed(record, other, &later);
	KUNIT_EXPECT_EQ(test, record->told, EMRELAY_GOOD);
}

/* What ended before belongs where it was, not where the accounts meet. */
static void record_merge_after_a_tenth(struct kunit *test)
{
	struct emrelay_record *record, *other;
	const struct emrelay_clocks clocks = { 300 + TENTH_NS, SET_NS };

	two_accounts(test, &record, &other);
	emrelay_record_merge(record, other, false, &clocks);
	KUNIT_EXPECT_EQ(test, record->duty.day.known, 1);
	KUNIT_EXPECT_EQ(test, record->duty.day.tenth_cycles[0], 1);
	KUNIT_EXPECT_EQ(test, record->duty.day.tenth_pico[0], 10);
	KUNIT_EXPECT_EQ(test, record->duty.day.next_ns, 300 + 2 * TENTH_NS);
}

/* The store could be read at last: what was counted meanwhile comes on top. */
static void record_follow(struct kunit *test)
{
	struct emrelay_record *record, *other;
	struct emrelay_use use;

	two_accounts(test, &record, &other);
	other->told = EMRELAY_WARNING;
	other->duty.day = some_day;
	other->duty.day.pico = 8000;
	other->duty.day.cycles = 6;
	emrelay_record_follow(record, other, &later);
	KUNIT_EXPECT_EQ(test, record->wear.damage.pico, 9010);
	KUNIT_EXPECT_EQ(test, record->wear.damage.fraction, 1);
	KUNIT_EXPECT_EQ(test, record->wear.cycles[EMRELAY_LOAD_NONE], 1);
	KUNIT_EXPECT_EQ(test, record->wear.cycles[EMRELAY_LOAD_RESISTIVE], 8);
	KUNIT_EXPECT_EQ(test, record->wear.on_ns, 77);
	KUNIT_EXPECT_EQ(test, record->wear.on_since_ns, 400);
	KUNIT_EXPECT_EQ(test, record->identity.generation, 2);
	KUNIT_EXPECT_STREQ(test, record->identity.serial, "other");
	KUNIT_EXPECT_EQ(test, record->sequence, 5);
	KUNIT_EXPECT_EQ(test, record->writes, 50);
	KUNIT_EXPECT_EQ(test, record->told, EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 0);

	/* 55 in ten tenths, 2 in the one that runs, and the one that was counted. */
	use = use_of_day(record, later.now_ns);
	KUNIT_EXPECT_EQ(test, use.cycles, 55 + 2 + 1);
	KUNIT_EXPECT_EQ(test, use.pico, 1000 + 10);
	KUNIT_EXPECT_EQ(test, use.span_ns, DAY_NS + TENTH_NS - 40);

	/* Who does not know how long ago that was, begins now. */
	two_accounts(test, &record, &other);
	other->duty.day = some_day;
	other->saved_ns = 0;
	emrelay_record_follow(record, other, &later);
	KUNIT_EXPECT_EQ(test, record->duty.day.known, 0);
	KUNIT_EXPECT_EQ(test, record->duty.day.next_ns, later.now_ns + TENTH_NS);
	KUNIT_EXPECT_EQ(test, record->duty.month.next_ns,
			later.now_ns + MONTH_TENTH_NS);
}

static const struct freeze_case {
	const char *desc;
	struct emrelay_wear wear;
	bool on;
	struct emrelay_clocks clocks;
	u64 on_ns;
	u64 first_use_ns;
	u64 last_use_ns;
	u64 saved_ns;
} freeze_cases[] = {
	{ "never used", {}, false, { 1000, SET_NS + 9000 }, .saved_ns = SET_NS + 9000 },
	{ "on", { .on_ns = 5, .on_since_ns = 400, .first_ns = 300, .last_ns = 400 },
	  true, { 1000, SET_NS + 9000 },
	  605, SET_NS + 8300, SET_NS + 8400, SET_NS + 9000 },
	{ "off", { .on_ns = 5, .on_since_ns = 400, .first_ns = 300, .last_ns = 400 },
	  false, { 1000, SET_NS + 9000 },
	  5, SET_NS + 8300, SET_NS + 8400, SET_NS + 9000 },
	{ "used before", { .first_ns = 300, .last_ns = 400, .first_use_ns = 7,
	  .last_use_ns = 8 }, false, { 1000, SET_NS + 9000 },
	  0, 7, SET_NS + 8400, SET_NS + 9000 },
	{ "used only before", { .first_use_ns = 7, .last_use_ns = 8 }, false,
	  { 1000, SET_NS + 9000 }, 0, 7, 8, SET_NS + 9000 },
	{ "used only before, and no clock", { .first_use_ns = 7, .last_use_ns = 8 },
	  false, { 1000, SET_NS - 1 }, 0, 7, 8, 0 },
	{ "no clock", { .first_ns = 300, .last_ns = 400 }, false,
	  { 1000, SET_NS - 1 }, 0, 0, 0, 0 },
	{ "used before, who knows until when", { .first_ns = 300, .last_ns = 400,
	  .first_use_ns = 7 }, false, { 1000, SET_NS + 9000 },
	  0, 7, SET_NS + 8400, SET_NS + 9000 },
	{ "replaced since", { .last_ns = 400 }, false, { 1000, SET_NS + 9000 },
	  0, 0, SET_NS + 8400, SET_NS + 9000 },
	{ "the first is not known", { .first_ns = 300, .last_ns = 400,
	  .first_lost = true }, false, { 1000, SET_NS + 9000 },
	  0, 0, SET_NS + 8400, SET_NS + 9000 },
	/* It was used since: what was the last use is not the last any more. */
	{ "used before, and no clock", { .first_ns = 300, .last_ns = 400,
	  .first_use_ns = 7, .last_use_ns = 8 }, false, { 1000, SET_NS - 1 },
	  0, 7, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(freeze, freeze_cases, desc);

static void record_freeze(struct kunit *test)
{
	const struct freeze_case *c = test->param_value;
	struct emrelay_record *record = &new_bench(test)->record;
	struct emrelay_wear *wear = &record->wear;

	emrelay_record_begin(record, 200);
	record->sequence = 5;
	record->wear = c->wear;
	emrelay_record_freeze(record, c->on, &c->clocks);
	KUNIT_EXPECT_EQ(test, wear->on_ns, c->on_ns);
	KUNIT_EXPECT_EQ(test, wear->first_use_ns, c->first_use_ns);
	KUNIT_EXPECT_EQ(test, wear->last_use_ns, c->last_use_ns);
	KUNIT_EXPECT_EQ(test, record->saved_ns, c->saved_ns);
	KUNIT_EXPECT_EQ(test, record->sequence, 5);
	KUNIT_EXPECT_EQ(test, record->duty.day.next_ns, TENTH_NS - 800);
	KUNIT_EXPECT_EQ(test, record->duty.month.next_ns, MONTH_TENTH_NS - 800);
	/* Nothing of this machine's clock is left. */
	KUNIT_EXPECT_EQ(test, wear->on_since_ns, 0);
	KUNIT_EXPECT_EQ(test, wear->first_ns, 0);
	KUNIT_EXPECT_EQ(test, wear->last_ns, 0);
}

/* A tenth that has ended is one in the record. */
static void record_freeze_after_a_tenth(struct kunit *test)
{
	const struct emrelay_clocks clocks = { 200 + 3 * TENTH_NS + 1, SET_NS };
	struct emrelay_record *record = &new_bench(test)->record;

	emrelay_record_begin(record, 200);
	record->wear.cycles[EMRELAY_LOAD_AC15] = 9;
	emrelay_record_freeze(record, false, &clocks);
	KUNIT_EXPECT_EQ(test, record->duty.day.next_ns, TENTH_NS - 1);
	KUNIT_EXPECT_EQ(test, record->duty.day.known, 3);
	KUNIT_EXPECT_EQ(test, record->duty.day.tenth_cycles[2], 9);
}

/* Saved, the power goes, and back: all there was, in whatever time of the day. */
static void record_over_a_boot(struct kunit *test)
{
	const struct emrelay_clocks before = { 7 * DAY_NS + 1234, SET_NS + DAY_NS };
	const struct emrelay_clocks after = { 42, SET_NS + DAY_NS + 2 * TENTH_NS };
	struct emrelay_record *record = &new_bench(test)->record;
	struct bench *bench = new_bench(test);
	struct emrelay_record *found = &bench->record;
	struct emrelay_use use;
	unsigned int slot;

	record->identity = me;
	emrelay_record_begin(record, 0);
	emrelay_duty_roll(&record->duty, &record->wear, 7 * DAY_NS);
	record->wear = (struct emrelay_wear) {
		.damage = { 60, 5 }, .cycles = { 1, 2, 0, 3 }, .on_ns = 9,
		.first_ns = 7 * DAY_NS + 34, .last_ns = 7 * DAY_NS + 234,
	};
	emrelay_record_freeze(record, false, &before);
	emrelay_record_encode(record, bench->cell);

	KUNIT_ASSERT_EQ(test, emrelay_record_pick(found, bench->cell, &me, &slot), 0);
	expect_record(test, found, record);
	KUNIT_EXPECT_EQ(test, emrelay_record_energised_ns(found, &after), 0);
	memset(record, 0, sizeof(*record));
	record->identity = me;
	emrelay_record_begin(record, after.now_ns);
	emrelay_record_merge(record, found, false, &after);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&record->wear), 6);
	KUNIT_EXPECT_EQ(test, record->wear.first_use_ns, SET_NS + DAY_NS - 1200);
	KUNIT_EXPECT_EQ(test, record->wear.last_use_ns, SET_NS + DAY_NS - 1000);
	use = use_of_day(record, after.now_ns);
	KUNIT_EXPECT_EQ(test, use.cycles, 6);
	KUNIT_EXPECT_EQ(test, use.pico, 60);
	KUNIT_EXPECT_EQ(test, use.span_ns, DAY_NS + 1234);
}

static void record_replace(struct kunit *test)
{
	struct emrelay_record *record = &new_bench(test)->record;

	*record = table;
	emrelay_record_replace(record, "K7", 5000);
	KUNIT_EXPECT_EQ(test, record->identity.place, table.identity.place);
	KUNIT_EXPECT_EQ(test, record->identity.generation,
			table.identity.generation + 1);
	/* Nothing is left of a longer one. */
	KUNIT_EXPECT_EQ(test, memcmp(record->identity.serial,
				     (const char [EMRELAY_SERIAL_SIZE]) { "K7" },
				     EMRELAY_SERIAL_SIZE), 0);
	expect_wear(test, &record->wear,
		    &(struct emrelay_wear) { .on_since_ns = 5000 });
	KUNIT_EXPECT_EQ(test, record->told, EMRELAY_GOOD);
	KUNIT_EXPECT_EQ(test, record->unknown_history, 0);
	KUNIT_EXPECT_EQ(test, record->duty.day.known, 0);
	KUNIT_EXPECT_EQ(test, record->duty.day.cycles, 0);
	KUNIT_EXPECT_EQ(test, record->duty.day.next_ns, 5000 + TENTH_NS);
	/* The store is the same one. */
	KUNIT_EXPECT_EQ(test, record->sequence, table.sequence);
	KUNIT_EXPECT_EQ(test, record->writes, table.writes);
}

/* The record of the old one is not of the new one, that of the new one is. */
static void record_replace_is_another(struct kunit *test)
{
	struct emrelay_record *record = &new_bench(test)->record;
	struct emrelay_record *old = &new_bench(test)->record;

	old->identity = me;
	*record = *old;
	emrelay_record_replace(record, "0123456789012345678901234567890", 0);
	KUNIT_EXPECT_FALSE(test, emrelay_record_is_of(old, &record->identity));
	KUNIT_EXPECT_TRUE(test, emrelay_record_is_of(record, &record->identity));
	KUNIT_EXPECT_TRUE(test, emrelay_record_is_of(record, &old->identity));
	KUNIT_EXPECT_STREQ(test, record->identity.serial,
			   "0123456789012345678901234567890");

	old->identity.generation = U32_MAX - 1;
	*record = *old;
	emrelay_record_replace(record, "K8", 0);
	KUNIT_EXPECT_EQ(test, record->identity.generation, U32_MAX);

	/* The last there can be: only its name tells. */
	old->identity.generation = U32_MAX;
	*record = *old;
	emrelay_record_replace(record, "K8", 0);
	KUNIT_EXPECT_EQ(test, record->identity.generation, U32_MAX);
	KUNIT_EXPECT_FALSE(test, emrelay_record_is_of(old, &record->identity));
}

static struct kunit_case record_test_cases[] = {
	KUNIT_CASE(record_encode),
	KUNIT_CASE(record_decode),
	KUNIT_CASE(record_without_the_present),
	KUNIT_CASE(record_extremes),
	KUNIT_CASE(record_each_bit),
	KUNIT_CASE(record_each_burst),
	KUNIT_CASE_PARAM(record_form, form_gen_params),
	KUNIT_CASE(record_form_torn),
	KUNIT_CASE_PARAM(record_field, field_gen_params),
	KUNIT_CASE_PARAM(record_is_of, is_of_gen_params),
	KUNIT_CASE_PARAM(record_pick, pick_gen_params),
	KUNIT_CASE(record_power_cut),
	KUNIT_CASE(record_alternates),
	KUNIT_CASE_PARAM(clock_real, real_gen_params),
	KUNIT_CASE_PARAM(record_energised, energised_gen_params),
	KUNIT_CASE(record_begin),
	KUNIT_CASE_PARAM(record_resume, resume_gen_params),
	KUNIT_CASE(record_merge),
	KUNIT_CASE(record_merge_the_newer),
	KUNIT_CASE(record_merge_history),
	KUNIT_CASE_PARAM(record_merge_use, longer_gen_params),
	KUNIT_CASE(record_merge_while_on),
	KUNIT_CASE(record_succeed),
	KUNIT_CASE(record_merge_after_a_tenth),
	KUNIT_CASE(record_follow),
	KUNIT_CASE_PARAM(record_freeze, freeze_gen_params),
	KUNIT_CASE(record_freeze_after_a_tenth),
	KUNIT_CASE(record_over_a_boot),
	KUNIT_CASE(record_replace),
	KUNIT_CASE(record_replace_is_another),
	{}
};

static struct kunit_suite record_suite = {
	.name = "emrelay_record",
	.test_cases = record_test_cases,
};

kunit_test_suite(record_suite);

MODULE_DESCRIPTION("KUnit tests of the record of a relay's life");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
