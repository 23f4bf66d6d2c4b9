"""Plan → ledger: what a run commits before it sends anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import polars as pl

from rotor_import.ledger.pending import PendingChange, PendingRow
from rotor_import.ledger.runs import Commitment, Drop, Run
from rotor_import.model.change import Change, FieldChange, LinkUpdate, RowRef
from rotor_import.model.customer import Customer
from rotor_import.model.listed import frame_of, keyless
from rotor_import.model.plan import Plan
from rotor_import.model.row_link import RowKey
from rotor_import.model.rows import SourceTable
from rotor_import.model.three_way import Baseline
from rotor_import.pipeline.knowledge import Knowledge
from rotor_import.pipeline.reading import Inputs
from rotor_import.plan import agreed, kept_links, new_changes
from rotor_import.upsert.unknown import lookalikes


def commitment(
    run: Run,
    plan: Plan,
    inputs: Inputs,
    known: Knowledge,
    done: Sequence[Drop] = (),
    told: Collection[str] = (),
    *,
    changes: Sequence[Change] | None = None,
) -> Commitment:
    """What the plan leaves in the ledger; its changes replace those that the feed had pending.

    `changes` are those that it sends, if they are made already.
    """
    changes = sending(plan) if changes is None else changes
    before = known.pending
    customers = {change.customer for change in changes}
    contested = (
        LinkUpdate(update.link, update.prior if update.link.customer in customers else None) for update in plan.links
    )
    return Commitment(
        run=run,
        links=list(contested),
        pending=_pending(run, plan, changes, inputs, before),
        equal=_baselines(plan, known),
        rejects=plan.rejects,
        gone=[row_key for missing in plan.missing if missing.new for row_key in missing.row_keys],
        drops=done,
        asked=plan.asked,
        told=told,
        kept=kept_links(plan.independent) if plan.independent else None,
        agreed=agreed(plan.independent, frame_of(plan.directory), inputs.policy) if plan.independent else None,
    )


def sending(plan: Plan) -> list[Change]:
    """The changes that need a request, in the order in which they are sent."""
    new = new_changes(plan.independent, complete=plan.directory.complete) if plan.independent else ()
    changes = [*(change for change in (*plan.changes, *plan.absences) if change.sends), *new]
    return sorted(changes, key=lambda change: change.number)


def _baselines(plan: Plan, known: Knowledge) -> dict[str, Mapping[str, Baseline]]:
    """The baselines of fields that are equal in Rotor, and of changes whose answer was lost."""
    equal = {change.customer: change.equal for change in (*plan.changes, *plan.absences) if change.equal and change.id}
    return {
        customer: {**known.ours.get(customer, {}), **equal.get(customer, {})} for customer in {**known.ours, **equal}
    }


def _pending(
    run: Run, plan: Plan, changes: Sequence[Change], inputs: Inputs, before: Sequence[PendingChange]
) -> list[PendingChange]:
    unfindable = keyless(plan.directory) if plan.directory.complete else None
    row_keys = _row_keys(inputs, changes)
    cells = _cells(inputs.sources, row_keys)
    waiting = {change.customer: change for change in before}

    def pending(change: Change) -> PendingChange:
        earlier = waiting.get(change.customer)
        lookalikes, attempted = _unsent(change, earlier, unfindable)
        return PendingChange.planned(
            change,
            feed=run.feed,
            run=run.id,
            unknown=earlier is not None and earlier.unknown,
            rows=tuple(PendingRow(ref, row_keys[ref], cells[ref]) for ref in change.refs),
            lookalikes=lookalikes,
            attempted=attempted,
        )

    return [pending(change) for change in changes]


def _unsent(
    change: Change, earlier: PendingChange | None, unfindable: Sequence[Customer] | None
) -> tuple[tuple[str, ...] | None, tuple[FieldChange, ...] | None]:
    """Whom a new keyless customer might be confused with, and what may have been sent for it already.

    An `earlier` plan's change for it may have been carried out, so what counts is what that one found before.
    """
    if earlier is None or not (earlier.keyless or earlier.attempted is not None):
        return (None if unfindable is None else _lookalikes(change, unfindable)), None
    attempted = earlier.fields if earlier.attempted is None else earlier.attempted
    return earlier.lookalikes, None if attempted == change.fields else attempted


def _row_keys(inputs: Inputs, changes: Iterable[Change]) -> dict[RowRef, RowKey]:
    """The row keys of the changes' rows."""
    refs = [ref for change in changes for ref in change.refs]
    wanted = pl.DataFrame(refs, schema={"file": pl.UInt32, "row": pl.UInt32}, orient="row")
    rows = inputs.identified.join(wanted, on=["file", "row"], how="semi")
    return {
        (file, row): (natural_key, occurrence)
        for file, row, natural_key, occurrence in rows.select("file", "row", "natural_key", "occurrence").iter_rows()
    }


def _lookalikes(change: Change, unfindable: Sequence[Customer]) -> tuple[str, ...]:
    """Keyless customers in Rotor that a new keyless one might be confused with."""
    if change.id or any(change.keys.values()):
        return ()
    return lookalikes({field.field: field.after for field in change.fields}, unfindable)


def _cells(sources: Sequence[SourceTable], refs: Iterable[RowRef]) -> dict[RowRef, tuple[str | None, ...]]:
    """The cells of these rows, as their files have them."""
    rows: dict[int, list[int]] = {}
    for file, row in refs:
        rows.setdefault(file, []).append(row)
    cells_of: dict[RowRef, tuple[str | None, ...]] = {}
    for file, numbers in rows.items():
        source = sources[file]
        wanted = source.numbers.is_in(pl.Series(numbers, dtype=source.numbers.dtype).implode())
        lines = zip(source.numbers.filter(wanted), source.frame.filter(wanted).iter_rows(), strict=True)
        cells_of |= {(file, number): cells for number, cells in lines}
    return cells_of
