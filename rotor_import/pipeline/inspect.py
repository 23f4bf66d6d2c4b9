"""Looks at an account: `status` from the ledger alone, `check` with one request, and all of its customers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rotor_import.config import Settings
from rotor_import.directory import pages_of
from rotor_import.ledger.runs import Run
from rotor_import.model.clock import moment
from rotor_import.pipeline.patience import patiently
from rotor_import.pipeline.planning import pull_into_ledger
from rotor_import.pipeline.results import requests_of
from rotor_import.pipeline.session import READ, Session, World, need_key, new_run_id

WRITE = "customers:write"


def status(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """What is pending, what is left of the quota, and when it will be done. Sends nothing."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        account = session.known_account()
        pending = session.outbox(account).pending() if account else []
        runs = session.runs.history(account.id) if account else []
        mirrored = session.accounts.mirrored(account.id) if account else 0
        unsent = [change for change in pending if not change.unknown]
        forecast = session.quota.forecast(len(unsent), pages_of(mirrored))
        quota = _quota(session)
        by_feed = {feed: sum(change.feed == feed for change in unsent) for feed in sorted({c.feed for c in unsent})}
        last = runs[-1] if runs else None
        held = session.outbox(account).held_rows() if account else {}
        feeds = {run.feed: _feed_run(run, held, by_feed) for run in runs}
    return {
        "requests": quota,
        "pending": len(unsent),
        "unknown": len(pending) - len(unsent),
        "feeds": by_feed,
        "forecast": {
            "requests": forecast.requests,
            "days": forecast.days,
            "finish": forecast.finish.isoformat(),
        },
        "feed_runs": feeds,
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
        "started": moment(run.started_at).isoformat(timespec="seconds"),
        "finished": None if ended is None else moment(ended).isoformat(timespec="seconds"),
        "pending": pending.get(run.feed, 0),
        "held": held.get(run.feed, 0),
        "files": [Path(str(file["path"])).name for file in run.files],
        "error": run.summary.get("error", {}).get("message", ""),
    }


def check(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """Whether the key works, what it may do, and what is left of its quota. Costs one request."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        identity = session.client.auth_test()
        scopes = identity.scopes
        session.accounts.remember(session.key_hash, session.account_url, identity.company_id, scopes)
        quota = _quota(session)
    warnings = []
    if READ not in scopes:
        warnings.append("Without customers:read the dry run cannot tell creates from updates.")
    if scopes and WRITE not in scopes:
        warnings.append("Without customers:write nothing can be imported.")
    return {"company": identity.company_id, "scopes": sorted(scopes), "requests": quota, "warnings": warnings}


def read_directory(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """Every customer of Rotor's, into the ledger; one request for each 1000. Raises ScopeMissing."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        account = patiently(session, lambda: session.account(scope=READ))
        mirror = session.accounts.mirror_frame(account.id)
        customers = patiently(session, lambda: pull_into_ledger(session, account, mirror))
        pulled = session.known_account()
        return {
            "customers": len(customers),
            "pulled": moment(pulled.pulled_at or 0.0).isoformat(timespec="seconds") if pulled else None,
            "requests": requests_of(session, session.run),
        }


def _quota(session: Session) -> dict[str, Any]:
    window = session.quota.window()
    return {
        "used": window.used,
        "remaining": window.remaining,
        "limit": session.settings.daily_limit,
        "free_at": moment(window.free_at).isoformat(timespec="seconds"),
        "waiting": window.free_at > session.world.clock.now(),
    }
