// SPDX-License-Identifier: GPL-2.0-only
/*
 * session FILE: the lines of a file, typed into a shell on a terminal. What the
 * terminal shows goes to the standard output, with \001 before each prompt. A line is
 * typed when the shell asks for it.
 */
#include <err.h>
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void shell(void)
{
	setenv("PS1", "\001# ", 1);
	setenv("PS2", "\001> ", 1);
	setenv("TERM", "vt100", 1);
	setenv("NO_COLOR", "1", 1);
	setenv("HOME", "/", 1);
	execl("/bin/bash", "bash", "--norc", "--noprofile", "--noediting", "-i", NULL);
	err(1, "bash");
}

int main(int argc, char **argv)
{
	const struct winsize size = { .ws_row = 50, .ws_col = 130 };
	FILE *lines = argc == 2 ? fopen(argv[1], "r") : NULL;
	char line[4096], out[4096];
	int terminal, status;
	const char *next;
	ssize_t len;

	if (!lines)
		err(1, "usage: session FILE");
	mkdir("/dev/pts", 0755);
	if (mount("devpts", "/dev/pts", "devpts", 0, NULL) && errno != EBUSY)
		err(1, "devpts");

	switch (forkpty(&terminal, NULL, NULL, &size)) {
	case -1:
		err(1, "forkpty");
	case 0:
		shell();
	}

	/* The terminal reports an error when nobody has it open any more. */
	while ((len = read(terminal, out, sizeof(out))) > 0) {
		fwrite(out, 1, len, stdout);
		fflush(stdout);
		if (!memchr(out, 1, len))
			continue;
		next = fgets(line, sizeof(line), lines) ? line : "exit\n";
		if (write(terminal, next, strlen(next)) < 0)
			err(1, "terminal");
	}
	wait(&status);
	return 0;
}
