// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware node to plain config: device tree, ACPI or software node alike.
 * Each error is one message that names node, property, value and limit.
 *
 * A new property is one row of a table here, and its place in the binding.
 * fwnode_property_present(), which cannot fail, says whether one is absent. So an
 * error of a read is never taken for an absent property, and is passed on.
 */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/of.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "config.h"
#include "sense.h"
#include "store.h"

static const char * const emrelay_default_state_names[4] = {
	[EMRELAY_DEFAULT_OFF] = "off", [EMRELAY_DEFAULT_ON] = "on",
	[EMRELAY_DEFAULT_KEEP] = "keep", [EMRELAY_DEFAULT_LAST] = "last",
};

const char * const emrelay_interlock_names[2] = { "block", "changeover" };

static const char * const emrelay_contact_type_names[EMRELAY_CONTACT_TYPES] = {
	[EMRELAY_LINKED_NO] = "linked-no", [EMRELAY_LINKED_NC] = "linked-nc",
	[EMRELAY_CHANGEOVER_NC] = "changeover-nc",
	[EMRELAY_LOAD_DC] = "load-dc", [EMRELAY_LOAD_AC] = "load-ac",
};

/* Properties that name one line each. */
static const char * const emrelay_line_names[] = { "coil-gpios", "contact-gpios", "line-gpios" };

#define FIELD(field)	offsetof(struct emrelay_config, field)

#define RATING(name, field) \
	{ name, FIELD(ratings.field), EMRELAY_READ_U32, EMRELAY_RATING, 1, U32_MAX }
#define NUMBER(name, field, min) \
	{ name, FIELD(field), EMRELAY_READ_U32, EMRELAY_OPTIONAL, min, U32_MAX }
#define FLAG(name, field)	{ name, FIELD(field), EMRELAY_READ_FLAG }
#define STRING(name, field)	{ name, FIELD(field), EMRELAY_READ_STRING }
#define CURVE(name, field)	{ name, FIELD(field), EMRELAY_READ_CURVE }
#define CHOICE(name, field, names, count) \
	{ name, FIELD(field), EMRELAY_READ_STRING, EMRELAY_OPTIONAL, 0, count, names }

const struct emrelay_property emrelay_channel_properties[] = {
	STRING("compatible", part_name),	/* the first; see emrelay_read_config() */
	{ "reg", FIELD(reg), EMRELAY_READ_U32, EMRELAY_REQUIRED, 0, EMRELAY_REG_MAX },
	STRING("label", label),
	{ "coil-gpios", .need = EMRELAY_TREE },	/* elsewhere a table may have it */

	RATING("operate-time-us", operate_us),
	RATING("release-time-us", release_us),
	RATING("bounce-time-us", bounce_us),
	RATING("electrical-life-cycles", electrical_life),
	RATING("mechanical-life-cycles", mechanical_life),
	RATING("max-loaded-cycles-per-minute", loaded_per_minute),
	RATING("max-unloaded-cycles-per-minute", unloaded_per_minute),
	NUMBER("coil-min-microvolt", ratings.coil_min_microvolt, 1),
	NUMBER("coil-max-microvolt", ratings.coil_max_microvolt, 1),
	NUMBER("coil-microamp", ratings.coil_microamp, 1),
	CURVE("electrical-life-curve", curve),
	CURVE("dc-load-limit", dc_limit),

	CHOICE("load-type", load.class, emrelay_load_names, EMRELAY_LOAD_CLASSES),
	NUMBER("load-microamp", load.microamp, 1),
	NUMBER("load-microvolt", load.microvolt, 1),
	NUMBER("load-inrush-microamp", load.inrush_microamp, 1),
	NUMBER("load-inrush-us", load.inrush_us, 1),
	FLAG("load-suppressor", load.suppressed),
	FLAG("load-normally-closed", load.normally_closed),

	NUMBER("interlock-group", interlock_group, 0),
	NUMBER("interlock-dead-time-us", given_dead_time_us, 1),
	CHOICE("interlock-mode", settings.changeover, emrelay_interlock_names, 2),
	NUMBER("min-on-time-ms", settings.min_on_ms, 0),
	NUMBER("min-off-time-ms", settings.min_off_ms, 0),
	NUMBER("max-on-time-ms", settings.max_on_ms, 0),
	NUMBER("momentary-time-ms", settings.momentary_ms, 0),
	NUMBER("watchdog-time-ms", settings.watchdog_ms, 0),

	CHOICE("default-state", default_state, emrelay_default_state_names, 4),
	STRING("linux,default-trigger", default_trigger),
	{ "trigger-sources" },
	FLAG("retain-state-suspended", retain_state_suspended),
	FLAG("retain-state-shutdown", retain_state_shutdown),
	FLAG("retain-state-panic", retain_state_panic),
	{ "contact-gpios" },
	CHOICE("contact-type", contact_type, emrelay_contact_type_names, EMRELAY_CONTACT_TYPES),
	NUMBER("contact-hold-us", contact_hold_us, 0),
	{ "line-gpios" },
	FLAG("wakeup-source", wakeup_source),
	{ "nvmem-cells" },
	{ "nvmem-cell-names" },
	{ }
};
EXPORT_SYMBOL_GPL(emrelay_channel_properties);

#define BANK(field)	offsetof(struct emrelay_bank_config, field)

const struct emrelay_property emrelay_bank_properties[] = {
	{ "compatible" },
	{ "gpio-controller", BANK(gpio_controller), EMRELAY_READ_FLAG, EMRELAY_TREE },
	{ "#gpio-cells", BANK(cells), EMRELAY_READ_U32, EMRELAY_TREE, 2, 2 },
	{ "#address-cells", BANK(cells), EMRELAY_READ_U32, EMRELAY_TREE, 1, 1 },
	{ "#size-cells", BANK(cells), EMRELAY_READ_U32, EMRELAY_TREE, 0, 0 },
	{ "stagger-ms", BANK(stagger_ms), EMRELAY_READ_U32, .max = U32_MAX },
	{ "coil-limit", BANK(coil_limit), EMRELAY_READ_U32, .max = U32_MAX },
	{ "coil-supply" },
	{ }
};
EXPORT_SYMBOL_GPL(emrelay_bank_properties);

/* Each error is said once, with the node that it is in. */
#define emrelay_node_err(dev, fwnode, format, ...) \
	dev_err_probe(dev, -EINVAL, "%pfwP: " format "\n", fwnode, ##__VA_ARGS__)

static const char * const emrelay_read_names[] = {
	[EMRELAY_READ_U32] = "one 32-bit number",
	[EMRELAY_READ_FLAG] = "a flag, which has no value",
	[EMRELAY_READ_STRING] = "one string",
	[EMRELAY_READ_CURVE] = "1 to " __stringify(EMRELAY_POINTS) " pairs of 32-bit numbers",
};

/* Reads a property that is there. */
static int emrelay_read_property(struct device *dev, struct fwnode_handle *fwnode,
				 const struct emrelay_property *p, void *field)
{
	const char *string, *name = p->name;
	struct emrelay_curve *curve = field;
	u32 *number = field;
	int bad, count = 0, ret = -EINVAL;

	switch (p->type) {
	case EMRELAY_READ_OTHER:
		return 0;
	case EMRELAY_READ_U32:
		count = fwnode_property_count_u32(fwnode, name);
		if (count == 1)
			ret = fwnode_property_read_u32(fwnode, name, number);
		if (!ret && (*number < p->min || *number > p->max))
			return emrelay_node_err(dev, fwnode, "%s %u is not in %u to %u",
						name, *number, p->min, p->max);
		break;
	case EMRELAY_READ_FLAG:
		/* With ACPI a flag has some value; in a device tree it has none. */
		if (!is_of_node(fwnode) || fwnode_property_count_u8(fwnode, name) <= 0)
			ret = 0;
		*(bool *)field = true;
		break;
	case EMRELAY_READ_STRING:
		count = fwnode_property_string_array_count(fwnode, name);
		if (count == 1)
			ret = fwnode_property_read_string(fwnode, name, &string);
		if (ret)
			break;
		if (!p->names) {
			*(const char **)field = string;
			return 0;
		}
		bad = match_string(p->names, p->max, string);
		if (bad < 0)
			return emrelay_node_err(dev, fwnode, "%s \"%s\" is unknown", name, string);
		*number = bad;
		return 0;
	case EMRELAY_READ_CURVE:
		count = fwnode_property_count_u32(fwnode, name);
		if (count >= 2 && count <= 2 * EMRELAY_POINTS && count % 2 == 0)
			ret = fwnode_property_read_u32_array(fwnode, name, &curve->point[0].x,
							     count);
		curve->count = count / 2;
		bad = ret ? 0 : emrelay_curve_check(curve);
		if (bad)
			return emrelay_node_err(dev, fwnode,
						"%s: point %d <%u %u> has a 0, or no higher first and lower second number than the one before",
						name, bad, curve->point[bad - 1].x,
						curve->point[bad - 1].y);
		break;
	}
	if (!ret)
		return 0;
	return dev_err_probe(dev, count < 0 ? count : ret, "%pfwP: %s cannot be read as %s\n",
			     fwnode, name, emrelay_read_names[p->type]);
}

/**
 * emrelay_read_table - read the properties of a node
 * @dev: the bank's device
 * @fwnode: the node
 * @p: the table of those that it may have
 * @data: the config that is filled in; a rating that a part has given is there already,
 *	and never 0
 *
 * Context: May sleep.
 * Return: 0, or a negative errno, which has been reported.
 */
int emrelay_read_table(struct device *dev, struct fwnode_handle *fwnode,
		       const struct emrelay_property *p, void *data)
{
	int ret;

	for (; p->name; p++) {
		u32 *field = data + p->offset;
		bool rating = p->need == EMRELAY_RATING;

		if (p->need == EMRELAY_TREE && !is_of_node(fwnode))
			continue;
		if (fwnode_property_present(fwnode, p->name)) {
			ret = emrelay_read_property(dev, fwnode, p, field);
			if (ret)
				return ret;
		} else if (rating ? !*field : p->need) {
			const struct emrelay_config *config = data;
			const struct emrelay_part *part = rating ? config->part : NULL;

			return emrelay_node_err(dev, fwnode, "%s is missing%s%s", p->name,
						part ? ", and not in the data sheet of " :
						rating ? ", and no known part gives it" : "",
						part ? part->compatible : "");
		}
	}
	return 0;
}

/* Does a property have a reference of this index? */
static bool emrelay_refers(struct fwnode_handle *fwnode, const char *name, const char *cells,
			   unsigned int index)
{
	struct fwnode_reference_args args;
	int ret = fwnode_property_get_reference_args(fwnode, name, cells, 0, index, &args);

	if (!ret)
		fwnode_handle_put(args.fwnode);
	return ret != -ENOENT;
}

static int emrelay_check_label(struct device *dev, const struct emrelay_config *config)
{
	const char *label = config->label, *end = label;

	while (*end && *end != '/' && !iscntrl(*end))
		end++;
	if (*label && !*end && end - label <= EMRELAY_LABEL_MAX &&
	    strcmp(label, ".") && strcmp(label, ".."))
		return 0;
	return emrelay_node_err(dev, config->fwnode,
				"label \"%*pE\" is not a file name of 1 to %u characters",
				(int)strlen(label), label, EMRELAY_LABEL_MAX);
}

static int emrelay_read_cells(struct device *dev, struct emrelay_config *config)
{
	struct fwnode_handle *fwnode = config->fwnode;
	const char *names[3];	/* one more than there may be */
	int ret;

	config->stored = fwnode_property_present(fwnode, "nvmem-cells");
	if (!config->stored && !fwnode_property_present(fwnode, "nvmem-cell-names"))
		return 0;

	ret = fwnode_property_read_string_array(fwnode, "nvmem-cell-names", names, 3);
	if (ret == 2 && !strcmp(names[0], "wear-a") && !strcmp(names[1], "wear-b") &&
	    emrelay_refers(fwnode, "nvmem-cells", NULL, 1) &&
	    !emrelay_refers(fwnode, "nvmem-cells", NULL, 2))
		return 0;
	return dev_err_probe(dev, ret < 0 ? ret : -EINVAL,
			     "%pfwP: nvmem-cells and nvmem-cell-names are not of two cells, \"wear-a\" and \"wear-b\"\n",
			     fwnode);
}

/**
 * emrelay_check_load - is a relay rated for a load?
 * @config: the relay's config
 * @load: the load; what it does not declare is not checked
 * @excess: filled in if it is not, with the first excess found
 *
 * Context: Any. Pure.
 * Return: 0, or -EINVAL if the load is above a rating.
 */
int emrelay_check_load(const struct emrelay_config *config, const struct emrelay_load *load,
		       struct emrelay_excess *excess)
{
	const struct emrelay_curve *curve = &config->curve;
	bool curved = curve->count && load->class != EMRELAY_LOAD_NONE;
	u32 end = curved ? curve->point[curve->count - 1].x : U32_MAX;
	bool above = true;

	if (load->microamp > end)
		*excess = (struct emrelay_excess) { "load-microamp", "uA", load->microamp, end };
	else if (load->class == EMRELAY_LOAD_DC13 && config->dc_limit.count)
		above = emrelay_dc_overloaded(&config->dc_limit, load, excess);
	else
		above = config->part &&
			emrelay_load_exceeds(load, emrelay_part_limit(config->part, load->class),
					     excess);
	return above ? -EINVAL : 0;
}

/* What no row of the table can say. */
static int emrelay_check_config(struct device *dev, const struct emrelay_config *config)
{
	u64 travel_us = (u64)config->ratings.operate_us + config->ratings.bounce_us;
	const struct emrelay_load *load = &config->load;
	struct fwnode_handle *fwnode = config->fwnode;
	u32 momentary_ms = config->settings.momentary_ms;
	struct emrelay_excess excess;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(emrelay_line_names); i++)
		if (emrelay_refers(fwnode, emrelay_line_names[i], "#gpio-cells", 1))
			return emrelay_node_err(dev, fwnode, "%s cannot be read as one line",
						emrelay_line_names[i]);

	if (!load->inrush_microamp != !load->inrush_us)
		return emrelay_node_err(dev, fwnode,
					"one of load-inrush-microamp and load-inrush-us is missing");

	if (emrelay_check_load(config, load, &excess))
		return emrelay_node_err(dev, fwnode,
					"%s %llu %s is above the %llu %s that %s is rated for (%s)",
					excess.property, excess.value, excess.unit,
					excess.limit, excess.unit, config->part_name,
					emrelay_load_names[load->class]);

	if (momentary_ms && momentary_ms * 1000ULL < travel_us)
		return emrelay_node_err(dev, fwnode,
					"momentary-time-ms %u is below operate and bounce time, %llu us",
					momentary_ms, travel_us);

	if (config->default_state == EMRELAY_DEFAULT_LAST && !config->stored)
		return emrelay_node_err(dev, fwnode, "default-state \"last\" needs nvmem-cells");
	return config->label ? emrelay_check_label(dev, config) : 0;
}

/**
 * emrelay_read_config - read and check the firmware node of a channel
 * @dev: the bank's device
 * @config: all 0 but for the node; filled in
 *
 * Context: May sleep.
 * Return: 0, or a negative errno, which has been reported.
 */
int emrelay_read_config(struct device *dev, struct emrelay_config *config)
{
	const struct emrelay_property *compatible = emrelay_channel_properties;
	struct fwnode_handle *fwnode = config->fwnode;
	const struct emrelay_part *part;
	int ret = 0;

	config->part_name = "custom";
	config->load.class = EMRELAY_LOAD_RESISTIVE;
	config->interlocked = fwnode_property_present(fwnode, "interlock-group");
	config->sensed = fwnode_property_present(fwnode, "contact-type") ||
			 fwnode_property_present(fwnode, "wakeup-source") ||
			 fwnode_property_present(fwnode, "contact-hold-us");

	/* Before all others: the part gives ratings, in whose place come the node's own. */
	if (fwnode_property_present(fwnode, compatible->name))
		ret = emrelay_read_property(dev, fwnode, compatible, &config->part_name);
	if (ret)
		return ret;

	for (part = emrelay_parts; part->compatible; part++) {
		if (!strcmp(part->compatible, config->part_name)) {
			config->part = part;
			config->ratings = part->ratings;
		}
	}

	ret = emrelay_read_table(dev, fwnode, emrelay_channel_properties, config) ?:
	      emrelay_read_cells(dev, config);
	if (ret)
		return ret;

	if (config->contact_type == EMRELAY_LOAD_AC && !config->contact_hold_us)
		config->contact_hold_us = EMRELAY_AC_HOLD_US;
	config->settings.load_class = config->load.class;
	config->settings.load_declared = fwnode_property_present(fwnode, "load-type");
	config->settings.load_microamp = config->load.microamp;
	config->settings.warn_ppm = EMRELAY_WARN_PPM;
	config->settings.flush_cycles = EMRELAY_FLUSH_CYCLES;
	config->settings.flush_s = EMRELAY_FLUSH_S;
	config->settings.contact_check_ms = EMRELAY_CHECK_MS;
	config->dead_time_us = config->given_dead_time_us ?:
			       emrelay_default_dead_time_us(&config->ratings);
	return emrelay_check_config(dev, config);
}

static bool emrelay_is_known(const char *name, const struct emrelay_property *p)
{
	static const char * const any_node[] = {
		"name", "phandle", "linux,phandle", "status", "pinctrl-", "bootph-",
	};
	unsigned int i;

	for (; p->name; p++)
		if (!strcmp(name, p->name))
			return true;
	for (i = 0; i < ARRAY_SIZE(any_node); i++)
		if (str_has_prefix(name, any_node[i]))
			return true;
	return false;
}

/**
 * emrelay_warn_unknown - warn, once, of all properties of a node that are in no table
 * @dev: the bank's device
 * @fwnode: the node
 * @known: the table of those that are read
 *
 * Context: May sleep.
 */
void emrelay_warn_unknown(struct device *dev, struct fwnode_handle *fwnode,
			  const struct emrelay_property *known)
{
	const struct device_node *np = to_of_node(fwnode);
	const struct property *property;
	char *names = NULL, *longer;

	for (property = np ? np->properties : NULL; property; property = property->next) {
		if (emrelay_is_known(property->name, known))
			continue;
		longer = kasprintf(GFP_KERNEL, "%s %s", names ?: "", property->name);
		kfree(names);
		names = longer;
		if (!names)
			return;
	}
	if (names)
		dev_warn(dev, "%pfwP: properties unknown to this driver:%s\n", fwnode, names);
	kfree(names);
}

/**
 * emrelay_warn_config - warn of what is no error in a node, but may be a mistake
 * @dev: the bank's device
 * @config: the channel's config
 *
 * Not part of emrelay_read_config(), as probe may read it several times before
 * it can get all lines.
 *
 * Context: May sleep.
 */
void emrelay_warn_config(struct device *dev, const struct emrelay_config *config)
{
	const struct emrelay_part *part = config->part;
	const struct emrelay_load *load = &config->load;
	const char *class = emrelay_load_names[load->class];
	struct fwnode_handle *fwnode = config->fwnode;
	bool dc = load->class == EMRELAY_LOAD_DC13;

	emrelay_warn_unknown(dev, fwnode, emrelay_channel_properties);

	if (part && emrelay_part_underloaded(part, load))
		dev_warn(dev, "%pfwP: load-microamp %u, load-microvolt %u (0: undeclared) are below the %u uA at %u uV or %u uA at %u uV recommended for %s: its contact may not conduct reliably\n",
			 fwnode, load->microamp, load->microvolt,
			 part->minimum[0].microamp, part->minimum[0].microvolt,
			 part->minimum[1].microamp, part->minimum[1].microvolt, part->compatible);
	if (!part && fwnode_property_present(fwnode, "compatible"))
		dev_warn(dev, "%pfwP: compatible \"%s\" is unknown: the node's own ratings apply\n",
			 fwnode, config->part_name);
	if ((dc || load->class == EMRELAY_LOAD_AC15) && !load->suppressed)
		dev_warn(dev, "%pfwP: load-type \"%s\" without load-suppressor: an inductive load must be dampened to protect the contact\n",
			 fwnode, class);
	if ((part ? !emrelay_part_rates(part, load->class) : dc) &&
	    !(dc && config->dc_limit.count))
		dev_warn(dev, "%pfwP: load-type \"%s\" is not rated%s%s\n", fwnode, class,
			 part ? " by the data sheet of " : ": there is no dc-load-limit",
			 part ? part->compatible : "");
}
