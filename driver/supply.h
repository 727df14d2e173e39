/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The supply of a bank's coils.
 */
#ifndef EMRELAY_SUPPLY_H
#define EMRELAY_SUPPLY_H

#include <linux/kthread.h>
#include <linux/notifier.h>

struct emrelay_bank;
struct emrelay_channel;
struct regulator;

/**
 * struct emrelay_supply - what feeds the coils of a bank
 * @regulator: the regulator, NULL: none is known
 * @notifier: called by it
 * @work: looks at it, each 100 ms while it is bad, and a second after it is good
 * @event: it was bad since @work ran last
 * @good: it was good when @work ran last
 * @bad: no coil is energised; bank's lock
 * @dropped: the relay whose contact opened last while its coil was on; bank's lock
 * @dropped_ns: when that was; bank's lock
 */
struct emrelay_supply {
	struct regulator *regulator;
	struct notifier_block notifier;
	struct kthread_delayed_work work;
	bool event;
	bool good;
	bool bad;
	const struct emrelay_channel *dropped;
	u64 dropped_ns;
};

int emrelay_supply_find(struct emrelay_bank *bank);
void emrelay_supply_dropped(const struct emrelay_channel *channel, u64 ns);

#endif
