/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that differs between the kernels emrelay is built for, from 6.1 up. Kbuild
 * looks at the kernel's headers, not at its version, and defines
 * EMRELAY_HAVE_*. What stands in for kernel functions is macros, so that the pure
 * files see nothing of devices here; they are built in user space, too, with the
 * headers of tests/host/include.
 */
#ifndef EMRELAY_COMPAT_H
#define EMRELAY_COMPAT_H

#include <linux/bitops.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

/* Its functions were once declared in <linux/kernel.h>. */
#ifdef EMRELAY_HAVE_HEX
#include <linux/hex.h>
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

/* The device that provides a line; gpiod_to_chip() is deprecated where there is another way. */
#ifdef EMRELAY_HAVE_GPIO_DEVICE
#define emrelay_gpiod_provider(desc) \
	(gpio_device_to_device(gpiod_to_gpio_device(desc))->parent)
#define emrelay_gpiod_chip(desc)	gpio_device_get_chip(gpiod_to_gpio_device(desc))
#else
#define emrelay_gpiod_provider(desc)	(gpiod_to_chip(desc)->parent)
#define emrelay_gpiod_chip(desc)	gpiod_to_chip(desc)
#endif

/* Kernels from 6.15 on warn when a chip that knows no directions is asked for one. */
#define emrelay_gpiod_is_input(desc)					\
	({								\
		struct gpio_desc *line = (desc);			\
									\
		emrelay_gpiod_chip(line)->get_direction &&		\
			gpiod_get_direction(line) == 1;			\
	})

/* A software node could not name a line once, and asking it was an error. */
#ifdef EMRELAY_HAVE_GPIO_SWNODE
#define emrelay_fwnode_gpiod_get	devm_fwnode_gpiod_get
#else
#define emrelay_fwnode_gpiod_get(dev, fwnode, ...)				\
	({									\
		struct fwnode_handle *line_node = (fwnode);			\
										\
		is_software_node(line_node) ? ERR_PTR(-ENOENT) :		\
			devm_fwnode_gpiod_get(dev, line_node, __VA_ARGS__);	\
	})
#endif

/* From 7.0 on a line that two consumers name in the tree is shared between them, by votes. */
#ifndef EMRELAY_HAVE_GPIOD_SHARED
#define gpiod_is_shared(desc)		((void)(desc), false)
#endif

/* Does a line drive one level only? Once only its chip could be asked. */
#ifndef EMRELAY_HAVE_GPIOD_SINGLE_ENDED
#define gpiod_is_single_ended(desc)					\
	({								\
		struct gpio_desc *line = (desc);			\
		struct gpio_chip *chip = emrelay_gpiod_chip(line);	\
		unsigned int offset = desc_to_gpio(line) - chip->base;	\
									\
		gpiochip_line_is_open_drain(chip, offset) ||		\
			gpiochip_line_is_open_source(chip, offset);	\
	})
#endif

/*
 * Platform devices hold their nodes since they have this. (The helper that registers
 * one in a single step keeps the reference if that fails.)
 */
#ifndef EMRELAY_HAVE_PLATFORM_SET_FWNODE
#define platform_device_set_fwnode(pdev, fwnode)	device_set_node(&(pdev)->dev, fwnode)
#endif

/* A tracepoint's string was named twice: in __string() and where assigned. */
#ifdef EMRELAY_HAVE_ASSIGN_STR
#define emrelay_assign_str(dst, ...)	__assign_str(dst)
#else
#define emrelay_assign_str(dst, ...)	__assign_str(dst, __VA_ARGS__)
#endif

/* Setting a line returned nothing once, as if it could not fail. */
#ifdef EMRELAY_HAVE_GPIOD_SET_INT
#define emrelay_gpiod_set		gpiod_set_value
#define emrelay_gpiod_set_cansleep	gpiod_set_value_cansleep
#else
#define emrelay_gpiod_set(desc, on)	({ gpiod_set_value(desc, on); 0; })
#define emrelay_gpiod_set_cansleep(desc, on)	({ gpiod_set_value_cansleep(desc, on); 0; })
#endif

/*
 * gpio_chip.set() returned nothing once, either. For a chip of outputs, setting a line
 * and making it an output of that level are the same.
 */
#if defined(EMRELAY_HAVE_GPIO_SET_INT)
#define emrelay_gpio_set_is(gc, output)	((gc)->set = (output))
#elif defined(__KERNEL__)
#include <linux/gpio/driver.h>

static inline void emrelay_gpio_set(struct gpio_chip *gc, unsigned int offset, int value)
{
	gc->direction_output(gc, offset, value);
}

#define emrelay_gpio_set_is(gc, ...)	((gc)->set = emrelay_gpio_set)
#endif

#endif
