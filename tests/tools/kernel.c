// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays the kernel's part in the tests of relayctl, whose sysfs is a directory
 * of plain files. Linked in with --wrap:
 *
 * - A write into a directory that has a file .errno fails with that number.
 * - A file that was removed reads ENODEV, as one of a device that is gone.
 * - poll() carries out the next line of the file $KERNEL_STEPS: "FILE VALUE"
 *   writes VALUE to FILE (relative to the class directory) and wakes whoever
 *   watches it; "FILE -" removes it. When no line is left, the program has
 *   waited for something that would never come: exit status 99.
 *
 * What this cannot show is that sysfs wakes a real POLLPRI: that is for the
 * end-to-end tests.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t __real_pread(int fd, void *buf, size_t count, off_t offset);

static void path_of(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_MAX - 1);
	path[len < 0 ? 0 : len] = '\0';
}

ssize_t __wrap_pread(int fd, void *buf, size_t count, off_t offset)
{
	struct stat st;

	if (!fstat(fd, &st) && !st.st_nlink) {
		errno = ENODEV;
		return -1;
	}
	return __real_pread(fd, buf, count, offset);
}

int __wrap_dprintf(int fd, const char *fmt, ...)
{
	static const char name[] = ".errno";
	char path[PATH_MAX + sizeof(name)];
	va_list args;
	FILE *file;
	int ret;

	path_of(fd, path);
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

static void wake(struct pollfd *fds, nfds_t nr, const char *file)
{
	char path[PATH_MAX];

	for (nfds_t i = 0; i < nr; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		path_of(fds[i].fd, path);
		if (strlen(path) > strlen(file) &&
		    !strcmp(path + strlen(path) - strlen(file), file) &&
		    fds[i].events & POLLPRI)
			fds[i].revents = POLLPRI | POLLERR;
	}
}

int __wrap_poll(struct pollfd *fds, nfds_t nr, int timeout)
{
	static FILE *steps;
	char file[PATH_MAX];
	char value[256];
	FILE *attr;

	if (timeout >= 0)
		exit(98);
	if (!steps)
		steps = fopen(getenv("KERNEL_STEPS"), "r");
	if (!steps || fscanf(steps, "%4095s %255s", file, value) != 2)
		exit(99);

	wake(fds, nr, file);
	if (!strcmp(value, "-")) {
		unlink(file);
		return 1;
	}
	attr = fopen(file, "r+");
	if (!attr)
		exit(97);
	fprintf(attr, "%s\n", value);
	if (ftruncate(fileno(attr), strlen(value) + 1))
		exit(97);
	fclose(attr);
	return 1;
}
