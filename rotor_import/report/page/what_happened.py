"""What happened in a run: forecast and outcome side by side, what Rotor refused, and requests by hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import polars as pl

from rotor_import.model.change import Kind
from rotor_import.model.clock import moment
from rotor_import.model.plan import KEPT
from rotor_import.model.summary import Summary
from rotor_import.report.page.shorten import shortened
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CREATES, RECONCILE, RESULTS, ROWS, UNDECIDED, UPDATES

_MOST = 200
FIRST = 10
"""So many lines of a list are unfolded."""
_WORDS = {
    "create": "Add",
    "update": "Update",
    "undecided": "Add or update",
    "created": "Added",
    "updated": "Updated",
    "unchanged": "Unchanged",
    "not sent": "Not sent yet",
    "refused": "Refused by Rotor",
    "held": "On hold",
    "unknown": "Unknown",
}
_HOUR = 3600
_MOST_HOURS = 24

Attempt = tuple[float, str, str, str]
"""When a request started (seconds since the epoch), its method, the change it was for, and how it ended."""


@dataclass(frozen=True)
class Hour:
    """An hour's requests; `start` is in UTC, `share` is the percentage of the busiest hour."""

    start: str
    requests: int
    retries: int
    failed: int
    share: float


@dataclass(frozen=True)
class WhatHappened:
    """The run's figures: `table` has (forecast, outcome, customers)."""

    table: list[tuple[str, str, int]]
    drifted: list[dict[str, Any]]
    drifted_count: int
    failures: list[dict[str, Any]]
    failures_count: int
    hours: list[Hour]
    earlier_hours: int
    reconcile: list[dict[str, Any]]
    reconcile_count: int
    words: Mapping[str, str]
    """What the page calls a plan's and an outcome's word in the files."""


def what_happened(summary: Summary, frames: Frames, attempts: Sequence[Attempt]) -> WhatHappened | None:
    """None after a dry run."""
    if summary["mode"] == "plan":
        return None
    judged = _judged(frames)
    table = judged.group_by("forecast", "outcome").len().sort("forecast", "len", descending=[False, True])
    drifted = judged.filter("drifted")
    failed = judged.filter(pl.col("outcome").is_in(["refused", "held", "unknown"]))
    hours = _hours(attempts)
    reconcile = frames[RECONCILE]
    return WhatHappened(
        table=[(line[0], line[1], line[2]) for line in table.iter_rows()],
        drifted=_lines(_placed(drifted, frames)),
        drifted_count=drifted.height,
        failures=_lines(_placed(failed, frames)),
        failures_count=failed.height,
        hours=hours[-_MOST_HOURS:],
        earlier_hours=len(hours[:-_MOST_HOURS]),
        reconcile=_lines(reconcile.head(_MOST)),
        reconcile_count=reconcile.height,
        words=_WORDS,
    )


def _judged(frames: Frames) -> pl.DataFrame:
    """A line for each customer: its `forecast`, its `outcome`, and whether it `drifted`, that is, they differ."""
    forecasts = pl.concat(
        [
            frames[table].select("customer", pl.lit(kind).alias("forecast"))
            for kind, table in (("create", CREATES), ("update", UPDATES), ("undecided", UNDECIDED))
        ]
    ).unique(maintain_order=True)
    ended = frames[RESULTS].unique("customer", maintain_order=True)
    joined = ended.join(forecasts, on="customer", how="left", maintain_order="left").with_columns(
        pl.col("forecast").fill_null("unchanged")
    )
    outcome, forecast = pl.col("outcome"), pl.col("forecast")
    as_said = pl.any_horizontal((forecast == kind) & outcome.is_in(_outcomes_as_said(kind)) for kind in KEPT)
    return joined.with_columns((~as_said & (outcome != "not sent")).alias("drifted"))


def _outcomes_as_said(kind: Kind) -> tuple[str, ...]:
    match kind:
        case "create":
            return ("created",)
        case "update":
            return ("updated",)
        case "undecided":
            return ("created", "updated")
        case "unchanged":
            return ("unchanged",)
        case unhandled:
            assert_never(unhandled)


def _placed(judged: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The customers with `rows`, the numbers of their first rows."""
    if judged.is_empty():
        return judged
    some = judged.head(_MOST)
    labels = some.get_column("customer").implode()
    rows = (
        frames[ROWS]
        .filter(pl.col("customer").is_in(labels))
        .group_by("customer", maintain_order=True)
        .agg(pl.col("row").head(10).str.join(", ").alias("rows"))
    )
    placed = some.drop("drifted").join(rows, on="customer", how="left", maintain_order="left")
    return placed.with_columns(pl.col("rows").fill_null(""))


def _lines(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return shortened(frame).to_dicts()


def _hours(attempts: Sequence[Attempt]) -> list[Hour]:
    """Requests by hour; a retry is a POST for a change that was tried before."""
    requests: Counter[int] = Counter()
    retries: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    seen: set[str] = set()
    for started, _, change, result in attempts:
        hour = int(started // _HOUR)
        requests[hour] += 1
        retries[hour] += bool(change) and change in seen
        failed[hour] += not result.startswith("2")
        seen.add(change)
    most = max(requests.values(), default=1)
    return [
        Hour(
            moment(hour * _HOUR).isoformat(timespec="minutes"),
            requests[hour],
            retries[hour],
            failed[hour],
            round(100 * requests[hour] / most, 1),
        )
        for hour in sorted(requests)
    ]
