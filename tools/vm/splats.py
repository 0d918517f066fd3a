# SPDX-License-Identifier: GPL-2.0-only
"""Finds in a kernel log what a kernel says when something went wrong."""

import re

# What precedes a message: the time, and the task or CPU where that is on
STAMP = re.compile(r"^(?:\[ *\d+\.\d+\])?(?:\[ *[TC]\d+\])? ?")

# How a complaint begins. They are anchored, because boot messages mention
# bugs and warnings of the CPU's in passing.
COMPLAINT = re.compile("|".join((
    r"-+\[ cut here \]",                 # WARN() and BUG()
    r"WARNING: ",                        # lockdep, RCU
    # Of data races, those with a function in a module, "f [kring]": the kernel
    # has many of its own. All modules in a guest are ours.
    r"BUG: KCSAN: .*\[",
    r"(?:\[ |kernel )?BUG[: ](?! KCSAN)",  # KASAN, wait contexts, faults
    r"UBSAN: ",
    r"Oops: ",
    r"(?:invalid opcode|divide error|stack segment|int3): ",
    r"general protection fault",
    r"(?:traps: )?PANIC: ",
    r"Kernel panic",
    r"(?:NMI )?watchdog: (?:BUG|Watchdog detected)",
    r"(?:rcu: )?INFO: .*(?:stall|blocked for more than|non-static key"
    r"|lockdep is turned off)",
    r"refcount_t: ",
    r"DEBUG_LOCKS_WARN_ON",
    r"ODEBUG: ",
    r"list_(?:add|del) corruption",
    r"kmemleak: .* suspected",
    r".* page allocation failure",
    r".* invoked oom-killer",
    r"Call Trace:",
)))

# Not a complaint, though a stack trace follows soon: memory was short. What came
# of that is for the tests to see.
SHORT_OF_MEMORY = re.compile(r"\S+: vmalloc error: ")
SOON = 5

# A complaint is over at its end mark, if it has one.
END = re.compile(r"---\[ end |Kernel Offset:")
CONTEXT = 2
LONGEST = 60


def message(line):
    return STAMP.sub("", line, count=1)


def first(lines):
    """The first complaint with its context as a list of lines, or None."""
    innocent = range(0)
    for at, line in enumerate(lines):
        text = message(line)
        if SHORT_OF_MEMORY.match(text):
            innocent = range(at, at + SOON)
        if not COMPLAINT.match(text) or (at in innocent
                                         and text.startswith("Call Trace:")):
            continue
        rest = lines[at:at + LONGEST]
        end = next((index for index, text in enumerate(rest)
                    if END.match(message(text))), LONGEST)
        return lines[max(at - CONTEXT, 0):at] + rest[:end + 1]
    return None
