"""Aligned columns of untrusted text that fit the terminal's width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rotor_import.cli.terminal import Style, Terminal
from rotor_import.cli.terminal_text import fitted, folded, padded, plain, width


class Cell(NamedTuple):
    text: str
    style: Style = ""


@dataclass(frozen=True)
class Column:
    """A column of a table. `least` is the width down to which its cells may be cut; None never cuts them."""

    name: str
    right: bool = False
    least: int | None = None


Row = Sequence[Cell | str | int]

_GAPS = (2, 1)
_INDENT = "  "


def table(columns: Sequence[Column], rows: Sequence[Row], terminal: Terminal) -> list[str]:
    """A line for each row under the columns' names, or a block of lines for each if that is too wide."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    needed = [max([width(column.name), *(width(row[at].text) for row in cells)]) for at, column in enumerate(columns)]
    for gap in _GAPS:
        widths = _squeezed(columns, needed, terminal.width - len(_INDENT) - gap * (len(columns) - 1))
        if widths is not None:
            head = [Cell(column.name, "head") for column in columns]
            return [_line(columns, row, widths, " " * gap, terminal) for row in (head, *cells)]
    return [line for row in cells for line in _block(columns, row, terminal)]


def figures(rows: Sequence[tuple[str, str | int, str, Style]], terminal: Terminal, *, label: int = 0) -> list[str]:
    """Lines of a label, a figure and a remark; a long remark continues below itself.

    `label` is the least width of the first column, to align tables with each other.
    """
    rows = [(plain(name), plain(str(figure)), plain(remark), style) for name, figure, remark, style in rows]
    label = max([label, *(width(name) for name, *_ in rows)])
    figure_width = max([6, *(width(str(figure)) for _, figure, *_ in rows)])
    room = terminal.width - len(_INDENT) - label - figure_width - 4
    lines = []
    for name, figure, remark, style in rows:
        first, *more = folded(remark, max(room, 12), whole_words=False)
        shown = terminal.styled(padded(str(figure), figure_width, right=True), style)
        lines.append(f"{_INDENT}{padded(name, label)}  {shown}  {first}".rstrip())
        lines += [" " * (len(_INDENT) + label + figure_width + 4) + part for part in more]
    return lines


def _cell(cell: Cell | str | int) -> Cell:
    text, style = cell if isinstance(cell, Cell) else (str(cell), "")
    return Cell(plain(text), style)  # type: ignore[arg-type]  # the tuple's own types


def _squeezed(columns: Sequence[Column], needed: Sequence[int], room: int) -> list[int] | None:
    """Widths that fit, with the widest columns cut first where they may be; None if nothing fits."""
    widths = list(needed)
    while sum(widths) > room:
        loose = [at for at, column in enumerate(columns) if column.least is not None and widths[at] > column.least]
        if not loose:
            return None
        widths[max(loose, key=lambda at: widths[at])] -= 1
    return widths


def _line(columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int], gap: str, terminal: Terminal) -> str:
    shown = [
        terminal.styled(padded(fitted(cell.text, space), space, right=column.right), cell.style)
        for column, cell, space in zip(columns, row, widths, strict=True)
    ]
    return (_INDENT + gap.join(shown)).rstrip()


def _block(columns: Sequence[Column], row: Sequence[Cell], terminal: Terminal) -> list[str]:
    label = max(width(column.name) for column in columns)
    room = terminal.width - label - 6
    lines = [
        f"{padded(column.name, label)}  {terminal.styled(fitted(cell.text, room), cell.style)}".rstrip()
        for column, cell in zip(columns, row, strict=True)
    ]
    return [_INDENT + lines[0], *(_INDENT * 2 + line for line in lines[1:])]
