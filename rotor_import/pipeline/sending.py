"""Ledger → Rotor: what a run has pending, sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rotor_import.directory import customer_values, directory_of
from rotor_import.errors import RetriableApiError, ScopeMissing
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.pending import Pending
from rotor_import.ledger.runs import Run
from rotor_import.model.change import HeldField
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.listed import keyless
from rotor_import.pipeline.customer_list import normal_forms
from rotor_import.pipeline.knowledge import about
from rotor_import.pipeline.session import READ, Session, Stopping
from rotor_import.upsert import Drain, Drained, refresh
from rotor_import.upsert.unknown import Search, look_for


def send(
    session: Session,
    account: Account,
    run: Run,
    directory: Directory,
    held: list[HeldField],
    stopping: Stopping,
) -> Drained:
    """Everything that the run has pending, until the quota ends or somebody wants an end.

    Fields that somebody changed in Rotor since the change was planned are added to `held`.
    """
    outbox = session.outbox(account)
    changes = [change for change in outbox.pending() if change.run == run.id]
    directory = _around(changes, directory)
    changes, found = refresh(changes, directory, outbox, hold=run.matching.startswith("hold"))
    held.extend(found)
    changes = _decided(session, account, run, changes, directory)
    phones, emails = normal_forms(run.region)
    total, done = len(changes), 0

    def advance() -> None:
        nonlocal done
        done += 1
        session.world.progress("sending", done, total)

    drain = Drain(
        session.client,
        outbox,
        directory,
        forms={"phone": phones, "email": emails},
        concurrency=session.settings.concurrency,
        progress=advance,
        stopping=stopping,
    )
    return drain.run(changes)


def _around(changes: Sequence[Pending], directory: Directory) -> Directory:
    """What of it these changes can meet: an import may be small, and Rotor large."""
    near = about(changes, directory)
    lost = any(change.unknown and change.keyless for change in changes)
    more = {one.id: one for one in keyless(directory)} if lost else {}
    return replace(near, customers={**near.customers, **more})


def _decided(
    session: Session, account: Account, run: Run, changes: Sequence[Pending], directory: Directory
) -> list[Pending]:
    """Without what Rotor turned out to hold already; what may still be under way is left alone."""
    now, attempts = session.world.clock.now(), session.attempts
    early = {one.customer for one in changes if one.unknown and one.keyless and not attempts.over(one.customer, now)}
    ripe = [change for change in changes if change.customer not in early]
    left = look_for(ripe, directory, session.outbox(account), _search(session, account, run.region))
    return [*left, *(change for change in changes if change.customer in early)]


def _search(session: Session, account: Account, region: str) -> Search:
    def search(text: str) -> Sequence[Customer] | None:
        if not text or READ not in account.scopes:
            return None
        try:
            page = session.client.search(text)
        except (ScopeMissing, RetriableApiError):
            return None
        if page.has_more:
            return None
        values = {str(item["id"]): customer_values(item) for item in page.items}
        phones, emails = normal_forms(region)
        found = directory_of(values, phones, emails, source="api", complete=False)
        return list(found.customers.values())

    return search
