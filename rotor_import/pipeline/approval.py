"""Saved plans: made by a dry run, and what a run is held to that carries one out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rotor_import.config import Settings
from rotor_import.errors import PlanError, SourceError
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.mapping import load_mapping
from rotor_import.model.clock import moment
from rotor_import.model.plan import Plan
from rotor_import.pipeline import plan_diff
from rotor_import.pipeline.plan_snapshot import binding
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.saved import (
    Argument,
    SavedPlan,
    is_saved_plan,
    read_saved_plan,
    write_saved_plan,
)
from rotor_import.pipeline.session import Session
from rotor_import.report.cells import table
from rotor_import.report.files import save

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.runs import Run

STANDARD_INPUT = "-"
CHANGED = "changed.csv"


def saved_among(files: Sequence[Path | str]) -> tuple[SavedPlan | None, list[Path]]:
    """A saved plan, known by its bytes, and the other files. Raises PlanError."""
    paths = [Path(file) for file in files]
    plans = [path for path in paths if path.is_file() and is_saved_plan(path)]
    if not plans:
        return None, paths
    if len(plans) > 1:
        raise PlanError(f"{plans[0]} and {plans[1]} are both saved plans. Carry out one after the other.")
    return read_saved_plan(plans[0]), [path for path in paths if path != plans[0]]


def refuse_saved(files: Sequence[Path | str]) -> None:
    """Raises PlanError where a saved plan stands in place of a file of customers."""
    for path in map(Path, files):
        if path.is_file() and is_saved_plan(path):
            raise PlanError(f"{path} is a saved plan, no file of customers. Carry it out: rotor-import run {path}")


def need_files(files: Sequence[Path | str]) -> None:
    """Raises SourceError for one that is not there."""
    for path in map(Path, files):
        if str(path) != STANDARD_INPUT and not path.exists():
            raise SourceError(f"There is no file {path}. Check the name and the folder.")


@dataclass(frozen=True)
class Source:
    """What a plan was made of, as it was given and as it was read."""

    files: Sequence[Path | str]
    mapping: CustomerMapping | str | Path | None
    inputs: Inputs


def keep_plan(
    target: Path, session: Session, account: Account | None, source: Source, plan: Plan, summary: Mapping[str, Any]
) -> None:
    """Save what was planned, and what it depends on. Raises PlanError."""
    bound = binding(Path(summary["report"]), [one.path for one in plan.files], plan.directory)
    settings, inputs = session.settings, source.inputs
    manifest = {
        "program": program(),
        "id": summary["run"],
        "made": session.world.clock.moment().isoformat(timespec="seconds"),
        "base_url": session.account_url,
        "company": account.company if account else "",
        "arguments": [_argument(str(file)) for file in source.files],
        "files": [{"path": one.path, "sha256": one.sha256, "rows": one.rows} for one in plan.files],
        "origin": None if isinstance(source.mapping, CustomerMapping) else _argument(str(source.mapping)),
        "mapping_name": inputs.mapping.name,
        "mapping": inputs.mapping.model_dump(mode="json"),
        "options": {name: getattr(settings, name) for name in ("hold_suspicious", "allow_keyless", "directory")},
        "decisions": [asdict(one) for one in inputs.decisions],
        "last_run": _last_run(session, account, inputs.mapping.feed),
        "complete": plan.directory.complete,
    }
    write_saved_plan(target, manifest, bound.customers, bound.tables)


def program() -> str:
    with suppress(PackageNotFoundError):
        return version("rotor-import")
    return "unknown"


def _argument(given: str) -> Argument:
    return Argument(given=given, place=given if given == STANDARD_INPUT else str(Path(given).resolve()))


def _last_run(session: Session, account: Account | None, feed: str) -> str:
    runs = session.runs.history(account.id) if account else []
    return next((run.id for run in reversed(runs) if run.feed == feed), "")


def approved_settings(saved: SavedPlan, settings: Settings) -> Settings:
    """The plan's own options; one that is given beside them must not contradict. Rotor is read afresh."""
    options = saved.manifest.options
    for name in ("hold_suspicious", "allow_keyless"):
        if getattr(settings, name) and not getattr(options, name):
            option = "--" + name.replace("_", "-")
            raise _refusal(saved, [f"the option {option} was not given then, and is now"])
    if settings.directory not in (options.directory, Settings.directory):
        raise _refusal(saved, [f"the option --directory was {options.directory} and is now {settings.directory}"])
    return replace(settings, **options.model_dump(), directory_max_age=0.0)


def _refusal(saved: SavedPlan, changed: Sequence[str], table: Path | None = None) -> PlanError:
    more = f" What was before and is now stands in {table}." if table else ""
    return PlanError(
        f"What {saved.path} was approved for has changed since {saved.manifest.made}, so nothing was sent: "
        f"{plan_diff.listed(changed)}.{more} Make a new plan and look at it: rotor-import plan FILE… -m MAPPING -o PLAN"
    )


def approved_mapping(saved: SavedPlan, given: CustomerMapping | str | Path | None) -> CustomerMapping:
    """The mapping as it is now, which must say what it said then. Raises PlanError, MappingError."""
    mapping = _mapping_now(saved, given)
    changed = plan_diff.mapping_drift(saved, mapping)
    if changed:
        raise _refusal(saved, [f"the mapping: {words}" for words in changed])
    return mapping


def _mapping_now(saved: SavedPlan, given: CustomerMapping | str | Path | None) -> CustomerMapping:
    if isinstance(given, CustomerMapping):
        return given
    if given is not None:
        return load_mapping(str(given))
    origin = saved.manifest.origin
    if origin is None:
        return CustomerMapping.model_validate(saved.manifest.mapping)
    path = Path(origin.place)
    if not path.is_file() and path.suffix in (".yaml", ".yml"):
        raise PlanError(f"The plan's mapping {path} is not there any more. Say where it is with -m.")
    return load_mapping(str(origin.here()) if path.is_file() else origin.given)


def approved_files(saved: SavedPlan, given: Sequence[Path]) -> list[Path]:
    """Where the plan's files are now: where they were, or those given, put in the plan's order by their content."""
    if given:
        order = {one.sha256: number for number, one in enumerate(saved.manifest.files)}
        return sorted(given, key=lambda path: order.get(_sha256(path), len(order)))
    arguments = saved.manifest.arguments
    if any(one.given == STANDARD_INPUT for one in arguments):
        raise PlanError(f"{saved.path} was made from standard input. Name the file too: run {saved.path} FILE")
    lost = [one.place for one in arguments if not Path(one.place).exists()]
    if lost:
        raise PlanError(f"{lost[0]} is not there any more. Say where it is: run {saved.path} FILE…")
    return [one.here() for one in arguments]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def check_inputs(saved: SavedPlan, inputs: Inputs) -> None:
    """Raises PlanError where a file holds something else."""
    then, now = saved.manifest.files, inputs.files
    if [one.sha256 for one in then] == [one.sha256 for one in now]:
        return
    old, new = ({one.sha256: one for one in files} for files in (then, now))
    left = {one.path: one.rows for one in then if one.sha256 not in new}
    added = {one.path: one.rows for one in now if one.sha256 not in old}
    gone = [
        f"the file {path} ({rows} rows) is changed" + ("" if path in added else " or not there")
        for path, rows in left.items()
    ]
    come = [f"{path} ({rows} rows) was not part of it" for path, rows in added.items() if path not in left]
    raise _refusal(saved, gone + come or ["the files stand in another order, or one of them twice"])


def approved_decisions(saved: SavedPlan, inputs: Inputs, *, given: bool) -> Inputs:
    """With the plan's own decisions; those that are given too must be the same. Raises PlanError."""
    if given and inputs.decisions != saved.manifest.decisions:
        raise _refusal(saved, ["the decisions about held rows (--decisions)"])
    return replace(inputs, decisions=saved.manifest.decisions)


def check_account(saved: SavedPlan, session: Session, account: Account) -> None:
    """Raises PlanError where it was approved for another Rotor."""
    manifest = saved.manifest
    if session.account_url != manifest.base_url:
        raise _refusal(saved, [f"Rotor's address was {manifest.base_url} and is now {session.account_url}"])
    if manifest.company not in ("", account.company):
        raise _refusal(saved, [f"the key's company was {manifest.company} and is now {account.company}"])


@dataclass(frozen=True)
class Guard:
    """Holds a run to its saved plan: shown the new plan and its summary before anything is kept."""

    saved: SavedPlan
    session: Session
    account: Account
    feed: str

    def __call__(self, plan: Plan, summary: Mapping[str, Any]) -> None:
        folder = Path(summary["report"])
        paths = [one.path for one in plan.files]
        now = binding(folder, paths, plan.directory)
        customers = plan_diff.customer_drift(self.saved, now, plan.directory)
        rows = plan_diff.plan_drift(self.saved, now, paths)
        if not customers and not rows:
            return
        save(folder / CHANGED, table(plan_diff.COLUMNS, [one.cells for one in (*customers, *rows)]))
        words = plan_diff.customer_words(self.saved, customers) or self._why(plan)
        raise _refusal(self.saved, [*words, *plan_diff.plan_words(rows)], folder / CHANGED)

    def _why(self, plan: Plan) -> list[str]:
        """Why the same files and customers are planned otherwise."""
        manifest = self.saved.manifest
        if plan.directory.complete != manifest.complete:
            return [
                "Rotor's customer list was read then and cannot be now"
                if manifest.complete
                else "Rotor's customer list could not be read then, and can now"
            ]
        last = _last_run(self.session, self.account, self.feed)
        if last != manifest.last_run:
            return [f"the run {last} imported this feed meanwhile"]
        if program() != manifest.program:
            return [f"rotor-import {program()} plans it differently from {manifest.program}, which made the plan"]
        return ["what the ledger knows of these rows is not what it was, or the ledger is another"]


def carried_out(session: Session, account: Account, saved: SavedPlan) -> Run | None:
    """The run that has taken this plan already."""
    runs = session.runs.history(account.id)
    return next((run for run in runs if run.summary.get("plan") == saved.manifest.id), None)


def already(saved: SavedPlan, run: Run) -> str:
    """What to say of a plan that was carried out; raises PlanError where a later one took its place half-way."""
    when = moment(run.started_at).isoformat(timespec="seconds")
    if run.state == "superseded":
        raise PlanError(
            f"{saved.path} was begun by the run {run.id} ({when}); a later import of the feed {run.feed} took the "
            "place of what was left of it. Make a new plan."
        )
    done = f"{saved.path} was carried out already, by the run {run.id} ({when})"
    return f"{done}: nothing was sent. Its report: {run.report}"
