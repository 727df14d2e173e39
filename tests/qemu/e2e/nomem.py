# SPDX-License-Identifier: GPL-2.0-only
"""An allocation of a bind fails: what binds all the same is as it should be.  Here some of them do, in nomem_all each."""
KERNELS = ("6.12", "test")
WEIGHT = 30
STORE = True
PROGRAMS = ("failnth",)
# What the kernel itself says of memory that it did not get.
BOOT = {"cmdline": "slab_nomerge log_buf_len=4M nomem_step=17", "more": ("nomem",), "timeout": 400, "allow": r"uevent: failed"}
