# SPDX-License-Identifier: GPL-2.0-only
"""A QEMU process, and the conversation with init in its guest."""

import dataclasses
import pathlib
import re
import select
import shutil
import subprocess
import time

# A guest under KVM that wrote not one message by then is not going to: some
# hosts offer a /dev/kvm that never starts a CPU.
KVM_PATIENCE = 5.0


@dataclasses.dataclass
class Machine:
    """What is booted, and on what."""
    vmlinuz: str
    initrd: str
    mark: str
    log: pathlib.Path
    cpus: int
    memory: int
    model: str
    cmdline: str
    icount: bool
    in_turn: bool

    def command(self, kvm):
        """The QEMU command line."""
        # Without QEMU's parent nobody would end it: setpriv sees to that.
        command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64",
                   "-nodefaults", "-no-user-config", "-display", "none",
                   "-no-reboot", "-m", str(self.memory),
                   "-kernel", self.vmlinuz, "-initrd", self.initrd,
                   "-append", self.cmdline, "-smp", str(self.cpus),
                   "-serial", f"file:{self.log}",
                   "-chardev", "stdio,id=command,signal=off",
                   "-serial", "chardev:command"]
        if kvm:
            return command + ["-accel", "kvm", "-cpu", self.model or "host"]
        command += ["-cpu", self.model or "max"]
        if self.icount:
            return command + ["-accel", "tcg,thread=single",
                              "-icount", "shift=0,sleep=off"]
        return command + ["-accel", "tcg,thread="
                          + ("single" if self.in_turn else "multi")]


def kvm_works():
    """Whether to try KVM: /dev/kvm alone says little."""
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    try:
        with open("/dev/kvm", "r+b"):
            return bool(re.search(r"^flags\b.*\b(vmx|svm)\b", flags, re.M))
    except OSError:
        return False


class Guest:
    """A running machine. Use it as a context: it does not outlive that."""

    def __init__(self, machine, kvm, stdin):
        self.machine = machine
        self.process = subprocess.Popen(
            machine.command(kvm), stdin=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def speaks(self):
        """Whether the kernel said anything while KVM_PATIENCE lasted."""
        end = time.monotonic() + KVM_PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if self.machine.log.stat().st_size:
                return True
            time.sleep(0.05)
        return False

    def chunks(self, deadline):
        """What init writes, as it comes, until the machine is switched off.

        Raises TimeoutError when that does not happen before DEADLINE.
        """
        pipe = self.process.stdout
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not select.select([pipe], [], [], min(left, 1))[0]:
                continue
            data = pipe.read1()
            if not data:
                return
            yield data

    def complaint(self):
        """What QEMU itself had to say."""
        self.process.wait()
        return self.process.stderr.read().decode(errors="replace").strip()


class Conversation:
    """Takes apart what init writes (tools/vm/init says what that is)."""

    def __init__(self, mark):
        self.mark = mark.encode()
        self.buffer = b""
        self.started = None
        self.status = None
        self.archive = b""

    def feed(self, data):
        """Take DATA in; returns what of it the command wrote."""
        if self.status is not None:
            self.archive += data
            return b""
        self.buffer += data
        if self.started is None:
            _, found = self._next(b" start\n")
            if not found:
                return b""
            self.started = time.monotonic()
        output, found = self._next(rb" exit (\d+)\n")
        if found:
            self.status = int(found[1])
            self.archive = self.buffer
            return output
        # A mark that is not complete yet stays in the buffer.
        at = self.buffer.rfind(self.mark[:1])
        tail = self.buffer[at:] if at >= 0 else b""
        if not self.mark.startswith(tail[:len(self.mark)]):
            tail = b""
        output = self.buffer[:len(self.buffer) - len(tail)]
        self.buffer = tail
        return output

    def _next(self, rest):
        """Take the next line of a mark and REST, and all before it."""
        found = re.search(re.escape(self.mark) + rest, self.buffer)
        if not found:
            return b"", None
        output = self.buffer[:found.start()]
        self.buffer = self.buffer[found.end():]
        return output, found


def check_tools():
    """What is missing on this host, as a text, or None."""
    for tool in "qemu-system-x86_64", "busybox", "setpriv":
        if not shutil.which(tool):
            return f"no {tool}; run tools/scripts/install-deps vm"
    return None
