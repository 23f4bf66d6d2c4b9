"""Saved plans: what a dry run saves, and what must still be so when a run carries the plan out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rotor_import.config import Settings, flag, version
from rotor_import.errors import PlanError
from rotor_import.files import sha256_of
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.mapping import load_mapping
from rotor_import.model.clock import in_words
from rotor_import.model.plan import Plan, SourceFile
from rotor_import.model.remote import remote_of
from rotor_import.model.summary import Summary
from rotor_import.pipeline import plan_diff
from rotor_import.pipeline.plan_snapshot import as_csv, hashes, snapshot
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.saved import Argument, PlannedFile, SavedPlan, read_saved_plan, write_saved_plan
from rotor_import.pipeline.saved_mark import STANDARD_INPUT, is_saved_plan
from rotor_import.pipeline.session import Session
from rotor_import.report.files import save

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.runs import Run

CHANGED = "changed.csv"


def saved_among(files: Sequence[Path | str]) -> tuple[SavedPlan | None, list[Path | str]]:
    """A saved plan, known by its bytes, and the other files. Raises PlanError."""
    paths = [file if remote_of(file) else Path(file) for file in files]
    plans = [path for path in paths if isinstance(path, Path) and path.is_file() and is_saved_plan(path)]
    if not plans:
        return None, paths
    if len(plans) > 1:
        raise PlanError(f"{plans[0]} and {plans[1]} are both saved plans. Run them one at a time.")
    return read_saved_plan(plans[0]), [path for path in paths if path != plans[0]]


@dataclass(frozen=True)
class Source:
    """What a plan was made from, as it was given and as it was read."""

    files: Sequence[Path | str]
    mapping: CustomerMapping | str | Path | None
    inputs: Inputs


def keep_plan(
    target: Path, session: Session, account: Account | None, source: Source, plan: Plan, summary: Summary
) -> None:
    """Save the plan and what it depends on. Raises PlanError."""
    settings, inputs = session.settings, source.inputs
    manifest = {
        "program": version(),
        "id": summary["run"],
        "made": session.world.clock.moment().isoformat(timespec="seconds"),
        "base_url": session.account_url,
        "company": account.company if account else "",
        "arguments": [_argument(str(file)) for file in source.files],
        "files": [{"path": file.path, "sha256": file.sha256, "rows": file.rows} for file in plan.files],
        "origin": None if isinstance(source.mapping, CustomerMapping) else _argument(str(source.mapping)),
        "mapping": inputs.mapping.model_dump(mode="json"),
        "options": {name: getattr(settings, name) for name in ("hold_suspicious", "allow_keyless", "directory")},
        "decisions": [asdict(decision) for decision in inputs.decisions],
        "corrections": [asdict(one) for one in inputs.corrections],
        "last_run": _last_run(session, account, inputs.mapping.feed),
        "complete": plan.directory.complete,
        "inputs": inputs.fingerprint,
    }
    write_saved_plan(target, manifest, snapshot(plan))


def _argument(given: str) -> Argument:
    remote = remote_of(given)
    if remote is not None:  # without what may be secret in it
        return Argument(given=str(remote.path), place=str(remote.path))
    return Argument(given=given, place=given if given == STANDARD_INPUT else str(Path(given).resolve()))


def _last_run(session: Session, account: Account | None, feed: str) -> str:
    runs = session.runs.history(account.id) if account else []
    return next((run.id for run in reversed(runs) if run.feed == feed), "")


def approved_settings(saved: SavedPlan, settings: Settings) -> Settings:
    """The settings with the plan's options, which those given must not contradict. Rotor is always read again."""
    options = saved.manifest.options
    for name in ("hold_suspicious", "allow_keyless"):
        if getattr(settings, name) and not getattr(options, name):
            raise _refusal(saved, [f"the option {flag(name)} was not used then and is used now"])
    if settings.directory not in (options.directory, Settings.directory):
        raise _refusal(saved, [f"the option --directory was {options.directory} and is now {settings.directory}"])
    return replace(settings, **options.model_dump(), directory_max_age=0.0)


def _made(saved: SavedPlan) -> str:
    return in_words(datetime.fromisoformat(saved.manifest.made).timestamp())


def _refusal(saved: SavedPlan, changed: Sequence[str], table: Path | None = None) -> PlanError:
    more = f" {table} shows the values before and now." if table else ""
    return PlanError(
        f"Nothing was sent, because something has changed since {saved.path} was made on {_made(saved)}: "
        f"{plan_diff.listed(changed)}.{more} Make a new plan and review it: rotor-import plan FILE… -m MAPPING -o PLAN"
    )


def approved_mapping(saved: SavedPlan, given: CustomerMapping | str | Path | None) -> CustomerMapping:
    """The mapping as it is now, which must say what it said then. Raises PlanError, MappingError."""
    mapping = _mapping_now(saved, given)
    changed = plan_diff.mapping_words(saved.manifest.mapping, mapping)
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
        raise PlanError(f"The plan's mapping {path} is no longer there. Give its new path with -m.")
    return load_mapping(str(origin.here()) if path.is_file() else origin.given)


def approved_files(saved: SavedPlan, given: Sequence[Path | str]) -> list[Path | str]:
    """The plan's files: where they were, or the given ones, put in the plan's order by their content."""
    if given:
        order = {file.sha256: number for number, file in enumerate(saved.manifest.files)}
        return sorted(given, key=lambda path: order.get(_content(path), len(order)))
    arguments = saved.manifest.arguments
    if any(argument.given == STANDARD_INPUT for argument in arguments):
        raise PlanError(
            f"{saved.path} was made from standard input. Give the file too: rotor-import run {saved.path} FILE"
        )
    here = [argument for argument in arguments if remote_of(argument.place) is None]
    lost = [argument.place for argument in here if not Path(argument.place).exists()]
    if lost:
        raise PlanError(f"{lost[0]} is no longer there. Give its new path: rotor-import run {saved.path} FILE…")
    return [argument.here() if argument in here else argument.place for argument in arguments]


def _content(path: Path | str) -> str:
    """The hash of a file; '' where it cannot be read, which reading it will say."""
    try:
        return sha256_of(Path(path))
    except OSError:
        return ""


def approved_inputs(saved: SavedPlan, inputs: Inputs, *, decided: bool) -> Inputs:
    """The inputs with the plan's own decisions; `decided` ones were given too, and must be the same.

    Raises PlanError where the files, the corrections or the decisions are not the plan's. A mapping that says the same
    in another order also has another hash, and is no other mapping: what it plans is compared in any case.
    """
    manifest = saved.manifest
    approved = replace(inputs, decisions=manifest.decisions)
    if (inputs if decided else approved).fingerprint == manifest.inputs:
        return approved
    changed = _changed_files(manifest.files, inputs.files)
    if not changed and inputs.corrections != manifest.corrections:
        changed.append("the corrected cells (--corrections)")
    if decided and inputs.fingerprint != approved.fingerprint:
        changed.append("the decisions about held rows (--decisions)")
    if changed:
        raise _refusal(saved, changed)
    return approved


def _changed_files(then: Sequence[PlannedFile], now: Sequence[SourceFile]) -> list[str]:
    if [file.sha256 for file in then] == [file.sha256 for file in now]:
        return []
    old, new = ({file.sha256 for file in files} for files in (then, now))
    left = {file.path: file.rows for file in then if file.sha256 not in new}
    added = {file.path: file.rows for file in now if file.sha256 not in old}
    gone = [
        f"the file {path} ({rows} rows) has changed" + ("" if path in added else " or is missing")
        for path, rows in left.items()
    ]
    come = [f"{path} ({rows} rows) was not in the plan" for path, rows in added.items() if path not in left]
    return gone + come or ["the files are in a different order, or one of them is given twice"]


def check_account(saved: SavedPlan, session: Session, account: Account) -> None:
    """Raises PlanError if the plan was approved for another Rotor or company."""
    manifest = saved.manifest
    if session.account_url != manifest.base_url:
        raise _refusal(saved, [f"Rotor's address was {manifest.base_url} and is now {session.account_url}"])
    if manifest.company not in ("", account.company):
        raise _refusal(saved, [f"the key's company was {manifest.company} and is now {account.company}"])


@dataclass(frozen=True)
class Guard:
    """Holds a run to its saved plan: it is shown the new plan and its summary before anything is kept."""

    saved: SavedPlan
    session: Session
    account: Account
    feed: str

    def __call__(self, plan: Plan, summary: Summary) -> None:
        before = self.saved.tables
        now = snapshot(plan, before["customer"].get_column("customer").to_list())
        if hashes(as_csv(now)) == self.saved.manifest.entries:
            return
        changed = plan_diff.differences(before, now, [file.path for file in plan.files])
        words = plan_diff.customer_words(before["customer"], now["customer"], changed)
        if changed.is_empty() and not words:
            return  # the same cells in other bytes, as another version of a library may write them
        table = Path(summary["report"]) / CHANGED
        save(table, changed)
        raise _refusal(self.saved, [*(words or self._why(plan)), *plan_diff.plan_words(changed)], table)

    def _why(self, plan: Plan) -> list[str]:
        """Why the same files and customers are planned differently."""
        manifest = self.saved.manifest
        if plan.directory.complete != manifest.complete:
            return [
                "Rotor's customer list was read then, but can't be read now"
                if manifest.complete
                else "Rotor's customer list couldn't be read then, but can be read now"
            ]
        last = _last_run(self.session, self.account, self.feed)
        if last != manifest.last_run:
            return [f"the run {last} has imported this feed since"]
        if version() != manifest.program:
            return [f"rotor-import {version()} plans it differently from {manifest.program}, which made the plan"]
        return ["the ledger's data about these rows has changed, or this is a different ledger"]


def carried_out(session: Session, account: Account, saved: SavedPlan) -> Run | None:
    """The run that has carried out this plan, or has begun to."""
    runs = session.runs.history(account.id)
    return next((run for run in runs if run.summary.get("plan") == saved.manifest.id), None)


def already(saved: SavedPlan, run: Run) -> str:
    """What to say of a plan that was carried out. Raises PlanError if a later import replaced what was left of it."""
    when = in_words(run.started_at)
    if run.state == "superseded":
        raise PlanError(
            f"{saved.path} was started by the run {run.id} ({when}), and a later import of the feed {run.feed} "
            "replaced the rest of it. Make a new plan."
        )
    if run.state == "undone":
        raise PlanError(
            f"{saved.path} was carried out by the run {run.id} ({when}), which was undone. Make a new plan."
        )
    done = f"{saved.path} was already carried out by the run {run.id} ({when})"
    return f"{done}. Nothing was sent. Its report: {run.report}"
