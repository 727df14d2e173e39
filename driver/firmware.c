// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware node to plain config: device tree, ACPI or software node alike.
 * Each error is one message that names node, property, value and limit.
 */
#include <linux/ctype.h>
#include <linux/property.h>
#include <linux/string.h>

#include "emrelay.h"

static const char * const emrelay_default_state_names[] = {
	[EMRELAY_DEFAULT_OFF] = "off",
	[EMRELAY_DEFAULT_ON] = "on",
	[EMRELAY_DEFAULT_KEEP] = "keep",
};

static const struct {
	const char *property;
	size_t offset;
} emrelay_rating_properties[] = {
	{ "operate-time-us", offsetof(struct emrelay_ratings, operate_us) },
	{ "release-time-us", offsetof(struct emrelay_ratings, release_us) },
	{ "bounce-time-us", offsetof(struct emrelay_ratings, bounce_us) },
	{ "electrical-life-cycles",
	  offsetof(struct emrelay_ratings, electrical_life) },
	{ "mechanical-life-cycles",
	  offsetof(struct emrelay_ratings, mechanical_life) },
	{ "max-loaded-cycles-per-minute",
	  offsetof(struct emrelay_ratings, loaded_per_minute) },
	{ "max-unloaded-cycles-per-minute",
	  offsetof(struct emrelay_ratings, unloaded_per_minute) },
};

/* 1: read; 0: not there, @value untouched; else an error, reported. */
static int emrelay_read_u32(struct device *dev, struct fwnode_handle *fwnode,
			    const char *property, u32 *value)
{
	if (!fwnode_property_present(fwnode, property))
		return 0;

	if (fwnode_property_count_u32(fwnode, property) != 1 ||
	    fwnode_property_read_u32(fwnode, property, value))
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: %s is not one 32-bit number\n",
				     fwnode, property);
	return 1;
}

/*
 * Reads a property of up to EMRELAY_POINTS points of a curve that falls into
 * @values; @order says of what each has more and less than the one before.
 * Returns how many points, 0: it is not there; else an error, reported.
 */
static int emrelay_read_points(struct device *dev, struct fwnode_handle *fwnode,
			       const char *property, const char *order,
			       u32 *values)
{
	const u32 *point;
	int count, bad;

	if (!fwnode_property_present(fwnode, property))
		return 0;

	count = fwnode_property_count_u32(fwnode, property);
	if (count < 2 || count > 2 * EMRELAY_POINTS || count % 2 ||
	    fwnode_property_read_u32_array(fwnode, property, values, count))
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: %s is not of 1 to %d pairs of 32-bit numbers\n",
				     fwnode, property, EMRELAY_POINTS);

	bad = emrelay_points_check(values, count / 2);
	if (!bad)
		return count / 2;

	point = &values[2 * (bad - 1)];
	return dev_err_probe(dev, -EINVAL,
			     "%pfwP: %s: point %d <%u %u> is 0, or of no %s than the one before\n",
			     fwnode, property, bad, point[0], point[1], order);
}

/* 1: read; 0: not there, *@copy is NULL; else an error, reported. */
static int emrelay_read_string(struct device *dev, struct fwnode_handle *fwnode,
			       const char *property, const char **copy)
{
	const char *string;
	int ret;

	*copy = NULL;
	if (!fwnode_property_present(fwnode, property))
		return 0;

	ret = fwnode_property_read_string(fwnode, property, &string);
	if (ret)
		return dev_err_probe(dev, ret, "%pfwP: %s is not a string\n",
				     fwnode, property);

	*copy = devm_kstrdup(dev, string, GFP_KERNEL);
	return *copy ? 1 : -ENOMEM;
}

/* The index of a property's string in @names; 0 where it is not there. */
static int emrelay_read_choice(struct device *dev, struct fwnode_handle *fwnode,
			       const char *property, const char * const *names,
			       size_t count, int otherwise)
{
	const char *string;
	int ret;

	if (!fwnode_property_present(fwnode, property))
		return otherwise;

	ret = fwnode_property_read_string(fwnode, property, &string);
	if (ret)
		return dev_err_probe(dev, ret, "%pfwP: %s is not a string\n",
				     fwnode, property);

	ret = match_string(names, count, string);
	if (ret < 0)
		return dev_err_probe(dev, -EINVAL, "%pfwP: %s \"%s\" is unknown\n",
				     fwnode, property, string);
	return ret;
}

static int emrelay_read_label(struct device *dev, struct fwnode_handle *fwnode,
			      const char **label)
{
	const char *c;
	int ret;

	ret = emrelay_read_string(dev, fwnode, "label", label);
	if (ret <= 0)
		return ret;

	if (!**label || strlen(*label) > EMRELAY_LABEL_MAX)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: label \"%s\" is not of 1 to %u characters\n",
				     fwnode, *label, EMRELAY_LABEL_MAX);

	for (c = *label; *c; c++)
		if (*c == '/' || iscntrl(*c))
			return dev_err_probe(dev, -EINVAL,
					     "%pfwP: label \"%*pE\" has a '/' or a control character\n",
					     fwnode, (int)strlen(*label), *label);

	/* The last is a file in debugfs, beside the relays' directories. */
	if (!strcmp(*label, ".") || !strcmp(*label, "..") ||
	    !strcmp(*label, "summary"))
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: label \"%s\" cannot be a directory's name\n",
				     fwnode, *label);
	return 0;
}

static int emrelay_read_part(struct device *dev, struct fwnode_handle *fwnode,
			     struct emrelay_config *config)
{
	unsigned int i;
	int ret;

	for (i = 0; i < emrelay_parts_count; i++) {
		if (fwnode_property_match_string(fwnode, "compatible",
						 emrelay_parts[i].compatible) >= 0) {
			config->part = &emrelay_parts[i];
			config->part_name = config->part->compatible;
			return 0;
		}
	}

	ret = emrelay_read_string(dev, fwnode, "compatible", &config->part_name);
	if (!ret)
		config->part_name = "custom";
	return ret < 0 ? ret : 0;
}

static int emrelay_read_ratings(struct device *dev, struct fwnode_handle *fwnode,
				struct emrelay_config *config)
{
	unsigned int i;
	u32 *rating;
	int ret;

	if (config->part)
		config->ratings = config->part->ratings;

	for (i = 0; i < ARRAY_SIZE(emrelay_rating_properties); i++) {
		const char *property = emrelay_rating_properties[i].property;

		rating = (void *)&config->ratings +
			 emrelay_rating_properties[i].offset;
		ret = emrelay_read_u32(dev, fwnode, property, rating);
		if (ret < 0)
			return ret;
		if (!ret && !config->part)
			return dev_err_probe(dev, -EINVAL,
					     "%pfwP: %s is missing, and no known part gives it\n",
					     fwnode, property);
		if (!*rating)
			return dev_err_probe(dev, -EINVAL,
					     "%pfwP: %s 0 is below the least value 1\n",
					     fwnode, property);
	}
	return 0;
}

static int emrelay_read_dead_time(struct device *dev,
				  struct fwnode_handle *fwnode,
				  struct emrelay_config *config)
{
	u32 dead_time_us = 0;
	int ret;

	ret = emrelay_read_u32(dev, fwnode, "interlock-dead-time-us",
			       &dead_time_us);
	if (ret < 0)
		return ret;
	if (ret && !dead_time_us)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: interlock-dead-time-us 0 is below the least value 1\n",
				     fwnode);
	config->dead_time_us = ret ? dead_time_us :
			       emrelay_default_dead_time_us(&config->ratings);
	return 0;
}

static int emrelay_read_curve(struct device *dev, struct fwnode_handle *fwnode,
			      struct emrelay_curve *curve)
{
	u32 values[2 * EMRELAY_POINTS];
	int i, count = emrelay_read_points(dev, fwnode, "electrical-life-curve",
					   "higher current and fewer cycles",
					   values);

	if (count < 0)
		return count;

	curve->count = count;
	for (i = 0; i < count; i++) {
		curve->point[i].microamp = values[2 * i];
		curve->point[i].cycles = values[2 * i + 1];
	}
	return 0;
}

static int emrelay_read_dc_limit(struct device *dev, struct fwnode_handle *fwnode,
				 struct emrelay_dc_limit *limit)
{
	u32 values[2 * EMRELAY_POINTS];
	int i, count = emrelay_read_points(dev, fwnode, "dc-load-limit",
					   "higher voltage and lower current",
					   values);

	if (count < 0)
		return count;

	limit->count = count;
	for (i = 0; i < count; i++) {
		limit->point[i].microvolt = values[2 * i];
		limit->point[i].microamp = values[2 * i + 1];
	}
	return 0;
}

/**
 * emrelay_load_excess - is a load above what a relay is rated for?
 * @config: the relay's config
 * @load: the load
 * @excess: filled in if it is, with the first excess found
 *
 * Context: Any.
 * Return: true if it is.
 */
bool emrelay_load_excess(const struct emrelay_config *config,
			 const struct emrelay_load *load,
			 struct emrelay_excess *excess)
{
	const struct emrelay_curve *curve = &config->curve;

	if (curve->count && load->has_microamp &&
	    load->class != EMRELAY_LOAD_NONE &&
	    load->microamp > curve->point[curve->count - 1].microamp) {
		*excess = (struct emrelay_excess) {
			"load-microamp", "uA", load->microamp,
			curve->point[curve->count - 1].microamp
		};
		return true;
	}

	if (load->class == EMRELAY_LOAD_DC13 && config->dc_limit.count)
		return emrelay_dc_overloaded(&config->dc_limit, load, excess);
	return config->part &&
	       emrelay_part_overloaded(config->part, load, excess);
}

static int emrelay_read_load(struct device *dev, struct fwnode_handle *fwnode,
			     struct emrelay_config *config)
{
	struct emrelay_load *load = &config->load;
	struct emrelay_excess excess;
	int ret;

	ret = emrelay_read_choice(dev, fwnode, "load-type", emrelay_load_names,
				  ARRAY_SIZE(emrelay_load_names),
				  EMRELAY_LOAD_RESISTIVE);
	if (ret < 0)
		return ret;
	load->class = ret;
	load->has_class = fwnode_property_present(fwnode, "load-type");
	load->suppressed = fwnode_property_present(fwnode, "load-suppressor");
	load->normally_closed =
		fwnode_property_present(fwnode, "load-normally-closed");

	ret = emrelay_read_u32(dev, fwnode, "load-microamp", &load->microamp);
	if (ret < 0)
		return ret;
	load->has_microamp = ret;

	ret = emrelay_read_u32(dev, fwnode, "load-microvolt", &load->microvolt);
	if (ret < 0)
		return ret;
	load->has_microvolt = ret;

	ret = emrelay_read_u32(dev, fwnode, "load-inrush-microamp",
			       &load->inrush_microamp);
	if (ret < 0)
		return ret;
	load->has_inrush_microamp = ret;

	ret = emrelay_read_u32(dev, fwnode, "load-inrush-us", &load->inrush_us);
	if (ret < 0)
		return ret;
	load->has_inrush_us = ret;

	if (emrelay_load_excess(config, load, &excess))
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: %s %llu %s is above the %llu %s that %s is rated for (%s)\n",
				     fwnode, excess.property, excess.value,
				     excess.unit, excess.limit, excess.unit,
				     config->part_name,
				     emrelay_load_names[load->class]);

	return 0;
}

/**
 * emrelay_read_config - read and check the firmware node of a channel
 * @dev: the bank's device, owner of what is allocated
 * @fwnode: the channel's node
 * @config: filled in
 *
 * Context: May sleep.
 * Return: 0, or the error, which has been reported.
 */
int emrelay_read_config(struct device *dev, struct fwnode_handle *fwnode,
			struct emrelay_config *config)
{
	int ret;

	config->fwnode = fwnode;

	ret = emrelay_read_u32(dev, fwnode, "reg", &config->reg);
	if (ret < 0)
		return ret;
	if (!ret)
		return dev_err_probe(dev, -EINVAL, "%pfwP: reg is missing\n",
				     fwnode);
	if (config->reg > EMRELAY_REG_MAX)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: reg %u is above the highest line %u\n",
				     fwnode, config->reg, EMRELAY_REG_MAX);

	ret = emrelay_read_label(dev, fwnode, &config->label);
	if (ret)
		return ret;

	ret = emrelay_read_part(dev, fwnode, config);
	if (ret)
		return ret;

	ret = emrelay_read_ratings(dev, fwnode, config);
	if (ret)
		return ret;

	ret = emrelay_read_dead_time(dev, fwnode, config);
	if (ret)
		return ret;

	ret = emrelay_read_curve(dev, fwnode, &config->curve);
	if (ret)
		return ret;

	ret = emrelay_read_dc_limit(dev, fwnode, &config->dc_limit);
	if (ret)
		return ret;

	ret = emrelay_read_load(dev, fwnode, config);
	if (ret)
		return ret;

	ret = emrelay_read_u32(dev, fwnode, "interlock-group",
			       &config->interlock_group);
	if (ret < 0)
		return ret;
	config->interlocked = ret;

	ret = emrelay_read_u32(dev, fwnode, "min-on-time-ms", &config->min_on_ms);
	if (ret < 0)
		return ret;

	ret = emrelay_read_u32(dev, fwnode, "min-off-time-ms",
			       &config->min_off_ms);
	if (ret < 0)
		return ret;

	ret = emrelay_read_choice(dev, fwnode, "default-state",
				  emrelay_default_state_names,
				  ARRAY_SIZE(emrelay_default_state_names),
				  EMRELAY_DEFAULT_OFF);
	if (ret < 0)
		return ret;
	config->default_state = ret;

	ret = emrelay_read_string(dev, fwnode, "linux,default-trigger",
				  &config->default_trigger);
	if (ret < 0)
		return ret;

	config->retain_state_shutdown =
		fwnode_property_present(fwnode, "retain-state-shutdown");
	return 0;
}

static void emrelay_warn_underload(struct device *dev,
				   const struct emrelay_config *config)
{
	const struct emrelay_load *load = &config->load;
	const struct emrelay_load_point *minimum;
	char declared[64] = "";
	int len = 0;

	if (!config->part || !emrelay_part_underloaded(config->part, load))
		return;

	minimum = config->part->minimum;
	if (load->has_microamp)
		len = scnprintf(declared, sizeof(declared), "load-microamp %u uA",
				load->microamp);
	if (load->has_microvolt)
		scnprintf(declared + len, sizeof(declared) - len,
			  "%sload-microvolt %u uV", len ? " at " : "",
			  load->microvolt);

	dev_warn(dev, "%pfwP: %s is below the %u uA at %u uV or %u uA at %u uV recommended for %s: its contact may not conduct reliably\n",
		 config->fwnode, declared, minimum[0].microamp,
		 minimum[0].microvolt, minimum[1].microamp,
		 minimum[1].microvolt, config->part_name);
}

/**
 * emrelay_warn_load - warn of a load that is no error, but no good either
 * @dev: the bank's device
 * @config: the channel's config
 *
 * Not part of emrelay_read_config(), as probe may read it several times before
 * it can get all lines.
 *
 * Context: May sleep.
 */
void emrelay_warn_load(struct device *dev, const struct emrelay_config *config)
{
	const struct emrelay_load *load = &config->load;

	emrelay_warn_underload(dev, config);
	if (emrelay_load_inductive(load) && !load->suppressed)
		dev_warn(dev, "%pfwP: load-type \"%s\" without load-suppressor: an inductive load must be dampened to protect the contact\n",
			 config->fwnode, emrelay_load_names[load->class]);
	if (load->class == EMRELAY_LOAD_DC13 && !config->part &&
	    !config->dc_limit.count)
		dev_warn(dev, "%pfwP: load-type \"%s\" is not rated: there is no dc-load-limit\n",
			 config->fwnode, emrelay_load_names[load->class]);
}
