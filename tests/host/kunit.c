// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the suites it is linked with, or those named, in that order: a line
 * "ok SUITE/CASE" or "not ok SUITE/CASE: why" each.
 *
 * usage: kunit [-x] [SUITE...]
 *
 * -x ends the run at the first case that fails.
 */
#include <kunit/test.h>
#include <stdarg.h>

/**
 * struct kunit_memory - memory that goes when its case ends
 * @next: what was allocated before
 * @data: what the case sees
 */
struct kunit_memory {
	struct kunit_memory *next;
	max_align_t data[];
};

static struct kunit_suite *suites;

void kunit_register(struct kunit_suite *suite)
{
	struct kunit_suite **last = &suites;

	while (*last)
		last = &(*last)->next;
	*last = suite;
}

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	struct kunit_memory *memory = calloc(1, sizeof(*memory) + size);

	if (!memory)
		return NULL;
	memory->next = test->memory;
	test->memory = memory;
	return memory->data;
}

static void kunit_free(struct kunit *test)
{
	while (test->memory) {
		struct kunit_memory *memory = test->memory;

		test->memory = memory->next;
		free(memory);
	}
}

void kunit_fail(struct kunit *test, bool fatal, const char *format, ...)
{
	if (!test->failures++) {
		size_t size = sizeof(test->first);
		int used = test->desc[0] ?
			snprintf(test->first, size, "%s: ", test->desc) : 0;
		va_list args;

		va_start(args, format);
		vsnprintf(test->first + used, size - used, format, args);
		va_end(args);
	}
	if (fatal)
		longjmp(test->abort, 1);
}

static bool run_case(const struct kunit_suite *suite, const struct kunit_case *c)
{
	static struct kunit test;

	test = (struct kunit) {};
	do {
		if (c->next_param) {
			test.param_value = c->next_param(test.param_value, test.desc);
			if (!test.param_value)
				break;
		}
		if (!setjmp(test.abort))
			c->run(&test);
		kunit_free(&test);
	} while (c->next_param);

	if (test.failures)
		printf("not ok %s/%s: %s (%u in all)\n", suite->name, c->name,
		       test.first, test.failures);
	else
		printf("ok %s/%s\n", suite->name, c->name);
	fflush(stdout);
	return !test.failures;
}

static bool run_suite(const struct kunit_suite *suite, bool stop)
{
	const struct kunit_case *c;
	bool good = true;

	for (c = suite->test_cases; c->run && (good || !stop); c++)
		good &= run_case(suite, c);
	return good;
}

static const struct kunit_suite *find_suite(const char *name)
{
	const struct kunit_suite *suite = suites;

	while (suite && strcmp(suite->name, name))
		suite = suite->next;
	if (!suite) {
		fprintf(stderr, "no suite %s\n", name);
		exit(2);
	}
	return suite;
}

int main(int argc, char **argv)
{
	bool stop = argc > 1 && !strcmp(argv[1], "-x");
	char **names = argv + 1 + stop;
	const struct kunit_suite *suite;
	bool good = true;

	if (*names) {
		for (; *names && (good || !stop); names++)
			good &= run_suite(find_suite(*names), stop);
	} else {
		for (suite = suites; suite && (good || !stop); suite = suite->next)
			good &= run_suite(suite, stop);
	}
	return !good;
}
