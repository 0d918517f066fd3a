# SPDX-License-Identifier: GPL-2.0-only
"""Every file's first line says its licence, the one of its place."""

import re

LINE = re.compile(r"\W*SPDX-License-Identifier: (?P<licence>.+?)(?: \*/| -->)?")
IDENTIFIER = re.compile(r"^(?:Valid-License|SPDX-Exception)-Identifier: (.+)",
                        re.MULTILINE)
LIBRARY = "LGPL-2.1-only OR BSD-2-Clause"

# The first that matches the beginning of a file's name holds.
RULES = {
    r"include/uapi/": "GPL-2.0 WITH Linux-syscall-note",
    r"tools/lib/test/": "GPL-2.0-only",
    r"tools/lib/": LIBRARY,
    # of the core, what libkring shares
    r"src/core/(platform|tagged_link|record|page_(view|observer|span)"
    r"|broadcast_(slot|consumer))\.hh": LIBRARY,
    r"": "GPL-2.0-only",
}

# Their format has no comments.
SILENT = re.compile(r"LICENSES/.*|.*\.(json|png|svg)")


def spdx(tree):
    texts = {identifier for name in tree.named("LICENSES/.*")
             for identifier in IDENTIFIER.findall(tree.text(name))}
    found = [f"LICENSES: no text of {identifier}" for identifier
             in sorted(set(re.split(r" (?:OR|WITH) ", " OR ".join(RULES.values()))))
             if identifier not in texts]
    for name in tree.files:
        if SILENT.fullmatch(name):
            continue
        right = next(licence for rule, licence in RULES.items()
                     if re.match(rule, name))
        said = licence_of(tree.lines(name))
        if said != right:
            found.append(f"{name}:1: the licence here is {right}, and the file "
                         + (f"says {said}" if said else "does not say so"))
    return found


def licence_of(lines):
    """What the first line says, or the one after a #! line."""
    first = lines[1 if lines and lines[0].startswith("#!") else 0:][:1]
    match = first and LINE.fullmatch(first[0])
    return match["licence"] if match else None
