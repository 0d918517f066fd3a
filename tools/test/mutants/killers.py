# SPDX-License-Identifier: GPL-2.0-only
"""What mutants are run against, the cheapest first."""

import dataclasses
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[2]
OUT = TREE / "build" / "test" / "mutants"

# Tests that see a file of the core by themselves; all others through a ring.
DIRECT = {
    "record": ("record_test.cc", "page_view_test.cc"),
    "tagged_link": ("record_test.cc",),
    "page_observer": ("page_bytes_test.cc",),
    "broadcast_slot": ("broadcast_ring_test.cc",),
    "broadcast_consumer": ("broadcast_ring_test.cc",),
    "spsc_fifo": ("spsc_fifo_test.cc", "record_fifo_test.cc"),
    "kring_fifo_side": ("spsc_fifo_test.cc", "record_fifo_test.cc"),
    "record_fifo": ("record_fifo_test.cc",),
    "mirror_fifo": ("mirror_fifo_test.cc",),
}


# How they say what they found: the core's tests, the explorer.
FOUND = (r"\[  FAILED  \] ([\w/.]+)",
         r'"scenario":"([^"]+)".*"violation":"([^"]+)"')


class BuildError(Exception):
    """Something does not compile; the text is what the compiler said."""


class BaselineError(Exception):
    """The core fails as it is; the text is for the user."""


@dataclasses.dataclass
class Killer:
    """build is a target of the Makefile here, run a program in a mutant's tree.
    Seconds are of processor time: a mutant that takes longer hangs. Files are
    those of the core that it uses."""
    name: str
    build: str
    run: list
    seconds: int
    memory: int = 2 << 30
    files: str = r".*"

    def uses(self, path):
        return re.match(self.files, path.name)


def explore(effort, *scenarios, program="build/explore"):
    return [program, f"--effort={effort}", "--jobs=1", "--stop-at-first",
            "--json", *scenarios]


def explore_broadcast(effort, *scenarios):
    return explore(effort, *scenarios, program="build/explore-broadcast")


def core_test(program, only):
    return [program, "--gtest_brief=1", "--gtest_fail_fast",
            f"--gtest_filter={only}"]


LINKED = "build/core-test"
# The searches of the core's tests: what they find, the explorer finds sooner. But for clocks.
SEARCHES, CLOCKS = "pages/*", "pages/*.coarse_clock*"

BROADCAST, LINEAR = r"broadcast", r"(spsc|record|mirror|kring)_fifo|linear"
PAGES, NOT_LINEAR = rf"(?!{BROADCAST}|{LINEAR})", rf"(?!{LINEAR})"

KILLERS = [
    Killer("tests", "linked", core_test(LINKED, f"-{SEARCHES}"), 8,
           files=NOT_LINEAR),
    Killer("weak-memory", "explored", explore(
        "quick", "weak-reader", "weak-reader-discard", "weak-reader-nested",
        "weak-observer", "weak-observer-joins", "weak-count", "weak-peek"), 60,
        files=PAGES),
    Killer("clocks", "linked", core_test(LINKED, CLOCKS), 20, files=PAGES),
    Killer("explorer", "explored", explore("quick"), 200, files=PAGES),
    # What needs more than the smallest bounds.
    Killer("wide-explorer", "explored", explore(
        "check", "count-nested", "weak-head", "weak-peek", "weak-count"), 300,
        files=PAGES),
    Killer("broadcast", "explored-broadcast", explore_broadcast("quick"), 60,
           files=BROADCAST),
    Killer("wide-broadcast", "explored-broadcast", explore_broadcast("check"), 200,
           files=BROADCAST),
    # Who writes to a slot when; of memory, as it needs much and uses little.
    Killer("broadcast-threads", "threads", core_test(
        "build/threads-test", "*producers_alone:*last_moment"), 120, 0, BROADCAST),
    # Beside a ring of their own only, so that nothing else is to be linked.
    Killer("linear-tests", "linear", core_test("build/linear-test", "*"), 30,
           files=LINEAR),
    Killer("linear-explorer", "explored-linear",
           explore("quick", program="build/explore-linear"), 30, files=LINEAR),
]


class Copy:
    """A copy of the core and its tests, to make a mistake in."""

    def __init__(self):
        OUT.mkdir(parents=True, exist_ok=True)
        self.folder = tempfile.TemporaryDirectory(prefix="tree-", dir=OUT)
        self.path = pathlib.Path(self.folder.name)
        for part in "include", "src/core", "tools/test":
            shutil.copytree(TREE / part, self.path / part,
                            ignore=shutil.ignore_patterns("vm", "__pycache__"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def build(self, target, along=()):
        make("-C", HERE, target, f"OUT={OUT}", f"TREE={self.path}",
             f"ALONG={' '.join(along)}")

    def run(self, killer):
        """What the killer found, or None."""
        program = self.path / killer.run[0]
        status, output = processes.run([program, *killer.run[1:]], self.path,
                                       killer)
        if status == 0:
            return None
        for pattern in FOUND:
            match = re.search(pattern, output)
            if match:
                return ": ".join(match.groups())
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            return "it hangs"
        if status < 0:
            return f"it dies of {signal.Signals(-status).name}"
        return (output.strip().splitlines() or ["it fails"])[-1]


def make(*arguments):
    """Runs make; BuildError if that fails."""
    done = subprocess.run(["make", "--no-print-directory", *map(str, arguments)],
                          text=True, errors="replace", check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise BuildError(done.stdout)


class Processes:
    """What runs now, so that it can be ended."""

    def __init__(self):
        self.lock = threading.Lock()
        self.live = set()

    def run(self, command, folder, killer):
        """The exit status of a program in its limits, and what it printed."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_CPU, (killer.seconds,) * 2)
            if killer.memory:
                resource.setrlimit(resource.RLIMIT_AS, (killer.memory,) * 2)

        with tempfile.TemporaryFile("w+", errors="replace") as output:
            with self.lock:
                process = subprocess.Popen(
                    command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                    stderr=subprocess.STDOUT, start_new_session=True,
                    preexec_fn=limit)
                self.live.add(process)
            try:
                # Others may use the processors, too; it may also wait for ever.
                process.wait(20 * killer.seconds)
            except subprocess.TimeoutExpired:
                pass
            self.end(process)
            output.seek(0)
            return process.returncode, output.read()

    def end(self, process):
        with self.lock:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.live.discard(process)

    def end_all(self):
        for process in list(self.live):
            self.end(process)


processes = Processes()


class Baseline:
    """Whether the core as it is passes the killers: asked once of each, when
    its first mutant comes to it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.seconds = {}

    def expect(self, killer):
        with self.lock:
            if killer.name in self.seconds:
                return
            begin = time.monotonic()
            with Copy() as copy:
                copy.build(killer.build)
                found = copy.run(killer)
            if found:
                raise BaselineError(
                    f"the core without any mistake fails '{killer.name}' ({found}):"
                    " nothing can be said about mutants until that is mended")
            self.seconds[killer.name] = time.monotonic() - begin
