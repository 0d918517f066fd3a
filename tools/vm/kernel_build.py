# SPDX-License-Identifier: GPL-2.0-only
"""Kernels built from Debian's linux-source package, for what no packaged
kernel offers. Each tools/vm/NAME.config makes one.

One with a line "# based on OTHER.config" has all lines of that as well, less
those that it has another value for.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import time

from kernel_cache import KernelError, progress, publish
from kernel_package import unpack, with_apt

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = "linux-source-6.1"
# What building a module takes of the built tree: 60 MB of 1.5 GB
KEPT = ("Makefile", ".config", "Module.symvers", "include", "scripts",
        "arch/x86/Makefile*", "arch/x86/include", "tools/objtool/objtool")


def configuration(name):
    return HERE / f"{name}.config"


BASE = re.compile(r"^# based on ([\w.-]+)\.config$", re.M)
# CONFIG_X=value, or # CONFIG_X is not set
SYMBOL = re.compile(r"(?:# )?(CONFIG_\w+)[= ]")


def values(name):
    """By symbol, the lines of a configuration and of what it is based on."""
    text = configuration(name).read_text()
    base = BASE.search(text)
    lines = values(base[1]) if base else {}
    for line in text.splitlines():
        if symbol := SYMBOL.match(line):
            lines[symbol[1]] = line
    return lines


def fragment(name):
    return "".join(f"{line}\n" for line in values(name).values())


def key(name):
    """Changes whenever a value of the configuration does."""
    digest = hashlib.sha256(fragment(name).encode()).hexdigest()
    return f"{name}-{digest[:12]}"


def source_tarball(folder):
    """The kernel's source, installed or put into FOLDER, and its version."""
    installed = pathlib.Path("/usr/src") / f"{SOURCE}.tar.xz"
    if installed.exists():
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}",
                                  SOURCE], stdout=subprocess.PIPE,
                                 text=True).stdout or "unknown"
        return installed, version
    files = with_apt(None, lambda apt: apt.download([SOURCE], folder))
    unpack(files[SOURCE], folder, f".{installed}")
    return (folder / installed.relative_to("/"),
            files[SOURCE].name.split("_")[1])


def source_tree(folder):
    """Unpack the kernel's source below FOLDER; its top, and its version."""
    tarball, version = source_tarball(folder)
    progress(f"unpacking {tarball.name}, version {version}")
    subprocess.run(["tar", "-xf", tarball, "-C", folder], check=True)
    return folder / SOURCE, version


# Variables of a make that this may run under, which would change the build
FOREIGN = re.compile(r"(GNU)?MAKE.*|MFLAGS|K?BUILD.*|K[A-Z]*FLAGS|ARCH|"
                     r"CROSS_COMPILE|[CMOVW]|CC|LLVM")


def make(tree, *args, **options):
    """Start make in TREE."""
    environment = {name: value for name, value in os.environ.items()
                   if not FOREIGN.fullmatch(name)}
    return subprocess.Popen(["make", "-C", tree, *args], env=environment,
                            stdin=subprocess.DEVNULL, **options)


def configure(tree, name):
    """Configure TREE: NAME's values on top of allnoconfig, none dropped."""
    path = tree / f"{name}.fragment"
    path.write_text(fragment(name))
    with make(tree, "-s", "allnoconfig", f"KCONFIG_ALLCONFIG={path}") as run:
        pass
    if run.returncode:
        raise KernelError(f"make allnoconfig failed with {path}")
    result = set((tree / ".config").read_text().splitlines())
    dropped = [line for line in values(name).values()
               if line.startswith("CONFIG_") and line not in result]
    if dropped:
        raise KernelError(f"kconfig dropped these lines of {name}.config, their "
                          "dependencies are not met: " + ", ".join(dropped))


def compile_all(tree, log):
    """Build kernel and modules in TREE, with a line of progress at times."""
    compiler = ["CC=ccache gcc"] if shutil.which("ccache") else []
    steps, last = 0, time.monotonic()
    with open(log, "w") as file, \
         make(tree, f"-j{len(os.sched_getaffinity(0))}", *compiler, "bzImage",
              "modules", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
              text=True) as run:
        for line in run.stdout:
            file.write(line)
            steps += 1
            if time.monotonic() - last > 10:
                last = time.monotonic()
                progress(f"step {steps}: {line.strip()}")
    if run.returncode:
        tail = "".join(log.read_text().splitlines(keepends=True)[-30:])
        raise KernelError(f"the build failed, its last lines are:\n{tail}")


def build(name, folder):
    """Build the kernel NAME into the cache by way of FOLDER."""
    tree, version = source_tree(folder)
    configure(tree, name)
    progress(f"building {name} from {SOURCE} {version}, this takes minutes")
    compile_all(tree, folder / "log")
    kernel = folder / "kernel"
    kernel.mkdir()
    release = (tree / "include/config/kernel.release").read_text().strip()
    (kernel / "release").write_text(f"{release}\n")
    (tree / "arch/x86/boot/bzImage").rename(kernel / "vmlinuz")
    (tree / "vmlinux").rename(kernel / "vmlinux")
    shutil.copy(tree / ".config", kernel / "config")
    keep(tree, kernel / "build")
    return publish(kernel, f"{release}_{version}_{key(name)}")


def keep(tree, place):
    """Move what the builds of modules need from TREE to PLACE."""
    for pattern in KEPT:
        for path in tree.glob(pattern):
            target = place / path.relative_to(tree)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
