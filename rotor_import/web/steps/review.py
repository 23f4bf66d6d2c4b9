"""Step 4: the questions, and rejected rows that can be fixed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rotor_import.errors import CorrectionError, DecisionError, RotorImportError
from rotor_import.model.question import QuestionKind
from rotor_import.report.page.choices import ASKED, LEGENDS
from rotor_import.report.page.first_screen import file_names
from rotor_import.report.page.questions import heading
from rotor_import.web.asked import Bar, Questions, Scope
from rotor_import.web.fixing import Rejects
from rotor_import.web.posted import go, posted, whole_number
from rotor_import.web.render import render
from rotor_import.web.steps.planning import begin_plan
from rotor_import.web.suspicious import suspicious
from rotor_import.web.workspace import Workspace

_CARDS = 25
"""Cards of a kind that are shown at once."""
_ROWS = 10
_MORE_ROWS = 25
_EARLIER = 50
_OLD = "There is a new plan. Reload this page."


@dataclass(frozen=True)
class Group:
    """Questions of a kind: the cards from number `start` of `count`, counted from 0."""

    kind: QuestionKind
    title: str
    lede: str
    bar: Bar | None
    bars: dict[str, Bar]
    cards: list[dict[str, Any]]
    start: int
    count: int

    @property
    def end(self) -> int:
        return self.start + len(self.cards)


@dataclass(frozen=True)
class Review:
    questions: Questions
    rejects: Rejects
    workspace: Workspace
    folder: Path

    @classmethod
    def of(cls, workspace: Workspace) -> Review | None:
        """None if there is no dry run."""
        folder, summary = workspace.plan_folder(), workspace.plan_summary()
        if folder is None or summary is None:
            return None
        return cls(Questions(workspace, summary, folder), Rejects(workspace, summary, folder), workspace, folder)

    def group(self, kind: QuestionKind, start: int = 0) -> Group:
        own = self.questions.by_kind[kind]
        start = max(0, min(start, own.height - 1))
        cards = self.questions.cards(own.slice(start, _CARDS))
        title, lede = heading(kind, own.height), ASKED[kind][1]
        bars = self.questions.key_bars(kind, cards)
        return Group(kind, title, lede, self.questions.bar(Scope(kind)), bars, cards, start, own.height)

    def state(self) -> dict[str, Any]:
        """The words of the page that change with an answer."""
        total, answered = self.questions.total, self.questions.answered
        return {"head": self._head(total, answered), "hint": self._hint(total - answered), "next": self._next()}

    def _head(self, total: int, answered: int) -> list[str]:
        rejected = self.rejects.total
        rows = f"{rejected:,} rejected {'row' if rejected == 1 else 'rows'}"
        if total:
            return [f"{total:,} {'question' if total == 1 else 'questions'},", f"{answered:,} answered"]
        return [rows] if rejected else ["Review"]

    def _hint(self, left: int) -> str:
        return f"{left:,} left. You can come back to them later." if left else ""

    def _next(self) -> str:
        if not self.workspace.is_outdated():
            return "Next: import"
        answers, cells = self.questions.changed_since_plan(), _changed_cells(self.rejects)
        parts = [
            f"{count:,} {one if count == 1 else several}"
            for count, one, several in ((answers, "answer", "answers"), (cells, "fixed cell", "fixed cells"))
            if count
        ]
        return f"Plan again with {' and '.join(parts)}" if parts else "Plan again"


def _changed_cells(rejects: Rejects) -> int:
    try:
        return rejects.changed_since_plan()
    except RotorImportError:
        return 0


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    job, review = workspace.jobs.running, Review.of(workspace)
    if job is not None or review is None:
        return RedirectResponse("/import" if job is not None and job.kind == "import" else "/plan", 303)
    kind, start = request.query_params.get("kind", ""), _start(request)
    kinds = [one for one in review.questions.by_kind if one == kind] or list(review.questions.by_kind)
    alone = len(kinds) == 1 and kinds[0] == kind
    groups = [review.group(one, start if alone else 0) for one in kinds]
    rejects, fault = _rejects(review, 0, _ROWS) if not alone else ([], "")
    values = {
        "groups": groups,
        "alone": alone,
        "merges": None if alone else suspicious(workspace, review.folder),
        "rejects": rejects,
        "rejected": 0 if alone else review.rejects.total,
        "rejects_fault": fault,
        "earlier": [] if fault or alone else review.rejects.earlier(),
        "most_earlier": _EARLIER,
        "more_rows": _MORE_ROWS,
    }
    return _rendered(request, review, "review.html.j2", **values)


def _rendered(request: Request, review: Review, template: str, **values: Any) -> Response:
    summary = review.workspace.plan_summary()
    names = file_names(summary) if summary else {}
    step = "review" if template == "review.html.j2" else ""
    several = len(names) > 1
    state = review.state()
    return render(
        request, template, step, legends=LEGENDS, state=state, page_size=_CARDS, names=names, several=several, **values
    )


def _rejects(review: Review, start: int, count: int) -> tuple[list[Any], str]:
    """Rejected rows, or why they can't be fixed here."""
    try:
        return review.rejects.some(start, count), ""
    except RotorImportError as error:
        return [], review.workspace.told(error)


def _start(request: Request) -> int:
    """How many come before what is asked for: its number is counted from 1."""
    return (whole_number(request.query_params.get("from", "")) or 1) - 1


def more_cards(request: Request) -> Response:
    """The next cards of a kind, to be put below those that are shown."""
    review = Review.of(Workspace.of(request))
    kind = request.query_params.get("kind", "")
    found = [one for one in review.questions.by_kind if one == kind] if review else []
    if review is None or not found:
        return RedirectResponse("/review", 303)
    group = review.group(found[0], _start(request))
    return _rendered(request, review, "review_cards.html.j2", group=group)


def more_rejects(request: Request) -> Response:
    review = Review.of(Workspace.of(request))
    if review is None:
        return RedirectResponse("/review", 303)
    start = _start(request)
    rows, _ = _rejects(review, start, _MORE_ROWS)
    total = review.rejects.total
    return _rendered(
        request, review, "review_rejects.html.j2", rejects=rows, rejected=total, start=start, more_rows=_MORE_ROWS
    )


def _current(request: Request) -> Review:
    """Raises DecisionError if there is no dry run any more."""
    review = Review.of(Workspace.of(request))
    if review is None:
        raise DecisionError(_OLD)
    return review


def _answered(request: Request, scopes: list[Scope], **more: Any) -> Response:
    """The words that have changed, read again from the files."""
    review = _current(request)
    bars = [(scope, review.questions.bar(scope)) for scope in scopes]
    told = {str(scope): {**asdict(bar), "scope": None, "choices": None} for scope, bar in bars if bar}
    return JSONResponse({"state": review.state(), "bars": told, **more})


def answer(request: Request, values: dict[str, Any]) -> Response:
    """Keep the answer to one question; '' takes it back."""
    questions, asked, word = _current(request).questions, str(values.get("question", "")), str(values.get("word", ""))
    line = questions.find(asked)
    if line.is_empty():
        raise DecisionError(_OLD)
    if word:
        questions.answers.give(line, word)
    else:
        questions.answers.take_back(asked)
    return _answered(request, _scopes(values))


def answer_all(request: Request, values: dict[str, Any]) -> Response:
    """Answer the questions of a scope that have no answer."""
    questions, scope, word = _current(request).questions, Scope.of(values), str(values.get("word", ""))
    lines, batch = questions.open_in(scope), questions.next_batch(scope)
    if not lines.is_empty():
        questions.answers.give(lines, word, batch)
    return _answered(request, _scopes(values), count=lines.height, together=batch)


def undo(request: Request, values: dict[str, Any]) -> Response:
    """Take back what was answered together, but for what was answered by itself since."""
    together = str(values.get("together", ""))
    count = _current(request).questions.answers.take_back_all(together) if together else 0
    return _answered(request, _scopes(values), count=count)


def _scopes(values: dict[str, Any]) -> list[Scope]:
    """The bars that the page shows."""
    shown = values.get("bars", [])
    return [Scope.of(one) for one in shown[:1000] if isinstance(one, dict)] if isinstance(shown, list) else []


def fix(request: Request, values: dict[str, Any]) -> Response:
    """Keep a corrected cell, and say what is wrong with the row now."""
    review = _current(request)
    file, row = whole_number(values.get("file")), whole_number(values.get("row"))
    if file is None or row is None:
        raise CorrectionError(_OLD)
    fixed = review.rejects.correct((file, row), str(values.get("column", "")), str(values.get("value", "")))
    return JSONResponse({"row": fixed.as_json, "state": _current(request).state()})


def put_back(request: Request, values: dict[str, Any]) -> Response:
    row = whole_number(values.get("row"))
    if row is None:
        raise CorrectionError(_OLD)
    place = str(values.get("file", "")), row, str(values.get("column", ""))
    _current(request).rejects.put_back(place)
    return go("/review#fix")


def next_(request: Request, _values: dict[str, Any]) -> Response:
    """Plan again if something was changed, else go on."""
    workspace = Workspace.of(request)
    if not workspace.is_outdated():
        return go("/import")
    begin_plan(workspace)
    return go("/plan")


routes = [
    Route("/review", show),
    Route("/review/cards", more_cards),
    Route("/review/rejects", more_rejects),
    Route("/review/answer", posted(answer), methods=["POST"]),
    Route("/review/answer-all", posted(answer_all), methods=["POST"]),
    Route("/review/undo", posted(undo), methods=["POST"]),
    Route("/review/fix", posted(fix), methods=["POST"]),
    Route("/review/put-back", posted(put_back), methods=["POST"]),
    Route("/review/next", posted(next_), methods=["POST"]),
]
