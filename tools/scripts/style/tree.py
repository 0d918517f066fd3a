# SPDX-License-Identifier: GPL-2.0-only
"""The files that are checked, and how a tool is run on them.

All that git tracks, and what it does not track but would not ignore either:
a check says the same before and after a commit.
"""

import functools
import os
import pathlib
import re
import subprocess


class CheckError(Exception):
    """A check cannot be made; the text is for the user."""


class Tree:
    def __init__(self, top):
        self.top = pathlib.Path(top)
        listing = run(["git", "ls-files", "-z", "--cached", "--others",
                       "--exclude-standard"], cwd=self.top)
        if listing.returncode:
            raise CheckError("git cannot list the files, and they are what "
                             f"is checked: {listing.stdout.strip()}")
        self.files = sorted(name for name in set(listing.stdout.split("\0"))
                            if (self.top / name).is_file())
        self.c_folders = {os.path.dirname(name) for name in self.files
                          if name.endswith(".c")}

    @functools.cache
    def text(self, name):
        return (self.top / name).read_bytes().decode(errors="replace")

    def lines(self, name):
        return self.text(name).splitlines()

    def named(self, pattern):
        """The files whose whole name matches the regular expression."""
        return [name for name in self.files if re.fullmatch(pattern, name)]

    def texts(self):
        """The files that somebody wrote: neither binary nor a licence."""
        return [name for name in self.files if "\0" not in self.text(name)
                and not name.startswith("LICENSES/")]

    def scripts(self, interpreter, suffix):
        """Scripts for an interpreter, by a suffix or by their first line."""
        shebang = re.compile(rf"#!.*[/ ]{interpreter}\b")
        return [name for name in self.files if name.endswith(suffix)
                or shebang.match(self.text(name))]

    def c_files(self):
        """What is C. A header is, unless only C++ is beside it."""
        return [name for name in self.files if name.endswith(".c")
                or name.endswith(".h") and self.is_c_header(name)]

    def cxx_files(self):
        return [name for name in self.files
                if name.endswith((".hh", ".hpp", ".cc", ".cpp"))
                or name.endswith(".h") and not self.is_c_header(name)]

    def is_c_header(self, name):
        return (name.startswith("include/")
                or os.path.dirname(name) in self.c_folders)


def run(command, **options):
    """Run a tool; what it prints, to either stream, and its exit status."""
    try:
        return subprocess.run(command, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options)
    except FileNotFoundError as error:
        raise CheckError(f"{command[0]} is not installed: "
                         "run tools/scripts/install-deps check") from error


def complaints(command, **options):
    """The lines that a tool prints; a silent failure is one as well."""
    result = run(command, **options)
    lines = result.stdout.splitlines()
    if result.returncode and not lines:
        lines = [f"{command[0]} ended with exit status {result.returncode} "
                 "and did not say why"]
    return lines
