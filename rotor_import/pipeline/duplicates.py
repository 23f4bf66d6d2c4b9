"""Probable duplicates of a plan: the pairs that are found, what is asked about them, and what a person said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rotor_import.dedupe import DedupedRows
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer, Decision, Merge, pair_question
from rotor_import.model.duplicates import AskedPair, PairsByName
from rotor_import.model.field_decisions import OTHER_WORD
from rotor_import.model.question import CHOICES, Question
from rotor_import.pipeline.paired_people import Everyone, NaturalKeysOf, Person
from rotor_import.pipeline.reading import Inputs

BOTH_IN_ROTOR = "both are in Rotor: merge them there"
ONE_BY_OTHERS = "your other decisions merge these two"
NOT_MERGED = "one of the two is on hold for another reason"
_PAIR = 2


@dataclass(frozen=True)
class Pair:
    """`row` is a person of the import, and `other` who was there before."""

    row: Person
    other: Person
    score: float
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether a person can make them one: nothing merges two customers in Rotor."""
        return self.row.is_new

    def question(self, feed: str) -> Question:
        words = CHOICES["duplicate"] if self.is_open else ("different",)
        reason = self.reason if self.is_open else f"{self.reason}; {BOTH_IN_ROTOR}"
        return Question(
            name=pair_question(feed, self.row.name, self.other.name),
            kind="duplicate",
            choices=words,
            reason=reason,
            refs=self.row.refs,
            row=self.row.shown,
            a=self.other.shown,
            score=self.score,
        )

    def merge(self, question: Question) -> Merge:
        return Merge(question.name, self.row.refs, self.other.refs, "" if self.other.is_new else self.other.customer)


@dataclass
class Found:
    """What the search came to: the questions, what was said to them, and what is to be done and remembered."""

    questions: list[Question] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    apart: list[Merge] = field(default_factory=list)
    """Those about whom a person said `different`, as a merge would have them."""
    asked: list[AskedPair] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, pair: Pair, question: Question, decision: Decision | None) -> None:
        """Take in a pair, and what a person said about it."""
        said = None if decision is None else decision.word
        remembered = AskedPair(question.name, pair.row.name, pair.other.name, is_settled=said == "different")
        if said == "same" and pair.is_open:
            self.merges.append(pair.merge(question))
            self.answers.append(Answer(question.name))
            return
        self.asked.append(remembered)
        if said == "different":
            self.apart.append(pair.merge(question))
            self.answers.append(Answer(question.name))
            return
        self.questions.append(question)
        if said is not None:
            self.answers.append(Answer(question.name, BOTH_IN_ROTOR if said == "same" else OTHER_WORD))


@dataclass(frozen=True)
class DuplicateSearch:
    """Looks for the probable duplicates of an import. `before` are the pairs that were asked about.

    Those about which a person said `different` are not found again. If `only_new`, none of them is asked about again,
    but what a person says to it is done.
    """

    inputs: Inputs
    directory: Directory
    natural_keys_of: NaturalKeysOf
    before: Sequence[AskedPair] = ()
    only_new: bool = False
    decisions: Sequence[Decision] = ()

    def find(self, deduped: DedupedRows) -> Found:
        feed, said = self.inputs.mapping.feed, {decision.question: decision for decision in self.decisions}
        found = Found()
        settled = PairsByName(pair for pair in self.before if pair.is_settled)
        asked = PairsByName(self.before if self.only_new else ())
        for pair in self._pairs(deduped, found.notes):
            question = pair.question(feed)
            decision, names = said.get(question.name), (pair.row.names, pair.other.names)
            if not settled.have(*names) and (decision is not None or not asked.have(*names)):
                found.add(pair, question, decision)
        return found

    def find_the_rest(self, deduped: DedupedRows, first: Found) -> Found:
        """What is still to be asked once all that a person said was done: nothing that is settled by now."""
        settled = [pair for pair in first.asked if pair.is_settled]
        return replace(self, before=(*self.before, *settled), decisions=()).find(deduped)

    def _pairs(self, deduped: DedupedRows, notes: list[str]) -> Iterator[Pair]:
        everyone = Everyone.of(deduped, self.inputs, self.directory)
        if len(everyone) < _PAIR:
            return
        from rotor_import.duplicates import in_words, search  # noqa: PLC0415 - a pair is needed, and asked for

        found = search(everyone.own, everyone.others)
        notes += _left(max(found.left.get_column("people"), default=0))
        if found.pairs.is_empty():
            return
        wanted = {*found.pairs.get_column("a"), *found.pairs.get_column("b")}
        persons = everyone.persons(wanted, self.natural_keys_of)
        for line in found.pairs.iter_rows(named=True):
            row, other = sorted((persons[line["a"]], persons[line["b"]]), key=_precedence, reverse=True)
            yield Pair(row, other, line["score"], in_words(line["reasons"]))


def _left(people: int) -> Iterator[str]:
    if people:
        yield (
            f"{people:,} customers have nearly the same name or address as many others, so some probable duplicates "
            "among them may not be listed."
        )


def dedupe_and_search(
    dedupe: Callable[[Sequence[Merge]], DedupedRows], search: DuplicateSearch | None
) -> tuple[DedupedRows, Found]:
    """Dedupe the rows, look for probable duplicates, and if a person said that some are one, dedupe them again so."""
    deduped = dedupe(())
    if search is None:
        return deduped, Found()
    found = search.find(deduped)
    if not found.merges:
        return deduped, found
    deduped = dedupe(found.merges)
    failed = {answer.question: answer for answer in refused(found, deduped)}
    rest = search.find_the_rest(deduped, found)
    answers = [failed.get(answer.question, answer) for answer in found.answers]
    settled = [pair for pair in found.asked if pair.is_settled and pair.question not in failed]
    return deduped, replace(rest, answers=answers, asked=[*rest.asked, *settled])


def refused(found: Found, deduped: DedupedRows) -> Iterator[Answer]:
    """Answers to the merges that came to nothing, since a row of theirs is held, and to those that others undo."""
    owner = {record.ref: group.customer for group in deduped.contested.groups for record in group.records}

    def customers(merge: Merge) -> set[str | None]:
        return {owner.get(ref) for ref in (*merge.rows, *merge.others)} | ({merge.customer} - {""})

    for merge in found.merges:
        if len(customers(merge)) > 1 or None in customers(merge):
            yield Answer(merge.question, NOT_MERGED)
    for merge in found.apart:
        if len(customers(merge)) == 1 and None not in customers(merge):
            yield Answer(merge.question, ONE_BY_OTHERS)


def _precedence(person: Person) -> tuple[bool, bool, tuple[RowRef, ...], str]:
    """Who was there before comes first: who is in Rotor, and of two rows the one that comes first in the files."""
    return person.is_new, bool(person.refs), person.refs, person.customer
