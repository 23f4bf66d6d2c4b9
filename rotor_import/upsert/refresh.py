"""What is left of pending changes after a pause, now that Rotor may hold something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import Pending
from rotor_import.model.change import FieldChange, HeldField, Outcome, State, is_new
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Value
from rotor_import.model.row_link import Named, is_planned
from rotor_import.model.sameness import lacking_tags
from rotor_import.model.three_way import Baseline, Verdict, decide_again


@dataclass
class _Review:
    """Each field of a change against what Rotor holds now."""

    keep: list[FieldChange]
    equal: dict[str, Baseline]
    held: list[HeldField]


def refresh(
    changes: Iterable[Pending], directory: Directory, outbox: Outbox, *, hold: bool
) -> tuple[list[Pending], list[HeldField]]:
    """The changes that are still to be sent, and fields that somebody changed meanwhile, held.

    Fields that became equal are dropped. A planned customer that Rotor holds by now (a request whose answer
    was lost, or somebody was quicker) goes on as an update of it. With `hold` a change that takes a key which
    somebody else has by now is held.
    """
    changes = list(changes)
    if not directory.complete:
        return changes, []
    holders = _holders(directory)
    waiting = {change.customer: change for change in changes}
    left: list[Pending] = []
    held: list[HeldField] = []
    for change in changes:
        known = _known(change, directory, holders)
        rivals = _rivals(change, known, holders, waiting) if hold else []
        if rivals:
            _hold(change, rivals, outbox)
            continue
        if known is None or (known.id != change.customer and known.id in waiting):
            left.append(change)
            continue
        review = _review(change, known)
        held.extend(review.held)
        revised = replace(
            change,
            customer=known.id,
            fields=tuple(review.keep),
            keys=_keys(change, known, review),
            before_keys={"phone": known.phone, "email": known.email},
        )
        baselines = review.equal | dict(_bases(change, known, review, outbox))
        if review.keep:
            if revised != change or baselines:
                outbox.revise(change, revised, baselines)
            left.append(revised)
        else:
            outbox.drop(change, revised.customer, _dropped(change, revised, review), baselines)
    return left, held


def carried_out(changes: Iterable[Pending], directory: Directory) -> dict[str, dict[str, Baseline]]:
    """By customer, what changes whose answer was lost left in Rotor: our own doing, and nobody's edit."""
    doubtful = [change for change in changes if change.unknown]
    if not doubtful or not directory.complete:
        return {}
    holders = _holders(directory)
    found: dict[str, dict[str, Baseline]] = {}
    for change in doubtful:
        known = _known(change, directory, holders)
        if known is not None:
            review = _review(change, known)
            edited = {field.field for field in review.held} if _was_created(change) else set()
            ours = {field.field: Baseline(field.sent, field.after) for field in change.fields if field.field in edited}
            found[known.id] = review.equal | ours
    return found


def _holders(directory: Directory) -> dict[tuple[str, str], list[Customer]]:
    found: dict[tuple[str, str], list[Customer]] = {}
    for customer in directory.customers.values():
        for name, value in (("phone", customer.phone), ("email", customer.email)):
            if value:
                found.setdefault((name, value), []).append(customer)
    return found


def _known(change: Pending, directory: Directory, holders: dict[tuple[str, str], list[Customer]]) -> Customer | None:
    """Whom the change is about: a create whose keys all lead to one customer is about that one now."""
    if not is_planned(change.customer):
        return directory.customers.get(change.customer)
    found = [one for name in KEY_FIELDS for one in holders.get((name, change.keys[name]), []) if change.keys[name]]
    ids = {one.id for one in found}
    return found[0] if len(ids) == 1 else None


def _rivals(
    change: Pending,
    known: Customer | None,
    holders: Mapping[tuple[str, str], list[Customer]],
    waiting: Mapping[str, Pending],
) -> list[Customer]:
    """Who else has a key that the change takes, and is not about to give it up."""
    own = {change.customer, known.id if known else ""}
    return [
        one
        for name in KEY_FIELDS
        if change.keys[name] != change.before_keys[name]
        for one in holders.get((name, change.keys[name]), [])
        if one.id not in own and not (one.id in waiting and waiting[one.id].keys[name] != change.keys[name])
    ]


def _hold(change: Pending, rivals: Iterable[Customer], outbox: Outbox) -> None:
    reason = "somebody else in Rotor got its phone or e-mail while it waited"
    outcome = Outcome(
        customer=change.customer,
        number=change.number,
        kind=change.kind,
        state="held",
        id="" if is_planned(change.customer) else change.customer,
        message=reason,
    )
    outbox.give_up(change, outcome, reason, {one.id: Named(one.id, one.phone, one.email) for one in rivals}.values())


def _review(change: Pending, known: Customer) -> _Review:
    review = _Review([], {}, [])
    for field in change.fields:
        name, held = field.field, _held(known, field.field)
        if name == TAGS_FIELD:
            missing = lacking_tags(field.after, held or ())
            if missing:
                review.keep.append(replace(field, before=held, after=missing))
            else:
                review.equal[name] = Baseline(field.sent, held or ())
            continue
        if name in KEY_FIELDS and field.after == known.key(name):
            held = field.after  # Rotor only stores another spelling of it
        match decide_again(field.after, held, field.before):
            case Verdict.EQUAL:
                review.equal[name] = Baseline(field.sent, held or "")
            case Verdict.SEND:
                review.keep.append(field)
            case Verdict.HOLD:
                review.held.append(HeldField(known.id, change.rows[0].ref, name, field.after, held or ""))
            case unhandled:
                assert_never(unhandled)
    return review


def _keys(change: Pending, known: Customer, review: _Review) -> dict[str, str]:
    """The keys that the customer shall have: a held one stays as it is in Rotor."""
    held = {field.field for field in review.held}
    return {name: known.key(name) if name in held else change.keys[name] for name in KEY_FIELDS}


def _held(known: Customer, name: str) -> Value | None:
    if name in known.values:
        return known.values[name]
    if name in UNREADABLE_FIELDS:
        return None
    return () if name == TAGS_FIELD else ""


def _bases(change: Pending, known: Customer, review: _Review, outbox: Outbox) -> Iterator[tuple[str, Baseline]]:
    """What a held field is compared with from now on, where nothing was synced before.

    Without it the next run would know of no edit, and the file's value would win.
    """
    held = {field.field for field in review.held}
    remembered = outbox.baselines(change.feed, known.id) if held else {}
    for field in change.fields:
        if field.field not in held or field.field in remembered:
            continue
        if _was_created(change):
            yield field.field, Baseline(field.sent, field.after)
        elif field.before is not None:
            yield field.field, Baseline(field.before, field.before)


def _was_created(change: Pending) -> bool:
    """Its answer was lost, and Rotor holds the customer: so it was carried out."""
    return change.unknown and is_new(change.kind)


def _dropped(change: Pending, revised: Pending, review: _Review) -> Outcome:
    """Nothing is left to send; a change whose answer was lost may have been carried out before."""
    state: State = "dropped"
    message = "somebody changed it in Rotor meanwhile" if review.held else "Rotor holds all of it already"
    if _was_created(change):
        state, message = "created", ""
    elif change.unknown and not review.held:
        state, message = "updated", ""
    return Outcome(
        customer=revised.customer,
        number=change.number,
        kind=change.kind,
        state=state,
        id=revised.customer,
        message=message,
    )
