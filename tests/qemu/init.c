// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first process of a guest, and its way to hand files out.
 *
 * As PID 1 it mounts what a test wants to see, runs /test/run, asks kmemleak
 * where there is one, says on the console how it all ended and powers off:
 * nothing but that last line tells the host that a run was complete. With
 * restart= in the kernel's command line it restarts instead.
 *
 * Called as "put FILE..." it copies files (or standard input: "put - NAME") to
 * the folder of the host that belongs to this run.  It does so by semihosting,
 * which needs no driver in the guest's kernel and costs the guest no time.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "semihost.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
/* kmemleak overlooks objects younger than this. */
#define KMEMLEAK_MIN_AGE_S 5

static int hand_out(int fd, const char *name)
{
	/* The host reads these where they are: they have to be in memory. */
	static char buf[65536];
	uintptr_t open_args[] = { (uintptr_t)name, OPEN_WB, strlen(name) };
	uintptr_t file = semihost(SYS_OPEN, open_args);
	ssize_t len;

	if (file == UINTPTR_MAX) {
		warnx("%s: the host refuses it", name);
		return -1;
	}

	while ((len = read(fd, buf, sizeof(buf))) > 0) {
		uintptr_t write_args[] = { file, (uintptr_t)buf, len };

		if (semihost(SYS_WRITE, write_args)) {
			warnx("%s: short write", name);
			return -1;
		}
	}
	if (len < 0)
		warn("%s", name);

	semihost(SYS_CLOSE, &file);
	return len;
}

static int put_main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 3 && !strcmp(argv[1], "-"))
		return hand_out(STDIN_FILENO, argv[2]) ? EXIT_FAILURE : EXIT_SUCCESS;

	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		failed |= !!hand_out(fd, basename(argv[i]));
		close(fd);
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(char *const argv[])
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return 255;
	if (!child) {
		setsid();
		execv(argv[0], argv);
		warn("%s", argv[0]);
		_exit(127);
	}

	/* PID 1 also buries the orphans. */
	for (;;) {
		pid_t dead = wait(&status);

		if (dead == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (dead < 0 && errno != EINTR)
			return 255;
	}
}

static void mount_all(void)
{
	static const struct {
		const char *type, *where;
	} mounts[] = {
		{ "devtmpfs", "/dev" },
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "tmpfs", "/tmp" },
		{ "tmpfs", "/run" },
		/* Not every kernel has these. */
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "configfs", "/sys/kernel/config" },
		{ }
	};

	for (int i = 0; mounts[i].type; i++)
		mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, NULL);
}

/* Unreferenced objects go to the console, where the host's scanner sees them. */
static void kmemleak(void)
{
	static char report[65536];
	int fd = open(KMEMLEAK, O_RDWR);
	ssize_t len;

	if (fd < 0)
		return;
	/* Two scans: what the first finds may have been on its way into a list. */
	sleep(KMEMLEAK_MIN_AGE_S + 1);
	for (int i = 0; i < 2; i++) {
		if (write(fd, "scan", 4) < 0)
			break;
	}
	while ((len = read(fd, report, sizeof(report))) > 0)
		fwrite(report, 1, len, stdout);
	close(fd);
}

int main(int argc, char **argv)
{
	static char *const install[] = { "/bin/busybox", "--install", "-s", "/bin", NULL };
	static char *const test[] = { "/test/run", NULL };
	int status;

	if (getpid() != 1)
		return put_main(argc, argv);

	mount_all();
	setenv("PATH", "/usr/local/bin:/sbin:/usr/sbin:/bin:/usr/bin", 1);
	setenv("HOME", "/tmp", 1);
	/* A guest that is only one program has no busybox. */
	status = access(install[0], F_OK) ? 0 : run(install);
	if (!status) {
		puts("rig: begin");
		fflush(stdout);
		status = run(test);
	}
	kmemleak();
	printf("rig: end status=%d\n", status);
	fflush(stdout);
	tcdrain(STDOUT_FILENO);

	/* A power-off, and not just an exit of QEMU: drivers see their shutdown. */
	reboot(getenv("restart") ? RB_AUTOBOOT : RB_POWER_OFF);
	pause();
}
