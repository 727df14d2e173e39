# SPDX-License-Identifier: GPL-2.0-only
"""A bank, its controller and its store's provider that come and go 300 times with all its faces in use; in comings_long 10000 times."""
KERNELS = ("6.12", "test")
WEIGHT = 40
STORE = True
BOOT = {"more": ("bus",), "cmdline": "rounds=300", "timeout": 900}
