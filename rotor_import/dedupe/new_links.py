"""The row links that an import leaves: which customer each contested row belongs to from now on, or why it is held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.lost_keys import FIRM, unmoved_by
from rotor_import.dedupe.replay import Replay
from rotor_import.model.change import Hold, LinkUpdate
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.policy import MatchingPolicy
from rotor_import.model.row_link import Named, RowLink
from rotor_import.model.rows import Record


def new_links(
    records: Sequence[Record],
    replay: Replay,
    links: Sequence[LinkUpdate],
    unsent: Collection[str],
    matching: MatchingPolicy,
) -> Iterator[LinkUpdate]:
    """`links` are those that the replay started from, `unsent` customers whose change is still to be sent."""
    applied = {update.link.row_key: update.prior if update.link.customer in unsent else update.link for update in links}
    held = {hold.record.ref: hold for hold in replay.holds if hold.sticky}
    skipped = replay.decisions.skipped
    for record in records:
        stored = replay.links.stored(record)
        prior = applied[stored.row_key] if stored else None
        if prior is not None:
            prior = replace(prior, natural_key=record.natural_key, occurrence=record.occurrence)
        if record.ref in replay.owners:
            yield LinkUpdate(_kept_link(record, replay), prior)
        elif record.ref in held:
            yield LinkUpdate(_held_link(held[record.ref], prior, replay, matching))
        elif record.ref in skipped:
            link = _held_link(skipped[record.ref], prior, replay, matching)
            yield LinkUpdate(replace(link, fate="skipped", decision="skip", group="", unmoved=()))
        elif prior is not None:
            yield LinkUpdate(prior)


def with_emptied(updates: Iterable[LinkUpdate], index: LinkIndex) -> Iterator[LinkUpdate]:
    """The updates, and empty links where rows stood that moved among the rows of their source key.

    As the copy of an older state such a link would mislead a later import.
    """
    written = set()
    for update in updates:
        written.add(update.link.row_key)
        yield update
    for natural_key, occurrence in sorted(index.used() - written):
        yield LinkUpdate(RowLink(natural_key, occurrence, "", ""))


def _kept_link(record: Record, replay: Replay) -> RowLink:
    link = replay.links.find(record)
    decided = replay.decisions.decided.get(record.ref)
    lost = replay.strangers.shared.lost.of(record)
    unmoved: dict[str, str] = dict(decided.unmoved) if decided else {}
    unmoved |= unmoved_by(lost)
    word = decided.word if decided else next((loss.word for loss in lost.values()), "")

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
        seen=replay.links.first_seen(record),
        decision=word or ("same" if replay.strangers.is_same(record) else ""),
        named=_named(decided.named, replay.key_index) if decided else (),
        unmoved=tuple(unmoved.items()),
    )


def _held_link(hold: Hold, prior: RowLink | None, replay: Replay, matching: MatchingPolicy) -> RowLink:
    """The link of a held row, with the customer and cells that it had before, so that it can go back to them."""
    record = hold.record
    lost = replay.strangers.shared.lost.of(record)
    unmoved = unmoved_by(lost)
    if hold.key is not None:
        unmoved |= dict((hold.key,)) | ({FIRM: hold.kind} if hold.firm else {})
    was = prior or RowLink(record.natural_key, record.occurrence, "", "")
    return RowLink(
        record.natural_key,
        record.occurrence,
        was.customer,
        record.digest,
        *was.cells,
        seen=replay.links.first_seen(record),
        fate="held",
        reason=hold.reason,
        field=hold.field,
        matching=matching.to_text(),
        group=hold.question,
        named=_named(hold.named, replay.key_index),
        decision=next((loss.word for loss in lost.values()), ""),
        unmoved=tuple(unmoved.items()),
    )


def _named(customers: Sequence[str], key_index: KeyIndex) -> tuple[Named, ...]:
    return tuple(Named(customer, **key_index.keys(customer)) for customer in customers)
