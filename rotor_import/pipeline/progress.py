"""Tells a caller's function how far an import is, without letting it do harm."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

from rotor_import.model.progress import ProgressEvent, Stage
from rotor_import.pipeline.session import World

OnProgress = Callable[[ProgressEvent], object]


class Telling:
    """A context manager that gives the world as it was, or one whose progress is told to the caller's function.

    What has been sent must be written down whatever that function does: after its first exception it is not called
    any more, the import goes on, and a RuntimeWarning at the end of it says what happened.
    """

    def __init__(self, world: World, on_progress: OnProgress | None) -> None:
        self._world = world
        self._on_progress = on_progress
        self._error: Exception | None = None

    def __enter__(self) -> World:
        return self._world if self._on_progress is None else replace(self._world, progress=self._tell)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._error is not None:
            warnings.warn(
                f"progress raised {type(self._error).__name__}: {self._error}. It was not called again; the import "
                "went on without it.",
                RuntimeWarning,
                stacklevel=3,
            )

    def _tell(self, stage: Stage, done: int, total: int) -> None:
        if self._on_progress is None or self._error is not None:
            return
        try:
            self._on_progress(ProgressEvent(stage, done, total))
        except Exception as error:  # noqa: BLE001 - whatever it is, it may cost nothing that was sent
            self._error = error
