"""How fast an import goes, and how long it will take, told only once that can be known."""

from __future__ import annotations

from dataclasses import dataclass

from rotor_import.web.standing import Standing
from rotor_import.web.workspace import Workspace

_KNOWN_AFTER = 5.0
"""Seconds of sending after which a rate says something."""
_MINUTE, _HOUR = 60, 3600
_SECONDS_STEP = 10


@dataclass(frozen=True)
class Pace:
    """Figures of an import under way; words are '' as long as they aren't known."""

    stage: str = ""
    done: int = 0
    total: int = 0
    added: int = 0
    updated: int = 0
    failed: int = 0
    left: int = 0
    limit: int = 0
    rate: str = ""
    time_left: str = ""


def pace_of(workspace: Workspace, now: Standing) -> Pace:
    job, summary = workspace.jobs.job, now.summary
    sent = summary["sent"] if summary is not None else None
    requests = summary["requests"] if summary is not None else None
    stage, done, total, seconds = "", 0, 0, 0.0
    if job is not None and job.kind == "import":
        stage, done, total = job.stage, job.done, job.total
        seconds = workspace.jobs.now() - job.stage_began
    rate = done / seconds if stage == "sending" and seconds >= _KNOWN_AFTER else 0.0
    return Pace(
        stage,
        done,
        total,
        added=sent["created"] if sent else 0,
        updated=sent["updated"] if sent else 0,
        failed=sent["failed"] if sent else 0,
        left=requests["remaining"] if requests else 0,
        limit=requests["limit"] if requests else 0,
        rate=_rate_in_words(rate),
        time_left=in_words((total - done) / rate) if rate and total >= done else "",
    )


def _rate_in_words(rate: float) -> str:
    """Of customers: by the second, or by the minute where that is more than none."""
    if not rate:
        return ""
    return f"{rate:.1f} a second" if rate >= 1 else f"{rate * _MINUTE:.0f} a minute"


def in_words(seconds: float) -> str:
    """A time as people say it: about 40 seconds, about 2 minutes, about 3 hours."""
    if seconds < _MINUTE:
        return f"about {max(_SECONDS_STEP, round(seconds / _SECONDS_STEP) * _SECONDS_STEP)} seconds"
    if seconds < _HOUR:
        minutes = round(seconds / _MINUTE)
        return "about 1 minute" if minutes == 1 else f"about {minutes} minutes"
    hours = round(seconds / _HOUR)
    return "about 1 hour" if hours == 1 else f"about {hours:,} hours"
