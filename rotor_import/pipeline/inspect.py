"""An account, looked at: its status from the ledger alone, its key with one request, its customers with many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rotor_import.config import Settings
from rotor_import.directory import pages_of
from rotor_import.errors import AccountBusy
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.file_history import Attempt, FileHistory, Visit
from rotor_import.ledger.runs import Run
from rotor_import.model.clock import moment
from rotor_import.pipeline.customer_list import pull_into_ledger
from rotor_import.pipeline.figures import requests_of
from rotor_import.pipeline.freshness import late
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.session import READ, Session, World, need_key, new_run_id
from rotor_import.quota import QuotaState

WRITE = "customers:write"
_GOES_ON = "The next sync continues where it stopped."


def status(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """What is pending, what is left of the quota, and when it will be done. Sends nothing, and makes no ledger."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock), looking=True) as session:
        need_key(session)
        account = session.known_account()
        pending = session.outbox(account).pending() if account else []
        runs = session.runs.history(account.id) if account else []
        mirrored = session.accounts.mirrored(account.id) if account else 0
        unsent = [change for change in pending if not change.unknown]
        forecast = session.quota.forecast(len(unsent), pages_of(mirrored))
        state = session.quota.state()
        quota, notes = _quota(session, state), list(state.notes)
        by_feed = {feed: sum(change.feed == feed for change in unsent) for feed in sorted({c.feed for c in unsent})}
        last = runs[-1] if runs else None
        held = session.outbox(account).held_rows() if account else {}
        feeds = {run.feed: _feed_run(run, held, by_feed) for run in runs}
        drops = _drops(session, account) if account else {}
    return {
        "requests": quota,
        "pending": len(unsent),
        "unknown": len(pending) - len(unsent),
        "feeds": by_feed,
        "forecast": forecast.as_json(),
        "notes": notes,
        "feed_runs": feeds,
        "drops": drops,
        "last_run": None
        if last is None
        else {"run": last.id, "feed": last.feed, "state": last.state, "report": last.report},
    }


def _feed_run(run: Run, held: Mapping[str, int], pending: Mapping[str, int]) -> dict[str, Any]:
    """How a feed's last run ended, and what it left."""
    ended = run.finished_at
    return {
        "run": run.id,
        "mode": run.mode,
        "state": run.state,
        "started": _stamp(run.started_at),
        "finished": None if ended is None else _stamp(ended),
        "pending": pending.get(run.feed, 0),
        "held": held.get(run.feed, 0),
        "files": [Path(str(file["path"])).name for file in run.files],
        "error": run.summary.get("error", {}).get("message", ""),
    }


def _drops(session: Session, account: Account) -> dict[str, Any]:
    """For each feed with a drop folder: its last sync, how that ended, the last file it took, and what is late."""
    arrivals, now = FileHistory(session.ledger, account.id), session.world.clock.now()
    visits = arrivals.visits()
    if any(visit.state == "under way" for visit in visits) and _nobody_holds(session, account):
        visits = [_killed(visit, arrivals.attempts(visit.feed)) for visit in visits]
    return {visit.feed: _drop(visit, arrivals, now) for visit in visits}


def _nobody_holds(session: Session, account: Account) -> bool:
    """Whether no run holds the account, and so whatever is under way has died."""
    try:
        with session.only_one(account):
            return True
    except AccountBusy:
        return False


def _killed(visit: Visit, attempts: Sequence[Attempt]) -> Visit:
    if visit.state != "under way":
        return visit
    begun = [attempt for attempt in attempts if attempt.began_at is not None and attempt.began_at >= visit.looked_at]
    while_ = f" while it was importing {begun[-1].name}" if begun else ""
    return replace(visit, state="killed", message=f"It was killed, or the computer stopped{while_}. {_GOES_ON}")


def _drop(visit: Visit, arrivals: FileHistory, now: float) -> dict[str, Any]:
    known = arrivals.known(visit.feed)
    taken = [file for file in known if file.state == "taken"]
    return {
        "looked": _stamp(visit.looked_at),
        "ended": None if visit.ended_at is None else _stamp(visit.ended_at),
        "state": visit.state,
        "error": visit.message,
        "file": taken[-1].name if taken else "",
        "taken": _stamp(taken[-1].at) if taken else None,
        "late": late(known, visit, now, arrivals.not_taken(visit.feed)),
    }


def check(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """Whether the key works, what it may do, and what is left of its quota. Costs one request."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        identity = session.client.auth_test()
        scopes = identity.scopes
        session.accounts.remember(session.key_hash, session.account_url, identity.company_id, scopes)
        quota, ahead = _quota(session, session.quota.state()), session.client.clock_ahead
    warnings = []
    if READ not in scopes:
        warnings.append("Without the scope customers:read, a dry run can't tell new customers from existing ones.")
    if scopes and WRITE not in scopes:
        warnings.append("Without the scope customers:write, nothing can be imported.")
    return {
        "company": identity.company_id,
        "scopes": sorted(scopes),
        "requests": quota,
        "warnings": warnings,
        "clock_ahead": ahead,
    }


def read_directory(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """Read every customer in Rotor into the ledger, with one request for each 1000. Raises ScopeMissing."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        account = patiently(session, lambda: session.account(scope=READ))
        mirror = session.accounts.mirror_frame(account.id)
        customers = patiently(session, lambda: pull_into_ledger(session, account, mirror))
        pulled = session.known_account()
        return {
            "customers": len(customers),
            "pulled": _stamp(pulled.pulled_at or 0.0) if pulled else None,
            "requests": requests_of(session, session.run),
        }


def _quota(session: Session, state: QuotaState) -> dict[str, Any]:
    return {
        "used": state.used,
        "remaining": state.remaining,
        "limit": session.settings.daily_limit,
        "free_at": _stamp(state.free_at),
        "waiting": state.free_at > session.world.clock.now(),
    }


def _stamp(at: float) -> str:
    return moment(at).isoformat(timespec="seconds")
