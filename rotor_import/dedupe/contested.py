"""Decides contested rows: replays Rotor's rule over them, and folds the rows of each customer into one record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rotor_import.dedupe.background import Background
from rotor_import.dedupe.decisions import Decisions
from rotor_import.dedupe.fold import fold, lost_values
from rotor_import.dedupe.key_clearing import clear_keys
from rotor_import.dedupe.key_words import KeyWords
from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.lost_keys import LostKeys
from rotor_import.dedupe.merge_state import Member
from rotor_import.dedupe.merging import merge_people
from rotor_import.dedupe.new_links import new_links, with_emptied
from rotor_import.dedupe.questions import Asking
from rotor_import.dedupe.replay import Replay
from rotor_import.dedupe.shared_keys import SharedKeys
from rotor_import.dedupe.shared_notes import left_to_others, lost_notices, with_shared_keys
from rotor_import.dedupe.strangers import Strangers
from rotor_import.dedupe.unsent import apply_unsent, links_without
from rotor_import.model.change import Group, Hold, LinkUpdate, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
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
    shared = SharedKeys(
        policy.matching, LostKeys.remembered(records, [update.link for update in links], policy.matching)
    )
    merge_people(background.merges, records, shared, directory)
    words = KeyWords(background.decisions, shared, directory)
    passes = _Passes(directory, background, links, policy, shared, new_customer)
    originals = {record.ref: record for record in records}
    forgotten: frozenset[str] = frozenset()
    while True:
        rows = [shared.lost.without(record) for record in records]
        replay, current, applied = passes.replayed(rows, forgotten)
        unmade = applied - replay.members.keys()
        forgotten |= unmade
        if unmade or shared.learn(replay):
            continue
        asking = Asking(replay, directory, originals, background.feed)
        held, merged = tuple(asking.held()), tuple(asking.households())
        if not words.apply((*held, *merged), replay, records):
            break
        shared.start_again()
    cleared = [name for name in KEY_FIELDS if policy.clears(name) and name in mapped]
    clear_keys(replay, cleared, background.baseline)
    replay.holds += [hold for asked in held for hold in asked.holds()]
    groups = [
        _group(customer, member, replay, asking, background, policy) for customer, member in replay.members.items()
    ]
    unsent = {change.customer for change in background.pending}
    return Contested(
        groups=tuple(sorted(groups, key=lambda group: group.records[0].ref)),
        holds=tuple(sorted(replay.holds, key=lambda hold: hold.record.ref)),
        rejects=tuple(sorted(replay.rejects, key=lambda reject: (reject.file, reject.row))),
        links=tuple(with_emptied(new_links(rows, replay, current, unsent, policy.matching), replay.links)),
        skipped=tuple(sorted(replay.decisions.skipped)),
        notices=(*replay.decisions.notices, *lost_notices(records, shared.lost, replay.owners)),
        answers=(
            *replay.decisions.answers.values(),
            *replay.decisions.about_keys.answers.values(),
            *words.answers.values(),
        ),
        questions=tuple(asked.question() for asked in sorted((*held, *merged), key=lambda asked: asked.refs)),
    )


@dataclass(frozen=True)
class _Passes:
    """What each pass of the replay starts from."""

    directory: Directory
    background: Background
    links: Sequence[LinkUpdate]
    policy: Policy
    shared: SharedKeys
    new_customer: Callable[[], str]

    def replayed(
        self, records: Sequence[Record], forgotten: frozenset[str]
    ) -> tuple[Replay, list[LinkUpdate], frozenset[str]]:
        """The replay, the links that it started from, and the customers whose unsent change counted as applied.

        Unsent changes of `forgotten` customers do not count: no row asks for them any more.
        """
        key_index = KeyIndex.holding(self.directory.customers.values())
        pending = [change for change in self.background.pending if change.customer not in forgotten]
        present = {record.natural_key for record in records}
        live = {update.link.customer for update in self.links if update.link.natural_key in present}
        dropped = apply_unsent(pending, live, key_index)
        current = links_without(forgotten | dropped, self.links)
        index = LinkIndex(
            (update.link for update in current), records, self.policy.matching, self.background.links.last_seen
        )
        replay = Replay(
            self.directory,
            self.policy,
            Strangers(self.directory, index, key_index, self.shared),
            background=self.background,
            decisions=Decisions(key_index, self.background.decisions, self.background.feed),
            new_customer=self.new_customer,
        )
        replay.run(records)
        return replay, current, frozenset(change.customer for change in pending) - dropped


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
