// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wear of a relay: what a cycle costs and what is left. See wear.h.
 */
#include "engine.h"
#include "wear.h"

static u64 emrelay_wear_sum(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

static void emrelay_damage_add(struct emrelay_damage *sum,
			       const struct emrelay_damage *more)
{
	bool carry;

	sum->fraction += more->fraction;
	carry = sum->fraction < more->fraction;
	sum->pico = emrelay_wear_sum(sum->pico, emrelay_wear_sum(more->pico, carry));
}

/**
 * emrelay_wear_per_cycle - what one cycle of a rated life costs
 * @life: the life in 2^-12 cycles, at least 1 cycle, at most 2^32
 *
 * 10^12 / @life by long division to 64 binary places, rounded up.
 *
 * Context: Any. Pure.
 * Return: the damage of one cycle.
 */
struct emrelay_damage emrelay_wear_per_cycle(u64 life)
{
	struct emrelay_damage damage = { 0 };
	unsigned int i;
	u64 rest;

	damage.pico = div64_u64_rem(EMRELAY_LIFE_PICO << EMRELAY_LIFE_SHIFT,
				    life, &rest);
	for (i = 0; i < 4; i++)
		damage.fraction = damage.fraction << 16 |
				  div64_u64_rem(rest << 16, life, &rest);
	/* No carry: 0.1111... to 64 places would need a life beyond 2^44. */
	if (rest)
		damage.fraction++;
	return damage;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_per_cycle);

/**
 * emrelay_wear_energised - charge a cycle
 * @wear: the relay's wear
 * @class: what the contact switches
 * @cycle: what it costs, as emrelay_wear_per_cycle() has it
 * @now_ns: the time of the energisation
 *
 * Context: Any. Pure.
 */
void emrelay_wear_energised(struct emrelay_wear *wear,
			    enum emrelay_load_class class,
			    const struct emrelay_damage *cycle, u64 now_ns)
{
	u64 *cycles = &wear->cycles[class];

	emrelay_damage_add(&wear->damage, cycle);
	*cycles = emrelay_wear_sum(*cycles, 1);
	wear->on_since_ns = now_ns;
	wear->last_ns = now_ns;
	if (unlikely(!wear->first_ns))
		wear->first_ns = now_ns;
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
	u64 on_ns = emrelay_time_left(now_ns, wear->on_since_ns);

	wear->on_ns = emrelay_wear_sum(wear->on_ns, on_ns);
	wear->longest_on_ns = max(wear->longest_on_ns, on_ns);
	if (!wear->shortest_on_ns || on_ns < wear->shortest_on_ns)
		wear->shortest_on_ns = on_ns;
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
	return emrelay_wear_sum(emrelay_wear_cycles_loaded(wear),
				wear->cycles[EMRELAY_LOAD_NONE]);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_cycles);

/**
 * emrelay_wear_cycles_loaded - those that switched a load
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: energisations in all load classes but none; saturates.
 */
u64 emrelay_wear_cycles_loaded(const struct emrelay_wear *wear)
{
	u64 cycles = 0;
	unsigned int class;

	for (class = EMRELAY_LOAD_NONE + 1; class < EMRELAY_LOAD_CLASSES; class++)
		cycles = emrelay_wear_sum(cycles, wear->cycles[class]);
	return cycles;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_cycles_loaded);

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
 * @life: the life at the load to come in 2^-12 cycles, at least 1 cycle, at most
 *	2^32
 *
 * Context: Any. Pure.
 * Return: whole cycles, 0 once the life is used up.
 */
u64 emrelay_wear_cycles_left(const struct emrelay_wear *wear, u64 life)
{
	u64 left_ppm;
	u32 rest;

	if (wear->damage.pico >= EMRELAY_LIFE_PICO)
		return 0;

	/* (left * life / 10^12) in two steps of 10^6 that fit into 64 bits */
	left_ppm = div_u64_rem(EMRELAY_LIFE_PICO - wear->damage.pico,
			       EMRELAY_PICO_PER_PPM, &rest);
	return div_u64(left_ppm * life +
		       div_u64(rest * life, EMRELAY_PICO_PER_PPM),
		       1000000) >> EMRELAY_LIFE_SHIFT;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_cycles_left);

static bool emrelay_damage_above(const struct emrelay_damage *a,
				 const struct emrelay_damage *b)
{
	return a->pico != b->pico ? a->pico > b->pico : a->fraction > b->fraction;
}

/* The earlier of two, of which 0 is unknown. */
static u64 emrelay_wear_least(u64 a, u64 b)
{
	return a && b ? min(a, b) : a | b;
}

/* What is not a sum or a maximum. */
static void emrelay_wear_extend(struct emrelay_wear *wear,
				const struct emrelay_wear *other)
{
	if (emrelay_wear_cycles(other) && !other->first_use_ns)
		wear->first_lost = true;
	wear->longest_on_ns = max(wear->longest_on_ns, other->longest_on_ns);
	wear->shortest_on_ns = emrelay_wear_least(wear->shortest_on_ns,
						  other->shortest_on_ns);
	wear->first_use_ns = emrelay_wear_least(wear->first_use_ns,
						other->first_use_ns);
	wear->last_use_ns = max(wear->last_use_ns, other->last_use_ns);
}

/**
 * emrelay_wear_add - add what was before
 * @wear: an account, the result
 * @other: an account of the same relay, of the time before @wear
 *
 * Context: Any. Pure.
 */
void emrelay_wear_add(struct emrelay_wear *wear, const struct emrelay_wear *other)
{
	unsigned int class;

	emrelay_damage_add(&wear->damage, &other->damage);
	for (class = 0; class < EMRELAY_LOAD_CLASSES; class++)
		wear->cycles[class] = emrelay_wear_sum(wear->cycles[class],
						       other->cycles[class]);
	wear->on_ns = emrelay_wear_sum(wear->on_ns, other->on_ns);
	emrelay_wear_extend(wear, other);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_add);

/**
 * emrelay_wear_merge - make the most of two accounts of one relay
 * @wear: one, the result
 * @other: the other, of a time that @wear may know of
 *
 * Each counter becomes the larger of both.
 *
 * Context: Any. Pure.
 */
void emrelay_wear_merge(struct emrelay_wear *wear,
			const struct emrelay_wear *other)
{
	unsigned int class;

	if (emrelay_damage_above(&other->damage, &wear->damage))
		wear->damage = other->damage;
	for (class = 0; class < EMRELAY_LOAD_CLASSES; class++)
		wear->cycles[class] = max(wear->cycles[class],
					  other->cycles[class]);
	wear->on_ns = max(wear->on_ns, other->on_ns);
	emrelay_wear_extend(wear, other);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_wear_merge);
