// SPDX-License-Identifier: GPL-2.0-only
/*
 * A QEMU plugin that writes down every instruction between two markers.
 *
 * ops.c executes the markers around an operation. The log holds an operation
 * after the other: the number of its instructions, then the address of each, as
 * 64-bit words of the host.
 *
 * Until the program says that it is about to begin, nothing but the markers is
 * instrumented, so that the boot does not suffer.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-plugin.h"

QEMU_EXPORT int qemu_plugin_version = 1;

#define HINT(n)		(0xd503201f | (n) << 5)
#define MARK_BEGIN	HINT(0x70)
#define MARK_END	HINT(0x71)
#define MARK_ARM	HINT(0x72)

static FILE *out;
static bool armed, recording;
static unsigned long long *taken, count, room;

static void executed(unsigned int cpu, void *vaddr)
{
	if (!recording)
		return;
	if (count == room) {
		room = room ? 2 * room : 4096;
		taken = realloc(taken, room * sizeof(*taken));
		if (!taken)
			abort();
	}
	taken[count++] = (uintptr_t)vaddr;
}

static void begin(unsigned int cpu, void *data)
{
	recording = true;
	count = 0;
}

static void end(unsigned int cpu, void *data)
{
	if (!recording)
		return;
	recording = false;
	fwrite(&count, sizeof(count), 1, out);
	fwrite(taken, sizeof(*taken), count, out);
}

static void translated(unsigned long long id, struct qemu_plugin_tb *tb);

static void instrument(unsigned long long id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
}

/* Translates everything anew, from now on with all instructions instrumented. */
static void arm(unsigned int cpu, void *id)
{
	if (armed)
		return;
	armed = true;
	qemu_plugin_reset((uintptr_t)id, instrument);
}

static void before(struct qemu_plugin_insn *insn, void (*call)(unsigned int cpu, void *data),
		   void *data)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, call, QEMU_PLUGIN_CB_NO_REGS, data);
}

static void translated(unsigned long long id, struct qemu_plugin_tb *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		void *vaddr = (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn);
		unsigned int opcode;

		memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof(opcode));
		if (opcode == MARK_ARM)
			before(insn, arm, (void *)(uintptr_t)id);
		else if (armed && opcode == MARK_BEGIN)
			before(insn, begin, NULL);
		else if (armed && opcode == MARK_END)
			before(insn, end, NULL);
		else if (armed)
			before(insn, executed, vaddr);
	}
}

static void finish(unsigned long long id, void *data)
{
	if (fclose(out)) {
		perror("profile");
		exit(EXIT_FAILURE);
	}
}

QEMU_EXPORT int qemu_plugin_install(unsigned long long id, const struct qemu_info *info,
				    int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "log=", 4)) {
		fputs("profile: usage: -plugin profile.so,log=FILE\n", stderr);
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		fprintf(stderr, "profile: %s: %s\n", argv[0] + 4, strerror(errno));
		return -1;
	}
	instrument(id);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
