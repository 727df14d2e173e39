// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's structures, for the debug information of this object to tell how
 * large they and their members are. Never loaded.
 */
#include <linux/module.h>

#include "../../../driver/bank.h"
#include "../../../driver/channel.h"

struct emrelay_bank *bench_bank;
struct emrelay_channel *bench_channel;

MODULE_DESCRIPTION("Structures of emrelay, for its bench");
MODULE_LICENSE("GPL");
