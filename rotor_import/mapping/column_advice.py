"""What a mapping could do better for a file's columns: null words, names in capitals, states in several spellings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.schema import Mapping, placeholders
from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, KEY_FIELDS
from rotor_import.model.null_words import NULL_WORDS, null_words_in
from rotor_import.model.rows import ColumnNote, SourceTable
from rotor_import.model.us_states import state_codes

_NAMED = ("first_name", "last_name", "company_name")
_LINES = ("street1", "street2", "city")
_SAMPLE = 4_000
"""Rows of a file, spread over all of it, that are looked at first: what they don't have is not counted."""
_MOST = 0.5
"""The share of names in capitals, or without any, from which the column is written so."""
_FEWEST = 2
_SHOWN = 5
_NULL = "words that mean blank would be imported as text"
_CAPITALS = "written in capitals, or without any; case: title in the mapping writes it as names are written"
_Fits = Callable[[str, FieldRule], bool]


def column_notes(mapping: Mapping, table: SourceTable) -> tuple[ColumnNote, ...]:
    """At most one note of each kind for each column that the mapping uses, in the file's order."""
    columns = Columns(table.frame.columns, str(table.path))
    frame = table.frame
    step = max(1, -(-frame.height // _SAMPLE))
    sample = frame.gather_every(step)
    notes = [
        *_null_words(frame, sample, _columns(mapping, columns, _may_say_null)),
        *_capitals(frame, sample, _columns(mapping, columns, _is_name)),
        *_states(frame, _columns(mapping, columns, _is_state)),
    ]
    return tuple(sorted(notes, key=lambda note: frame.columns.index(note.column)))


def null_note(notes: Sequence[ColumnNote]) -> str:
    """One sentence about all columns with null words, '' where there are none."""
    about = [note for note in notes if note.reason.startswith(_NULL)]
    if not about:
        return ""
    words = dict.fromkeys(note.example for note in about)
    said = ", ".join(f"{word!r}" for word in words)
    return (
        f"{', '.join(note.column for note in about)}: {said} would be imported as text; null_values in the mapping's "
        f"source makes cells blank"
    )


def _columns(mapping: Mapping, columns: Columns, fits: _Fits) -> list[str]:
    """The file's columns that fields draw on for which `fits` holds."""
    found: dict[str, None] = {}
    for name, rule in mapping.fields.items():
        if not fits(name, rule):
            continue
        for source in (*rule.columns, *(rule.of or ()), *placeholders(rule.template or "")):
            with suppress(MappingError):  # a name that could be two columns is an error of the mapping's, told later
                found.update(dict.fromkeys(columns.group(source, "", optional=True).values()))
    return list(found)


def _may_say_null(name: str, rule: FieldRule) -> bool:
    return rule.values is None and name not in (*KEY_FIELDS, ID_FIELD, BOOLEAN_FIELD, "status")


def _is_name(name: str, rule: FieldRule) -> bool:
    named = name in _NAMED or name.partition("_")[2] in _LINES
    return named and rule.case is None and rule.values is None and rule.template is None and rule.address is None


def _is_state(name: str, rule: FieldRule) -> bool:
    return name.endswith("_state") and rule.state is None and rule.values is None


def _null_words(frame: pl.DataFrame, sample: pl.DataFrame, names: Sequence[str]) -> Iterator[ColumnNote]:
    for name in names:
        if not null_words_in(sample.get_column(name)):
            continue
        counts = null_words_in(frame.get_column(name))
        words = ", ".join(f'"{word}"' for word in list(counts)[:_SHOWN])
        reason = f"{_NULL}; null_values: [{words}] in the mapping's source makes such cells blank"
        yield ColumnNote(name, reason, sum(counts.values()), next(iter(counts)))


def _capitals(frame: pl.DataFrame, sample: pl.DataFrame, names: Sequence[str]) -> Iterator[ColumnNote]:
    for name in names:
        some = _spoken(sample.get_column(name))
        flat = some.filter(_is_flat(some))
        if len(flat) < max(_FEWEST, _MOST * len(some)):
            continue
        every = _spoken(frame.get_column(name))
        flat = every.filter(_is_flat(every))
        yield ColumnNote(name, _CAPITALS, len(flat), str(flat[0]))


def _spoken(cells: pl.Series) -> pl.Series:
    """The cells with a word of some letters in them that does not mean blank."""
    words = cells.filter(cells.str.contains(r"\p{L}{3}").fill_null(value=False))
    return words.filter(~words.str.to_lowercase().is_in(sorted(NULL_WORDS)))


def _is_flat(cells: pl.Series) -> pl.Series:
    return (cells == cells.str.to_uppercase()) | (cells == cells.str.to_lowercase())


def _states(frame: pl.DataFrame, names: Sequence[str]) -> Iterator[ColumnNote]:
    for name in names:
        cells = frame.get_column(name)
        ways = cells.unique().drop_nulls().alias("cell").to_frame()
        known = ways.with_columns(state_codes(pl.col("cell")).alias("code")).drop_nulls("code")
        several = known.filter(pl.len().over("code") > 1)
        if not several.is_empty():
            yield _spellings(cells, several)


def _spellings(cells: pl.Series, several: pl.DataFrame) -> ColumnNote:
    """A note about the states that a column spells in several ways: `cell` and `code`."""
    counts = cells.filter(cells.is_in(several.get_column("cell").implode())).alias("cell").value_counts(name="times")
    ways = several.join(counts, on="cell").sort("times", "cell", descending=[True, False])
    code = ways.item(0, "code")
    said = ", ".join(ways.filter(pl.col("code") == code).get_column("cell").head(_SHOWN))
    reason = f"the same state in several spellings ({said}); state: US in the mapping makes them {code}"
    other = ways.filter(pl.col("cell") != pl.col("code"))
    return ColumnNote(cells.name, reason, int(other.get_column("times").sum()), other.item(0, "cell"))
