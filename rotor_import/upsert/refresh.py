"""What is left of pending changes after a pause, now that Rotor may hold something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from rotor_import.ledger.before_images import Sent
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.model.change import FieldChange, HeldField, Outcome, is_new
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Value, blank
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import Named, is_planned
from rotor_import.model.sameness import lacking_tags
from rotor_import.model.three_way import Baseline, Verdict, decide_again
from rotor_import.upsert.kept import is_cut, kept_otherwise

_NO_ROW = (0, 0)
"""Where a change belongs to no row, as that of a customer who is missing from a full file."""


@dataclass
class _Review:
    """Each field of a change against what Rotor holds now."""

    keep: list[FieldChange]
    equal: dict[str, Baseline]
    held: list[HeldField]
    cut: list[tuple[str, str]]
    """Fields of which Rotor kept only the beginning, and that in words."""


def refresh(
    changes: Iterable[PendingChange], directory: Directory, outbox: Outbox, *, hold: bool
) -> tuple[list[PendingChange], list[HeldField]]:
    """The changes that are still to be sent, and the fields that are held because somebody changed them meanwhile.

    Fields that became equal are dropped. A planned customer that Rotor holds by now (a request whose answer
    was lost, or somebody was quicker) goes on as an update of it. With `hold`, a change that takes a key which
    somebody else has by now is held.
    """
    changes = list(changes)
    if not directory.complete:
        return changes, []
    return _Refresh(changes, directory, outbox).run(hold=hold)


class _Refresh:
    """One pass over the pending changes of a run; `left` and `held` are what it has found so far."""

    def __init__(self, changes: list[PendingChange], directory: Directory, outbox: Outbox) -> None:
        self._changes = {change.customer: change for change in changes}
        self._successors = {change.succeeds: change for change in changes if change.succeeds}
        self._directory = directory
        self._outbox = outbox
        self._key_index = KeyIndex.holding(directory.customers.values())
        self._left: dict[str, PendingChange] = {}
        self._held: list[HeldField] = []

    def run(self, *, hold: bool) -> tuple[list[PendingChange], list[HeldField]]:
        for first in self._changes.values():
            following = None if first.succeeds in self._changes else first
            while following is not None:
                following = self._look_at(following, hold=hold)
        return list(self._left.values()), self._held

    def _look_at(self, change: PendingChange, *, hold: bool) -> PendingChange | None:
        """Decide about a change; returns the one that succeeds it, as it is by then."""
        successor = self._successors.get(change.customer)
        known = _known(change, self._directory, self._key_index)
        rivals = self._rivals(change, known) if hold else []
        if rivals:
            reason = "another customer in Rotor got this phone or email in the meantime"
            self._outbox.give_up(change, change.ended("held", reason), reason, rivals)
        elif known is None or (known.id != change.customer and self._is_pending(known.id)):
            self._left[change.customer] = change
        else:
            return self._revise(change, known, successor)
        return successor

    def _is_pending(self, customer: str) -> bool:
        return customer in self._changes or customer in self._left

    def _rivals(self, change: PendingChange, known: Customer | None) -> list[Named]:
        """Between whom the change stands where others have a key that it takes and are not about to give it up.

        Its own customer comes first, if it is in Rotor.
        """
        rivals: set[str] = set()
        for name, key in change.taken_keys.items():
            for holder in self._key_index.holders(name, key):
                waiting = self._changes.get(holder)
                if waiting is None or waiting.keys[name] == key:
                    rivals.add(holder)
        rivals -= {change.customer, known.id if known else ""}
        own = [known.id] if known and rivals else []
        return [Named(name, **self._key_index.keys(name)) for name in (*own, *sorted(rivals))]

    def _revise(self, change: PendingChange, known: Customer, successor: PendingChange | None) -> PendingChange | None:
        """Keep what is left of the change, now that Rotor holds this customer; returns its successor."""
        review = _review(change, known)
        if change.rows:  # what no row asks for is no question
            self._held.extend(review.held)
        revised = replace(
            change,
            customer=known.id,
            fields=tuple(_since_found(change, review)),
            keys=_keys(change, known, review),
            before_keys={"phone": known.phone, "email": known.email},
        )
        baselines = review.equal | dict(_bases(change, known, review, self._outbox))
        if not review.keep:
            following = self._outbox.drop(change, revised, _dropped(change, revised, review), baselines)
            return self._renamed(successor, following) if successor and following else None
        if revised != change or baselines:
            sent: Sent = "" if not change.unknown else "created" if change.kind == "create" else "updated"
            self._outbox.revise(change, revised, baselines, sent)
        self._left[known.id] = revised
        return replace(successor, succeeds=known.id) if successor else None

    def _renamed(self, old: PendingChange, new: PendingChange) -> PendingChange:
        """What succeeds a change follows it under the name that its customer has now."""
        third = self._successors.pop(old.customer, None)
        if third is not None:
            self._successors[new.customer] = replace(third, succeeds=new.customer)
        return new


def carried_out(changes: Iterable[PendingChange], directory: Directory) -> dict[str, dict[str, Baseline]]:
    """By customer, what changes whose answers were lost left in Rotor: our own doing, and nobody's edit."""
    doubtful = [change for change in changes if change.unknown]
    if not doubtful or not directory.complete:
        return {}
    key_index = KeyIndex.holding(directory.customers.values())
    ours: dict[str, dict[str, Baseline]] = {}
    for change in doubtful:
        known = _known(change, directory, key_index)
        if known is not None:
            review = _review(change, known)
            edited = {field.field for field in review.held} if _was_created(change) else set()
            created = {field.field: Baseline(field.sent, field.after) for field in change.fields}
            ours[known.id] = review.equal | {name: created[name] for name in edited}
    return ours


def count_proven(changes: Iterable[PendingChange], directory: Directory) -> int:
    """How many new customers that this ledger never sent are in Rotor, found by their keys, with all that they say."""
    unsent = [change for change in changes if change.kind == "create" and is_planned(change.customer)]
    unsent = [change for change in unsent if not change.unknown]
    if not unsent or not directory.complete:
        return 0
    key_index = KeyIndex.holding(directory.customers.values())
    known = ((change, _known(change, directory, key_index)) for change in unsent)
    return sum(_is_all_there(change, customer) for change, customer in known if customer is not None)


def _is_all_there(change: PendingChange, known: Customer) -> bool:
    review = _review(change, known)
    return not review.held and all(field.field in UNREADABLE_FIELDS for field in review.keep)


def _known(change: PendingChange, directory: Directory, key_index: KeyIndex) -> Customer | None:
    """The customer in Rotor that the change is about: of a new one, the only customer that has its keys by now.

    One that succeeds another change is about that one's customer, whoever has its keys.
    """
    if not is_planned(change.customer):
        return directory.customers.get(change.customer)
    if change.succeeds:
        return None
    holders = {holder for name in KEY_FIELDS for holder in key_index.holders(name, change.keys[name])}
    return directory.customers[holders.pop()] if len(holders) == 1 else None


def _review(change: PendingChange, known: Customer) -> _Review:
    review = _Review([], {}, [], [])
    for field in change.fields:
        name, held = field.field, _held(known, field.field)
        if name == TAGS_FIELD:
            missing = lacking_tags(field.after, held or ())
            if missing:
                review.keep.append(replace(field, before=held, after=missing))
            else:
                review.equal[name] = Baseline(field.sent, held or ())
            continue
        if name in KEY_FIELDS and field.after and change.keys[name] == known.key(name):
            held = field.after  # Rotor only stores another spelling of it
        if change.unknown and held != field.before and is_cut(field.after, held or ""):
            # The answer that is lost would have said so: this is what Rotor made of it, and nobody's edit.
            review.equal[name] = Baseline(field.sent, held or "")
            review.cut += kept_otherwise(replace(change, fields=(field,)), known.values, known.keys)
            continue
        match decide_again(field.after, held, field.before):
            case Verdict.EQUAL:
                review.equal[name] = Baseline(field.sent, held or "")
            case Verdict.SEND:
                review.keep.append(field)
            case Verdict.HOLD:
                shown = known.key(name) if name in KEY_FIELDS else held or ""  # as the next plan shows it
                ref = change.rows[0].ref if change.rows else _NO_ROW
                review.held.append(HeldField(known.id, ref, name, field.after, shown))
            case unhandled:
                assert_never(unhandled)
    return review


def _since_found(change: PendingChange, review: _Review) -> Iterator[FieldChange]:
    """What is left to send; of somebody who was taken for new, what Rotor never shows isn't known."""
    for field in review.keep:
        hidden = is_planned(change.customer) and not _was_created(change) and field.field in UNREADABLE_FIELDS
        yield replace(field, before=None) if hidden else field


def _keys(change: PendingChange, known: Customer, review: _Review) -> dict[str, str]:
    """The keys that the customer is to have; one whose field is held stays as it is in Rotor."""
    held = {field.field for field in review.held}
    return {name: known.key(name) if name in held else change.keys[name] for name in KEY_FIELDS}


def _held(known: Customer, name: str) -> Value | None:
    if name in known.values:
        return known.values[name]
    if name in UNREADABLE_FIELDS:
        return None
    return blank(name)


def _bases(change: PendingChange, known: Customer, review: _Review, outbox: Outbox) -> Iterator[tuple[str, Baseline]]:
    """Baselines for held fields that have none.

    Without them the next run would know of no edit, and the file's value would win.
    """
    held = {field.field for field in review.held}
    stored = outbox.baselines(change.feed, known.id) if held else {}
    for field in change.fields:
        if field.field not in held or field.field in stored:
            continue
        if _was_created(change):
            yield field.field, Baseline(field.sent, field.after)
        elif field.before is not None:
            yield field.field, Baseline(field.before, field.before)


def _was_created(change: PendingChange) -> bool:
    """The answer to a create was lost, and Rotor holds the customer, so it was carried out."""
    return change.unknown and is_new(change.kind)


def _dropped(change: PendingChange, revised: PendingChange, review: _Review) -> Outcome:
    """Nothing is left to send; a change whose answer was lost may have been carried out before."""
    if _was_created(change):
        return revised.ended("created", "", tuple(review.cut))
    if review.held:
        return revised.ended("dropped", "changed in Rotor in the meantime")
    return (
        revised.ended("updated", "", tuple(review.cut))
        if change.unknown
        else revised.ended("dropped", "Rotor already has all of it")
    )
