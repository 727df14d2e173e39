// SPDX-License-Identifier: GPL-2.0-only
/* A clock that shows what the environment says, for the tests of relay-wear; with --wrap=time. */
#include <stdlib.h>
#include <time.h>

time_t __real_time(time_t *to);

time_t __wrap_time(time_t *to)
{
	const char *now = getenv("CLOCK_SHOWS");

	return now ? (time_t)atoll(now) : __real_time(to);
}
