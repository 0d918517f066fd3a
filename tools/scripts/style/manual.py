# SPDX-License-Identifier: GPL-2.0-only
"""The manual pages: what mandoc says to them."""

import os
import re

from tree import complaints

FOLDER = "Documentation/man"

# Which pages of others there are is this machine's matter, and that a page is
# Linux's offends NetBSD alone.
UNWANTED = re.compile(r"referenced manual not found: Xr (?!(lib)?kring)"
                      r"|operating system explicitly specified"
                      r"|^mandoc: outdated mandoc\.db")


def mandoc(tree):
    names = [os.path.basename(name) for name in tree.named(FOLDER + r"/.*\.\d")]
    # The pages that a page names are looked for beside it.
    said = names and complaints(["mandoc", "-Tlint", "-Wstyle", *names],
                                cwd=tree.top / FOLDER)
    return [re.sub(r"^mandoc: (?=\S+\.\d:)", FOLDER + "/", line)
            for line in said if not UNWANTED.search(line)]
