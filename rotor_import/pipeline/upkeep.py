"""The ledger kept in order: looked through for damage, and what no later run needs taken away."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rotor_import.config import Settings
from rotor_import.errors import SettingsError
from rotor_import.model.clock import moment
from rotor_import.model.quota_window import DAY
from rotor_import.pipeline.session import Session, World, need_key, new_run_id

AGE = "400d"
"""How old a run has to be by default before it is taken away."""
_UNITS = {"d": DAY, "w": 7 * DAY}
_AGE = re.compile(r"\s*([0-9]{1,5})\s*([dw])\s*", re.IGNORECASE)
_RUN = re.compile(r"(\d{8}T\d{6})-[0-9a-f]{6}")
_FINISHED = ("complete", "stopped")


def seconds_of(age: str) -> float:
    """How long an age like 400d or 52w is. Raises SettingsError; less than a day is refused."""
    found = _AGE.fullmatch(age)
    seconds = int(found[1]) * _UNITS[found[2].lower()] if found else 0.0
    if not seconds:
        raise SettingsError(f"--older-than must be days or weeks, such as {AGE} or 52w, not {age!r}.")
    return seconds


def check_ledger(settings: Settings) -> dict[str, Any]:
    """What is wrong with the ledger, of whatever accounts; needs no key, and changes nothing."""
    from rotor_import.ledger.checkup import check  # noqa: PLC0415 - a database takes long to load

    found = check(settings.ledger_url)
    return {**vars(found), "sound": not found.problems}


def prune_ledger(
    settings: Settings, age: str = AGE, report_dir: Path | None = None, world: World | None = None
) -> dict[str, Any]:
    """Take away what no later run of the key's account needs, and the old reports in a folder, if one is given.

    Raises AccountBusy while a run is under way.
    """
    from rotor_import.ledger.prune import prune  # noqa: PLC0415 - a database takes long to load

    world = world or World()
    now = world.clock.now()
    before = now - seconds_of(age)
    with Session(settings, world, new_run_id(world.clock), looking=True) as session:
        need_key(session)
        account = session.known_account()
        if account is None:
            raise SettingsError("This ledger has nothing of this API key, so there is nothing to remove.")
        with session.only_one(account):
            bytes_before = session.ledger.size()
            removed = prune(session.ledger, account.id, before, now)
            remembered = {run.id for run in session.runs.history(account.id)}
            reports = _old_reports(report_dir, before, remembered) if report_dir else {"removed": 0, "left": []}
            why_not = session.ledger.compact()
        return {
            "older_than": age,
            "before": moment(before).isoformat(timespec="seconds"),
            "removed": removed,
            "reports": reports,
            "bytes": {"before": bytes_before, "after": session.ledger.size()},
            "not_compacted": why_not,
        }


def _old_reports(folder: Path, before: float, remembered: Collection[str]) -> dict[str, Any]:
    """Those of finished runs that began before a moment and that the ledger doesn't remember anymore."""
    from rotor_import.report.remove import remove_report  # noqa: PLC0415 - only where reports are removed

    gone, left = 0, []
    for report in _reports(folder, before):
        if report.name in remembered:
            continue
        if remove_report(report):
            gone += 1
        else:
            left.append(report.name)
    return {"removed": gone, "left": left}


def _reports(folder: Path, before: float) -> Iterator[Path]:
    from rotor_import.report.remove import state_of  # noqa: PLC0415 - only where reports are removed

    if not folder.is_dir():
        raise SettingsError(f"There is no report folder {folder}. Check --report-dir.")
    for path in sorted(folder.iterdir()):
        name = _RUN.fullmatch(path.name)
        if name is None or not path.is_dir():
            continue
        try:
            began = datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
        if began < before and state_of(path) in _FINISHED:
            yield path
