# SPDX-License-Identifier: GPL-2.0-only
"""From a spec, as the user gives it, to a kernel in the cache."""

import kernel_build
import kernel_cache
import kernel_package
from kernel_cache import KernelError

DEFAULT = "6.1-cloud"
# The parts of a cached kernel and their names in its folder. The release is
# a file too, but what one wants of it is its text.
PARTS = {"release": "release", "vmlinuz": "vmlinuz", "vmlinux": "vmlinux",
         "kdir": "build", "config": "config"}


def get(spec, update=False):
    """The folder of the kernel SPEC, made if need be."""
    if kernel_build.configuration(spec).exists():
        name, make = kernel_build.key(spec), kernel_build.build
    elif kernel_package.SPEC.fullmatch(spec):
        name, make = spec, kernel_package.fetch
    else:
        raise KernelError("this is neither VERSION[-FLAVOUR] like 6.1-cloud "
                          f"nor the name of a .config file in {kernel_build.HERE}")
    kernel = kernel_cache.find(name)
    if kernel and not update:
        return kernel
    with kernel_cache.workshop(name) as folder:
        kernel = kernel_cache.find(name)
        if not kernel or update:
            kernel = make(spec, folder)
            kernel_cache.remember(name, kernel)
    return kernel


def part(kernel, name):
    """What is to be said of a part: the release's text, others' paths."""
    path = kernel / PARTS[name]
    return path.read_text().strip() if name == "release" else str(path)
