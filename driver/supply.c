// SPDX-License-Identifier: GPL-2.0-only
/*
 * The supply of a bank's coils: its regulator, and relays that drop together.
 *
 * One that is too low holds coils that are on, but pulls none in: ons wait. One that
 * is gone has released them all; so that they do not pull in at once as it comes
 * back, their lines are released, too, and energised anew as the limits have it.
 */
#include <linux/cleanup.h>
#include <linux/regulator/consumer.h>

#include "bank.h"

/* A supply counts as good when it was for so long; while it is not, it is looked at so often. */
#define EMRELAY_SUPPLY_GOOD	HZ
#define EMRELAY_SUPPLY_BAD	(HZ / 10)
/* Relays that drop within so long have lost their supply. */
#define EMRELAY_SUPPLY_DROP_NS	(50 * NSEC_PER_MSEC)

#define EMRELAY_SUPPLY_EVENTS							\
	(REGULATOR_EVENT_UNDER_VOLTAGE | REGULATOR_EVENT_REGULATION_OUT |	\
	 REGULATOR_EVENT_FAIL | REGULATOR_EVENT_OVER_TEMP |			\
	 REGULATOR_EVENT_FORCE_DISABLE | REGULATOR_EVENT_DISABLE)
#define EMRELAY_SUPPLY_ERRORS							\
	(REGULATOR_ERROR_UNDER_VOLTAGE | REGULATOR_ERROR_REGULATION_OUT |	\
	 REGULATOR_ERROR_FAIL | REGULATOR_ERROR_OVER_TEMP)

static void emrelay_supply_report(struct emrelay_bank *bank)
{
	WRITE_ONCE(bank->supply.event, true);
	kthread_mod_delayed_work(bank->worker, &bank->supply.work, 0);
}

static int emrelay_supply_notify(struct notifier_block *notifier, unsigned long events, void *data)
{
	if (events & EMRELAY_SUPPLY_EVENTS)
		emrelay_supply_report(container_of(notifier, struct emrelay_bank,
						   supply.notifier));
	return NOTIFY_OK;
}

static void emrelay_supply_work(struct kthread_work *work)
{
	struct emrelay_bank *bank = container_of(work, struct emrelay_bank, supply.work.work);
	struct emrelay_supply *supply = &bank->supply;
	struct regulator *regulator = supply->regulator;
	bool gone = regulator && !regulator_is_enabled(regulator);
	bool bad = xchg(&supply->event, false) || gone;
	unsigned int i, errors;
	bool again;

	if (regulator && !regulator_get_error_flags(regulator, &errors))
		bad |= errors & EMRELAY_SUPPLY_ERRORS;
	again = bad || (supply->bad && !supply->good);
	supply->good = !bad;
	if (!emrelay_bank_set_supply(bank, again))
		return;

	for (i = 0; gone && i < bank->count; i++)
		emrelay_channel_drop(bank->channels[i]);
	if (again)
		kthread_mod_delayed_work(bank->worker, &supply->work,
					 bad ? EMRELAY_SUPPLY_BAD : EMRELAY_SUPPLY_GOOD);
}

/**
 * emrelay_supply_dropped - a contact opened by itself while its coil was on
 * @channel: its relay
 * @ns: when
 *
 * Context: Any, under the bank's lock.
 */
void emrelay_supply_dropped(const struct emrelay_channel *channel, u64 ns)
{
	struct emrelay_supply *supply = &channel->bank->supply;

	if (supply->dropped && supply->dropped != channel &&
	    max(ns, supply->dropped_ns) - min(ns, supply->dropped_ns) <= EMRELAY_SUPPLY_DROP_NS)
		emrelay_supply_report(channel->bank);
	supply->dropped = channel;
	supply->dropped_ns = ns;
}

/* What stays on for good is fed for good: nobody is left who could hold it for that. */
static void emrelay_supply_put(void *data)
{
	struct emrelay_bank *bank = data;

	regulator_unregister_notifier(bank->supply.regulator, &bank->supply.notifier);
	kthread_cancel_delayed_work_sync(&bank->supply.work);
	for (unsigned int i = 0; i < bank->count; i++)
		if (bank->channels[i]->memory->engine.past.coil)
			return;
	regulator_disable(bank->supply.regulator);
	regulator_put(bank->supply.regulator);
}

/**
 * emrelay_supply_find - get the supply of a bank, if there is one, and enable it
 * @bank: the bank, its channels read and its worker there
 *
 * Context: Sleeps. Undone with the bank's device (devm).
 * Return: 0 or a negative errno, which has been reported.
 */
int emrelay_supply_find(struct emrelay_bank *bank)
{
	struct regulator *regulator = regulator_get_optional(bank->dev, "coil");
	int ret, microvolt, microamp = 0;

	kthread_init_delayed_work(&bank->supply.work, emrelay_supply_work);
	bank->supply.notifier.notifier_call = emrelay_supply_notify;
	if (IS_ERR(regulator))
		return PTR_ERR(regulator) == -ENODEV ? 0 :
		       dev_err_probe(bank->dev, PTR_ERR(regulator), "coil-supply\n");

	microvolt = regulator_get_voltage(regulator);
	for (unsigned int i = 0; i < bank->count; i++) {
		const struct emrelay_config *config = &bank->channels[i]->config;
		const struct emrelay_ratings *ratings = &config->ratings;

		microamp += ratings->coil_microamp;
		if (microvolt <= 0 || (microvolt >= ratings->coil_min_microvolt &&
				       microvolt <= (ratings->coil_max_microvolt ?: U32_MAX)))
			continue;
		ret = dev_err_probe(bank->dev, -EINVAL,
				    "%pfwP: coil-supply has %d uV, coil-min-microvolt is %u, coil-max-microvolt %u\n",
				    config->fwnode, microvolt, ratings->coil_min_microvolt,
				    ratings->coil_max_microvolt);
		goto put;
	}
	ret = regulator_set_load(regulator, microamp);
	if (ret >= 0)
		ret = regulator_enable(regulator);
	if (ret) {
		dev_err_probe(bank->dev, ret, "cannot enable coil-supply\n");
		goto put;
	}
	bank->supply.regulator = regulator;
	ret = regulator_register_notifier(regulator, &bank->supply.notifier);
	return devm_add_action_or_reset(bank->dev, emrelay_supply_put, bank) ?: ret;

put:
	regulator_put(regulator);
	return ret;
}
