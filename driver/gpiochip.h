/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bank as a GPIO controller.
 */
#ifndef EMRELAY_GPIOCHIP_H
#define EMRELAY_GPIOCHIP_H

#include <linux/kconfig.h>

struct emrelay_bank;

#if IS_ENABLED(CONFIG_EMRELAY_GPIOCHIP)
int emrelay_gpiochip_add(struct emrelay_bank *bank);
#else
static inline int emrelay_gpiochip_add(struct emrelay_bank *bank)
{
	return 0;
}
#endif

#endif
