"""Restores the leading zeros that a spreadsheet cut from ZIP codes, if the state leaves no doubt."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from rotor_import.mapping.countries import is_in_united_states
from rotor_import.model.us_states import state_code

_PREFIXES: dict[str, tuple[tuple[int, int], ...]] = {
    "AE": ((90, 98),),
    "CT": ((60, 69),),
    "MA": ((10, 27), (55, 55)),
    "ME": ((39, 49),),
    "NH": ((30, 38),),
    "NJ": ((70, 89),),
    "PR": ((6, 7), (9, 9)),
    "RI": ((28, 29),),
    "VI": ((8, 8),),
    "VT": ((50, 54), (56, 59)),
}
"""The first three digits, as numbers, of all ZIPs in the states whose ZIPs begin with 0."""

_NUMBER = re.compile(r"([0-9]+)(?:-([0-9]{4}))?(\.0+)?")
_WHOLE = r"^[0-9]{5}(?:-[0-9]{4})?$"
_FULL = 5
_PLUS_4 = 4


class ZipRepair(NamedTuple):
    """The right ZIP, why the row is rejected instead, and what was repaired."""

    value: str | None
    fault: str | None = None
    remark: str | None = None


def needs_repair(cell: pl.Expr) -> pl.Expr:
    """Whether a cell is a number but not a whole ZIP; `repair_zip` returns all other cells as they are."""
    return (cell.str.contains(f"^{_NUMBER.pattern}$") & ~cell.str.contains(_WHOLE)).fill_null(value=False)


def repair_zip(cell: str | None, state: str | None, country: str | None) -> ZipRepair:
    """Restore leading zeros; whole ZIPs, cells with letters and ZIPs of other countries stay as they are."""
    number = _NUMBER.fullmatch(cell or "")
    if cell is None or number is None or not is_in_united_states(country or ""):
        return ZipRepair(cell)
    digits, plus, decimal = number.groups()
    if plus is None and _FULL < len(digits) <= _FULL + _PLUS_4 and len(digits) != _FULL + _PLUS_4:
        digits, plus = digits[:-_PLUS_4], digits[-_PLUS_4:]
    suffix = f"-{plus}" if plus else ""
    if len(digits) == _FULL or (plus is None and len(digits) == _FULL + _PLUS_4):
        return ZipRepair(
            digits + suffix,
            None,
            f"the .0 that a spreadsheet added to the ZIP was removed: {cell}" if decimal else None,
        )
    if len(digits) > _FULL:
        return ZipRepair(None, "too many digits for a ZIP")
    if _is_in_state(digits, state):
        whole = digits.zfill(_FULL) + suffix
        return ZipRepair(whole, None, f"the ZIP's missing leading zero was restored: {whole} is in {state}")
    why = (
        f"a leading zero doesn't make it one in {state}"
        if state
        else "without a state it's unclear whether a leading zero is missing"
    )
    return ZipRepair(None, f"too short for a ZIP, and {why}; format the column as text and export it again")


def _is_in_state(digits: str, state: str | None) -> bool:
    ranges = _PREFIXES.get(state_code(state or ""), ())
    first = int(digits.zfill(_FULL)[:3])
    zeros = _FULL - len(digits)
    # Exactly as many zeros as the state's ZIPs begin with: 501 can't be a ZIP in New Jersey.
    return any(low <= first <= high for low, high in ranges) and zeros == (2 if first < 10 else 1)  # noqa: PLR2004 - 00x
