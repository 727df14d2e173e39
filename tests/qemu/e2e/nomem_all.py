# SPDX-License-Identifier: GPL-2.0-only
"""Each allocation of a bind fails once: see nomem."""
import nomem
from topic import HERE

KERNELS = nomem.KERNELS
SOAK = True
WEIGHT = 80
STORE = True
PROGRAMS = nomem.PROGRAMS
FILES = {"/test/nomem.sh": HERE / "nomem.sh"}
DTS = (HERE / "nomem.dts").read_text(encoding="utf-8")
BOOT = nomem.BOOT | {"cmdline": "slab_nomerge log_buf_len=4M nomem_step=1", "timeout": 1800}
