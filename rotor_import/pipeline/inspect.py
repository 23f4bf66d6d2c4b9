"""Looks at an account without changing anything: `status` from the ledger alone, `check` with one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rotor_import.config import Settings
from rotor_import.directory import pages_of
from rotor_import.ledger.runs import Run
from rotor_import.model.clock import moment
from rotor_import.pipeline.session import READ, Session, World, need_key, new_run_id

WRITE = "customers:write"


@dataclass(frozen=True)
class Inspection:
    """`as_json` is for programs, `lines` for people."""

    as_json: Mapping[str, Any]
    lines: tuple[str, ...]

    def text(self) -> str:
        return "\n".join(self.lines)


def status(settings: Settings, world: World | None = None) -> Inspection:
    """What is pending, what is left of the quota, and when it will be done. Sends nothing."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        account = session.known_account()
        pending = session.outbox(account).pending() if account else []
        runs = session.runs.history(account.id) if account else []
        mirrored = len(session.accounts.mirror(account.id)) if account else 0
        unsent = [change for change in pending if not change.unknown]
        forecast = session.quota.forecast(len(unsent), pages_of(mirrored))
        quota = _quota(session)
        by_feed = {feed: sum(change.feed == feed for change in unsent) for feed in sorted({c.feed for c in unsent})}
        last = runs[-1] if runs else None
        held = session.outbox(account).held_rows() if account else {}
        feeds = {run.feed: _feed_run(run, held, by_feed) for run in runs}
    found = {
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
        "last_run": None if last is None else {"run": last.id, "feed": last.feed, "state": last.state},
    }
    lines = [_quota_line(quota), f"Pending: {len(unsent)} customers to send"]
    lines += [f"  {feed}: {count}" for feed, count in by_feed.items()]
    if len(pending) > len(unsent):
        lines.append(f"Unknown: {len(pending) - len(unsent)} whose last request got no answer")
    if unsent:
        lines.append(f"Done on {forecast.finish} ({forecast.days} days). Go on with: rotor-import resume")
    if last is not None:
        lines.append(f"Last run: {last.id} ({last.feed}), {last.state}, report in {last.report}")
        lines += _feed_lines(feeds)
    elif account is None:
        lines.append("This key has not been used with this ledger yet.")
    return Inspection(found, tuple(lines))


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


def _feed_lines(feeds: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"  {feed}: {one['state']} {one['finished'] or one['started']} ({', '.join(one['files'])}); "
        f"{one['pending']} pending, {one['held']} rows held" + (f". {one['error']}" if one["error"] else "")
        for feed, one in feeds.items()
    ]


def check(settings: Settings, world: World | None = None) -> Inspection:
    """Whether the key works, what it may do, and what is left of its quota. Costs one request."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        identity = session.client.auth_test()
        scopes = identity.scopes
        session.accounts.remember(session.key_hash, session.account_url, identity.company_id, scopes)
        quota = _quota(session)
    found = {"company": identity.company_id, "scopes": sorted(scopes), "requests": quota}
    lines = [
        f"The key works. Company: {identity.company_id}",
        f"Scopes: {', '.join(sorted(scopes)) or 'none named'}",
        _quota_line(quota),
    ]
    if READ not in scopes:
        lines.append("Without customers:read the dry run cannot tell creates from updates.")
    if scopes and WRITE not in scopes:
        lines.append("Without customers:write nothing can be imported.")
    return Inspection(found, tuple(lines))


def _quota(session: Session) -> dict[str, Any]:
    window = session.quota.window()
    return {
        "used": window.used,
        "remaining": window.remaining,
        "limit": session.settings.daily_limit,
        "free_at": moment(window.free_at).isoformat(timespec="seconds"),
        "waiting": window.free_at > session.world.clock.now(),
    }


def _quota_line(quota: Mapping[str, Any]) -> str:
    line = f"Requests: {quota['used']} used in the last 24 hours, {quota['remaining']} left of {quota['limit']}"
    return f"{line}; none is sent before {quota['free_at']}" if quota["waiting"] else line
