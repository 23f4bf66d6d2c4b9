"""A figure with its label, as the terminal and the workbook list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "bad", "look"]


@dataclass(frozen=True)
class Line:
    """A figure with its label; `tone` says whether it is good or bad."""

    label: str
    figure: int
    remark: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Section:
    title: str
    lines: tuple[Line, ...]


def many(count: int, noun: str) -> str:
    """`1,200 rows`, `1 row`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
