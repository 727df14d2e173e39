/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Semihosting: a guest's program asks QEMU for a service of the host. What it
 * writes to a file so is there when the call returns, whatever comes then.
 */
#ifndef SEMIHOST_H
#define SEMIHOST_H

enum { SYS_OPEN = 1, SYS_CLOSE = 2, SYS_WRITE = 5 };
#define OPEN_WB 5

static long semihost(unsigned long op, const void *args)
{
	register unsigned long x0 asm("x0") = op;
	register const void *x1 asm("x1") = args;

	asm volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
	return x0;
}

#endif
