// SPDX-License-Identifier: GPL-2.0-only
/*
 * How large the driver's structures are: each array is as large as what its name
 * says, and nm -S reads that off the object. Never loaded.
 */
#include <linux/module.h>

#include "../../../driver/emrelay.h"

#define SIZE(name, type)	char size_##name[sizeof(type)]
#define FIELD(name, field)	char size_##name[sizeof_field(struct emrelay_channel, field)]

/* The kernel's own objects, which are embedded. */
FIELD(kernel_dev, dev);
FIELD(kernel_timer, timer);
FIELD(kernel_drive_work, drive_work);
FIELD(kernel_tell_work, tell_work);
FIELD(kernel_led, led);
FIELD(kernel_trigger, trigger);

char size_kernel_store_lock[sizeof_field(struct emrelay_store, lock)];
char size_kernel_store_work[sizeof_field(struct emrelay_store, work)];

SIZE(channel, struct emrelay_channel);
SIZE(config, struct emrelay_config);
SIZE(life, struct emrelay_life);
SIZE(engine, struct emrelay_engine);
SIZE(wear, struct emrelay_wear);
SIZE(duty, struct emrelay_duty);
SIZE(store, struct emrelay_store);
char size_history[sizeof_field(struct emrelay_life, history)];
SIZE(member, struct emrelay_member);
SIZE(group, struct emrelay_group);

MODULE_DESCRIPTION("Sizes of emrelay's structures, for its bench");
MODULE_LICENSE("GPL");
