"""Prints what an import or an undo came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotor_import.cli import exit_codes, output, result_text
from rotor_import.cli.progress import Progress

if TYPE_CHECKING:
    from rotor_import.config import Settings
    from rotor_import.pipeline import ImportReport


def show_report(report: ImportReport, settings: Settings, progress: Progress, *, as_json: bool) -> int:
    """Print what a command came to; the exit code comes back."""
    progress.close()
    if report.is_declined:
        return _declined(report)
    code = exit_codes.code_of_report(report, settings.tolerate)
    summary = {**report.summary, **output.error_of(report.error, code)}
    if as_json or summary["files"] or "plan" in summary or "undoes" in summary:
        output.notes(summary)
    if report.error is not None:
        output.say(_why(str(report.error), code))
    output.result(summary, as_json=as_json, text=lambda terminal: result_text.summary(summary, terminal))
    return exit_codes.Standing(code)


def _why(message: str, code: int) -> str:
    """The reason of an early end. One that a person asked for says itself that it is a pause."""
    state = "Paused" if code == exit_codes.PAUSED else "Stopped"
    return message if message.startswith(state) else f"{state}: {message}"


def _declined(report: ImportReport) -> int:
    """Say how to go on after a no; the plan itself stands above the question."""
    if report.summary["state"] == "paused":
        output.say("Nothing more was sent. To send the rest later, run the same command or: rotor-import resume")
        return exit_codes.Standing(exit_codes.PAUSED)
    output.say("Nothing was sent. To import, run the same command again: it makes a new plan and asks again.")
    return exit_codes.Standing(exit_codes.DONE)
