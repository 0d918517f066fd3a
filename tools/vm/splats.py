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
    r"(?:\[ |kernel )?BUG[: ]",          # KASAN, KCSAN, wait contexts, faults
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

# A complaint is over at its end mark, if it has one.
END = re.compile(r"---\[ end |Kernel Offset:")
CONTEXT = 2
LONGEST = 60


def message(line):
    return STAMP.sub("", line, count=1)


def first(lines):
    """The first complaint with its context as a list of lines, or None."""
    for at, line in enumerate(lines):
        if not COMPLAINT.match(message(line)):
            continue
        rest = lines[at:at + LONGEST]
        end = next((index for index, text in enumerate(rest)
                    if END.match(message(text))), LONGEST)
        return lines[max(at - CONTEXT, 0):at] + rest[:end + 1]
    return None
