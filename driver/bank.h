/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bank: one firmware node with its channels.
 */
#ifndef EMRELAY_BANK_H
#define EMRELAY_BANK_H

#include <linux/gpio/driver.h>
#include <linux/kthread.h>
#include <linux/ratelimit_types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "arbiter.h"
#include "channel.h"

/**
 * struct emrelay_bank - one firmware node with its channels
 * @dev: the platform device
 * @lock: protects the state of all channels, and what says so here; taken in
 *	any context
 * @lock_key: its lockdep class: a coil's line may be one of another bank, whose
 *	lock is then taken inside
 * @sleeps: a line sleeps, so that all are driven by @worker
 * @worker: drives lines that sleep, or that did not follow, and looks at all
 * @verify: looks at the lines every verify_s
 * @link: to the device that it was made to depend on last
 * @node: in the list of all banks, whose coils are released as the kernel panics
 * @work: drives the relays that are left once a few were driven under one lock
 * @arbiter: what the relays share; @lock
 * @config: what an operator chooses, as the node says to begin with; @lock
 * @log: limits what is logged of faults
 * @bound: the coils follow their targets; before, nothing moves; @lock
 * @asleep: the system sleeps, or is about to: nothing moves; @lock
 * @down: the system goes down: requests are only accepted of GPIO consumers, as
 *	gpio-poweroff and gpio-restart are; @lock
 * @dying: no request is accepted, nothing is armed or queued; @lock
 * @gc: the GPIO chip
 * @channels: the channels in the order of their nodes
 * @lines: the channels by line of @gc, NULL where there is none
 * @count: number of @channels
 */
struct emrelay_bank {
	struct device *dev;
	spinlock_t lock;	/* state of all channels, any context */
	struct lock_class_key lock_key;
	bool sleeps;
	struct kthread_worker *worker;
	struct kthread_delayed_work verify;
	struct device_link *link;
	struct list_head node;
	struct work_struct work;
	struct emrelay_arbiter arbiter;
	struct emrelay_bank_config config;
	struct ratelimit_state log;
	bool bound;
	bool asleep;
	bool down;
	bool dying;
	struct gpio_chip gc;
	struct emrelay_channel **channels;
	struct emrelay_channel *lines[EMRELAY_REG_MAX + 1];
	unsigned int count;
};

/**
 * emrelay_channel_sync - wait until what was legal has been done
 * @channel: the channel
 *
 * After it a request that could be carried out at once has been, also on a line
 * that sleeps. Nothing to wait for on one that does not.
 *
 * Context: Sleeps if the bank sleeps, else any.
 */
static inline void emrelay_channel_sync(struct emrelay_channel *channel)
{
	if (channel->bank->sleeps || channel->bank->down)
		emrelay_channel_flush(channel);
}

#endif
