# SPDX-License-Identifier: GPL-2.0-only
"""How Sphinx makes HTML of these documents, with the directives of the kernel, for `make htmldocs`."""
import os
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[1]
# A tree that has the kernel's scripts and our documents: tests/lint/htmldocs.py makes it.
srctree = Path(os.environ["srctree"])
sys.path.insert(0, str(srctree / "sphinx"))

project = "emrelay"
copyright = "the emrelay authors, GPL-2.0-only"  # pylint: disable=redefined-builtin
extensions = ["kerneldoc", "kernel_abi"]
kerneldoc_bin = str(srctree / "scripts/kernel-doc")
kerneldoc_srctree = str(root)
kerneldoc_verbosity = 1
html_theme = "alabaster"
html_copy_source = False
pygments_style = "default"
highlight_language = "none"
