"""Figures that every summary has: requests, Rotor's list, and the forecast."""

from __future__ import annotations

from rotor_import.directory import pages_of
from rotor_import.model.clock import moment
from rotor_import.model.customer import Directory
from rotor_import.model.summary import DirectoryRead, RequestCounts, RequestForecast
from rotor_import.pipeline.session import Session
from rotor_import.quota import QuotaState


def requests_of(session: Session, run: str, quota: QuotaState | None = None) -> RequestCounts:
    """The requests of a run, how many are left, and when the next one can go; `quota` is its state, if it is known."""
    used, state = session.counted.count_by_method(run), quota or session.quota.state()
    return {
        "used": sum(used.values()),
        "get": used.get("GET", 0),
        "post": used.get("POST", 0),
        "remaining": state.remaining,
        "limit": session.settings.daily_limit,
        "free_at": moment(state.free_at).isoformat(timespec="seconds"),
        "waiting": state.free_at > session.world.clock.now(),
    }


def directory_read(directory: Directory) -> DirectoryRead:
    return {
        "source": directory.source,
        "complete": directory.complete,
        "customers": len(directory.customers),
    }


def forecast_of(session: Session, posts: int, directory: Directory, *, starting: bool) -> RequestForecast:
    """The contract's `forecast`: reading Rotor's list costs requests too, each time that a run goes on."""
    reading = pages_of(len(directory.customers)) if session.settings.directory == "api" else 0
    requests = posts + reading if starting and posts else posts
    return session.quota.forecast(requests, reading, reads_first=starting and posts > 0).as_json()
