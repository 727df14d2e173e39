# SPDX-License-Identifier: GPL-2.0-only
"""An initramfs: the 'newc' format of the kernel's Documentation (initramfs
buffer format).  Written here since its archive needs a device node, which only
root can make for cpio(1) to pick up.
"""
import os
import stat
from pathlib import Path, PurePosixPath


class Archive:
    def __init__(self):
        self.parts = []
        self.size = 0
        self.inode = 0
        self.directories = {"/"}

    def _put(self, data):
        pad = -(self.size + len(data)) % 4
        self.parts += [data, b"\0" * pad]
        self.size += len(data) + pad

    def _entry(self, path, mode, data=b"", rdev=(0, 0)):
        self.inode += 1
        name = path.lstrip("/").encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *rdev, len(name), 0)
        self._put(b"070701" + b"".join(b"%08x" % f for f in fields) + name)
        self._put(data)

    def directory(self, path):
        if path not in self.directories:
            self.directory(str(PurePosixPath(path).parent))
            self.directories.add(path)
            self._entry(path, stat.S_IFDIR | 0o755)

    def file(self, path, source, executable=None):
        """Add a file from a Path (symbolic links stay links inside a folder) or from bytes."""
        self.directory(str(PurePosixPath(path).parent))
        if isinstance(source, bytes):
            self._entry(path, stat.S_IFREG | (0o755 if executable else 0o644), source)
        elif source.is_symlink():
            self.symlink(path, os.readlink(source))
        else:
            mode = 0o755 if executable or source.stat().st_mode & 0o100 else 0o644
            self._entry(path, stat.S_IFREG | mode, source.read_bytes())

    def symlink(self, path, target):
        self.directory(str(PurePosixPath(path).parent))
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def console(self):
        """/dev/console, which the kernel opens for the first process."""
        self.directory("/dev")
        self._entry("/dev/console", stat.S_IFCHR | 0o600, rdev=(5, 1))

    def write(self, path):
        self._entry("TRAILER!!!", 0)
        Path(path).write_bytes(b"".join(self.parts))
        return path
