"""The program as a process of its own, and the environment that it starts in."""

import atexit
import os
import shutil
import sys
import tempfile
from functools import cache

PROGRAM = [sys.executable, "-c", "from rotor_import.cli import main; main()"]
_SET = ("ROTOR_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")


def clean(**more):
    """The environment without what the program would heed, and with more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SET)}
    return kept | {"PYTHONPYCACHEPREFIX": _compiled()} | more


@cache
def _compiled():
    """A folder for the compiled program, so that only the first of many processes compiles it.

    It is of these tests only, because a mutant may have its size and its second in common with the original.
    """
    folder = tempfile.mkdtemp(prefix="compiled")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
