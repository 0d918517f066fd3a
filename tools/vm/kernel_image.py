# SPDX-License-Identifier: GPL-2.0-only
"""Gets the ELF file with the kernel's .BTF out of an x86 vmlinuz.

The boot protocol's header says where the compressed kernel lies, and the four
bytes at its end how long it is once unpacked: so there is nothing to search
for, and the result can be checked.
"""

import struct
import subprocess

from kernel_cache import KernelError

# The first bytes of a payload, and the program that unpacks it
UNPACKERS = {
    b"\x02\x21\x4c\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    b"\x1f\x8b\x08": "gzip",
}


def payload(image):
    """The compressed kernel in IMAGE, with its length behind it."""
    if image[0x202:0x206] != b"HdrS":
        raise KernelError("the vmlinuz has no x86 boot header")
    setup = (image[0x1f1] or 4) + 1
    offset, length = struct.unpack_from("<II", image, 0x248)
    return image[setup * 512 + offset:][:length]


def extract(vmlinuz, vmlinux):
    """Write the ELF kernel in the file VMLINUZ to the file VMLINUX."""
    packed = payload(vmlinuz.read_bytes())
    unpacker = next((program for magic, program in UNPACKERS.items()
                     if packed.startswith(magic)), None)
    if not unpacker:
        raise KernelError("the vmlinuz is compressed in an unknown way, "
                          f"its first bytes are {packed[:6].hex()}")
    with open(vmlinux, "wb") as file:
        # All but gzip count the length word to the payload, and complain
        # about it: the comparison below is what tells success.
        subprocess.run([unpacker, "-dc"], input=packed, stdout=file,
                       stderr=subprocess.DEVNULL, check=False)
    expected, = struct.unpack("<I", packed[-4:])
    if vmlinux.stat().st_size != expected:
        raise KernelError(f"{unpacker} unpacked {vmlinux.stat().st_size} bytes "
                          f"of the vmlinuz's {expected}")
