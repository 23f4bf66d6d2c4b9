"""Imports and syncs customers in bulk from spreadsheets into the Rotor CRM.

`plan_import(files, mapping, settings)` is the dry run, `run_import` the import, `resume` goes on with one, and `undo`
takes one back. Each gives reports with a typed `summary` and with the report's tables as polars frames. `verify`
compares Rotor with what a run left there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rotor_import.config import Settings
    from rotor_import.pipeline import (
        ImportReport,
        ProgressEvent,
        Summary,
        World,
        plan_import,
        resume,
        run_import,
        undo,
        verify,
    )

__all__ = [
    "ImportReport",
    "ProgressEvent",
    "Settings",
    "Summary",
    "World",
    "plan_import",
    "resume",
    "run_import",
    "undo",
    "verify",
]

if not TYPE_CHECKING:  # else a type checker would take every misspelled name for one that comes from here

    def __getattr__(name: str) -> Any:
        """Import what is asked for when it is asked for: `--help` needs neither polars nor sqlalchemy."""
        if name not in __all__:
            raise AttributeError(f"module 'rotor_import' has no attribute {name!r}")
        from rotor_import import pipeline  # noqa: PLC0415 - the point of this function

        return getattr(pipeline, name)
