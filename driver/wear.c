// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wear of a relay: what a cycle costs and what is left. See wear.h.
 */
#include "wear.h"

static u64 emrelay_wear_sum(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

/**
 * emrelay_wear_per_cycle - what one cycle of a rated life costs
 * @life_cycles: the rated life in cycles, at least 1
 *
 * 10^12 / @life_cycles by long division to 64 binary places, rounded up.
 *
 * Context: Any. Pure.
 * Return: the damage of one cycle.
 */
struct emrelay_damage emrelay_wear_per_cycle(u32 life_cycles)
{
	struct emrelay_damage damage;
	u64 high, low;
	u32 rest;

	damage.pico = div_u64_rem(EMRELAY_LIFE_PICO, life_cycles, &rest);
	high = div_u64_rem((u64)rest << 32, life_cycles, &rest);
	low = div_u64(((u64)rest << 32) + life_cycles - 1, life_cycles);
	/* low may be 2^32: the sum still fits, as life_cycles < 2^32 */
	damage.fraction = (high << 32) + low;
	return damage;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_per_cycle);

/**
 * emrelay_wear_energised - charge a cycle
 * @wear: the relay's wear
 * @loaded: the contact switches a load
 * @cycle: what it costs, as emrelay_wear_per_cycle() has it
 * @now_ns: the time of the energisation
 *
 * Context: Any. Pure.
 */
void emrelay_wear_energised(struct emrelay_wear *wear, bool loaded,
			    const struct emrelay_damage *cycle, u64 now_ns)
{
	struct emrelay_damage *sum = &wear->damage;
	u64 *cycles = loaded ? &wear->cycles_loaded : &wear->cycles_unloaded;
	bool carry;

	sum->fraction += cycle->fraction;
	carry = sum->fraction < cycle->fraction;
	sum->pico = emrelay_wear_sum(sum->pico, cycle->pico + carry);
	*cycles = emrelay_wear_sum(*cycles, 1);
	wear->on_since_ns = now_ns;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_energised);

/**
 * emrelay_wear_released - the coil was released
 * @wear: the relay's wear
 * @now_ns: the time of the release
 *
 * Context: Any. Pure.
 */
void emrelay_wear_released(struct emrelay_wear *wear, u64 now_ns)
{
	wear->on_ns = emrelay_wear_on_ns(wear, true, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_released);

/**
 * emrelay_wear_cycles - cycles of the relay's life
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: energisations, loaded or not; saturates.
 */
u64 emrelay_wear_cycles(const struct emrelay_wear *wear)
{
	return emrelay_wear_sum(wear->cycles_loaded, wear->cycles_unloaded);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_cycles);

/**
 * emrelay_wear_on_ns - time the coil was energised
 * @wear: the relay's wear
 * @on: the coil is energised
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: sum of all on-times in ns, up to now; saturates.
 */
u64 emrelay_wear_on_ns(const struct emrelay_wear *wear, bool on, u64 now_ns)
{
	if (!on || now_ns < wear->on_since_ns)
		return wear->on_ns;

	return emrelay_wear_sum(wear->on_ns, now_ns - wear->on_since_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_on_ns);

/**
 * emrelay_wear_ppm - how much of the rated life is used?
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: parts per million, rounded down; above 1 000 000 beyond the life.
 */
u64 emrelay_wear_ppm(const struct emrelay_wear *wear)
{
	return div_u64(wear->damage.pico, EMRELAY_PICO_PER_PPM);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_ppm);

/**
 * emrelay_wear_cycles_left - how many more cycles does the rated life hold?
 * @wear: the relay's wear
 * @life_cycles: the rated life at the load to come in cycles, at least 1
 *
 * Context: Any. Pure.
 * Return: whole cycles, 0 once the life is used up.
 */
u64 emrelay_wear_cycles_left(const struct emrelay_wear *wear, u32 life_cycles)
{
	u64 left_ppm;
	u32 rest;

	if (wear->damage.pico >= EMRELAY_LIFE_PICO)
		return 0;

	/* (left * life / 10^12) in two steps of 10^6 that fit into 64 bits */
	left_ppm = div_u64_rem(EMRELAY_LIFE_PICO - wear->damage.pico,
			       EMRELAY_PICO_PER_PPM, &rest);
	return div_u64(left_ppm * life_cycles +
		       div_u64((u64)rest * life_cycles, EMRELAY_PICO_PER_PPM),
		       1000000);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_cycles_left);
