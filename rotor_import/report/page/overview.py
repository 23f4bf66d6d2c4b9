"""The page's overview: what happens to the rows, how much of the quota it takes, and when it will be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from rotor_import.report.page.charts import bars
from rotor_import.report.text import sentence

_FATES = {
    "create": "create",
    "update": "update",
    "unchanged": "unchanged",
    "undecided": "undecided",
    "merged": "merged into another row",
    "held": "held for you",
    "rejected": "rejected",
    "left_out": "left out",
}
_MOST_DAYS = 31


@dataclass(frozen=True)
class Segment:
    """A part of a bar; `start` and `width` are percentages of the bar."""

    kind: str
    label: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Overview:
    """The overview's figures. `days` are labels with requests; `chart` is None if one day is enough."""

    sentence: str
    remark: str
    rows: list[Segment]
    quota: list[Segment]
    days: list[tuple[str, int]]
    finish: str
    chart: Markup | None


def overview(summary: Mapping[str, Any]) -> Overview:
    counts = row_counts(summary)
    days = list(_days(summary))
    return Overview(
        sentence=sentence(summary),
        remark=_remark(summary),
        rows=_segments([(kind, label, counts[kind]) for kind, label in _FATES.items()]),
        quota=_quota(summary),
        days=days,
        finish=_day(date.fromisoformat(summary["forecast"]["finish"])),
        chart=bars([(_short(label), count) for label, count in days]) if len(days) > 1 else None,
    )


def row_counts(summary: Mapping[str, Any]) -> dict[str, int]:
    """How many rows have each disposition."""
    rows = summary["rows"]
    return {**summary["changes"], **{name: rows[name] for name in ("merged", "held", "rejected", "left_out")}}


def _remark(summary: Mapping[str, Any]) -> str:
    if summary["mode"] == "plan":
        return "This is a dry run: nothing was sent."
    states = {"complete": "The run is complete.", "paused": "The run is paused: the same command, or resume, goes on."}
    return states.get(summary["state"], "The run was stopped. What was sent is sent; the same command goes on.")


def _segments(parts: list[tuple[str, str, int]]) -> list[Segment]:
    total = sum(count for _, _, count in parts) or 1
    made, start = [], 0.0
    for kind, label, count in parts:
        if count:
            width = 100 * count / total
            made.append(Segment(kind, label, count, round(start, 3), round(width, 3)))
            start += width
    return made


def _quota(summary: Mapping[str, Any]) -> list[Segment]:
    requests, needed = summary["requests"], summary["forecast"]["requests"]
    limit, left = requests["limit"], requests["remaining"]
    today = min(needed, left)
    parts = [("used", "used in the last 24 hours", limit - left), ("needed", "needed for this import today", today)]
    return _segments([*parts, ("free", "left after that", left - today)])


def _days(summary: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Requests by day, or by week if there are many days."""
    forecast, requests = summary["forecast"], summary["requests"]
    left, days = forecast["requests"], forecast["days"]
    first = date.fromisoformat(forecast["finish"]) - timedelta(days=max(days - 1, 0))
    each = []
    for at in range(days):
        most = requests["limit"] if at or not requests["remaining"] else requests["remaining"]
        each.append(left if at == days - 1 else min(left, most))
        left -= each[-1]
    width = 7 if days > _MOST_DAYS else 1
    for at in range(0, days, width):
        word = "week of " if width > 1 else ""
        yield word + _day(first + timedelta(days=at)), sum(each[at : at + width])


def _short(label: str) -> str:
    """A label for a chart's axis: a week keeps its year, since weeks of two years may begin on the same day."""
    return label.removeprefix("week of ") if label.startswith("week") else label.rpartition(" ")[0]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
