// SPDX-License-Identifier: GPL-2.0-only
/*
 * "emrelay-test,supply": a regulator of 12 V that a test makes fail, by the files
 *
 *	low	1: under voltage, with its event; 0: no more, which nobody tells
 *	gone	1: switched off by force, with its event; 0: on again, likewise
 *	enabled	whether its consumers want it
 */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/regulator/driver.h>
#include <linux/regulator/machine.h>
#include <linux/string.h>

struct test_supply {
	struct regulator_dev *rdev;
	bool low, gone, enabled;
};

static int test_enable(struct regulator_dev *rdev)
{
	struct test_supply *supply = rdev_get_drvdata(rdev);

	supply->enabled = true;
	return 0;
}

static int test_disable(struct regulator_dev *rdev)
{
	struct test_supply *supply = rdev_get_drvdata(rdev);

	supply->enabled = false;
	return 0;
}

static int test_is_enabled(struct regulator_dev *rdev)
{
	struct test_supply *supply = rdev_get_drvdata(rdev);

	return supply->enabled && !supply->gone;
}

static int test_get_error_flags(struct regulator_dev *rdev, unsigned int *flags)
{
	struct test_supply *supply = rdev_get_drvdata(rdev);

	*flags = supply->low ? REGULATOR_ERROR_UNDER_VOLTAGE : 0;
	return 0;
}

static const struct regulator_ops test_ops = {
	.enable = test_enable,
	.disable = test_disable,
	.is_enabled = test_is_enabled,
	.get_error_flags = test_get_error_flags,
};

static const struct regulator_desc test_desc = {
	.name = "emrelay-test-supply",
	.ops = &test_ops,
	.type = REGULATOR_VOLTAGE,
	.owner = THIS_MODULE,
	.n_voltages = 1,
	.fixed_uV = 12000000,
};

static struct regulator_init_data test_init_data = {
	.constraints = { .valid_ops_mask = REGULATOR_CHANGE_STATUS },
};

static ssize_t enabled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct test_supply *supply = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", supply->enabled);
}
static DEVICE_ATTR_RO(enabled);

static ssize_t test_store(struct device *dev, bool *what, unsigned long event, const char *buf,
			  size_t size)
{
	struct test_supply *supply = dev_get_drvdata(dev);
	int ret = kstrtobool(buf, what);

	if (!ret && *what)
		regulator_notifier_call_chain(supply->rdev, event, NULL);
	return ret ?: size;
}

static ssize_t low_store(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t size)
{
	struct test_supply *supply = dev_get_drvdata(dev);

	return test_store(dev, &supply->low, REGULATOR_EVENT_UNDER_VOLTAGE, buf, size);
}
static DEVICE_ATTR_WO(low);

static ssize_t gone_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t size)
{
	struct test_supply *supply = dev_get_drvdata(dev);

	return test_store(dev, &supply->gone, REGULATOR_EVENT_FORCE_DISABLE, buf, size);
}
static DEVICE_ATTR_WO(gone);

static struct attribute *test_attrs[] = {
	&dev_attr_enabled.attr, &dev_attr_low.attr, &dev_attr_gone.attr, NULL
};
ATTRIBUTE_GROUPS(test);

static int test_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct regulator_config config = {
		.dev = dev, .of_node = dev->of_node, .init_data = &test_init_data,
	};
	struct test_supply *supply = devm_kzalloc(dev, sizeof(*supply), GFP_KERNEL);

	if (!supply)
		return -ENOMEM;

	config.driver_data = supply;
	platform_set_drvdata(pdev, supply);
	supply->rdev = devm_regulator_register(dev, &test_desc, &config);
	return PTR_ERR_OR_ZERO(supply->rdev);
}

static const struct of_device_id test_of_match[] = {
	{ .compatible = "emrelay-test,supply" },
	{ }
};
MODULE_DEVICE_TABLE(of, test_of_match);

static struct platform_driver test_driver = {
	.probe = test_probe,
	.driver = {
		.name = "emrelay-test-supply",
		.of_match_table = test_of_match,
		.dev_groups = test_groups,
	},
};
module_platform_driver(test_driver);

MODULE_DESCRIPTION("A regulator that a test makes fail");
MODULE_LICENSE("GPL");
