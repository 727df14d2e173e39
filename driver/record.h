/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record of a relay's life, as it is kept where it outlives the machine's
 * power: in an nvmem cell, or as a line of text in a file. Pure.
 *
 * Little endian, fields in the order of emrelay_record_fields(), then the CRC32
 * of all before it (IEEE 802.3, as zlib and Ethernet have it).
 */
#ifndef EMRELAY_RECORD_H
#define EMRELAY_RECORD_H

#include "compat.h"
#include "duty.h"
#include "wear.h"

/* "emrw" in memory */
#define EMRELAY_RECORD_MAGIC	0x77726d65
#define EMRELAY_RECORD_FORMAT	1
#define EMRELAY_RECORD_BYTES	464

/*
 * A cell has two records, each in a slot that shares no page of an EEPROM with the
 * other, if the cell begins with one.
 */
#define EMRELAY_SLOT_BYTES	512
#define EMRELAY_SLOTS		2

/* Nobody writes so often; beyond the end of all numbers the newest would be 0. */
#define EMRELAY_SEQUENCE_MAX	(U64_MAX / 2)

/* Of the text that names the relay in a socket, with its end. */
#define EMRELAY_SERIAL_SIZE	32

/* A clock that shows less was never set: this driver is younger. */
#define EMRELAY_CLOCK_SET_NS	1577836800000000000ULL	/* 2020-01-01 */

/**
 * struct emrelay_identity - which relay is it?
 * @place: CRC32 of the path of its firmware node
 * @generation: how often the relay at that place was replaced, as far as known
 * @serial: what it was called when it came, ends with 0 and is filled up with it
 */
struct emrelay_identity {
	u32 place;
	u32 generation;
	char serial[EMRELAY_SERIAL_SIZE];
};

/**
 * struct emrelay_record - the life of a relay at a moment, or as it goes on
 * @sequence: of two records of a store the one with the larger is the newer
 * @identity: whose it is
 * @saved_ns: that moment, CLOCK_REALTIME, 0: not known, or it goes on
 * @writes: how often the store was written, with this record
 * @wear: wear; at a moment without first_ns, last_ns and on_since_ns, while it
 *	goes on without last_use_ns
 * @duty: use; each next_ns counts from that moment, or is CLOCK_BOOTTIME
 * @told: the worst health that was told (enum emrelay_health)
 * @unknown_history: 1: it may have been used before, nobody knows how much
 */
struct emrelay_record {
	u64 sequence;
	struct emrelay_identity identity;
	u64 saved_ns;
	u64 writes;
	struct emrelay_wear wear;
	struct emrelay_duty duty;
	u16 told;
	u16 unknown_history;
};

/**
 * struct emrelay_clocks - a moment on both clocks
 * @now_ns: CLOCK_BOOTTIME
 * @real_ns: CLOCK_REALTIME
 */
struct emrelay_clocks {
	u64 now_ns;
	u64 real_ns;
};

void emrelay_record_encode(const struct emrelay_record *record, u8 *bytes);
int emrelay_record_decode(struct emrelay_record *record, const u8 *bytes,
			  size_t size);
bool emrelay_record_is_of(const struct emrelay_record *record,
			  const struct emrelay_identity *identity);
int emrelay_record_pick(struct emrelay_record *record, const u8 *cell,
			const struct emrelay_identity *identity,
			unsigned int *slot);
u64 emrelay_clock_real_ns(const struct emrelay_clocks *clocks, u64 ns);
void emrelay_record_begin(struct emrelay_record *record, u64 now_ns);
void emrelay_record_freeze(struct emrelay_record *record, bool on,
			   const struct emrelay_clocks *clocks);
void emrelay_record_follow(struct emrelay_record *record,
			   struct emrelay_record *other,
			   const struct emrelay_clocks *clocks);
void emrelay_record_succeed(struct emrelay_record *record,
			    struct emrelay_record *other,
			    const struct emrelay_clocks *clocks);
void emrelay_record_merge(struct emrelay_record *record,
			  struct emrelay_record *other, bool on,
			  const struct emrelay_clocks *clocks);
void emrelay_record_replace(struct emrelay_record *record, const char *serial,
			    u64 now_ns);
u64 emrelay_record_energised_ns(const struct emrelay_record *record,
				const struct emrelay_clocks *clocks);

#endif
