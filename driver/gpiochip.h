/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bank as a GPIO controller. Callers ask IS_ENABLED() first.
 */
#ifndef EMRELAY_GPIOCHIP_H
#define EMRELAY_GPIOCHIP_H

struct emrelay_bank;

int emrelay_gpiochip_add(struct emrelay_bank *bank);

#endif
