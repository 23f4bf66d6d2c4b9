"""What a column holds: how many of its cells look like phones, e-mails, ZIPs and so on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

Forms = Callable[[Iterable[str]], Mapping[str, str]]
"""Values → their normal forms, '' where a value has none."""

SAMPLE = 1_000
"""So many distinct cells of a column are looked at."""
SEPARATORS = ("", ":::", ";", ",", "|", "\n", "/")
_LABELLED = re.compile(r"^\s*[A-Za-z][A-Za-z ]{1,14}:\s*\S")
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
class Profile:
    """`shares` are of the filled cells, from 0 to 1; `separator` is the one between several phones or e-mails."""

    name: str
    rows: int
    filled: int
    distinct: int
    shares: Mapping[str, float]
    separators: Mapping[str, str]
    labels: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return self.filled == 0

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)


def profile(frame: pl.DataFrame, phones: Forms, emails: Forms) -> list[Profile]:
    """Each column of strings, in order."""
    return [_column(frame.get_column(name), phones, emails) for name in frame.columns]


def _column(cells: pl.Series, phones: Forms, emails: Forms) -> Profile:
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
        separators[kind], shares[kind] = _split(values, forms)
    return Profile(cells.name, len(cells), len(filled), len(distinct), shares, separators, labels, values)


def _split(values: Sequence[str], forms: Forms) -> tuple[str, float]:
    """The separator by which most cells hold a valid value; none at all where that does as well."""
    best, share = "", -1.0
    for separator in SEPARATORS:
        pieces = {value: _pieces(value, separator) for value in values}
        known = forms({part for parts in pieces.values() for part in parts if part})
        found = sum(any(known.get(part) for part in parts) for parts in pieces.values()) / max(len(values), 1)
        if found > share + 0.004:
            best, share = separator, found
    return best, max(share, 0.0)


def _pieces(value: str, separator: str) -> list[str]:
    return [part.strip() for part in value.split(separator)] if separator else [value]


def _labels(values: Sequence[str]) -> tuple[str, ...]:
    """The labels of cells such as `Phone:(555) 010-1234 Mobile:(555) 010-9999`, the commonest first."""
    found: dict[str, int] = {}
    labelled = [value for value in values if _LABELLED.match(value)]
    if len(labelled) * 2 < len(values) or not labelled:
        return ()
    for value in labelled:
        for label in re.findall(r"([A-Za-z][A-Za-z ]{0,14}?):", value):
            found[label.strip()] = found.get(label.strip(), 0) + 1
    return tuple(sorted(found, key=lambda label: -found[label]))
