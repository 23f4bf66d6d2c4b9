"""Makes the dry run of what is on the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rotor_import.errors import (
    AccountBusy,
    ApiDown,
    DecisionError,
    Interrupted,
    KeyRefused,
    MappingError,
    QuotaExhausted,
    ReportError,
    RetriableApiError,
    ScopeMissing,
    SettingsError,
    SourceError,
)
from rotor_import.model.clock import in_words
from rotor_import.model.progress import Stage
from rotor_import.model.summary import Summary
from rotor_import.pipeline import World, plan_import
from rotor_import.web.asked import forget_other_feeds, keep_rows
from rotor_import.web.jobs import Job
from rotor_import.web.plan_shown import plan_in, reading
from rotor_import.web.since_plan import keep_for
from rotor_import.web.suspicious import suspicious
from rotor_import.web.workspace import Workspace

_STOPPED = "You stopped it. Nothing was sent."
_REMEDIES: tuple[tuple[tuple[type[Exception], ...], str, str, str], ...] = (
    ((MappingError,), "The columns need another look", "Go to columns", "/columns"),
    ((SourceError,), "The file can't be read", "Choose another file", "/file"),
    ((KeyRefused, ScopeMissing), "Rotor doesn't accept the API key", "Check the key", "/file"),
    ((SettingsError,), "Something is missing", "Go to file", "/file"),
    ((DecisionError,), "Your answers can't be used", "Go to review", "/review"),
    ((QuotaExhausted,), "Today's requests are used up", "", ""),
    ((AccountBusy,), "Another import is under way", "Go to history", "/history"),
    ((ApiDown, RetriableApiError), "Rotor doesn't answer", "", ""),
    ((Interrupted,), "Planning was stopped", "", ""),
    ((ReportError,), "The report can't be written", "", ""),
)


@dataclass(frozen=True)
class Failure:
    """Why there is no plan: what happened, in whose words, and where to go; `href` is '' where only time helps."""

    title: str
    why: str
    link: str
    href: str


class Making:
    """A plan that is being made from what is on the desk now; `origin` is the fingerprint of that."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._keep, self._read = keep_for(workspace.desk), reading(workspace)
        self.origin = workspace.planned_from()

    def done(self, summary: Summary) -> None:
        """Put the plan on the desk, ready to be shown. An import that waited for quota doesn't go on by itself now."""
        workspace, folder = self._workspace, Path(summary["report"])
        self._keep()
        keep_rows(workspace, folder)
        plan_in(folder, self._read)
        suspicious(workspace, folder)
        workspace.again.cancel()
        workspace.desk.change(plan=summary["run"], planned_from=self.origin, run="")


def begin_plan(workspace: Workspace) -> None:
    """Plan in the background. Raises Busy, and SourceError if the file is gone."""
    if not Path(workspace.desk.now.file).is_file():
        raise SourceError(f"{workspace.desk.now.name or 'The file'} isn't there any more. Choose it again.")
    forget_other_feeds(workspace)
    desk, settings, making = workspace.desk.now, workspace.settings_now(), Making(workspace)

    def work(world: World) -> None:
        try:
            report = plan_import([Path(desk.file)], desk.mapping, settings, _stoppable(world))
        except QuotaExhausted as spent:
            raise QuotaExhausted(_later(spent), spent.until) from None
        making.done(report.summary)

    workspace.jobs.begin("plan", work)


def _stoppable(world: World) -> World:
    """A world in which planning ends between two pages of Rotor's list, once somebody wants to stop."""
    with world.shield() as stopping:

        def tell(stage: Stage, done: int, total: int) -> None:
            if stopping():
                raise Interrupted(_STOPPED)
            world.progress(stage, done, total)

    return replace(world, progress=tell)


def failure_of(job: Job | None) -> Failure | None:
    """Why the last planning came to nothing; None if it didn't."""
    if job is None or job.kind != "plan" or not job.error:
        return None
    for causes, title, link, href in _REMEDIES:
        if job.cause is not None and issubclass(job.cause, causes):
            return Failure(title, _why(job), link, href)
    return Failure("There is no plan", job.error, "", "")


def _why(job: Job) -> str:
    if job.cause is not None and issubclass(job.cause, Interrupted):
        return _STOPPED
    return job.error


def _later(spent: QuotaExhausted) -> str:
    if spent.until is None:
        return str(spent)
    return f"Rotor takes no more requests today. Plan again after {in_words(spent.until.timestamp())}."
