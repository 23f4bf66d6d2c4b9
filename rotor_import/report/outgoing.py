"""The parts of a summary that logs and messages get. None of them holds customer data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PARTS = (
    "run",
    "mode",
    "state",
    "rows",
    "known",
    "changes",
    "sent",
    "requests",
    "forecast",
    "missing",
    "drop",
    "drop_notes",
    "earlier",
    "error",
    "report",
)


def outgoing(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {name: summary[name] for name in _PARTS if name in summary}
