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
#include <linux/bitops.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

/* What is in it was once a part of <linux/kernel.h>. */
#ifdef EMRELAY_HAVE_HEX
#include <linux/hex.h>
#endif

#ifdef EMRELAY_HAVE_KUNIT_VISIBILITY
#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)	struct symbol##_is_not_exported
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

/* Before, and without nvmem, nobody can tell how large an nvmem device is. */
#if defined(EMRELAY_HAVE_NVMEM_DEV_SIZE) && IS_ENABLED(CONFIG_NVMEM)
#define emrelay_nvmem_size		nvmem_dev_size
#else
#define emrelay_nvmem_size(nvmem)	((void)(nvmem), SIZE_MAX)
#endif

/* The device that provides a line; a chip may go while one looks at it. */
#ifdef EMRELAY_HAVE_GPIO_DEVICE
#define emrelay_gpiod_provider(desc) \
	(gpio_device_to_device(gpiod_to_gpio_device(desc))->parent)
#else
#define emrelay_gpiod_provider(desc)	(gpiod_to_chip(desc)->parent)
#endif

/* A tracepoint's string was named twice: in __string() and where assigned. */
#ifdef EMRELAY_HAVE_ASSIGN_STR
#define emrelay_assign_str(dst, src)				\
	do {							\
		(void)(src);					\
		__assign_str(dst);				\
	} while (0)
#else
#define emrelay_assign_str(dst, src)	__assign_str(dst, src)
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

/*
 * So did gpio_chip.set(); set_rv() came between. For a chip of outputs, setting
 * a line and making it an output of that level are the same.
 */
#if defined(EMRELAY_HAVE_GPIO_SET_RV)
#define emrelay_gpio_set_is_output(gc)				\
	do {							\
		struct gpio_chip *chip = (gc);			\
								\
		chip->set_rv = chip->direction_output;		\
	} while (0)
#elif defined(EMRELAY_HAVE_GPIO_SET_INT)
#define emrelay_gpio_set_is_output(gc)				\
	do {							\
		struct gpio_chip *chip = (gc);			\
								\
		chip->set = chip->direction_output;		\
	} while (0)
#else
#include <linux/gpio/driver.h>

static inline void emrelay_gpio_set(struct gpio_chip *gc, unsigned int offset,
				    int value)
{
	gc->direction_output(gc, offset, value);
}

#define emrelay_gpio_set_is_output(gc)	((gc)->set = emrelay_gpio_set)
#endif

#else /* userspace: tests and tools around the pure files */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define U64_MAX				(~0ULL)
#define ARRAY_SIZE(array)		(sizeof(array) / sizeof((array)[0]))
#define EXPORT_SYMBOL_IF_KUNIT(symbol)	struct symbol##_is_not_exported

#define U32_MAX				(~0U)

#define unlikely(condition)		(condition)

static inline u64 max(u64 a, u64 b)
{
	if (a > b)
		return a;
	return b;
}

static inline u64 min(u64 a, u64 b)
{
	if (a < b)
		return a;
	return b;
}

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (__uint128_t)a * b >> shift;
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

/* zlib's; only record.c needs that library. */
unsigned long crc32(unsigned long crc, const unsigned char *p, unsigned int len);

/* The kernel's does not invert what goes in and out. */
static inline u32 crc32_le(u32 crc, const unsigned char *p, size_t len)
{
	return ~crc32(~crc, p, len);
}
#endif

#endif
