"""The file of --metrics: Prometheus's text, for node_exporter's textfile collector.

It is read, changed and written whole under a lock, because several profiles and feeds may share it: what others wrote
stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rotor_import.errors import SettingsError
from rotor_import.monitoring.ending import Ending
from rotor_import.monitoring.figures import GAUGES, Figures, figures_of
from rotor_import.monitoring.job import Job

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_READABLE = 0o644
"""node_exporter runs as a user of its own, whatever the umask is."""
_PATIENCE = 10.0
"""Seconds to wait for another run that writes the file."""
_OF_SUCCESS = "rotor_import_last_success_timestamp_seconds"
_NO_MAPPING = ""
"""What the feed of a profile that can't be used is called."""


class MetricsFile:
    """Raises SettingsError if the library that writes it is not installed."""

    def __init__(self, path: Path) -> None:
        try:
            import prometheus_client  # noqa: F401, PLC0415 - an extra
        except ImportError:
            raise SettingsError("--metrics needs an extra package: pip install 'rotor-import[metrics]'") from None
        self._path = path

    def update(self, ending: Ending, job: Job) -> str:
        """Put the run's figures into the file; '' if that was done, else why not."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - it loads asyncio

        now = job.world.clock.now()
        took = now if job.command == "run" and ending.read_files else job.last_file()
        feed = job.named if job.feed is None else job.feed
        figures = figures_of(ending, now, took)
        if not self._path.absolute().parent.is_dir():  # the lock would make it
            return f"The metrics file {self._path} can't be written: its folder doesn't exist."
        try:
            with FileLock(f"{self._path}.lock", timeout=_PATIENCE):
                known = self._known()
                for guess in {job.named, _NO_MAPPING} - {feed} if job.feed is not None else ():
                    known = _without_guess(known, job.profile, guess)
                self._write(_text(_updated(known, {"profile": job.profile, "feed": feed}, figures)))
        except Timeout:
            return f"The metrics file {self._path} was not written: another run has locked it."
        except OSError as error:
            return f"The metrics file {self._path} can't be written ({error.strerror}). Check its folder."
        except ValueError:
            return f"The metrics file {self._path} isn't Prometheus text, so it stays as it is. Choose another file."
        return ""

    def _known(self) -> list[Metric]:
        """Raises ValueError for a file of another kind."""
        from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415 - an extra

        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        try:
            return list(text_string_to_metric_families(text))
        except Exception as error:  # the parser has no error of its own: a damaged line may be an IndexError
            raise ValueError from error

    def _write(self, text: bytes) -> None:
        """Whole or not at all; the name of what isn't whole yet is none that node_exporter reads."""
        unready = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(unready, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READABLE)
            with os.fdopen(descriptor, "wb") as file:
                if os.name == "posix":
                    os.fchmod(descriptor, _READABLE)
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            unready.replace(self._path)
        finally:
            with suppress(OSError):
                unready.unlink()


def _without_guess(known: Iterable[Metric], profile: str, named: str) -> list[Metric]:
    """Without what a run wrote while its mapping couldn't be read, under the name that the mapping's file gives.

    A feed that is really called so has succeeded once.
    """
    families = list(known)
    labels = {"profile": profile, "feed": named}
    if any(
        labels.items() <= sample.labels.items()
        for family in families
        if family.name == _OF_SUCCESS
        for sample in family.samples
    ):
        return families
    for family in families:
        if family.name in GAUGES:
            family.samples = [one for one in family.samples if not labels.items() <= one.labels.items()]
    return families


def _updated(known: Iterable[Metric], labels: dict[str, str], figures: Figures) -> Iterator[Metric]:
    """All families, ours in the order of GAUGES, then those of others as they were."""
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - an extra

    families = {family.name: family for family in known}
    for name, words in GAUGES.items():
        family = GaugeMetricFamily(name, words)
        new = {result: value for (gauge, result), value in figures.items() if gauge == name}
        for sample in families.pop(name).samples if name in families else ():
            is_replaced = labels.items() <= sample.labels.items() and sample.labels.get("result", "") in new
            if not is_replaced:
                family.add_sample(name, sample.labels, sample.value)
        for result, value in new.items():
            family.add_sample(name, labels | ({"result": result} if result else {}), value)
        if family.samples:
            yield family
    yield from families.values()


def _text(families: Iterable[Metric]) -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - an extra
    from prometheus_client.registry import Collector  # noqa: PLC0415 - an extra

    class Given(Collector):
        def collect(self) -> Iterable[Metric]:
            return families

        def describe(self) -> Iterable[Metric]:
            return ()

    registry = CollectorRegistry()
    registry.register(Given())
    return generate_latest(registry)
