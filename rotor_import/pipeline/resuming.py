"""Runs that have changes pending, gone on with."""

from __future__ import annotations

from rotor_import.config import Settings
from rotor_import.ledger.accounts import Account
from rotor_import.pipeline.drainer import drainer
from rotor_import.pipeline.execute import carry_out
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.progress import OnProgress, Telling
from rotor_import.pipeline.results import nothing_pending
from rotor_import.pipeline.session import Session, World, new_run_id


def resume(
    settings: Settings | None = None, world: World | None = None, *, progress: OnProgress | None = None
) -> list[ImportReport]:
    """Go on with every run that has changes pending, the oldest first; stops where the quota does.

    `progress` is as for `run_import`.
    """
    with (
        Telling(world or World(), progress) as told,
        drainer(settings or Settings(), told, new_run_id(told.clock)) as (session, account),
    ):
        return go_on(session, account) or [nothing_pending(session)]


def go_on(session: Session, account: Account, feed: str | None = None) -> list[ImportReport]:
    """Every unfinished run, or those of a feed, the oldest first; stops where one of them does."""
    reports: list[ImportReport] = []
    for unfinished in session.runs.unfinished(account.id):
        if feed is None or unfinished.feed == feed:
            reports.append(carry_out(session, account, unfinished))
            if reports[-1].error is not None:
                break
    return reports
