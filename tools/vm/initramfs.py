# SPDX-License-Identifier: GPL-2.0-only
"""Makes the guest's file system: a cpio archive in memory, written directly
so that it takes neither root nor a copy of any file.
"""

import os
import pathlib
import re
import stat
import subprocess

BUSYBOX = "/bin/busybox"


class Initramfs:
    def __init__(self):
        self.archive = bytearray()
        self.names = set()

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        """Append one header and its DATA, in the format "newc".

        The first entry of a name is the one that counts.
        """
        name = name.strip("/")
        if name in self.names:
            return
        parent = os.path.dirname(name)
        if parent:
            self.folder(parent)
        self.names.add(name)
        path = name.encode() + b"\0"
        fields = (len(self.names), mode, 0, 0, 1, 0, len(data), 0, 0, *device,
                  len(path), 0)
        self.archive += b"070701" + b"".join(b"%08X" % f for f in fields) + path
        self._pad()
        self.archive += data
        self._pad()

    def _pad(self):
        self.archive += bytes(-len(self.archive) % 4)

    def folder(self, name):
        self._entry(name, stat.S_IFDIR | 0o755)

    def node(self, name, *device):
        self._entry(name, stat.S_IFCHR | 0o600, device=device)

    def link(self, name, target):
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def data(self, name, data, mode=0o644):
        self._entry(name, stat.S_IFREG | mode, data)

    def add(self, host, guest):
        """Copy a file or a folder, and the libraries that a program needs."""
        host = pathlib.Path(host)
        if host.is_dir():
            self.folder(guest)
            for child in sorted(host.iterdir()):
                self.add(child, f"{guest}/{child.name}")
            return
        content = host.read_bytes()
        self.data(guest, content, stat.S_IMODE(host.stat().st_mode))
        if content.startswith(b"\x7fELF") and os.access(host, os.X_OK):
            for library in libraries(host):
                self.data(library, pathlib.Path(library).read_bytes(), 0o755)

    def shell(self):
        """busybox under all of its names, and the places init mounts on."""
        self.add(BUSYBOX, "/bin/busybox")
        applets = subprocess.run([BUSYBOX, "--list"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.split()
        for applet in applets:
            if applet != "busybox":
                self.link(f"/bin/{applet}", "busybox")
        for name in "proc", "sys", "dev", "tmp":
            self.folder(name)
        # what the kernel opens for init, before init can mount devtmpfs
        self.node("/dev/console", 5, 1)

    def finish(self):
        """The complete archive."""
        self._entry("TRAILER!!!", 0)
        return self.archive


def libraries(program):
    """The shared libraries that PROGRAM loads; none when it is static."""
    listing = subprocess.run(["ldd", program], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True).stdout
    return re.findall(r"(/\S+) \(0x", listing)
