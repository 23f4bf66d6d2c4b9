"""How a saved plan's file is told from a file of customers."""

from __future__ import annotations

from pathlib import Path

from rotor_import.errors import PlanError

STANDARD_INPUT = "-"
MANIFEST = "rotor-plan.json"
_HEAD = 30
"""Bytes before the first entry's name in a zip file."""


def is_saved_plan(path: Path) -> bool:
    """Whether its first bytes are a saved plan's: the first entry's name tells it from every other zip file."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD + len(MANIFEST))
    except OSError:
        return False
    return head.startswith(b"PK\x03\x04") and head[_HEAD:] == MANIFEST.encode()


def check_target(path: Path) -> None:
    """Raises PlanError if the plan would overwrite something else, or its folder is not there."""
    if path.is_dir() or (path.exists() and not is_saved_plan(path)):
        raise PlanError(f"{path} already exists and is not a saved plan. Choose another name for the plan.")
    if not path.absolute().parent.is_dir():
        raise PlanError(f"There is no folder {path.absolute().parent} for the plan. Create it, or choose another.")
