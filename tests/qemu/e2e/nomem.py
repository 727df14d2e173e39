# SPDX-License-Identifier: GPL-2.0-only
"""Each allocation of a bind fails once: what binds all the same is as it should be."""
KERNELS = ("6.12", "test")
WEIGHT = 80
STORE = True
PROGRAMS = ("failnth",)
# What the kernel itself says of memory that it did not get.
BOOT = {"cmdline": "slab_nomerge log_buf_len=4M", "more": ("nomem",), "timeout": 900, "allow": r"uevent: failed"}
