"""Progress of a run: a bar on a terminal, a line for each step with --verbose, nothing under cron."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rotor_import.cli.terminal import Terminal

if TYPE_CHECKING:
    from tqdm import tqdm


class Progress:
    """Shows one bar at a time with its rate and the time left, or with `verbose` a line for each step.

    A context manager. Lines printed meanwhile appear above the bar.
    """

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self.quiet = quiet
        self._verbose = verbose
        self.write: Callable[[str], None] = lambda line: Terminal(err=True).say(line)
        """Prints a line; `sync` replaces it by its log."""
        self._what = ""
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._verbose and done == total:
            self.say(f"{what}: {done} of {total}")
        if self.quiet or self._verbose:
            return
        if self._bar is None or what != self._what:
            self.close()
            self._bar = self._drawn(what, total)
            self._what = what
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)

    def say(self, line: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        self.write(line)
        if self._bar is not None:
            self._bar.refresh()

    @staticmethod
    def _drawn(what: str, total: int) -> tqdm[Any] | None:
        terminal = Terminal(err=True)
        if not terminal.is_live:
            return None
        from tqdm import tqdm  # noqa: PLC0415 - only where somebody watches

        color = "green" if terminal.has_colors else None
        return tqdm(
            desc=what[:1].upper() + what[1:],
            total=total,
            unit=" customers",
            file=sys.stderr,
            leave=False,
            dynamic_ncols=True,
            colour=color,
        )

    def close(self) -> None:
        """Remove the bar, so that the next line takes its place."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
