// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays the kernel's part in the tests of relayctl, whose sysfs is a directory
 * of plain files. Linked in with --wrap:
 *
 * - A write into a directory that has a file .errno fails with that number.
 * - A file that was removed reads ENODEV, as one of a device that is gone.
 * - poll() is that of kernfs. A file is ready as long as it was not read since
 *   it last changed, or ever; one that was removed is always ready.
 * - When none is ready, poll() carries out the next line of the file
 *   $KERNEL_STEPS: "FILE VALUE" writes VALUE to FILE (relative to the class
 *   directory) and wakes who polls it, "RELAY -" removes a relay with all its
 *   files and wakes who polls one of them, "RELAY +" has it come, from the
 *   directory ../RELAY.hidden, with a uevent, "EINTR -" is a signal. When no line is left,
 *   the program waits for something that will never come: exit status 99. So it
 *   also ends there if it polls what it does not read. Where it waits for some time
 *   only, no line that is left is that time; but "TIME -" is it before there is none.
 * - The socket of the uevents is one of a pair. inotify is the real one: it sees
 *   what is written by a step "!FILE VALUE", which nobody who polls is told of.
 *
 * What this cannot show is that the driver wakes who polls: that is for the
 * end-to-end tests.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "real.h"

#define FDS_MAX		4096
#define FILES_MAX	4096
/* A program that does not do away with what is ready comes to no end. */
#define POLLS_MAX	10000

/* How often each file changed, by its inode; and what a read of each fd saw. */
static struct { ino_t ino; unsigned int changes; } files[FILES_MAX];
static unsigned int seen[FDS_MAX];

static unsigned int *changes_of(const struct stat *st)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (!files[i].ino) {
			files[i].ino = st->st_ino;
			files[i].changes = 1;
		}
		if (files[i].ino == st->st_ino)
			return &files[i].changes;
	}
	exit(96);
}

ssize_t __wrap_pread(int fd, void *buf, size_t count, off_t offset)
{
	struct stat st;

	if (!fstat(fd, &st) && !st.st_nlink) {
		errno = ENODEV;
		return -1;
	}
	if (fd < FDS_MAX)
		seen[fd] = *changes_of(&st);
	return __real_pread(fd, buf, count, offset);
}

int __wrap_dprintf(int fd, const char *fmt, ...)
{
	static const char name[] = ".errno";
	char path[PATH_MAX + sizeof(name)];
	char link[64];
	va_list args;
	ssize_t len;
	FILE *file;
	int ret;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_MAX - 1);
	path[len < 0 ? 0 : len] = '\0';
	memcpy(strrchr(path, '/') + 1, name, sizeof(name));
	file = fopen(path, "r");
	if (file) {
		ret = fscanf(file, "%d", &errno) == 1 ? -1 : 0;
		fclose(file);
		return ret;
	}
	va_start(args, fmt);
	ret = vdprintf(fd, fmt, args);
	va_end(args);
	return ret;
}

/* One end is the program's, the other one the kernel's. */
static int uevents[2] = { -1, -1 };

int __wrap_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)protocol;
	if (getenv("NO_UEVENTS")) {
		errno = EPERM;
		return -1;
	}
	return socketpair(AF_UNIX, type, 0, uevents) ? -1 : uevents[0];
}

int __wrap_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)addr;
	(void)len;
	return fd == uevents[0] ? 0 : -1;
}

static int ready(struct pollfd *fds, nfds_t nr)
{
	struct stat st;
	int count = 0;

	for (nfds_t i = 0; i < nr; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (fds[i].fd >= FDS_MAX || fstat(fds[i].fd, &st))
			fds[i].revents = POLLNVAL;
		else if (!S_ISREG(st.st_mode) || !(fds[i].events & POLLPRI))
			__real_poll(&fds[i], 1, 0);
		else if (!st.st_nlink || seen[fds[i].fd] != *changes_of(&st))
			fds[i].revents = (fds[i].events & POLLPRI) | POLLERR;
		count += !!fds[i].revents;
	}
	return count;
}

static void remove_relay(const char *name)
{
	struct dirent *entry;
	DIR *dir = opendir(name);

	if (!dir)
		exit(97);
	while ((entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	unlink(name);
}

static void add_relay(const char *name)
{
	static const char text[] = "add@/relay\0ACTION=add\0SUBSYSTEM=relay";
	char hidden[PATH_MAX + 16];

	snprintf(hidden, sizeof(hidden), "../%s.hidden", name);
	if (rename(hidden, name) || send(uevents[1], text, sizeof(text), 0) < 0)
		exit(97);
}

/* "!FILE" is written to, but who polls it is not woken. */
static void change(const char *file, const char *value)
{
	bool silent = *file == '!';
	struct stat st;
	FILE *attr;

	file += silent;
	attr = fopen(file, "r+");

	if (!attr || fstat(fileno(attr), &st))
		exit(97);
	fprintf(attr, "%s\n", value);
	if (ftruncate(fileno(attr), strlen(value) + 1))
		exit(97);
	fclose(attr);
	if (!silent)
		++*changes_of(&st);
}

int __wrap_poll(struct pollfd *fds, nfds_t nr, int timeout)
{
	static unsigned int polls;
	static FILE *steps;
	char file[PATH_MAX];
	char value[256];
	int count;

	if (polls++ > POLLS_MAX)
		exit(98);
	if (!steps)
		steps = fopen(getenv("KERNEL_STEPS"), "r");
	while (!(count = ready(fds, nr))) {
		if (!steps || fscanf(steps, "%4095s %255s", file, value) != 2) {
			if (timeout >= 0)
				return 0;
			exit(99);
		}
		if (!strcmp(file, "TIME")) {
			if (timeout < 0)
				exit(98);
			return 0;
		}
		if (!strcmp(file, "EINTR")) {
			errno = EINTR;
			return -1;
		}
		if (!strcmp(value, "-"))
			remove_relay(file);
		else if (!strcmp(value, "+"))
			add_relay(file);
		else
			change(file, value);
	}
	return count;
}
