// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relays of relays.dtsi for a machine that has neither a GPIO controller
 * nor firmware that could tell of relays: a controller of three lines in
 * memory, and software nodes.
 */
#include <linux/err.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

static unsigned long levels;

static int board_get(struct gpio_chip *gc, unsigned int offset)
{
	return test_bit(offset, &levels);
}

static int board_set(struct gpio_chip *gc, unsigned int offset, int value)
{
	assign_bit(offset, &levels, value);
	return 0;
}

static int board_get_direction(struct gpio_chip *gc, unsigned int offset)
{
	return GPIO_LINE_DIRECTION_OUT;
}

static const struct software_node chip_node = { .name = "board" };

static struct gpio_chip chip = {
	.label = "board",
	.owner = THIS_MODULE,
	.base = -1,
	.ngpio = 3,
	.get = board_get,
	.get_direction = board_get_direction,
	.direction_output = board_set,
};

static const struct property_entry bank_properties[] = {
	PROPERTY_ENTRY_STRING("compatible", "gpio-relays"),
	PROPERTY_ENTRY_BOOL("gpio-controller"),
	PROPERTY_ENTRY_U32("#gpio-cells", 2),
	{ }
};

static const struct property_entry pump_properties[] = {
	PROPERTY_ENTRY_U32("reg", 0),
	PROPERTY_ENTRY_STRING("compatible", "wago,859-353"),
	PROPERTY_ENTRY_STRING("label", "pump"),
	PROPERTY_ENTRY_REF("coil-gpios", &chip_node, 0, GPIO_ACTIVE_HIGH),
	PROPERTY_ENTRY_STRING("load-type", "none"),
	{ }
};

static const struct property_entry heater_properties[] = {
	PROPERTY_ENTRY_U32("reg", 1),
	PROPERTY_ENTRY_STRING("compatible", "wago,859-353"),
	PROPERTY_ENTRY_STRING("label", "heater"),
	PROPERTY_ENTRY_REF("coil-gpios", &chip_node, 1, GPIO_ACTIVE_HIGH),
	PROPERTY_ENTRY_STRING("load-type", "resistive"),
	PROPERTY_ENTRY_U32("load-microamp", 3000000),
	PROPERTY_ENTRY_U32("load-microvolt", 230000000),
	{ }
};

static const struct property_entry beacon_properties[] = {
	PROPERTY_ENTRY_U32("reg", 2),
	PROPERTY_ENTRY_STRING("compatible", "wago,859-353"),
	PROPERTY_ENTRY_STRING("label", "beacon"),
	PROPERTY_ENTRY_REF("coil-gpios", &chip_node, 2, GPIO_ACTIVE_HIGH),
	PROPERTY_ENTRY_STRING("load-type", "none"),
	{ }
};

static const struct software_node bank_node = {
	.name = "relays",
	.properties = bank_properties,
};

static const struct software_node pump_node = {
	.name = "relay@0",
	.parent = &bank_node,
	.properties = pump_properties,
};

static const struct software_node heater_node = {
	.name = "relay@1",
	.parent = &bank_node,
	.properties = heater_properties,
};

static const struct software_node beacon_node = {
	.name = "relay@2",
	.parent = &bank_node,
	.properties = beacon_properties,
};

static const struct software_node *nodes[] = {
	&chip_node, &bank_node, &pump_node, &heater_node, &beacon_node, NULL
};

static struct platform_device *controller, *relays;

static int __init board_init(void)
{
	struct platform_device_info info = { .name = "board" };
	int ret;

	ret = software_node_register_node_group(nodes);
	if (ret)
		return ret;

	info.fwnode = software_node_fwnode(&chip_node);
	controller = platform_device_register_full(&info);
	if (IS_ERR(controller)) {
		ret = PTR_ERR(controller);
		goto unregister_nodes;
	}

	/* It returned nothing once; what is returned to nobody does no harm. */
	chip.set = (void *)board_set;
	chip.parent = &controller->dev;
	ret = gpiochip_add_data(&chip, NULL);
	if (ret)
		goto unregister_controller;

	info.name = "gpio-relays";
	info.fwnode = software_node_fwnode(&bank_node);
	relays = platform_device_register_full(&info);
	if (!IS_ERR(relays))
		return 0;

	ret = PTR_ERR(relays);
	gpiochip_remove(&chip);
unregister_controller:
	platform_device_unregister(controller);
unregister_nodes:
	software_node_unregister_node_group(nodes);
	return ret;
}
module_init(board_init);

MODULE_DESCRIPTION("Relays without a controller and without firmware");
MODULE_LICENSE("GPL");
