"""Mapped rows → records: phones and emails in normal form, everything else as it is.

Each name is imported when it is asked for, so that a file is being read before what comes after it is loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rotor_import.normalize.columns import KeyRules, key_forms, normalize
    from rotor_import.normalize.order import ranked
    from rotor_import.normalize.rows_to_records import identified, records, rows
    from rotor_import.normalize.unwanted import Unwanted
    from rotor_import.normalize.validate import forms

__all__ = ["KeyRules", "Unwanted", "forms", "identified", "key_forms", "normalize", "ranked", "records", "rows"]

_HOMES = {
    "KeyRules": "columns",
    "Unwanted": "unwanted",
    "forms": "validate",
    "identified": "rows_to_records",
    "key_forms": "columns",
    "normalize": "columns",
    "ranked": "order",
    "records": "rows_to_records",
    "rows": "rows_to_records",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
