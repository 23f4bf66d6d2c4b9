"""Ledger → Rotor: what a run has pending, sent."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from rotor_import.directory import customer_values, directory_of
from rotor_import.errors import DoubtfulRefusal, RetriableApiError, ScopeMissing
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.runs import Run
from rotor_import.ledger.undo_outbox import UndoOutbox
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.listed import keyless
from rotor_import.model.policy import MatchingPolicy
from rotor_import.pipeline.customer_list import normal_forms
from rotor_import.pipeline.knowledge import about
from rotor_import.pipeline.results import Noticed
from rotor_import.pipeline.session import READ, Session, Stopping
from rotor_import.pipeline.ways import without_edited
from rotor_import.upsert import Drain, Drained, refresh
from rotor_import.upsert.doubtful import Precedent
from rotor_import.upsert.refresh import count_proven
from rotor_import.upsert.undo_drain import UndoDrain
from rotor_import.upsert.unknown import LookedFor, Search, look_for

_ANOTHER_DAY = 12 * 60 * 60.0
"""Seconds after which a firewall that still refuses is no passing trouble: a night later, whenever it was run."""


def send(
    session: Session,
    account: Account,
    run: Run,
    directory: Directory,
    noticed: Noticed,
    stopping: Stopping,
) -> Drained:
    """Send what the run has pending, until the quota is used up or somebody wants to stop.

    What is `noticed`: fields that somebody has changed in Rotor since the change was planned, and customers there that
    this ledger does not know to be its own.
    """
    outbox = session.outbox_of(account, run)
    changes = [change for change in outbox.pending() if change.run == run.id]
    if session.settings.sample is not None and "sample" in run.summary:
        first = {one["number"] for one in run.summary["sample"]}
        changes = [change for change in changes if change.number in first]
    everybody, directory = directory, _around(changes, directory)
    proven = count_proven(changes, directory)
    # Of an undo only the key is left out that somebody else has by now, not all of the change.
    hold = run.mode != "undo" and MatchingPolicy.from_text(run.matching).holds_conflicts
    changes, held_now = refresh(changes, directory, outbox, hold=hold)
    noticed.held.extend(held_now)
    if isinstance(outbox, UndoOutbox):
        changes = without_edited(session, account, run, outbox, changes, everybody)
    looked_for = _look_for(session, account, run, changes, directory)
    changes = looked_for.left
    noticed.notes.extend(_older_ledger(proven + looked_for.proven, looked_for.unclear))
    phones, emails = normal_forms(run.region)
    done = itertools.count(1)
    kind = UndoDrain if isinstance(outbox, UndoOutbox) else Drain
    drain = kind(
        session.client,
        outbox,
        directory,
        forms={"phone": phones, "email": emails},
        concurrency=session.settings.concurrency,
        progress=lambda: session.world.progress("sending", next(done), len(changes)),
        stopping=stopping,
        known=everybody.customers.__contains__,
        precedent=_precedent(session),
        refused=session.attempts.refused(account.id),
    )
    return drain.run(changes)


def settle_doubtful(session: Session, account: Account, run: Run, directory: Directory) -> int:
    """Find out which changes with a lost answer Rotor carried out; returns of how many nobody can tell."""
    outbox = session.outbox_of(account, run)
    changes = [change for change in outbox.pending() if change.run == run.id and change.unknown]
    if not changes:
        return 0
    near = _around(changes, directory)
    changes, _ = refresh(changes, near, outbox, hold=False)
    return sum(change.unfindable for change in _look_for(session, account, run, changes, near).left)


def _precedent(session: Session) -> Precedent:
    """A refusal of one change alone is its own if the key was ever good for another; of several, the second day."""
    attempts, key_hash = session.attempts, session.key_hash

    def is_their_own(customers: Collection[str]) -> bool:
        earlier = session.world.clock.now() - _ANOTHER_DAY
        alone = len(customers) == 1
        return attempts.came_through(key_hash) and (alone or attempts.refused_by(earlier, customers) >= set(customers))

    return is_their_own


def _around(changes: Sequence[PendingChange], directory: Directory) -> Directory:
    """The part of the directory that these changes can meet: an import may be small and Rotor large."""
    near = about(changes, directory)
    lost = any(change.keyless or change.attempted is not None for change in changes)
    more = {customer.id: customer for customer in keyless(directory)} if lost else {}
    return replace(near, customers={**near.customers, **more})


def _look_for(
    session: Session, account: Account, run: Run, changes: Sequence[PendingChange], directory: Directory
) -> LookedFor:
    """The changes without those that Rotor turns out to hold already; requests still under way are left alone."""
    now, attempts = session.world.clock.now(), session.attempts
    early = [change for change in changes if change.unfindable and not attempts.all_over(change.customer, now)]
    waiting = {change.customer for change in early}
    ripe = [change for change in changes if change.customer not in waiting]
    found = look_for(ripe, directory, session.outbox_of(account, run), _search(session, account, run.region))
    return replace(found, left=[*found.left, *early])


def _older_ledger(proven: int, unclear: int) -> Iterator[str]:
    """What people are told where Rotor holds customers of whom this ledger says that they were never sent."""
    if proven:
        yield (
            f"{_customers(proven)} that this ledger still had to create {'is' if proven == 1 else 'are'} in Rotor "
            "already, exactly as planned. The ledger may have been restored from an older backup. "
            f"{'It was' if proven == 1 else 'They were'} linked to the file's rows and not created again."
        )
    if unclear:
        yield (
            f"{_customers(unclear)} without phone and email may be in Rotor already, where a new customer has the same "
            f"name. {'It was' if unclear == 1 else 'They were'} not sent, because this is uncertain."
        )


def _customers(count: int) -> str:
    return f"{count} customer{'' if count == 1 else 's'}"


def _search(session: Session, account: Account, region: str) -> Search:
    def search(text: str) -> Sequence[Customer] | None:
        if not text or READ not in account.scopes:
            return None
        try:
            page = session.client.search(text)
        except (ScopeMissing, DoubtfulRefusal, RetriableApiError):
            return None
        if page.has_more:
            return None
        values = {str(item["id"]): customer_values(item) for item in page.items}
        phones, emails = normal_forms(region)
        answer = directory_of(values, phones, emails, source="api", complete=False)
        return list(answer.customers.values())

    return search
