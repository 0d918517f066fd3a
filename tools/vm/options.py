# SPDX-License-Identifier: GPL-2.0-only
"""The command line of tools/vm/run, checked and taken apart."""

import argparse
import math
import os
import pathlib
import re
import sys

import kernels

LOGS = pathlib.Path(__file__).resolve().parents[2] / "build" / "vm"
MEMORY_LEAST = 64


def parse(description):
    """The options; a usage error ends the program with status 2."""
    parser = argparse.ArgumentParser(
        usage="run [OPTION]... -- COMMAND...", description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    declare(parser.add_argument)
    args = parser.parse_args()
    try:
        refine(args)
    except ValueError as error:
        parser.error(str(error))
    return args


def declare(add):
    add("--kernel", metavar="SPEC", default=kernels.DEFAULT,
        help="see tools/vm/kernel --help; default %(default)s")
    add("--cpus", type=int, metavar="N",
        help="default 2, with --icount 1")
    add("--memory", type=int, default=1024, metavar="MIB",
        help="default %(default)s")
    add("--timeout", type=float, default=60, metavar="SECONDS",
        help="for boot and command together; default %(default)g")
    add("--icount", action="store_true",
        help="one CPU on which an instruction takes a nanosecond: each run "
        "counts the same")
    add("--in-turn", action="store_true",
        help="where CPUs are emulated, one at a time runs: for guests that "
        "patch their code, of which QEMU can run an old copy for ever else")
    add("--cpu", metavar="MODEL", help="QEMU's CPU model; default max")
    add("--accel", choices=("auto", "kvm", "tcg"), default="auto",
        help="default auto: KVM where it works, else TCG")
    add("--cmdline", metavar="WORDS", default="",
        help="more for the kernel's command line")
    add("--module", metavar="FILE.ko", action="append", default=[],
        help="put a module into /lib/kring, for the command to load")
    add("--insmod", metavar="FILE.ko[=PARAMETERS]", action="append", default=[],
        help="and load it before the command runs, in the order given")
    add("--file", metavar="HOST[:GUEST]", action="append", default=[],
        help="put a file or folder into the guest, by default as /bin/NAME, "
        "and the libraries that it needs")
    add("--out", metavar="GUEST:HOST", action="append", default=[],
        help="copy a file out of the guest after the command")
    add("--env", metavar="NAME=VALUE", action="append", default=[],
        help="set in the command's environment")
    add("--log", metavar="FILE", type=pathlib.Path,
        help="where the kernel's messages go; default "
        "build/vm/SPEC-Ncpu.log")
    add("--quiet-boot", action="store_true",
        help="no word about the boot when all is well")
    add("--shell", action="store_true",
        help="an interactive shell instead of COMMAND; its exit ends the guest")
    add("command", nargs="*", metavar="COMMAND")


def refine(args):
    """Check ARGS, fill in what depends on others, and split pairs."""
    if bool(args.command) == args.shell:
        raise ValueError("give either a COMMAND or --shell")
    if args.shell:
        if not sys.stdin.isatty():
            raise ValueError("--shell needs a terminal")
        args.timeout = math.inf
    if args.icount and (args.cpus not in (None, 1) or args.accel == "kvm"):
        raise ValueError("--icount works on one CPU and without KVM only")
    if args.cpus is None:
        args.cpus = 1 if args.icount else 2
    if args.cpus < 1 or args.memory < MEMORY_LEAST or args.timeout <= 0:
        raise ValueError("--cpus and --timeout must be above 0, --memory "
                         f"at least {MEMORY_LEAST}")
    for text in args.env:
        if not re.match(r"[A-Za-z_]\w*=", text):
            raise ValueError(f"--env {text}: not of the form NAME=VALUE")
    args.insmod = [split_insmod(text) for text in args.insmod]
    args.module += [module for module, _ in args.insmod]
    args.file = [split_file(text) for text in args.file]
    args.out = [split_out(text) for text in args.out]
    for host in args.module + [host for host, _ in args.file]:
        if not os.access(host, os.R_OK):
            raise ValueError(f"no file {host} (is it built?)")
    if not args.log:
        name = args.kernel.replace("/", "-")
        args.log = LOGS / f"{name}-{args.cpus}cpu.log"


def split_insmod(text):
    match = re.fullmatch(r"(.*?\.ko)(?:=(.*))?", text)
    if not match:
        raise ValueError(f"--insmod {text}: not of the form "
                         "FILE.ko[=PARAMETERS]")
    return match[1], match[2] or ""


def split_file(text):
    host, _, guest = text.partition(":")
    guest = guest or f"/bin/{pathlib.Path(host).name}"
    if not guest.startswith("/"):
        raise ValueError(f"--file {text}: {guest} is no absolute path")
    return host, guest


def split_out(text):
    guest, _, host = text.partition(":")
    if not guest.startswith("/") or not host:
        raise ValueError(f"--out {text}: not of the form /GUEST:HOST")
    return guest, host
