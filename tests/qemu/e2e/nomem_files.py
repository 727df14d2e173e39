# SPDX-License-Identifier: GPL-2.0-only
"""Each allocation of a write to each file fails once: see nomem."""
import nomem
from topic import HERE

KERNELS = nomem.KERNELS
WEIGHT = 20
STORE = True
PROGRAMS = nomem.PROGRAMS
DTS = (HERE / "nomem.dts").read_text(encoding="utf-8")
BOOT = nomem.BOOT | {"cmdline": "slab_nomerge log_buf_len=4M", "timeout": 600}
