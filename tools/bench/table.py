# SPDX-License-Identifier: GPL-2.0-only
"""What people read: the rows as a table, and the fast path's functions."""

from rows import LIMITS

HEADS = {"instructions": "instructions, in a guest that counts them",
         "virtual ns": "ns of that guest, where an instruction is one",
         "ns": "nanoseconds, native build, medians",
         "ns between threads": "nanoseconds between threads, least"}
LINE = "  {:34}{:>9}{:>9}{:>9}{:>8}  {}"


def show(found, path, out):
    for unit, head in HEADS.items():
        print(LINE.format(head, "kring", "peer", "ratio", "limit", "")
              .strip().replace(head, f"{head:36}", 1), file=out)
        for each in found:
            if each["unit"] == unit:
                print(line(each), file=out)
        print(file=out)
    show_path(path, out)


def line(each):
    limit = LIMITS.get(each["name"])
    return LINE.format(
        each["name"], f"{each['kring']:.1f}", f"{each['peer']:.1f}",
        f"{each['ratio']:.2f}x", f"{limit:.2f}x" if limit else "",
        each["peer_name"]).rstrip()


def show_path(path, out):
    print(f"fast path, disassembled: {path.locks} LOCK, {path.divisions} "
          f"division in", file=out)
    for function in path.fast:
        print(f"  {function}", file=out)
    print("which leave it for (once a page, nested, refused)", file=out)
    for function in path.cold:
        print(f"  {function}", file=out)
    print("and call of the kernel: " + ", ".join(path.external), file=out)
    print(file=out)
