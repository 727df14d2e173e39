// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait for sysfs files to change and for uevents of relays, until killed.
 *
 * usage: watch [-f] FILE...
 *
 * Prints "NS FILE VALUE" for each file at first and whenever poll() says that
 * it has changed, and "NS uevent ACTION KEY=VALUE ..." for each uevent of the
 * subsystem relay; NS is CLOCK_BOOTTIME. A file that has gone is named with its
 * error and waited for no more. With -f only the files are waited for: a uevent
 * would wake the process, which would then find what no file has told.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 16

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int uevent_socket(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return -1;
	return fd;
}

static void show_uevent(int fd)
{
	char buf[8192];
	ssize_t len = recv(fd, buf, sizeof(buf) - 1, 0);
	int ours = 0;
	char *word;

	if (len <= 0)
		return;
	buf[len] = 0;
	/* "action@path", then "KEY=value" strings, each with its 0 */
	for (word = buf; word < buf + len; word += strlen(word) + 1)
		ours |= !strcmp(word, "SUBSYSTEM=relay");
	if (!ours)
		return;
	printf("%lld uevent", now());
	for (word = buf + strlen(buf) + 1; word < buf + len; word += strlen(word) + 1)
		printf(" %s", word);
	putchar('\n');
}

static int show_file(int fd, const char *name)
{
	char buf[256];
	ssize_t len = pread(fd, buf, sizeof(buf) - 1, 0);

	if (len < 0) {
		printf("%lld %s %s\n", now(), name, strerror(errno));
		return -1;
	}
	buf[len] = 0;
	buf[strcspn(buf, "\n")] = 0;
	printf("%lld %s %s\n", now(), name, buf);
	return 0;
}

int main(int argc, char **argv)
{
	struct pollfd fds[FILES_MAX + 1];
	int uevents = argc < 2 || strcmp(argv[1], "-f");
	int i, count;

	if (!uevents)
		argv++, argc--;
	count = argc - 1;
	if (count > FILES_MAX)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	fds[count].fd = uevents ? uevent_socket() : -1;
	fds[count].events = POLLIN;
	for (i = 0; i < count; i++) {
		fds[i].fd = open(argv[i + 1], O_RDONLY);
		fds[i].events = POLLPRI;
		if (fds[i].fd < 0 || show_file(fds[i].fd, argv[i + 1]))
			return 1;
	}
	puts("ready");

	while (poll(fds, count + 1, -1) > 0) {
		for (i = 0; i < count; i++) {
			if (fds[i].revents && show_file(fds[i].fd, argv[i + 1]))
				fds[i].fd = -1;
		}
		if (fds[count].revents)
			show_uevent(fds[count].fd);
	}
	return 1;
}
