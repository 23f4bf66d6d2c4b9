"""Replays contested rows pass by pass, until nothing more is learned about those who share a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rotor_import.dedupe.background import Background
from rotor_import.dedupe.decisions import Decisions
from rotor_import.dedupe.key_words import KeyWords
from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.lost_keys import LostKeys
from rotor_import.dedupe.merging import merge_people
from rotor_import.dedupe.questions import Asking, KeyQuestion
from rotor_import.dedupe.replay import Replay
from rotor_import.dedupe.shared_keys import Barred, SharedKeys
from rotor_import.dedupe.strangers import Strangers
from rotor_import.dedupe.unsent import apply_unsent, links_without
from rotor_import.model.change import Hold, LinkUpdate, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Decision
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.policy import Policy
from rotor_import.model.rows import Record


@dataclass(frozen=True)
class Settled:
    """The last pass: `rows` without the keys that they lost, and the links that the pass started from."""

    replay: Replay
    shared: SharedKeys
    words: KeyWords
    asking: Asking
    rows: Sequence[Record]
    current: list[LinkUpdate]
    held: tuple[KeyQuestion, ...]
    merged: tuple[KeyQuestion, ...]

    @property
    def questions(self) -> tuple[KeyQuestion, ...]:
        return (*self.held, *self.merged)


@dataclass(frozen=True)
class Passes:
    """What each pass of the replay starts from."""

    records: Sequence[Record]
    directory: Directory
    background: Background
    links: Sequence[LinkUpdate]
    policy: Policy
    new_customer: Callable[[], str]
    barred: Mapping[RowRef, Barred | Hold] = field(default_factory=dict)
    skipped: Mapping[RowRef, Hold] = field(default_factory=dict)

    def deciding(self, decisions: Sequence[Decision]) -> Passes:
        """The same passes with other decisions."""
        return replace(self, background=replace(self.background, decisions=decisions))

    def settled(self) -> Settled:
        """The last pass."""
        matching = self.policy.matching
        lost = LostKeys.remembered(self.records, [update.link for update in self.links], matching)
        shared = SharedKeys(matching, lost, barred=self.barred, skipped=dict(self.skipped))
        merge_people(self.background.merges, self.records, shared, self.directory)
        words = KeyWords(self.background.decisions, shared, self.directory)
        originals = {record.ref: record for record in self.records}
        forgotten: frozenset[str] = frozenset()
        while True:
            rows = [shared.lost.without(record) for record in self.records]
            replay, current, applied = self._replayed(rows, shared, forgotten)
            unmade = applied - replay.members.keys()
            forgotten |= unmade
            if unmade or shared.learn(replay):
                continue
            asking = Asking(replay, self.directory, originals, self.background.feed)
            held, merged = tuple(asking.held()), tuple(asking.households())
            if not words.apply((*held, *merged), replay, self.records):
                return Settled(replay, shared, words, asking, rows, current, held, merged)
            shared.start_again()

    def _replayed(
        self, records: Sequence[Record], shared: SharedKeys, forgotten: frozenset[str]
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
            Strangers(self.directory, index, key_index, shared),
            background=self.background,
            decisions=Decisions(key_index, self.background.decisions, self.background.feed),
            new_customer=self.new_customer,
        )
        replay.run([record for record in records if record.ref not in shared.barred])
        _keep_out(replay, records, shared.barred)
        return replay, current, frozenset(change.customer for change in pending) - dropped


def _keep_out(replay: Replay, records: Sequence[Record], barred: Mapping[RowRef, Barred | Hold]) -> None:
    """Hold the rows that may join nobody, by now beside whoever has what they were asked about."""
    for record in records:
        bar = barred.get(record.ref)
        if isinstance(bar, Hold):
            replay.hold(bar)
        elif bar is not None:
            replay.strangers.bar(record, bar)
