// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GPIO chip of up to 1024 lines that are bits in memory: lines that do not
 * sleep, in any number, at next to no cost of their own. It counts how often it
 * is asked for anything: /sys/kernel/debug/<device>/accesses.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/gpio/driver.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#define BENCH_LINES	1024

struct bench_chip {
	struct gpio_chip gc;
	atomic_t accesses;
	DECLARE_BITMAP(levels, BENCH_LINES);
};

static int bench_chip_get_direction(struct gpio_chip *gc, unsigned int offset)
{
	return GPIO_LINE_DIRECTION_OUT;
}

static int bench_chip_direction_output(struct gpio_chip *gc, unsigned int offset,
				       int value)
{
	struct bench_chip *chip = gpiochip_get_data(gc);

	atomic_inc(&chip->accesses);
	assign_bit(offset, chip->levels, value);
	return 0;
}

static void bench_chip_set(struct gpio_chip *gc, unsigned int offset, int value)
{
	bench_chip_direction_output(gc, offset, value);
}

static int bench_chip_get(struct gpio_chip *gc, unsigned int offset)
{
	struct bench_chip *chip = gpiochip_get_data(gc);

	atomic_inc(&chip->accesses);
	return test_bit(offset, chip->levels);
}

static void bench_chip_forget(void *directory)
{
	debugfs_remove(directory);
}

static int bench_chip_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct bench_chip *chip;
	struct dentry *directory;
	const char **names;
	u32 lines = BENCH_LINES;
	int ret;

	ret = device_property_read_u32(dev, "ngpios", &lines);
	if ((ret && ret != -EINVAL) || !lines || lines > BENCH_LINES)
		return -EINVAL;

	chip = devm_kzalloc(dev, sizeof(*chip), GFP_KERNEL);
	if (!chip)
		return -ENOMEM;

	chip->gc.label = dev_name(dev);
	chip->gc.parent = dev;
	chip->gc.owner = THIS_MODULE;
	chip->gc.base = -1;
	chip->gc.ngpio = lines;
	chip->gc.get_direction = bench_chip_get_direction;
	chip->gc.direction_output = bench_chip_direction_output;
	chip->gc.set = bench_chip_set;
	chip->gc.get = bench_chip_get;

	/* By the driver, as an emrelay bank's are: gpiolib then looks for clashes. */
	if (device_property_present(dev, "names")) {
		names = devm_kcalloc(dev, lines, sizeof(*names), GFP_KERNEL);
		if (!names)
			return -ENOMEM;
		ret = device_property_read_string_array(dev, "names", names, lines);
		if (ret < 0)
			return ret;
		chip->gc.names = names;
	}

	directory = debugfs_create_dir(dev_name(dev), NULL);
	debugfs_create_atomic_t("accesses", 0444, directory, &chip->accesses);
	ret = devm_add_action_or_reset(dev, bench_chip_forget, directory);
	if (ret)
		return ret;

	return devm_gpiochip_add_data(dev, &chip->gc, chip);
}

static const struct of_device_id bench_chip_of_match[] = {
	{ .compatible = "emrelay,bench-chip" },
	{ }
};
MODULE_DEVICE_TABLE(of, bench_chip_of_match);

static struct platform_driver bench_chip_driver = {
	.probe = bench_chip_probe,
	.driver = {
		.name = "bench-chip",
		.of_match_table = bench_chip_of_match,
	},
};
module_platform_driver(bench_chip_driver);

MODULE_DESCRIPTION("GPIO lines in memory, for the bench of emrelay");
MODULE_LICENSE("GPL");
