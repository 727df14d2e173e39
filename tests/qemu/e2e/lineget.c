// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read lines of a GPIO chip as they are: gpioget of libgpiod 1 can only make
 * them inputs first.
 *
 * usage: lineget [-l] [-w] CHIP OFFSET...	-l: active low; -w: hold the
 *						lines, read them at each line
 *						of the standard input
 *
 * CHIP is the label of the chip. Prints the values, or the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_chip(const char *label)
{
	struct gpiochip_info info;
	char path[32];
	int fd, i;

	for (i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "/dev/gpiochip%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && !ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) &&
		    !strcmp(info.label, label))
			return fd;
		close(fd);
	}
	errno = ENODEV;
	return -1;
}

static int show(int fd, int count)
{
	struct gpio_v2_line_values values = { .mask = (1ULL << count) - 1 };
	int i;

	if (ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values)) {
		puts(strerror(errno));
		return -1;
	}
	for (i = 0; i < count; i++)
		printf("%d%c", !!(values.bits & 1ULL << i), i + 1 < count ? ' ' : '\n');
	return 0;
}

int main(int argc, char **argv)
{
	struct gpio_v2_line_request request = { .consumer = "lineget" };
	int i, opt, wait = 0;
	char line[16];
	int chip;

	while ((opt = getopt(argc, argv, "lw")) != -1) {
		if (opt == 'l')
			request.config.flags = GPIO_V2_LINE_FLAG_ACTIVE_LOW;
		else if (opt == 'w')
			wait = 1;
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;

	setvbuf(stdout, NULL, _IOLBF, 0);
	chip = open_chip(argv[optind++]);
	for (i = 0; optind < argc; i++)
		request.offsets[i] = atoi(argv[optind++]);
	request.num_lines = i;
	if (chip < 0 || ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request)) {
		puts(strerror(errno));
		return 1;
	}
	close(chip);

	if (!wait)
		return show(request.fd, request.num_lines) ? 1 : 0;
	puts("ready");
	while (fgets(line, sizeof(line), stdin))
		show(request.fd, request.num_lines);
	return 0;
}
