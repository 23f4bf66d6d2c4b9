"""Damage that spreadsheets and wrong encodings do to cells: repaired where certain, else the row is rejected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.model.sameness import composed
from rotor_import.normalize.garbled import MOJIBAKE_OR_LOST, ungarbled
from rotor_import.normalize.unicode_form import composed_frame

_CUT = "Excel dropped some of its digits; format the column as text and export it again"
_DATED = "a spreadsheet turned it into a date; format the column as text and export it again"
_GARBLED = "letters garbled by a wrong encoding; export the file again as UTF-8"

_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
_EXCEL_SCIENTIFIC = r"^[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}$"
"""Scientific notation as a spreadsheet writes it. Stricter than for phones, since an id may contain an E of its own."""
_DECIMAL = re.compile(r"(\+?[0-9]{7,15})[.,]0+")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]m)?z?)?"
_WORDED = re.compile(
    rf"(?:[0-9]{{1,2}}[- ]{_MONTH}(?:[- ,]+[0-9]{{2,4}})?|{_MONTH}[- ][0-9]{{1,4}}(?:,? [0-9]{{4}})?){_TIME}",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"(?:([0-9]{{4}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}})|([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\5([0-9]{{4}}|[0-9]{{2}}))"
    rf"{_TIME}",
    re.IGNORECASE,
)

_REPLACED = "\ufffd"


_DATE_SHAPE = rf"^(?i-u:{_WORDED.pattern})$|^[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}}"


@dataclass(frozen=True)
class Damage:
    """A checked cell: `value` is its repaired text, `note` says what was repaired, and a `fault` rejects the row."""

    value: str
    note: str = ""
    fault: str = ""


def key_damage(name: str, text: str) -> Damage:
    """The damage of one candidate for a phone or an email."""
    found = unmixed(text)
    if found.fault:
        return found
    text = found.value
    if name == "phone":
        if _SCIENTIFIC.fullmatch(text):
            return Damage("", fault=_CUT)
        decimal = _DECIMAL.fullmatch(text)
        if decimal:
            return Damage(decimal[1], note="the .0 that a spreadsheet added was removed")
    return Damage("", fault=_DATED) if _is_date(text) else found


@lru_cache(maxsize=1 << 14)
def unmixed(text: str) -> Damage:
    """The cell decoded again, where its UTF-8 was read as another encoding and the whole cell comes out right."""
    if _REPLACED in text:
        return Damage("", fault=_GARBLED)
    whole = ungarbled(text)
    if whole is None:
        return Damage("", fault=_GARBLED)
    if whole == text:
        return Damage(text)
    whole = composed(whole.removeprefix("\ufeff"))
    return Damage(whole, note=f"letters garbled by a wrong encoding were fixed: {whole}")


def may_be_date(text: pl.Expr) -> pl.Expr:
    """Whether `key_damage` might call an ASCII text a date."""
    return text.str.contains(_DATE_SHAPE)


def repair(table: MappedTable) -> MappedTable:
    """Repair the source key and every field but phone and email, whose candidates are checked one after another.

    All their texts are in one Unicode form then.
    """
    frame = table.frame
    foreign = frame.select(_is_foreign(pl.col(name)) for name in _texts(frame))
    frame = composed_frame(frame, foreign)
    notices, rejects = list(table.notices), list(table.rejects)
    for name in _suspects(frame, foreign):
        repaired = _column(frame, name)
        if repaired is None:
            continue
        for row, value, fault, note in repaired.told:
            if fault:
                rejects.append(Reject(table.file, row, name, value, fault))
            else:
                notices.append(Notice(table.file, row, name, value, note, "fixed"))
        frame = repaired.frame
    for row, value in _cut_keys(frame):
        rejects.append(Reject(table.file, row, "source_key", value, _CUT))
    gone = {reject.row for reject in rejects}
    frame = frame.filter(~pl.col("row").is_in(gone)) if gone else frame
    return replace(
        table,
        frame=frame,
        rejects=tuple(rejects),
        notices=tuple(notice for notice in notices if notice.row not in gone),
    )


def _texts(frame: pl.DataFrame) -> list[str]:
    names = [name for name, kind in frame.schema.items() if kind == pl.String and name != "region"]
    return [name for name in names if name not in KEY_FIELDS]


def _suspects(frame: pl.DataFrame, foreign: pl.DataFrame) -> list[str]:
    """The fields that may hold garbled text. Only non-ASCII text can be, and that is quick to check."""
    cells = [frame.get_column(name).filter(foreign.get_column(name)) for name in foreign.columns]
    if TAGS_FIELD in frame.columns:
        tags = frame.get_column(TAGS_FIELD).list.explode(keep_nulls=False, empty_as_null=False)
        cells.append(tags.filter(tags.to_frame().select(_is_foreign(pl.first())).to_series()))
    garbled = {cell.name for cell in cells if len(cell) and cell.str.contains(MOJIBAKE_OR_LOST).any()}
    return [name for name in frame.columns if name in garbled]


def _is_foreign(text: pl.Expr) -> pl.Expr:
    return text.str.len_bytes() != text.str.len_chars()


@dataclass(frozen=True)
class _Repaired:
    """A frame with one column repaired; `told` are the row, the file's value, the fault and the note of each damage."""

    frame: pl.DataFrame
    told: list[tuple[int, str, str, str]]


def _column(frame: pl.DataFrame, name: str) -> _Repaired | None:
    """The frame with this column repaired, None where nothing is damaged."""
    listed = frame.schema[name] != pl.String
    cells = frame.select("row", pl.col(name).alias("cell"))
    cells = cells.explode("cell") if listed else cells
    garbled = cells.filter(pl.col("cell").str.contains(MOJIBAKE_OR_LOST)).unique(maintain_order=True)
    damages = {text: unmixed(text) for text in garbled.get_column("cell").unique().to_list()}
    if name == "source_key":  # an id is not language: only a letter that is certainly lost counts
        damages = {text: damage for text, damage in damages.items() if _REPLACED in text}
    changed = {text: damage.value for text, damage in damages.items() if damage.fault or damage.value != text}
    if not changed:
        return None
    told = [
        (row, text, damages[text].fault, damages[text].note) for row, text in garbled.iter_rows() if text in changed
    ]
    swap = (pl.element() if listed else pl.col(name)).replace(list(changed), list(changed.values()))
    repaired = pl.col(name).list.eval(swap) if listed else pl.when(swap != "").then(swap)
    return _Repaired(frame.with_columns(repaired.alias(name)), told)


def _cut_keys(frame: pl.DataFrame) -> Iterator[tuple[int, str]]:
    """Ids that Excel cut to three digits: many customers share such an id."""
    cut = frame.get_column("source_key").str.contains(_EXCEL_SCIENTIFIC)
    if cut.any():
        yield from frame.select("row", "source_key").filter(cut).iter_rows()


def _is_date(text: str) -> bool:
    if _WORDED.fullmatch(text):
        return True
    found = _NUMBERED.fullmatch(text)
    if found is None:
        return False
    if found[1]:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        return 1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31  # noqa: PLR2004 - a calendar
    smaller, larger = sorted((int(found[4]), int(found[6])))
    return 1 <= smaller <= 12 and larger <= 31  # noqa: PLR2004 - a calendar
