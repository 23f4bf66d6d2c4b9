"""Checks whether a file is regular CSV, which every parser reads alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import polars as pl

from rotor_import.source.bounds import LONGEST_LINE

_CONTROL = r"\x00-\x08\x0e-\x1f"
_SEPARATOR = r"\x1c-\x1f"
"""Characters that are white space in Python but not in polars."""
_QUOTED = r'"[^"]*"'
_WIDE = 100
"""From this many cells per line, matching them with a pattern takes longer than counting delimiters."""


class Form(IntEnum):
    """What holds for every line below the header. Each form includes the ones before it."""

    TIDY = 0
    """No cell begins or ends with white space, or begins with an equals sign or with # and what names an error."""
    EVEN = 1
    """Every line has as many cells as the header."""
    LOOSE = 2
    """Quotes occur only around whole cells, or doubled within them."""
    ODD = 3
    """Anything else."""


@dataclass(frozen=True)
class Grammar:
    """The rules for a line of `width` cells. Unless `is_sure`, only UTF-8 without control characters conforms."""

    delimiter: str
    width: int
    is_sure: bool = True

    @property
    def best(self) -> Form:
        return Form.TIDY if self.width < _WIDE else Form.LOOSE

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        """Patterns for whole lines, one per form but the last. A carriage return that ends no line makes it odd."""
        mark, control = re.escape(self.delimiter), _SEPARATOR if self.is_sure else _CONTROL
        inner = rf'(?:[^"\r{control}]|\r\n|"")'
        cell = rf'(?:"{inner}*"|[^"\r\n{mark}{control}]*)'
        rest = rf'(?:{inner}*(?:[^"\s{control}]|""))'
        after = rf'(?:[^A-Za-z#"\s{control}]{rest}?|""{rest}?|[ \t]{rest})'
        quoted = rf'"(?:(?:[^=#"\s{control}]|""){rest}?|#{after}?)?"'
        rest = rf'(?:[^"\r\n{mark}{control}]*[^"\s{mark}{control}])'
        after = rf'(?:[^A-Za-z#"\s{mark}{control}]{rest}?|[ \t]{rest})'
        bare = rf'(?:[^=#"\s{mark}{control}]{rest}?|#{after}?)?'
        tidy, even = (rf"{one}(?:{mark}{one}){{{self.width - 1}}}" for one in (f"(?:{quoted}|{bare})", cell))
        loose = rf"(?:{cell}(?:{mark}|\r?\n))*{cell}"
        return tuple(rf"\A{one}\z" for one in (*(rf"(?:{row}\r?\n)*(?:{row})?" for row in (tidy, even)), loose))

    def form(self, lines: bytes, best: Form) -> Form:
        """The form of some whole lines, but no better than `best`."""
        if best is Form.ODD or (not self.is_sure and re.match(f"[{_CONTROL}]", self.delimiter)):
            return Form.ODD
        try:
            text = pl.Series([lines], dtype=pl.Binary).cast(pl.String)
            known = zip(Form, self._patterns, strict=False)
            return next((one for one, fits in known if one >= best and text.str.contains(fits).item()), Form.ODD)
        except pl.exceptions.PolarsError:
            return Form.ODD


Lines = tuple[int, int]
"""The start and end offsets of a range of whole lines."""
Run = Callable[[Callable[[Lines], Form], list[Lines]], Iterable[Form]]


class Look:
    """Checks a whole file in pieces. A piece is not checked for a better form than earlier pieces have."""

    def __init__(self, data: bytes, grammar: Grammar, piece: int) -> None:
        self.data = data
        self.grammar = grammar
        self._piece = piece
        self._best = grammar.best

    def form(self, run: Run = map) -> Form:
        """The form of all lines below the header; if the header itself is not even, they are odd."""
        header, *lines = pieces(self.data, self._piece)
        best = max(Form.EVEN, self.grammar.best)
        if self.grammar.form(self.data[slice(*header)], best) is not best:
            return Form.ODD
        return max(run(self._of, lines), default=self.grammar.best)

    def _of(self, lines: Lines) -> Form:
        form = self.grammar.form(self.data[slice(*lines)], self._best)
        self._best = max(self._best, form)  # threads may overwrite each other; then more is checked than needed
        return form


def pieces(data: bytes, least: int) -> Iterator[Lines]:
    """Ranges of whole lines: the header, then pieces of at least `least` bytes.

    No piece ends inside a quoted cell, as long as all quotes before it are well placed, and no cell is too long.
    """
    start = wanted = 0
    while start < len(data):
        end, is_open, at = start, False, start + wanted
        while end == start or (is_open and end < len(data) and end - start < LONGEST_LINE):
            after = data.find(b"\n", at) + 1 or len(data)
            is_open ^= bool(data.count(b'"', end, after) % 2)
            end = at = after
        yield start, end
        start, wanted = end, least


@dataclass(frozen=True)
class Count:
    """Counts for a text that is not odd: all lines including the header, blank lines, and delimiters."""

    lines: int
    blank: int
    marks: int

    @classmethod
    def of(cls, data: bytes, delimiter: str, least: int) -> Count:
        parts = [_counted(data[slice(*lines)], delimiter) for lines in pieces(data, least)]
        ends, blank, marks = (sum(counts) for counts in zip(*parts, strict=True))
        return cls(ends + (not data.endswith(b"\n")), blank, marks)

    def is_even(self, width: int) -> bool:
        """Whether no line except blank ones has fewer cells, given that none has more."""
        return self.marks == (width - 1) * (self.lines - self.blank)

    def fits(self, frame: pl.DataFrame) -> bool:
        """Whether no line except blank ones is too short for the frame, given that none is too long."""
        return self.lines == frame.height and self.is_even(frame.width)


def _counted(lines: bytes, delimiter: str) -> tuple[int, int, int]:
    bare = pl.Series([lines], dtype=pl.Binary).cast(pl.String).str.replace_all(_QUOTED, "x").str
    ends, marks = (bare.count_matches(mark, literal=True).item() for mark in ("\n", delimiter))
    return ends, bare.count_matches(r"(?m)^\r?\n").item(), marks
