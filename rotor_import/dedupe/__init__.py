"""Rows → customers: whose each row is, and the one record that all rows of a customer make.

`split.dedupe_rows` is the way in. It decides independent rows as columns (`clusters`, `directory_match`, `independent`)
and hands contested ones to `contested.dedupe_records`, which replays Rotor's rule over them (`replay`).
"""

from __future__ import annotations

from rotor_import.dedupe.background import Background, PendingElsewhere, PendingKeys
from rotor_import.dedupe.contested import Contested, dedupe_records
from rotor_import.dedupe.decisions import KEYLESS
from rotor_import.dedupe.split import DedupedRows, dedupe_rows

__all__ = [
    "KEYLESS",
    "Background",
    "Contested",
    "DedupedRows",
    "PendingElsewhere",
    "PendingKeys",
    "dedupe_records",
    "dedupe_rows",
]
