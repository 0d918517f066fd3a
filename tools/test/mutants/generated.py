# SPDX-License-Identifier: GPL-2.0-only
"""Mutants that are made by rule, of every access that orders or excludes.

So what is added to the core is broken as well, without anybody thinking of it.
A mutant's name is FILE/FUNCTION/RULE, with #2, #3... where a function has the
same twice.
"""

import collections
import re

from mutant import CORE, Mutant
from source import blanked

# What is done to other CPUs' eyes: the ring and its observers.
FILES = "page_ring*.hh", "page_observer.hh", "broadcast_*.hh", \
    "spsc_fifo.hh", "mirror_fifo.hh"
# Proves invariants in tests; is no part of the ring.
NOT = "page_ring_check.hh"

# local_compare_exchange is of words of 64 bits.
NARROW = ("fault_",)

# Who knows weaker memory than this machine has. For these a local
# compare-exchange is whole and orders nothing; on a real CPU it is not whole.
WEAK = ("weak-memory", "wide-explorer", "broadcast", "wide-broadcast",
        "broadcast-threads", "linear-explorer")
ORDER = ("relaxed", "no-barrier", "unordered")


def relaxed_load(args):
    return f"P::load({args[0]})"


def relaxed_store(args):
    return f"P::store({args[0]}, {args[1]})"


def no_barrier(_):
    return "(void)0"


def blind(args):
    return f"(P::store({args[0]}, {args[2]}), true)"


def torn(args):
    at, old, new = args
    return f"(P::load({at}) == {old} && (P::store({at}, {new}), true))"


def unordered(args):
    return (None if args[0] in NARROW else
            f"P::local_compare_exchange({', '.join(args)})")


def torn_add(args):
    return f"P::store({args[0]}, P::load({args[0]}) + ({args[1]}))"


def torn_fetch_add(args):
    return (f"[&] {{ u64 was = P::load({args[0]}); "
            f"P::store({args[0]}, was + {args[1]}); return was; }}()")


def relaxed_fetch_add(args):
    return f"P::fetch_add({args[0]}, {args[1]})"


def believed(_):
    return "true"


# By what is called: the rules, each with what it breaks.
RULES = {
    "P::load_acquire": [("relaxed", relaxed_load, "an acquire is no more")],
    "P::store_release": [("relaxed", relaxed_store, "a release is no more")],
    "P::load_barrier": [("no-barrier", no_barrier, "a barrier is gone")],
    "P::store_barrier": [("no-barrier", no_barrier, "a barrier is gone")],
    "P::compare_exchange": [
        ("blind", blind, "a compare-exchange stores, whatever is there"),
        ("torn", torn, "a compare-exchange is a load and a store"),
        ("unordered", unordered, "a compare-exchange orders nothing"),
    ],
    "P::local_compare_exchange": [
        ("blind", blind, "a compare-exchange stores, whatever is there"),
        ("torn", torn, "a compare-exchange is a load and a store"),
    ],
    "P::local_add": [("torn", torn_add, "an addition is a load and a store")],
    "P::fetch_add": [("torn", torn_fetch_add, "an addition is a load and a store")],
    "P::fetch_add_release": [
        ("torn", torn_fetch_add, "an addition is a load and a store"),
        ("relaxed", relaxed_fetch_add, "a release is no more"),
    ],
    "tail_is": [("not-rechecked", believed, "the tail is not looked at again")],
    "is_still": [("not-rechecked", believed, "seq is not looked at again")],
}

CALL = re.compile(rf"(?<![\w:]){'|'.join(map(re.escape, RULES))}(?=\()"
                  .replace("|", r"(?=\()|(?<![\w:])"))
# A function's head: a body follows.
HEAD = re.compile(r"(?<!\w)(?!(?:if|for|while|switch)\b)(\w+)"
                  r"\((?:[^;{}()]|\([^;{}()]*\))*\)(?: const)?\s*\{")


def generate(tree):
    """All that the rules give for the tree's core."""
    mutants = []
    for pattern in FILES:
        for path in sorted((tree / CORE).glob(pattern)):
            if path.name != NOT:
                mutants += of_file(path)
    return mutants


def of_file(path):
    text = path.read_text()
    code = blanked(text)
    heads = list(HEAD.finditer(code))
    seen, mutants = collections.Counter(), []
    for call in CALL.finditer(code):
        if any(head.start(1) == call.start() for head in heads):
            continue  # where the function is defined
        function = [head[1] for head in heads if head.start() < call.start()][-1]
        args, end = arguments(code, call.end())
        for rule, replacement, breaks in RULES[call[0]]:
            new = replacement(args)
            if new is None:
                continue
            name = f"{path.stem}/{function}/{rule}"
            seen[name] += 1
            if seen[name] > 1:
                name += f"#{seen[name]}"
            line = text.count("\n", 0, call.start()) + 1
            mutants.append(Mutant(name, f"{breaks}: line {line}", [],
                                  text[:call.start()] + new + text[end:],
                                  WEAK if rule in ORDER else ()))
    return mutants


def arguments(code, at):
    """What stands between the parentheses that open at a place; their end."""
    depth, begin, found = 0, at + 1, []
    for end in range(at, len(code)):
        depth += (code[end] in "({[") - (code[end] in ")}]")
        if depth == 0 or depth == 1 and code[end] == ",":
            found.append(" ".join(code[begin:end].split()))
            begin = end + 1
        if depth == 0:
            return found, end + 1
    raise ValueError("a parenthesis is not closed")
