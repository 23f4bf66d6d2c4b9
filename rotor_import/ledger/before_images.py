"""What customers were before runs changed them: saved with each answer of Rotor, and read for the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.codec import baselines_from, images_from, prior_from, prior_to
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.store import Ledger
from rotor_import.model.before_image import BeforeImage, FieldImage
from rotor_import.model.change import FieldChange, Outcome, is_new
from rotor_import.model.fields import Values, blank
from rotor_import.model.three_way import Baseline

_TABLE = schema.before_images
_CHUNK = 500
_ACCOUNT, _RUN = sa.bindparam("of_account", type_=sa.Integer), sa.bindparam("of_run", type_=sa.Text)
_CUSTOMER = sa.bindparam("of_customer", type_=sa.Text)
# Each acknowledgement needs these statements. Made once, because making a statement takes longer than running it.
_ONE = Prepared(sa.select(_TABLE).where(_TABLE.c.run == _RUN, _TABLE.c.customer == _CUSTOMER))
_COLUMNS = tuple(_TABLE.columns.keys())
_MARK = sa.update(_TABLE).where(_TABLE.c.account == _ACCOUNT, _TABLE.c.customer == _CUSTOMER)


Sent = Literal["created", "updated", ""]
"""What Rotor did with a change, as far as it was sent."""


def sent_as(outcome: Outcome, *, is_certain: bool) -> Sent:
    """What Rotor did with a change. Unless it `is_certain`, who counts as created may have been there."""
    if outcome.state == "created":
        return "created" if is_certain else "updated"
    return "updated" if outcome.state == "updated" else ""


class BeforeImages:
    """The before-images of one account."""

    def __init__(self, ledger: Ledger, account: int) -> None:
        self._ledger = ledger
        self._account = account

    def record(
        self,
        tx: sa.Connection,
        change: PendingChange,
        customer: str,
        sent: Sent,
        left: Values,
    ) -> None:
        """Save what the customer was before the change, while the ledger still knows it; `left` is what Rotor holds."""
        feed, names = Feed(self._ledger, self._account, change.feed), [field.field for field in change.fields]
        known = {} if sent == "created" else feed.baselines_in(tx, customer)
        fields = tuple(_field_image(field, change, sent, left) for field in change.fields)
        if sent == "created":  # whatever Rotor holds of a new customer is the run's doing
            more = (FieldImage(name, blank(name), value) for name, value in left.items() if name not in names)
            fields = (*fields, *more)
        image = BeforeImage(
            run=change.run,
            feed=change.feed,
            customer=customer,
            is_created=sent == "created",
            fields=fields,
            baselines={name: known.get(name) for name in names},
            links=tuple(feed.links_before(tx, change.row_keys)),
        )
        self.save(tx, image)

    def replace(self, tx: sa.Connection, image: BeforeImage) -> None:
        """Save an image in place of what the run has saved of the customer."""
        self._ledger.upsert(tx, _TABLE, [self._row(image)])

    def save(self, tx: sa.Connection, image: BeforeImage) -> None:
        """Save an image; one that the run has saved of the customer already stays, and gets what it lacks."""
        if self._ledger.insert(tx, _TABLE, self._row(image)):
            return
        earlier = self._one(tx, image.run, image.customer)
        self._ledger.upsert(tx, _TABLE, [self._row(_added(earlier, image) if earlier else image)])

    def of_run(self, run: str) -> list[BeforeImage]:
        return self._select(_TABLE.c.run == run)

    def lacking(self, run: str) -> tuple[int, int]:
        """How many customers the run changed without an image, as earlier versions did, and how many in all."""
        outcomes = schema.outcomes.c
        changed = (outcomes.run == run, outcomes.state.in_(("created", "updated")))
        saved = sa.exists().where(_TABLE.c.run == run, _TABLE.c.customer == outcomes.id)
        with self._ledger.atomic() as tx:
            without, every = (
                tx.scalar(sa.select(sa.func.count(outcomes.id.distinct())).where(*changed, *more))
                for more in ((~saved,), ())
            )
        return int(without or 0), int(every or 0)

    def of_customer(self, tx: sa.Connection, runs: Sequence[str], customer: str) -> list[BeforeImage]:
        """What these runs changed of the customer, in the runs' order."""
        found = (self._one(tx, run, customer) for run in runs)
        return [image for image in found if image is not None]

    def later(self, images: Iterable[BeforeImage], since: float, but: Collection[str]) -> list[BeforeImage]:
        """What later runs changed of the same customers and nobody has undone, without the runs `but`."""
        customers = sorted({image.customer for image in images})
        table = schema.runs.c
        since_then = (table.account == self._account, table.started_at > since)
        runs = sa.select(table.id).where(*since_then, table.id.not_in(but))
        here = (_TABLE.c.account == self._account, _TABLE.c.run.in_(runs), _TABLE.c.undone_by == "")
        found = []
        for start in range(0, len(customers), _CHUNK):
            found += self._select(*here, _TABLE.c.customer.in_(customers[start : start + _CHUNK]))
        return found

    def mark_undone(self, tx: sa.Connection, runs: Sequence[str], customer: str, by: str) -> None:
        """The run `by` took back what these runs did to the customer; if one of them was an undo, that is redone."""
        bound = {"of_account": self._account, "of_customer": customer}
        tx.execute(_MARK.where(_TABLE.c.run.in_(runs)).values(undone_by=by), bound)
        tx.execute(_MARK.where(_TABLE.c.undone_by.in_(runs)).values(undone_by=""), bound)

    def _one(self, tx: sa.Connection, run: str, customer: str) -> BeforeImage | None:
        row = _ONE.first(tx, {"of_run": run, "of_customer": customer})
        return None if row is None else _image(dict(zip(_COLUMNS, row, strict=True)))

    def _select(self, *where: sa.ColumnElement[bool]) -> list[BeforeImage]:
        query = sa.select(_TABLE).where(*where).order_by(_TABLE.c.run, _TABLE.c.customer)
        with self._ledger.atomic() as tx:
            return [_image(row) for row in tx.execute(query).mappings().all()]

    def _row(self, image: BeforeImage) -> dict[str, Any]:
        links = [[row_key, prior_to(link)] for row_key, link in image.links]
        return vars(image) | {"account": self._account, "links": links}


def _image(row: Mapping[str, Any] | sa.RowMapping) -> BeforeImage:
    columns = {name: row[name] for name in BeforeImage.__dataclass_fields__}
    return BeforeImage(
        **columns
        | {
            "fields": images_from(row["fields"]),
            "baselines": _baselines_before(row["baselines"]),
            "links": tuple(((key[0], key[1]), prior_from(link)) for key, link in row["links"]),
        }
    )


def _baselines_before(stored: Mapping[str, Any]) -> dict[str, Baseline | None]:
    known = baselines_from({name: pair for name, pair in stored.items() if pair is not None})
    return {name: known.get(name) for name in stored}


def _field_image(field: FieldChange, change: PendingChange, sent: Sent, left: Values) -> FieldImage:
    """Nobody knows what a customer was before whom the plan took for a new one."""
    before = None if sent == "updated" and is_new(change.kind) else field.before
    return FieldImage(field.field, before, left.get(field.field, blank(field.field)))


def _added(earlier: BeforeImage, more: BeforeImage) -> BeforeImage:
    """What was known first of before, and last of what was left."""
    left = {field.field: field.left for field in more.fields}
    again = [replace(field, left=left.get(field.field, field.left)) for field in earlier.fields]
    known = {field.field for field in earlier.fields}
    return replace(
        earlier,
        is_created=earlier.is_created or more.is_created,
        fields=(*again, *(field for field in more.fields if field.field not in known)),
        baselines={**more.baselines, **earlier.baselines},
        links=tuple({**dict(more.links), **dict(earlier.links)}.items()),
    )
