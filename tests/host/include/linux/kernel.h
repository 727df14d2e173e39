/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of the kernel as the pure units use, for user space. */
#ifndef HOST_LINUX_KERNEL_H
#define HOST_LINUX_KERNEL_H

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

#define max3(a, b, c)			max(max(a, b), c)
#define min3(a, b, c)			min(min(a, b), c)

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
