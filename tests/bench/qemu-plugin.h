/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What profile.c needs of QEMU's plugin API, version 1, beside what is in
 * ../qemu/qemu-symbols.h. After QEMU's qemu-plugin.h (GPL-2.0-or-later).
 */
#ifndef QEMU_PLUGIN_H
#define QEMU_PLUGIN_H

#include <stddef.h>

#include "../qemu/qemu-symbols.h"

/* A translated block, and an instruction of it. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS };

/* Removes all callbacks and translations, then calls @done. */
void qemu_plugin_reset(unsigned long long id, void (*done)(unsigned long long id));
void qemu_plugin_register_atexit_cb(unsigned long long id,
				    void (*call)(unsigned long long id, void *data), void *data);

/* To be called for each block that is translated; @tb is valid only then. */
void qemu_plugin_register_vcpu_tb_trans_cb(unsigned long long id,
					   void (*call)(unsigned long long id,
							struct qemu_plugin_tb *tb));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t n);

const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
unsigned long long qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
/* To be called each time before the instruction is executed. */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*call)(unsigned int cpu, void *data),
					    int flags, void *data);

#endif
