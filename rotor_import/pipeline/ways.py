"""The ways back of customers, from what the ledger kept and what Rotor holds now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rotor_import.ledger.before_images import BeforeImages
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.undo_outbox import UndoOutbox
from rotor_import.model.before_image import BeforeImage
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.sameness import NormalForm
from rotor_import.pipeline.customer_list import normal_forms
from rotor_import.plan.way_back import WayBack, ways_back

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.pending import PendingChange
    from rotor_import.ledger.runs import Run
    from rotor_import.pipeline.session import Session


def plan_ways(
    session: Session, account: Account, runs: Sequence[Run], images: Sequence[BeforeImage], directory: Directory
) -> list[WayBack]:
    """The ways back of all customers in the images of these runs, of one feed, the newest run first."""
    normal = normal_form(runs[0].region, images, directory.customers)
    busy = {change.customer for change in session.outbox(account).pending() if change.feed != runs[0].feed}
    elsewhere = Feed(session.ledger, account.id, runs[0].feed).elsewhere()
    return ways_back(images, directory.customers, normal, [run.id for run in runs], busy, elsewhere)


def normal_form(region: str, images: Sequence[BeforeImage], customers: Mapping[str, Customer]) -> NormalForm:
    """What finds the normal form of each phone and email in these images and of their customers, worked out at once."""
    phones, emails = normal_forms(region)
    known = {}
    for name, forms in (("phone", phones), ("email", emails)):
        own = (one for image in images for one in image.fields if one.field == name)
        held = (customers[image.customer].values.get(name) for image in images if image.customer in customers)
        values = {str(value) for value in (*(value for one in own for value in (one.before, one.left)), *held) if value}
        known[name] = forms(sorted(values | {value.strip() for value in values}))
    return lambda name, value: known[name].get(value) or value


def without_edited(
    session: Session,
    account: Account,
    run: Run,
    outbox: UndoOutbox,
    changes: Sequence[PendingChange],
    directory: Directory,
) -> list[PendingChange]:
    """What an undo that goes on has still to send, without new customers whom somebody has edited meanwhile."""
    store = BeforeImages(session.ledger, account.id)
    runs = [found for name in run.summary["undoes"] if (found := session.runs.find(name)) is not None]
    if not runs:
        return list(changes)
    waiting = {change.customer for change in changes}
    images = [image for one in runs for image in store.of_run(one.id) if image.customer in waiting]
    created = {image.customer for image in images if image.is_created}
    images = [image for image in images if image.customer in created]
    ways = {way.customer.customer: way for way in plan_ways(session, account, runs, images, directory)}
    left = []
    for change in changes:
        way = ways.get(change.customer)
        if way is not None and way.customer.fate == "kept":
            outbox.keep(change, way.customer)
        else:
            left.append(change)
    return left
