"""Everybody who listens to a run: they hear when it begins and how it ended, and none of them can fail it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rotor_import.model.error_words import words_of
from rotor_import.monitoring.channels import Channels
from rotor_import.monitoring.ending import Ending
from rotor_import.monitoring.job import Job
from rotor_import.monitoring.metrics_file import MetricsFile
from rotor_import.monitoring.pings import Pings
from rotor_import.monitoring.telling import tell


@dataclass(frozen=True)
class Listeners:
    """The options: addresses of people's channels, of a watch that waits for pings, and a file for Prometheus."""

    notify: tuple[str, ...] = ()
    ping: str = ""
    metrics: Path | None = None


class Watch:
    """Tells the listeners of one command. Raises SettingsError, before anything is read or sent, for a wrong one.

    `warn` says what a listener didn't take. No address is in its words.
    """

    def __init__(self, listeners: Listeners, command: str, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._channels = Channels(listeners.notify, warn)
        self._pings = Pings(listeners.ping, command, warn) if listeners.ping else None
        self._metrics = MetricsFile(listeners.metrics) if listeners.metrics else None

    def began(self) -> None:
        if self._pings:
            self._pings.began()

    def ended(self, ending: Ending, job: Job) -> None:
        """Nothing is raised: the work is done, and an internal error here must not take its exit code away."""
        for hears in (self._ping, self._measure, self._tell):
            try:
                hears(ending, job)
            except Exception as error:  # noqa: BLE001 - as above; and the others have to hear of it too
                self._warn(words_of(error))

    def _ping(self, ending: Ending, _job: Job) -> None:
        if self._pings:
            self._pings.ended(ending.code)

    def _measure(self, ending: Ending, job: Job) -> None:
        if self._metrics and (problem := self._metrics.update(ending, job)):
            self._warn(problem)

    def _tell(self, ending: Ending, job: Job) -> None:
        if self._channels:
            tell(self._channels, ending, job, self._warn)

    def stopped(self) -> None:
        """Somebody stopped it before it came to anything, or declined what it planned: only the watch has to know."""
        if self._pings:
            self._pings.stopped()
