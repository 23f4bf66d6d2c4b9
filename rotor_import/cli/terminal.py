"""The terminal, or whatever else text is written to: its width, and whether it shows colors.

Only terminals get colors, unless `FORCE_COLOR` is set; `NO_COLOR` turns them off and takes precedence, and a terminal
whose `TERM` is `dumb` has none (https://no-color.org, https://force-color.org).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

import click

from rotor_import.cli.terminal_text import folded, plain_lines

Style = Literal["", "head", "good", "bad", "look", "dim"]

_STYLES: dict[Style, dict[str, str | bool]] = {
    "": {},
    "head": {"bold": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "look": {"fg": "yellow"},
    "dim": {"dim": True},
}
_PAPER = 80
"""Columns if there is no terminal."""
_WIDEST, _NARROWEST = 100, 40


class Terminal:
    """stdout or stderr, as it is now."""

    def __init__(self, *, err: bool = False, environment: Mapping[str, str] | None = None) -> None:
        given = os.environ if environment is None else environment
        self._err = err
        self.is_tty = self._stream.isatty()
        self.is_live = self.is_tty and given.get("TERM") != "dumb"
        """Whether a line can be redrawn."""
        self.has_colors = bool(not given.get("NO_COLOR") and (given.get("FORCE_COLOR") or self.is_live))
        self.width = _PAPER
        if self.is_tty:
            columns = shutil.get_terminal_size((_PAPER, 24)).columns
            self.width = min(max(columns - 1, _NARROWEST), _WIDEST)  # some terminals add a line after a full one

    def styled(self, text: str, style: Style) -> str:
        return click.style(text, **_STYLES[style]) if self.has_colors and style else text  # type: ignore[arg-type]  # as click names them

    def write(self, text: str) -> None:
        """Print text that is already safe for a terminal."""
        click.echo(text, err=self._err, color=self.has_colors)

    def say(self, text: str, style: Style = "") -> None:
        """Print a message, folded on a terminal; in a log a line stays one line."""
        self.write(self.styled("\n".join(self.lines(text)), style))

    def lines(self, text: str) -> list[str]:
        """A message's lines, safe to print: folded on a terminal, and as they are in a log."""
        lines = plain_lines(text).split("\n")
        return [part for line in lines for part in folded(line, self.width)] if self.is_tty else lines

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self._err else sys.stdout
