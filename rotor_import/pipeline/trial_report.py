"""What a trial tells: which customers to look at in Rotor, and what each of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rotor_import.model.change import Outcome, label_of
from rotor_import.model.customer import Directory
from rotor_import.model.summary import Summary, TriedCustomer
from rotor_import.report import full_name, planned_values, write_sample

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.runs import Run
    from rotor_import.pipeline.session import Session
    from rotor_import.pipeline.trial import Tried

_NEXT = (
    "Look at them in Rotor: sample.csv says what each of them shows. "
    "To send the rest, run the same command without --sample."
)


def tried(customers: Iterable[Tried]) -> list[TriedCustomer]:
    """The customers as the summary has them."""
    return [{"number": one.number, "shows": list(one.shows)} for one in customers]


def continued(session: Session, account: Account, run: Run) -> Run:
    """A run that goes on with a trial: what is left of the one it began, or so many further customers."""
    if session.settings.sample is None:
        return run
    from rotor_import.pipeline.trial import choose_from  # noqa: PLC0415 - few runs are trials

    pending = [change for change in session.outbox(account).pending() if change.run == run.id]
    earlier = list(run.summary.get("sample", ()))
    if {one["number"] for one in earlier} & {change.number for change in pending}:
        return run
    told = {word for one in earlier for word in one["shows"]}
    more = tried(choose_from(pending, session.settings.sample, told))
    run = replace(run, summary={**run.summary, "sample": [*earlier, *more]})
    session.runs.save(run)
    return run


def add_trial(summary: Summary, outcomes: Sequence[Outcome], directory: Directory, folder: Path) -> None:
    """Say in the summary what came of a trial's customers, write them down, and say how to go on."""
    ended = {outcome.number: outcome for outcome in outcomes}
    values = planned_values(folder, {label_of(one["number"]) for one in summary["sample"]})
    for one in summary["sample"]:
        outcome = ended.get(one["number"])
        id_ = outcome.id if outcome else ""
        held = directory.customers[id_].values if id_ in directory.customers else {}
        one["id"], one["outcome"] = id_, outcome.state if outcome else "pending"
        one["name"] = full_name({**held, **values.get(label_of(one["number"]), {})})
    write_sample(folder, summary["sample"])
    if summary["sent"]["pending"] and all(one["outcome"] != "pending" for one in summary["sample"]):
        count = len(summary["sample"])
        words = "1 customer was" if count == 1 else f"{count} customers were"
        summary["notes"] = [*summary["notes"], f"{words} sent as a trial. {_NEXT}"]
