"""Records → customers: whose each row is, and the one record that all rows of a customer make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rotor_import.dedupe.book import PinBook
from rotor_import.dedupe.clear import clear_keys
from rotor_import.dedupe.decided import Rulings
from rotor_import.dedupe.fold import fold, lost_values, suspicious
from rotor_import.dedupe.member import Busy, Member
from rotor_import.dedupe.picture import Picture
from rotor_import.dedupe.replay import KEYLESS, Replay
from rotor_import.model.change import Group, Hold, PinUpdate, Place
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer, Decision
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.pin import Named, Pin, is_planned
from rotor_import.model.rows import Notice, Policy, Record, Reject
from rotor_import.model.threeway import Memory

__all__ = ["KEYLESS", "Background", "Busy", "Deduped", "PendingKeys", "dedupe"]


@dataclass(frozen=True)
class PendingKeys:
    """The keys of one of the feed's own customers before and after a change that is still to be sent."""

    customer: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Background:
    """What is known of the feed: `pins` of earlier rows, `memory` of (customer, field), a person's decisions."""

    pins: Sequence[PinUpdate] = ()
    memory: Callable[[str, str], Memory | None] = lambda _customer, _field: None
    pending: Sequence[PendingKeys] = ()
    busy: Busy = field(default_factory=Busy)
    decisions: Sequence[Decision] = ()
    feed: str = ""


@dataclass(frozen=True)
class Deduped:
    groups: tuple[Group, ...]
    holds: tuple[Hold, ...]
    rejects: tuple[Reject, ...]
    pins: tuple[PinUpdate, ...]
    skipped: tuple[Place, ...] = ()
    """Rows that a person decided to leave out."""
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()


def dedupe(
    records: Sequence[Record],
    directory: Directory,
    background: Background,
    policy: Policy,
    *,
    new_customer: Callable[[], str],
    mapped: Collection[str] = (),
) -> Deduped:
    """Replay the server's rule over `records` (all files, in order), and fold what belongs together.

    `mapped` are the fields that the mapping fills: only those of them can be blank on purpose.
    """
    dropped: frozenset[str] = frozenset()
    while True:
        replay, book, standing = _replayed(records, directory, background, policy, new_customer, dropped)
        ghosts = _ghosts(replay) - dropped
        if not ghosts:
            break
        dropped |= ghosts
    cleared = [name for name in KEY_FIELDS if policy.write.get(name) == "clear" and name in mapped]
    clear_keys(replay, cleared, background.memory)
    groups = [_group(customer, member, replay, directory, policy) for customer, member in replay.members.items()]
    return Deduped(
        groups=tuple(sorted(groups, key=lambda group: group.records[0].place)),
        holds=tuple(sorted(replay.holds, key=lambda hold: hold.record.place)),
        rejects=tuple(sorted(replay.rejects, key=lambda reject: (reject.file, reject.row))),
        pins=tuple(_pins(records, replay, book, _priors(standing, background), policy)),
        skipped=tuple(sorted(replay.rulings.skipped)),
        notices=tuple(replay.rulings.notices),
        answers=tuple(replay.rulings.answers.values()),
    )


def _replayed(
    records: Sequence[Record],
    directory: Directory,
    background: Background,
    policy: Policy,
    new_customer: Callable[[], str],
    dropped: frozenset[str],
) -> tuple[Replay, PinBook, list[PinUpdate]]:
    """The replay, with the pins that it started from; pending changes of `dropped` customers are forgotten."""
    picture = Picture()
    for customer in directory.customers.values():
        picture.add(customer.id, customer.phone, customer.email)
    pending = [one for one in background.pending if one.customer not in dropped]
    forgotten = _overlay(picture, replace(background, pending=pending), {record.ident for record in records})
    standing = _standing(background.pins, forgotten | dropped)
    book = PinBook((update.pin for update in standing), records, policy.matching)
    replay = Replay(
        directory,
        book,
        policy,
        picture=picture,
        memories=background.memory,
        new_customer=new_customer,
        busy=background.busy,
    )
    replay.rulings = Rulings(picture, background.decisions, background.feed)
    replay.run(records)
    return replay, book, standing


def _ghosts(replay: Replay) -> frozenset[str]:
    """Planned customers whom held rows name although no row makes them: they will never be, and hold nobody."""
    named = {name for hold in replay.holds for name in hold.named}
    return frozenset(name for name in named if is_planned(name) and name not in replay.members)


def _overlay(picture: Picture, background: Background, present: Collection[str]) -> frozenset[str]:
    """Take the feed's own pending keys as moved already, so that a pause changes nothing.

    Gives the customers whose pending change is forgotten: no row of theirs is in the file any more, or
    somebody changed or took the keys in Rotor meanwhile.
    """
    live = {update.pin.customer for update in background.pins if update.pin.ident in present}
    forgotten = set()
    for pending in background.pending:
        current = picture.keys(pending.customer)
        fits = pending.customer in live and all(
            current[name] in (pending.before[name], pending.after[name]) for name in KEY_FIELDS
        )
        moving = {other.customer for other in background.pending}
        if not fits or picture.rivals(pending.customer, pending.after.items()) - moving:
            forgotten.add(pending.customer)
    for pending in background.pending:
        if pending.customer not in forgotten:
            picture.add(pending.customer, pending.after["phone"], pending.after["email"])
    return frozenset(forgotten)


def _standing(pins: Iterable[PinUpdate], forgotten: Collection[str]) -> list[PinUpdate]:
    """The pins as they count now: rows of a forgotten change go back to what they were before it."""
    kept = []
    for update in pins:
        if update.pin.customer not in forgotten:
            kept.append(update)
        elif update.prior is not None:
            kept.append(PinUpdate(update.prior))
    return kept


def _group(customer: str, member: Member, replay: Replay, directory: Directory, policy: Policy) -> Group:
    records = tuple(sorted(member.records, key=lambda record: record.place))
    values = fold(records, policy)
    keys = replay.closed.get(customer) or replay.picture.keys(customer)
    strange = {*member.suspicious, *suspicious(records, None)} - replay.rulings.decided.keys()  # a person has looked
    return Group(
        customer=customer,
        records=records,
        values=values,
        keys=keys,
        before=directory.customers.get(customer),
        remember=member.remember,
        held_keys=tuple(member.held_keys.values()),
        lost=tuple(lost_values(records, values, keys)),
        suspicious=tuple(sorted(strange)),
        follows=member.follows,
    )


def _priors(standing: Sequence[PinUpdate], background: Background) -> dict[tuple[str, int], Pin | None]:
    """What each row was before anything that is not applied yet."""
    unsent = {pending.customer for pending in background.pending}
    return {update.pin.slot: update.prior if update.pin.customer in unsent else update.pin for update in standing}


def _pins(
    records: Sequence[Record],
    replay: Replay,
    book: PinBook,
    priors: Mapping[tuple[str, int], Pin | None],
    policy: Policy,
) -> Iterable[PinUpdate]:
    held = {hold.record.place: hold for hold in replay.holds if hold.sticky}
    skipped = replay.rulings.skipped
    for record in records:
        stored = book.stored(record)
        prior = priors[stored.slot] if stored else None
        if prior is not None:
            prior = replace(prior, ident=record.ident, ordinal=record.ordinal)
        if record.place in replay.owners:
            yield PinUpdate(_kept_pin(record, replay, book), prior)
        elif record.place in held:
            yield PinUpdate(_held_pin(record, held[record.place], prior, replay.picture, policy))
        elif record.place in skipped:
            pin = _held_pin(record, skipped[record.place], prior, replay.picture, policy)
            yield PinUpdate(replace(pin, fate="skipped", decision="skip"))
        elif prior is not None:
            yield PinUpdate(prior)


def _kept_pin(record: Record, replay: Replay, book: PinBook) -> Pin:
    pin = book.find(record)
    decided = replay.rulings.decided.get(record.place)
    unmoved = dict(decided.unmoved) if decided else {}

    def applied(name: str, value: str) -> str:
        if name in unmoved:
            return ""
        if (record.place, name) not in replay.unapplied:
            return value
        return pin.cell(name) if pin else ""

    return Pin(
        record.ident,
        record.ordinal,
        replay.owners[record.place],
        record.digest,
        applied("id", record.id),
        applied("phone", record.phone),
        applied("email", record.email),
        decision=decided.word if decided else "",
        named=tuple(Named(name, **replay.picture.keys(name)) for name in decided.named) if decided else (),
        unmoved=tuple(unmoved.items()),
    )


def _held_pin(record: Record, hold: Hold, prior: Pin | None, picture: Picture, policy: Policy) -> Pin:
    """What the row was before stays beside the hold, so that it can go back to it."""
    was = prior or Pin(record.ident, record.ordinal, "", "")
    return Pin(
        record.ident,
        record.ordinal,
        was.customer,
        record.digest,
        *was.cells,
        fate="held",
        reason=hold.reason,
        field=hold.field,
        matching=policy.matching,
        named=tuple(Named(name, **picture.keys(name)) for name in hold.named),
    )
