// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer writes cells of stores. What is read of them is what was written, only
 * by the relay whose it is, and what becomes of it can be written and read again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "record.h"

#define LAW(law)						\
do {								\
	if (!(law)) {						\
		fprintf(stderr, "broken: %s\n", #law);		\
		abort();					\
	}							\
} while (0)

/* The bytes that there are to be used, zeros after that. */
struct input {
	const u8 *at;
	size_t left;
};

static void take(struct input *input, void *to, size_t size)
{
	size_t taken = min(size, input->left);

	memset(to, 0, size);
	memcpy(to, input->at, taken);
	input->at += taken;
	input->left -= taken;
}

/* Nothing but luck would get the head and the CRC right. */
static void take_cell(struct input *input, struct emrelay_record *record, u8 how)
{
	take(input, record, sizeof(*record));
	if (how & 1) {
		record->magic = cpu_to_le32(EMRELAY_RECORD_MAGIC);
		record->format = cpu_to_le16(EMRELAY_RECORD_FORMAT);
		record->size = cpu_to_le16(sizeof(*record));
	}
	if (how & 2)
		record->crc = cpu_to_le32(crc32(0, (u8 *)record,
						sizeof(*record) - 4));
}

/* What the driver knows of a record is all that there is in one. */
static int check(const struct emrelay_record *record)
{
	int ret = emrelay_record_check(record);
	struct emrelay_account account = { .stored = true };
	struct emrelay_feedback_life life = { 0 };
	struct emrelay_record again;
	struct emrelay_clocks clocks = { 0 };

	LAW(!ret || ret == -EINVAL || ret == -EOPNOTSUPP);
	if (ret)
		return ret;

	account.unknown_history = true;
	emrelay_account_merge(&account, record, EMRELAY_WEAR_RECORD, false, 0);
	emrelay_record_make(&again, le64_to_cpu(record->sequence), &account,
			    record->name, false, record->target, &clocks);
	emrelay_record_recall(record, &life, true);
	emrelay_record_contact(&again, &life);
	LAW(!emrelay_record_check(&again));
	LAW(!strcmp(again.name, record->name));
	/* What stands behind a text, or when it was written, is nothing. */
	memcpy(again.name, record->name, sizeof(again.name));
	again.saved_ns = record->saved_ns;
	again.crc = record->crc;
	LAW(!memcmp(&again, record, sizeof(again)));
	return 0;
}

/* The relay lives on with what was found, and its life is put away again. */
static void live_on(const struct emrelay_record *found,
		    struct emrelay_clocks *clocks, u64 later_ns, bool stored)
{
	struct emrelay_account account = { .unknown_history = true, .stored = stored };
	struct emrelay_record record;
	struct emrelay_wear wear;
	u64 cycles, pico, moment_ns;

	emrelay_record_wear(found, &wear);
	cycles = emrelay_wear_cycles(&wear);
	pico = wear.damage_pico;
	emrelay_wear_energised(&account.wear, EMRELAY_LOAD_AC15, 20000000, 1);
	emrelay_account_merge(&account, found, EMRELAY_WEAR_NVMEM, true, clocks->now_ns);
	LAW(emrelay_wear_cycles(&account.wear) >= cycles);
	LAW(account.wear.damage_pico >= pico);
	if (!stored) {
		LAW(emrelay_wear_cycles(&account.wear) > cycles || cycles == U64_MAX ||
		    wear.cycles[EMRELAY_LOAD_AC15] == U64_MAX);
		LAW(account.wear.damage_pico - pico == min(20000000, U64_MAX - pico));
	}
	LAW(!strcmp(account.serial, found->serial));
	account.wear.last_ns = 0;
	moment_ns = emrelay_account_energised_ns(&account, clocks);
	LAW(moment_ns <= clocks->now_ns);

	clocks->now_ns += later_ns;
	clocks->real_ns += later_ns;
	emrelay_record_make(&record, le64_to_cpu(found->sequence) / 2 + 1, &account,
			    "pump", true, true, clocks);
	LAW(!check(&record));
	emrelay_record_wear(&record, &wear);
	LAW(emrelay_wear_cycles(&wear) == emrelay_wear_cycles(&account.wear));
}

/* Called as what libFuzzer wants it to be called: see run. */
int test_one_input(const u8 *bytes, size_t size)
{
	static const char * const serials[] = { "", "K7" };
	struct emrelay_record cells[EMRELAY_CELLS], before[EMRELAY_CELLS];
	struct input input = { bytes, size };
	struct emrelay_clocks clocks;
	int ret, found[EMRELAY_CELLS];
	bool foreign = false, others = false;
	const char *serial;
	unsigned int i;
	u64 later_ns, sequence = 0;
	u8 how;

	take(&input, &how, sizeof(how));
	take(&input, &clocks, sizeof(clocks));
	take(&input, &later_ns, sizeof(later_ns));
	for (i = 0; i < EMRELAY_CELLS; i++) {
		take_cell(&input, &cells[i], how >> (2 * i));
		found[i] = check(&cells[i]);
	}
	memcpy(before, cells, sizeof(cells));
	serial = serials[how >> 5 & 1];

	ret = emrelay_record_pick(cells, serial, "pump", &foreign, &sequence);
	LAW(!memcmp(before, cells, sizeof(cells)));
	LAW(ret == -ENODATA || (ret >= 0 && ret < EMRELAY_CELLS));
	for (i = 0; i < EMRELAY_CELLS; i++) {
		bool own = !found[i] && !strcmp(serial[0] ? cells[i].serial : cells[i].name,
						serial[0] ? serial : "pump");

		others |= !own && found[i] != -EINVAL;
		LAW(found[i] || le64_to_cpu(cells[i].sequence) <= sequence);
		LAW(own ? ret >= 0 : ret != (int)i);
		LAW(!own || le64_to_cpu(cells[i].sequence) <=
			    le64_to_cpu(cells[ret].sequence));
	}
	LAW(foreign == others);
	if (ret < 0)
		return 0;

	/* No clock shows more than 146 years. */
	clocks.now_ns &= U64_MAX >> 2;
	clocks.real_ns &= U64_MAX >> 2;
	live_on(&cells[ret], &clocks, later_ns & (U64_MAX >> 2), how & 16);
	return 0;
}
