"""The figures of a run that Prometheus gets, each a gauge with the labels `profile` and `feed`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rotor_import.model.exit_code import WORKED
from rotor_import.monitoring.ending import Ending

GAUGES = {
    "rotor_import_exit_code": "Exit code of the last run.",
    "rotor_import_last_run_timestamp_seconds": "When the last run ended.",
    "rotor_import_last_success_timestamp_seconds": "When the last run ended that did its work: exit code 0, 3 or 4.",
    "rotor_import_last_file_timestamp_seconds": "When the last file was taken.",
    "rotor_import_last_file_age_seconds": "How long ago that was, when the last run ended.",
    "rotor_import_rows_read": "Rows of the last run that read files.",
    "rotor_import_rows_rejected": "Those of these rows that can't be imported.",
    "rotor_import_rows_held": "Those of these rows that wait for a person.",
    "rotor_import_customers_sent": "Customers that the last run sent, by result: created, updated or failed.",
    "rotor_import_changes_pending": "Changes that are still to be sent.",
    "rotor_import_requests_remaining": "Requests that are left of the quota.",
    "rotor_import_requests_limit": "Requests that the quota allows in 24 hours.",
}
RESULTS = ("created", "updated", "failed")

Figures = Mapping[tuple[str, str], float]
"""Values by a gauge's name and the label `result`, which is '' for all gauges but one."""


def figures_of(ending: Ending, now: float, last_file: float | None) -> Figures:
    """What is known of this ending; the figures of which it says nothing stay as they were."""
    return dict(_figures(ending, now, last_file))


def _figures(ending: Ending, now: float, last_file: float | None) -> Iterator[tuple[tuple[str, str], float]]:
    yield _named("exit_code"), ending.code
    yield _named("last_run_timestamp_seconds"), now
    if ending.code in WORKED:
        yield _named("last_success_timestamp_seconds"), now
    if last_file is not None:
        yield _named("last_file_timestamp_seconds"), last_file
        yield _named("last_file_age_seconds"), max(0.0, now - last_file)
    if not ending.has_run:
        return
    if ending.read_files:
        rows = _summed(ending, "rows")
        for name in ("read", "rejected", "held"):
            yield _named(f"rows_{name}"), rows[name]
    sent = _summed(ending, "sent")
    for result in RESULTS:
        yield _named("customers_sent", result), sent[result]
    yield _named("changes_pending"), sent["pending"]
    requests: Mapping[str, Any] = ending.summary["requests"]
    yield _named("requests_remaining"), requests["remaining"]
    yield _named("requests_limit"), requests["limit"]


def _named(name: str, result: str = "") -> tuple[str, str]:
    return f"rotor_import_{name}", result


def _summed(ending: Ending, part: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for run in ending.runs:
        total.update(run[part])
    return total
