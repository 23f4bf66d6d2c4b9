"""Step 2: the columns, and the field that each goes to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from rotor_import.errors import MappingError, RotorImportError
from rotor_import.mapping import SetOption, parse_mapping
from rotor_import.pipeline.column_draft import Draft, assignment, checked
from rotor_import.pipeline.column_preview import Cards, null_words_after
from rotor_import.pipeline.column_words import GROUPS, called, moved
from rotor_import.web.posted import go, posted, refused, whole_number
from rotor_import.web.render import part, render
from rotor_import.web.saved_mapping import (
    EDITING,
    TABLES,
    ensure_mapping,
    read_draft,
    rename,
    save_draft,
    version,
)
from rotor_import.web.steps.planning import begin_plan
from rotor_import.web.workspace import Workspace

_NO_VALUE = "This setting can't have such a value. Reload this page."
_OLD = "The mapping was changed in another window. Reload this page."
_TARGETS = [(title, [(target, called(target)) for target in targets]) for title, targets in GROUPS]
_LAST: dict[str, Cards] = {}
"""The cards as they were shown last."""
_OPTIONS = ("split", "rest", "case", "zip", "state", "country", "area_code", "part", "order", "values", "null_values")


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    if not workspace.desk.now.file:
        return RedirectResponse("/file", 303)
    with workspace.alone, EDITING:  # nobody may choose another sheet while its columns are still those of this one
        try:
            ensure_mapping(workspace)
            draft = read_draft(workspace)
        except RotorImportError as unreadable:
            words = workspace.told(unreadable)
            return render(request, "columns.html.j2", "columns", cards=None, error=words, draft=None)
    cards, fault = None, ""
    try:
        cards = _cards(workspace, draft)
    except RotorImportError as wrong:
        fault = workspace.told(wrong)
    return render(request, "columns.html.j2", "columns", cards=cards, error=fault, draft=draft, **_shared(draft))


def _shared(draft: Draft) -> dict[str, Any]:
    return {"targets": _TARGETS, "mapping_version": version(draft)}


def _cards(workspace: Workspace, draft: Draft) -> Cards:
    """Raises MappingError and SourceError."""
    now = workspace.desk.now
    path = Path(now.mapping)
    known = _LAST.get("cards")
    table = TABLES.of(Path(now.file), parse_mapping(draft.text, path.name, path.stem))
    if known is not None and known.table is not table:
        known = None
    if known is not None and known.draft == draft and known.mapping.name == path.name and known.preset == now.preset:
        return known
    cards = Cards(table, checked(draft.text, path.name, table, known.mapping if known else None), draft, now.preset)
    _LAST["cards"] = cards
    return cards


Change = Callable[[Cards, dict[str, Any]], Draft]


def _changing(change: Change) -> Callable[[Request, dict[str, Any]], Response]:
    """A handler that changes the mapping, saves it, and answers with the cards that are other ones now."""

    def handle(request: Request, values: dict[str, Any]) -> Response:
        workspace = Workspace.of(request)
        with EDITING:
            draft = read_draft(workspace)
            if values.get("version") != version(draft):
                return refused(_OLD, 409)
            before = _cards(workspace, draft)
            try:
                after = _cards(workspace, change(before, values))
            except RotorImportError as error:
                return _not_so(workspace, error)
            save_draft(workspace, after.draft)
        return JSONResponse(_told(before, after, values))

    return handle


def _not_so(workspace: Workspace, error: RotorImportError) -> Response:
    """What somebody typed or chose can't be: no failure of the page, so a browser's console says nothing of it."""
    return refused(workspace.told(error), 200)


def _told(before: Cards, after: Cards, values: dict[str, Any]) -> dict[str, Any]:
    """What is other than before; everything, if the file is read in another way now."""
    if before.table is not after.table:
        return {"go": "/columns"}
    but = values.get("at")
    column = after.table.names[but] if isinstance(but, int) and 0 <= but < len(after.table.names) else ""
    changed = [new for old, new in zip(before.all, after.all, strict=True) if old != new]
    return {
        "cards": [
            {"at": card.at, "target": card.target, "words": card.chosen_words, **_parts(card)} for card in changed
        ],
        "imported": after.imported,
        "columns": len(after.table.names),
        "yaml": after.draft.text,
        "version": version(after.draft),
        "said": moved(before.places, after.places, column),
    }


def _parts(card: Any) -> dict[str, str]:
    return {name: part("columns_parts.html.j2", name, card) for name in ("valid", "below")}


def _assign(cards: Cards, values: dict[str, Any]) -> Draft:
    column, target = _column(cards, values), str(values.get("target", ""))
    return cards.draft.edited(assignment(cards.table, column, target), cards.table.names)


def _set(cards: Cards, values: dict[str, Any]) -> Draft:
    column, option, value = _column(cards, values), str(values.get("option", "")), values.get("value", "")
    place = cards.places[column]
    if option not in _OPTIONS:
        raise MappingError(f"There is no setting called {option}.")
    words = values.get("words") or []
    if not _fits(option, value) or not isinstance(words, list):
        raise MappingError(_NO_VALUE)
    if option == "null_values":
        here = [str(word) for word in words]
        value = null_words_after(cards.mapping, here, ticked=bool(value))
    whole_file = option in ("null_values", "area_code")
    edit = SetOption("" if whole_file else place.target, option, value, column if option == "part" else "")
    return cards.draft.edited(edit, cards.table.names)


def _fits(option: str, value: object) -> bool:
    """Whether a setting can have a value of this kind: columns in their order, words with what they mean, or text."""
    if option == "order":
        return isinstance(value, list)
    if option == "values":
        return isinstance(value, dict) and all(isinstance(meaning, str) for meaning in value.values())
    return isinstance(value, str)


def _column(cards: Cards, values: dict[str, Any]) -> str:
    at = whole_number(values.get("at"))
    if at is None or at >= len(cards.table.names):
        raise MappingError("There is no such column. Reload this page.")
    return cards.table.names[at]


def write(request: Request, values: dict[str, Any]) -> Response:
    """The mapping's text, from somebody who writes YAML. It may replace one that can't be read."""
    workspace = Workspace.of(request)
    with EDITING:
        draft = read_draft(workspace)
        if values.get("version") != version(draft):
            return refused(_OLD, 409)
        text = str(values.get("text", "")).replace("\r\n", "\n")
        new = draft if text == draft.text else Draft(text, text)
        try:
            after = _cards(workspace, new)
        except RotorImportError as error:
            return _not_so(workspace, error)
        try:
            before = _cards(workspace, draft)
        except RotorImportError:
            save_draft(workspace, new)
            return go("/columns")
        save_draft(workspace, new)
    return JSONResponse(_told(before, after, values))


def count(request: Request) -> Response:
    """A column's card with all of its cells counted."""
    workspace = Workspace.of(request)
    try:
        cards = _cards(workspace, read_draft(workspace))
    except RotorImportError as error:
        return _not_so(workspace, error)
    at = whole_number(request.query_params.get("at", ""))
    if at is None or at >= len(cards.table.names):
        return refused("There is no such column.", 404)
    card = cards.card(at, exact=True)
    return JSONResponse({"at": card.at, "version": version(cards.draft), **_parts(card)})


def name(request: Request, values: dict[str, Any]) -> Response:
    workspace = Workspace.of(request)
    with EDITING:
        try:
            return JSONResponse({"name": rename(workspace, str(values.get("name", "")))})
        except MappingError as error:
            return _not_so(workspace, error)


def download(request: Request) -> Response:
    """The mapping's file, to be kept elsewhere."""
    workspace = Workspace.of(request)
    if not workspace.desk.now.mapping:
        return RedirectResponse("/columns", 303)
    called_ = quote(Path(workspace.desk.now.mapping).name)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{called_}"}
    return PlainTextResponse(read_draft(workspace).text, headers=headers, media_type="application/yaml")


def next_(request: Request, values: dict[str, Any]) -> Response:
    """Plan, with the mapping as it is saved. It was changed elsewhere meanwhile, if the page's version is another."""
    workspace = Workspace.of(request)
    if not workspace.desk.now.file:
        return refused("Choose a file first.", 400)
    with EDITING:
        ensure_mapping(workspace)
        draft = read_draft(workspace)
        if values.get("version") not in (None, version(draft)):
            return refused(_OLD, 409)
        _cards(workspace, draft)
    begin_plan(workspace)
    return go("/plan")


routes = [
    Route("/columns", show),
    Route("/columns/count", count),
    Route("/columns/mapping.yaml", download),
    Route("/columns/assign", posted(_changing(_assign)), methods=["POST"]),
    Route("/columns/set", posted(_changing(_set)), methods=["POST"]),
    Route("/columns/yaml", posted(write), methods=["POST"]),
    Route("/columns/name", posted(name), methods=["POST"]),
    Route("/columns/next", posted(next_), methods=["POST"]),
]
