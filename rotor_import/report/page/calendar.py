"""The days on which an import is sent, as a calendar; all days are in the time zone of whoever made the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rotor_import.model.summary import Summary

_WEEK = 7
_MOST_DAYS = 42
"""The most days that are drawn one by one; beyond that, weeks are listed."""
_DATE = 10
"""The length of a date without a time."""


@dataclass(frozen=True)
class Day:
    """A day with its number of requests; `share` is the percentage of the largest day."""

    date: datetime
    requests: int
    share: float


@dataclass(frozen=True)
class Calendar:
    """Weeks from Sunday to Saturday; or `by_week`, weeks as (first day, requests). `sums` are labels and requests."""

    weeks: list[list[Day]]
    by_week: list[tuple[datetime, int]]
    sums: list[tuple[str, int]]
    last: datetime


def calendar_of(summary: Summary) -> Calendar | None:
    """None if one day is enough."""
    forecast = summary["forecast"]
    if forecast["days"] <= 1 or not forecast["requests"]:
        return None
    last = local_day(forecast.get("finish_at", forecast["finish"]))
    counts = _counts(summary)
    first = last - timedelta(days=len(counts) - 1)
    on = {first + timedelta(days=at): count for at, count in enumerate(counts)}
    most = max(counts) or 1
    sunday = first - timedelta(days=(first.weekday() + 1) % _WEEK)
    weeks = []
    while sunday <= last:
        days = [sunday + timedelta(days=at) for at in range(_WEEK)]
        weeks.append([Day(day, on.get(day, 0), round(100 * on.get(day, 0) / most, 1)) for day in days])
        sunday += timedelta(days=_WEEK)
    if len(counts) > _MOST_DAYS:
        by_week = [(week[0].date, sum(day.requests for day in week)) for week in weeks]
        return Calendar([], by_week, _sums(on, last), last)
    return Calendar(weeks, [], _sums(on, last), last)


def _counts(summary: Summary) -> list[int]:
    """The requests of each day, the first day first; each further day reads Rotor's list again."""
    forecast, requests = summary["forecast"], summary["requests"]
    left, reading, counts = forecast["requests"], forecast.get("reading", 0), []
    for at in range(forecast["days"]):
        again = reading if at else 0
        most = (requests["limit"] if at or not requests["remaining"] else requests["remaining"]) - again
        sent = left if at == forecast["days"] - 1 else min(left, most)
        left -= sent
        counts.append(sent + again)
    return counts


def _sums(on: Mapping[datetime, int], last: datetime) -> list[tuple[str, int]]:
    first, *_ = on
    middle = [count for day, count in on.items() if first < day < last]
    found = [(day_in_words(first), on[first])]
    if middle:
        days = "1 day" if len(middle) == 1 else f"{len(middle):,} days"
        each = f" of {middle[0]:,}" if len(set(middle)) == 1 else ""
        found.append((f"{days}{each}", sum(middle)))
    return [*found, (day_in_words(last), on[last]), ("Requests in all", sum(on.values()))]


def local_day(stamp: str) -> datetime:
    """Midnight of a UTC time's day in this computer's time zone; a date stands for itself."""
    if len(stamp) == _DATE:
        return datetime.fromisoformat(stamp)
    return datetime.combine(datetime.fromisoformat(stamp).astimezone().date(), datetime.min.time())


def short_day(day: datetime) -> str:
    return f"{day:%b} {day.day}"


def day_in_words(day: datetime) -> str:
    return f"{day:%A}, {day:%b} {day.day}"
