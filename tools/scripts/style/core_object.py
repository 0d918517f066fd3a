#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Says what objects of the core contain that no kernel serves.

Constructors that nobody would run, thread-local data, unwind tables, and calls
into C++'s run-time library all compile without a word.
"""

import argparse
import re
import sys

from tree import CheckError, run

SECTION = re.compile(r"\[ *\d+\] (?:\.rela)?"
                     r"(\.(?:(?:pre)?init_array|fini_array|ctors|dtors|tbss|"
                     r"tdata|eh_frame|gcc_except_table|text\.startup)\b\S*)")

# The core is the only C++ there is, so that no mangled name has an owner.
UNDEFINED = re.compile(r"_Z.*|__cxa_.*|__gxx_.*|_Unwind_.*|__dynamic_cast|"
                       r"__tls_get_addr|__u?(?:div|mod|divmod)[sdt]i\d|"
                       r"__popcount[sdt]i2|__c[lt]z[sdt]i2")
# Type information, virtual tables, guards of static variables in functions
DEFINED = re.compile(r"_ZT[ISV].*|_ZGV.*")


def forbidden_in(path, called):
    """What the object PATH should not contain; it is CALLED so in messages."""
    sections = set(SECTION.findall(output("readelf", "-SW", path)))
    symbols = [line.split()[-2:] for line in output("nm", path).splitlines()]
    # such kernels run the constructors that KASAN and KCSAN themselves ask for
    if any(name.startswith("__asan_") for _, name in symbols):
        sections.discard(".init_array")
    if any(name.startswith("__tsan_") for _, name in symbols):
        sections -= {".init_array.00099", ".text.startup"}
    return ([f"{called}: section {name}" for name in sorted(sections)]
            + [f"{called}: calls for {name}, which no kernel has"
               for kind, name in symbols
               if kind == "U" and UNDEFINED.fullmatch(name)]
            + [f"{called}: contains {name}" for kind, name in symbols
               if kind != "U" and DEFINED.fullmatch(name)])


def output(*command):
    result = run([str(word) for word in command])
    if result.returncode:
        raise CheckError(f"{command[0]} cannot read the object: "
                         f"{result.stdout.strip()}")
    return result.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("objects", nargs="+", metavar="OBJECT")
    try:
        found = [line for path in parser.parse_args().objects
                 for line in forbidden_in(path, path)]
    except CheckError as error:
        sys.exit(f"core_object: {error}")
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
