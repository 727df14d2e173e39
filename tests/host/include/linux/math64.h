/* SPDX-License-Identifier: GPL-2.0-only */
#include "compat.h"

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return ((__uint128_t)a * b) >> shift;
}
