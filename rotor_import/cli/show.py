"""What the person sees: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from rotor_import.cli.exits import PAUSED, code_of

if TYPE_CHECKING:
    from tqdm import tqdm


def result(summary: Mapping[str, Any], *, as_json: bool, text: Callable[[], str]) -> None:
    click.echo(json.dumps(summary, ensure_ascii=False, indent=2) if as_json else text())


def notes(summary: Mapping[str, Any]) -> None:
    """How files were read and what is not known: for the person, whatever stdout is for."""
    for note in summary.get("notes", []):
        click.echo(note, err=True)


def failure(error: BaseException, *, as_json: bool) -> int:
    """Say it where it is looked for; the exit code."""
    code = code_of(error)
    click.echo(f"Error: {error}", err=True)
    if as_json:
        stopped(code, str(error))
    return code


def stopped(code: int, message: str) -> None:
    """The JSON object of a run that never got to a summary."""
    state = "paused" if code == PAUSED else "stopped"
    click.echo(json.dumps({"state": state, "error": {"code": code, "message": message}}, ensure_ascii=False))


def defect(error: Exception) -> str:
    """Where it happened, without the error's own text: that could hold customer data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return (
        f"This is a mistake of rotor-import's ({type(error).__name__} at {where}). "
        "What was sent is in the ledger; please report it."
    )


class Progress:
    """One bar at a time, on a terminal only; `verbose` says each step in a line. A context manager."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._what = ""
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._verbose and done == total:
            click.echo(f"{what}: {done} of {total}", err=True)
        if self._quiet or self._verbose or not sys.stderr.isatty():
            return
        if self._bar is None or what != self._what:
            from tqdm import tqdm  # noqa: PLC0415 - only where somebody watches

            self._close()
            self._what = what
            self._bar = tqdm(desc=what, total=total, unit="", file=sys.stderr, leave=False)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
