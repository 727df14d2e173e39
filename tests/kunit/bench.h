/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bench for whole banks: a GPIO chip whose lines a test sees and plays, a
 * bank of relays on it described by software nodes, and an ear for what the
 * kernel says.
 */
#ifndef EMRELAY_BENCH_H
#define EMRELAY_BENCH_H

#include <kunit/test.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/gpio/property.h>
#include <linux/jiffies.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define BENCH_LINES	8
#define BENCH_EDGES	256
#define BENCH_FAILURES	16

/* Far beyond anything that is waited for: a bound, not a measure. */
#define BENCH_PATIENCE	(60 * HZ)

/**
 * struct bench_edge - a line changed its level
 * @ns: CLOCK_BOOTTIME at that moment
 * @line: which one
 * @level: its new, physical level
 */
struct bench_edge {
	u64 ns;
	unsigned int line;
	bool level;
};

/**
 * struct bench - what a test has before it
 * @test: the test
 * @gc: the GPIO chip
 * @lock: protects what follows up to @count
 * @changed: woken up by each attempt to drive a line
 * @level: physical levels of the lines
 * @output: which lines are outputs
 * @requested: which lines somebody has requested
 * @writes: how often each line was driven, or should have been
 * @highs: how often each line was driven high
 * @write_error: what driving a line fails with, or 0
 * @line_error: what driving one of them fails with, or 0
 * @fail_writes: so many attempts to drive a line fail with -EIO
 * @failed: the first attempts that failed, CLOCK_BOOTTIME
 * @failures: how many failed
 * @read_error: what reading a line fails with, or 0
 * @made_output: called as a line has become an output, or NULL
 * @edges: all edges since the beginning
 * @count: how many
 * @ratings: the ratings of relays whose nodes have none
 * @pdev: the device of the bank
 */
struct bench {
	struct kunit *test;
	struct gpio_chip gc;
	spinlock_t lock;	/* all below, up to @count */
	wait_queue_head_t changed;
	bool level[BENCH_LINES];
	bool output[BENCH_LINES];
	bool requested[BENCH_LINES];
	unsigned int writes[BENCH_LINES];
	unsigned int highs[BENCH_LINES];
	int write_error;
	int line_error[BENCH_LINES];
	unsigned int fail_writes;
	u64 failed[BENCH_FAILURES];
	unsigned int failures;
	int read_error;
	void (*made_output)(struct bench *bench, unsigned int line);
	struct bench_edge edges[BENCH_EDGES];
	unsigned int count;
	const struct property_entry *ratings;
	struct platform_device *pdev;
};

/* The chip, for PROPERTY_ENTRY_GPIO(). */
extern const struct software_node bench_chip_node;

#define BENCH_COIL(line, flags) \
	PROPERTY_ENTRY_GPIO("coil-gpios", &bench_chip_node, line, flags)

/* What the driver does not bind to by itself. */
#define BENCH_NAME	"emrelay-bench"

/* Ratings of a relay so fast that no test has to wait for it. */
extern const struct property_entry bench_fast[];

struct bench *bench_new(struct kunit *test, bool sleeps,
			const struct property_entry *ratings);
void bench_find(struct bench *bench, unsigned int line, bool level, bool output);

__printf(2, 3)
const char *bench_printf(struct kunit *test, const char *format, ...);

const struct property_entry *bench_node(struct bench *bench, u32 line,
					const char *label,
					const struct property_entry *with);
struct platform_device *bench_device(struct bench *bench, const char *name,
				     const struct property_entry *const *channels);
int bench_bind(struct bench *bench);
void bench_unbind(struct bench *bench);
#define bench_bank(bench, ...)						\
	bench_device(bench, BENCH_NAME, (const struct property_entry *const []) {	\
			     __VA_ARGS__, NULL })

unsigned int bench_edges_of(struct bench *bench, unsigned int line);
const struct bench_edge *bench_edge(struct bench *bench, unsigned int line,
				    unsigned int n);
void bench_wait_edges(struct bench *bench, unsigned int line, unsigned int n);
void bench_expect_untouched(struct bench *bench);

bool bench_has_file(struct bench *bench, const char *relay, const char *file);
const char *bench_show(struct bench *bench, const char *relay, const char *file);
int bench_store(struct bench *bench, const char *relay, const char *file,
		const char *text);
void bench_wait_show(struct bench *bench, const char *relay, const char *file,
		     const char *text);
void bench_expect(struct bench *bench, const char *relay, const char *file,
		  const char *text);

void bench_listen(struct bench *bench);
void bench_listen_well(struct bench *bench);
unsigned int bench_heard(struct bench *bench, const char *const *words);
void bench_wait_heard(struct bench *bench, const char *const *words);
#define bench_wait_said(bench, ...) \
	bench_wait_heard(bench, (const char *const []) { __VA_ARGS__, NULL })
#define bench_said(bench, ...) \
	bench_heard(bench, (const char *const []) { __VA_ARGS__, NULL })

#endif
