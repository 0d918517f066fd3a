# SPDX-License-Identifier: GPL-2.0-only
"""C and C++ text, taken apart only as far as the checks need it."""

import re

TOKEN = re.compile(r"""
    (?P<comment> /\*.*?\*/ | //[^\n]*)
  | (?P<literal> "(?:\\.|[^"\\\n])*" | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')
""", re.VERBOSE | re.DOTALL)


def blanked(text):
    """The text with comments and literals blanked out, all else in its place."""
    return TOKEN.sub(lambda token: re.sub(r"[^\n]", " ", token[0]), text)


def comments(text):
    """Each comment's lines, from 0, its first one and the one behind it, and
    its words on one line."""
    for token in TOKEN.finditer(text):
        if token["comment"] is None:
            continue
        begin = text.count("\n", 0, token.start())
        words = re.sub(r"(?m)^\s*\*(?!/)|^/\*|\*/$|^//", " ", token[0]).split()
        yield begin, begin + token[0].count("\n") + 1, " ".join(words)
