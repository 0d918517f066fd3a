# SPDX-License-Identifier: GPL-2.0-only
"""Mutants that were thought of, one by one: the files NAME.mutants.

NAME.mutants breaks src/core/NAME.hh. A mutant begins with its name and what it
breaks; then come hunks as in a diff, without line numbers: what they remove and
keep has to be in the file exactly once. An empty line ends a hunk.

    mutant later-clock: the clock is read before the word
     			write_word word{P::load(slot.write)};
    +			u64 now = C::now();

    -				u64 now = C::now();
    equivalent:
    A paragraph that argues why no test could tell, where that is so.

A generated mutant is argued about in the same way, with neither words nor hunks:

    generated reserve/local-torn
    equivalent:
    ...
"""

import re

from mutant import Mutant, MutantError

HEAD = re.compile(r"mutant (?P<name>[\w-]+): (?P<breaks>.+)"
                  r"|generated (?P<generated>[\w/#:-]+)")


def read(path):
    """The mutants of one file, and the arguments for generated ones by name."""
    mutants, arguments = [], {}
    for entry in re.split(r"(?m)^(?=mutant|generated)", path.read_text())[1:]:
        head, _, body = entry.partition("\n")
        match = HEAD.fullmatch(head)
        if not match:
            raise MutantError(f"{path.name}: '{head}' is neither 'mutant NAME: "
                              "WHAT IT BREAKS' nor 'generated NAME'")
        hunks, _, argument = body.partition("equivalent:\n")
        argument = " ".join(argument.split()) or None
        if match["generated"]:
            if hunks.strip() or not argument:
                raise MutantError(f"{path.name}: '{head}' needs an argument "
                                  "why it is equivalent, and nothing else")
            arguments[f"{path.stem}/{match['generated']}"] = argument
        else:
            name = f"{path.stem}/{match['name']}"
            edits = [edit(name, hunk) for hunk in re.split(r"\n\n+", hunks)
                     if hunk.strip()]
            if not edits:
                raise MutantError(f"{name} changes nothing: give it a hunk")
            mutants.append(Mutant(name, match["breaks"], edits,
                                  equivalent=argument))
    return mutants, arguments


def edit(name, hunk):
    """The old and the new text that a hunk stands for."""
    old, new = "", ""
    for line in hunk.strip("\n").split("\n"):
        sign, rest = line[:1], line[1:] + "\n"
        if sign not in ("+", "-", " "):
            raise MutantError(f"{name}: '{line}' is no line of a hunk: it begins "
                              "with neither +, - nor a blank")
        old += rest if sign != "+" else ""
        new += rest if sign != "-" else ""
    if old == new or not old:
        raise MutantError(f"{name}: a hunk neither removes nor keeps anything, "
                          "or changes nothing")
    return old, new
