/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The class "relay" and what is known of relays while no driver is bound.
 */
#ifndef EMRELAY_CORE_H
#define EMRELAY_CORE_H

#include "channel.h"

extern struct mutex emrelay_lock;
extern struct list_head emrelay_channels;
extern struct workqueue_struct *emrelay_wq;

void emrelay_device_unbind(struct device *dev);
struct emrelay_memory *emrelay_memory_get(struct device *dev, u32 reg);
struct emrelay_channel *emrelay_channel_alloc(struct emrelay_bank *bank,
					      struct fwnode_handle *fwnode);
int emrelay_channel_name(struct emrelay_channel *channel);
int emrelay_channel_register(struct emrelay_channel *channel);
void emrelay_sleep_until(u64 until_ns);
int emrelay_core_init(void);
void emrelay_core_exit(void);

#endif
