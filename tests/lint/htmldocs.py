#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The documents as HTML, with the ABI and the binding in them.

usage: htmldocs.py FOLDER
"""
import os
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lint import ROOT, kernel, said


def build(folder):
    """Make the HTML in a folder; what Sphinx warns of."""
    # Not in the cache: the kernel's script for the ABI passes over what is below a hidden folder.
    with tempfile.TemporaryDirectory() as place:
        for name, target in {"scripts": kernel() / "scripts", "sphinx": kernel() / "Documentation/sphinx",
                             "Documentation": ROOT / "Documentation"}.items():
            (Path(place) / name).symlink_to(target)
        return said("sphinx-build", "-q", "-E", "-W", "--keep-going", "-d", f"{place}/doctrees", ROOT / "Documentation", folder,
                    env=os.environ | {"srctree": str(place), "PYTHONDONTWRITEBYTECODE": "1"})


if __name__ == "__main__":
    complaints = build(Path(sys.argv[1]).resolve())
    print(complaints or f"{sys.argv[1]}/index.html", end="" if complaints else "\n")
    sys.exit(bool(complaints))
