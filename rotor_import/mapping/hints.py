"""What could be better about a column, and the line of the mapping that would do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.schema import Mapping
from rotor_import.model.column_uses import KEY, Hint, Use
from rotor_import.model.fields import ADDRESSES, BOOLEAN_FIELD, ID_FIELD, KEY_FIELDS
from rotor_import.model.null_words import NULL_WORDS, says_null
from rotor_import.model.us_states import state_codes

_SAMPLE = 5_000
"""The most rows that are looked at, evenly from the whole file; the hints of a longer one say so."""
_SHOWN = 5
_CASED = frozenset(
    ("first_name", "last_name", "company_name", *(name for unit in ADDRESSES.values() for name in unit[:3]))
)
_FEWEST = 2
"""The fewest cells that tell how a column is written."""
_NULL = "probably means blank"
_NULL_VALUES = "source: {null_values: …}"
_AREA_CODE = 'area_code: "{}"'
_LOCAL = 7
_SIGNS = (";", "/", "|", "\n", ",")
_NUMBERS = 14
"""Digits of two phones without their area codes."""


@dataclass(frozen=True)
class _Look:
    """A way in which a cell can be odd; `most` says that it takes half of the column's cells to tell it."""

    odd: pl.Expr
    words: str
    fix: str
    most: bool = False


def hints(mapping: Mapping, cells: pl.DataFrame, values: pl.DataFrame, uses: dict[str, list[Use]]) -> Iterator[Hint]:
    """`cells` are the file's, `values` the fields that they became, row by row."""
    found = list(_each(mapping, cells, values, uses))
    null_words = dict.fromkeys(word for hint in found if hint.fix == _NULL_VALUES for word in hint.examples)
    own = mapping.model_dump(exclude_unset=True).get("source", {})
    line = f"source: {_flow({**own, 'null_values': [*(own.get('null_values') or ['']), *null_words]})}"
    for hint in found:  # one line serves all columns
        yield replace(hint, fix=line) if hint.fix == _NULL_VALUES else hint


def null_note(found: Sequence[Hint]) -> str:
    """One sentence about all columns with null words, '' where there are none."""
    about = [hint for hint in found if hint.words.startswith(_NULL)]
    if not about:
        return ""
    columns = ", ".join(dict.fromkeys(hint.column for hint in about))
    words = ", ".join(dict.fromkeys(repr(word) for hint in about for word in hint.examples))
    return (
        f"{columns}: {words} would be imported as text. If that means blank, list it under null_values in the "
        "mapping's source"
    )


def _each(mapping: Mapping, cells: pl.DataFrame, values: pl.DataFrame, uses: dict[str, list[Use]]) -> Iterator[Hint]:
    step = -(-max(cells.height, 1) // _SAMPLE)
    settings = mapping.model_dump(exclude_unset=True)
    few, few_values = cells.gather_every(step), values.gather_every(step)
    where = "" if step == 1 else f", in a sample of {few.height:,} rows"
    for column, own in uses.items():
        for name in dict.fromkeys(use.field for use in own if use.field not in (KEY, ID_FIELD, BOOLEAN_FIELD)):
            cell, value = few.get_column(column).alias("cell"), few_values.get_column(name).alias("value")
            sample = pl.DataFrame([cell, value, few_values.get_column("row")])
            for look in _odd_ones(list(_looks(settings, name, mapping.fields[name], sample)), sample):
                odd = sample.filter(look.odd.fill_null(value=False))
                found = tuple(odd.get_column("cell").unique(maintain_order=True).head(_SHOWN))
                rows = tuple(odd.get_column("row").head(_SHOWN))
                fix = look.fix.format(_area_code(sample)) if look.fix is _AREA_CODE else look.fix
                yield Hint(column, name, look.words + where, fix, odd.height, rows, found)


def _odd_ones(looks: Sequence[_Look], sample: pl.DataFrame) -> Iterator[_Look]:
    """The looks that find something, of those with the same words the first; all are tried at once."""
    if not looks:
        return
    counts = sample.select(look.odd.fill_null(value=False).sum().alias(str(at)) for at, look in enumerate(looks))
    filled = sample.height - sample.get_column("cell").null_count()
    told: set[str] = set()
    for look, count in zip(looks, counts.row(0), strict=True):
        if look.words not in told and count >= (max(_FEWEST, filled / 2) if look.most else 1):
            told.add(look.words)
            yield look


def _looks(settings: dict[str, Any], name: str, rule: FieldRule, sample: pl.DataFrame) -> Iterator[_Look]:
    cell = pl.col("cell")
    own = settings["fields"][name]
    if name in KEY_FIELDS:
        yield from _key_looks(name, rule, own, settings)
        return
    if name in _CASED and rule.case is None and rule.values is None and rule.origin in ("column", "first_of", "name"):
        spoken = cell.str.contains(r"\p{L}{3}") & ~cell.str.to_lowercase().is_in(sorted(NULL_WORDS))
        flat = (cell == cell.str.to_uppercase()) | (cell == cell.str.to_lowercase())
        words = "all capitals or all lowercase"
        yield _Look(spoken & flat, words, _line(name, own, case="title"), most=True)
    if rule.values is None:
        yield _Look(says_null(cell) & pl.col("value").is_not_null(), _NULL, _NULL_VALUES)
    if name.endswith("_state") and rule.state is None and rule.values is None:
        yield from _state_looks(sample.get_column("cell"), _line(name, own, state="US"))


def _state_looks(cells: pl.Series, fix: str) -> Iterator[_Look]:
    """A look at the cells that spell a state otherwise than by its code, if it has several spellings in the column."""
    ways = cells.unique(maintain_order=True).drop_nulls().alias("cell").to_frame()
    known = ways.with_columns(state_codes(pl.col("cell")).alias("code")).drop_nulls("code")
    several = known.filter(pl.len().over("code") > 1)
    if several.is_empty():
        return
    said = ", ".join(several.filter(pl.col("code") == several.item(0, "code")).get_column("cell").head(_SHOWN))
    others = several.filter(pl.col("cell") != pl.col("code")).get_column("cell")
    yield _Look(pl.col("cell").is_in(others.implode()), f"the same state is spelled in several ways ({said})", fix)


def _key_looks(name: str, rule: FieldRule, own: dict[str, Any], settings: dict[str, Any]) -> Iterator[_Look]:
    cell = pl.col("cell")
    if rule.split is None and rule.labels is None and rule.rest is None and rule.origin in ("column", "first_of"):
        for sign in _SIGNS:
            digits = cell.str.count_matches("[0-9]")
            several = cell.str.count_matches("@") > 1 if name == "email" else digits >= _NUMBERS
            parted = several & cell.str.contains(sign, literal=True)
            yield _Look(parted, "more than one in a cell", _line(name, own, split=sign))
    if name == "phone" and not settings.get("area_code") and settings.get("region", "US") == "US":
        local = (cell.str.count_matches("[0-9]") == _LOCAL) & pl.col("value").is_null()
        yield _Look(local, "no area code", _AREA_CODE)


def _area_code(sample: pl.DataFrame) -> str:
    """The column's most common one; where there is none, a blank that a mapping refuses until somebody fills it in."""
    codes = sample.get_column("value").drop_nulls().str.extract(r"^\+1([2-9][0-9]{2})").drop_nulls()
    return str(codes.mode().sort()[0]) if len(codes) else "___"


def _line(name: str, own: dict[str, Any], **more: str) -> str:
    """A field's line with something more in its rule, as it can be written into the mapping."""
    rule = {key: value for key, value in own.items() if value is not None} | more
    return f"{name}: {_flow(rule)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    plain = text.replace(" ", "").replace("-", "").replace("_", "")
    if plain.isalpha() and text.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
