/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files in /sys/class/relay, and those of a bank's device.
 */
#ifndef EMRELAY_SYSFS_H
#define EMRELAY_SYSFS_H

#include "channel.h"

extern const struct attribute_group *emrelay_groups[];
extern const struct attribute_group *emrelay_sensed_groups[];
extern const struct attribute_group *emrelay_bank_groups[];

void emrelay_sysfs_init(void);
void emrelay_sysfs_get_files(struct emrelay_channel *channel);
void emrelay_sysfs_put_files(struct emrelay_channel *channel);
void emrelay_sysfs_notify(struct emrelay_channel *channel, enum emrelay_file file);

#endif
