# SPDX-License-Identifier: GPL-2.0-only
"""Disassembles the writer's fast path, and counts what must not be in it.

The fast path is the inline part of include/linux/kring.h, as in kring_bench, and
whatever the writing functions of kring.ko call or jump to, but for the
functions named in COLD. So one that is renamed or new counts as fast.
"""

import dataclasses
import re
import subprocess

from measure import BenchError

CLOCKS = ("local", "mono", "boot", "counter")
WRITERS = [f"kring_core_reserve_{clock}" for clock in CLOCKS] + ["kring_core_commit"]
# Functions of kernel/kring_writes.c
INLINED = re.compile(r"(reserve_commit|write)_\d+")

# A page is full, writers are nested, a record is refused, somebody waits.
COLD = re.compile(r"reserve_slowly|commit_slowly|publish_missed|\.cold\b|"
                  r"__kring_(no_ring|wake)|kring_nothing_was_open|preempt_schedule_notrace")

SECTION = re.compile(r"^Disassembly of section (\S+):$")
FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
CODE = re.compile(r"^\s+[0-9a-f]+:\t(.+?)\s*$")
RELOCATION = re.compile(r"^\t\t\t[0-9a-f]+: R_X86_64_\w+\t(.+)([+-]0x[0-9a-f]+)$")
BRANCH = re.compile(r"^(?:call|j\w+) +[0-9a-f]+ <(.+?)(?:\+0x[0-9a-f]+)?>$")
# From the field that a branch's relocation fills in to the end of the branch.
FIELD = 4

# What says nothing here in a C++ name.
SCOPE = re.compile(r"kring::(?:\w+<kring::platform_kernel>::)?|"
                   r"\(anonymous namespace\)::|\(.*\)(?: const)?$|"
                   r"^(?:void\*|bool) ")
LOCK = re.compile(r"\block\b|^xchg.*\(")
DIVISION = re.compile(r"^i?div[bwlq]? ")


@dataclasses.dataclass
class Function:
    """A disassembled function: its instructions, and where it branches to."""
    name: str
    code: list = dataclasses.field(default_factory=list)
    branches: list = dataclasses.field(default_factory=list)
    targets: set = dataclasses.field(default_factory=set)

    def resolve(self, sections):
        """Name the functions in SECTIONS that are named by section and offset."""
        for name, offset in self.branches:
            if name in sections:
                name = max(begin for begin in sections[name]
                           if begin[0] <= offset)[1]
            self.targets.add(name)
        self.targets.discard(self.name)

    def count(self, pattern):
        return sum(bool(pattern.search(text)) for text in self.code)

    def __str__(self):
        return (f"{SCOPE.sub('', self.name):52}{len(self.code):4} instructions, "
                f"{self.count(LOCK)} LOCK, {self.count(DIVISION)} division")


@dataclasses.dataclass
class Path:
    """The fast path, the functions that it leaves for, what it calls outside."""
    fast: list
    cold: list
    external: list

    @property
    def locks(self):
        return sum(each.count(LOCK) for each in self.fast)

    @property
    def divisions(self):
        return sum(each.count(DIVISION) for each in self.fast)


def look(modules):
    """The fast path of the modules in the folder MODULES."""
    functions = disassemble(modules / "kring.ko")
    inlined = {name: function for name, function in disassemble(
        modules / "tree/tools/bench/kernel/kring_writes.o").items()
        if INLINED.fullmatch(name)}
    functions.update(inlined)
    missing = [name for name in WRITERS if name not in functions]
    if missing or not inlined:
        raise BenchError(f"no function {(missing or [INLINED.pattern])[0]} in "
                         "the modules: see tools/bench/fast_path.py")

    fast, left = [], []
    for name in follow(functions, list(inlined) + WRITERS, COLD):
        (left if COLD.search(name) else fast).append(name)
    cold = [name for name in follow(functions, left)
            if name in functions and name not in fast]
    if not cold:
        raise BenchError("the fast path leads to no cold function: have their "
                         "names changed? See COLD in tools/bench/fast_path.py")
    return Path([functions[name] for name in fast if name in functions],
                [functions[name] for name in cold],
                sorted(name for name in fast if name not in functions))


def follow(functions, roots, end=None):
    """ROOTS and all that they lead to; not through names that match END."""
    reached = list(roots)
    for name in reached:
        if name in functions and not (end and end.search(name)):
            reached += sorted(functions[name].targets - set(reached))
    return reached


def disassemble(path):
    """The functions of the object PATH, by name."""
    result = subprocess.run(["objdump", "-drC", "--no-show-raw-insn", path],
                            stdout=subprocess.PIPE, text=True, check=True)
    functions, sections = {}, {}
    current = section = None
    for text in result.stdout.splitlines():
        if match := SECTION.match(text):
            section = sections.setdefault(match[1], [])
        elif match := FUNCTION.match(text):
            current = functions.setdefault(match[2], Function(match[2]))
            section.append((int(match[1], 16), match[2]))
        elif match := CODE.match(text):
            current.code.append(match[1])
            if match := BRANCH.match(match[1]):
                current.branches.append((match[1], 0))
        elif ((match := RELOCATION.match(text))
              and BRANCH.match(current.code[-1])):
            # objdump did not see it, and took the branch for one to what follows
            current.branches[-1] = (match[1], int(match[2], 16) + FIELD)
    for function in functions.values():
        function.resolve(sections)
    return functions
