// SPDX-License-Identifier: GPL-2.0-only
/*
 * Banks of relays without a device tree: /sys/kernel/config/relay/<bank>/<relay>/
 * has a file for every property of the binding. A bank that is made live becomes
 * software nodes, a lookup table of its lines, and a device of the platform bus:
 * for the driver it is a bank like any other.
 *
 * The lock of the configfs subsystem protects everything here: configfs holds it
 * when it makes a directory, and links it to and unlinks it from its parent.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/machine.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "config.h"
#include "core.h"
#include "version.h"

/* Banks and relays have no more files than this for properties, and no more of them for lines. */
#define EMRELAY_FILES	44
#define EMRELAY_LINES	4

/**
 * struct emrelay_value - what was written to a file
 * @entry: the property; without a name: there is none
 * @line: the line; without a key: there is none
 * @number: the numbers of @entry
 * @wrong: of a number, what is wrong with it
 * @text: as it was written, and once more, which was taken to pieces
 */
struct emrelay_value {
	struct property_entry entry;
	struct gpiod_lookup line;
	u32 number[2 * EMRELAY_POINTS];
	char wrong[48];
	char text[];
};

/**
 * struct emrelay_dir - the directory of a bank or a relay
 * @group: what it is to configfs
 * @bank: the bank that it is of, or is
 * @value: what was written to each file, NULL: nothing
 * @swnode: its software node
 * @properties: those of @swnode
 * @held: it cannot be removed
 * @id: of a bank: the number of its device
 * @name: of a bank: the name of the device
 * @pdev: of a bank: the device; NULL: it is not live
 * @lines: of a bank: the lookup table of @pdev
 */
struct emrelay_dir {
	struct config_group group;
	struct emrelay_dir *bank;
	struct emrelay_value *value[EMRELAY_FILES];
	struct software_node swnode;
	struct property_entry properties[EMRELAY_FILES + 2];
	bool held;

	int id;
	char name[24];
	struct platform_device *pdev;
	struct gpiod_lookup_table *lines;
};

static struct configfs_subsystem emrelay_subsystem;

/* The property and the name of each file, first those of banks, then those of relays. */
static const struct emrelay_property *emrelay_properties[EMRELAY_FILES];
static char emrelay_names[EMRELAY_FILES][32];

static struct emrelay_dir *emrelay_to_dir(struct config_item *item)
{
	return container_of(to_config_group(item), struct emrelay_dir, group);
}

/* These two take words to pieces, and return what is wrong with them. */
static const char *emrelay_parse_line(struct gpiod_lookup *line, char *words)
{
	char *word;

	line->key = strsep(&words, " \t");
	line->chip_hwnum = U16_MAX;	/* says that the key is a line's name, not a chip's */
	while ((word = strsep(&words, " \t"))) {
		if (!strcmp(word, "active-low"))
			line->flags |= GPIO_ACTIVE_LOW;
		else if (!strcmp(word, "open-drain"))
			line->flags |= GPIO_OPEN_DRAIN;
		else if (*word && (line->chip_hwnum != U16_MAX ||
				   kstrtou16(word, 10, &line->chip_hwnum) ||
				   line->chip_hwnum == U16_MAX))
			return "not CHIP OFFSET or LINE, and active-low, open-drain or nothing";
	}
	return NULL;
}

static const char *emrelay_parse(const struct emrelay_property *p, struct emrelay_value *value,
				 char *words)
{
	int count = 0;
	char *word;
	bool flag;

	switch (p->type) {
	case EMRELAY_READ_OTHER:
		return emrelay_parse_line(&value->line, words);
	case EMRELAY_READ_FLAG:
		if (kstrtobool(words, &flag))
			return "neither 0 nor 1";
		value->entry = PROPERTY_ENTRY_BOOL(flag ? p->name : NULL);
		return NULL;
	case EMRELAY_READ_STRING:
		value->entry = PROPERTY_ENTRY_STRING(p->name, value->text);
		return p->names && match_string(p->names, p->max, words) < 0 ? "unknown" : NULL;
	default:
		while ((word = strsep(&words, " \t,")))
			if (*word && (count == ARRAY_SIZE(value->number) ||
				      kstrtou32(word, 10, &value->number[count++])))
				return "no number, or too many";
		value->entry = PROPERTY_ENTRY_U32_ARRAY_LEN(p->name, value->number, count);
		if (!p->max || (count == 1 && *value->number >= p->min && *value->number <= p->max))
			return NULL;
		snprintf(value->wrong, sizeof(value->wrong), "not one of %u to %u", p->min, p->max);
		return value->wrong;
	}
}

static ssize_t emrelay_store(struct config_item *item, const char *page, size_t size, u32 file)
{
	const struct emrelay_property *p = emrelay_properties[file];
	struct emrelay_dir *dir = emrelay_to_dir(item);
	struct emrelay_value *value = kzalloc(sizeof(*value) + 2 * (size + 1), GFP_KERNEL);
	const char *wrong;
	char *words;

	if (!value)
		return -ENOMEM;
	words = value->text + size + 1;
	strscpy(words, skip_spaces(page), size + 1);
	strscpy(value->text, strim(words), size + 1);
	wrong = *words ? emrelay_parse(p, value, words) : NULL;
	/* One may write as fast as one can. */
	if (wrong)
		pr_err_ratelimited("%s/%s: %s \"%s\" is %s\n", dir->bank->group.cg_item.ci_name,
				   item->ci_name, p->name, value->text, wrong);

	guard(mutex)(&emrelay_subsystem.su_mutex);
	if (!wrong && !dir->bank->pdev)
		swap(dir->value[file], value);
	kfree(value);
	return wrong ? -EINVAL : dir->bank->pdev ? -EBUSY : size;
}

static ssize_t emrelay_show(struct config_item *item, char *page, u32 file)
{
	const struct emrelay_dir *dir = emrelay_to_dir(item);

	guard(mutex)(&emrelay_subsystem.su_mutex);
	return sysfs_emit(page, "%s\n", dir->value[file] ? dir->value[file]->text : "");
}

/* configfs does not tell a function which file it is called for: so each has its own. */
#define FILE(n)									\
static ssize_t emrelay_##n##_show(struct config_item *item, char *page)	\
{ return emrelay_show(item, page, n##U); }					\
static ssize_t emrelay_##n##_store(struct config_item *item, const char *page, size_t size) \
{ return emrelay_store(item, page, size, n##U); }				\
CONFIGFS_ATTR(emrelay_, n)

FILE(0); FILE(1); FILE(2); FILE(3); FILE(4); FILE(5); FILE(6); FILE(7); FILE(8); FILE(9); FILE(10);
FILE(11); FILE(12); FILE(13); FILE(14); FILE(15); FILE(16); FILE(17); FILE(18); FILE(19); FILE(20);
FILE(21); FILE(22); FILE(23); FILE(24); FILE(25); FILE(26); FILE(27); FILE(28); FILE(29); FILE(30);
FILE(31); FILE(32); FILE(33); FILE(34); FILE(35); FILE(36); FILE(37); FILE(38); FILE(39); FILE(40);
FILE(41); FILE(42); FILE(43);

#define ATTR(n)	(&emrelay_attr_##n)

static struct configfs_attribute * const emrelay_files[EMRELAY_FILES] = {
	ATTR(0), ATTR(1), ATTR(2), ATTR(3), ATTR(4), ATTR(5), ATTR(6), ATTR(7), ATTR(8), ATTR(9),
	ATTR(10), ATTR(11), ATTR(12), ATTR(13), ATTR(14), ATTR(15), ATTR(16), ATTR(17), ATTR(18),
	ATTR(19), ATTR(20), ATTR(21), ATTR(22), ATTR(23), ATTR(24), ATTR(25), ATTR(26), ATTR(27),
	ATTR(28), ATTR(29), ATTR(30), ATTR(31), ATTR(32), ATTR(33), ATTR(34), ATTR(35), ATTR(36),
	ATTR(37), ATTR(38), ATTR(39), ATTR(40), ATTR(41), ATTR(42), ATTR(43),
};

/*
 * Keeps the directory from being removed, makes its software node, and adds lines to
 * the table: the driver asks for them by the names of their files and the relay's number.
 */
static int emrelay_dir_up(struct config_item *item, struct gpiod_lookup **line, int number)
{
	struct emrelay_dir *dir = emrelay_to_dir(item);
	struct property_entry *entry = dir->properties;
	const struct emrelay_value *value;
	int ret;

	for (unsigned int i = 0; i < EMRELAY_FILES; i++) {
		value = dir->value[i];
		if (value && value->entry.name)
			*entry++ = value->entry;
		if (value && value->line.key) {
			**line = value->line;
			(*line)->con_id = emrelay_names[i];
			(*line)++->idx = number;
		}
	}
	/* The first of a name counts: this one where none was written. */
	*entry++ = PROPERTY_ENTRY_STRING("label", item->ci_name);
	*entry = (struct property_entry) {};

	ret = configfs_depend_item_unlocked(&emrelay_subsystem, item);
	if (ret)
		return ret;

	ret = software_node_register(&dir->swnode);
	dir->held = !ret;
	if (ret)
		configfs_undepend_item_unlocked(item);
	return ret;
}

static void emrelay_dir_down(struct emrelay_dir *dir)
{
	/* A device that goes late may still hold the node, which then is not ours to put. */
	if (!dir->held)
		return;

	dir->held = false;
	software_node_unregister(&dir->swnode);
	configfs_undepend_item_unlocked(&dir->group.cg_item);
}

static void emrelay_bank_down(struct emrelay_dir *bank)
{
	struct config_item *item;

	if (bank->pdev) {
		emrelay_device_unbind(&bank->pdev->dev);
		platform_device_unregister(bank->pdev);
		/* The device goes with its links; its node can be made anew then. */
		device_link_wait_removal();
		bank->pdev = NULL;
	}
	gpiod_remove_lookup_table(bank->lines);
	kfree(bank->lines);
	bank->lines = NULL;
	list_for_each_entry(item, &bank->group.cg_children, ci_entry)
		emrelay_dir_down(emrelay_to_dir(item));
	emrelay_dir_down(bank);
}

static int emrelay_bank_add(struct emrelay_dir *bank)
{
	struct platform_device *pdev = platform_device_alloc("relay-bank", bank->id);
	const struct gpiod_lookup *line;
	struct gpio_desc *desc;
	int ret;

	if (!pdev)
		return -ENOMEM;
	platform_device_set_fwnode(pdev, software_node_fwnode(&bank->swnode));
	ret = platform_device_add(pdev);
	if (ret) {
		platform_device_put(pdev);
		return ret;
	}
	bank->pdev = pdev;

	/* A bank that is not bound waits for lines, or is wrong, which the driver has said. */
	for (line = bank->lines->table; !pdev->dev.driver && line->key; line++) {
		desc = gpiod_get_index(&pdev->dev, line->con_id, line->idx, GPIOD_ASIS);
		if (desc == ERR_PTR(-EPROBE_DEFER)) {
			pr_info("%s: waits for %s\n", bank->group.cg_item.ci_name, line->key);
			return 0;
		}
		gpiod_put(IS_ERR(desc) ? NULL : desc);
	}
	return pdev->dev.driver ? 0 : -EINVAL;
}

static int emrelay_bank_up(struct emrelay_dir *bank)
{
	size_t most = EMRELAY_LINES * list_count_nodes(&bank->group.cg_children);
	struct gpiod_lookup *line;
	struct config_item *item;
	int ret, number = 0;

	bank->lines = kzalloc(struct_size(bank->lines, table, most + 1), GFP_KERNEL);
	if (!bank->lines)
		return -ENOMEM;
	snprintf(bank->name, sizeof(bank->name), "relay-bank.%d", bank->id);
	bank->lines->dev_id = bank->name;
	gpiod_add_lookup_table(bank->lines);

	line = bank->lines->table;
	ret = emrelay_dir_up(&bank->group.cg_item, &line, 0);
	list_for_each_entry(item, &bank->group.cg_children, ci_entry)
		ret = ret ?: emrelay_dir_up(item, &line, number++);
	ret = ret ?: emrelay_bank_add(bank);
	if (ret)
		emrelay_bank_down(bank);
	return ret;
}

static ssize_t emrelay_live_show(struct config_item *item, char *page)
{
	guard(mutex)(&emrelay_subsystem.su_mutex);
	return sysfs_emit(page, "%d\n", !!emrelay_to_dir(item)->pdev);
}

static ssize_t emrelay_live_store(struct config_item *item, const char *page, size_t size)
{
	struct emrelay_dir *bank = emrelay_to_dir(item);
	bool live;
	int ret = kstrtobool(page, &live);

	guard(mutex)(&emrelay_subsystem.su_mutex);
	if (!ret && !live)
		emrelay_bank_down(bank);
	else if (!ret && !bank->pdev)
		ret = emrelay_bank_up(bank);
	return ret ?: size;
}

CONFIGFS_ATTR(emrelay_, live);

static void emrelay_dir_release(struct config_item *item)
{
	struct emrelay_dir *dir = emrelay_to_dir(item);

	for (unsigned int i = 0; i < EMRELAY_FILES; i++)
		kfree(dir->value[i]);
	kfree(dir);
}

static struct config_group *emrelay_make(struct config_group *parent, const char *name)
{
	static int banks;	/* none gets the number of one before */
	struct emrelay_dir *dir, *bank = parent == &emrelay_subsystem.su_group ? NULL :
					 emrelay_to_dir(&parent->cg_item);

	if (bank && bank->pdev)
		return ERR_PTR(-EBUSY);
	dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return ERR_PTR(-ENOMEM);

	config_group_init_type_name(&dir->group, name, parent->cg_item.ci_type + 1);
	dir->bank = bank ?: dir;
	dir->id = bank ? 0 : banks++;
	dir->swnode.properties = dir->properties;
	/* A bank's node has no name: there may be one that is held longer than its bank. */
	dir->swnode.parent = bank ? &bank->swnode : NULL;
	dir->swnode.name = bank ? dir->group.cg_item.ci_name : NULL;
	return &dir->group;
}

static struct configfs_group_operations emrelay_group_ops = { .make_group = emrelay_make };
static struct configfs_item_operations emrelay_ops = { .release = emrelay_dir_release };
/* There is room for "live", and for the end. */
static struct configfs_attribute *emrelay_bank_files[EMRELAY_FILES + 2] = { &emrelay_attr_live };
static struct configfs_attribute *emrelay_relay_files[EMRELAY_FILES + 1];

/* Of the directory of all, of what is in it: banks, and of what is in those: relays. */
static const struct config_item_type emrelay_types[] = {
	{ .ct_owner = THIS_MODULE, .ct_group_ops = &emrelay_group_ops },
	{ .ct_owner = THIS_MODULE, .ct_group_ops = &emrelay_group_ops,
	  .ct_item_ops = &emrelay_ops, .ct_attrs = emrelay_bank_files },
	{ .ct_owner = THIS_MODULE, .ct_item_ops = &emrelay_ops, .ct_attrs = emrelay_relay_files },
};

static struct configfs_subsystem emrelay_subsystem = {
	.su_group.cg_item = { .ci_namebuf = "relay", .ci_type = emrelay_types },
	.su_mutex = __MUTEX_INITIALIZER(emrelay_subsystem.su_mutex),
};

/* A file for each property but those that only device trees have; of x-gpios it is x. */
static int __init emrelay_add_files(const struct emrelay_property *p,
				    struct configfs_attribute **attribute)
{
	static int file;

	for (; p->name && file < EMRELAY_FILES; p++) {
		const char *suffix = strstr(p->name, "-gpios");

		if (p->type == EMRELAY_READ_OTHER ? !suffix : p->need == EMRELAY_TREE)
			continue;
		strscpy(emrelay_names[file], p->name, suffix ? suffix - p->name + 1 : 32);
		emrelay_properties[file] = p;
		emrelay_files[file]->ca_name = emrelay_names[file];
		*attribute++ = emrelay_files[file++];
	}
	return p->name ? -E2BIG : 0;
}

static int __init emrelay_configfs_init(void)
{
	int ret = emrelay_add_files(emrelay_bank_properties, emrelay_bank_files + 1) ?:
		  emrelay_add_files(emrelay_channel_properties, emrelay_relay_files);

	config_group_init(&emrelay_subsystem.su_group);
	return ret ?: configfs_register_subsystem(&emrelay_subsystem);
}
module_init(emrelay_configfs_init);

static void __exit emrelay_configfs_exit(void)
{
	configfs_unregister_subsystem(&emrelay_subsystem);
}
module_exit(emrelay_configfs_exit);

MODULE_DESCRIPTION("Banks of relays by configfs");
MODULE_VERSION(EMRELAY_VERSION);
MODULE_LICENSE("GPL");
