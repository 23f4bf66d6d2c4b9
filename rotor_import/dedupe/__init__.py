"""Records → customers: whose each row is, and the one record that all rows of a customer make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rotor_import.dedupe.decisions import Rulings
from rotor_import.dedupe.fold import fold, lost_values, suspicious
from rotor_import.dedupe.key_clearing import clear_keys
from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.merge_state import Member, PendingElsewhere
from rotor_import.dedupe.replay import KEYLESS, Replay
from rotor_import.model.change import Group, Hold, LinkUpdate, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer, Decision
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import Named, RowLink, is_planned
from rotor_import.model.rows import Notice, Policy, Record, Reject
from rotor_import.model.three_way import Baseline

__all__ = ["KEYLESS", "Background", "Deduped", "PendingElsewhere", "PendingKeys", "dedupe"]


@dataclass(frozen=True)
class PendingKeys:
    """The keys of one of the feed's own customers before and after a change that is still to be sent."""

    customer: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Background:
    """What is known of the feed: `links` of earlier rows, `baseline` of (customer, field), a person's decisions."""

    links: Sequence[LinkUpdate] = ()
    baseline: Callable[[str, str], Baseline | None] = lambda _customer, _field: None
    pending: Sequence[PendingKeys] = ()
    elsewhere: PendingElsewhere = field(default_factory=PendingElsewhere)
    decisions: Sequence[Decision] = ()
    feed: str = ""


@dataclass(frozen=True)
class Deduped:
    groups: tuple[Group, ...]
    holds: tuple[Hold, ...]
    rejects: tuple[Reject, ...]
    links: tuple[LinkUpdate, ...]
    skipped: tuple[RowRef, ...] = ()
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
        replay, link_index, standing = _replayed(records, directory, background, policy, new_customer, dropped)
        dangling = _dangling(replay) - dropped
        if not dangling:
            break
        dropped |= dangling
    cleared = [name for name in KEY_FIELDS if policy.write.get(name) == "clear" and name in mapped]
    clear_keys(replay, cleared, background.baseline)
    groups = [_group(customer, member, replay, directory, policy) for customer, member in replay.members.items()]
    return Deduped(
        groups=tuple(sorted(groups, key=lambda group: group.records[0].ref)),
        holds=tuple(sorted(replay.holds, key=lambda hold: hold.record.ref)),
        rejects=tuple(sorted(replay.rejects, key=lambda reject: (reject.file, reject.row))),
        links=tuple(_links(records, replay, link_index, _priors(standing, background), policy)),
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
) -> tuple[Replay, LinkIndex, list[LinkUpdate]]:
    """The replay, with the links that it started from; pending changes of `dropped` customers are forgotten."""
    key_index = KeyIndex()
    for customer in directory.customers.values():
        key_index.add(customer.id, customer.phone, customer.email)
    pending = [one for one in background.pending if one.customer not in dropped]
    forgotten = _overlay(key_index, replace(background, pending=pending), {record.natural_key for record in records})
    standing = _standing(background.links, forgotten | dropped)
    link_index = LinkIndex((update.link for update in standing), records, policy.matching)
    replay = Replay(
        directory,
        link_index,
        policy,
        key_index=key_index,
        baselines=background.baseline,
        new_customer=new_customer,
        elsewhere=background.elsewhere,
    )
    replay.rulings = Rulings(key_index, background.decisions, background.feed)
    replay.run(records)
    return replay, link_index, standing


def _dangling(replay: Replay) -> frozenset[str]:
    """Planned customers whom held rows name although no row makes them: they will never be, and hold nobody."""
    named = {name for hold in replay.holds for name in hold.named}
    return frozenset(name for name in named if is_planned(name) and name not in replay.members)


def _overlay(key_index: KeyIndex, background: Background, present: Collection[str]) -> frozenset[str]:
    """Take the feed's own pending keys as moved already, so that a pause changes nothing.

    Gives the customers whose pending change is forgotten: no row of theirs is in the file any more, or
    somebody changed or took the keys in Rotor meanwhile.
    """
    live = {update.link.customer for update in background.links if update.link.natural_key in present}
    forgotten = set()
    for pending in background.pending:
        current = key_index.keys(pending.customer)
        fits = pending.customer in live and all(
            current[name] in (pending.before[name], pending.after[name]) for name in KEY_FIELDS
        )
        moving = {other.customer for other in background.pending}
        if not fits or key_index.rivals(pending.customer, pending.after.items()) - moving:
            forgotten.add(pending.customer)
    for pending in background.pending:
        if pending.customer not in forgotten:
            key_index.add(pending.customer, pending.after["phone"], pending.after["email"])
    return frozenset(forgotten)


def _standing(links: Iterable[LinkUpdate], forgotten: Collection[str]) -> list[LinkUpdate]:
    """The links as they count now: rows of a forgotten change go back to what they were before it."""
    kept = []
    for update in links:
        if update.link.customer not in forgotten:
            kept.append(update)
        elif update.prior is not None:
            kept.append(LinkUpdate(update.prior))
    return kept


def _group(customer: str, member: Member, replay: Replay, directory: Directory, policy: Policy) -> Group:
    records = tuple(sorted(member.records, key=lambda record: record.ref))
    values = fold(records, policy)
    keys = replay.sealed.get(customer) or replay.key_index.keys(customer)
    strange = {*member.suspicious, *suspicious(records, None)} - replay.rulings.decided.keys()  # a person has looked
    return Group(
        customer=customer,
        records=records,
        values=values,
        keys=keys,
        before=directory.customers.get(customer),
        key_baselines=member.key_baselines,
        held_keys=tuple(member.held_keys.values()),
        lost=tuple(lost_values(records, values, keys)),
        suspicious=tuple(sorted(strange)),
        succeeds=member.succeeds,
    )


def _priors(standing: Sequence[LinkUpdate], background: Background) -> dict[tuple[str, int], RowLink | None]:
    """What each row was before anything that is not applied yet."""
    unsent = {pending.customer for pending in background.pending}
    return {update.link.row_key: update.prior if update.link.customer in unsent else update.link for update in standing}


def _links(
    records: Sequence[Record],
    replay: Replay,
    link_index: LinkIndex,
    priors: Mapping[tuple[str, int], RowLink | None],
    policy: Policy,
) -> Iterable[LinkUpdate]:
    held = {hold.record.ref: hold for hold in replay.holds if hold.sticky}
    skipped = replay.rulings.skipped
    for record in records:
        stored = link_index.stored(record)
        prior = priors[stored.row_key] if stored else None
        if prior is not None:
            prior = replace(prior, natural_key=record.natural_key, occurrence=record.occurrence)
        if record.ref in replay.owners:
            yield LinkUpdate(_kept_link(record, replay, link_index), prior)
        elif record.ref in held:
            yield LinkUpdate(_held_link(record, held[record.ref], prior, replay.key_index, policy))
        elif record.ref in skipped:
            link = _held_link(record, skipped[record.ref], prior, replay.key_index, policy)
            yield LinkUpdate(replace(link, fate="skipped", decision="skip"))
        elif prior is not None:
            yield LinkUpdate(prior)


def _kept_link(record: Record, replay: Replay, link_index: LinkIndex) -> RowLink:
    link = link_index.find(record)
    decided = replay.rulings.decided.get(record.ref)
    unmoved = dict(decided.unmoved) if decided else {}

    def applied(name: str, value: str) -> str:
        if name in unmoved:
            return ""
        if (record.ref, name) not in replay.unapplied:
            return value
        return link.cell(name) if link else ""

    return RowLink(
        record.natural_key,
        record.occurrence,
        replay.owners[record.ref],
        record.digest,
        applied("id", record.id),
        applied("phone", record.phone),
        applied("email", record.email),
        decision=decided.word if decided else "",
        named=tuple(Named(name, **replay.key_index.keys(name)) for name in decided.named) if decided else (),
        unmoved=tuple(unmoved.items()),
    )


def _held_link(record: Record, hold: Hold, prior: RowLink | None, key_index: KeyIndex, policy: Policy) -> RowLink:
    """What the row was before stays beside the hold, so that it can go back to it."""
    was = prior or RowLink(record.natural_key, record.occurrence, "", "")
    return RowLink(
        record.natural_key,
        record.occurrence,
        was.customer,
        record.digest,
        *was.cells,
        fate="held",
        reason=hold.reason,
        field=hold.field,
        matching=policy.matching,
        named=tuple(Named(name, **key_index.keys(name)) for name in hold.named),
    )
