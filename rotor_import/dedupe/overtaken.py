"""Decisions that another decision of the same file overtook: what they are about is no longer asked.

Somebody separates Omar's rows from Nora, and says in the same file that José's row, which has Omar's email too, is
Nora's. Once that is done Omar's rows count as relatives, and nobody asks about them. They must not join Nora for that:
where a decision is not heard, its rows stay on hold, unless they went where it wanted them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rotor_import.dedupe.decisions import OVERTAKEN
from rotor_import.dedupe.passes import Passes, Settled
from rotor_import.dedupe.questions import KeyQuestion
from rotor_import.dedupe.shared_keys import Barred
from rotor_import.model.change import Hold
from rotor_import.model.decision import Answer, Decision, question
from rotor_import.model.question import CHOICES

_ELSEWHERE = (*CHOICES["field"], "different")


def settle_decisions(passes: Passes, feed: str) -> tuple[Settled, list[Answer]]:
    """The last pass, in which no row goes against a decision, and the answers to those that were overtaken."""
    settled = passes.settled()
    answers: dict[str, Answer] = {}
    asked: _Asked | None = None
    while unheard := _unheard(passes, answers.keys() | heard(settled)):
        asked = asked or _Asked.of(passes.deciding(()).settled(), feed)
        overtaken = [one for one in unheard if asked.goes_against(one, settled)]
        if not overtaken:
            break
        for one in overtaken:
            answers[one.question] = Answer(one.question, "" if one.word == "skip" else OVERTAKEN)
            passes = asked.kept_out(one, passes, settled)
        settled = passes.settled()
    return settled, [answer for name, answer in answers.items() if name not in heard(settled)]


def _unheard(passes: Passes, known: Collection[str]) -> list[Decision]:
    """Decisions about rows and keys; nothing overtakes those about fields and pairs, which are heard elsewhere."""
    pairs = {merge.question for merge in passes.background.merges}
    return [
        decision
        for decision in passes.background.decisions
        if decision.word not in _ELSEWHERE and decision.question not in pairs and decision.question not in known
    ]


def heard(settled: Settled) -> set[str]:
    """The questions to which a decision was applied, or refused in words."""
    return settled.replay.decisions.answers.keys() | settled.words.answers.keys()


@dataclass(frozen=True)
class _Asked:
    """What would be asked if nobody had decided anything."""

    about_rows: Mapping[str, Hold]
    about_keys: Mapping[str, KeyQuestion]

    @classmethod
    def of(cls, settled: Settled, feed: str) -> _Asked:
        return cls(
            {question(feed, hold.record): hold for hold in settled.replay.holds},
            {asked.name: asked for asked in settled.questions},
        )

    def holds(self, decision: Decision, settled: Settled) -> Iterator[Hold]:
        """The decision's rows, each as if it were held; a planned customer has another name in each pass."""
        for hold in self._holds(decision.question):
            owner = settled.replay.owners.get(hold.record.ref)
            known = tuple(customer for customer in hold.named if customer in settled.replay.key_index)
            yield replace(hold, named=known or ((owner,) if owner else ()))

    def _holds(self, name: str) -> Iterable[Hold]:
        if name in self.about_rows:
            return [self.about_rows[name]]
        return replace(self.about_keys[name], held=True).holds() if name in self.about_keys else ()

    def kept_out(self, decision: Decision, passes: Passes, settled: Settled) -> Passes:
        """The passes, in which the decision's rows join nobody from now on."""
        barred, skipped = dict(passes.barred), dict(passes.skipped)
        asked = self.about_keys.get(decision.question)
        for hold in self.holds(decision, settled):
            ref = hold.record.ref
            if decision.word == "skip":
                skipped[ref] = hold
            elif ref not in barred:
                barred[ref] = Barred(asked.key, asked.kind) if asked is not None else hold
        return replace(passes, skipped=skipped, barred={ref: barred[ref] for ref in barred.keys() - skipped.keys()})

    def goes_against(self, decision: Decision, settled: Settled) -> bool:
        """Whether a row of the decision joined somebody whom it did not say."""
        owners = settled.replay.owners
        root = settled.replay.strangers.everybody.root
        joined = {root(owners[hold.record.ref]) for hold in self._holds(decision.question) if hold.record.ref in owners}
        if not joined:
            return False
        match decision.word:
            case "use A":
                return joined != {decision.sides[0].id}
            case "use B":
                return joined != {decision.sides[1].id}
            case "create":
                return not all(map(settled.replay.strangers.is_new, joined))
            case "same":
                known = decision.sides[0].id
                return len(joined) > 1 or bool(known and joined != {known})
            case "separate" | "ignore" | "skip" | "different" | "file" | "rotor":
                return True
