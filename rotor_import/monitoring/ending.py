"""How a run or a night ended, as those who are told of it see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ending:
    """The exit code, and the summary; one that never got to a run has only `state` and `error`.

    `late` is what there is to say of a file that is late, '' if none is.
    """

    code: int
    summary: Mapping[str, Any]
    error: BaseException | None = None
    late: str = ""

    @property
    def has_run(self) -> bool:
        return "rows" in self.summary

    @property
    def runs(self) -> list[Mapping[str, Any]]:
        """All runs of a night; the one run of a command."""
        return [*self.summary.get("earlier", ()), self.summary] if self.has_run else []

    @property
    def read_files(self) -> bool:
        """Whether any of them was about files: one that only found nothing new was not."""
        return any(run["files"] for run in self.runs)
