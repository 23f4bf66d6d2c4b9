"""Renders the steps: the templates of the page, on the parts that it shares with the report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from rotor_import.model.summary import Summary
from rotor_import.report.page.compiled import CompiledTemplates
from rotor_import.report.page.shared import filters, shared_templates
from rotor_import.web.workspace import Workspace

_HERE = Path(__file__).parent / "templates"
_SCRIPTS = ("page.js", "file.js", "columns.js", "plan.js", "review.js", "fixing.js", "import.js")
STEPS = ("file", "columns", "plan", "review", "import")


@dataclass(frozen=True)
class Step:
    """A step of the stepper; `href` is '' as long as it can't be reached, `note` says what was done there."""

    name: str
    href: str
    note: str
    state: str
    """`past`, `now` or ''."""


def render(request: Request, template: str, step: str = "", status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the step; without a step it is none of the stepper's."""
    workspace = Workspace.of(request)
    job = workspace.jobs.running  # asked first: what ends meanwhile is told to the page that watches it
    summary = workspace.plan_summary()
    page = _environment().get_template(template)
    text = page.render(
        workspace=workspace,
        desk=workspace.desk.now,
        job=job,
        summary=summary,
        on_page=True,
        step=step,
        steps=stepper(workspace, step, summary) if step else [],
        version=_version(),
        **{"several": False, "names": {}, **values},
    )
    return HTMLResponse(text, status)


def bare_page(why: str) -> str:
    """A page for somebody who was not let in: it shows nothing of the import."""
    return _environment().get_template("bare.html.j2").render(why=why, version=_version())


def part(template: str, name: str, *values: Any) -> str:
    """A macro of a template on its own, for a page that changes in place."""
    module = _environment().get_template(template).make_module({"several": False, "names": {}})
    return str(getattr(module, name)(*values))


def stepper(workspace: Workspace, current: str, summary: Summary | None) -> list[Step]:
    desk = workspace.desk.now
    planned = summary is not None or workspace.jobs.running is not None
    reached = {"file": True, "columns": bool(desk.file), "plan": planned, "review": planned, "import": planned}
    at = STEPS.index(current)
    return [
        Step(
            name,
            f"/{name}" if reached[name] else "",
            _note(name, workspace, summary),
            "now" if place == at else "past" if place < at and reached[name] else "",
        )
        for place, name in enumerate(STEPS)
    ]


def _note(step: str, workspace: Workspace, summary: Summary | None) -> str:
    if step == "file":
        return workspace.desk.now.name
    if step == "plan" and summary is not None:
        changes = summary["changes"]
        return f"{changes['create']:,} to add, {changes['update']:,} to update"
    return ""


def style() -> str:
    return "".join((folder / name).read_text(encoding="utf-8") for folder, name in _style_files())


def icon() -> str:
    return (_HERE / "icon.svg").read_text(encoding="utf-8")


def script(name: str) -> str | None:
    """One of our scripts, None for any other name."""
    path = _HERE / name
    return path.read_text(encoding="utf-8") if name in _SCRIPTS and path.is_file() else None


def _style_files() -> list[tuple[Path, str]]:
    return [(shared_templates(), "looks.css"), (shared_templates(), "cards.css"), (_HERE, "page.css")]


@cache
def _version() -> str:
    """Changes with the style and the scripts, so that a browser never keeps old ones."""
    texts = [style(), *(script(name) or "" for name in _SCRIPTS)]
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:12]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([_HERE, shared_templates()]),
        bytecode_cache=CompiledTemplates(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters()
    environment.filters["basename"] = lambda path: Path(path).name
    return environment
