"""A trial: the few customers of a plan that together show everything that it does, sent before all others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rotor_import.model.change import Change, CustomerChange, RowRef
from rotor_import.model.plan import Plan
from rotor_import.pipeline.commitment import sending
from rotor_import.pipeline.reading import Inputs
from rotor_import.report import field_words

_PARTICULAR = re.compile(r"\d+|'[^']*'|(?<=: ).*")
"""What differs from row to row in the words of a warning."""


@dataclass(frozen=True)
class Tried:
    """A customer of a trial, by its number in the plan, and what it `shows` that no earlier one does."""

    number: int
    shows: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """A customer with those that have to go with it, because they share a phone or an email."""

    numbers: tuple[int, ...]
    bits: int


def choose(plan: Plan, inputs: Inputs, count: int) -> list[Tried]:
    """So many customers, in the order of their numbers: the same ones for the same plan.

    They are fewer where the plan has no more of them, or others have to go before.

    Each further one shows most of what none before it shows: columns of the file, kinds of warnings and merges, and
    fields that are created or changed. When everything is shown, the rest are spread over the plan.
    """
    changes = sending(plan)
    return _chosen(_Shown(plan, inputs).by_number(changes), changes, count)


def choose_from(changes: Sequence[CustomerChange], count: int) -> list[Tried]:
    """The same of changes that were planned earlier, by their fields alone."""
    shown = {change.number: frozenset(_fields(change)) for change in changes}
    return _chosen(shown, changes, count)


def kind_of(reason: str) -> str:
    """A warning's words without what is particular to its row."""
    return " ".join(_PARTICULAR.sub("", reason).split()).rstrip(":")


class _Shown:
    """What each customer of a plan shows."""

    def __init__(self, plan: Plan, inputs: Inputs) -> None:
        self._plan = plan
        self._inputs = inputs

    def by_number(self, changes: Sequence[Change]) -> dict[int, frozenset[str]]:
        columns, warnings, merges = self._columns(changes), self._warnings, self._independent_merges
        return {
            change.number: frozenset(
                [
                    *_fields(change),
                    *_of_rows(change),
                    *merges.get(change.refs[0] if change.refs else (0, 0), ()),
                    *(word for ref in change.refs for word in (*columns.get(ref, ()), *warnings.get(ref, ()))),
                ]
            )
            for change in changes
        }

    def _columns(self, changes: Sequence[Change]) -> Mapping[RowRef, list[str]]:
        """The filled cells of each row in columns that the mapping uses, and whether something of them arrives."""
        wanted: dict[int, set[int]] = defaultdict(set)
        for file, row in (ref for change in changes for ref in change.refs):
            wanted[file].add(row)
        found: dict[RowRef, list[str]] = defaultdict(list)
        for file, (source, uses) in enumerate(zip(self._inputs.sources, self._inputs.uses, strict=True)):
            for column, own in uses.by_column.items():
                taken = {row for use in own for row in uses.rows.filter(use.taken)}
                for row in source.numbers.filter(source.frame.get_column(column).is_not_null()) if own else ():
                    if row in wanted[file]:
                        found[file, row].append(f"the column {column}" if row in taken else f"{column}, not used")
        return found

    @cached_property
    def _warnings(self) -> Mapping[RowRef, list[str]]:
        found: dict[RowRef, list[str]] = defaultdict(list)
        for notice in self._plan.notices:
            found[notice.file, notice.row].append(f"{field_words(notice.field)}: {kind_of(notice.reason)}")
        return found

    @cached_property
    def _independent_merges(self) -> Mapping[RowRef, list[str]]:
        """What merges of independent rows lost, by the customer's first row."""
        independent = self._plan.independent
        if independent is None or independent.lost.is_empty():
            return {}
        first = independent.groups.select("group", "file", "row")
        lost = independent.lost.select("group", "field").join(first, on="group", how="inner")
        found: dict[RowRef, list[str]] = defaultdict(list)
        for field, file, row in lost.select("field", "file", "row").unique(maintain_order=True).iter_rows():
            found[file, row].append(_lost(field))
        return found


def _fields(change: CustomerChange) -> Iterator[str]:
    what = "new" if change.kind in ("create", "undecided") else "changed"
    return (f"{field_words(field.field)} ({what})" for field in change.fields)


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


def _chosen(shown: Mapping[int, frozenset[str]], changes: Sequence[CustomerChange], count: int) -> list[Tried]:
    words = sorted({word for own in shown.values() for word in own})
    bit = {word: 1 << at for at, word in enumerate(words)}
    bits = {number: sum(bit[word] for word in own) for number, own in shown.items()}
    candidates = _candidates(changes, bits)
    # Where nobody can go alone and all that go together are more than so many, the fewest of them go.
    count = max(count, min((len(one.numbers) for one in candidates), default=count))
    taken = _greedy(candidates, count)
    taken |= _spread([change for change in changes if change.number not in taken], count - len(taken), changes)
    tried, told = [], set[str]()
    for number in sorted(taken):
        new = sorted(shown[number] - told)
        told |= shown[number]
        tried.append(Tried(number, tuple(new)))
    return tried


def _candidates(changes: Sequence[CustomerChange], bits: Mapping[int, int]) -> list[_Candidate]:
    """Of customers that show the same and go alone, only the first: the others would add nothing."""
    found: dict[int, _Candidate] = {}
    several: list[_Candidate] = []
    for numbers in _together(changes):
        own = 0
        for number in numbers:
            own |= bits[number]
        if len(numbers) == 1:
            found.setdefault(own, _Candidate(numbers, own))
        else:
            several.append(_Candidate(numbers, own))
    return [*found.values(), *several]


def _greedy(candidates: Iterable[_Candidate], count: int) -> set[int]:
    """Those that show most of what is not shown yet, for each customer that they take."""
    left, taken, seen = list(candidates), set[int](), 0
    while len(taken) < count:
        left = [one for one in left if len(one.numbers) <= count - len(taken) and one.bits & ~seen]
        if not left:
            break
        best = max(left, key=lambda one: ((one.bits & ~seen).bit_count() / len(one.numbers), -one.numbers[0]))
        taken |= set(best.numbers)
        seen |= best.bits
    return taken


def _spread(left: Sequence[CustomerChange], count: int, changes: Sequence[CustomerChange]) -> set[int]:
    """So many of the others, evenly spread, that go alone."""
    alone = {numbers[0] for numbers in _together(changes) if len(numbers) == 1}
    numbers = [change.number for change in left if change.number in alone]
    count = min(count, len(numbers))
    return {numbers[at * len(numbers) // count] for at in range(count)}


def _together(changes: Sequence[CustomerChange]) -> list[tuple[int, ...]]:
    """The numbers of customers that share a phone or an email, before or after, or succeed each other."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for change in changes:
        others = [f"succeeds {change.succeeds}", f"succeeds {change.customer}"] if change.succeeds else []
        for keys in (change.keys, change.before_keys):
            others += [f"{name} {key}" for name, key in keys.items() if key]
        for other in (f"succeeds {change.customer}", *others):
            parent[root(other)] = root(str(change.number))
    groups: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        groups[root(str(change.number))].append(change.number)
    return [tuple(numbers) for numbers in groups.values()]
