"""What the report shares with the local page: its templates and their filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rotor_import.model.clock import in_words
from rotor_import.report.page.calendar import short_day
from rotor_import.report.page.shorten import field_words, phone


def shared_templates() -> Path:
    return Path(__file__).parent / "templates"


def filters() -> dict[str, Callable[..., Any]]:
    return {
        "figure": lambda number: f"{int(number):,}",
        "groups": lambda number: f"{int(number):,}".split(","),
        "when": _when,
        "phone": phone,
        "field": field_words,
        "short_day": short_day,
        "capital": lambda words: words[:1].upper() + words[1:],
    }


def _when(stamp: str) -> str:
    return in_words(datetime.fromisoformat(stamp).timestamp())
