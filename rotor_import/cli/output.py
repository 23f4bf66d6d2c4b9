"""Prints results on stdout and everything else on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rotor_import.cli.exit_codes import PAUSED, code_of
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.terminal_text import harmless_json
from rotor_import.model.error_words import words_of


def result(content: Mapping[str, Any], *, as_json: bool, text: Callable[[Terminal], Sequence[str]]) -> None:
    """Print a result on stdout: one JSON object, or the lines that `text` makes."""
    if as_json:
        json_object(content)
        return
    terminal = Terminal()
    terminal.write("\n".join(text(terminal)))


def json_object(content: Any, *, indent: int | None = 2) -> None:
    Terminal().write(harmless_json(json.dumps(content, ensure_ascii=False, indent=indent)))


def say(text: str) -> None:
    """Print a message on stderr."""
    Terminal(err=True).say(text)


def complain(text: str) -> None:
    Terminal(err=True).say(f"Error: {text}", "bad")


def warn(text: str) -> None:
    """Print on stderr what changes nothing about the work."""
    Terminal(err=True).say(f"Warning: {text}", "look")


def notes(summary: Mapping[str, Any]) -> None:
    """Print on stderr how the files were read."""
    for note in summary.get("notes", []):
        say(note)


def failure(error: BaseException, *, as_json: bool) -> int:
    """Report an error; the exit code comes back."""
    code = code_of(error)
    words = words_of(error)
    complain(words)
    if as_json:
        stopped(code, words)
    return code


def ended_early(code: int, message: str) -> dict[str, Any]:
    """The contract's object of what never got to a summary."""
    return {"state": "paused" if code == PAUSED else "stopped", "error": {"code": code, "message": message}}


def error_of(error: BaseException | None, code: int) -> dict[str, Any]:
    """The contract's `error`, where there is one."""
    return {} if error is None else {"error": {"code": code, "message": str(error)}}


def stopped(code: int, message: str) -> None:
    """Print the JSON object of a run that never got to a summary."""
    json_object(ended_early(code, message), indent=None)
