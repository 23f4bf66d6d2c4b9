"""ZIP codes whose leading zeros a spreadsheet cut: mended where the state leaves no doubt."""

from __future__ import annotations

import re

import polars as pl

_STATES: dict[str, tuple[tuple[int, int], ...]] = {
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
"""The first three digits, as numbers, of all ZIPs of the states whose ZIPs begin with 0."""

_NAMES = {
    "armed forces europe": "AE",
    "connecticut": "CT",
    "massachusetts": "MA",
    "maine": "ME",
    "new hampshire": "NH",
    "new jersey": "NJ",
    "puerto rico": "PR",
    "rhode island": "RI",
    "virgin islands": "VI",
    "us virgin islands": "VI",
    "vermont": "VT",
}
_HOME = {"", "us", "usa", "united states", "united states of america", "pr", "puerto rico", "vi"}
_NUMBER = re.compile(r"([0-9]+)(?:-([0-9]{4}))?(\.0+)?")
_WHOLE = r"^[0-9]{5}(?:-[0-9]{4})?$"
_FULL = 5
_PLUS_4 = 4

Verdict = tuple[str | None, str | None, str | None]
"""The ZIP, why its row is rejected, and what was mended."""


def is_odd(cell: pl.Expr) -> pl.Expr:
    """Whether a cell may be other than it should: a number, and no whole ZIP. `judge_zip` leaves others alone."""
    return (cell.str.contains(f"^{_NUMBER.pattern}$") & ~cell.str.contains(_WHOLE)).fill_null(value=False)


def judge_zip(cell: str | None, state: str | None, country: str | None) -> Verdict:
    """Cells with letters, of other countries and whole ZIPs stay as they are."""
    found = _NUMBER.fullmatch(cell or "")
    abroad = _plain(country) not in _HOME
    if cell is None or found is None or abroad:
        return cell, None, None
    digits, plus, decimal = found.groups()
    if plus is None and _FULL < len(digits) <= _FULL + _PLUS_4 and len(digits) != _FULL + _PLUS_4:
        digits, plus = digits[:-_PLUS_4], digits[-_PLUS_4:]
    if len(digits) == _FULL or (plus is None and len(digits) == _FULL + _PLUS_4):
        whole = digits + (f"-{plus}" if plus else "")
        return whole, None, f"the spreadsheet's .0 was taken from ZIP {cell}" if decimal else None
    mended = digits.zfill(_FULL)
    if len(digits) < _FULL and _belongs(digits, state):
        whole = mended + (f"-{plus}" if plus else "")
        return whole, None, f"the ZIP had lost its leading zero: it was made {whole}, which is in {state}"
    why = f"in {state} no leading 0 makes it one" if state else "no state says whether a leading 0 is missing"
    if len(digits) < _FULL:
        return None, f"it is too short for a ZIP, and {why}; format the column as text and export again", None
    return None, "it has too many digits for a ZIP", None


def _belongs(digits: str, state: str | None) -> bool:
    name = _plain(state)
    code = _NAMES.get(name, name.upper())
    first = int(digits.zfill(_FULL)[:3])
    zeros = _FULL - len(digits)
    spans = _STATES.get(code, ())
    # As many zeros as the state's ZIPs begin with, no more: 501 is no ZIP of New Jersey.
    return any(low <= first <= high for low, high in spans) and zeros == (2 if first < 10 else 1)  # noqa: PLR2004 - 00x


def _plain(text: str | None) -> str:
    return (text or "").replace(".", "").strip().lower()
