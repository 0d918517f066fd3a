# SPDX-License-Identifier: GPL-2.0-only
"""The manual pages: what mandoc says to them, and whether libkring's has all."""

import os
import re
import shlex

from tree import complaints

FOLDER = "Documentation/man"

# Which pages of others there are is this machine's matter, and that a page is
# Linux's offends NetBSD alone.
UNWANTED = re.compile(r"referenced manual not found: Xr (?!(lib)?kring)"
                      r"|operating system explicitly specified"
                      r"|^mandoc: outdated mandoc\.db")


def mandoc(tree):
    names = [os.path.basename(name) for name in tree.named(FOLDER + r"/.*\.\d")]
    # The pages that a page names are looked for beside it.
    said = names and complaints(["mandoc", "-Tlint", "-Wstyle", *names],
                                cwd=tree.top / FOLDER)
    return [re.sub(r"^mandoc: (?=\S+\.\d:)", FOLDER + "/", line)
            for line in said if not UNWANTED.search(line)]


HEADERS = r"tools/lib/include/kring/.*\.h"
LIBRARY = FOLDER + "/libkring.3"

# A function that a header declares or has, which begins its line.
FUNCTION = re.compile(r"^(?:static inline )?([a-z_][\w *]*?)(kring_\w+)\(([^()]*)\)\s*[;{]",
                      re.MULTILINE)


def library(tree):
    """What of libkring's headers its page lacks, or has otherwise."""
    lines = tree.lines(LIBRARY) if LIBRARY in tree.files else []
    page = synopsis(lines)
    told = set(re.findall(r"^\.Fn (\w+)", "\n".join(lines[end_of_synopsis(lines):]),
                          re.MULTILINE))
    found, declared = [], set()
    for header in tree.named(HEADERS):
        for result, name, arguments in FUNCTION.findall(tree.text(header)):
            prototype = spaced(f"{result} {name}({arguments})")
            declared.add(name)
            if page.get(name) != prototype:
                found.append(f"{LIBRARY}: the synopsis should have {prototype}, of "
                             f"{header}, and has {page.get(name, 'no such function')}")
            if name not in told:
                found.append(f"{LIBRARY}: behind the synopsis nothing is said of {name}")
    return found + [f"{LIBRARY}: no header declares {name}"
                    for name in sorted(page.keys() - declared)]


def synopsis(lines):
    """The prototypes in a page's synopsis, by name."""
    found, result, name, arguments = {}, "", "", []
    for line in lines[:end_of_synopsis(lines)]:
        macro, *words = shlex.split(line[1:]) if line.startswith(".F") else [""]
        if macro == "Ft":
            result = words[0]
        elif re.fullmatch("F[no]", macro):
            name, *arguments = words
        elif macro == "Fa":
            arguments += words
        if macro in ("Fn", "Fc"):
            found[name] = spaced(f"{result} {name}({', '.join(arguments)})")
    return found


def end_of_synopsis(lines):
    return lines.index(".Sh DESCRIPTION") if ".Sh DESCRIPTION" in lines else 0


def spaced(prototype):
    """With one space where there are some, and none behind an asterisk."""
    return re.sub(r"\* ", "*", " ".join(prototype.split()))
