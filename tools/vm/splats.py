# SPDX-License-Identifier: GPL-2.0-only
"""Finds in a kernel log what a kernel says when something went wrong."""

import re

# What precedes a message: the time, and the task or CPU where that is on
STAMP = re.compile(r"^(?:\[ *\d+\.\d+\])?(?:\[ *[TC]\d+\])? ?")

# How a complaint begins. They are anchored: boot messages mention bugs and
# warnings of CPUs in passing.
COMPLAINT = re.compile("|".join((
    r"WARNING: ",                       # WARN(), lockdep, RCU
    r"(?:kernel )?BUG[: ]",             # BUG(), KASAN, KCSAN, page faults
    r"(?:watchdog: |NMI watchdog: )",   # soft and hard lockups
    r"(?:rcu: )?INFO: .*(?:stall|blocked for more than|non-static key"
    r"|lockdep is turned off)",
    r"UBSAN: ",
    r"refcount_t: ",
    r"DEBUG_LOCKS_WARN_ON",
    r"ODEBUG: ",
    r"(?:Oops|invalid opcode|divide error|stack segment|double fault)\b.*: ",
    r"general protection fault",
    r"(?:PANIC|Kernel panic)\b",
    r"[\w -]+ possible [\w -]+ (?:detected|dependency|deadlock)",
    r"list_(?:add|del) corruption",
    r".*page allocation failure",
    r"Out of memory: ",
    r"Call Trace:",
)))
HARMLESS = re.compile(r"(?:NMI )?watchdog: (?:Enabled|Disabled|Perf|Delayed)")

# A complaint is over at its end mark, or when the next one has its own head.
END = re.compile(r"---\[ end |Kernel Offset:")
CONTEXT = 2
LONGEST = 60


def message(line):
    return STAMP.sub("", line, count=1)


def first(lines):
    """The first complaint with its context as a list of lines, or None."""
    for at, line in enumerate(lines):
        text = message(line)
        if not COMPLAINT.match(text) or HARMLESS.match(text):
            continue
        end = next((index + 1 for index in range(at, len(lines))
                    if END.match(message(lines[index]))), len(lines))
        return lines[max(at - CONTEXT, 0):min(end, at + LONGEST)]
    return None
