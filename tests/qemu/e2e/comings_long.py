# SPDX-License-Identifier: GPL-2.0-only
"""A bank that comes and goes 10000 times: see comings."""
import comings
from topic import HERE

KERNELS = ("test",)
SOAK = True
WEIGHT = 100
STORE = True
FILES = {"/test/comings.sh": HERE / "comings.sh"}
DTS = (HERE / "comings.dts").read_text(encoding="utf-8")
BOOT = comings.BOOT | {"cmdline": "rounds=10000", "timeout": 20000}
