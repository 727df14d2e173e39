/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/debug/relay
 */
#ifndef EMRELAY_DEBUGFS_H
#define EMRELAY_DEBUGFS_H

#include <linux/kconfig.h>

struct emrelay_channel;

#if IS_ENABLED(CONFIG_EMRELAY_DEBUGFS)
int emrelay_debugfs_add(struct emrelay_channel *channel);
void emrelay_debugfs_init(void);
void emrelay_debugfs_exit(void);
#else
static inline int emrelay_debugfs_add(struct emrelay_channel *channel)
{
	return 0;
}

static inline void emrelay_debugfs_init(void)
{
}

static inline void emrelay_debugfs_exit(void)
{
}
#endif

#endif
