"""Bars as SVG: each part's place and width are attributes, because the page's policy allows no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LEAST = 0.6
"""The least width of a part, in percent, so that a single row is seen."""


@dataclass(frozen=True)
class Segment:
    """A part of a bar; `start` and `width` are percentages, `color` is the end of its class."""

    label: str
    color: str
    count: int
    start: float
    width: float


def segments(parts: Sequence[tuple[str, str, int]]) -> list[Segment]:
    """The parts (label, color, count) that aren't 0, side by side."""
    shown = [part for part in parts if part[2]]
    total = sum(count for _, _, count in shown) or 1
    raw = [max(_LEAST, 100 * count / total) for _, _, count in shown]
    scale = 100 / (sum(raw) or 1)
    made, start = [], 0.0
    for (label, color, count), width in zip(shown, raw, strict=True):
        made.append(Segment(label, color, count, round(start, 2), round(width * scale, 2)))
        start += width * scale
    return made
