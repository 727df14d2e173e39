// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of a relay's life: nothing but what was written is ever read, and
 * only by the relay whose it is. The bytes of one are of another program,
 * tests/tables.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "record.h"

#include "record_table.h"

#define BYTES	256
#define DAY_NS	86400000000000ULL
#define SET_NS	1577836800000000000ULL	/* 2020-01-01 */
#define NEVER	U64_MAX

/* Where some of the fields are. */
#define MAGIC_AT	0
#define FORMAT_AT	4
#define SIZE_AT		6
#define SEQUENCE_AT	8
#define SERIAL_AT	24
#define NAME_AT		56
#define CYCLES_AT	120
#define DAMAGE_AT	152
#define TOLD_AT		208
#define ON_TIME		5	/* of the numbers */
#define HISTORY_AT	209
#define TARGET_AT	210
#define SPARE_AT	211

/* The longest there may be. */
#define LONG_SERIAL	"0123456789012345678901234567890"
#define LONG_NAME	"012345678901234567890123456789012345678901234567890123456789abc"

/* What table_record tells: each number differs, and so do its bytes. */
static const struct emrelay_account table = {
	.wear = {
		.damage_pico = 0x4142434445464748,
		.cycles = { 0x0161626364656600, 0x0161626364656601,
			    0x0161626364656602, 0x0161626364656603 },
		.on_ns = 0x0171727374757600,
		.longest_on_ns = 0x0171727374757601,
		.shortest_on_ns = 0x0171727374757602,
		.first_use_ns = 0x0171727374757603,
		.last_use_ns = 0x0171727374757604,
		.last_release_ns = 0x0171727374757605,
	},
	.serial = "Pump 7, shelf 3: ~K7/2 #A1!?+x~",
	.told = EMRELAY_WARNING,
	.unknown_history = true,
};

#define TABLE_NAME	"the name of a relay, as long as any name of an LED, and no more"

static const struct emrelay_clocks table_clocks = { 5000, 0x1918171615141312 };

static void expect_wear(struct kunit *test, const struct emrelay_wear *a,
			const struct emrelay_wear *b)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, a->damage_pico, b->damage_pico);
	for (i = 0; i < EMRELAY_LOAD_CLASSES; i++)
		KUNIT_EXPECT_EQ(test, a->cycles[i], b->cycles[i]);
	KUNIT_EXPECT_EQ(test, a->on_ns, b->on_ns);
	KUNIT_EXPECT_EQ(test, a->longest_on_ns, b->longest_on_ns);
	KUNIT_EXPECT_EQ(test, a->shortest_on_ns, b->shortest_on_ns);
	KUNIT_EXPECT_EQ(test, a->on_since_ns, b->on_since_ns);
	KUNIT_EXPECT_EQ(test, a->first_ns, b->first_ns);
	KUNIT_EXPECT_EQ(test, a->last_ns, b->last_ns);
	KUNIT_EXPECT_EQ(test, a->released_ns, b->released_ns);
	KUNIT_EXPECT_EQ(test, a->first_use_ns, b->first_use_ns);
	KUNIT_EXPECT_EQ(test, a->last_use_ns, b->last_use_ns);
	KUNIT_EXPECT_EQ(test, a->last_release_ns, b->last_release_ns);
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

static void put(void *to, unsigned int at, u64 value, unsigned int size)
{
	u8 *bytes = to + at;
	unsigned int i;

	for (i = 0; i < size; i++)
		bytes[i] = value >> (8 * i);
}

/* The right CRC for what was changed. */
static void seal(void *record)
{
	put(record, BYTES - 4, crc_of(record, BYTES - 4), 4);
}

static void from_table(struct emrelay_record *record)
{
	memcpy(record, table_record, sizeof(table_record));
}

static void record_bytes(struct kunit *test)
{
	struct emrelay_record record[2];

	KUNIT_ASSERT_EQ(test, sizeof(table_record), BYTES);
	memset(record, 0xff, sizeof(record));
	emrelay_record_make(record, 0x1112131415161718, &table, TABLE_NAME, false, true,
			    &table_clocks);
	KUNIT_EXPECT_EQ(test, memcmp(record, table_record, BYTES), 0);
	/* So many bytes and no others. */
	KUNIT_EXPECT_NULL(test, memchr_inv(&record[1], 0xff, BYTES));
	KUNIT_EXPECT_EQ(test, emrelay_record_check(record), 0);
}

static void record_read(struct kunit *test)
{
	struct emrelay_record record;
	struct emrelay_wear wear;

	from_table(&record);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), 0);
	memset(&wear, 0xff, sizeof(wear));
	emrelay_record_wear(&record, &wear);
	expect_wear(test, &wear, &table.wear);
	KUNIT_EXPECT_EQ(test, memcmp(&record, table_record, BYTES), 0);
}

/* A record of the largest numbers there are, and one of none. */
static void record_extremes(struct kunit *test)
{
	struct emrelay_account account = { };
	struct emrelay_clocks clocks = { };
	struct emrelay_record record;
	struct emrelay_wear wear;

	emrelay_record_make(&record, 0, &account, "", false, false, &clocks);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), 0);
	emrelay_record_wear(&record, &wear);
	expect_wear(test, &wear, &account.wear);

	memset(&account.wear, 0xff, sizeof(account.wear));
	strscpy(account.serial, LONG_SERIAL, sizeof(account.serial));
	account.told = EMRELAY_WORN;
	account.unknown_history = true;
	clocks = (struct emrelay_clocks) { U64_MAX, U64_MAX };
	emrelay_record_make(&record, EMRELAY_SEQUENCE_MAX, &account, LONG_NAME, false, true,
			    &clocks);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), 0);
	emrelay_record_wear(&record, &wear);
	account.wear.on_since_ns = 0;
	account.wear.first_ns = 0;
	account.wear.last_ns = 0;
	account.wear.released_ns = 0;
	expect_wear(test, &wear, &account.wear);

	/* A name that is too long is cut, not read behind. */
	emrelay_record_make(&record, 1, &account, LONG_NAME "defghi", true, true, &clocks);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), 0);
	KUNIT_EXPECT_STREQ(test, record.name, LONG_NAME);
}

static void record_each_bit(struct kunit *test)
{
	struct emrelay_record record;
	unsigned int bit;
	u8 *bytes = (u8 *)&record;

	from_table(&record);
	for (bit = 0; bit < 8 * BYTES; bit++) {
		int ret;

		bytes[bit / 8] ^= 1 << bit % 8;
		ret = emrelay_record_check(&record);
		KUNIT_EXPECT_TRUE_MSG(test, ret == -EINVAL, "bit %u: %d", bit, ret);
		bytes[bit / 8] ^= 1 << bit % 8;
	}
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), 0);
}

/* A burst as long as the CRC is never missed, wherever it is. */
static void record_each_burst(struct kunit *test)
{
	struct emrelay_record record;
	struct rnd_state rnd;
	unsigned int byte;

	prandom_seed_state(&rnd, 1);
	for (byte = 0; byte <= BYTES - 4; byte++) {
		u32 burst = prandom_u32_state(&rnd) | 1;
		unsigned int i;
		int ret;

		from_table(&record);
		for (i = 0; i < 4; i++)
			((u8 *)&record)[byte + i] ^= burst >> (8 * i);
		ret = emrelay_record_check(&record);
		KUNIT_EXPECT_TRUE_MSG(test, ret == -EINVAL, "byte %u: %d", byte, ret);
	}
}

/* A value that a field may, or may not have, though the CRC is right. */
static const struct field_case {
	const char *desc;
	unsigned int at;
	unsigned int bytes;
	u64 value;
	int err;
} field_cases[] = {
	{ "as it is", FORMAT_AT, 2, 1, 0 },
	{ "another magic number", MAGIC_AT, 4, 0x77726d66, -EINVAL },
	{ "no magic number", MAGIC_AT, 4, 0, -EINVAL },
	{ "a format before the first", FORMAT_AT, 2, 0, -EOPNOTSUPP },
	{ "the next format", FORMAT_AT, 2, 2, -EOPNOTSUPP },
	{ "the last format", FORMAT_AT, 2, U16_MAX, -EOPNOTSUPP },
	{ "another order of bytes", FORMAT_AT, 2, 0x100, -EOPNOTSUPP },
	{ "longer", SIZE_AT, 2, BYTES + 1, -EOPNOTSUPP },
	{ "shorter", SIZE_AT, 2, BYTES - 1, -EOPNOTSUPP },
	{ "no size", SIZE_AT, 2, 0, -EOPNOTSUPP },
	{ "the highest sequence", SEQUENCE_AT, 8, U64_MAX / 2, 0 },
	{ "a sequence above it", SEQUENCE_AT, 8, U64_MAX / 2 + 1, -EOPNOTSUPP },
	{ "a serial without an end", SERIAL_AT + 31, 1, 'x', -EOPNOTSUPP },
	{ "a serial, and more", SERIAL_AT + 10, 1, 0, 0 },
	{ "no serial, and more", SERIAL_AT, 1, 0, 0 },
	{ "a serial, and one more", SERIAL_AT + 29, 1, 0, 0 },
	{ "a shorter serial", SERIAL_AT + 30, 1, 0, 0 },
	{ "a name without an end", NAME_AT + 63, 1, 'x', -EOPNOTSUPP },
	{ "a name, and one more", NAME_AT + 61, 1, 0, 0 },
	{ "a shorter name", NAME_AT + 62, 1, 0, 0 },
	{ "the most cycles", CYCLES_AT, 8, U64_MAX, 0 },
	{ "the most damage", DAMAGE_AT, 8, U64_MAX, 0 },
	{ "told nothing", TOLD_AT, 1, 0, 0 },
	{ "told worn", TOLD_AT, 1, 2, 0 },
	{ "told what there is not", TOLD_AT, 1, 3, -EOPNOTSUPP },
	{ "told the most", TOLD_AT, 1, U8_MAX, -EOPNOTSUPP },
	{ "known history", HISTORY_AT, 1, 0, 0 },
	{ "more than unknown history", HISTORY_AT, 1, 2, -EOPNOTSUPP },
	{ "no target", TARGET_AT, 1, 0, 0 },
	{ "more than a target", TARGET_AT, 1, 2, -EOPNOTSUPP },
	{ "something in the first spare byte", SPARE_AT, 1, 1, -EOPNOTSUPP },
	{ "something in the last spare byte", BYTES - 5, 1, 0x80, -EOPNOTSUPP },
};

KUNIT_ARRAY_PARAM_DESC(field, field_cases, desc);

static void record_field(struct kunit *test)
{
	const struct field_case *c = test->param_value;
	struct emrelay_record record;

	from_table(&record);
	put(&record, c->at, c->value, c->bytes);
	seal(&record);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), c->err);
	/* What was not written whole is not even of another format. */
	put(&record, BYTES - 4, le32_to_cpu(record.crc) ^ 1, 4);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), -EINVAL);
}

/* Cells that were never written, or cleared, with a CRC that fits or without. */
static void record_empty(struct kunit *test)
{
	struct emrelay_record record;

	memset(&record, 0xff, sizeof(record));
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), -EINVAL);
	seal(&record);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), -EINVAL);
	memset(&record, 0, sizeof(record));
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), -EINVAL);
	seal(&record);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), -EINVAL);
}

static const struct matches_case {
	const char *desc;
	const char *its_serial;
	const char *its_name;
	const char *serial;
	const char *name;
	bool matches;
} matches_cases[] = {
	{ "the same", "a", "pump", "a", "pump", true },
	{ "neither has a serial", "", "pump", "", "pump", true },
	{ "moved to another socket", "a", "fan", "a", "pump", true },
	{ "another serial in the socket", "b", "pump", "a", "pump", false },
	{ "no serial in the socket", "", "pump", "a", "pump", false },
	{ "nobody said the serial yet", "a", "pump", "", "pump", true },
	{ "nobody said the serial, and another name", "a", "fan", "", "pump", false },
	{ "another name", "", "fan", "", "pump", false },
	{ "a longer name", "", "pump2", "", "pump", false },
	{ "a shorter name", "", "pum", "", "pump", false },
	{ "a longer serial", "ab", "pump", "a", "pump", false },
	{ "another end of the longest serial", LONG_SERIAL, "pump",
	  "0123456789012345678901234567891", "pump", false },
	{ "the longest of both", LONG_SERIAL, LONG_NAME, LONG_SERIAL, LONG_NAME, true },
	{ "the longest name", "", LONG_NAME, "", LONG_NAME, true },
};

KUNIT_ARRAY_PARAM_DESC(matches, matches_cases, desc);

static void record_of(struct emrelay_record *record, const char *serial,
		      const char *name, u64 sequence)
{
	static const struct emrelay_clocks clocks = { 5000, SET_NS };
	struct emrelay_account account = { .wear.cycles = { 0, sequence } };

	strscpy(account.serial, serial, sizeof(account.serial));
	emrelay_record_make(record, sequence, &account, name, false, false, &clocks);
}

static void record_matches(struct kunit *test)
{
	const struct matches_case *c = test->param_value;
	struct emrelay_record record;

	record_of(&record, c->its_serial, c->its_name, 1);
	KUNIT_ASSERT_EQ(test, emrelay_record_check(&record), 0);
	KUNIT_EXPECT_EQ(test, emrelay_record_matches(&record, c->serial, c->name),
			c->matches);
}

/* What is in a cell. */
enum content {
	ERASED,
	ZEROS,
	GOOD,
	TORN,
	FOREIGN,		/* of another serial and name */
	OLD_RELAY,		/* of another serial, but this name */
	MOVED,			/* of this serial, but another name */
	OTHER_FORMAT,
};

struct cell_content {
	enum content content;
	u64 sequence;
};

static void fill_cell(struct emrelay_record *record,
		      const struct cell_content *cell)
{
	memset(record, cell->content == ERASED ? 0xff : 0, sizeof(*record));
	if (cell->content == ERASED || cell->content == ZEROS)
		return;

	record_of(record, cell->content == FOREIGN ? "you" :
			  cell->content == OLD_RELAY ? "old" : "me",
		  cell->content == FOREIGN || cell->content == MOVED ? "fan" : "pump",
		  cell->sequence);
	if (cell->content == OTHER_FORMAT) {
		put(record, FORMAT_AT, 2, 2);
		seal(record);
	}
	if (cell->content == TORN)
		put(record, BYTES - 4, le32_to_cpu(record->crc) + 1, 4);
}

static const struct pick_case {
	const char *desc;
	const char *serial;
	struct cell_content cells[EMRELAY_CELLS];
	int ret;
	bool foreign;
} pick_cases[] = {
	{ "new cells", "me", { { ERASED }, { ERASED } }, -ENODATA },
	{ "cleared cells", "me", { { ZEROS }, { ZEROS } }, -ENODATA },
	{ "both torn", "me", { { TORN, 1 }, { TORN, 2 } }, -ENODATA },
	{ "the first write", "me", { { GOOD, 1 }, { ERASED } }, 0 },
	{ "only the second", "me", { { ZEROS }, { GOOD, 2 } }, 1 },
	{ "the second is newer", "me", { { GOOD, 1 }, { GOOD, 2 } }, 1 },
	{ "the first is newer", "me", { { GOOD, 3 }, { GOOD, 2 } }, 0 },
	{ "both the same", "me", { { GOOD, 3 }, { GOOD, 3 } }, 0 },
	{ "the second is the newest of all", "me",
	  { { GOOD, 0 }, { GOOD, EMRELAY_SEQUENCE_MAX } }, 1 },
	{ "the first is the newest of all", "me",
	  { { GOOD, EMRELAY_SEQUENCE_MAX }, { GOOD, 0 } }, 0 },
	{ "the very first", "me", { { GOOD, 0 }, { ERASED } }, 0 },
	{ "the very first, second", "me", { { ERASED }, { GOOD, 0 } }, 1 },
	{ "the newer is torn", "me", { { GOOD, 1 }, { TORN, 2 } }, 0 },
	{ "the newer, first is torn", "me", { { TORN, 3 }, { GOOD, 2 } }, 1 },
	{ "another relay's is newer", "me", { { GOOD, 1 }, { FOREIGN, 9 } }, 0, true },
	{ "another relay's, first is newer", "me", { { FOREIGN, 9 }, { GOOD, 1 } }, 1, true },
	{ "another relay's is older", "me", { { GOOD, 8 }, { FOREIGN, 1 } }, 0, true },
	{ "both another's", "me", { { FOREIGN, 1 }, { FOREIGN, 2 } }, -ENODATA, true },
	{ "another's and a torn one", "me", { { FOREIGN, 1 }, { TORN, 2 } }, -ENODATA, true },
	{ "a torn one and another's", "me", { { TORN, 1 }, { FOREIGN, 2 } }, -ENODATA, true },
	{ "another's beside a new cell", "me", { { ERASED }, { FOREIGN, 2 } }, -ENODATA, true },
	{ "that of the relay before", "me", { { OLD_RELAY, 9 }, { GOOD, 1 } }, 1, true },
	{ "only that of the relay before", "me", { { OLD_RELAY, 9 }, { ERASED } },
	  -ENODATA, true },
	{ "from another socket", "me", { { GOOD, 1 }, { MOVED, 2 } }, 1 },
	{ "nobody said the serial: the newest of the name", "",
	  { { OLD_RELAY, 5 }, { GOOD, 6 } }, 1 },
	{ "the same the other way round", "", { { GOOD, 6 }, { OLD_RELAY, 5 } }, 0 },
	{ "nobody said the serial, and another name", "",
	  { { MOVED, 5 }, { GOOD, 4 } }, 1, true },
	{ "another format", "me", { { OTHER_FORMAT, 2 }, { GOOD, 1 } }, 1, true },
	{ "another format second", "me", { { GOOD, 9 }, { OTHER_FORMAT, 2 } }, 0, true },
	{ "another format alone", "me", { { ERASED }, { OTHER_FORMAT, 2 } }, -ENODATA, true },
};

KUNIT_ARRAY_PARAM_DESC(pick, pick_cases, desc);

static void record_pick(struct kunit *test)
{
	const struct pick_case *c = test->param_value;
	struct emrelay_record cells[EMRELAY_CELLS];
	u64 sequence = 0, highest = 0;
	bool foreign = false;
	unsigned int i;

	fill_cell(&cells[0], &c->cells[0]);
	fill_cell(&cells[1], &c->cells[1]);
	KUNIT_EXPECT_EQ(test, emrelay_record_pick(cells, c->serial, "pump", &foreign,
						  &sequence), c->ret);
	KUNIT_EXPECT_EQ(test, foreign, c->foreign);
	for (i = 0; i < EMRELAY_CELLS; i++)
		if (c->cells[i].content != TORN && c->cells[i].content != OTHER_FORMAT)
			highest = max(highest, c->cells[i].sequence);
	KUNIT_EXPECT_EQ(test, sequence, highest);
}

/* There are two cells: what lies behind them is none. */
static void record_pick_two(struct kunit *test)
{
	struct emrelay_record records[EMRELAY_CELLS + 1] = { };
	bool foreign = false;
	u64 sequence = 0;

	emrelay_record_make(&records[EMRELAY_CELLS], 9, &table, "a", false, false, &table_clocks);
	KUNIT_EXPECT_EQ(test, emrelay_record_pick(records, table.serial, "a", &foreign, &sequence),
			-ENODATA);
	KUNIT_EXPECT_EQ(test, sequence, 0);
}

/*
 * The power goes when any number of a record's bytes are written: the record
 * before is found, until the last byte is there.
 */
static void record_power_cut(struct kunit *test)
{
	struct emrelay_record cells[EMRELAY_CELLS], next;
	unsigned int written;
	bool foreign = false;

	fill_cell(&next, &(struct cell_content) { GOOD, 3 });
	for (written = 0; written <= BYTES; written++) {
		u64 sequence = 0;
		bool whole;

		fill_cell(&cells[0], &(struct cell_content) { GOOD, 2 });
		fill_cell(&cells[1], &(struct cell_content) { GOOD, 1 });
		memcpy(&cells[1], &next, written);
		/* The last bytes may be what they were. */
		whole = !memcmp(&cells[1], &next, BYTES);
		KUNIT_ASSERT_TRUE(test, whole || written < BYTES);
		KUNIT_ASSERT_EQ(test, emrelay_record_pick(cells, "me", "pump", &foreign,
							  &sequence), whole);
		KUNIT_ASSERT_FALSE(test, foreign);
		KUNIT_ASSERT_EQ(test, sequence, 2 + whole);
	}
}

static const struct real_case {
	const char *desc;
	struct emrelay_clocks clocks;
	u64 ns;
	u64 real_ns;
} real_cases[] = {
	{ "now", { 5000, SET_NS + 9 }, 5000, SET_NS + 9 },
	{ "a while ago", { 5000, SET_NS + 9000 }, 1000, SET_NS + 5000 },
	{ "just after the boot", { 5000, SET_NS + 9000 }, 1, SET_NS + 4001 },
	{ "never", { 5000, SET_NS + 9000 }, 0, 0 },
	{ "before the clock was set", { 5000, SET_NS }, 4999, SET_NS - 1 },
	{ "just set", { 5000, SET_NS }, 5000, SET_NS },
	{ "not set", { 5000, SET_NS - 1 }, 5000, 0 },
	{ "a dead clock", { 5000, 0 }, 5000, 0 },
	{ "as long ago as the epoch", { SET_NS + 1, SET_NS }, 1, 0 },
	{ "just after the epoch", { SET_NS + 1, SET_NS }, 2, 1 },
	{ "in the future", { 5000, SET_NS }, 5001, 0 },
	{ "in the far future", { 5000, SET_NS }, U64_MAX, 0 },
};

KUNIT_ARRAY_PARAM_DESC(real, real_cases, desc);

static void clock_real(struct kunit *test)
{
	const struct real_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, emrelay_clock_real_ns(&c->clocks, c->ns), c->real_ns);
}

static const struct boot_case {
	const char *desc;
	u64 real_ns;
	struct emrelay_clocks clocks;
	u64 ns;
} boot_cases[] = {
	{ "a while ago", SET_NS + 8000, { 5000, SET_NS + 9000 }, 4000 },
	{ "just now", SET_NS + 9000, { 5000, SET_NS + 9000 }, 5000 },
	{ "at boot", SET_NS + 4000, { 5000, SET_NS + 9000 }, 0 },
	{ "just before boot", SET_NS + 3999, { 5000, SET_NS + 9000 }, 0 },
	{ "just after boot", SET_NS + 4001, { 5000, SET_NS + 9000 }, 1 },
	{ "years ago", SET_NS, { 5000, SET_NS + 365 * DAY_NS }, 0 },
	{ "the clock went back", SET_NS + 9001, { 5000, SET_NS + 9000 }, 5000 },
	{ "the clock went further back", SET_NS + 9500, { 5000, SET_NS + 9000 }, 5000 },
	{ "the clock is just set", SET_NS, { 5000, SET_NS }, 5000 },
	{ "before the clock was ever set", SET_NS - 70, { 5000, SET_NS }, 4930 },
	{ "the clock is not set", SET_NS, { 5000, SET_NS - 1 }, 5000 },
	{ "a dead clock", SET_NS, { 5000, 0 }, 5000 },
	{ "nobody knows", 0, { 5000, SET_NS + 9000 }, 5000 },
};

KUNIT_ARRAY_PARAM_DESC(boot, boot_cases, desc);

static void clock_boot(struct kunit *test)
{
	const struct boot_case *c = test->param_value;

	struct emrelay_account account = {
		.wear = { .cycles = { 1 }, .last_use_ns = c->real_ns },
	};

	KUNIT_EXPECT_EQ(test, emrelay_account_energised_ns(&account, &c->clocks), c->ns);
	account.wear.last_release_ns = c->real_ns;
	KUNIT_EXPECT_EQ(test, emrelay_account_released_ns(&account, &c->clocks), c->ns);
}

static const struct moment_case {
	const char *desc;
	struct emrelay_wear wear;
	u64 energised_ns;
	u64 released_ns;
} moment_cases[] = {
	{ "never used", {}, NEVER, 5000 },
	{ "never used, whatever the time says", { .last_use_ns = SET_NS }, NEVER, 5000 },
	{ "used, who knows when", { .cycles = { 1 } }, 5000, 5000 },
	{ "used with a load, who knows when", { .cycles = { 0, 0, 0, 1 } }, 5000, 5000 },
	{ "known from before the boot", { .cycles = { 1 }, .last_use_ns = SET_NS,
	  .last_release_ns = SET_NS + 1 }, 0, 0 },
	{ "known since the boot", { .cycles = { 1 }, .last_use_ns = SET_NS + 8000,
	  .last_release_ns = SET_NS + 8500 }, 4000, 4500 },
	{ "on as it was recorded", { .cycles = { 1 }, .last_use_ns = SET_NS + 8000,
	  .last_release_ns = SET_NS + 7999 }, 4000, 5000 },
	{ "recorded without a clock", { .cycles = { 1 }, .last_release_ns = SET_NS + 1 },
	  5000, 5000 },
	{ "released after the present", { .cycles = { 1 }, .last_use_ns = SET_NS + 8000,
	  .last_release_ns = SET_NS + 9001 }, 4000, 5000 },
	{ "counted here", { .cycles = { 1 }, .last_ns = 3000, .released_ns = 3500 },
	  3000, 3500 },
	{ "counted here, after what a record knows", { .cycles = { 1 }, .last_ns = 3000,
	  .released_ns = 3500, .last_use_ns = SET_NS, .last_release_ns = SET_NS },
	  3000, 3500 },
	{ "counted here, and on still", { .cycles = { 1 }, .last_ns = 3000 }, 3000, 5000 },
	{ "counted here, and elsewhere just now", { .cycles = { 1 }, .last_ns = 3000,
	  .released_ns = 3500, .last_use_ns = SET_NS + 9000 }, 5000, 3500 },
	{ "counted here, and elsewhere after the present", { .cycles = { 1 }, .last_ns = 3000,
	  .released_ns = 3500, .last_use_ns = SET_NS + 9001 }, 3000, 3500 },
	{ "released, but not energised here", { .cycles = { 1 }, .released_ns = 3500,
	  .last_use_ns = SET_NS + 7000, .last_release_ns = SET_NS }, 3000, 3500 },
};

KUNIT_ARRAY_PARAM_DESC(moment, moment_cases, desc);

static void account_moments(struct kunit *test)
{
	static const struct emrelay_clocks clocks = { 5000, SET_NS + 9000 };
	const struct moment_case *c = test->param_value;
	const struct emrelay_account account = { .wear = c->wear };

	KUNIT_EXPECT_EQ(test, emrelay_account_energised_ns(&account, &clocks),
			c->energised_ns);
	KUNIT_EXPECT_EQ(test, emrelay_account_released_ns(&account, &clocks), c->released_ns);
}

static const struct make_case {
	const char *desc;
	struct emrelay_wear wear;
	bool on;
	struct emrelay_clocks clocks;
	u64 on_ns;
	u64 first_use_ns;
	u64 last_use_ns;
	u64 released_ns;
	u64 saved_ns;
} make_cases[] = {
	{ "never used", {}, false, { 1000, SET_NS + 9000 }, 0, 0, 0, 0, SET_NS + 9000 },
	{ "used", { .on_ns = 7, .on_since_ns = 400, .first_ns = 300, .last_ns = 400,
	  .released_ns = 450 }, false, { 1000, SET_NS + 9000 },
	  7, SET_NS + 8300, SET_NS + 8400, SET_NS + 8450, SET_NS + 9000 },
	{ "on", { .on_ns = 7, .on_since_ns = 400, .first_ns = 400, .last_ns = 400 }, true,
	  { 1000, SET_NS + 9000 }, 607, SET_NS + 8400, SET_NS + 8400, 0, SET_NS + 9000 },
	{ "no clock", { .on_ns = 7, .on_since_ns = 400, .first_ns = 400, .last_ns = 400,
	  .released_ns = 450 }, true, { 1000, SET_NS - 1 }, 607, 0, 0, 0, 0 },
	{ "used before", { .first_ns = 300, .last_ns = 400, .released_ns = 450,
	  .first_use_ns = 7, .last_use_ns = 8, .last_release_ns = 9 }, false,
	  { 1000, SET_NS + 9000 }, 0, 7, SET_NS + 8400, SET_NS + 8450, SET_NS + 9000 },
	{ "not used since", { .first_use_ns = 7, .last_use_ns = 8, .last_release_ns = 9 },
	  false, { 1000, SET_NS + 9000 }, 0, 7, 8, 9, SET_NS + 9000 },
	{ "the first is not known", { .first_ns = U64_MAX, .last_ns = 400 }, false,
	  { 1000, SET_NS + 9000 }, 0, 0, SET_NS + 8400, 0, SET_NS + 9000 },
	/* It was used since: what was the last use is not the last any more. */
	{ "used before, and no clock", { .first_ns = 300, .last_ns = 400,
	  .released_ns = 450, .first_use_ns = 7, .last_use_ns = 8,
	  .last_release_ns = 9 }, false, { 1000, SET_NS - 1 }, 0, 7, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(make, make_cases, desc);

static void record_make(struct kunit *test)
{
	const struct make_case *c = test->param_value;
	const struct emrelay_account account = { .wear = c->wear };
	struct emrelay_record record;
	struct emrelay_wear wear;

	emrelay_record_make(&record, 0, &account, "pump", c->on, false, &c->clocks);
	emrelay_record_wear(&record, &wear);
	KUNIT_EXPECT_EQ(test, wear.on_ns, c->on_ns);
	KUNIT_EXPECT_EQ(test, wear.first_use_ns, c->first_use_ns);
	KUNIT_EXPECT_EQ(test, wear.last_use_ns, c->last_use_ns);
	KUNIT_EXPECT_EQ(test, wear.last_release_ns, c->released_ns);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(record.saved_ns), c->saved_ns);
	/* The account goes on as it was. */
	expect_wear(test, &account.wear, &c->wear);
}

/* The first reading of the cells: what was counted since comes on top. */
static void account_catches_up(struct kunit *test)
{
	struct emrelay_account account = { .unknown_history = true };
	struct emrelay_record record;

	from_table(&record);
	emrelay_wear_energised(&account.wear, EMRELAY_LOAD_AC15, 5, 300);
	emrelay_wear_released(&account.wear, 340);
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_NVMEM, false, 400);
	KUNIT_EXPECT_EQ(test, account.wear.cycles[EMRELAY_LOAD_AC15],
			table.wear.cycles[EMRELAY_LOAD_AC15] + 1);
	KUNIT_EXPECT_EQ(test, account.wear.cycles[EMRELAY_LOAD_NONE],
			table.wear.cycles[EMRELAY_LOAD_NONE]);
	KUNIT_EXPECT_EQ(test, account.wear.damage_pico, table.wear.damage_pico + 5);
	KUNIT_EXPECT_EQ(test, account.wear.on_ns, table.wear.on_ns + 40);
	KUNIT_EXPECT_EQ(test, account.wear.last_ns, 300);
	KUNIT_EXPECT_EQ(test, account.wear.first_use_ns, table.wear.first_use_ns);
	KUNIT_EXPECT_EQ(test, account.source, EMRELAY_WEAR_NVMEM);
	KUNIT_EXPECT_STREQ(test, account.serial, table.serial);

	/* Once: what is read later was written by this one. */
	account.stored = true;
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_NVMEM, false, 400);
	KUNIT_EXPECT_EQ(test, account.wear.cycles[EMRELAY_LOAD_AC15],
			table.wear.cycles[EMRELAY_LOAD_AC15] + 1);
	KUNIT_EXPECT_EQ(test, account.wear.on_ns, table.wear.on_ns + 40);
}

/* A record from a file: each counter becomes the larger, read or not. */
static void account_merge(struct kunit *test)
{
	unsigned int stored;

	for (stored = 0; stored <= 1; stored++) {
		struct emrelay_account account = {
			.wear = { .cycles = { U64_MAX, 1 }, .damage_pico = 9,
				  .on_ns = 50 },
			.told = EMRELAY_WORN,
			.unknown_history = true,
			.stored = stored,
		};
		struct emrelay_record record;

		from_table(&record);
		emrelay_account_merge(&account, &record, EMRELAY_WEAR_RECORD, false, 400);
		KUNIT_EXPECT_EQ(test, account.wear.cycles[0], U64_MAX);
		KUNIT_EXPECT_EQ(test, account.wear.cycles[1], table.wear.cycles[1]);
		KUNIT_EXPECT_EQ(test, account.wear.damage_pico, table.wear.damage_pico);
		KUNIT_EXPECT_EQ(test, account.wear.on_ns, table.wear.on_ns);
		KUNIT_EXPECT_EQ(test, account.told, EMRELAY_WORN);
		KUNIT_EXPECT_TRUE(test, account.unknown_history);
		KUNIT_EXPECT_EQ(test, account.source, EMRELAY_WEAR_RECORD);
		KUNIT_EXPECT_EQ(test, account.stored, stored);
		KUNIT_EXPECT_EQ(test, memcmp(account.serial, table.serial,
					     EMRELAY_SERIAL_SIZE), 0);
	}
}

/* What the record knows better of all that is no counter, and what not. */
static void account_merge_identity(struct kunit *test)
{
	struct emrelay_account account = {
		.serial = "mine", .source = EMRELAY_WEAR_NVMEM,
		.unknown_history = true, .stored = true,
	};
	struct emrelay_record record;

	from_table(&record);
	record.unknown_history = 0;
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_RECORD, false, 400);
	KUNIT_EXPECT_STREQ(test, account.serial, "mine");
	KUNIT_EXPECT_EQ(test, account.source, EMRELAY_WEAR_NVMEM);
	KUNIT_EXPECT_EQ(test, account.told, EMRELAY_WARNING);
	KUNIT_EXPECT_FALSE(test, account.unknown_history);
	record.unknown_history = 1;
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_RECORD, false, 400);
	KUNIT_EXPECT_FALSE(test, account.unknown_history);
}

/* The stretch that lasts is in a record: it is not counted twice when it ends. */
static void account_merge_while_on(struct kunit *test)
{
	static const struct emrelay_clocks clocks = { 900, SET_NS };
	struct emrelay_account account = {
		.wear = { .on_ns = 50, .on_since_ns = 400 }, .stored = true,
	};
	struct emrelay_record record;

	emrelay_record_make(&record, 0, &account, "pump", true, true, &clocks);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(record.wear[ON_TIME]), 550);
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_RECORD, true, 1000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&account.wear, true, 1000), 650);
	emrelay_wear_released(&account.wear, 1000);
	KUNIT_EXPECT_EQ(test, account.wear.on_ns, 650);

	/* One that knows of more on-time than that. */
	record.wear[ON_TIME] = cpu_to_le64(5000);
	account.wear.on_since_ns = 2000;
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_RECORD, true, 2100);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&account.wear, true, 2100), 5000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&account.wear, true, 2200), 5100);
}

/* Saved, the power goes, and back: all there was, and nothing of the old clock. */
static void record_over_a_boot(struct kunit *test)
{
	static const struct emrelay_clocks before = { 7 * DAY_NS, SET_NS + DAY_NS };
	static const struct emrelay_clocks after = { 42, SET_NS + 2 * DAY_NS };
	struct emrelay_account account = {
		.wear = {
			.damage_pico = 60, .cycles = { 1, 2, 0, 3 }, .on_ns = 9,
			.first_ns = 7 * DAY_NS - 1200, .last_ns = 7 * DAY_NS - 1000,
			.released_ns = 7 * DAY_NS - 900,
		},
		.serial = "K7",
	};
	struct emrelay_record record;

	emrelay_record_make(&record, 17, &account, "pump", false, false, &before);
	KUNIT_ASSERT_EQ(test, emrelay_record_check(&record), 0);
	account = (struct emrelay_account) { .unknown_history = true };
	KUNIT_ASSERT_TRUE(test, emrelay_record_matches(&record, account.serial, "pump"));
	emrelay_account_merge(&account, &record, EMRELAY_WEAR_NVMEM, false, 42);
	expect_wear(test, &account.wear, &(struct emrelay_wear) {
		.damage_pico = 60, .cycles = { 1, 2, 0, 3 }, .on_ns = 9,
		.first_use_ns = SET_NS + DAY_NS - 1200,
		.last_use_ns = SET_NS + DAY_NS - 1000,
		.last_release_ns = SET_NS + DAY_NS - 900,
	});
	KUNIT_EXPECT_STREQ(test, account.serial, "K7");
	KUNIT_EXPECT_FALSE(test, account.unknown_history);
	KUNIT_EXPECT_EQ(test, emrelay_account_energised_ns(&account, &after), 0);
}

static void account_replace(struct kunit *test)
{
	struct emrelay_account account = table;

	account.stored = true;
	account.source = EMRELAY_WEAR_NVMEM;
	emrelay_account_replace(&account, "K7", 5000);
	expect_wear(test, &account.wear,
		    &(struct emrelay_wear) { .on_since_ns = 5000 });
	/* Nothing is left of a longer one. */
	KUNIT_EXPECT_EQ(test, memcmp(account.serial,
				     (const char [EMRELAY_SERIAL_SIZE]) { "K7" },
				     EMRELAY_SERIAL_SIZE), 0);
	KUNIT_EXPECT_EQ(test, account.told, EMRELAY_GOOD);
	KUNIT_EXPECT_EQ(test, account.source, EMRELAY_WEAR_NONE);
	KUNIT_EXPECT_FALSE(test, account.unknown_history);
	/* The cells are the same ones. */
	KUNIT_EXPECT_TRUE(test, account.stored);
	emrelay_account_replace(&account, LONG_SERIAL, 5000);
	KUNIT_EXPECT_STREQ(test, account.serial, LONG_SERIAL);
}

/* Each field where its neighbours differ from it. */
static void account_each_field(struct kunit *test)
{
	static const struct emrelay_clocks clocks = { 5000, SET_NS + 5000 };
	static const struct emrelay_account account = {
		.wear = { .on_ns = 500, .last_use_ns = 1, .first_ns = 3000, .last_ns = 4000 },
		.serial = "7",
		.told = EMRELAY_WORN,
	};
	struct emrelay_account other = {
		.wear = { .on_ns = 100, .on_since_ns = 1000 },
		.serial = "8",
		.told = EMRELAY_WORN,
	};
	struct emrelay_record record;
	struct emrelay_wear wear;

	emrelay_record_make(&record, 1, &account, "a", false, false, &clocks);
	emrelay_record_wear(&record, &wear);
	KUNIT_EXPECT_EQ(test, record.told, EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, wear.first_use_ns, SET_NS + 3000);

	emrelay_account_merge(&other, &record, EMRELAY_WEAR_NVMEM, true, 5000);
	KUNIT_EXPECT_STREQ(test, other.serial, "8");
	KUNIT_EXPECT_EQ(test, other.source, EMRELAY_WEAR_NVMEM);
	KUNIT_EXPECT_EQ(test, other.wear.on_ns, 600);

	other.stored = true;
	emrelay_account_replace(&other, "9", 6000);
	KUNIT_EXPECT_TRUE(test, other.stored);
}

/* The record of the old one is not of the new one, that of the new one is. */
static void account_replace_is_another(struct kunit *test)
{
	static const struct emrelay_clocks clocks = { 5000, SET_NS };
	struct emrelay_account account = { };
	struct emrelay_record old, new;

	emrelay_record_make(&old, 0, &account, "pump", false, false, &clocks);
	emrelay_account_replace(&account, "K7", 5000);
	emrelay_record_make(&new, 0, &account, "pump", false, false, &clocks);
	KUNIT_EXPECT_FALSE(test, emrelay_record_matches(&old, account.serial, "pump"));
	KUNIT_EXPECT_TRUE(test, emrelay_record_matches(&new, account.serial, "pump"));
}

/* What was seen of a contact goes into a record, and out of it. */
static void record_contact(struct kunit *test)
{
	static const struct emrelay_clocks clocks = { 5000, SET_NS };
	struct emrelay_account account = { };
	struct emrelay_feedback_life life = {
		.operate = { .n = 40, .baseline_ns = 13000999, .ewma_ns = 14000000 },
		.release = { .baseline_ns = U64_MAX, .ewma_ns = 21000000 },
		.bounce = { .baseline_ns = 1600000, .ewma_ns = 1700000 },
		.misfires = 1ULL << 40, .welds = 3,
	};
	struct emrelay_feedback_life other = {
		.bounce = { .n = 2, .baseline_ns = 5, .ewma_ns = 6 }, .misfires = 2, .welds = 4,
	};
	struct emrelay_record record;

	emrelay_record_make(&record, 0, &account, "pump", false, false, &clocks);
	emrelay_record_contact(&record, &life);
	KUNIT_EXPECT_EQ(test, emrelay_record_check(&record), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.baseline_us[0]), 13000u);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.baseline_us[1]), U32_MAX);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.misfires), U32_MAX);
	record.misfires = cpu_to_le32(7);

	/* It counts what comes after. */
	emrelay_record_recall(&record, &other, true);
	KUNIT_EXPECT_EQ(test, other.misfires, 9ULL);
	KUNIT_EXPECT_EQ(test, other.welds, 7ULL);
	KUNIT_EXPECT_EQ(test, other.operate.baseline_ns, 13000000ULL);
	KUNIT_EXPECT_EQ(test, other.operate.ewma_ns, 14000000ULL);
	KUNIT_EXPECT_EQ(test, other.operate.n, 0ULL);
	KUNIT_EXPECT_EQ(test, other.release.ewma_ns, 21000000ULL);
	KUNIT_EXPECT_EQ(test, other.bounce.baseline_ns, 5ULL);
	KUNIT_EXPECT_EQ(test, other.bounce.ewma_ns, 6ULL);
	/* It has counted the same. */
	other.misfires = 6;
	emrelay_record_recall(&record, &other, false);
	KUNIT_EXPECT_EQ(test, other.misfires, 7ULL);
	KUNIT_EXPECT_EQ(test, other.welds, 7ULL);

	/* What does not fit is the largest that does. */
	life.operate.ewma_ns = U64_MAX;
	life.welds = 1ULL << 40;
	emrelay_record_contact(&record, &life);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.ewma_us[0]), U32_MAX);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.ewma_us[2]), 1700u);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.welds), U32_MAX);
}

static struct kunit_case record_test_cases[] = {
	KUNIT_CASE(record_contact),
	KUNIT_CASE(record_bytes),
	KUNIT_CASE(record_read),
	KUNIT_CASE(record_extremes),
	KUNIT_CASE(record_each_bit),
	KUNIT_CASE(record_each_burst),
	KUNIT_CASE_PARAM(record_field, field_gen_params),
	KUNIT_CASE(record_empty),
	KUNIT_CASE_PARAM(record_matches, matches_gen_params),
	KUNIT_CASE_PARAM(record_pick, pick_gen_params),
	KUNIT_CASE(record_pick_two),
	KUNIT_CASE(record_power_cut),
	KUNIT_CASE_PARAM(clock_real, real_gen_params),
	KUNIT_CASE_PARAM(clock_boot, boot_gen_params),
	KUNIT_CASE_PARAM(account_moments, moment_gen_params),
	KUNIT_CASE_PARAM(record_make, make_gen_params),
	KUNIT_CASE(account_catches_up),
	KUNIT_CASE(account_merge),
	KUNIT_CASE(account_merge_identity),
	KUNIT_CASE(account_merge_while_on),
	KUNIT_CASE(record_over_a_boot),
	KUNIT_CASE(account_replace),
	KUNIT_CASE(account_each_field),
	KUNIT_CASE(account_replace_is_another),
	{}
};

static struct kunit_suite record_suite = {
	.name = "emrelay_record",
	.test_cases = record_test_cases,
};

kunit_test_suite(record_suite);

MODULE_DESCRIPTION("KUnit tests of the record of a relay's life");
MODULE_LICENSE("GPL");
