// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that needs nothing but the processor: how much of it is done from one moment
 * to another, in ms of CLOCK_BOOTTIME.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long long begin = argc == 3 ? atoll(argv[1]) * 1000000 : 0;
	long long end = argc == 3 ? atoll(argv[2]) * 1000000 : 0;
	struct timespec ts = { begin / 1000000000, begin % 1000000000 };
	long long done = 0;

	if (!end || now() >= begin || clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &ts, NULL))
		return 1;
	for (; now() < end; done++)
		for (int i = 0; i < 1000; i++)
			asm volatile("" : : : "memory");
	printf("%lld\n", done);
	return 0;
}
