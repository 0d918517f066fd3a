# SPDX-License-Identifier: GPL-2.0-only
"""Acquire and release come in pairs, and each says which is its other half.

Before every statement of the core that orders memory, and before the kernel's
barriers in the shim, stands a comment with a label. One that reads

    [page_ring:P1] pairs with [reader:R2] and [observer:O1]: why

defines it; [page_ring:P1] alone marks another place of the same label. What a
label pairs with pairs with it. The table in Documentation/memory-model.rst
says the same, in columns headed "label" and "pairs with" (reader R2, R3).
"""

import re

from source import blanked, comments

TABLE = "Documentation/memory-model.rst"

# platform.hh declares the operations, and uses none.
SOURCES = r"(?!src/core/platform\.hh)(src|include)/.*\.(hh|cc|c|h)"
USE = re.compile(r"\bP::(?:load_acquire|store_release|compare_exchange|"
                 r"fetch_add_release|load_barrier|store_barrier)\b"
                 r"|\bsmp_(?:load_acquire|store_release|mb|rmb|wmb)\b")

NAME = r"\[([a-z_]+:[A-Z][A-Z0-9]*)\]"
LABEL = re.compile(rf"(?:^|(?<=[.;] )){NAME}")
DEFINITION = re.compile(rf"{NAME} pairs with "
                        rf"({NAME}(?:(?:,| and|, and) {NAME})*)(: \w)?")


def ordering(tree):
    labels = Labels()
    for name in tree.named(SOURCES):
        labels.read(name, tree.text(name))
    found = labels.found + labels.unpaired()
    if TABLE not in tree.files:
        return found + [f"{TABLE} does not exist, and has the table of labels"]
    return found + labels.compare(table_of(tree.text(TABLE)))


def table_of(text):
    """What the rows of list-tables say: by label, its other halves."""
    table, label, pairs = {}, None, None
    for row in re.split(r"(?m)^ *\* - ", text)[1:]:
        row = re.split(r"\n\S", row)[0]
        cells = [" ".join(cell.split()) for cell in re.split(r"(?m)^ *- ", row)]
        if {"label", "pairs with"} <= set(cells):
            label, pairs = cells.index("label"), cells.index("pairs with")
        elif label is not None and len(cells) > max(label, pairs):
            for name in re.findall(NAME, cells[label]):
                table[name] = set(halves(cells[pairs]))
    return table


def halves(cell):
    """The labels that "reader R2, R3, observer O1" stands for."""
    area = None
    for word in re.findall(r"\w+", cell):
        if word[0].islower():
            area = word
        else:
            yield f"{area}:{word}"


class Labels:
    """What the sources say of each label."""

    def __init__(self):
        self.places = {}  # by label: a place that it marks
        self.pairs = {}   # by label: where it is defined, its other halves
        self.found = []

    def read(self, name, text):
        marks, labels, used = {}, {}, set()
        for begin, end, words in comments(text):
            place = f"{name}:{begin + 1}"
            for definition in DEFINITION.finditer(words):
                self.define(place, definition)
            labels[place] = LABEL.findall(words)
            if labels[place]:
                marks |= dict.fromkeys(range(begin, end), place)

        raw, bare = text.splitlines(), blanked(text).splitlines()
        for number, line in enumerate(bare):
            for use in USE.findall(line):
                place = mark_before(number, raw, bare, marks)
                used.add(place)
                if place is None:
                    self.found.append(f"{name}:{number + 1}: {use} without a "
                                      "label before it")

        # In C a label may also stand before what orders memory by the way.
        for place, label in ((place, label) for place, here in labels.items()
                             for label in here):
            if place in used or name.endswith((".c", ".h")):
                self.places.setdefault(label, place)
            else:
                self.found.append(f"{place}: [{label}] marks nothing here")

    def define(self, place, definition):
        label, others = definition[1], re.findall(NAME, definition[2])
        if label in self.pairs:
            self.found.append(f"{place}: [{label}] is defined again, first in "
                              f"{self.pairs[label][0]}")
        if not definition[definition.re.groups]:
            self.found.append(f"{place}: [{label}] does not say why: that "
                              "comes after what it pairs with and a colon")
        self.pairs[label] = place, others

    def unpaired(self):
        found = [f"{place}: [{label}] is nowhere said to pair with anything"
                 for label, place in self.places.items()
                 if label not in self.pairs]
        for label, (place, others) in self.pairs.items():
            for other in others:
                if other not in self.pairs:
                    found.append(f"{place}: [{label}] pairs with [{other}], "
                                 "which does not exist")
                elif label not in self.pairs[other][1]:
                    found.append(f"{place}: [{label}] pairs with [{other}], "
                                 "which does not say so")
        return found

    def compare(self, table):
        found = [f"{TABLE}: [{label}] is missing"
                 for label in sorted(self.pairs.keys() - table.keys())]
        for label, others in table.items():
            if label not in self.pairs:
                found.append(f"{TABLE}: [{label}] is nowhere in the sources")
            elif others != set(self.pairs[label][1]):
                found.append(f"{TABLE}: [{label}] pairs with {text_of(others)}, "
                             f"in {self.pairs[label][0]} with "
                             f"{text_of(self.pairs[label][1])}")
        return found


def text_of(labels):
    return ", ".join(f"[{label}]" for label in sorted(labels)) or "nothing"


def mark_before(number, raw, bare, marks):
    """The mark in the statement around a line, or right before it."""
    while number not in marks:
        number -= 1
        if number < 0 or not raw[number].strip() or \
                re.search(r"[;{}]\s*$", bare[number]):
            return None
    return marks[number]
