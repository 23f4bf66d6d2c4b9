"""All that a plan asks a person, put together and in the order of review.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rotor_import.model.change import Change, HeldField, Hold, RowRef
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.decision import Word, field_question, question
from rotor_import.model.fields import Value, one_text
from rotor_import.model.listed import some
from rotor_import.model.question import CHOICES, KINDS, Question, QuestionKind, Shown, review_counts
from rotor_import.model.row_link import is_planned
from rotor_import.model.rows import Record
from rotor_import.model.summary import ReviewCounts


def in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """By kind, and in each kind by the score or the first row; rows that are alike are asked about once."""
    once: dict[str, Question] = {}
    for asked in questions:
        first = once.get(asked.name)
        once[asked.name] = asked if first is None else replace(first, refs=tuple(sorted({*first.refs, *asked.refs})))
    return tuple(sorted(once.values(), key=lambda asked: (KINDS.index(asked.kind), -(asked.score or 0.0), asked.refs)))


def count_kinds(questions: Iterable[Question]) -> ReviewCounts:
    """The contract's `review`: how many questions there are of each kind."""
    return review_counts(Counter(asked.kind for asked in questions))


def hold_questions(
    feed: str, holds: Sequence[Hold], changes: Sequence[Change], directory: Directory
) -> Iterator[Question]:
    """A question for each row that is held by itself: the customers that it names are its sides.

    Rows that are held for a key that they share are asked about together, where they are compared.
    """
    holds = [hold for hold in holds if hold.key is None]
    known = some(directory, {name for hold in holds for name in hold.named})
    planned = {change.customer: change for change in changes if is_planned(change.customer)}
    for hold in holds:
        sides = [_side(name, known, planned) for name in hold.named[:2]]
        a, b = (*sides, Shown(), Shown())[:2]
        kind = _kind(hold, known if directory.complete else None)
        yield Question(
            name=question(feed, hold.record),
            kind=kind,
            choices=possible(kind, 0 if kind != hold.kind else len(sides)),
            reason=hold.reason,
            refs=(hold.record.ref,),
            row=row_shown(hold.record),
            a=a,
            b=b,
        )


def _kind(hold: Hold, known: Mapping[str, Customer] | None) -> QuestionKind:
    """`known` are the customers in Rotor whom holds name, None if it isn't known who is there."""
    gone = known is not None and any(not is_planned(name) and name not in known for name in hold.named)
    return "gone" if hold.kind == "conflict" and gone else hold.kind


def possible(kind: QuestionKind, sides: int) -> tuple[Word, ...]:
    """The choices of a question with so many sides."""
    missing = ("use A", "use B")[sides:]
    return tuple(word for word in CHOICES[kind] if word not in missing)


def row_shown(record: Record) -> Shown:
    return Shown.of(record.values, record.phone, record.email, ref=record.ref)


def _side(customer: str, known: Mapping[str, Customer], planned: Mapping[str, Change]) -> Shown:
    if not is_planned(customer):
        return customer_side(customer, known)
    change = planned.get(customer)
    if change is None:
        return Shown()
    values: Mapping[str, Value] = {field.field: field.after for field in change.fields}
    return Shown.of(values, change.keys["phone"], change.keys["email"], ref=change.refs[0])


def customer_side(id_: str, known: Mapping[str, Customer]) -> Shown:
    """Somebody in Rotor, as it shows them."""
    return Shown.of(known[id_].values, id_=id_) if id_ in known else Shown(id=id_)


def field_questions(
    feed: str, held: Sequence[HeldField], directory: Directory, rows: Mapping[RowRef, Shown]
) -> Iterator[Question]:
    """A question for each field that both the file and somebody in Rotor changed; A is the customer in Rotor."""
    known = some(directory, {field.customer for field in held})
    for field in held:
        file_value, rotor_value = one_text(field.file_value), one_text(field.rotor_value)
        yield Question(
            name=field_question(feed, field.customer, field.field, file_value, rotor_value),
            kind="field",
            choices=CHOICES["field"],
            reason=field.reason,
            refs=(field.ref,),
            row=rows.get(field.ref, Shown(ref=field.ref)),
            a=customer_side(field.customer, known),
            field=field.field,
            file_value=file_value,
            rotor_value=rotor_value,
        )
