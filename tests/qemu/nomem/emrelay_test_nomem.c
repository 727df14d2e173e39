// SPDX-License-Identifier: GPL-2.0-only
/*
 * What /proc/self/fail-nth is in kernels with fault injection, for stock ones:
 * an N written to /proc/emrelay-fail-nth makes the N-th slab allocation from then
 * on fail that the writing task asks for; read, it says how many are left. A file
 * of /proc, since neither allocates anything there.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

/* Only the task that is meant looks at what it wrote. */
static struct task_struct *nomem_task;
static unsigned int nomem_left;

static int nomem_enter(struct kprobe *probe, struct pt_regs *regs)
{
	if (!in_task() || READ_ONCE(nomem_task) != current || !nomem_left ||
	    --nomem_left)
		return 0;

	/* Return NULL from the function that was about to begin. */
	regs->regs[0] = 0;
	instruction_pointer_set(regs, regs->regs[30]);
	return 1;
}

/* None of them calls another; which of them there are depends on the kernel. */
static struct kprobe nomem_probes[] = {
	{ .symbol_name = "kmem_cache_alloc" },
	{ .symbol_name = "kmem_cache_alloc_lru" },
	{ .symbol_name = "kmem_cache_alloc_node" },
	{ .symbol_name = "kmalloc_trace" },
	{ .symbol_name = "kmalloc_node_trace" },
	{ .symbol_name = "__kmalloc" },
	{ .symbol_name = "__kmalloc_node" },
	{ .symbol_name = "__kmalloc_node_track_caller" },
	{ .symbol_name = "kmem_cache_alloc_noprof" },
	{ .symbol_name = "kmem_cache_alloc_lru_noprof" },
	{ .symbol_name = "kmem_cache_alloc_node_noprof" },
	{ .symbol_name = "__kmalloc_cache_noprof" },
	{ .symbol_name = "__kmalloc_cache_node_noprof" },
	{ .symbol_name = "__kmalloc_noprof" },
	{ .symbol_name = "__kmalloc_node_noprof" },
	{ .symbol_name = "__kmalloc_node_track_caller_noprof" },
};

#define NOMEM_LEAST	7	/* of either kind of names */

static ssize_t nomem_write(struct file *file, const char __user *text,
			   size_t count, loff_t *pos)
{
	unsigned int n;
	int ret = kstrtouint_from_user(text, count, 10, &n);

	if (ret)
		return ret;

	WRITE_ONCE(nomem_task, NULL);
	nomem_left = n;
	WRITE_ONCE(nomem_task, current);
	return count;
}

static ssize_t nomem_read(struct file *file, char __user *buffer, size_t count,
			  loff_t *pos)
{
	char text[16];

	return simple_read_from_buffer(buffer, count, pos, text,
				       scnprintf(text, sizeof(text), "%u\n",
						 nomem_left));
}

static const struct proc_ops nomem_ops = {
	.proc_read = nomem_read,
	.proc_write = nomem_write,
	.proc_lseek = default_llseek,
};

static void nomem_unregister(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nomem_probes); i++)
		if (nomem_probes[i].addr)
			unregister_kprobe(&nomem_probes[i]);
}

static int __init nomem_init(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(nomem_probes); i++) {
		nomem_probes[i].pre_handler = nomem_enter;
		if (register_kprobe(&nomem_probes[i]))
			nomem_probes[i].addr = NULL;
		else
			count++;
	}
	if (count >= NOMEM_LEAST &&
	    proc_create("emrelay-fail-nth", 0600, NULL, &nomem_ops))
		return 0;

	nomem_unregister();
	return -ENOENT;
}
module_init(nomem_init);

static void __exit nomem_exit(void)
{
	remove_proc_entry("emrelay-fail-nth", NULL);
	nomem_unregister();
}
module_exit(nomem_exit);

MODULE_DESCRIPTION("Allocations that fail, for the tests of emrelay");
MODULE_LICENSE("GPL");
