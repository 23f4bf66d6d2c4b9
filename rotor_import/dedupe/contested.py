"""Decides contested rows: replays Rotor's rule over them, and folds the rows of each customer into one record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rotor_import.dedupe.background import Background
from rotor_import.dedupe.fold import fold, lost_values
from rotor_import.dedupe.key_clearing import clear_keys
from rotor_import.dedupe.merge_state import Member
from rotor_import.dedupe.new_links import new_links, with_emptied
from rotor_import.dedupe.overtaken import settle_decisions
from rotor_import.dedupe.passes import Passes
from rotor_import.dedupe.questions import Asking
from rotor_import.dedupe.replay import Replay
from rotor_import.dedupe.shared_notes import left_to_others, lost_notices, with_shared_keys
from rotor_import.model.change import Group, Hold, LinkUpdate, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.policy import Policy
from rotor_import.model.question import Question
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
    questions: tuple[Question, ...] = ()
    """What is asked about people who share a key."""


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
    passes = Passes(records, directory, background, links, policy, new_customer)
    settled, overtaken = settle_decisions(passes, background.feed)
    replay, asking, words = settled.replay, settled.asking, settled.words
    cleared = [name for name in KEY_FIELDS if policy.clears(name) and name in mapped]
    clear_keys(replay, cleared, background.baseline)
    replay.holds += [hold for asked in settled.held for hold in asked.holds()]
    groups = [
        _group(customer, member, replay, asking, background, policy) for customer, member in replay.members.items()
    ]
    unsent = {change.customer for change in background.pending}
    new = new_links(settled.rows, replay, settled.current, unsent, policy.matching)
    return Contested(
        groups=tuple(sorted(groups, key=lambda group: group.records[0].ref)),
        holds=tuple(sorted(replay.holds, key=lambda hold: hold.record.ref)),
        rejects=tuple(sorted(replay.rejects, key=lambda reject: (reject.file, reject.row))),
        links=tuple(with_emptied(new, replay.links)),
        skipped=tuple(sorted(replay.decisions.skipped)),
        notices=(*replay.decisions.notices, *lost_notices(records, settled.shared.lost, replay.owners)),
        answers=(
            *replay.decisions.answers.values(),
            *replay.decisions.about_keys.answers.values(),
            *words.answers.values(),
            *overtaken,
        ),
        questions=tuple(asked.question() for asked in sorted(settled.questions, key=lambda asked: asked.refs)),
    )


def _group(
    customer: str, member: Member, replay: Replay, asking: Asking, background: Background, policy: Policy
) -> Group:
    records = tuple(sorted(member.records, key=lambda record: record.ref))
    by_age = sorted(records, key=replay.links.first_seen)
    before = asking.directory.customers.get(customer)
    lost = {
        (name, loss.value): loss.word
        for record in records
        for name, loss in replay.strangers.shared.lost.of(record).items()
        if loss.word != "ignore"
    }
    values = fold(by_age, policy)
    if lost:
        values = with_shared_keys(values, dict(sorted(lost.items())), before, background.baseline(customer, "notes"))
    keys = replay.sealed.get(customer) or replay.key_index.keys(customer)
    strange = {record.ref for record, comparison, _ in asking.compared(customer) if comparison.verdict != "same"}
    return Group(
        customer=customer,
        records=records,
        values=values,
        keys=keys,
        before=before,
        key_baselines=member.key_baselines,
        held_keys=tuple(member.held_keys.values()),
        lost=tuple(lost_values(by_age, values, keys)),
        shared=tuple(left_to_others(records, replay.strangers.shared.lost, values)),
        suspicious=tuple(sorted(strange - replay.decisions.decided.keys())),  # a person has looked at the others
        succeeds=member.succeeds,
    )
