"""What a column holds: how many of its cells look like phones, emails, ZIPs and so on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from rotor_import.suggest.header_words import Header

NormalForms = Callable[[Iterable[str]], Mapping[str, str]]
"""Gives the normal form of each value, '' for invalid ones."""

SAMPLE = 1_000
"""How many distinct cells of a column are looked at."""
SEPARATORS = ("", ":::", ";", ",", "|", "\n", "/")
_LABELED = re.compile(r"^\s*[A-Za-z][A-Za-z ]{1,14}:\s*\S")
_KINDS = {
    "zip": r"^(\d{5}(-\d{4})?|\d{3,4}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)$",
    "boolean": r"^(?i:true|false|yes|no|y|n|0|1)$",
    "number": r"^[-+(]?[$€£]?[\d.,]+\)?%?$",
    "date": (
        r"^(?i:\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}.*|(mon|tue|wed|thu|fri|sat|sun)[a-z]* .*\d{4}.*"
        r"|[a-z]{3} \d{1,2},? \d{4}.*)$"
    ),
    "url": r"^(?i:https?://|www\.)",
    "uuid": r"^(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$",
    "address": r"^(?s:.*\d.*[A-Za-z]{2}.*[,\n•].*([A-Z]{2}\b|\d{5}).*)$",
    "person": r"^\p{L}[\p{L}'\x{2019}.-]*( \p{L}[\p{L}'\x{2019}.-]*){1,3}$",
}


@dataclass(frozen=True)
class ColumnProfile:
    """What a column's cells are like.

    `shares` are shares of the filled cells, from 0 to 1. `separators` are those between several phones or emails.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    shares: Mapping[str, float]
    separators: Mapping[str, str]
    labels: tuple[str, ...]
    values: tuple[str, ...]

    @cached_property
    def header(self) -> Header:
        return Header.of(self.name)

    @property
    def is_blank(self) -> bool:
        return self.filled == 0

    @property
    def is_constant(self) -> bool:
        """Whether all of several rows have the same value."""
        return self.distinct <= 1 and self.rows > 1 and self.filled == self.rows

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)


def profile_columns(frame: pl.DataFrame, phones: NormalForms, emails: NormalForms) -> list[ColumnProfile]:
    """The profile of each column, in the file's order."""
    return [_profile(frame.get_column(name), phones, emails) for name in frame.columns]


def _profile(cells: pl.Series, phones: NormalForms, emails: NormalForms) -> ColumnProfile:
    filled = cells.drop_nulls()
    distinct = filled.unique(maintain_order=True)
    sample = distinct.head(SAMPLE)
    shares = {kind: float(sample.str.contains(pattern).mean() or 0.0) for kind, pattern in _KINDS.items()}  # type: ignore[arg-type]  # a mean of booleans is a float
    values = tuple(sample.to_list())
    labels = _labels(values)
    separators = {}
    for kind, forms in (("phone", phones), ("email", emails)):
        if kind == "email" and not any("@" in value for value in values):
            continue
        separators[kind], shares[kind] = _best_separator(values, forms)
    return ColumnProfile(cells.name, len(cells), len(filled), len(distinct), shares, separators, labels, values)


def _best_separator(values: Sequence[str], forms: NormalForms) -> tuple[str, float]:
    """The separator with which most cells hold a valid value, and their share; '' if none is needed."""
    best, share = "", -1.0
    for separator in SEPARATORS:
        pieces = {value: _pieces(value, separator) for value in values}
        normal = forms({part for parts in pieces.values() for part in parts if part})
        valid = sum(any(normal.get(part) for part in parts) for parts in pieces.values()) / max(len(values), 1)
        if valid > share + 0.004:
            best, share = separator, valid
    return best, max(share, 0.0)


def _pieces(value: str, separator: str) -> list[str]:
    return [part.strip() for part in value.split(separator)] if separator else [value]


def _labels(values: Sequence[str]) -> tuple[str, ...]:
    """The labels of cells such as `Phone:(555) 010-1234 Mobile:(555) 010-9999`, the most common first."""
    labeled = [value for value in values if _LABELED.match(value)]
    if len(labeled) * 2 < len(values) or not labeled:
        return ()
    labels = (label.strip() for value in labeled for label in re.findall(r"([A-Za-z][A-Za-z ]{0,14}?):", value))
    return tuple(label for label, _ in Counter(labels).most_common())
