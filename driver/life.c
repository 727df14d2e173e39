// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a relay remembers while no driver is bound to it.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "emrelay.h"

static DEFINE_MUTEX(emrelay_lives_lock);	/* protects emrelay_lives */
static LIST_HEAD(emrelay_lives);

/**
 * emrelay_life_get - the life of the relay at a firmware node
 * @fwnode: the node
 *
 * Context: May sleep.
 * Return: the life as the last binding left it, or a new one of which nothing is
 * known; NULL if memory is short. It stays until the module goes.
 */
struct emrelay_life *emrelay_life_get(const struct fwnode_handle *fwnode)
{
	char *path = kasprintf(GFP_KERNEL, "%pfw", fwnode);
	struct emrelay_life *life;

	if (!path)
		return NULL;

	mutex_lock(&emrelay_lives_lock);
	list_for_each_entry(life, &emrelay_lives, node) {
		if (!strcmp(life->path, path)) {
			kfree(path);
			goto out;
		}
	}

	life = kzalloc(sizeof(*life), GFP_KERNEL);
	if (life) {
		life->path = path;
		life->record.identity.place = ~crc32_le(~0U, path, strlen(path));
		emrelay_record_begin(&life->record, ktime_get_boottime_ns());
		list_add_tail(&life->node, &emrelay_lives);
	} else {
		kfree(path);
	}
out:
	mutex_unlock(&emrelay_lives_lock);
	return life;
}

/**
 * emrelay_life_record - put an edge or a refusal into the history
 * @life: the relay's life
 * @event: what happened
 * @source: who wanted it
 * @now_ns: when
 * @value: a figure, 0 where there is none
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_life_record(struct emrelay_life *life, enum emrelay_event event,
			 enum emrelay_source source, u64 now_ns, u64 value)
{
	life->history[life->recorded++ % EMRELAY_HISTORY] =
		(struct emrelay_history_entry) {
			.ns = now_ns,
			.event = event,
			.source = source,
			.value = min(value, (u64)U32_MAX),
		};
}

/**
 * emrelay_clocks - the present on both clocks
 *
 * Context: Any.
 * Return: the present.
 */
struct emrelay_clocks emrelay_clocks(void)
{
	return (struct emrelay_clocks) {
		.now_ns = ktime_get_boottime_ns(),
		.real_ns = ktime_get_real_ns(),
	};
}

/**
 * emrelay_life_adopt - go on with what a record tells as well
 * @life: the relay's life
 * @record: the record, one of this relay's
 * @source: where it is from
 * @clocks: the present
 *
 * What was energised before this driver counted limits what may follow. A store is
 * read at probe, but where that failed something was counted since.
 *
 * Context: Any; the bank's lock held, or no face knows the relay yet.
 */
void emrelay_life_adopt(struct emrelay_life *life, struct emrelay_record *record,
			enum emrelay_wear_source source,
			const struct emrelay_clocks *clocks)
{
	u64 energised_ns = emrelay_record_energised_ns(record, clocks);
	struct emrelay_past *past = &life->engine.past;

	if (energised_ns != U64_MAX && !life->record.wear.last_ns) {
		past->energised_ns = past->cycled ?
			max(past->energised_ns, energised_ns) : energised_ns;
		past->cycled = true;
	}
	if (source == EMRELAY_WEAR_NVMEM && !life->stored &&
	    life->wear_source == EMRELAY_WEAR_NONE)
		emrelay_record_follow(&life->record, record, clocks);
	else if (record->identity.generation > life->record.identity.generation &&
		 life->wear_source != EMRELAY_WEAR_NONE)
		emrelay_record_succeed(&life->record, record, clocks);
	else
		emrelay_record_merge(&life->record, record,
				     life->engine.past.coil, clocks);
	if (life->wear_source == EMRELAY_WEAR_NONE)
		life->wear_source = source;
}

/**
 * emrelay_life_replace - another relay is in the socket
 * @life: the life of the old one, after it that of the new one
 * @serial: what that is called
 * @now_ns: the time
 *
 * The final figures of the old one are the last that the history tells of it.
 *
 * Context: Any; the bank's lock held.
 */
void emrelay_life_replace(struct emrelay_life *life, const char *serial,
			  u64 now_ns)
{
	const struct emrelay_wear *wear = &life->record.wear;

	emrelay_life_record(life, EMRELAY_EVENT_REPLACED_CYCLES, EMRELAY_BY_SYSFS,
			    now_ns, emrelay_wear_cycles(wear));
	emrelay_life_record(life, EMRELAY_EVENT_REPLACED_PPM, EMRELAY_BY_SYSFS,
			    now_ns, emrelay_wear_ppm(wear));
	emrelay_record_replace(&life->record, serial, now_ns);
}

/**
 * emrelay_sleep_until - sleep to a moment
 * @until_ns: the moment, CLOCK_BOOTTIME
 *
 * Ratings may make this hours, hence the idle sleep, which is no hung task.
 *
 * Context: Sleeps.
 */
void emrelay_sleep_until(u64 until_ns)
{
	u64 left_ns;

	while ((left_ns = emrelay_time_left(until_ns, ktime_get_boottime_ns()))) {
		ktime_t left = ns_to_ktime(left_ns);

		__set_current_state(TASK_IDLE);
		schedule_hrtimeout(&left, HRTIMER_MODE_REL);
	}
}

/**
 * emrelay_life_exit - forget all relays
 *
 * Only when each may be energised again: what is forgotten can't be waited for
 * when the module is loaded the next time. With a switching frequency of 6 per
 * minute that takes 10 s at the most.
 *
 * Context: Sleeps. No bank is bound any more.
 */
void emrelay_life_exit(void)
{
	struct emrelay_life *life, *next;

	list_for_each_entry_safe(life, next, &emrelay_lives, node) {
		emrelay_sleep_until(emrelay_engine_spaced_ns(&life->engine));
		list_del(&life->node);
		kfree(life->path);
		kfree(life);
	}
}
