"""What undos make of customers, field by field, and the ledger's own way back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.before_images import BeforeImages
from rotor_import.ledger.codec import undone_from
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.file_history import FileHistory
from rotor_import.ledger.runs import Run, Runs
from rotor_import.ledger.store import Ledger, Write
from rotor_import.model.before_image import BeforeImage, Fate, FieldImage, UndoneCustomer, UndoneField
from rotor_import.model.fields import INACTIVE, KEY_FIELDS, STATUS_FIELD
from rotor_import.model.row_link import RowKey, RowLink
from rotor_import.model.three_way import Baseline

_TABLE = schema.undone
_ONE = sa.select(_TABLE).where(_TABLE.c.run == sa.bindparam("of_run"), _TABLE.c.customer == sa.bindparam("of_customer"))

Ends = Mapping[str, tuple[Fate, str]]
"""What became of fields, and why."""


class Undone:
    """What one undo, `run`, makes of what `runs` did, the newest of them first."""

    def __init__(self, ledger: Ledger, account: int, run: str, runs: Sequence[str]) -> None:
        self._ledger = ledger
        self._account = account
        self._run = run
        self._runs = runs
        self._images = BeforeImages(ledger, account)

    def customers(self) -> list[UndoneCustomer]:
        query = sa.select(_TABLE).where(_TABLE.c.run == self._run).order_by(_TABLE.c.number)
        with self._ledger.atomic() as tx:
            return [_customer(row) for row in tx.execute(query).mappings().all()]

    def save(self, tx: sa.Connection, customers: Iterable[UndoneCustomer]) -> None:
        rows = [{"run": self._run} | vars(customer) for customer in customers]
        self._ledger.upsert(tx, _TABLE, rows)

    def beginning(self, customers: Sequence[UndoneCustomer], waiting: Collection[str], runs: Sequence[Run]) -> Write:
        """What is written with the plan: Rotor holds already what those customers had before that aren't `waiting`."""

        def write(tx: sa.Connection) -> None:
            # These go by what was undone so far, so they come first.
            redone = Runs(self._ledger).redone(tx, runs)
            FileHistory(self._ledger, self._account).mark_undone(tx, runs[0].feed, [run.id for run in runs], redone)
            Runs(self._ledger).mark_undone(tx, runs)
            self.save(tx, customers)
            for customer in customers:
                if customer.customer not in waiting:
                    self.put_back(tx, customer)

        return write

    def end(self, tx: sa.Connection, customer: str, ends: Ends) -> UndoneCustomer:
        """What became of some of the customer's fields after all."""
        row = tx.execute(_ONE, {"of_run": self._run, "of_customer": customer}).mappings().one()
        known = _customer(row)
        fields = [_ended(one, *ends[one.field]) if one.field in ends else one for one in known.fields]
        known = replace(known, fields=tuple(fields))
        self.save(tx, [known])
        return known

    def put_back(self, tx: sa.Connection, customer: UndoneCustomer, fields: Sequence[FieldImage] = ()) -> None:
        """Give the ledger back what it knew of the customer, as far as Rotor holds it again.

        `fields` are what was changed in Rotor to that end.
        """
        every = self._images.of_customer(tx, self._runs, customer.customer)
        images = [image for image in every if not image.undone_by or image.undone_by in self._runs]
        if not images or not (customer.is_back or fields):
            return
        feed = Feed(self._ledger, self._account, images[0].feed)
        links, baselines = _before(images, customer)
        now, stored = feed.baselines_in(tx, customer.customer), dict(feed.links_now(tx, links))
        self._images.save(
            tx,
            BeforeImage(
                run=self._run,
                feed=images[0].feed,
                customer=customer.customer,
                is_created=False,
                fields=tuple(fields),
                baselines={name: now.get(name) for name in baselines},
                links=tuple(stored.items()),
            ),
        )
        if customer.is_deactivated:
            links = {row_key: link or self._left(stored[row_key], customer) for row_key, link in links.items()}
        feed.put_back(tx, tuple(links.items()))
        feed.save_baselines(tx, {customer.customer: {name: known for name, known in baselines.items() if known}})
        feed.forget_baselines(tx, customer.customer, [name for name, known in baselines.items() if known is None])
        if customer.fate == "kept":  # what is kept may come back yet, once a later run is undone; all else is back
            for image in images:
                left = {name: known for name, known in image.baselines.items() if name not in baselines}
                self._images.replace(tx, replace(image, links=(), baselines=left))
            return
        self._images.mark_undone(tx, [image.run for image in images], customer.customer, self._run)

    def _left(self, link: RowLink | None, customer: UndoneCustomer) -> RowLink | None:
        """The link of a row of a new customer, who is inactive now and has given up its keys."""
        given: dict[str, Any] = dict.fromkeys(_given(customer), "")
        return None if link is None else replace(link, gone=self._run, **given)


def _before(
    images: Sequence[BeforeImage], customer: UndoneCustomer
) -> tuple[dict[RowKey, RowLink | None], dict[str, Baseline | None]]:
    """The links and baselines that the customer had before the oldest of these runs, the newest of which is first.

    A baseline stays where Rotor holds what the run left or somebody has edited it. A new customer stays linked to its
    rows, and is remembered as one that was set inactive: if the rows come again, it is active again.
    """
    links: dict[RowKey, RowLink | None] = {}
    baselines: dict[str, Baseline | None] = {}
    fates = {one.field: one.fate for one in customer.fields}
    for image in images:
        links |= dict(image.links)
        baselines |= {name: known for name, known in image.baselines.items() if fates.get(name) == "restored"}
    if customer.is_deactivated:
        return links, {STATUS_FIELD: Baseline(INACTIVE, INACTIVE), **dict.fromkeys(_given(customer))}
    if not customer.is_back or (customer.fate == "kept" and any(image.is_created for image in images)):
        return {}, {}
    return links, baselines


def _ended(field: UndoneField, fate: Fate, reason: str) -> UndoneField:
    """A new customer is inactive all the same where Rotor doesn't clear its phone or email."""
    stays = field.fate == "deactivated" and field.field in KEY_FIELDS and fate == "impossible"
    return replace(field, fate=field.fate if stays else fate, reason=reason)


def _given(customer: UndoneCustomer) -> list[str]:
    """The keys that a new customer has given up."""
    cleared = (one for one in customer.fields if one.fate == "deactivated" and not one.reason)
    return [one.field for one in cleared if one.field in KEY_FIELDS]


def _customer(row: sa.RowMapping) -> UndoneCustomer:
    return UndoneCustomer(row["customer"], row["number"], undone_from(row["fields"]))
