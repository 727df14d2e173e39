// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two buses of one GPIO expander each, whose registers, pins and failures a test
 * owns, and whose pins are wired to lines that are watched from outside.
 *
 * "emrelay-test,i2c" is an I2C adapter with the registers of a PCA9554, which the
 * kernel's own driver drives: no error of a write ever comes back from it.
 * "emrelay-test,lines" is a GPIO chip on the same registers, which does not sleep.
 * "emrelay-test,poweroff" switches a line as the machine goes off, "emrelay-test,restart"
 * as it restarts. The files of the buses:
 *
 *	nack		so many writes fail, and are not carried out; -1: all
 *	late		so many writes fail, and are carried out
 *	swallow		so many writes succeed, and are not carried out
 *	gone		whether nothing answers, reads neither
 *	stuck		the pins that are stuck, a bit each
 *	stuck_at	at what level
 *	pulls		the level of pins that are inputs, a bit each
 *	slow_us		how long a transfer takes on the I2C bus
 *	forget		whether the registers are reset while the system sleeps
 *	panic		so many changes of a line that does not sleep are a panic each
 *	reset		written: the registers are as after power-on
 *	writes		how many writes were carried out
 *	asleep		how many transfers came after the device was suspended
 */
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/i2c.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/panic.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/reboot.h>
#include <linux/spinlock.h>

#define TEST_ADDRESS	0x20
#define TEST_PINS	8

enum { REG_INPUT, REG_OUTPUT, REG_INVERT, REG_CONFIG, REGS };

enum {
	NACK, LATE, SWALLOW, GONE, STUCK, STUCK_AT, PULLS, SLOW_US, FORGET, PANIC, WRITES,
	ASLEEP, NUMBERS
};

struct test_bus {
	struct gpio_descs *wires;
	spinlock_t lock;	/* all below */
	u8 regs[REGS];
	u8 pointer;
	bool suspended;
	int number[NUMBERS];
	struct i2c_adapter adapter;
	struct gpio_chip chip;
};

/* The level of the pins. */
static u8 test_pins(const struct test_bus *bus)
{
	u8 pins = (bus->regs[REG_OUTPUT] & ~bus->regs[REG_CONFIG]) |
		  (bus->number[PULLS] & bus->regs[REG_CONFIG]);

	return (pins & ~bus->number[STUCK]) |
	       (bus->number[STUCK_AT] & bus->number[STUCK]);
}

static void test_wire(struct test_bus *bus)
{
	unsigned int i;

	for (i = 0; i < bus->wires->ndescs; i++)
		gpiod_set_value(bus->wires->desc[i], !!(test_pins(bus) & BIT(i)));
}

static void test_power_on(struct test_bus *bus)
{
	bus->regs[REG_OUTPUT] = 0xff;
	bus->regs[REG_INVERT] = 0;
	bus->regs[REG_CONFIG] = 0xff;
	test_wire(bus);
}

/* One of so many is used up. */
static bool test_takes(struct test_bus *bus, unsigned int which)
{
	if (bus->number[which] > 0)
		bus->number[which]--;
	else if (!bus->number[which])
		return false;
	return true;
}

static int test_write(struct test_bus *bus, u8 reg, u8 value)
{
	bool late;

	if (bus->number[GONE] || test_takes(bus, NACK))
		return -ENXIO;
	if (test_takes(bus, SWALLOW))
		return 0;

	late = test_takes(bus, LATE);
	if (reg < REGS && reg != REG_INPUT)
		bus->regs[reg] = value;
	bus->number[WRITES]++;
	test_wire(bus);
	return late ? -ENXIO : 0;
}

static int test_read(struct test_bus *bus, u8 reg)
{
	if (bus->number[GONE])
		return -ENXIO;
	if (reg == REG_INPUT)
		return test_pins(bus) ^ bus->regs[REG_INVERT];
	return reg < REGS ? bus->regs[reg] : 0xff;
}

static int test_transfer(struct test_bus *bus, const struct i2c_msg *msg)
{
	int i, ret;

	if (msg->addr != TEST_ADDRESS)
		return -ENXIO;

	for (i = 0; i < msg->len; i++) {
		if (msg->flags & I2C_M_RD) {
			ret = test_read(bus, bus->pointer);
			msg->buf[i] = ret;
		} else if (i) {
			ret = test_write(bus, bus->pointer, msg->buf[i]);
		} else {
			ret = bus->number[GONE] ? -ENXIO : 0;
			bus->pointer = msg->buf[0];
		}
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int test_i2c_xfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int count)
{
	struct test_bus *bus = i2c_get_adapdata(adapter);
	int i, ret = 0, slow_us = READ_ONCE(bus->number[SLOW_US]);

	if (slow_us)
		usleep_range(slow_us, slow_us);
	spin_lock_irq(&bus->lock);
	bus->number[ASLEEP] += bus->suspended;
	for (i = 0; i < count && !ret; i++)
		ret = test_transfer(bus, &msgs[i]);
	spin_unlock_irq(&bus->lock);
	return ret ?: count;
}

static u32 test_i2c_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm test_i2c_algorithm = {
	.master_xfer = test_i2c_xfer,
	.functionality = test_i2c_functionality,
};

/* Changes one bit of a register. */
static int test_change(struct gpio_chip *gc, u8 reg, unsigned int line, int value)
{
	struct test_bus *bus = gpiochip_get_data(gc);
	unsigned long flags;
	int ret;
	u8 now;

	spin_lock_irqsave(&bus->lock, flags);
	bus->number[ASLEEP] += bus->suspended;
	if (test_takes(bus, PANIC))
		panic("a line is driven\n");
	now = bus->regs[reg];
	ret = test_write(bus, reg, value ? now | BIT(line) : now & ~BIT(line));
	spin_unlock_irqrestore(&bus->lock, flags);
	return ret;
}

static int test_lines_get(struct gpio_chip *gc, unsigned int line)
{
	struct test_bus *bus = gpiochip_get_data(gc);
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&bus->lock, flags);
	ret = test_read(bus, REG_INPUT);
	spin_unlock_irqrestore(&bus->lock, flags);
	return ret < 0 ? ret : !!(ret & BIT(line));
}

static int test_lines_get_direction(struct gpio_chip *gc, unsigned int line)
{
	struct test_bus *bus = gpiochip_get_data(gc);

	return bus->regs[REG_CONFIG] & BIT(line) ? GPIO_LINE_DIRECTION_IN :
						   GPIO_LINE_DIRECTION_OUT;
}

static int test_lines_direction_input(struct gpio_chip *gc, unsigned int line)
{
	return test_change(gc, REG_CONFIG, line, 1);
}

#if defined(HAVE_SET_RV) || defined(HAVE_SET_INT)
static int test_lines_set(struct gpio_chip *gc, unsigned int line, int value)
{
	return test_change(gc, REG_OUTPUT, line, value);
}
#else
static void test_lines_set(struct gpio_chip *gc, unsigned int line, int value)
{
	test_change(gc, REG_OUTPUT, line, value);
}
#endif

static int test_lines_direction_output(struct gpio_chip *gc, unsigned int line,
				       int value)
{
	return test_change(gc, REG_OUTPUT, line, value) ?:
	       test_change(gc, REG_CONFIG, line, 0);
}

static const char * const test_names[NUMBERS] = {
	[NACK] = "nack", [LATE] = "late", [SWALLOW] = "swallow", [GONE] = "gone",
	[STUCK] = "stuck", [STUCK_AT] = "stuck_at", [PULLS] = "pulls",
	[SLOW_US] = "slow_us", [FORGET] = "forget", [PANIC] = "panic", [WRITES] = "writes",
	[ASLEEP] = "asleep",
};

static ssize_t test_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct test_bus *bus = dev_get_drvdata(dev);
	int which = match_string(test_names, NUMBERS, attr->attr.name);

	return sysfs_emit(buf, "%d\n", READ_ONCE(bus->number[which]));
}

static ssize_t test_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t size)
{
	struct test_bus *bus = dev_get_drvdata(dev);
	int which = match_string(test_names, NUMBERS, attr->attr.name);
	int value, ret;

	ret = kstrtoint(buf, 0, &value);
	if (ret)
		return ret;

	spin_lock_irq(&bus->lock);
	if (which < 0)
		test_power_on(bus);
	else
		bus->number[which] = value;
	test_wire(bus);
	spin_unlock_irq(&bus->lock);
	return size;
}

static struct device_attribute test_files[] = {
	__ATTR(nack, 0644, test_show, test_store),
	__ATTR(late, 0644, test_show, test_store),
	__ATTR(swallow, 0644, test_show, test_store),
	__ATTR(gone, 0644, test_show, test_store),
	__ATTR(stuck, 0644, test_show, test_store),
	__ATTR(stuck_at, 0644, test_show, test_store),
	__ATTR(pulls, 0644, test_show, test_store),
	__ATTR(slow_us, 0644, test_show, test_store),
	__ATTR(forget, 0644, test_show, test_store),
	__ATTR(panic, 0644, test_show, test_store),
	__ATTR(writes, 0644, test_show, test_store),
	__ATTR(asleep, 0644, test_show, test_store),
	__ATTR(reset, 0200, NULL, test_store),
};

static struct attribute *test_attrs[ARRAY_SIZE(test_files) + 1];	/* filled in at init */
ATTRIBUTE_GROUPS(test);

static void test_del_adapter(void *adapter)
{
	i2c_del_adapter(adapter);
}

static int test_add_i2c(struct device *dev, struct test_bus *bus)
{
	struct i2c_adapter *adapter = &bus->adapter;
	int ret;

	strscpy(adapter->name, "emrelay-test", sizeof(adapter->name));
	adapter->owner = THIS_MODULE;
	adapter->algo = &test_i2c_algorithm;
	adapter->dev.parent = dev;
	adapter->dev.of_node = dev->of_node;
	i2c_set_adapdata(adapter, bus);
	ret = i2c_add_adapter(adapter);
	return ret ?: devm_add_action_or_reset(dev, test_del_adapter, adapter);
}

static int test_add_lines(struct device *dev, struct test_bus *bus)
{
	struct gpio_chip *gc = &bus->chip;

	gc->label = dev_name(dev);
	gc->parent = dev;
	gc->owner = THIS_MODULE;
	gc->base = -1;
	gc->ngpio = TEST_PINS;
	gc->get = test_lines_get;
	gc->get_direction = test_lines_get_direction;
	gc->direction_input = test_lines_direction_input;
	gc->direction_output = test_lines_direction_output;
#ifdef HAVE_SET_RV
	gc->set_rv = test_lines_set;
#else
	gc->set = test_lines_set;
#endif
	return devm_gpiochip_add_data(dev, gc, bus);
}

static int test_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct test_bus *bus = devm_kzalloc(dev, sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return -ENOMEM;

	spin_lock_init(&bus->lock);
	bus->wires = devm_gpiod_get_array(dev, "wire", GPIOD_OUT_LOW);
	if (IS_ERR(bus->wires))
		return PTR_ERR(bus->wires);

	platform_set_drvdata(pdev, bus);
	spin_lock_irq(&bus->lock);
	test_power_on(bus);
	spin_unlock_irq(&bus->lock);
	return of_device_is_compatible(dev->of_node, "emrelay-test,i2c") ? test_add_i2c(dev, bus) :
							       test_add_lines(dev, bus);
}

static int test_sleep(struct device *dev, bool suspended)
{
	struct test_bus *bus = dev_get_drvdata(dev);

	spin_lock_irq(&bus->lock);
	bus->suspended = suspended;
	if (bus->number[FORGET])
		test_power_on(bus);
	spin_unlock_irq(&bus->lock);
	return 0;
}

static int test_suspend(struct device *dev)
{
	return test_sleep(dev, true);
}

static int test_resume(struct device *dev)
{
	return test_sleep(dev, false);
}

static DEFINE_SIMPLE_DEV_PM_OPS(test_pm_ops, test_suspend, test_resume);

static const struct of_device_id test_of_match[] = {
	{ .compatible = "emrelay-test,i2c" },
	{ .compatible = "emrelay-test,lines" },
	{ }
};
MODULE_DEVICE_TABLE(of, test_of_match);

static struct platform_driver test_driver = {
	.probe = test_probe,
	.driver = {
		.name = "emrelay-test-bus",
		.of_match_table = test_of_match,
		.dev_groups = test_groups,
		.pm = pm_sleep_ptr(&test_pm_ops),
	},
};

/* As gpio-poweroff and gpio-restart, which not every kernel has: a pulse of 50 ms. */
static int test_power_off(struct sys_off_data *data)
{
	gpiod_direction_output(data->cb_data, 1);
	mdelay(50);
	gpiod_set_value(data->cb_data, 0);
	mdelay(50);
	return NOTIFY_DONE;
}

static int test_power_probe(struct platform_device *pdev)
{
	struct gpio_desc *line = devm_gpiod_get(&pdev->dev, NULL, GPIOD_OUT_LOW);
	bool off = of_device_is_compatible(pdev->dev.of_node, "emrelay-test,poweroff");

	if (IS_ERR(line))
		return PTR_ERR(line);
	return devm_register_sys_off_handler(&pdev->dev, off ? SYS_OFF_MODE_POWER_OFF :
							       SYS_OFF_MODE_RESTART,
					     SYS_OFF_PRIO_FIRMWARE + 1, test_power_off, line);
}

static const struct of_device_id test_power_of_match[] = {
	{ .compatible = "emrelay-test,poweroff" },
	{ .compatible = "emrelay-test,restart" },
	{ }
};
MODULE_DEVICE_TABLE(of, test_power_of_match);

static struct platform_driver test_power_driver = {
	.probe = test_power_probe,
	.driver = {
		.name = "emrelay-test-poweroff",
		.of_match_table = test_power_of_match,
	},
};

static struct platform_driver * const test_drivers[] = { &test_driver, &test_power_driver };

static int __init test_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(test_files); i++)
		test_attrs[i] = &test_files[i].attr;
	return platform_register_drivers(test_drivers, ARRAY_SIZE(test_drivers));
}
module_init(test_init);

static void __exit test_exit(void)
{
	platform_unregister_drivers(test_drivers, ARRAY_SIZE(test_drivers));
}
module_exit(test_exit);

MODULE_DESCRIPTION("A bus whose failures a test owns, for the tests of emrelay");
MODULE_LICENSE("GPL");
