/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_STRING_H
#define HOST_LINUX_STRING_H

#include <string.h>

static inline const void *memchr_inv(const void *start, int c, size_t bytes)
{
	const unsigned char *at = start;

	while (bytes && *at == (unsigned char)c) {
		at++;
		bytes--;
	}
	return bytes ? at : NULL;
}

/* As in the kernel, but nobody asks how much was copied. */
static inline void strscpy(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

#endif
