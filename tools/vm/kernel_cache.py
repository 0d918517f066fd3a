# SPDX-License-Identifier: GPL-2.0-only
"""Where unpacked and built kernels are kept, and how one gets in there.

A kernel is a folder kernels/<key>/ of the cache, complete and never changed
from the moment it has that name; the key says what it was made from. The link
specs/<spec> remembers what a kernel asked for by spec turned out to be, so
that asking again needs neither a network nor time.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(os.environ.get("XDG_CACHE_HOME")
                    or pathlib.Path.home() / ".cache") / "kring"
KERNELS = ROOT / "kernels"
SPECS = ROOT / "specs"


class KernelError(Exception):
    """A kernel cannot be had; the text is for the user."""


def progress(text):
    print(f"kernel: {text}", file=sys.stderr, flush=True)


def find(spec):
    """The folder of the kernel that SPEC stands for, or None."""
    link = SPECS / spec.replace("/", ":")
    return link.resolve() if link.exists() else None


def remember(spec, kernel):
    """Let SPEC stand for the folder KERNEL from now on."""
    SPECS.mkdir(parents=True, exist_ok=True)
    link = SPECS / spec.replace("/", ":")
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.symlink_to(os.path.relpath(kernel, SPECS))
    fresh.replace(link)


@contextlib.contextmanager
def workshop(name):
    """A folder to make the kernel NAME in, for one run at a time.

    Others wait, and then find what this one made. What a run that was killed
    left behind goes.
    """
    ROOT.mkdir(parents=True, exist_ok=True)
    name = name.replace("/", ":")
    with open(ROOT / f".lock-{name}", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another run to finish {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        folder = ROOT / f"tmp-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(folder, key):
    """Move the finished FOLDER to its name. An earlier copy is as good."""
    kernel = KERNELS / key
    KERNELS.mkdir(parents=True, exist_ok=True)
    if not kernel.exists():
        folder.rename(kernel)
    return kernel
