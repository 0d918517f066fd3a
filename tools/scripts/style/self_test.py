# SPDX-License-Identifier: GPL-2.0-only
"""Shows each check something bad, which it must find.

Every case is a file of a tree that holds nothing else, and a part of what the
check of that name has to say. Words that other checks look for are cut in two
here.
"""

import pathlib
import shutil
import tempfile

from tree import CheckError, Tree, run

KRING = pathlib.Path(__file__).resolve().parents[3]
GPL = "SPDX-License-Identifier: GPL-2.0-only"
UNLABELLED = "void f()\n{\n\tP::store_release(x, 1);\n}\n"
LABELLED = ("void f()\n{\n\t/* [a:P] pairs with [b:R]: why. */\n"
            "\tP::store_release(x, 1);\n}\n")
ACQUIRE = "void g()\n{\n\t/* [b:R] pairs with %s: why. */\n\tP::load_acquire(x);\n}\n"
PAGE = (f'.\\" {GPL}\n.Dd November 21, 2026\n.Dt A 1\n.Os Linux\n'
        ".Sh NAME\n.Nm a\n.Nd page\n.Sh SEE ALSO\n")

# check, file, its text, what is found there
CASES = (
    ("checkpatch", "src/a.c", "int f(void)\n{\n    return 0;\n}\n", "LEADING_SPACE"),
    ("checkpatch", "src/a.c", f"/* {GPL} */\n", "SPDX_LICENSE_TAG"),
    ("checkpatch", "include/a.h", "#if LINUX_VERSION_CODE > 1\n#endif\n",
     "LINUX_VERSION_CODE"),
    ("checkpatch", "src/a.c", f"int x = {'1 + ' * 30}1;\n", "LONG_LINE"),
    ("kernel-doc", "include/a.h",
     "/**\n * f - does\n * @x: this\n */\nint f(int x, int y);\n", "'y' not described"),
    ("clang-format", "src/core/a.hh", "struct a\n{\n\tint x;\n};\n", "changes line 1"),
    ("clang-format", "tools/a.h", "int  x;\n", "changes line 1"),
    ("core-source", "src/core/a.hh", "#include <linux/sched.h>\n", "linux/sched.h"),
    ("core-source", "src/core/a.hh", "#include <atomic>\n", "atomic"),
    ("core-source", "src/core/a.hh", '#include "../channel.h"\n', "channel.h"),
    ("core-source", "src/core/a.hh", "struct a {\n\tvirtual void f();\n};\n", "virtual"),
    ("core-source", "src/core/a.hh", "int *f() { return new int; }\n", "'new'"),
    ("core-source", "src/core.cc", "void f(int *x) { delete x; }\n", "'delete'"),
    ("core-source", "src/core.cc", "void f() { throw 1; }\n", "throw"),
    ("core-source", "src/core.cc", "std::atomic<int> a;\n", "std::atomic"),
    ("core-source", "src/core.cc", "thread_local int a;\n", "thread_local"),
    ("core-object", "src/core.cc", "int f();\nint a = f();\n", ".init_array"),
    ("core-object", "src/core.cc", "int f();\nint a = f();\n", "_Z1fv"),
    ("core-object", "src/core.cc", "thread_local int a;\n", ".tbss"),
    ("core-object", "src/core.cc", "int *f() { return new int; }\n", "_Znwm"),
    ("core-object", "src/core.cc", "int f(unsigned long x) "
     "{ return __builtin_popcountl(x); }\n", "__popcountdi2"),
    ("core-object", "src/core.cc", "struct a { virtual int f(); };\n"
     "int a::f() { return 1; }\n", "_ZTV1a"),
    ("core-object", "src/core.cc", "int f(int x) { }\n", "return-type"),
    ("core-object", "src/core.cc", "#include <linux/errno.h>\n", "the kernel's"),
    ("ordering", "src/core/a.hh", UNLABELLED, "a.hh:3: P::store_release without"),
    ("ordering", "src/core/a.hh", "/* [a:P] pairs with [b:R]: far. */\n\n"
     + UNLABELLED, "a.hh:5: P::store_release without"),
    ("ordering", "src/a.c", "int f(void)\n{\n\tsmp_mb();\n}\n", "smp_mb without"),
    ("ordering", "src/core/a.hh", LABELLED, "[b:R], which does not exist"),
    ("ordering", "src/core/a.hh", LABELLED + ACQUIRE % "[b:R]",
     "[b:R], which does not say so"),
    ("ordering", "src/core/a.hh", LABELLED.replace(": why", ""), "say why"),
    ("ordering", "src/core/a.hh", LABELLED.replace("pairs with [b:R]", ""),
     "[a:P] is nowhere said to pair"),
    ("ordering", "src/core/a.hh", "/* [a:P] pairs with [a:P]: why. */\n",
     "[a:P] marks nothing"),
    ("ordering", "src/core/a.hh", LABELLED + LABELLED, "[a:P] is defined again"),
    ("ordering", "src/core/a.hh", LABELLED, "memory-model.rst does not exist"),
    ("ordering", "Documentation/memory-model.rst",
     "   * - label\n     - pairs with\n   * - ``[a:P]``\n     - b R, S\n",
     "[a:P] is nowhere in the sources"),
    ("shell", "a", "#!/bin/sh\nls $1\n", "SC2086"),
    ("shell", "a.bash", "ls $1\n", "SC2086"),
    ("python", "a.py", "import os\n", "imported but unused"),
    ("python", "a", "#!/usr/bin/env python3\nif:\n", "invalid syntax"),
    ("python", "a.py", "x = '\\d'\n", "invalid escape"),
    ("manual", "Documentation/man/a.1", PAGE + ".Op Fl x\n.Xy\n", "unknown macro: .Xy"),
    ("manual", "Documentation/man/a.1", PAGE + ".Xr kring-b 1\n", "Xr kring-b 1"),
    ("library", "tools/lib/include/kring/a.h", "int kring_a(int b,\n\t    int c);\n",
     "should have int kring_a(int b, int c), of"),
    ("library", "tools/lib/include/kring/a.h", "static inline bool kring_a(void)\n{\n}\n",
     "nothing is said of kring_a"),
    ("library", "Documentation/man/libkring.3",
     ".Ft int\n.Fo kring_a\n.Fa void\n.Fc\n.Sh DESCRIPTION\n", "no header declares kring_a"),
    ("documents", "Documentation/a.rst", "=== ===\na   b\n", "a.rst:1: (ERROR/3) Malformed table"),
    ("documents", "a.rst", ".. include:: b.c\n", "a.rst:1: (SEVERE/4)"),
    ("spelling", "README.md", f"They {'rec'}ieve it.\n", "==>"),
    ("blanks", "a", "x \n", "a:1: blanks"),
    ("blanks", "a", "x\r\n", "a:1: blanks"),
    ("blanks", "a", "x", "no end of line"),
    ("leftovers", "a", f"see /{'root'}/notes\n", "a path of one machine"),
    ("leftovers", "a", f"cd /{'work'}\n", "a path of one machine"),
    ("leftovers", "a", f"/* {'FIX'}ME: later */\n", "an open end"),
    ("licences", "a.rst", "Title\n", "a.rst:1: the licence here is GPL-2.0-only"),
    ("licences", "a", "#!/bin/sh\n\n# " + GPL + "\n", "does not say so"),
    ("licences", "tools/lib/a.cc", f"/* {GPL} */\n", "OR BSD-2-Clause, and the"),
    ("licences", "include/uapi/linux/a.h", f"/* {GPL} */\n", "Linux-syscall-note"),
    ("licences", "a", f"# {GPL}\n", "LICENSES: no text of BSD-2-Clause"),
)


def self_test(checks):
    """The check of the checks: what is it that they do not find?"""
    found = [f"no case for {name}" for name in checks
             if name not in {case[0] for case in CASES}]
    for name, file, text, expected in CASES:
        with tempfile.TemporaryDirectory() as folder:
            tree = Tree(planted(pathlib.Path(folder), file, text))
            try:
                said = "\n".join(checks[name](tree)) or "nothing"
            except CheckError as error:
                said = str(error)
            if expected not in said:
                found.append(f"{name} was shown {text!r} in {file}, should have "
                             f"said '{expected}', and said: {said}")
    return found


def planted(top, file, text):
    """A tree of that one file, with kring's settings."""
    run(["git", "init", "--quiet", str(top)])
    shutil.copy(KRING / ".clang-format", top)
    path = top / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return top
