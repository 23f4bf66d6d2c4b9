"""A trial: the few customers of a plan that together show everything that it does, sent before all others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.model.change import Change, CustomerChange, RowRef, is_new
from rotor_import.model.plan import Plan
from rotor_import.pipeline.moving_together import moving_together
from rotor_import.pipeline.reading import Inputs
from rotor_import.report import field_words

_PARTICULAR = re.compile(r"\d+|(?<!\w)'[^']*'|(?<=: )[^`]*$")
"""What differs from row to row in the words of a warning."""
_MASK = 60
"""So many columns at once are told by the bits of one number."""


@dataclass(frozen=True)
class Tried:
    """A customer of a trial, by its number in the plan, and what it `shows` that no earlier one does."""

    number: int
    shows: tuple[str, ...]


def choose(changes: Sequence[Change], plan: Plan, inputs: Inputs, count: int) -> list[Tried]:
    """So many of a plan's customers, in the order of their numbers: the same ones for the same plan.

    They are fewer where the plan has no more of them, or others have to go before.
    Each further one shows most of what none before it shows: columns of the file, kinds of warnings and merges, and
    fields that are created or changed. When everything is shown, the rest are spread over the plan.
    """
    words = _Words()
    shown = _Shown(plan, inputs, words, {ref for change in changes for ref in change.refs})
    return _chosen({change.number: shown.of(change) for change in changes}, changes, count, words)


def choose_from(changes: Sequence[CustomerChange], count: int, told: Collection[str]) -> list[Tried]:
    """The same of changes that were planned earlier, by their fields alone; others have shown what was `told`."""
    words = _Words()
    bits = {change.number: words.of_fields(change) for change in changes}
    return _chosen(bits, changes, count, words, told)


def kind_of(reason: str) -> str:
    """A warning's words without what is particular to its row."""
    return " ".join(_PARTICULAR.sub("", reason).split()).rstrip(":")


class _Words:
    """What customers show, each a bit of a number, so that a million of them are compared fast."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._by_fields: dict[tuple[bool, tuple[str, ...]], int] = {}

    def bit(self, word: str) -> int:
        return self._bits.setdefault(word, 1 << len(self._bits))

    def told(self, bits: int) -> list[str]:
        """In words, warnings and merges first, since they say more than fields."""
        return sorted((word for word, bit in self._bits.items() if bit & bits), key=lambda word: ("(" in word, word))

    def bits_of(self, told: Collection[str]) -> int:
        return sum(self._bits.get(word, 0) for word in set(told))

    def of_fields(self, change: CustomerChange) -> int:
        names = is_new(change.kind), tuple(field.field for field in change.fields)
        if names not in self._by_fields:
            what = "new" if names[0] else "changed"
            self._by_fields[names] = sum(self.bit(f"{field_words(name)} ({what})") for name in set(names[1]))
        return self._by_fields[names]


class _Shown:
    """What each customer of a plan shows; `refs` are the rows of all of them."""

    def __init__(self, plan: Plan, inputs: Inputs, words: _Words, refs: Collection[RowRef]) -> None:
        self._words = words
        self._rows: defaultdict[RowRef, int] = defaultdict(int)
        for file, (source, uses) in enumerate(zip(inputs.sources, inputs.uses, strict=True)):
            taken = {name: _any([use.taken for use in own]) for name, own in uses.by_column.items() if own}
            self._add_columns(file, source.frame, source.numbers, uses.rows, taken, refs)
        for notice in plan.notices:
            word = f"{field_words(notice.field)}: {kind_of(notice.reason)}"
            self._rows[notice.file, notice.row] |= words.bit(word)
        for first, field in _independent_merges(plan):
            self._rows[first] |= words.bit(_lost(field))

    def of(self, change: Change) -> int:
        bits = self._words.of_fields(change)
        for word in _of_rows(change):
            bits |= self._words.bit(word)
        for ref in change.refs:
            bits |= self._rows.get(ref, 0)
        return bits

    def _add_columns(
        self,
        file: int,
        frame: pl.DataFrame,
        numbers: pl.Series,
        mapped: pl.Series,
        taken: Mapping[str, pl.Series],
        refs: Collection[RowRef],
    ) -> None:
        """The filled cells in columns that the mapping uses, by whether something of them arrives."""
        there = pl.DataFrame([mapped.alias("row"), *(own.alias(name) for name, own in taken.items())])
        for start in range(0, len(taken), _MASK // 2):
            names = list(taken)[start : start + _MASK // 2]
            flags = numbers.alias("row").to_frame().join(there.select("row", *names), on="row", how="left")
            mask, bits = pl.repeat(0, len(numbers), dtype=pl.UInt64, eager=True), list[int]()
            for name in names:
                filled, arrives = frame.get_column(name).is_not_null(), flags.get_column(name).fill_null(value=False)
                for word, has in ((f"the column {name}", filled & arrives), (f"{name}, not used", filled & ~arrives)):
                    mask += has.cast(pl.UInt64) * (1 << len(bits))
                    bits.append(self._words.bit(word))
            known: dict[int, int] = {}
            for row, own in zip(numbers, mask, strict=True):
                if own and (file, row) in refs:
                    if own not in known:
                        known[own] = sum(bit for at, bit in enumerate(bits) if own >> at & 1)
                    self._rows[file, row] |= known[own]


def _any(flags: Sequence[pl.Series]) -> pl.Series:
    found = flags[0]
    for other in flags[1:]:
        found = found | other
    return found


def _independent_merges(plan: Plan) -> Iterator[tuple[RowRef, str]]:
    """The fields that merges of independent rows lost, by the customer's first row."""
    independent = plan.independent
    if independent is None or independent.lost.is_empty():
        return
    first = independent.groups.select("group", "file", "row")
    lost = independent.lost.select("group", "field").unique(maintain_order=True).join(first, on="group", how="inner")
    for field, file, row in lost.select("field", "file", "row").iter_rows():
        yield (file, row), field


def _of_rows(change: Change) -> Iterator[str]:
    if len(change.refs) > 1:
        yield "merged rows"
    yield from (_lost(value.field) for value in change.lost)
    yield from (f"{value.field} shared with others" for value in change.shared)
    yield from (f"{field_words(held.field)} on hold" for held in change.held_fields)
    yield from (f"{field_words(name)}: {why} as it is in Rotor" for name, why in change.unsent.items())
    if change.suspicious:
        yield "a merge to check"


def _lost(field: str) -> str:
    return f"merged rows with another {field_words(field)}"


def _chosen(
    bits: Mapping[int, int],
    changes: Sequence[CustomerChange],
    count: int,
    words: _Words,
    told: Collection[str] = (),
) -> list[Tried]:
    groups, seen = moving_together(changes), words.bits_of(told)
    # Where nobody can go alone and all that go together are more than so many, the fewest of them go.
    count = max(count, min((len(numbers) for numbers in groups), default=count))
    taken = _greedy(groups, bits, count, seen)
    taken |= _spread(
        [numbers[0] for numbers in groups if len(numbers) == 1 and numbers[0] not in taken], count - len(taken)
    )
    tried = []
    for number in sorted(taken):
        tried.append(Tried(number, tuple(words.told(bits[number] & ~seen))))
        seen |= bits[number]
    return tried


def _greedy(groups: Sequence[tuple[int, ...]], bits: Mapping[int, int], count: int, seen: int) -> set[int]:
    """Those that show most of what is not shown yet, for each customer that they take.

    Of customers that show the same and go alone, only the first counts: the others would add nothing.
    """
    left: dict[tuple[int, int], tuple[int, ...]] = {}
    for numbers in groups:
        own = 0
        for number in numbers:
            own |= bits[number]
        left.setdefault((own, 0 if len(numbers) == 1 else numbers[0]), numbers)
    taken: set[int] = set()
    while len(taken) < count:
        room = count - len(taken)
        left = {key: numbers for key, numbers in left.items() if len(numbers) <= room and key[0] & ~seen}
        if not left:
            break
        best = max(left, key=lambda key: ((key[0] & ~seen).bit_count() / len(left[key]), -left[key][0]))
        taken |= set(left[best])
        seen |= best[0]
    return taken


def _spread(numbers: Sequence[int], count: int) -> set[int]:
    """So many of them, evenly spread."""
    count = min(count, len(numbers))
    return {numbers[at * len(numbers) // count] for at in range(count)}
