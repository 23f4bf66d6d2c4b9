"""The options of those who listen to a run, and how they hear of its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.options import Listed, option
from rotor_import.errors import SettingsError
from rotor_import.model.error_words import words_of

if TYPE_CHECKING:
    from rotor_import.cli.late_settings import Late
    from rotor_import.config import Settings
    from rotor_import.monitoring import Ending
    from rotor_import.pipeline import World
    from rotor_import.sync.sync_report import SyncReport

LISTENING = (
    option(
        "--notify",
        type=Listed(),
        metavar="URL",
        multiple=True,
        help="Tell people: a webhook (https://), or mailto://, slack://, …; may be repeated.",
    ),
    option("--ping", metavar="URL", default="", help="Ping a watch such as healthchecks.io: begun, done, failed."),
    option(
        "--metrics",
        type=click.Path(path_type=Path),
        metavar="FILE",
        default=None,
        help="Write figures for Prometheus (node_exporter's textfile collector) into this file.",
    ),
)


class Watched:
    """A command that others listen to, from its first ping to the last message.

    Takes the listeners' options out of `options`. Raises SettingsError for a wrong one, before anything is read.
    """

    def __init__(
        self,
        command: Literal["run", "sync"],
        names: tuple[str | None, str],
        options: dict[str, Any],
        world: World,
        warn: Callable[[str], None],
    ) -> None:
        from rotor_import.monitoring import Listeners, Watch  # noqa: PLC0415 - --help has no need of it

        self._command = command
        self._mapping, self._folder = names
        self._world = world
        listeners = Listeners(tuple(options.pop("notify")), options.pop("ping"), options.pop("metrics"))
        self._watch = Watch(listeners, command, warn)
        self.stopped = self._watch.stopped
        self._watch.began()

    def failed(self, error: Exception, settings: Late) -> None:
        """It never got to a run."""
        from rotor_import.monitoring import Ending  # noqa: PLC0415 - --help has no need of it

        if isinstance(error, click.ClickException):
            error = SettingsError(error.format_message())
        ending = Ending(exit_codes.code_of(error), early_summary(error), error)
        self._ended(ending, settings.place(), asked_for=settings.profile)

    def ended(self, report: exit_codes.Report, code: int, settings: Settings) -> None:
        from rotor_import.monitoring import Ending  # noqa: PLC0415 - --help has no need of it

        summary = {**report.summary, **output.error_of(report.error, code)}
        self._ended(Ending(int(code), summary, report.error), settings, summary["run"])

    def night_ended(self, report: SyncReport, code: int, settings: Settings) -> None:
        from rotor_import.monitoring import Ending  # noqa: PLC0415 - --help has no need of it

        summary = {**report.summary, **output.error_of(report.error, code)}
        also = tuple(exit_codes.code_of(error) for error in report.errors if error is not report.unreachable)
        is_unreachable = report.unreachable is not None
        ending = Ending(int(code), summary, report.error, report.late, is_unreachable, also)
        self._ended(ending, settings, summary["run"])

    def _ended(self, ending: Ending, settings: Settings | None, run: str = "", asked_for: str = "") -> None:
        from rotor_import.monitoring import Job  # noqa: PLC0415 - --help has no need of it

        job = Job(self._command, self._mapping, self._world, settings, self._folder, run, asked_for)
        self._watch.ended(ending, job)


def early_summary(error: BaseException) -> dict[str, Any]:
    """The summary of what never got to a run."""
    code = exit_codes.code_of(error)
    return output.ended_early(code, words_of(error))
