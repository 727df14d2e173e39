// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write a text to a file so that one allocation of the kernel fails on the way.
 *
 * usage: failnth NTH N TEXT FILE
 *
 * The N-th allocation in this process's name fails (0: none): NTH is
 * /proc/self/fail-nth, or the file of the module emrelay_test_nomem. Prints "ok" or
 * the error, and whether it came to that allocation: "hit" or "not".
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set(int fd, const char *n)
{
	if (pwrite(fd, n, strlen(n), 0) != (ssize_t)strlen(n))
		err(2, "%s", n);
}

int main(int argc, char **argv)
{
	char left[16] = "";
	int nth, fd, error;

	if (argc != 5)
		return 2;
	fd = open(argv[4], O_WRONLY);
	nth = open(argv[1], O_RDWR);
	if (fd < 0 || nth < 0)
		err(2, "%s", argv[fd < 0 ? 4 : 1]);
	set(nth, argv[2]);
	error = write(fd, argv[3], strlen(argv[3])) < 0 ? errno : 0;
	if (pread(nth, left, sizeof(left) - 1, 0) < 0)
		err(2, "%s", argv[1]);
	set(nth, "0");

	printf("%s %s\n", error ? strerror(error) : "ok", atoi(left) ? "not" : "hit");
	return 0;
}
