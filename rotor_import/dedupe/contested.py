"""Decides contested rows: replays Rotor's rule over them, and folds the rows of each customer into one record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rotor_import.dedupe.background import Background
from rotor_import.dedupe.decisions import Decisions
from rotor_import.dedupe.fold import fold, lost_values, suspicious
from rotor_import.dedupe.key_clearing import clear_keys
from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.merge_state import Member
from rotor_import.dedupe.new_links import new_links
from rotor_import.dedupe.replay import Replay
from rotor_import.dedupe.unsent import apply_unsent, links_without
from rotor_import.model.change import Group, Hold, LinkUpdate, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.policy import Policy
from rotor_import.model.rows import Notice, Record, Reject


@dataclass(frozen=True)
class Contested:
    """What the replay made of contested rows: customers' groups, held and rejected rows, and new links."""

    groups: tuple[Group, ...]
    holds: tuple[Hold, ...]
    rejects: tuple[Reject, ...]
    links: tuple[LinkUpdate, ...]
    skipped: tuple[RowRef, ...] = ()
    """Rows that a person decided to leave out."""
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()


def dedupe_records(
    records: Sequence[Record],
    directory: Directory,
    background: Background,
    links: Sequence[LinkUpdate],
    policy: Policy,
    *,
    new_customer: Callable[[], str],
    mapped: Collection[str] = (),
) -> Contested:
    """Replay the server's rule over `records` (all files, in order), and fold what belongs together.

    `links` are those of the background's that the records can meet. `mapped` are the fields that the mapping fills:
    only those of them can be blank on purpose.
    """
    forgotten: frozenset[str] = frozenset()
    while True:
        replay, current, applied = _replayed(
            records, directory, background, links, policy, new_customer, forgotten=forgotten
        )
        unmade = applied - replay.members.keys()
        if not unmade:
            break
        forgotten |= unmade
    cleared = [name for name in KEY_FIELDS if policy.clears(name) and name in mapped]
    clear_keys(replay, cleared, background.baseline)
    groups = [_group(customer, member, replay, directory, policy) for customer, member in replay.members.items()]
    unsent = {change.customer for change in background.pending}
    return Contested(
        groups=tuple(sorted(groups, key=lambda group: group.records[0].ref)),
        holds=tuple(sorted(replay.holds, key=lambda hold: hold.record.ref)),
        rejects=tuple(sorted(replay.rejects, key=lambda reject: (reject.file, reject.row))),
        links=tuple(new_links(records, replay, current, unsent, policy.matching)),
        skipped=tuple(sorted(replay.decisions.skipped)),
        notices=tuple(replay.decisions.notices),
        answers=tuple(replay.decisions.answers.values()),
    )


def _replayed(
    records: Sequence[Record],
    directory: Directory,
    background: Background,
    links: Sequence[LinkUpdate],
    policy: Policy,
    new_customer: Callable[[], str],
    *,
    forgotten: frozenset[str],
) -> tuple[Replay, list[LinkUpdate], frozenset[str]]:
    """The replay, the links that it started from, and the customers whose unsent change counted as applied.

    Unsent changes of `forgotten` customers do not count: no row asks for them any more.
    """
    key_index = KeyIndex()
    for customer in directory.customers.values():
        key_index.add(customer.id, customer.phone, customer.email)
    pending = [change for change in background.pending if change.customer not in forgotten]
    present = {record.natural_key for record in records}
    live = {update.link.customer for update in links if update.link.natural_key in present}
    dropped = apply_unsent(pending, live, key_index)
    current = links_without(forgotten | dropped, links)
    replay = Replay(
        directory,
        LinkIndex((update.link for update in current), records, policy.matching),
        policy,
        key_index=key_index,
        background=background,
        decisions=Decisions(key_index, background.decisions, background.feed),
        new_customer=new_customer,
    )
    replay.run(records)
    return replay, current, frozenset(change.customer for change in pending) - dropped


def _group(customer: str, member: Member, replay: Replay, directory: Directory, policy: Policy) -> Group:
    records = tuple(sorted(member.records, key=lambda record: record.ref))
    values = fold(records, policy)
    keys = replay.sealed.get(customer) or replay.key_index.keys(customer)
    strange = {*member.suspicious, *suspicious(records)}
    return Group(
        customer=customer,
        records=records,
        values=values,
        keys=keys,
        before=directory.customers.get(customer),
        key_baselines=member.key_baselines,
        held_keys=tuple(member.held_keys.values()),
        lost=tuple(lost_values(records, values, keys)),
        suspicious=tuple(sorted(strange - replay.decisions.decided.keys())),  # a person has looked at the others
        succeeds=member.succeeds,
    )
