# SPDX-License-Identifier: GPL-2.0-only
"""C++: its look, and what the core must not use.

The core runs in a kernel without C++'s run-time library, and knows nothing of
that kernel. The text is looked through here, what the compiler made of it in
core_object.py.
"""

import pathlib
import re
import tempfile

import core_object
from source import blanked
from tree import complaints

CLANG_FORMAT = "clang-format-19"

FORBIDDEN = re.compile(r"""
    \b(?P<word> virtual | throw | try | catch | typeid | dynamic_cast
              | thread_local | operator | std::atomic\w* )\b
  | \b(?P<new> new )\b (?!\s*\()
  | (?<!=\s) \b(?P<delete> delete )\b
""", re.VERBOSE)

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])(.*?)[>"]')

# Headers of libstdc++ that need no library behind them.
STANDARD = {"cstdint", "cstddef", "type_traits", "concepts", "bit", "compare",
            "limits", "new", "utility", "array", "span", "optional"}

FLAGS = ("-std=c++20", "-ffreestanding", "-O2", "-Wall", "-Wextra", "-Werror",
         "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
         "-fno-asynchronous-unwind-tables", "-Isrc/core/freestanding")


def clang_format(tree):
    names = tree.cxx_files()
    lines = names and complaints([CLANG_FORMAT, "--dry-run", "-Werror", *names],
                                 cwd=tree.top)
    wrong = {}
    for line in lines:
        if match := re.match(r"(.*):(\d+):\d+: error: ", line):
            wrong.setdefault(match[1], {})[match[2]] = True
    return [f"{name}: {CLANG_FORMAT} -i changes line {', '.join(numbers)}"
            for name, numbers in wrong.items()] or lines


def core_source(tree):
    return [complaint for name in tree.named(r"src/core/.*\.(hh|h|cc)|src/core\w*\.cc")
            for complaint in forbidden_in(tree, name)]


def forbidden_in(tree, name):
    code = blanked(tree.text(name)).splitlines()
    for number, (line, bare) in enumerate(zip(tree.lines(name), code), 1):
        if bare.lstrip().startswith("#"):
            include = INCLUDE.match(line)
            if include and not may_include(tree, name, *include.groups()):
                yield f"{name}:{number}: the core does not include {include[2]}"
        elif match := FORBIDDEN.search(bare):
            yield f"{name}:{number}: the core does not use '{match[0].strip()}'"


def may_include(tree, name, kind, target):
    if kind == "<":
        return target in STANDARD
    place = (tree.top / name).parent / target
    return any(place.resolve() == (tree.top / header).resolve() for header
               in tree.named(r"src/core/.*|src/core\w*\.h|include/uapi/.*"
                             r"|include/linux/kring_(spans|fifo_side)\.h"))


def core_build(tree):
    """The objects that were built of the present text, and one made now."""
    newest = max(((tree.top / name).stat().st_mtime for name
                  in tree.named(r"src/core(/.*|\w*\.cc|\w*\.h)")), default=0)
    built = [*tree.top.glob("src/core*.o"), *tree.top.glob("build/**/src/core*.o")]
    found = []
    for path in built:
        if path.stat().st_mtime > newest:
            found += core_object.forbidden_in(path, path.relative_to(tree.top))
    return found + [complaint for source in tree.named(r"src/core\w*\.cc")
                    for complaint in compiled_now(tree, source)]


def compiled_now(tree, source):
    with tempfile.TemporaryDirectory() as folder:
        path, rule = pathlib.Path(folder, "core.o"), pathlib.Path(folder, "core.d")
        errors = complaints(["g++", *FLAGS, "-MD", "-MF", str(rule), "-c",
                             "-o", str(path), source], cwd=tree.top)
        if errors or not path.exists():
            return errors
        read = rule.read_text().replace("\\\n", " ").split()
        return core_object.forbidden_in(path, f"g++ {source}") + [
            f"{source}: reads {header}, the kernel's" for header in read
            if re.match(r"/.*/(linux|asm(-generic)?)/", header)]
