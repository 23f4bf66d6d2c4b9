"""A person's decisions about people who share a key, applied between two passes of the replay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from rotor_import.dedupe.decisions import NO_OTHER_KEY, OTHER_CUSTOMERS, OVERTAKEN
from rotor_import.dedupe.lost_keys import Key, Loss, carried, cell
from rotor_import.dedupe.parties import parties
from rotor_import.dedupe.questions import KeyQuestion
from rotor_import.dedupe.replay import Replay
from rotor_import.dedupe.shared_keys import SharedKeys
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.decision import Answer, Decision, Side
from rotor_import.model.field_decisions import OTHER_WORD
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.question import CHOICES, Shown
from rotor_import.model.rows import Record
from rotor_import.people import JoinedBy, compare, person_of
from rotor_import.people.spelling import plain


class KeyWords:
    """What was decided about shared keys, and what became of each decision."""

    def __init__(self, given: Iterable[Decision], shared: SharedKeys, directory: Directory) -> None:
        self.answers: dict[str, Answer] = {}
        self._given: Mapping[str, Decision] = {decision.question: decision for decision in given}
        self._shared = shared
        self._directory = directory

    def apply(self, questions: Iterable[KeyQuestion], replay: Replay, records: Sequence[Record]) -> bool:
        """Let what a person said count from now on; whether anything was new."""
        applied = False
        for asked in questions if self._given else ():
            decision = self._given.get(asked.name)
            if decision is None or asked.name in self.answers:
                continue
            shown = _as_shown(asked, decision.sides[0])
            why = self._why_not(shown, decision) or self._apply(shown, decision, replay, records)
            self.answers[asked.name] = Answer(asked.name, why)
            applied |= not why
        return applied

    def _why_not(self, asked: KeyQuestion, decision: Decision) -> str:
        if decision.word not in CHOICES[asked.kind]:
            return OTHER_WORD
        if any(record.ref in self._shared.barred for record in asked.records):
            return OVERTAKEN
        shown = decision.sides[0]
        as_it_was = not asked.held or (shown.phone, shown.email) == (asked.a.phone, asked.a.email)
        became_known = not shown.id and as_it_was  # whom the rows made was sent since
        is_same = shown.id == asked.a.id and (bool(shown.id) or as_it_was or shown == Side())
        return "" if is_same or became_known else OTHER_CUSTOMERS

    def _apply(self, asked: KeyQuestion, decision: Decision, replay: Replay, records: Sequence[Record]) -> str:
        match decision.word:
            case "same":
                known = asked.customer if asked.customer in self._directory.customers else ""
                for record in asked.records:
                    self._shared.join(record, asked.key, known, asked.refs)
            case "separate":
                self._separate(asked, replay)
            case "ignore":
                return self._ignore(asked, replay, records)
            case "skip":
                self._shared.skipped.update((hold.record.ref, hold) for hold in asked.holds())
            case "use A" | "use B" | "create" | "different" | "file" | "rotor":
                return OTHER_WORD
            case unhandled:
                assert_never(unhandled)
        return ""

    def _separate(self, asked: KeyQuestion, replay: Replay) -> None:
        """Leave the key to side A, and take it from the others, with whatever else they have in common with A."""
        stay = self._staying(asked, replay)
        staying = [record for record in asked.records if record.ref in stay]
        taken = {key for record in staying for key in carried(record)}
        taken |= set(_kept(staying, self._directory.customers.get(asked.customer)))
        taken.add(asked.key)
        for record in asked.records:
            self._shared.keep(record, asked.key, "separate")
            if record.ref in stay:
                continue
            self._shared.leaving.add(record.ref)
            for key in taken.intersection((*carried(record), asked.key)):
                self._part(asked, record, key)
            if replay.owners.get(record.ref) and replay.links.find(record) is not None:
                self._shared.left.add(replay.owners[record.ref])

    def _is_free(self, asked: KeyQuestion, replay: Replay) -> bool:
        """Whether A gave the key up since the rows were held for it, and nobody else has it."""
        name, value = asked.key
        known = self._directory.customers.get(asked.customer)
        given_up = known is not None and name in KEY_FIELDS and known.key(name) != value
        return given_up and not replay.key_index.holders(name, value)

    def _part(self, asked: KeyQuestion, record: Record, key: Key) -> None:
        self._shared.part(record, key, by_person=True, kin=asked.kind == "stranger")

    def _staying(self, asked: KeyQuestion, replay: Replay) -> set[RowRef]:
        """The rows of the question that are side A, or get the key that A gave up."""
        match asked.kind:
            case "stranger":
                if asked.a.ref != asked.records[0].ref and not self._is_free(asked, replay):
                    return set()  # A is somebody else than these rows
                rows = [self._shared.lost.without(record) for record in asked.records]
                return {record.ref for record in parties(rows, asked.key[0], households=True)[0]}
            case "household":
                return self._staying_relatives(asked, replay)
            case unhandled:
                assert_never(unhandled)

    def _staying_relatives(self, asked: KeyQuestion, replay: Replay) -> set[RowRef]:
        """Those who are the same as the first row, or as Rotor's customer where no row made it.

        Of rows that made the customer, the first stay that leave it no phone or email that only others have.
        """
        groups = parties(asked.records, asked.key[0], households=False)
        if len(groups) == 1:  # nobody but the person who decided knows that they are not one
            groups = _by_name(asked.records)
        known = self._directory.customers.get(asked.customer)
        linked = [group for group in groups if any(map(replay.strangers.owners.is_as_applied, group))]
        if linked or known is None:
            stays = next((group for group in linked if not any(_kept(group, known))), (linked or groups)[0])
            return {record.ref for record in stays}
        rotor = person_of(known)
        return {
            record.ref
            for group in groups
            for record in group
            if compare(person_of(record), rotor, asked.key[0]).verdict == "same"
        }

    def _ignore(self, asked: KeyQuestion, replay: Replay, records: Sequence[Record]) -> str:
        name, value = asked.key
        left = [one for one in asked.records if not _is_known_otherwise(self._shared.lost.without(one), asked.key)]
        none_would_know = any(self._shared.lost.of(one) for one in left)
        if not self._shared.matching.allow_keyless and (none_would_know or len(left) == len(asked.records)):
            return NO_OTHER_KEY
        for record in records:
            if not replay.strangers.owners.is_as_applied(record):
                self._shared.lost.lose(record, asked.key, Loss(value, "ignore", new=True))
        for record in asked.records:
            self._shared.words[record.ref] = "ignore"
            if name in ("source_key", "link"):
                self._shared.leaving.add(record.ref)
        return ""


def _as_shown(asked: KeyQuestion, shown: Side) -> KeyQuestion:
    """The question with the row first that was A when the person saw it, if rows stood in another order then."""
    if asked.a.id or shown.id or (asked.a.phone, asked.a.email) == (shown.phone, shown.email):
        return asked
    first = next((one for one in asked.records if (one.phone, one.email) == (shown.phone, shown.email)), None)
    if first is None:
        return asked
    records = (first, *(one for one in asked.records if one is not first))
    return replace(asked, records=records, a=Shown.of(first.values, first.phone, first.email, ref=first.ref))


def _by_name(records: Sequence[Record]) -> list[list[Record]]:
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        person = person_of(record)
        groups[plain(person.first_name), plain(person.last_name), plain(person.company)].append(record)
    return list(groups.values())


def _kept(staying: Sequence[Record], customer: Customer | None) -> Iterator[Key]:
    """The keys that the customer has in Rotor and keeps, since none of the staying rows has another one for it."""
    if customer is None:
        return
    keys: tuple[JoinedBy, ...] = ("phone", "email")
    for name in keys:
        if customer.key(name) and not any(cell(record, name) for record in staying):
            yield name, customer.key(name)


def _is_known_otherwise(record: Record, key: Key) -> bool:
    return any(cell(record, name) and name != key[0] for name in ("id", "phone", "email"))
