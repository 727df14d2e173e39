# SPDX-License-Identifier: GPL-2.0-only
"""Controllers of lines and providers of cells that go and come back: the bank goes first, and comes back by itself."""
KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
STORE = True
LINES = {"board": 0, "other": 1, "stored": 2, "ready": 3}
BOOT = {"more": ("bus",), "modules": ["gpio-pca953x"]}
