/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/debug/relay. Callers ask IS_ENABLED() first.
 */
#ifndef EMRELAY_DEBUGFS_H
#define EMRELAY_DEBUGFS_H

struct emrelay_channel;

int emrelay_debugfs_add(struct emrelay_channel *channel);
void emrelay_debugfs_init(void);
void emrelay_debugfs_exit(void);

#endif
