/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record of a relay's life, as it is kept where it outlives the machine's
 * power: in an nvmem cell, or as a line of text in a file. Pure, and for that
 * reason not in store.c: the same file is tested and fuzzed in user space.
 */
#ifndef EMRELAY_RECORD_H
#define EMRELAY_RECORD_H

#include <asm/byteorder.h>
#include <linux/string.h>

#include "compat.h"
#include "feedback.h"
#include "wear.h"

/* "emrw" in memory */
#define EMRELAY_RECORD_MAGIC	0x77726d65
#define EMRELAY_RECORD_FORMAT	1

/* A store has two nvmem cells, of one record each. */
#define EMRELAY_CELLS		2

/* Times that are measured of a contact: operate, release and bounce time. */
#define EMRELAY_TIMES		3

/* No cell is written so often. A larger number is refused, as the next might wrap to 0. */
#define EMRELAY_SEQUENCE_MAX	(U64_MAX / 2)

/* Sizes of texts with their final 0. The longer name of a relay's LED has to fit into 64. */
#define EMRELAY_SERIAL_SIZE	32
#define EMRELAY_NAME_SIZE	64

/* A clock that shows less was never set: this driver is younger. */
#define EMRELAY_CLOCK_SET_NS	1577836800000000000ULL	/* 2020-01-01 */

/**
 * struct emrelay_record - the life of a relay at a moment, byte for byte
 * @magic: EMRELAY_RECORD_MAGIC
 * @format: EMRELAY_RECORD_FORMAT
 * @size: bytes of all of it, with @crc
 * @sequence: of two records of a store the one with the larger is the newer
 * @saved_ns: that moment, 0: not known; times are CLOCK_REALTIME
 * @serial: what the relay is called, filled up with 0 as all texts, "": not known
 * @name: name of its device in /sys/class/relay
 * @wear: the counters and moments of struct emrelay_wear, in their order
 * @told: the worst health that was told (enum emrelay_health)
 * @unknown_history: 1: it may have been used before, nobody knows how much
 * @target: 1: it was to be on
 * @zero: 0
 * @baseline_us: of the EMRELAY_TIMES of a contact that is read back, 0: none yet
 * @ewma_us: likewise
 * @misfires: of such a contact; saturates
 * @welds: likewise
 * @spare: zeros
 * @crc: CRC32 of all before it (IEEE 802.3, as zlib and Ethernet have it)
 */
struct emrelay_record {
	__le32 magic;
	__le16 format;
	__le16 size;
	__le64 sequence;
	__le64 saved_ns;
	char serial[EMRELAY_SERIAL_SIZE];
	char name[EMRELAY_NAME_SIZE];
	__le64 wear[EMRELAY_RECORDED];
	u8 told;
	u8 unknown_history;
	u8 target;
	u8 zero;
	__le32 baseline_us[EMRELAY_TIMES];
	__le32 ewma_us[EMRELAY_TIMES];
	__le32 misfires;
	__le32 welds;
	u8 spare[8];
	__le32 crc;
} __packed;

static_assert(sizeof(struct emrelay_record) == 256, "a record has no gaps");

/**
 * enum emrelay_wear_source - where the wear before this boot is known from
 * @EMRELAY_WEAR_NONE: it is not
 * @EMRELAY_WEAR_NVMEM: from the nvmem cells
 * @EMRELAY_WEAR_RECORD: from a record that was written to wear_record
 */
enum emrelay_wear_source { EMRELAY_WEAR_NONE, EMRELAY_WEAR_NVMEM, EMRELAY_WEAR_RECORD };

/**
 * struct emrelay_account - the life of a relay so far, of which records are made
 * @wear: what is counted
 * @serial: what the relay is called, filled up with 0, "": not known
 * @told: the worst health that a uevent was sent for (enum emrelay_health)
 * @source: where the wear before this boot is from (enum emrelay_wear_source)
 * @unknown_history: it may have been used before, nobody knows how much
 * @stored: what its nvmem cells had is in @wear
 *
 * Holds no pointer, and may outlive the binding of the driver. All zero but for
 * @unknown_history to begin with.
 */
struct emrelay_account {
	struct emrelay_wear wear;
	char serial[EMRELAY_SERIAL_SIZE];
	u8 told;
	u8 source;
	bool unknown_history;
	bool stored;
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

u64 emrelay_clock_real_ns(const struct emrelay_clocks *clocks, u64 ns);
void emrelay_record_make(struct emrelay_record *record, u64 sequence,
			 const struct emrelay_account *account, const char *name,
			 bool on, bool target,
			 const struct emrelay_clocks *clocks);
void emrelay_record_contact(struct emrelay_record *record,
			    struct emrelay_feedback_life *life);
void emrelay_record_recall(const struct emrelay_record *record,
			   struct emrelay_feedback_life *life, bool before);
int emrelay_record_check(const struct emrelay_record *record);
bool emrelay_record_matches(const struct emrelay_record *record,
			    const char *serial, const char *name);
int emrelay_record_pick(const struct emrelay_record *records,
			const char *serial, const char *name, bool *foreign,
			u64 *sequence);
void emrelay_record_wear(const struct emrelay_record *record, struct emrelay_wear *wear);
void emrelay_account_merge(struct emrelay_account *account, const struct emrelay_record *record,
			   enum emrelay_wear_source source, bool on, u64 now_ns);
void emrelay_account_replace(struct emrelay_account *account, const char *serial, u64 now_ns);
u64 emrelay_account_energised_ns(const struct emrelay_account *account,
				 const struct emrelay_clocks *clocks);
u64 emrelay_account_released_ns(const struct emrelay_account *account,
				const struct emrelay_clocks *clocks);

#endif
