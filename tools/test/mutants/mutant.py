# SPDX-License-Identifier: GPL-2.0-only
"""A mutant: the core with one mistake in it."""

import dataclasses
import pathlib

CORE = pathlib.Path("src/core")
# Text of the core that is C as well, by its name here.
SHARED = {"kring_fifo_side": pathlib.Path("include/linux/kring_fifo_side.h")}


class MutantError(Exception):
    """A mutant is not what it should be; the text is for the user."""


@dataclasses.dataclass
class Mutant:
    """name is FILE/..., after the file of the core in which the mistake is."""
    name: str
    breaks: str
    edits: list             # of (old text, new text), for a written mutant
    text: str = None        # the file with the mistake, for a generated one
    killers: tuple = ()     # what can tell, if not all of them
    equivalent: str = None  # why nobody could tell

    @property
    def file(self):
        stem = self.name.partition("/")[0]
        return SHARED.get(stem, CORE / (stem + ".hh"))

    def mutated(self, tree):
        """The file with the mistake."""
        if self.text is not None:
            return self.text
        text = "\n" + (tree / self.file).read_text()
        places = []
        for old, new in self.edits:
            count = text.count("\n" + old)
            if count != 1:
                raise MutantError(
                    f"{self.name}: {self.file} has {count} places that read\n"
                    f"{old}Bring the mutant up to date: one has to be there")
            places.append((text.index("\n" + old) + 1, old, new))
        for at, old, new in sorted(places, reverse=True):
            text = text[:at] + new + text[at + len(old):]
        return text[1:]
