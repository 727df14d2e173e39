// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer writes cells of stores. What is read of them is what was written, and
 * what becomes of it can be written and read again.
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

/* The bytes that there are to be used, zeroes after that. */
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

static void put(u8 *bytes, u64 value, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		bytes[i] = value >> (8 * i);
}

/* Nothing but luck would get the head and the CRC right. */
static void take_slot(struct input *input, u8 *bytes, u8 how)
{
	size_t length;

	take(input, bytes, EMRELAY_RECORD_BYTES);
	memset(bytes + EMRELAY_RECORD_BYTES, 0xff,
	       EMRELAY_SLOT_BYTES - EMRELAY_RECORD_BYTES);
	if (how & 1) {
		put(bytes, EMRELAY_RECORD_MAGIC, 4);
		put(bytes + 4, EMRELAY_RECORD_FORMAT, 2);
		put(bytes + 6, EMRELAY_RECORD_BYTES, 2);
	}
	length = bytes[6] | bytes[7] << 8;
	if (how & 2 && length >= 4 && length <= EMRELAY_SLOT_BYTES)
		put(bytes + length - 4, crc32(0, bytes, length - 4), 4);
}

static int decode(struct emrelay_record *record, const u8 *bytes)
{
	u8 again[EMRELAY_RECORD_BYTES];
	int ret = emrelay_record_decode(record, bytes, EMRELAY_SLOT_BYTES);

	LAW(!ret || ret == -EINVAL || ret == -EOPNOTSUPP);
	if (!ret) {
		emrelay_record_encode(record, again);
		LAW(!memcmp(again, bytes, sizeof(again)));
	}
	return ret;
}

/* The relay lives on with what was found, and its life is put away again. */
static void live_on(struct emrelay_record *found, struct emrelay_clocks *clocks,
		    u64 later_ns, bool follow)
{
	static const struct emrelay_damage cycle = { 20000000, 0 };
	struct emrelay_record record = { 0 }, again;
	u8 bytes[EMRELAY_SLOT_BYTES];
	u64 cycles = emrelay_wear_cycles(&found->wear);
	u64 pico = found->wear.damage.pico;

	emrelay_record_begin(&record, 0);
	emrelay_wear_energised(&record.wear, EMRELAY_LOAD_AC15, &cycle, 1);
	if (follow)
		emrelay_record_follow(&record, found, clocks);
	else
		emrelay_record_merge(&record, found, false, clocks);
	LAW(emrelay_wear_cycles(&record.wear) >= cycles);
	LAW(record.wear.damage.pico >= pico);

	clocks->now_ns += later_ns;
	clocks->real_ns += later_ns;
	emrelay_record_freeze(&record, true, clocks);
	emrelay_record_encode(&record, bytes);
	memset(bytes + EMRELAY_RECORD_BYTES, 0,
	       EMRELAY_SLOT_BYTES - EMRELAY_RECORD_BYTES);
	LAW(!decode(&again, bytes));
}

/* A relay comes after the one that it replaced, a record after the one before. */
static bool newer(const struct emrelay_record *a, const struct emrelay_record *b)
{
	if (a->identity.generation == b->identity.generation)
		return a->sequence > b->sequence;
	return a->identity.generation > b->identity.generation;
}

/* Called as what libFuzzer wants it to be called: see run. */
int test_one_input(const u8 *bytes, size_t size)
{
	struct input input = { bytes, size };
	struct emrelay_identity identity = { 0 };
	struct emrelay_record record, slots[EMRELAY_SLOTS];
	struct emrelay_clocks clocks;
	u8 cell[EMRELAY_SLOTS * EMRELAY_SLOT_BYTES], before[sizeof(cell)], how;
	unsigned int slot = EMRELAY_SLOTS, i;
	int ret, found[EMRELAY_SLOTS];
	u64 later_ns;

	take(&input, &how, sizeof(how));
	take(&input, &clocks, sizeof(clocks));
	take(&input, &later_ns, sizeof(later_ns));
	for (i = 0; i < EMRELAY_SLOTS; i++)
		take_slot(&input, cell + i * EMRELAY_SLOT_BYTES, how >> (2 * i));
	memcpy(before, cell, sizeof(cell));

	for (i = 0; i < EMRELAY_SLOTS; i++)
		found[i] = decode(&slots[i], cell + i * EMRELAY_SLOT_BYTES);
	ret = emrelay_record_pick(&record, cell, &identity, &slot);
	LAW(!memcmp(before, cell, sizeof(cell)));
	LAW((ret == -EOPNOTSUPP) ==
	    (found[0] == -EOPNOTSUPP || found[1] == -EOPNOTSUPP));
	for (i = 0; i < EMRELAY_SLOTS && ret != -EOPNOTSUPP; i++) {
		bool own = !found[i] && emrelay_record_is_of(&slots[i], &identity);

		LAW(slot < EMRELAY_SLOTS);
		LAW(!(own && ret));
		LAW(ret || i == slot || own);
		LAW(ret || i != slot || !own || !newer(&slots[i], &record));
		LAW((ret == -EINVAL) ? found[i] : 1);
	}
	if (ret)
		return 0;

	LAW(record.sequence == slots[!slot].sequence);
	/* No clock shows more than 146 years. */
	clocks.now_ns &= U64_MAX >> 2;
	clocks.real_ns &= U64_MAX >> 2;
	live_on(&record, &clocks, later_ns & (U64_MAX >> 2), how & 16);
	return 0;
}
