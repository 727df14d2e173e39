/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that differs between the places emrelay is built for: kernels from 6.1
 * up, and userspace for the pure files. Kbuild looks at the kernel's headers,
 * not at its version, and defines EMRELAY_HAVE_*. What stands in for kernel
 * functions is macros, so that the pure files see nothing of devices here.
 */
#ifndef EMRELAY_COMPAT_H
#define EMRELAY_COMPAT_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/types.h>

#if __has_include(<kunit/visibility.h>)
#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#ifndef EMRELAY_HAVE_HRTIMER_SETUP
#define hrtimer_setup(timer, callback, clock_id, mode)		\
	do {							\
		struct hrtimer *hrtimer = (timer);		\
								\
		hrtimer_init(hrtimer, clock_id, mode);		\
		hrtimer->function = (callback);			\
	} while (0)
#endif

/* Before kthread_run_worker(), creating a worker started it too. */
#ifndef EMRELAY_HAVE_KTHREAD_RUN_WORKER
#define kthread_run_worker kthread_create_worker
#endif

/* Setting a line returned nothing once, as if it could not fail. */
#ifdef EMRELAY_HAVE_GPIOD_SET_INT
#define emrelay_gpiod_set		gpiod_set_value
#define emrelay_gpiod_set_cansleep	gpiod_set_value_cansleep
#else
#define emrelay_gpiod_set(desc, on)	(gpiod_set_value(desc, on), 0)
#define emrelay_gpiod_set_cansleep(desc, on) \
	(gpiod_set_value_cansleep(desc, on), 0)
#endif

/* So did gpio_chip.set(); set_rv() came between. */
#if defined(EMRELAY_HAVE_GPIO_SET_RV)
#define EMRELAY_GPIO_SET		set_rv
#define EMRELAY_GPIO_SET_RESULT		int
#define EMRELAY_GPIO_SET_RETURN(result)	return result
#elif defined(EMRELAY_HAVE_GPIO_SET_INT)
#define EMRELAY_GPIO_SET		set
#define EMRELAY_GPIO_SET_RESULT		int
#define EMRELAY_GPIO_SET_RETURN(result)	return result
#else
#define EMRELAY_GPIO_SET		set
#define EMRELAY_GPIO_SET_RESULT		void
#define EMRELAY_GPIO_SET_RETURN(result)	((void)(result))
#endif

/* __assign_str() took the source, which it knows from __string(). */
#ifdef EMRELAY_HAVE_ASSIGN_STR_ONE
#define emrelay_assign_str(field, source)	__assign_str(field)
#else
#define emrelay_assign_str(field, source)	__assign_str(field, source)
#endif

#else /* userspace: tests and tools around the pure files */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

#define U64_MAX				UINT64_MAX
#define ARRAY_SIZE(array)		(sizeof(array) / sizeof((array)[0]))
#define EXPORT_SYMBOL_IF_KUNIT(symbol)

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}
#endif

#endif
