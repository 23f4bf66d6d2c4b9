"""What comes up while a run is sent: rows that had to be held, each as a question that the next import asks too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.pending import PendingRow
from rotor_import.model.change import Outcome
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.decision import question
from rotor_import.model.fields import Values
from rotor_import.model.listed import some
from rotor_import.model.question import Question, QuestionKind, Shown
from rotor_import.model.row_link import Named, RowKey, RowLink, is_planned
from rotor_import.pipeline.questions import customer_side, possible
from rotor_import.upsert import GONE


def row_questions(
    feed: Feed,
    name: str,
    lost: Iterable[tuple[Outcome, Sequence[PendingRow]]],
    directory: Directory,
    values: Mapping[str, Values],
) -> Iterator[Question]:
    """A question for each row that was held while its change was sent; the next import asks it by the same name.

    `name` is the feed's. `values` are what each change would have written, by the customer's label.
    """
    held = [(outcome, row) for outcome, rows in lost if outcome.state == "held" for row in rows]
    links = _links(feed, [row.row_key for _, row in held])
    ids = {side.customer for link in links.values() for side in link.named}
    known = some(directory, ids | {outcome.id for outcome, _ in held})
    for outcome, row in held:
        link = links.get(row.row_key)
        if link is None:
            continue
        kind: QuestionKind = "gone" if outcome.message == GONE else "conflict"
        sides = [_named_side(named, known) for named in link.named[:2]]
        a, b = (*sides, Shown(), Shown())[:2]
        before = known[outcome.id].values if outcome.id in known else {}
        yield Question(
            name=question(name, link),
            kind=kind,
            choices=possible(kind, len(sides)),
            reason=outcome.message,
            refs=(row.ref,),
            row=Shown.of({**before, **values.get(outcome.label, {})}, ref=row.ref),
            a=a,
            b=b,
        )


def _links(feed: Feed, row_keys: Sequence[RowKey]) -> dict[RowKey, RowLink]:
    if not row_keys:
        return {}
    natural_keys = pl.Series([natural_key for natural_key, _ in row_keys], dtype=pl.String)
    updates = feed.all_links().where(pl.col("natural_key").is_in(natural_keys.implode()))
    return {update.link.row_key: update.link for update in updates}


def _named_side(named: Named, known: Mapping[str, Customer]) -> Shown:
    if is_planned(named.customer):
        return Shown(phone=named.phone, email=named.email)
    return customer_side(named.customer, known)
