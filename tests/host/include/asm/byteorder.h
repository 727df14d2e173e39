/* SPDX-License-Identifier: GPL-2.0-only */
/* The order of bytes, and what else the kernel says of structures with one. */
#ifndef HOST_ASM_BYTEORDER_H
#define HOST_ASM_BYTEORDER_H

#include <assert.h>
#include <endian.h>

typedef unsigned short __le16;
typedef unsigned int __le32;
typedef unsigned long long __le64;

#define cpu_to_le16	htole16
#define cpu_to_le32	htole32
#define cpu_to_le64	htole64
#define le16_to_cpu	le16toh
#define le32_to_cpu	le32toh
#define le64_to_cpu	le64toh

/* What has to have no gaps has none anyway, which it says by a static_assert(). */
#define __packed

#endif
