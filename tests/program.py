"""The program as a process of its own, and the environment that it starts in."""

import os
import sys

PROGRAM = [sys.executable, "-c", "from rotor_import.cli import main; main()"]
_SET = ("ROTOR_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")


def clean(**more):
    """The environment without what the program would heed, and with more."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_SET)} | more
