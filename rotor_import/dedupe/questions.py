"""What an import asks about people who share a key: the rows that are held for it, and households that are merged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rotor_import.dedupe.lost_keys import Key, carried, rows_by_key, shown
from rotor_import.dedupe.meetings import Apart
from rotor_import.dedupe.parties import are_one
from rotor_import.dedupe.replay import Replay
from rotor_import.model.change import Hold, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import key_question
from rotor_import.model.question import CHOICES, KeyKind, Question, Shown
from rotor_import.model.rows import Record
from rotor_import.people import Comparison, compare, person_of
from rotor_import.people.spelling import plain

_PAIR = 2


@dataclass(frozen=True)
class KeyQuestion:
    """`customer` is side A where it was known before this import, '' where it is the `first` row's.

    `records` are the rows as the file has them. If they are not `held`, they are merged.
    """

    name: str
    kind: KeyKind
    key: Key
    records: tuple[Record, ...]
    customer: str
    a: Shown
    reason: str
    held: bool
    firm: frozenset[RowRef] = frozenset()

    @property
    def refs(self) -> tuple[RowRef, ...]:
        return tuple(record.ref for record in self.records)

    def question(self) -> Question:
        row = self.records[0]
        return Question(
            self.name,
            self.kind,
            CHOICES[self.kind],
            self.reason,
            self.refs,
            Shown.of(row.values, row.phone, row.email, ref=row.ref),
            self.a,
        )

    def holds(self) -> Iterator[Hold]:
        named = (self.customer,) if self.customer else ()
        for record in self.records if self.held else ():
            yield Hold(
                record,
                self.reason,
                named,
                self.key[0],
                kind=self.kind,
                key=self.key,
                question=self.name,
                firm=record.ref in self.firm,
            )


class Asking:
    """Makes the questions of one pass; `originals` are the rows with the keys that they lost."""

    def __init__(self, replay: Replay, directory: Directory, originals: Mapping[RowRef, Record], feed: str) -> None:
        self._replay = replay
        self._strangers = replay.strangers
        self.directory = directory
        self._originals = originals
        self._feed = feed
        self._compared: dict[str, Sequence[tuple[Record, Comparison, Key]]] = {}

    def held(self) -> Iterator[KeyQuestion]:
        """A question for each key that rows are held for."""
        by_key: dict[Key, list[Apart]] = defaultdict(list)
        for apart in self._strangers.meetings.apart:
            by_key[apart.key].append(apart)
        for key, found in by_key.items():
            records = sorted((apart.record for apart in found), key=self._replay.links.first_seen)
            customer = next((apart.customer for apart in found if apart.customer), "") or self._loser_of(found)
            rows = [self._originals[record.ref] for record in records]
            kind = self._kind(key, rows, customer)
            lost = found[0].keyless
            beside = None if customer else self._held_elsewhere(key, rows)
            asked = self._question(kind, key, records, customer, lost=lost, beside=beside)
            yield replace(asked, firm=frozenset(apart.record.ref for apart in found if self._is_firm(apart, kind)))

    def _held_elsewhere(self, key: Key, rows: Sequence[Record]) -> Record | None:
        """Who shares the key with rows that are all one party, and is held for another key; None of several parties."""
        if not are_one(rows, key[0]):
            return None
        refs = {row.ref for row in rows}
        having = self._originals.values() if key[0] == "link" else self._by_key.get(key, ())
        return next((row for row in having if row.ref not in refs), None)

    @cached_property
    def _by_key(self) -> Mapping[Key, Sequence[Record]]:
        """The rows that have each key in the file."""
        return rows_by_key(self._originals.values())

    def _is_firm(self, apart: Apart, kind: str) -> bool:
        """Whether a row is not compared again: it lost the key, or its customer may become who makes it a relative."""
        if not apart.customer:
            return apart.keyless
        shared = self._strangers.shared
        comparison = self._strangers.everybody.compare(apart.customer, apart.record, apart.key[0])
        stubborn = apart.record.ref in shared.strange and shared.fits(comparison)
        return kind == "household" or stubborn or apart.record.ref in self._strangers.firm

    def _loser_of(self, found: Sequence[Apart]) -> str:
        """Who has the key that rows lost, and that left them none."""
        name, value = found[0].key
        if not found[0].keyless or name not in ("phone", "email"):
            return ""
        return min(self._replay.key_index.holders(name, value), default="")

    def _kind(self, key: Key, rows: Sequence[Record], customer: str) -> KeyKind:
        if not self._strangers.shared.matching.hold_suspicious:
            return "stranger"
        kinds = {self._strangers.firm.get(row.ref) for row in rows}
        if len(kinds) == 1 and None not in kinds:
            return "household" if "household" in kinds else "stranger"
        if not customer:
            return "household" if are_one(rows, key[0]) else "stranger"
        compared = [self._strangers.everybody.compare(customer, row, key[0]) for row in rows]
        return "stranger" if any(one is None or one.verdict == "stranger" for one in compared) else "household"

    def households(self) -> Iterator[KeyQuestion]:
        """A question for each key that made a household one customer, until a person says that they are the same."""
        by_root: dict[str, list[str]] = defaultdict(list)
        for customer in self._replay.members:
            by_root[self._strangers.everybody.root(customer)].append(customer)
        for root, customers in by_root.items():
            relatives: dict[Key, list[Comparison]] = defaultdict(list)
            for customer in customers:
                for _, comparison, key in self.compared(customer):
                    if comparison.verdict == "household":
                        relatives[key].append(comparison)
            if not relatives:
                continue
            every = [record for customer in customers for record in self._replay.members[customer].records]
            every = [record for record in every if not self._strangers.is_same(record)]
            by_key = rows_by_key(every)
            for key, found in relatives.items():
                records = every if key[0] == "link" else by_key[key]
                yield self._question("household", key, records, root, merged=found[0])

    def compared(self, customer: str) -> Sequence[tuple[Record, Comparison, Key]]:
        if customer not in self._compared:
            self._compared[customer] = list(compared_members(self._replay, customer))
        return self._compared[customer]

    def _question(
        self,
        kind: KeyKind,
        key: Key,
        records: Sequence[Record],
        customer: str,
        *,
        lost: bool = False,
        merged: Comparison | None = None,
        beside: Record | None = None,
    ) -> KeyQuestion:
        """Rows that `lost` the key to the customer are held for its sake, though it may be as new as they are.

        `merged` says why they are one customer already. `beside` is A if A is neither one of the rows nor a customer.
        """
        known = customer if customer and (lost or not self._strangers.is_new(customer)) else ""
        records = sorted(records, key=self._replay.links.first_seen)
        rows = tuple(self._originals[record.ref] for record in records)
        held, compared = merged is None, merged
        if customer and held and len(records) == 1:
            compared = self._strangers.everybody.compare(customer, rows[0], key[0])
        if beside is not None and len(records) == 1:
            compared = compare(person_of(rows[0]), person_of(beside), key[0])
        name = key_question(self._feed, kind, key, rows)
        reason = _reason(key, records, compared, beside=(bool(customer) and held) or beside is not None)
        return KeyQuestion(name, kind, key, rows, known, self._side(customer, beside or rows[0]), reason, held)

    def _side(self, customer: str, first: Record) -> Shown:
        """Side A: the customer, or who was seen first."""
        known = self.directory.customers.get(customer)
        if known is not None:
            return Shown.of(known.values, id_=customer)
        if customer in self._replay.members:
            first = min(self._replay.members[customer].records, key=self._replay.links.first_seen)
        elif customer:
            keys = self._replay.key_index.keys(customer)
            return Shown(phone=keys["phone"], email=keys["email"])
        row = self._originals[first.ref]
        return Shown.of(row.values, row.phone, row.email, ref=row.ref)


def compared_members(replay: Replay, customer: str) -> Iterator[tuple[Record, Comparison, Key]]:
    """Each row beside the rows of somebody else of its customer, by the key that joins them.

    Those of the person who was seen first are compared with what Rotor says.

    Rows of which a person said that they are the same are left out, and so is Rotor beside a row that is as it was.
    Nothing is to be said of namesakes.
    """
    strangers = replay.strangers
    records = replay.members[customer].records if customer in replay.members else ()
    alone = len(records) == 1 and strangers.is_new(customer) and customer == strangers.everybody.root(customer)
    if not records or alone or strangers.everybody.are_namesakes(customer, records):
        return
    first, *others = sorted(records, key=replay.links.first_seen)
    joining = _JoiningKeys(replay, customer)
    for record in (first, *others):
        applied = strangers.owners.is_as_applied(record)
        if strangers.is_same(record) or (applied and record is first):
            continue
        key = joining.of(record)
        everybody = strangers.everybody
        comparison = None if record is first else everybody.compare_with_rows(customer, record, key[0], first)
        if comparison is None and not applied:
            comparison = everybody.compare_with_rotor(customer, record, key[0])
        if comparison is not None:
            yield record, comparison, key


class _JoiningKeys:
    """Tells what makes each row one of its customer."""

    def __init__(self, replay: Replay, customer: str) -> None:
        records = replay.members[customer].records
        self._strangers = replay.strangers
        self._having = Counter(key for record in records for key in carried(record))
        self._known = replay.strangers.known_keys(customer)
        self._first = min(record.natural_key for record in records)

    def of(self, record: Record) -> Key:
        """The first key that the row has in common with the other rows of its customer, or else with Rotor's."""
        keys = list(carried(record))
        shared = [key for key in keys if self._having[key] > 1]
        if not shared and not self._strangers.owners.is_as_applied(record):
            shared = [key for key in keys if key in self._known]
        return shared[0] if shared else ("link", self._first)


def _reason(key: Key, records: Sequence[Record], compared: Comparison | None, *, beside: bool) -> str:
    names = list(dict.fromkeys(filter(None, map(_name, records))))
    if len(records) == 1 and compared is not None:
        return compared.words
    if len(records) == _PAIR and not beside:
        compared = compared or compare(person_of(records[0]), person_of(records[1]), key[0])
        if compared.differed[:1] == ("company",):
            names = list(dict.fromkeys(filter(None, (person_of(record).company for record in records))))
        return f"{compared.words}: {' and '.join(names)}" if len(names) == _PAIR else compared.words
    other = " with another customer" if beside else ""
    count = f"{len({plain(name) for name in names})} different names"
    rows = f"{len(records)} rows share" if len(records) > 1 else "the row shares"
    return f"{rows} {shown(key) if key[0] != 'link' else 'a customer'}{other}, {count}"


def _name(record: Record) -> str:
    person = person_of(record)
    return " ".join(filter(None, (person.first_name, person.last_name))) or person.company
