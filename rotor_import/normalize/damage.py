"""What spreadsheets and wrong encodings do to values: mended where it is certain, else the row is rejected.

Each value stays a guess of nobody: a mended one is noticed, and one that lost something says so in its reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject

_SCIENTIFIC = r"^[+-]?\d(?:[.,]\d+)?[eE]\+?(?:0?[6-9]|1[0-5])$"
_WHOLE = r"^\+?\d{7,15}[.,]0+$"
_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"^(?:(?:19|20)\d\d-\d\d-\d\d(?:[ T]\d\d:\d\d.*)?|\d{{1,2}}/\d{{1,2}}/(?:19|20)?\d\d"
    rf"|\d{{1,2}}[- ]{_MONTH}(?:[- ]\d{{2,4}})?|{_MONTH}[- ]\d{{1,4}})$"
)
_LOST = "\ufffd"
_CONTINUED = "\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
_CONTINUED += "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
_GARBLED = re.compile(f"[\u00c2-\u00f4][{_CONTINUED}]")
_ODD = f"{_LOST}|[\u00c2-\u00f4][{_CONTINUED}]"

_SCIENCE = (
    "a spreadsheet wrote this phone as a number with an exponent, so digits are lost: "
    "format the column as text there, and export again"
)
_DATED = "a spreadsheet made a date of it: format the column as text there, and export again"
_BROKEN = "letters of it are lost or garbled: export the file again as UTF-8"
_MENDED = "its letters were garbled by a wrong encoding; read as {!r}"
_STRIPPED = "a spreadsheet had made a number of it; read as {!r}"


@dataclass(frozen=True)
class _Verdict:
    """`value` is what to go on with; `reason` rejects the row instead, `note` tells of the mending."""

    value: str
    reason: str = ""
    note: str = ""


def mend(table: MappedTable) -> MappedTable:
    """Phones and e-mails are lists of candidates still; every other field is text, tags a list of it."""
    frame = table.frame
    rejects: list[Reject] = []
    notices: list[Notice] = []
    for name in frame.columns:
        if name in ("row", "source_key", "region", "id"):
            continue
        verdicts = _verdicts(frame, name)
        if not verdicts:
            continue
        for row, value, verdict in _struck(frame, name, verdicts):
            if verdict.reason:
                rejects.append(Reject(table.file, row, name, value, verdict.reason))
            else:
                notices.append(Notice(table.file, row, name, value, verdict.note))
        frame = _replaced(frame, name, {old: new.value for old, new in verdicts.items()})
    gone = {reject.row for reject in rejects}
    return replace(
        table,
        frame=frame.filter(~pl.col("row").is_in(sorted(gone))) if gone else frame,
        rejects=(*table.rejects, *rejects),
        notices=(*table.notices, *(notice for notice in notices if notice.row not in gone)),
    )


def _verdicts(frame: pl.DataFrame, name: str) -> dict[str, _Verdict]:
    """For each distinct value that looks damaged; no other goes through Python."""
    pattern = f"{_SCIENTIFIC}|{_WHOLE}|{_DATE}" if name in KEY_FIELDS else _ODD
    cells = frame.get_column(name)
    values = cells.explode() if cells.dtype == pl.List(pl.String) else cells
    odd = values.filter(values.str.contains(pattern).fill_null(value=False)).unique()
    found = {value: _judge(name, value) for value in odd}
    return {value: verdict for value, verdict in found.items() if verdict.reason or verdict.note}


def _judge(name: str, value: str) -> _Verdict:
    if name not in KEY_FIELDS:
        return _ungarbled(value)
    if re.match(_DATE, value):
        return _Verdict(value, reason=_DATED)
    if name == "phone" and re.match(_SCIENTIFIC, value):
        return _Verdict(value, reason=_SCIENCE)
    if name == "phone" and re.match(_WHOLE, value):
        whole = re.split("[.,]", value)[0]
        return _Verdict(whole, note=_STRIPPED.format(whole))
    return _Verdict(value)


def _ungarbled(value: str) -> _Verdict:
    """UTF-8 that was read as Windows-1252 comes back whole, or it was more than that."""
    if _LOST in value:
        return _Verdict(value, reason=_BROKEN)
    if not _GARBLED.search(value):
        return _Verdict(value)
    try:
        mended = b"".join(map(_byte, value)).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return _Verdict(value, reason=_BROKEN)
    return _Verdict(mended, note=_MENDED.format(mended))


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")  # five bytes have no letter in Windows-1252, and pass through as they are


def _struck(frame: pl.DataFrame, name: str, verdicts: Mapping[str, _Verdict]) -> Iterator[tuple[int, str, _Verdict]]:
    """Each row and value that a verdict is about."""
    cells = frame.select("row", pl.col(name).alias("value"))
    if cells.schema["value"] == pl.List(pl.String):
        cells = cells.explode("value")
    for row, value in cells.filter(pl.col("value").is_in(list(verdicts))).iter_rows():
        yield row, value, verdicts[value]


def _replaced(frame: pl.DataFrame, name: str, values: Mapping[str, str]) -> pl.DataFrame:
    old, new = list(values), list(values.values())
    if frame.schema[name] == pl.List(pl.String):
        return frame.with_columns(pl.col(name).list.eval(pl.element().replace(old, new)))
    return frame.with_columns(pl.col(name).replace(old, new))
