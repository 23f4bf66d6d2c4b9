"""Mapped rows → records: phones and emails in normal form, everything else as it is.

Each name is imported when it is asked for, so that a file is being read before what comes after it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotor_import.model.late_names import late_name

if TYPE_CHECKING:
    from rotor_import.normalize.columns import KeyRules, key_forms, normalize
    from rotor_import.normalize.order import ranked
    from rotor_import.normalize.rows_to_records import identified, records, rows
    from rotor_import.normalize.unwanted import Unwanted
    from rotor_import.normalize.validate import forms

__all__ = ["KeyRules", "Unwanted", "forms", "identified", "key_forms", "normalize", "ranked", "records", "rows"]

_HOMES = {
    "KeyRules": "normalize.columns",
    "Unwanted": "normalize.unwanted",
    "forms": "normalize.validate",
    "identified": "normalize.rows_to_records",
    "key_forms": "normalize.columns",
    "normalize": "normalize.columns",
    "ranked": "normalize.order",
    "records": "normalize.rows_to_records",
    "rows": "normalize.rows_to_records",
}


def __getattr__(name: str) -> Any:
    return late_name(__name__, _HOMES, name)
