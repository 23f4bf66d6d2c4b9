"""What a column holds: how many of its cells look like phones, emails, ZIPs and so on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import polars as pl

from rotor_import.suggest.header import Header, headers

NormalForms = Callable[[Iterable[str]], Mapping[str, str]]
"""Gives the normal form of each value, '' for invalid ones."""

SAMPLE = 1_000
"""How many distinct cells of a column are looked at."""
SEPARATORS = ("", ":::", ";", ",", "|", "\n", "/")
_MORE = 0.004
"""By how much more cells must be valid before a cell is split in another way."""
_FEWER = 200
"""How many distinct cells are split as names or addresses, which takes longer."""
_SEVERAL = re.compile(r"\s*(?:[;,/|\n&]|:::|\bor\b|\band\b)\s*", re.IGNORECASE)
"""Whatever separates the phones or emails of a cell."""
_LABELED = re.compile(r"^\s*[A-Za-z][A-Za-z ]{1,14}:\s*\S")
_KINDS = {
    "zip": r"^(\d{5}(-\d{4})?|\d{3,4}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d|\d{4} ?[A-Z]{2}|\d{4,5}-\d{3})$",
    "boolean": r"^(?i:true|false|yes|no|y|n|0|1)$",
    "number": r"^[-+(]?[$€£]?[\d.,]+\)?%?$",
    "date": (
        r"^(?i:\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}.*|(mon|tue|wed|thu|fri|sat|sun)[a-z]* .*\d{4}.*"
        r"|[a-z]{3} \d{1,2},? \d{4}.*)$"
    ),
    "url": r"^(?i:https?://|www\.)",
    "uuid": r"^(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$",
    "address": r"^(?s:.*\d.*[A-Za-z]{2}.*[,\n•].*([A-Z]{2}\b|\d{5}).*)$",
    "seven digits": r"^\D*\d{3}[-. ]?\d{4}\D*$",
    "digits": r"^\d+$",
    "word": r"^\s*\S+\s*$",
    "ssn": r"^\d{3}-\d{2}-\d{4}$",
    "capitals": r"^[^\p{Ll}]*\p{Lu}[^\p{Ll}]*\p{Lu}[^\p{Ll}]*$",
    "small": r"^[^\p{Lu}]*$",
}


@dataclass(frozen=True)
class Judges:
    """What the rest of the program makes of a cell, so that a suggestion promises no more."""

    phones: NormalForms
    emails: NormalForms
    name: Callable[[str], Literal["person", "company", ""]]
    is_address: Callable[[str], bool]


@dataclass(frozen=True)
class ColumnProfile:
    """What a column's cells are like.

    `shares` are shares of the distinct filled cells, from 0 to 1. `separators` are those between several phones or
    emails. `values` are distinct cells, `cells` all of them in the file's order.
    """

    header: Header
    rows: int
    filled: int
    distinct: int
    shares: Mapping[str, float]
    separators: Mapping[str, str]
    several: frozenset[str]
    """`phone`, `email`: some cells hold more than one."""
    labels: tuple[str, ...]
    values: tuple[str, ...]
    judges: Judges = field(repr=False, compare=False)
    cells: pl.Series = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.header.name

    @property
    def is_blank(self) -> bool:
        return self.filled == 0

    @property
    def is_constant(self) -> bool:
        """Whether all of several rows have the same value."""
        return self.distinct <= 1 and self.rows > 1 and self.filled == self.rows

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)

    @cached_property
    def persons(self) -> float:
        """The share of cells that can be split as the name of a person."""
        return self._kinds_of_names["person"]

    @cached_property
    def companies(self) -> float:
        return self._kinds_of_names["company"]

    @cached_property
    def whole_addresses(self) -> float:
        """The share of cells that can be split as an address."""
        if self.share("address") == 0:
            return 0.0
        few = self.values[:_FEWER]
        return sum(map(self.judges.is_address, few)) / len(few)

    @cached_property
    def _kinds_of_names(self) -> Mapping[str, float]:
        few = self.values[:_FEWER]
        kinds = Counter(map(self.judges.name, few))
        return {kind: kinds[kind] / max(len(few), 1) for kind in ("person", "company")}


def profile_columns(frame: pl.DataFrame, judges: Judges) -> list[ColumnProfile]:
    """The profile of each column, in the file's order."""
    named = zip(headers(frame.columns), frame.columns, strict=True)
    return [_profile(header, frame.get_column(name), judges) for header, name in named]


def _profile(header: Header, cells: pl.Series, judges: Judges) -> ColumnProfile:
    filled = cells.drop_nulls()
    distinct = filled.unique(maintain_order=True)
    sample = distinct.head(SAMPLE)
    shares = _shares(sample)
    values = tuple(sample.to_list())
    separators, several = {}, set()
    for kind, forms in (("phone", judges.phones), ("email", judges.emails)):
        if kind == "email" and not any("@" in value for value in values):
            continue
        separators[kind], shares[kind] = _best_separator(values, forms)
        mixed, has_several = _whatever_separates(values, forms)
        if mixed > shares[kind] + _MORE:
            separators[kind], shares[kind] = "", mixed
        if has_several:
            several.add(kind)
    counts = (len(cells), len(filled), len(distinct))
    labels = _labels(values)
    return ColumnProfile(header, *counts, shares, separators, frozenset(several), labels, values, judges, cells)


def _shares(cells: pl.Series) -> dict[str, float]:
    """The share of the cells that are of each kind."""
    cell = pl.col("cell")
    shares = (cell.str.contains(pattern).mean().fill_null(0.0).alias(kind) for kind, pattern in _KINDS.items())
    return cells.to_frame("cell").select(shares).row(0, named=True)


def _best_separator(values: Sequence[str], forms: NormalForms) -> tuple[str, float]:
    """The separator with which most cells hold a valid value, and their share; '' if none is needed."""
    best, share = "", -1.0
    for separator in SEPARATORS:
        pieces = {value: _pieces(value, separator) for value in values}
        normal = forms({part for parts in pieces.values() for part in parts if part})
        valid = sum(any(normal.get(part) for part in parts) for parts in pieces.values()) / max(len(values), 1)
        if valid > share + _MORE:
            best, share = separator, valid
    return best, max(share, 0.0)


def _whatever_separates(values: Sequence[str], forms: NormalForms) -> tuple[float, bool]:
    """The share of cells with a valid piece, and whether some have several."""
    pieces = {value: [part for part in _SEVERAL.split(value) if part] for value in values}
    normal = forms({part for parts in pieces.values() for part in parts})
    counts = [len({normal[part] for part in parts if normal.get(part)}) for parts in pieces.values()]
    return sum(map(bool, counts)) / max(len(values), 1), any(count > 1 for count in counts)


def _pieces(value: str, separator: str) -> list[str]:
    return [part.strip() for part in value.split(separator)] if separator else [value]


def _labels(values: Sequence[str]) -> tuple[str, ...]:
    """The labels of cells such as `Phone:(555) 010-1234 Mobile:(555) 010-9999`, the most common first."""
    labeled = [value for value in values if _LABELED.match(value)]
    if len(labeled) * 2 < len(values) or not labeled:
        return ()
    labels = (label.strip() for value in labeled for label in re.findall(r"([A-Za-z][A-Za-z ]{0,14}?):", value))
    return tuple(label for label, _ in Counter(labels).most_common())
