# SPDX-License-Identifier: GPL-2.0-only
"""C: what the kernel's checkpatch.pl and kernel-doc say to it.

clang-format does not rule C. It contradicts checkpatch (char * const), it
does not know the kernel's iterators, and it would undo the columns of the
UAPI header's constants and fields.
"""

import os
import pathlib
import tempfile

import kernel_scripts
from tree import complaints

WIDTH = 120

# What checkpatch.pl says that is not wanted, and why.
IGNORED = {
    # a message stays in one piece, so that it can be searched for
    "LONG_LINE_STRING",
    # a lock's comment is its line in the structure's kernel-doc, and that
    # there is one is what kernel-doc checks
    "UNCOMMENTED_DEFINITION",
    # what a macro is given twice here is a name, of a field or a function;
    # what would take an expression is a function itself
    "MACRO_ARG_REUSE",
}

# And where one file is different by its nature.
IGNORED_IN = {
    # the one place for differences between kernels
    "src/compat.h": {"LINUX_VERSION_CODE", "CONSTANT_COMPARISON"},
    # exports functions that are C++, by declarations for each of them
    "src/exports.c": {"EXPORT_SYMBOL", "MULTISTATEMENT_MACRO_USE_DO_WHILE"},
    "src/exports_linear.c": {"EXPORT_SYMBOL", "MULTISTATEMENT_MACRO_USE_DO_WHILE"},
    # is C++ to the core, which defines those words otherwise
    "include/linux/kring_fifo_side.h": {"COMPLEX_MACRO",
                                        "PREFER_DEFINED_ATTRIBUTE_MACRO"},
    # _Static_assert, without the C library's name for it
    "include/uapi/linux/kring.h": {"CAMELCASE"},
}


def checkpatch(tree):
    script = kernel_scripts.path("checkpatch.pl")
    alike = {}
    for name in tree.c_files():
        ignored = frozenset(IGNORED | IGNORED_IN.get(name, set()))
        alike.setdefault(ignored, []).append(name)
    found = []
    with tempfile.TemporaryDirectory() as root:
        # Where it looks for names in CamelCase that exist already: none.
        pathlib.Path(root, "include").mkdir()
        for ignored, names in alike.items():
            found += complaints(
                ["perl", script, "--no-tree", f"--root={root}", "--strict",
                 "--terse", "--show-types", "--no-summary",
                 f"--max-line-length={WIDTH}", f"--ignore={','.join(ignored)}",
                 "-f", *names],
                cwd=tree.top, env=os.environ | {"GIT_DIR": root + "/none"})
    for litter in tree.top.glob(".checkpatch-camelcase.*"):
        litter.unlink()
    return found


def kernel_doc(tree):
    script = kernel_scripts.path("kernel-doc")
    headers = [name for name in tree.c_files() if name.endswith(".h")]
    return [line for name in headers
            for line in complaints(["perl", script, "-none", "-Werror", name],
                                   cwd=tree.top)]
