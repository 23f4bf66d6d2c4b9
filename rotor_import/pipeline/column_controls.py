"""The controls that a column needs: those that its cells, or what the mapping says of them, give a reason for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from rotor_import.mapping import Mapping, Place
from rotor_import.model.fields import KEY_FIELDS, STATUSES, TAGS_FIELD
from rotor_import.pipeline.column_table import ColumnTable, every

_LOOKED_AT = 2_000
_MOST_VALUES = 12
_FEW_DIGITS, _MANY_DIGITS = 7, 14
_SEPARATORS = {
    "": "one in each cell",
    ",": "separated by commas",
    ";": "separated by semicolons",
    "/": "separated by slashes",
    "|": "separated by bars",
    "\n": "separated by line breaks",
    ":::": "separated by :::",
}
_PARTS = {"": "first and last name", "first": "the first name only", "last": "the last name only"}
_TITLE = ("first_name", "last_name", "company_name", "street1", "street2", "city")


@dataclass(frozen=True)
class Control:
    """`value` is what the mapping says now; `choices` are values with their words, `rows` one control each."""

    kind: Literal["select", "text", "check", "values", "order"]
    option: str
    label: str
    value: Any = ""
    choices: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    asked: str = field(default="", kw_only=True)
    """What a check sets when it is ticked."""


def controls(table: ColumnTable, mapping: Mapping, column: str, place: Place) -> list[Control]:
    """In the order in which they are shown."""
    if not place.target:
        return []
    if not place.is_plain:
        return list(_null_words(table, mapping, column))
    cells = _some(table, mapping, column)
    own = mapping.fields.get(place.target)
    rule = {} if own is None else own.model_dump(exclude_unset=True)
    return [
        *_order(place),
        *_contact(place.target, rule, cells, mapping),
        *_names_and_places(place, rule, cells),
        *_values(place.target, rule, table.cells(column, mapping.source.null_values)),
        *_null_words(table, mapping, column),
    ]


def _some(table: ColumnTable, mapping: Mapping, column: str) -> pl.Series:
    cells = table.cells(column, mapping.source.null_values).alias("cell")
    return every(cells.to_frame(), _LOOKED_AT).to_series()


def _order(place: Place) -> Iterator[Control]:
    if len(place.beside) > 1:
        yield Control("order", "order", "Order", list(place.beside))


def _contact(target: str, rule: dict[str, Any], cells: pl.Series, mapping: Mapping) -> Iterator[Control]:
    if target not in (*KEY_FIELDS, TAGS_FIELD):
        return
    digits = cells.str.count_matches("[0-9]")
    several = (cells.str.count_matches("@") > 1) if target == "email" else digits >= _MANY_DIGITS
    separated = cells.str.contains(r"[,;|\n/]|:::")
    if rule.get("split") or target == TAGS_FIELD or bool((several & separated).any()):
        now = str(rule.get("split") or "")
        known = _SEPARATORS if now in _SEPARATORS else {**_SEPARATORS, now: f"separated by {now}"}
        yield Control("select", "split", "Several in a cell", now, tuple(known.items()))
    if target == "phone" and (mapping.area_code or bool((digits == _FEW_DIGITS).any())):
        yield Control("text", "area_code", "Area code if missing", mapping.area_code)
    words = cells.str.contains(r"\p{L}{2}") & ~cells.str.contains("@")
    if target in KEY_FIELDS and (rule.get("rest") or bool(words.any())):
        yield Control(
            "check", "rest", "Keep other words of the cell in the notes", rule.get("rest") or "", asked="notes"
        )


def _names_and_places(place: Place, rule: dict[str, Any], cells: pl.Series) -> Iterator[Control]:
    target, last = place.target, place.target.rpartition("_")[2]
    if target == "name":
        parts = {"first_name": "first", "last_name": "last"}
        now = parts.get(place.fields[0], "") if len(place.fields) == 1 else ""
        hint = "“Abbott, John” and “John Abbott” are told apart cell by cell."
        yield Control("select", "part", "Take", now, tuple(_PARTS.items()), hint=hint)
    if last == "state" and (rule.get("state") or _spells_states(cells)):
        yield Control(
            "check", "state", "Write states as codes: Minnesota becomes MN", rule.get("state") or "", asked="US"
        )
    if last == "zip" and (rule.get("zip") or bool(cells.str.contains("^[0-9]{3,4}$").any())):
        words = "Restore zeros that a spreadsheet dropped"
        yield Control("check", "zip", words, rule.get("zip") or "", asked="US")
    if last == "country" and (rule.get("country") or bool((cells.str.len_chars() > 2).any())):  # noqa: PLR2004
        yield Control("check", "country", "Write countries as codes", rule.get("country") or "", asked="code")
    if target in _TITLE or last in _TITLE:
        capitals = (cells == cells.str.to_uppercase()) & cells.str.contains(r"\p{L}{3}")
        if rule.get("case") or (len(cells) and bool(capitals.mean() > 1 / 2)):  # type: ignore[operator]
            now = rule.get("case") or ""
            yield Control("check", "case", "Write words in capitals as Maple Street", now, asked=now or "title")


def _spells_states(cells: pl.Series) -> bool:
    return bool((cells.str.len_chars() > 2).any())  # noqa: PLR2004 - a code has two letters


def _values(target: str, rule: dict[str, Any], cells: pl.Series) -> Iterator[Control]:
    """What each value of a column with few of them means."""
    if target != "status":
        return
    distinct = cells.str.to_lowercase().unique(maintain_order=True).sort()
    if not 0 < len(distinct) <= _MOST_VALUES:
        return
    own = {str(key).casefold(): str(one) for key, one in (rule.get("values") or {}).items()}
    plain = not own and rule.get("otherwise") is None
    now = [
        (value, own.get(value, value if plain and value in STATUSES else rule.get("otherwise") or ""))
        for value in distinct
    ]
    choices = (*((status, f"means {status}") for status in STATUSES), ("", "means nothing: reject its rows"))
    yield Control("values", "values", "What its values mean", own, choices, tuple(now))


def _null_words(table: ColumnTable, mapping: Mapping, column: str) -> Iterator[Control]:
    """Words that mean a blank cell: those that are known, and those that the mapping says."""
    known = dict.fromkeys([*table.null_words, *(word for word in mapping.source.null_values if word)])
    cells = table.source.frame.get_column(column)
    here = [word for word in known if bool((cells == word).any())] if known else []
    if here:
        ticked = [word for word in here if word in mapping.source.null_values]
        label = f"{_or(here)} means blank, in every column"
        yield Control(
            "check",
            "null_values",
            label,
            "yes" if ticked == here else "",
            rows=tuple((word, "") for word in here),
            asked="yes",
        )


def _or(words: Sequence[str]) -> str:
    return " or ".join(f"“{word}”" for word in words)
