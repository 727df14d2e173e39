// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line of a GPIO chip by the character device, for guests that have no other
 * program but busybox.
 *
 * usage: line get CHIP OFFSET		CHIP is the label of the chip; the line
 *					stays what it is
 *        line set NAME VALUE		NAME is that of the line
 */
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The next chip, or -1. */
static int next_chip(int *i, struct gpiochip_info *info)
{
	char path[32];
	int fd;

	for (; *i < 32; (*i)++) {
		snprintf(path, sizeof(path), "/dev/gpiochip%d", *i);
		fd = open(path, O_RDWR);
		if (fd < 0)
			continue;
		if (!ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, info)) {
			(*i)++;
			return fd;
		}
		close(fd);
	}
	return -1;
}

static int request_line(int chip, unsigned int offset, unsigned long long flags)
{
	struct gpio_v2_line_request request = {
		.consumer = "line",
		.offsets = { offset },
		.num_lines = 1,
		.config.flags = flags,
	};

	return ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) ? -1 : request.fd;
}

static int get(const char *label, unsigned int offset)
{
	struct gpio_v2_line_values values = { .mask = 1 };
	struct gpiochip_info info;
	int chip, fd, i = 0;

	while ((chip = next_chip(&i, &info)) >= 0) {
		if (strcmp(info.label, label))
			continue;
		fd = request_line(chip, offset, 0);
		if (fd < 0 || ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values))
			break;
		printf("%d\n", (int)(values.bits & 1));
		return 0;
	}
	perror(label);
	return 1;
}

static int set(const char *name, int value)
{
	struct gpio_v2_line_values values = { .mask = 1, .bits = value };
	struct gpio_v2_line_info line;
	struct gpiochip_info info;
	int chip, fd, i = 0;

	while ((chip = next_chip(&i, &info)) >= 0) {
		for (unsigned int offset = 0; offset < info.lines; offset++) {
			memset(&line, 0, sizeof(line));
			line.offset = offset;
			if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &line) ||
			    strcmp(line.name, name))
				continue;
			/* As it is: a request of an output would set it first. */
			fd = request_line(chip, offset, 0);
			if (fd < 0 || ioctl(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values))
				goto failed;
			return 0;
		}
		close(chip);
	}
failed:
	perror(name);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "get"))
		return get(argv[2], atoi(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "set"))
		return set(argv[2], atoi(argv[3]));
	return 2;
}
