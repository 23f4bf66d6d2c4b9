"""Plan → outcomes: committed to the ledger first, then sent, and gone on with after a pause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from rotor_import.directory import customer_values, directory_of
from rotor_import.errors import RetriableApiError, ScopeMissing
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.pending import PendingChange, PendingRow
from rotor_import.ledger.runs import Commitment, Drop, Run
from rotor_import.model.change import Change, HeldField, LinkUpdate, RowRef
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.listed import frame_of, keyless
from rotor_import.model.plan import Plan
from rotor_import.model.row_link import RowKey
from rotor_import.model.rows import SourceTable
from rotor_import.model.three_way import Baseline
from rotor_import.pipeline.planning import Knowledge, about, normal_forms
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.session import READ, Session
from rotor_import.plan.independent import new_changes
from rotor_import.plan.settled import agreed, kept_links
from rotor_import.upsert import Drain, Drained, refresh
from rotor_import.upsert.unknown import Search, look_for, lookalikes


def commitment(run: Run, plan: Plan, inputs: Inputs, known: Knowledge, done: Sequence[Drop] = ()) -> Commitment:
    """What the plan leaves in the ledger, whose outbox it replaces."""
    before = known.pending
    unknown = {change.customer for change in before if change.unknown}
    changes = sending(plan)
    customers = {change.customer for change in changes}
    contested = (LinkUpdate(one.link, one.prior if one.link.customer in customers else None) for one in plan.links)
    return Commitment(
        run=run,
        links=list(contested),
        pending=_pending(run, plan, changes, inputs, unknown),
        equal=_baselines(plan, known),
        rejects=plan.rejects,
        gone=[row_key for one in plan.missing if one.new for row_key in one.row_keys],
        drops=done,
        kept=kept_links(plan.independent) if plan.independent else None,
        agreed=agreed(plan.independent, frame_of(plan.directory), inputs.policy) if plan.independent else None,
    )


def sending(plan: Plan) -> list[Change]:
    """The changes that need a request, in their order."""
    new = new_changes(plan.independent, complete=plan.directory.complete) if plan.independent else ()
    every = [*(change for change in (*plan.changes, *plan.absences) if change.sends), *new]
    return sorted(every, key=lambda change: change.number)


def _baselines(plan: Plan, known: Knowledge) -> dict[str, Mapping[str, Baseline]]:
    """Fields that Rotor agrees about, and those that lost answers were about: the next plan must know them too."""
    equal = {change.customer: change.equal for change in (*plan.changes, *plan.absences) if change.equal and change.id}
    return {
        customer: {**known.ours.get(customer, {}), **equal.get(customer, {})} for customer in {**known.ours, **equal}
    }


def _pending(run: Run, plan: Plan, changes: Sequence[Change], inputs: Inputs, unknown: set[str]) -> list[PendingChange]:
    unfindable = keyless(plan.directory)
    row_keys = _row_keys(inputs, changes)
    cells = _cells(inputs.sources, row_keys)
    return [
        PendingChange.planned(
            change,
            feed=run.feed,
            run=run.id,
            unknown=change.customer in unknown,
            rows=tuple(PendingRow(ref, row_keys[ref], cells[ref]) for ref in change.refs),
            lookalikes=_lookalikes(change, unfindable) if plan.directory.complete else None,
        )
        for change in changes
    ]


def _row_keys(inputs: Inputs, changes: Iterable[Change]) -> dict[RowRef, RowKey]:
    """Of the changes' rows."""
    refs = [ref for change in changes for ref in change.refs]
    wanted = pl.DataFrame(refs, schema={"file": pl.UInt32, "row": pl.UInt32}, orient="row")
    found = inputs.identified.join(wanted, on=["file", "row"], how="semi")
    return {
        (file, row): (natural_key, occurrence)
        for file, row, natural_key, occurrence in found.select("file", "row", "natural_key", "occurrence").iter_rows()
    }


def _lookalikes(change: Change, unfindable: Sequence[Customer]) -> tuple[str, ...]:
    """Of a customer whom Rotor could not find again by a key."""
    if change.id or any(change.keys.values()):
        return ()
    return lookalikes({field.field: field.after for field in change.fields}, unfindable)


def _cells(sources: Sequence[SourceTable], refs: Iterable[RowRef]) -> dict[RowRef, tuple[str | None, ...]]:
    """Of these rows, as their files have them."""
    rows: dict[int, list[int]] = {}
    for file, row in refs:
        rows.setdefault(file, []).append(row)
    found: dict[RowRef, tuple[str | None, ...]] = {}
    for file, numbers in rows.items():
        source = sources[file]
        wanted = source.numbers.is_in(pl.Series(numbers, dtype=source.numbers.dtype).implode())
        lines = zip(source.numbers.filter(wanted), source.frame.filter(wanted).iter_rows(), strict=True)
        found |= {(file, number): cells for number, cells in lines}
    return found


def send(
    session: Session,
    account: Account,
    run: Run,
    directory: Directory,
    held: list[HeldField],
    stopping: Callable[[], bool],
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


def _around(changes: Sequence[PendingChange], directory: Directory) -> Directory:
    """What of it these changes can meet: an import may be small, and Rotor large."""
    near = about(changes, directory)
    lost = any(change.unknown and change.keyless for change in changes)
    more = {one.id: one for one in keyless(directory)} if lost else {}
    return replace(near, customers={**near.customers, **more})


def _decided(
    session: Session, account: Account, run: Run, changes: Sequence[PendingChange], directory: Directory
) -> list[PendingChange]:
    """Without what Rotor turned out to hold already; what may still be under way is left alone."""
    now, attempts = session.world.clock.now(), session.attempts
    early = {
        one.customer for one in changes if one.unknown and one.keyless and not attempts.all_over(one.customer, now)
    }
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
