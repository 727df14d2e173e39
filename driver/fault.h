/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong with a channel, and who is told. Since when says the history.
 *
 * A new fault is one more line here and one more row in fault.c; its source
 * calls emrelay_fault_report().
 */
#ifndef EMRELAY_FAULT_H
#define EMRELAY_FAULT_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct emrelay_channel;

/**
 * enum emrelay_fault - what can be wrong; the file "fault" shows the largest
 * @EMRELAY_FAULT_NONE: nothing
 * @EMRELAY_FAULT_STORE: its nvmem cells cannot be read or written; of no
 *	consequence for the relay, hence not in the file
 * @EMRELAY_FAULT_DRIVE: the coil's line cannot be driven
 * @EMRELAY_FAULT_STUCK_OPEN: the contact does not close; this and the others of the
 *	contact as in enum emrelay_contact_fault
 * @EMRELAY_FAULT_CHATTER: the contact does not come to rest
 * @EMRELAY_FAULT_SUPPLY: the coils' supply is gone, or too low
 * @EMRELAY_FAULT_STUCK_CLOSED: the contact does not open
 * @EMRELAY_FAULTS: number of these
 */
enum emrelay_fault {
	EMRELAY_FAULT_NONE, EMRELAY_FAULT_STORE, EMRELAY_FAULT_DRIVE, EMRELAY_FAULT_STUCK_OPEN,
	EMRELAY_FAULT_CHATTER, EMRELAY_FAULT_SUPPLY, EMRELAY_FAULT_STUCK_CLOSED,
	EMRELAY_FAULTS,
};

/**
 * struct emrelay_faults - the faults of a channel
 * @work: writes the log and sends the uevent
 * @next: jiffies before which @work does not run again
 * @set: the faults there are, a bit each; bank's lock
 * @told: those that @work found when it ran last; bank's lock
 * @error: the errno that each was set with; bank's lock
 */
struct emrelay_faults {
	struct delayed_work work;
	unsigned long next;
	u8 set;
	u8 told;
	s16 error[EMRELAY_FAULTS];
};

extern const char * const emrelay_fault_names[EMRELAY_FAULTS];

void emrelay_fault_work(struct work_struct *work);
void emrelay_fault_report(struct emrelay_channel *channel, enum emrelay_fault fault, int error,
			  u64 now_ns);
enum emrelay_fault emrelay_fault_worst(const struct emrelay_channel *channel);
int emrelay_fault_acknowledge(struct emrelay_channel *channel);

#endif
