// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with a channel, and who is told. See fault.h.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/ratelimit.h>

#include "bank.h"
#include "trace.h"

/* Least time between two runs of the work; the last state is always sent. */
#define EMRELAY_FAULT_INTERVAL	HZ

const char * const emrelay_fault_names[EMRELAY_FAULTS] = {
	[EMRELAY_FAULT_NONE] = "none", [EMRELAY_FAULT_STORE] = "store",
	[EMRELAY_FAULT_DRIVE] = "drive", [EMRELAY_FAULT_STUCK_OPEN] = "stuck-open",
	[EMRELAY_FAULT_CHATTER] = "chatter", [EMRELAY_FAULT_SUPPLY] = "supply",
	[EMRELAY_FAULT_STUCK_CLOSED] = "stuck-closed",
};

static const struct {
	const char *set;	/* log when it is set, before the errno */
	const char *cleared;	/* log when it is over */
} emrelay_fault_rows[EMRELAY_FAULTS] = {
	[EMRELAY_FAULT_STORE] = { "cannot use the nvmem cells of the wear record",
				  "the nvmem cells of the wear record can be used again" },
	[EMRELAY_FAULT_DRIVE] = { "cannot drive the coil", "the coil can be driven again" },
	[EMRELAY_FAULT_STUCK_OPEN] = { "stuck-open: the contact does not close",
				       "stuck-open: cleared" },
	[EMRELAY_FAULT_CHATTER] = { "chatter: the contact does not come to rest",
				    "chatter: cleared" },
	[EMRELAY_FAULT_SUPPLY] = { "supply: too low for the coils, or gone",
				   "supply: good again" },
	[EMRELAY_FAULT_STUCK_CLOSED] = { "stuck-closed: the contact does not open",
					 "stuck-closed: cleared" },
};

/* Faults of the relay itself; others are in the log and the history only. */
static bool emrelay_fault_shown(enum emrelay_fault fault)
{
	return fault > EMRELAY_FAULT_STORE;
}

/**
 * emrelay_fault_worst - what the file "fault" shows
 * @channel: the channel
 *
 * Context: Any, under the bank's lock.
 * Return: the worst fault there is.
 */
enum emrelay_fault emrelay_fault_worst(const struct emrelay_channel *channel)
{
	enum emrelay_fault fault = fls(channel->faults.set);

	lockdep_assert_held(&channel->bank->lock);

	return fault && emrelay_fault_shown(fault - 1) ? fault - 1 : EMRELAY_FAULT_NONE;
}

/**
 * emrelay_fault_report - something is wrong, or is not, or not any more
 * @channel: the channel
 * @fault: what
 * @error: negative errno of whoever found it, 0: it is not
 * @now_ns: the time, CLOCK_BOOTTIME
 *
 * Changes nothing if that is known.
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_fault_report(struct emrelay_channel *channel, enum emrelay_fault fault, int error,
			  u64 now_ns)
{
	struct emrelay_faults *faults = &channel->faults;
	unsigned long now = jiffies;

	lockdep_assert_held(&channel->bank->lock);

	if (!error == !(faults->set & BIT(fault)))
		return;

	faults->set ^= BIT(fault);
	if (error)
		faults->error[fault] = error;
	emrelay_history_add(channel, error ? EMRELAY_EVENT_FAULT : EMRELAY_EVENT_CLEAR,
			    fault, now_ns, 0);
	trace_emrelay_fault(channel, fault, error, faults->error[fault],
			    emrelay_channel_contact(channel, now_ns), now_ns);
	if (channel->bank->dying)
		return;

	if (emrelay_fault_shown(fault))
		emrelay_sysfs_notify(channel, EMRELAY_FILE_FAULT);
	/* On 32 bits what is long over looks as if it were to come. */
	queue_delayed_work(system_wq, &faults->work,
			   time_in_range(faults->next, now, now + EMRELAY_FAULT_INTERVAL) ?
			   faults->next - now : 0);
}

/**
 * emrelay_fault_acknowledge - end the faults that last until someone does
 * @channel: the channel
 *
 * Context: Any. Takes the bank's lock.
 * Return: 0, or -EBUSY if there is a fault that ends by itself only, or one whose
 * evidence is still there.
 */
int emrelay_fault_acknowledge(struct emrelay_channel *channel)
{
	u64 now_ns = ktime_get_boottime_ns();

	guard(spinlock_irqsave)(&channel->bank->lock);

	if (channel->sense) {
		/* What the line showed until now counts. */
		channel->sense->next_ns = 0;
		emrelay_sense_update(channel, now_ns);
		emrelay_feedback_clear(channel->memory->feedback, now_ns);
		channel->sense->next_ns = 0;
		emrelay_sense_update(channel, now_ns);
		emrelay_bank_follow(channel->bank, channel, now_ns);
	}
	return emrelay_fault_worst(channel) ? -EBUSY : 0;
}

/**
 * emrelay_fault_work - tell the log and user space of what changed
 * @work: of the channel's faults
 *
 * Context: Sleeps.
 */
void emrelay_fault_work(struct work_struct *work)
{
	struct emrelay_channel *channel =
		container_of(work, struct emrelay_channel, faults.work.work);
	struct emrelay_faults *faults = &channel->faults;
	struct emrelay_bank *bank = channel->bank;
	s16 error[EMRELAY_FAULTS];
	char value[40];
	char *envp[3] = { "RELAY_EVENT=fault", value };
	unsigned long set, changed;
	unsigned int fault;
	bool shown = false;

	scoped_guard(spinlock_irqsave, &bank->lock) {
		snprintf(value, sizeof(value), "RELAY_FAULT=%s",
			 emrelay_fault_names[emrelay_fault_worst(channel)]);
		set = faults->set;
		changed = set ^ faults->told;
		faults->told = set;
		faults->next = jiffies + EMRELAY_FAULT_INTERVAL;
		memcpy(error, faults->error, sizeof(error));
	}

	for_each_set_bit(fault, &changed, EMRELAY_FAULTS) {
		shown |= emrelay_fault_shown(fault);
		if (!__ratelimit(&bank->log))
			continue;
		if (set & BIT(fault))
			dev_err(&channel->dev, "%s: %pe\n", emrelay_fault_rows[fault].set,
				ERR_PTR(error[fault]));
		else
			dev_info(&channel->dev, "%s\n", emrelay_fault_rows[fault].cleared);
	}
	if (shown && device_is_registered(&channel->dev))
		kobject_uevent_env(&channel->dev.kobj, KOBJ_CHANGE, envp);
}
