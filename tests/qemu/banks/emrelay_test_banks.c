// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chip of GPIO lines in memory that fail when they are told to, and banks of
 * relays on it that come and go as devices, each with its firmware nodes:
 *
 *	echo "ID COUNT [LABEL]" > parameters/make
 *	echo ID > parameters/remove
 *
 * makes the device gpio-relays.ID of COUNT relays, all with the label if one is
 * given, and removes it for good. Its nodes have the names of those before it.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/gpio/property.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#define TEST_LINES	1024

enum { FAIL_NONE, FAIL_ALL, FAIL_EVERY_OTHER };

static unsigned int fail;
module_param(fail, uint, 0644);
MODULE_PARM_DESC(fail, "whether setting a line fails: 0 never, 1 always, 2 every other time");

static unsigned int failed;
module_param(failed, uint, 0444);
MODULE_PARM_DESC(failed, "how often it did");

static DEFINE_SPINLOCK(test_lock);	/* the lines and the counters */
static DECLARE_BITMAP(test_levels, TEST_LINES);
static bool test_turn;

static int test_get_direction(struct gpio_chip *gc, unsigned int line)
{
	return GPIO_LINE_DIRECTION_OUT;
}

static int test_get(struct gpio_chip *gc, unsigned int line)
{
	return test_bit(line, test_levels);
}

static int test_set(struct gpio_chip *gc, unsigned int line, int value)
{
	unsigned long flags;
	bool fails;

	spin_lock_irqsave(&test_lock, flags);
	test_turn = !test_turn;
	fails = fail == FAIL_ALL || (fail == FAIL_EVERY_OTHER && test_turn);
	if (fails)
		failed++;
	else
		__assign_bit(line, test_levels, value);
	spin_unlock_irqrestore(&test_lock, flags);
	return fails ? -EIO : 0;
}

static int test_direction_output(struct gpio_chip *gc, unsigned int line,
				 int value)
{
	return test_set(gc, line, value);
}

static const struct software_node test_chip_node = { .name = "emrelay-test-lines" };

static struct gpio_chip test_chip = {
	.label = "emrelay-test-lines",
	.owner = THIS_MODULE,
	.base = -1,
	.ngpio = TEST_LINES,
	.get_direction = test_get_direction,
	.direction_output = test_direction_output,
	.get = test_get,
#ifdef HAVE_SET_RV
	.set_rv = test_set,
#else
	.set = test_set,
#endif
};

struct test_bank {
	struct platform_device *pdev;
	unsigned int count;
	const struct software_node **group;
	struct software_node *nodes;	/* the bank's, then the relays' */
};

static DEFINE_XARRAY(test_banks);

static void test_bank_free(struct test_bank *bank)
{
	unsigned int i;

	for (i = 0; i <= bank->count; i++) {
		if (bank->nodes[i].properties)
			property_entries_free(bank->nodes[i].properties);
		kfree(bank->nodes[i].name);
	}
	kfree(bank->nodes);
	kfree(bank->group);
	kfree(bank);
}

static struct test_bank *test_bank_alloc(unsigned int id, unsigned int count,
					 const char *label)
{
	struct test_bank *bank = kzalloc(sizeof(*bank), GFP_KERNEL);
	char own[16];
	unsigned int i;

	if (!bank)
		return NULL;

	bank->nodes = kcalloc(count + 1, sizeof(*bank->nodes), GFP_KERNEL);
	bank->group = kcalloc(count + 2, sizeof(*bank->group), GFP_KERNEL);
	if (!bank->nodes || !bank->group) {
		kfree(bank->nodes);
		kfree(bank->group);
		kfree(bank);
		return NULL;
	}

	bank->count = count;
	for (i = 0; i <= count; i++) {
		struct property_entry properties[] = {
			PROPERTY_ENTRY_U32("reg", i - 1),
			PROPERTY_ENTRY_STRING("label", label ?: own),
			PROPERTY_ENTRY_GPIO("coil-gpios", &test_chip_node, i - 1,
					    GPIO_ACTIVE_HIGH),
			PROPERTY_ENTRY_STRING("load-type", "none"),
			PROPERTY_ENTRY_U32("operate-time-us", 1000),
			PROPERTY_ENTRY_U32("release-time-us", 1000),
			PROPERTY_ENTRY_U32("bounce-time-us", 1000),
			PROPERTY_ENTRY_U32("electrical-life-cycles", 1000000),
			PROPERTY_ENTRY_U32("mechanical-life-cycles", 1000000),
			PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", 60000),
			PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", 60000),
			{ }
		};
		struct software_node *node = &bank->nodes[i];

		bank->group[i] = node;
		if (!i) {
			node->name = kasprintf(GFP_KERNEL, "test-bank%u", id);
		} else {
			snprintf(own, sizeof(own), "%u-%u", id, i - 1);
			node->name = kasprintf(GFP_KERNEL, "relay%u", i - 1);
			node->parent = &bank->nodes[0];
			node->properties = property_entries_dup(properties);
		}
		if (!node->name || IS_ERR(node->properties)) {
			node->properties = NULL;
			test_bank_free(bank);
			return NULL;
		}
	}
	return bank;
}

static void test_bank_remove(struct test_bank *bank)
{
	platform_device_unregister(bank->pdev);
	software_node_unregister_node_group(bank->group);
	test_bank_free(bank);
}

static int test_make(const char *text, const struct kernel_param *kp)
{
	struct platform_device_info info = { .name = "gpio-relays" };
	unsigned int id, count;
	struct test_bank *bank;
	char label[32];
	int words, ret;

	words = sscanf(text, "%u %u %31s", &id, &count, label);
	if (words < 2 || !count || count > TEST_LINES || xa_load(&test_banks, id))
		return -EINVAL;

	bank = test_bank_alloc(id, count, words > 2 ? label : NULL);
	if (!bank)
		return -ENOMEM;

	ret = software_node_register_node_group(bank->group);
	if (ret)
		goto free_bank;

	info.id = id;
	info.fwnode = software_node_fwnode(&bank->nodes[0]);
	bank->pdev = platform_device_register_full(&info);
	ret = PTR_ERR_OR_ZERO(bank->pdev);
	if (ret)
		goto unregister_nodes;

	ret = xa_err(xa_store(&test_banks, id, bank, GFP_KERNEL));
	if (ret)
		test_bank_remove(bank);
	return ret;

unregister_nodes:
	software_node_unregister_node_group(bank->group);
free_bank:
	test_bank_free(bank);
	return ret;
}

static const struct kernel_param_ops test_make_ops = { .set = test_make };
module_param_cb(make, &test_make_ops, NULL, 0200);
MODULE_PARM_DESC(make, "ID COUNT [LABEL]: make such a bank");

static int test_remove(const char *text, const struct kernel_param *kp)
{
	struct test_bank *bank;
	unsigned int id;
	int ret;

	ret = kstrtouint(text, 10, &id);
	if (ret)
		return ret;

	bank = xa_erase(&test_banks, id);
	if (!bank)
		return -ENODEV;

	test_bank_remove(bank);
	return 0;
}

static const struct kernel_param_ops test_remove_ops = { .set = test_remove };
module_param_cb(remove, &test_remove_ops, NULL, 0200);
MODULE_PARM_DESC(remove, "ID: remove that bank for good");

static int __init test_init(void)
{
	int ret = software_node_register(&test_chip_node);

	if (ret)
		return ret;

	ret = gpiochip_add_data(&test_chip, NULL);
	if (ret)
		software_node_unregister(&test_chip_node);
	return ret;
}
module_init(test_init);

static void __exit test_exit(void)
{
	struct test_bank *bank;
	unsigned long id;

	xa_for_each(&test_banks, id, bank)
		test_bank_remove(bank);
	xa_destroy(&test_banks);
	gpiochip_remove(&test_chip);
	software_node_unregister(&test_chip_node);
}
module_exit(test_exit);

MODULE_DESCRIPTION("Lines that fail and banks that come and go, for the tests of emrelay");
MODULE_LICENSE("GPL");
