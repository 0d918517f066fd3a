# SPDX-License-Identifier: GPL-2.0-only
"""What holds for every text file, whatever its language."""

import os
import re

from tree import complaints

# What codespell takes for something else: the kernel's name of an open file.
SPELLED_SO = ("filp",)
# Macros of the manual pages are no words: .Nd, .Fo
MACRO = r"\.[A-Z][a-z]\b"

# Each is spelled so that this file does not match itself.
UNWANTED = {
    "a path of one machine": re.compile(r"(?<![\w.~$}])/(?:work|root|home)\b"),
    "an open end": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
}

LONG = 450


def spelling(tree):
    return complaints(["codespell", "--ignore-regex", MACRO,
                       "--ignore-words-list", ",".join(SPELLED_SO),
                       *tree.texts()], cwd=tree.top)


def documents(tree):
    """What docutils says of each document; what it includes is looked for beside it."""
    found = []
    for name in tree.named(r".*\.rst"):
        folder, base = os.path.split(name)
        found += [os.path.join(folder, line) for line in complaints(
            ["rst2pseudoxml", "--report=2", "--halt=5", base, os.devnull],
            cwd=tree.top / folder) if line.startswith(base)]
    return found


def blanks(tree):
    found = []
    for name in tree.texts():
        text = tree.text(name)
        if text and not text.endswith("\n"):
            found.append(f"{name}: no end of line at its end")
        if text.endswith("\n\n"):
            found.append(f"{name}: empty lines at its end")
        found += [f"{name}:{number}: blanks at the end of the line"
                  for number, line in enumerate(text.split("\n"), 1)
                  if line != line.rstrip()]
    return found


def leftovers(tree):
    return [f"{name}:{number}: {what}: {match[0]}"
            for name in tree.texts()
            for number, line in enumerate(tree.lines(name), 1)
            for what, pattern in UNWANTED.items()
            if (match := pattern.search(line))]


def long_files(tree):
    """Not a check: what is worth a look."""
    return [f"{name} has {len(tree.lines(name))} lines: is there a second "
            "subject in it?" for name in tree.texts()
            if len(tree.lines(name)) > LONG]
