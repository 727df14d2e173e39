/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's generator, so that a seed is the same walk here and there. */
#include "compat.h"

struct rnd_state {
	u32 s1, s2, s3, s4;
};

static inline void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	u32 low = (seed >> 32) ^ (seed << 10) ^ seed;

	state->s1 = low < 2 ? low + 2 : low;
	state->s2 = low < 8 ? low + 8 : low;
	state->s3 = low < 16 ? low + 16 : low;
	state->s4 = low < 128 ? low + 128 : low;
}

static inline u32 prandom_u32_state(struct rnd_state *state)
{
	u32 s1 = state->s1, s2 = state->s2, s3 = state->s3, s4 = state->s4;

	state->s1 = (s1 & ~1U) << 18 ^ (s1 << 6 ^ s1) >> 13;
	state->s2 = (s2 & ~7U) << 2 ^ (s2 << 2 ^ s2) >> 27;
	state->s3 = (s3 & ~15U) << 7 ^ (s3 << 13 ^ s3) >> 21;
	state->s4 = (s4 & ~127U) << 13 ^ (s4 << 3 ^ s4) >> 12;
	return state->s1 ^ state->s2 ^ state->s3 ^ state->s4;
}
