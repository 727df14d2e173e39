/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of KUnit as the suites of the pure units use, for userspace. A
 * failed expectation is noted, a failed assertion ends the case as well.
 */
#ifndef HOST_KUNIT_TEST_H
#define HOST_KUNIT_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"

typedef long long s64;

#define U8_MAX			0xff
#define U16_MAX			0xffff
#define GFP_KERNEL		0
#define KUNIT_PARAM_DESC_SIZE	128

/**
 * struct kunit - a case that runs
 * @param_value: the parameter it runs with, NULL if it has none
 * @desc: name of that parameter
 * @failures: expectations that did not hold
 * @first: what the first of them was
 * @memory: what kunit_kzalloc() gave it
 * @abort: where a failed assertion goes
 */
struct kunit {
	const void *param_value;
	char desc[KUNIT_PARAM_DESC_SIZE];
	unsigned int failures;
	char first[1024];
	struct kunit_memory *memory;
	jmp_buf abort;
};

struct kunit_case {
	void (*run)(struct kunit *test);
	const char *name;
	const void *(*next_param)(const void *previous, char *desc);
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

void kunit_register(struct kunit_suite *suite);
void *kunit_kzalloc(struct kunit *test, size_t size, int gfp);
void kunit_fail(struct kunit *test, bool fatal, const char *format, ...);

#define KUNIT_CASE(function)	{ .run = (function), .name = #function }
#define KUNIT_CASE_PARAM(function, gen_params) \
	{ .run = (function), .name = #function, .next_param = (gen_params) }

#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) suite##_register(void)	\
	{								\
		kunit_register(&(suite));				\
	}

/* The element of an array after the previous one, or NULL. */
static inline const void *kunit_next(const void *previous, const void *array,
				     size_t element, size_t all)
{
	const char *next = previous ? previous + element : array;

	return next < (const char *)array + all ? next : NULL;
}

#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
	static const void *name##_gen_params(const void *previous, char *desc) \
	{								\
		const typeof(array[0]) *param =			\
			kunit_next(previous, array, sizeof((array)[0]),	\
				   sizeof(array));			\
									\
		if (param)						\
			get_desc(param, desc);				\
		return param;						\
	}

#define KUNIT_ARRAY_PARAM_DESC(name, array, member)			\
	static void name##_desc(const typeof(array[0]) *param, char *desc) \
	{								\
		const char *const *text = (const void *)param +		\
					  offsetof(typeof(*param), member); \
									\
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", *text);	\
	}								\
	KUNIT_ARRAY_PARAM(name, array, name##_desc)

#define KUNIT_FAIL_AND_ABORT(test, format, ...) \
	kunit_fail(test, true, "%s:%u: " format, __FILE__, __LINE__, ##__VA_ARGS__)

#define KUNIT_HOLDS(test, fatal, condition, what)			\
	((condition) ? (void)0 :					\
	 kunit_fail(test, fatal, "%s:%u: " what, __FILE__, __LINE__))

#define KUNIT_EXPECT_TRUE_MSG(test, condition, format, ...)		\
	((condition) ? (void)0 :					\
	 kunit_fail(test, false, "%s:%u: " #condition " is false: " format, \
		    __FILE__, __LINE__, ##__VA_ARGS__))

#define KUNIT_COMPARE(test, fatal, left, op, right)			\
do {									\
	const typeof(left) kunit_left = (left);				\
	const typeof(right) kunit_right = (right);			\
									\
	if (!(kunit_left op kunit_right))				\
		kunit_fail(test, fatal, "%s:%u: %s %s %s, but they are %lld and %lld", \
			   __FILE__, __LINE__, #left, #op, #right,	\
			   (long long)kunit_left, (long long)kunit_right); \
} while (0)

#define KUNIT_STRINGS(test, left, op, right)				\
do {									\
	const char *kunit_left = (left);				\
	const char *kunit_right = (right);				\
									\
	if (!(strcmp(kunit_left, kunit_right) op 0))			\
		kunit_fail(test, false, "%s:%u: %s %s %s, but they are \"%s\" and \"%s\"", \
			   __FILE__, __LINE__, #left, #op, #right,	\
			   kunit_left, kunit_right);			\
} while (0)

#define KUNIT_EXPECT_TRUE(test, c)	KUNIT_HOLDS(test, false, c, #c " is false")
#define KUNIT_ASSERT_TRUE(test, c)	KUNIT_HOLDS(test, true, c, #c " is false")
#define KUNIT_EXPECT_FALSE(test, c)	KUNIT_HOLDS(test, false, !(c), #c " is true")
#define KUNIT_ASSERT_FALSE(test, c)	KUNIT_HOLDS(test, true, !(c), #c " is true")
#define KUNIT_EXPECT_NOT_NULL(test, p)	KUNIT_HOLDS(test, false, p, #p " is NULL")
#define KUNIT_EXPECT_NULL(test, p)	KUNIT_HOLDS(test, false, !(p), #p " is not NULL")
#define KUNIT_ASSERT_NOT_NULL(test, p)	KUNIT_HOLDS(test, true, p, #p " is NULL")

#define KUNIT_EXPECT_EQ(test, a, b)	KUNIT_COMPARE(test, false, a, ==, b)
#define KUNIT_ASSERT_EQ(test, a, b)	KUNIT_COMPARE(test, true, a, ==, b)
#define KUNIT_EXPECT_NE(test, a, b)	KUNIT_COMPARE(test, false, a, !=, b)
#define KUNIT_ASSERT_NE(test, a, b)	KUNIT_COMPARE(test, true, a, !=, b)
#define KUNIT_EXPECT_LT(test, a, b)	KUNIT_COMPARE(test, false, a, <, b)
#define KUNIT_ASSERT_LT(test, a, b)	KUNIT_COMPARE(test, true, a, <, b)
#define KUNIT_EXPECT_LE(test, a, b)	KUNIT_COMPARE(test, false, a, <=, b)
#define KUNIT_ASSERT_LE(test, a, b)	KUNIT_COMPARE(test, true, a, <=, b)
#define KUNIT_EXPECT_GT(test, a, b)	KUNIT_COMPARE(test, false, a, >, b)
#define KUNIT_ASSERT_GT(test, a, b)	KUNIT_COMPARE(test, true, a, >, b)
#define KUNIT_EXPECT_GE(test, a, b)	KUNIT_COMPARE(test, false, a, >=, b)
#define KUNIT_ASSERT_GE(test, a, b)	KUNIT_COMPARE(test, true, a, >=, b)

#define KUNIT_EXPECT_STREQ(test, a, b)	KUNIT_STRINGS(test, a, ==, b)
#define KUNIT_EXPECT_STRNEQ(test, a, b)	KUNIT_STRINGS(test, a, !=, b)

#endif
