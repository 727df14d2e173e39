// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of a relay: when may its coil be switched? See limit.h.
 */
#include "limit.h"

#define EMRELAY_MINUTE_NS	60000000000ULL

/**
 * emrelay_limit_spacing_ns - even spacing of a switching frequency
 * @cycles_per_minute: highest switching frequency, at least 1
 *
 * Rounded up: with it, no 60 s window, wherever it starts, ever holds more
 * than @cycles_per_minute energisations.
 *
 * Context: Any. Pure.
 * Return: least time between two energisations in ns.
 */
u64 emrelay_limit_spacing_ns(u32 cycles_per_minute)
{
	return div_u64(EMRELAY_MINUTE_NS + cycles_per_minute - 1,
		       cycles_per_minute);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_limit_spacing_ns);
