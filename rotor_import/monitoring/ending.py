"""How a run or a night ended, as those who are told of it see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ending:
    """The exit code, and the summary; one that never got to a run has only `state` and `error`.

    `late` is what there is to say of a file that is late, '' if none is. `is_unreachable` says that a night couldn't
    list its folder, and `also` has the exit codes of all else that went wrong.
    """

    code: int
    summary: Mapping[str, Any]
    error: BaseException | None = None
    late: str = ""
    is_unreachable: bool = False
    also: Collection[int] = ()

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

    @property
    def took_file(self) -> bool:
        """Whether a file went through; a night that only goes on with an older one's changes took none."""
        if self.is_of_folder:
            return bool(self.summary["drop"]["taken"])
        return self.read_files

    @property
    def is_of_folder(self) -> bool:
        """Whether it is a night's that looked, or tried to look, into its folder."""
        return "drop" in self.summary
