/* SPDX-License-Identifier: GPL-2.0-only */
/* What all the tools have in common. */
#ifndef EMRELAY_TOOLS_H
#define EMRELAY_TOOLS_H

#include <stddef.h>

#include "../driver/version.h"

/*
 * Columns that a UTF-8 text takes in a terminal: its code points. Good for all
 * but combining and double-width characters, and free of the locale, which is
 * "C" on many a board.
 */
static inline size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

#endif
