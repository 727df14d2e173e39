# SPDX-License-Identifier: GPL-2.0-only
"""A line whose every other write fails, and what the log says of it."""
KERNELS = ("6.12",)
DTS = "/ { };"
BOOT = {"more": ("banks",)}
