# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own style scripts, out of Debian's package of its source.

They are kept in the cache; unpacking them takes some seconds, once.
"""

import pathlib
import subprocess
import sys

from tree import CheckError

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "vm"))
import kernel_build
from kernel_cache import ROOT, KernelError, progress, workshop

# checkpatch.pl reads the two last ones.
FILES = ("checkpatch.pl", "kernel-doc", "spelling.txt",
         "const_structs.checkpatch")


def path(name):
    """Where the script NAME is."""
    home = ROOT / f"scripts-{kernel_build.SOURCE}"
    try:
        if not home.exists():
            with workshop(home.name) as folder:
                if not home.exists():
                    unpack(folder).rename(home)
    except (KernelError, OSError, subprocess.CalledProcessError) as error:
        raise CheckError(f"cannot get the kernel's {name}: {error}") from error
    return str(home / name)


def unpack(folder):
    """Unpack the scripts below FOLDER; in which folder they are."""
    tarball, _ = kernel_build.source_tarball(folder)
    scripts = f"{kernel_build.SOURCE}/scripts"
    progress(f"taking {' '.join(FILES)} out of {tarball.name}")
    subprocess.run(["tar", "-xf", tarball, "-C", folder, "--occurrence=1",
                    *(f"{scripts}/{name}" for name in FILES)], check=True)
    return folder / scripts
