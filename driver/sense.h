/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line that reads a contact back, and what follows from what it shows.
 */
#ifndef EMRELAY_SENSE_H
#define EMRELAY_SENSE_H

#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "arbiter.h"

struct emrelay_channel;
struct gpio_desc;

/* How often a contact at rest is read whose line has no interrupt. */
#define EMRELAY_CHECK_MS	1000

/* How long mains has no valid pulse at most, with one half-wave missing. */
#define EMRELAY_AC_HOLD_US	30000

/* Edges that wait to be looked at. */
#define EMRELAY_SAMPLES		32

/**
 * enum emrelay_sense_state - can the contact be read?
 * @EMRELAY_SENSE_NONE: nothing reads it
 * @EMRELAY_SENSE_OK: yes
 * @EMRELAY_SENSE_PAUSED: not for a while, as its line had too many edges
 * @EMRELAY_SENSE_LOST: its line cannot be read
 */
enum emrelay_sense_state {
	EMRELAY_SENSE_NONE, EMRELAY_SENSE_OK, EMRELAY_SENSE_PAUSED, EMRELAY_SENSE_LOST,
};

/**
 * struct emrelay_sample - an edge of the line
 * @ns: when, CLOCK_BOOTTIME
 * @active: the level after it
 */
struct emrelay_sample {
	u64 ns;
	bool active;
};

/**
 * struct emrelay_sense - the line that reads a contact back
 * @channel: the channel
 * @line: the line
 * @supply: the line that shows the voltage before the contact, or NULL
 * @irq: its interrupt, 0: it has none, and is polled
 * @sleeps: reading it sleeps
 * @samples: a ring: the interrupt puts edges in, who holds the bank's lock takes them out
 * @head: how many were put in
 * @tail: how many were taken out
 * @paid_ns: until when the edges there were use up what the line may have; the
 *	interrupt's
 * @level: the level after the last edge, where it is not read there; the interrupt's
 * @stormed: the interrupt disabled itself
 * @missed: the line is to be read, as @level is a guess, or edges did not fit into the
 *	ring
 * @enabled_ns: when the interrupt was enabled, or disabled, last
 * @state: can the contact be read? (enum emrelay_sense_state); the rest: bank's lock
 * @enabled: the interrupt is enabled, but if it disabled itself
 * @wakes: it stays so while the system sleeps, and wakes it up
 * @pause_ns: length of the last pause
 * @resume_ns: the end of the last pause
 * @polled_ns: when the line was read last
 * @watch_ns: when looking at mains ends, or begins again
 * @voltage_ns: when there was a voltage before the contact last
 * @edge_ns: when the coil was driven last, as the engine said
 * @next_ns: nothing is to be done before, but for an edge of the coil; 0: that is to be
 *	found out
 * @proof: what the arbiter was told
 * @work: reads a line that sleeps
 * @lock: of who reads it, until what was read is known
 */
struct emrelay_sense {
	struct emrelay_channel *channel;
	struct gpio_desc *line;
	struct gpio_desc *supply;
	int irq;
	bool sleeps;
	struct emrelay_sample samples[EMRELAY_SAMPLES];
	u32 head, tail;
	u64 paid_ns;
	bool level, stormed, missed;
	u64 enabled_ns;
	u8 state;
	bool enabled, wakes;
	u64 pause_ns, resume_ns, polled_ns, watch_ns, voltage_ns;
	u64 edge_ns, next_ns;
	struct emrelay_proof proof;
	struct work_struct work;
	struct mutex lock;	/* reading of the line */
};

extern const char * const emrelay_sense_names[];

int emrelay_sense_find(struct emrelay_channel *channel);
void emrelay_sense_start(struct emrelay_channel *channel);
void emrelay_sense_stop(struct emrelay_channel *channel);
u64 emrelay_sense_update(struct emrelay_channel *channel, u64 now_ns);

#endif
