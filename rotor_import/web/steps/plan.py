"""Step 3: what would happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rotor_import.report.page.row_by_row import KINDS
from rotor_import.web.plan_shown import Asked, Found, PlanShown, plan_shown
from rotor_import.web.posted import go, posted, whole_number
from rotor_import.web.render import render
from rotor_import.web.steps.planning import begin_plan, failure_of
from rotor_import.web.workspace import Workspace

_GONE = "The plan's report isn't there any more. Plan again."
_BESIDE = 2
"""So many pages on either side of the one that is shown are linked."""

Standing = Literal["", "planning", "failed", "gone", "outdated", "planned"]


@dataclass(frozen=True)
class Next:
    """Where the step goes on, with a hint beside the button."""

    href: str
    words: str
    hint: str


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    standing = _standing(workspace)
    if not standing:
        return RedirectResponse("/columns" if workspace.desk.now.file else "/file", 303)
    plan = plan_shown(workspace) if standing in ("planned", "outdated") else None
    if standing in ("planned", "outdated") and plan is None:
        standing = "gone"
    return render(
        request,
        "plan.html.j2",
        "plan",
        standing=standing,
        failure=failure_of(workspace.jobs.job) if standing == "failed" else None,
        going=workspace.jobs.running if standing == "planning" else None,
        plan=plan,
        next=_next(plan, workspace.desk.now.run) if plan else None,
        **(_of_lines(plan, request) if plan else {}),
    )


def lines(request: Request) -> Response:
    """Only the lines that are looked for, for a page that is open."""
    plan = plan_shown(Workspace.of(request))
    if plan is None:
        return render(request, "plan_gone.html.j2", status=410, words=_GONE)
    return render(request, "plan_lines.html.j2", **_of_lines(plan, request))


def _standing(workspace: Workspace) -> Standing:
    running, job, desk = workspace.jobs.running, workspace.jobs.job, workspace.desk.now
    if running is not None and running.kind == "plan":
        return "planning"
    if failure_of(job) is not None:
        return "failed"
    if not desk.plan:
        return ""
    if workspace.plan_folder() is None:
        return "gone"
    return "outdated" if not desk.run and workspace.is_outdated() else "planned"


def _of_lines(plan: PlanShown, request: Request) -> dict[str, Any]:
    asked = _asked(request)
    found = plan.found(asked)
    return {
        "names": plan.names,
        "several": len(plan.names) > 1,
        "kinds": KINDS,
        "asked": asked,
        "found": found,
        "pages": _pages(found),
        "link": lambda **changes: _link(asked, **changes),
    }


def _asked(request: Request) -> Asked:
    values = request.query_params
    return Asked(values.get("q", "")[:200], values.get("fate", ""), whole_number(values.get("page", "")) or 1)


def _link(asked: Asked, **changes: Any) -> str:
    said = {"q": asked.query, "fate": asked.fate, **changes}
    named = {name: value for name, value in said.items() if value and (name, value) != ("page", 1)}
    return f"/plan?{urlencode(named)}#customers" if named else "/plan#customers"


def _pages(found: Found) -> list[int]:
    """The pages that are linked; 0 stands for some that aren't."""
    near = range(max(1, found.page - _BESIDE), min(found.pages, found.page + _BESIDE) + 1)
    wanted = sorted({1, found.pages, *near})
    shown: list[int] = []
    for page in wanted:
        if shown and page > shown[-1] + 1:
            shown.append(page - 1 if page == shown[-1] + 2 else 0)
        shown.append(page)
    return shown


def _next(plan: PlanShown, run: str) -> Next:
    if run:
        return Next("/import", "Next: import", "This plan was imported")
    questions, rejected = plan.questions, plan.summary["rows"]["rejected"]
    parts = [f"{questions:,} {'question' if questions == 1 else 'questions'}"] if questions else []
    parts += [f"{rejected:,} {'row' if rejected == 1 else 'rows'} to fix"] if rejected else []
    if parts:
        return Next("/review", "Next: review", f"{' and '.join(parts)} first, or import the rest without them")
    return Next("/import", "Next: import", "Nothing is sent until you start the import")


def again(request: Request, _values: dict[str, Any]) -> Response:
    begin_plan(Workspace.of(request))
    return go("/plan")


def stop(request: Request, _values: dict[str, Any]) -> Response:
    """Let planning end; an import that is under way has a pause of its own."""
    workspace = Workspace.of(request)
    running = workspace.jobs.running
    if running is not None and running.kind == "plan":
        workspace.jobs.stop()
    return go("/plan")


routes = [
    Route("/plan", show),
    Route("/plan/lines", lines),
    Route("/plan/again", posted(again), methods=["POST"]),
    Route("/plan/stop", posted(stop), methods=["POST"]),
]
