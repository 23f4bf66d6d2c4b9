"""Step 5: the import itself: started, watched, paused, gone on with, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rotor_import.errors import PlanError
from rotor_import.model.clock import in_words
from rotor_import.model.summary import Summary, TriedCustomer
from rotor_import.pipeline import ImportReport, World, resume, run_import
from rotor_import.pipeline.proposal import Proposal
from rotor_import.pipeline.same_plan import says_the_same
from rotor_import.report.page.calendar import calendar_of
from rotor_import.report.text import clauses, done_by, waits_until
from rotor_import.web.posted import go, posted, whole_number
from rotor_import.web.render import render
from rotor_import.web.standing import Standing, standing
from rotor_import.web.steps.outcome import outcome_of
from rotor_import.web.steps.pace import pace_of
from rotor_import.web.steps.planning import Making
from rotor_import.web.workspace import Workspace, summary_in

SAMPLE = 25
"""So many customers can be tried first."""
_CHANGED = "Rotor's customers have changed since the plan, so nothing was sent. This is the new plan: look at it again."
_OTHER = "Something was changed since the plan, so nothing was sent. This is the new plan: look at it again."
_FIGURES: tuple[Literal["rows", "changes", "review"], ...] = ("rows", "changes", "review")
_ANOTHER = "There is another plan or import now, from another window. Reload this page."
_OUTDATED = "Something was changed since the plan. Plan again, then start the import."


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    now = standing(workspace)
    if not now.state:
        return RedirectResponse("/history" if workspace.jobs.job else "/file", 303)
    shown = now.summary or workspace.plan_summary()
    return render(
        request,
        "import.html.j2",
        "import",
        now=now,
        shown=shown,
        pace=pace_of(workspace, now),
        clauses=clauses(shown) if shown is not None else [],
        outcome=outcome_of(now),
        customers=_customers(shown),
        sample=SAMPLE,
        tried=_tried(now),
        open_rows=_open_rows(workspace),
        calendar=calendar_of(shown) if shown is not None and now.state != "complete" else None,
        done_by=done_by(shown) if shown is not None else "",
        goes_on=_goes_on(workspace, now),
        is_outdated=now.state == "planned" and workspace.is_outdated(),
    )


def _goes_on(workspace: Workspace, now: Standing) -> str:
    """When the import can go on, in words; '' if it can now."""
    at = now.waits_until or workspace.again.at
    if at:
        return in_words(at)
    return waits_until(now.summary) if now.summary is not None and now.state == "paused" else ""


def _tried(now: Standing) -> Sequence[TriedCustomer]:
    """The customers of a trial that were sent, while the others wait."""
    if now.summary is None or now.state != "paused":
        return ()
    return [one for one in now.summary.get("sample", ()) if one.get("outcome") in ("created", "updated")]


def _open_rows(workspace: Workspace) -> int:
    """Rows that the plan holds or rejects; what Rotor refused is none of them."""
    planned = workspace.plan_summary()
    return planned["rows"]["held"] + planned["rows"]["rejected"] if planned is not None else 0


def _customers(shown: Summary | None) -> int:
    """How many the import sends, or has left to send."""
    if shown is None:
        return 0
    changes = shown["changes"]
    return changes["create"] + changes["update"] + changes["undecided"]


def progress(request: Request) -> Response:
    """How far the import is, for a page that shows it."""
    workspace = Workspace.of(request)
    now = standing(workspace)
    return JSONResponse({"state": now.state, **vars(pace_of(workspace, now))})


def start(request: Request, values: dict[str, Any]) -> Response:
    """Send what the plan has, or go on with what is left of it: the plan, or the import, that the page shows.

    With a `sample`, only so many customers are sent, which together show all that the plan does.
    """
    workspace = Workspace.of(request)
    if values.get("run") != workspace.desk.now.stands:
        raise PlanError(_ANOTHER)
    if standing(workspace).state == "planned" and workspace.is_outdated():
        raise PlanError(_OUTDATED)
    begin_import(workspace, whole_number(values.get("sample", "")))
    return go("/import")


def begin_import(workspace: Workspace, sample: int | None = None) -> None:
    """Raises Busy."""
    desk, making = workspace.desk.now, Making(workspace)
    settings = replace(workspace.settings_now(), sample=sample or None)
    shown = workspace.plan_folder()

    def confirm(proposal: Proposal) -> bool:
        """Only what was seen is sent; a run that goes on was seen before."""
        if not proposal.goes_on and (shown is None or not _is_in(shown, proposal.summary)):
            return False
        workspace.desk.change(run=proposal.summary["run"])
        return True

    def work(world: World) -> None:
        report = run_import([Path(desk.file)], desk.mapping, settings, replace(world, confirm=confirm))
        if report.is_declined:
            making.done(report.summary)
            raise PlanError(_CHANGED if making.origin == desk.planned_from else _OTHER)
        workspace.desk.change(run=report.summary["run"])
        _ended(workspace, report)

    workspace.again.cancel()
    workspace.jobs.begin("import", work)


def _is_in(shown: Path, now: Summary) -> bool:
    """Whether what is about to be sent is what a person saw, row by row: figures may be equal by chance."""
    seen = summary_in(shown)
    same_figures = seen is not None and all(seen[name] == now[name] for name in _FIGURES)
    return same_figures and says_the_same(shown, Path(now["report"]))


def _ended(workspace: Workspace, report: ImportReport) -> None:
    """Let the page go on by itself where the quota ended the import, and give up what nobody needs any more."""
    summary, requests = report.summary, report.summary["requests"]
    if summary["state"] == "paused" and requests["waiting"]:
        at = datetime.fromisoformat(requests["free_at"]).timestamp()
        workspace.again.plan(at, lambda: _go_on_by_itself(workspace, summary["run"]))
        if workspace.jobs.is_stopping:  # somebody paused it just now
            workspace.again.cancel()
    needs_nobody = not (summary["rows"]["held"] or summary["rows"]["rejected"] or summary["sent"]["failed"])
    if summary["state"] == "complete" and needs_nobody and not any(summary["review"].values()):
        workspace.desk.let_go()
    if report.error is not None:
        raise report.error


def _go_on_by_itself(workspace: Workspace, run: str) -> None:
    """Go on with this run, unless another file or another plan has taken its place. Raises Busy."""
    with workspace.alone:
        if workspace.desk.now.run == run:
            begin_import(workspace)


def go_on(request: Request, _values: dict[str, Any]) -> Response:
    """Go on with every run that has customers pending, whichever file they came from."""
    workspace = Workspace.of(request)
    settings = workspace.settings_now()

    def work(world: World) -> None:
        last = resume(settings, world)[-1]
        if last.error is not None:
            raise last.error

    workspace.again.cancel()
    workspace.jobs.begin("import", work)
    return go("/import")


def pause(request: Request, _values: dict[str, Any]) -> Response:
    workspace = Workspace.of(request)
    workspace.jobs.stop()
    workspace.again.cancel()  # last: what is ending just now may have planned to go on
    return JSONResponse({})


routes = [
    Route("/import", show),
    Route("/import/progress", progress),
    Route("/import/start", posted(start), methods=["POST"]),
    Route("/import/resume", posted(go_on), methods=["POST"]),
    Route("/import/pause", posted(pause, alone=False), methods=["POST"]),
]
