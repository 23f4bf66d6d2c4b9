"""Probable duplicates of a plan: the pairs that are found, what is asked about them, and what a person said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from rotor_import.dedupe import DedupedRows
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer, Decision, Merge, pair_question
from rotor_import.model.duplicates import AskedPair, PairWord, SettledPairs
from rotor_import.model.field_decisions import OTHER_WORD
from rotor_import.model.fields import FIELDS, KEY_FIELDS, TAGS_FIELD, Value
from rotor_import.model.independent import numbers_of, ref_numbers
from rotor_import.model.listed import frame_of
from rotor_import.model.question import CHOICES, Question, Shown
from rotor_import.model.row_link import is_planned
from rotor_import.normalize import identified
from rotor_import.pipeline.other_contacts import NOTES, contacts_in, other_contacts
from rotor_import.pipeline.reading import Inputs

BOTH_IN_ROTOR = "both are in Rotor: merge them there"
ONE_BY_OTHERS = "your other decisions make the two one"
NOT_MERGED = "one of the two is held for something else"
_PAIR = 2
_TEXTS = tuple(name for name in FIELDS if name != TAGS_FIELD)
_RECORD = {"id": pl.String, **dict.fromkeys((*KEY_FIELDS, *_TEXTS), pl.String)}


@dataclass(frozen=True)
class Person:
    """Somebody of a pair: a customer of the import with its rows, or one whom only Rotor has, without any."""

    customer: str
    shown: Shown
    refs: tuple[RowRef, ...]
    names: frozenset[str]
    """All that the person may be remembered by, as in AskedPair."""

    @property
    def is_new(self) -> bool:
        return is_planned(self.customer)

    @property
    def name(self) -> str:
        return f"id:{self.customer}" if not self.is_new else min(self.names)


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

    def remembered(self, question: Question, word: PairWord = "") -> AskedPair:
        return AskedPair(question.name, self.row.name, self.other.name, word)

    def merge(self, question: Question) -> Merge:
        return Merge(question.name, self.row.refs, self.other.refs, "" if self.other.is_new else self.other.customer)


@dataclass(frozen=True)
class Found:
    """What the search came to: the questions, what was said to them, and what is to be done and remembered."""

    questions: tuple[Question, ...] = ()
    answers: tuple[Answer, ...] = ()
    merges: tuple[Merge, ...] = ()
    apart: tuple[Merge, ...] = ()
    """Those about whom a person said `different`, as a merge would have them."""
    asked: tuple[AskedPair, ...] = ()


@dataclass(frozen=True)
class DuplicateSearch:
    """Looks for the probable duplicates of an import. `before` are the pairs that were asked about.

    Those about which a person said `different` are not found again; if `only_new`, none of them is.
    """

    inputs: Inputs
    directory: Directory
    links: Callable[[Collection[str]], Mapping[str, Sequence[str]]]
    """The natural keys of the feed's rows, by customer."""
    before: Sequence[AskedPair] = ()
    only_new: bool = False

    def find(self, deduped: DedupedRows) -> Found:
        feed, said = self.inputs.mapping.feed, {decision.question: decision for decision in self.inputs.decisions}
        found = _Collected()
        settled = SettledPairs(pair for pair in self.before if self.only_new or pair.word == "different")
        for pair in self._pairs(deduped):
            if not settled.have(pair.row.names, pair.other.names):
                found.add(pair, question := pair.question(feed), said.get(question.name))
        return found.result()

    def _pairs(self, deduped: DedupedRows) -> Iterator[Pair]:
        people = _with_contacts(_people(deduped), deduped, self.inputs)
        rotor = self._others_in_rotor(people)
        if people.height + rotor.height < _PAIR:
            return
        from rotor_import.duplicates import find_duplicates, in_words  # noqa: PLC0415 - a pair is needed, and asked for

        found = find_duplicates(people, rotor)
        if found.is_empty():
            return
        persons = self._persons(deduped, people, rotor, {*found.get_column("a"), *found.get_column("b")})
        for line in found.iter_rows(named=True):
            one, two = persons[line["a"]], persons[line["b"]]
            row, other = sorted((one, two), key=_precedence, reverse=True)
            yield Pair(row, other, line["score"], in_words(line["reasons"]))

    def _others_in_rotor(self, people: pl.DataFrame) -> pl.DataFrame:
        """The customers in Rotor who are none of these people."""
        listed = frame_of(self.directory)
        keys = (pl.coalesce(f"{name} key", name).alias(name) for name in KEY_FIELDS)
        others = listed.select(pl.col("customer").alias("id"), *keys, *(set(_TEXTS) - set(KEY_FIELDS)))
        others = others.join(people.select("id"), on="id", how="anti", maintain_order="left")
        found = contacts_in(others.get_column(NOTES))
        more = found.select(others.get_column("id").gather(found.get_column("at")), pl.exclude("at"))
        return others.join(more, on="id", how="left", maintain_order="left")

    def _persons(
        self, deduped: DedupedRows, people: pl.DataFrame, rotor: pl.DataFrame, wanted: set[str]
    ) -> dict[str, Person]:
        refs = _rows_of(deduped, wanted)
        keys = self._natural_keys([ref for own in refs.values() for ref in own])
        links = self.links({customer for customer in wanted if not is_planned(customer)})
        every = pl.concat([people, rotor], how="diagonal").filter(pl.col("id").is_in(list(wanted)))
        persons = {}
        for line in every.iter_rows(named=True):
            customer, own = line["id"], refs.get(line["id"], ())
            names = {f"row:{keys[ref]}" for ref in own} | {f"row:{key}" for key in links.get(customer, ())}
            names |= set() if is_planned(customer) else {f"id:{customer}"}
            persons[customer] = Person(customer, _shown(line, own), own, frozenset(names))
        return persons

    def _natural_keys(self, refs: Sequence[RowRef]) -> dict[RowRef, str]:
        rows = self.inputs.rows
        own = rows.filter(numbers_of(rows).is_in(ref_numbers(refs).implode()))
        lines = identified(own).select("file", "row", "natural_key").iter_rows()
        return {(file, row): key for file, row, key in lines}


def dedupe_and_search(
    dedupe: Callable[[Sequence[Merge]], DedupedRows], search: DuplicateSearch | None
) -> tuple[DedupedRows, Found]:
    """Dedupe the rows, look for probable duplicates, and if a person said that some are one, dedupe them again so."""
    deduped = dedupe(())
    if search is None:
        return deduped, Found()
    first = search.find(deduped)
    if not first.merges:
        return deduped, first
    deduped = dedupe(first.merges)
    failed = {answer.question: answer for answer in refused(first, deduped)}
    again = search.find(deduped)
    answers = {answer.question: answer for answer in (*again.answers, *first.answers)} | failed
    asked = [pair for pair in first.asked if pair.word and pair.question not in failed]
    return deduped, replace(again, answers=tuple(answers.values()), asked=(*again.asked, *asked))


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


@dataclass
class _Collected:
    questions: list[Question] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    apart: list[Merge] = field(default_factory=list)
    asked: list[AskedPair] = field(default_factory=list)

    def add(self, pair: Pair, question: Question, decision: Decision | None) -> None:
        match decision.word if decision is not None else None:
            case "same" if pair.is_open:
                self.merges.append(pair.merge(question))
                self.answers.append(Answer(question.name))
                self.asked.append(pair.remembered(question, "same"))
            case "different":
                self.apart.append(pair.merge(question))
                self.answers.append(Answer(question.name))
                self.asked.append(pair.remembered(question, "different"))
            case said:
                if said is not None:
                    why = BOTH_IN_ROTOR if said == "same" else OTHER_WORD
                    self.answers.append(Answer(question.name, why))
                self.questions.append(question)
                self.asked.append(pair.remembered(question))

    def result(self) -> Found:
        return Found(
            tuple(self.questions), tuple(self.answers), tuple(self.merges), tuple(self.apart), tuple(self.asked)
        )


def _precedence(person: Person) -> tuple[bool, bool, tuple[RowRef, ...], str]:
    """Who was there before comes first: who is in Rotor, and of two rows the one that comes first in the files."""
    return person.is_new, bool(person.refs), person.refs, person.customer


def _people(deduped: DedupedRows) -> pl.DataFrame:
    """A line for each customer of the import: `id` and what is known of it, its keys in normal form."""
    groups = deduped.independent.groups
    named = [name for name in _RECORD if name in groups.columns]
    own = groups.select(pl.col("customer").alias("id"), *named)
    lines = []
    for group in deduped.contested.groups:
        texts = {name: str(value) for name, value in group.values.items() if name in _RECORD}
        keys = {name: group.keys[name] or None for name in KEY_FIELDS}
        lines.append({"id": group.customer, **texts, **keys})
    return pl.concat([own, pl.DataFrame(lines, schema=_RECORD)], how="diagonal")


def _with_contacts(people: pl.DataFrame, deduped: DedupedRows, inputs: Inputs) -> pl.DataFrame:
    """The people with the other phones and emails that stand in their rows."""
    found = other_contacts(inputs)
    independent = deduped.independent
    own = independent.rows.select("group", numbers_of(independent.rows)).join(
        independent.groups.select("group", "customer"), on="group", how="left", maintain_order="left"
    )
    refs = [(record.ref, group.customer) for group in deduped.contested.groups for record in group.records]
    others = pl.DataFrame(
        [
            ref_numbers(ref for ref, _ in refs).alias("ref"),
            pl.Series("customer", [name for _, name in refs], dtype=pl.String),
        ]
    )
    owners = pl.concat(
        [own.select("ref", pl.col("customer").alias("id")), others.select("ref", pl.col("customer").alias("id"))]
    )
    lists = [name for name in found.columns if name != "ref"]
    more = found.join(owners, on="ref", how="inner").group_by("id", maintain_order=True).agg(pl.col(lists).explode())
    return people.join(more, on="id", how="left", maintain_order="left")


def _rows_of(deduped: DedupedRows, customers: Collection[str]) -> dict[str, tuple[RowRef, ...]]:
    """The rows of these customers, in their order."""
    found: dict[str, list[RowRef]] = defaultdict(list)
    independent = deduped.independent
    own = independent.groups.select("group", "customer").filter(pl.col("customer").is_in(list(customers)))
    rows = independent.rows.select("group", "file", "row").join(own, on="group", how="inner", maintain_order="left")
    for customer, file, row in rows.select("customer", "file", "row").iter_rows():
        found[customer].append((file, row))
    for group in deduped.contested.groups:
        if group.customer in customers:
            found[group.customer] += sorted(record.ref for record in group.records)
    return {customer: tuple(refs) for customer, refs in found.items()}


def _shown(line: Mapping[str, Any], refs: tuple[RowRef, ...]) -> Shown:
    values: dict[str, Value] = {name: str(line[name]) for name in _TEXTS if line.get(name)}
    new = is_planned(line["id"])
    return Shown.of(
        values,
        line["phone"] or "",
        line["email"] or "",
        id_="" if new else line["id"],
        ref=refs[0] if new and refs else None,
    )
