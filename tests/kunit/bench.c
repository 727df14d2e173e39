// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bench for whole banks of relays. See bench.h.
 */
#include <linux/console.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "bench.h"

const struct software_node bench_chip_node = { .name = "emrelay-bench" };

const struct property_entry bench_fast[] = {
	PROPERTY_ENTRY_U32("operate-time-us", 1),
	PROPERTY_ENTRY_U32("release-time-us", 1),
	PROPERTY_ENTRY_U32("bounce-time-us", 1),
	PROPERTY_ENTRY_U32("electrical-life-cycles", 1000),
	PROPERTY_ENTRY_U32("mechanical-life-cycles", 100000),
	PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", U32_MAX),
	PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", U32_MAX),
	{ }
};

/* No two banks of one boot have the same path: the driver remembers relays by it. */
static atomic_t bench_banks = ATOMIC_INIT(0);

static int bench_drive(struct gpio_chip *gc, unsigned int line, int value)
{
	struct bench *bench = gpiochip_get_data(gc);
	unsigned long flags;
	int ret;

	if (gc->can_sleep)
		might_sleep();

	spin_lock_irqsave(&bench->lock, flags);
	ret = bench->line_error[line] ?: bench->write_error;
	if (!ret && bench->fail_writes) {
		bench->fail_writes--;
		ret = -EIO;
	}
	bench->writes[line]++;
	bench->highs[line] += !!value;
	if (ret && bench->failures++ < BENCH_FAILURES)
		bench->failed[bench->failures - 1] = ktime_get_boottime_ns();
	if (!ret && bench->level[line] != !!value) {
		bench->level[line] = value;
		if (bench->count < BENCH_EDGES)
			bench->edges[bench->count] = (struct bench_edge) {
				ktime_get_boottime_ns(), line, value
			};
		bench->count++;
	}
	spin_unlock_irqrestore(&bench->lock, flags);
	wake_up_all(&bench->changed);
	return ret;
}

static int bench_direction_output(struct gpio_chip *gc, unsigned int line,
				  int value)
{
	struct bench *bench = gpiochip_get_data(gc);
	int ret = bench_drive(gc, line, value);

	if (!ret)
		bench->output[line] = true;
	if (!ret && bench->made_output)
		bench->made_output(bench, line);
	return ret;
}

static int bench_direction_input(struct gpio_chip *gc, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(gc);

	bench->output[line] = false;
	return 0;
}

static int bench_get_direction(struct gpio_chip *gc, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(gc);

	return bench->output[line] ? GPIO_LINE_DIRECTION_OUT :
				     GPIO_LINE_DIRECTION_IN;
}

static int bench_get(struct gpio_chip *gc, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(gc);

	return bench->read_error ?: bench->level[line];
}

static int bench_request(struct gpio_chip *gc, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(gc);

	bench->requested[line] = true;
	return 0;
}

static void bench_free(struct gpio_chip *gc, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(gc);

	bench->requested[line] = false;
}

/* Strings that tests make are short. */
#define BENCH_STRING	64
/* No node has more properties. */
#define BENCH_PROPERTIES	24

KUNIT_DEFINE_ACTION_WRAPPER(bench_remove_chip, gpiochip_remove, struct gpio_chip *);
KUNIT_DEFINE_ACTION_WRAPPER(bench_unregister_node, software_node_unregister,
			    const struct software_node *);
KUNIT_DEFINE_ACTION_WRAPPER(bench_unregister_nodes, software_node_unregister_node_group,
			    const struct software_node **);
KUNIT_DEFINE_ACTION_WRAPPER(bench_free_properties, property_entries_free,
			    const struct property_entry *);
KUNIT_DEFINE_ACTION_WRAPPER(bench_unregister_device, platform_device_unregister,
			    struct platform_device *);

/**
 * bench_new - a GPIO chip of BENCH_LINES inputs that read 0
 * @test: the test, at whose end it goes
 * @sleeps: its lines sleep
 * @ratings: the ratings of relays whose nodes have none
 *
 * Return: the bench.
 */
struct bench *bench_new(struct kunit *test, bool sleeps,
			const struct property_entry *ratings)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->test = test;
	bench->ratings = ratings;
	spin_lock_init(&bench->lock);
	init_waitqueue_head(&bench->changed);
	bench->gc = (struct gpio_chip) {
		.label = bench_chip_node.name,
		.owner = THIS_MODULE,
		.base = -1,
		.ngpio = BENCH_LINES,
		.can_sleep = sleeps,
		.request = bench_request,
		.free = bench_free,
		.get_direction = bench_get_direction,
		.direction_input = bench_direction_input,
		.direction_output = bench_direction_output,
		.get = bench_get,
		.set_rv = bench_drive,
	};

	KUNIT_ASSERT_EQ(test, software_node_register(&bench_chip_node), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_unregister_node,
							(void *)&bench_chip_node), 0);
	KUNIT_ASSERT_EQ(test, gpiochip_add_data(&bench->gc, bench), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_remove_chip,
							&bench->gc), 0);
	return bench;
}

/**
 * bench_find - how the driver is to find a line
 * @bench: the bench
 * @line: the line
 * @level: its physical level
 * @output: it is an output
 */
void bench_find(struct bench *bench, unsigned int line, bool level, bool output)
{
	bench->level[line] = level;
	bench->output[line] = output;
}

/* The properties of @over, and those of @under that @over does not have. */
static const struct property_entry *
bench_merge_properties(struct kunit *test, const struct property_entry *over,
		       const struct property_entry *under)
{
	struct property_entry *merged, *copy;
	const struct property_entry *p, *q;
	unsigned int n = 0;

	merged = kunit_kcalloc(test, BENCH_PROPERTIES + 1, sizeof(*merged), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, merged);
	for (p = over; p->name; p++) {
		KUNIT_ASSERT_LT(test, n, BENCH_PROPERTIES);
		merged[n++] = *p;
	}
	for (q = under; q->name; q++) {
		for (p = over; p->name && strcmp(p->name, q->name);)
			p++;
		if (p->name)
			continue;
		KUNIT_ASSERT_LT(test, n, BENCH_PROPERTIES);
		merged[n++] = *q;
	}

	/* What they point to may be gone when the driver asks for it. */
	copy = property_entries_dup(merged);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_free_properties,
							copy), 0);
	return copy;
}

/**
 * bench_node - properties of a relay that is active high
 * @bench: the bench
 * @line: its line, on both chips
 * @label: its label
 * @with: further properties, or NULL
 *
 * Return: the properties.
 */
const struct property_entry *bench_node(struct bench *bench, u32 line,
					const char *label,
					const struct property_entry *with)
{
	static const struct property_entry nothing[] = { { } };
	const struct property_entry node[] = {
		PROPERTY_ENTRY_U32("reg", line),
		PROPERTY_ENTRY_STRING("label", label),
		BENCH_COIL(line, GPIO_ACTIVE_HIGH),
		{ }
	};

	return bench_merge_properties(bench->test, node, with ?: nothing);
}

/**
 * bench_printf - a string that lives as long as the test
 * @test: the test
 * @format: as for printf()
 *
 * Return: the string.
 */
const char *bench_printf(struct kunit *test, const char *format, ...)
{
	char *string = kunit_kmalloc(test, BENCH_STRING, GFP_KERNEL);
	va_list args;

	KUNIT_ASSERT_NOT_NULL(test, string);
	va_start(args, format);
	KUNIT_ASSERT_LT(test, vsnprintf(string, BENCH_STRING, format, args),
			BENCH_STRING);
	va_end(args);
	return string;
}

/**
 * bench_device - the device of a bank
 * @bench: the bench
 * @name: its name; one that the driver does not know waits for bench_bind(),
 *	which tells what came of it
 * @channels: the properties of each channel's node, up to a NULL
 *
 * A bench may have several: what follows goes to the latest.
 *
 * Return: the device.
 */
struct platform_device *bench_device(struct bench *bench, const char *name,
				     const struct property_entry *const *channels)
{
	unsigned int id = atomic_inc_return(&bench_banks);
	struct kunit *test = bench->test;
	const struct software_node **group;
	struct software_node *nodes;
	struct platform_device *pdev;
	unsigned int count, i;

	for (count = 0; channels[count];)
		count++;
	nodes = kunit_kcalloc(test, count + 1, sizeof(*nodes), GFP_KERNEL);
	group = kunit_kcalloc(test, count + 2, sizeof(*group), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nodes);
	KUNIT_ASSERT_NOT_NULL(test, group);

	nodes[0].name = bench_printf(test, "bench-bank%u", id);
	group[0] = &nodes[0];
	for (i = 1; i <= count; i++) {
		nodes[i].name = bench_printf(test, "relay%u", i);
		nodes[i].parent = &nodes[0];
		nodes[i].properties = bench_merge_properties(test, channels[i - 1],
							     bench->ratings);
		group[i] = &nodes[i];
	}
	KUNIT_ASSERT_EQ(test, software_node_register_node_group(group), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_unregister_nodes,
							group), 0);

	pdev = platform_device_alloc(name, id);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	device_set_node(&pdev->dev, software_node_fwnode(&nodes[0]));
	KUNIT_ASSERT_EQ(test, platform_device_add(pdev), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_unregister_device,
							pdev), 0);
	bench->pdev = pdev;
	return pdev;
}

/**
 * bench_bind - bind the driver to the latest bank
 * @bench: the bench
 *
 * Not for a probe that is deferred: the core has no place for it then.
 *
 * Return: what probe returned.
 */
int bench_bind(struct bench *bench)
{
	struct device_driver *driver = driver_find("emrelay", &platform_bus_type);

	KUNIT_ASSERT_NOT_NULL_MSG(bench->test, driver, "emrelay is not loaded");
	return device_driver_attach(driver, &bench->pdev->dev);
}

/**
 * bench_unbind - unbind the driver from the latest bank
 * @bench: the bench
 */
void bench_unbind(struct bench *bench)
{
	device_release_driver(&bench->pdev->dev);
}

/**
 * bench_edge - an edge of a line
 * @bench: the bench
 * @line: the line
 * @n: which one, from 0
 *
 * Return: the edge, or NULL.
 */
const struct bench_edge *bench_edge(struct bench *bench, unsigned int line,
				    unsigned int n)
{
	unsigned int i;

	for (i = 0; i < min(READ_ONCE(bench->count), BENCH_EDGES); i++)
		if (bench->edges[i].line == line && !n--)
			return &bench->edges[i];
	return NULL;
}

/**
 * bench_edges_of - how many edges had a line?
 * @bench: the bench
 * @line: the line
 *
 * Return: their number.
 */
unsigned int bench_edges_of(struct bench *bench, unsigned int line)
{
	unsigned int n = 0;

	while (bench_edge(bench, line, n))
		n++;
	return n;
}

/**
 * bench_wait_edges - wait for edges of a line
 * @bench: the bench
 * @line: the line
 * @n: how many, since the beginning
 */
void bench_wait_edges(struct bench *bench, unsigned int line, unsigned int n)
{
	KUNIT_ASSERT_GT(bench->test,
			wait_event_timeout(bench->changed,
					   bench_edges_of(bench, line) >= n,
					   BENCH_PATIENCE), 0);
}

static int bench_report_child(struct device *dev, void *data)
{
	struct bench *bench = data;

	KUNIT_FAIL(bench->test, "%s is left behind", dev_name(dev));
	return 0;
}

/**
 * bench_expect_untouched - expect that a probe that failed left nothing behind
 * @bench: the bench, on which nobody but that probe did anything
 */
void bench_expect_untouched(struct bench *bench)
{
	struct device *dev = &bench->pdev->dev;
	struct dentry *root, *entry;
	struct gpio_device *gdev;
	unsigned int i;

	KUNIT_EXPECT_EQ(bench->test, bench->count, 0);
	for (i = 0; i < BENCH_LINES; i++) {
		KUNIT_EXPECT_FALSE(bench->test, bench->requested[i]);
		KUNIT_EXPECT_FALSE(bench->test, bench->output[i]);
		KUNIT_EXPECT_EQ(bench->test, bench->writes[i], 0);
	}
	KUNIT_EXPECT_NULL(bench->test, dev->driver);
	device_for_each_child(dev, bench, bench_report_child);

	gdev = gpio_device_find_by_label(dev_name(dev));
	KUNIT_EXPECT_NULL(bench->test, gdev);
	gpio_device_put(gdev);

	root = debugfs_lookup("relay", NULL);
	KUNIT_ASSERT_NOT_NULL(bench->test, root);
	entry = debugfs_lookup("bench", root);
	KUNIT_EXPECT_NULL(bench->test, entry);
	dput(entry);
	dput(root);
}

/* The attribute behind a path such as "state" or "rating/operate_us". */
static struct device_attribute *bench_attribute(struct bench *bench,
						struct device *dev,
						const char *file)
{
	const struct attribute_group **group;
	const char *slash = strchr(file, '/');
	struct attribute **attr;

	for (group = dev->class->dev_groups; *group; group++) {
		const char *name = (*group)->name ?: "";

		if (strlen(name) != (slash ? slash - file : 0) ||
		    strncmp(name, file, strlen(name)))
			continue;
		for (attr = (*group)->attrs; *attr; attr++)
			if (!strcmp((*attr)->name, slash ? slash + 1 : file))
				return container_of(*attr, struct device_attribute, attr);
	}
	KUNIT_FAIL_AND_ABORT(bench->test, "no file %s", file);
	return NULL;
}

static struct device *bench_relay(struct bench *bench, const char *relay)
{
	struct device *dev = device_find_child_by_name(&bench->pdev->dev, relay);

	KUNIT_ASSERT_NOT_NULL_MSG(bench->test, dev, "no relay %s", relay);
	return dev;
}

/**
 * bench_has_file - is there a file of a relay?
 * @bench: the bench
 * @relay: the relay's name in /sys/class/relay
 * @file: its name
 *
 * Return: true if there is one.
 */
bool bench_has_file(struct bench *bench, const char *relay, const char *file)
{
	struct device *dev = bench_relay(bench, relay);
	struct kernfs_node *node = sysfs_get_dirent(dev->kobj.sd, file);
	bool there = node;

	sysfs_put(node);
	put_device(dev);
	return there;
}

/**
 * bench_show - read a file of a relay
 * @bench: the bench
 * @relay: the relay's name in /sys/class/relay
 * @file: path of the file below that
 *
 * Return: its contents without the newline, which is expected.
 */
const char *bench_show(struct bench *bench, const char *relay, const char *file)
{
	struct device *dev = bench_relay(bench, relay);
	struct device_attribute *attr = bench_attribute(bench, dev, file);
	struct kunit *test = bench->test;
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	char *text = NULL;
	ssize_t size;

	if (page) {
		size = attr->show(dev, attr, page);
		KUNIT_EXPECT_GT(test, size, 1);
		KUNIT_EXPECT_EQ(test, page[size - 1], '\n');
		KUNIT_EXPECT_EQ(test, strlen(page), size);
		page[size - 1] = '\0';
		text = kunit_kstrdup(test, page, GFP_KERNEL);
	}
	free_page((unsigned long)page);
	put_device(dev);
	KUNIT_ASSERT_NOT_NULL(test, text);
	return text;
}

/**
 * bench_store - write a file of a relay
 * @bench: the bench
 * @relay: the relay's name in /sys/class/relay
 * @file: path of the file below that
 * @text: what to write
 *
 * Return: 0 or a negative errno.
 */
int bench_store(struct bench *bench, const char *relay, const char *file,
		const char *text)
{
	struct device *dev = bench_relay(bench, relay);
	struct device_attribute *attr = bench_attribute(bench, dev, file);
	ssize_t size = attr->store(dev, attr, text, strlen(text));

	put_device(dev);
	if (size < 0)
		return size;
	KUNIT_EXPECT_EQ(bench->test, size, strlen(text));
	return 0;
}

/**
 * bench_wait_show - wait until a file of a relay reads as expected
 * @bench: the bench
 * @relay: the relay's name in /sys/class/relay
 * @file: path of the file below that
 * @text: what it is to read, without newline
 */
void bench_wait_show(struct bench *bench, const char *relay, const char *file,
		     const char *text)
{
	unsigned long end = jiffies + BENCH_PATIENCE;

	while (strcmp(bench_show(bench, relay, file), text)) {
		KUNIT_ASSERT_TRUE_MSG(bench->test, time_before(jiffies, end),
				      "%s of %s does not become %s", file, relay, text);
		msleep(20);
	}
}

/**
 * bench_expect - expect what a file of a relay reads
 * @bench: the bench
 * @relay: the relay's name in /sys/class/relay
 * @file: path of the file below that
 * @text: what it is to read, without newline
 */
void bench_expect(struct bench *bench, const char *relay, const char *file,
		  const char *text)
{
	KUNIT_EXPECT_STREQ_MSG(bench->test, bench_show(bench, relay, file), text,
			       "%s of %s", file, relay);
}

/* What the kernel said lately: a console of our own. */
#define BENCH_RECORDS	128
#define BENCH_RECORD	512

static DEFINE_RAW_SPINLOCK(bench_records_lock);	/* protects both */
static char bench_records[BENCH_RECORDS][BENCH_RECORD];
static unsigned int bench_record_count;

static void bench_hear(struct console *console, const char *text,
		       unsigned int size)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&bench_records_lock, flags);
	if (bench_record_count < BENCH_RECORDS)
		strscpy(bench_records[bench_record_count++], text,
			min(size + 1, BENCH_RECORD));
	raw_spin_unlock_irqrestore(&bench_records_lock, flags);
}

static struct console bench_console = {
	.name = "bench",
	.write = bench_hear,
	.index = -1,
};

KUNIT_DEFINE_ACTION_WRAPPER(bench_stop_listening, unregister_console, struct console *);

/**
 * bench_listen - from now on hear what the kernel says
 * @bench: the bench
 */
void bench_listen(struct bench *bench)
{
	bench_record_count = 0;
	bench_console.flags = CON_ENABLED;	/* cleared when it was unregistered */
	register_console(&bench_console);
	KUNIT_ASSERT_EQ(bench->test,
			kunit_add_action_or_reset(bench->test, bench_stop_listening,
						  &bench_console), 0);
}

static void bench_restore_loglevel(void *level)
{
	console_loglevel = (uintptr_t)level;
}

/**
 * bench_listen_well - from now on hear also what is no error or warning
 * @bench: the bench
 */
void bench_listen_well(struct bench *bench)
{
	KUNIT_ASSERT_EQ(bench->test,
			kunit_add_action_or_reset(bench->test, bench_restore_loglevel,
						  (void *)(uintptr_t)console_loglevel), 0);
	console_loglevel = CONSOLE_LOGLEVEL_DEFAULT;
	bench_listen(bench);
}

static bool bench_has_words(const char *record, const char *const *words)
{
	for (; *words; words++)
		if (!strstr(record, *words))
			return false;
	return true;
}

/**
 * bench_heard - how often did the kernel say that?
 * @bench: the bench, listening
 * @words: what a message has to contain, up to a NULL
 *
 * Return: the number of messages that contain all of @words.
 */
unsigned int bench_heard(struct bench *bench, const char *const *words)
{
	unsigned int i, heard = 0;
	unsigned long flags;

	/* Whoever holds it prints what is there before letting go. */
	console_lock();
	console_unlock();

	raw_spin_lock_irqsave(&bench_records_lock, flags);
	for (i = 0; i < bench_record_count; i++)
		heard += bench_has_words(bench_records[i], words);
	raw_spin_unlock_irqrestore(&bench_records_lock, flags);
	return heard;
}

/**
 * bench_wait_heard - wait until the kernel has said that
 * @bench: the bench, listening
 * @words: what a message has to contain, up to a NULL
 */
void bench_wait_heard(struct bench *bench, const char *const *words)
{
	unsigned long end = jiffies + BENCH_PATIENCE;

	while (!bench_heard(bench, words)) {
		KUNIT_ASSERT_TRUE_MSG(bench->test, time_before(jiffies, end),
				      "nobody says \"%s\"", words[0]);
		msleep(20);
	}
}
