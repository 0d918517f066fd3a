# SPDX-License-Identifier: GPL-2.0-only
"""Shell and Python scripts."""

import warnings

from tree import complaints


def shell(tree):
    names = tree.scripts("(?:ba|da)?sh", (".sh", ".bash"))
    return names and complaints(["shellcheck", "--format=gcc", *names],
                                cwd=tree.top)


def python(tree):
    names = tree.scripts("python3", ".py")
    found = names and complaints(["pyflakes3", *names], cwd=tree.top)
    return found + [error for name in names for error in miscompiled(tree, name)]


def miscompiled(tree, name):
    """What Python itself warns of; pyflakes has told where it cannot compile."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(tree.text(name), name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            pass
    return [f"{warning.filename}:{warning.lineno}: {warning.message}"
            for warning in caught]
