"""A plan that is in the ledger, carried out: sent, paused, gone on with, and reported."""

from __future__ import annotations

from rotor_import.errors import InputError, Interrupted, QuotaExhausted, Unfinished
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.runs import Run
from rotor_import.model.change import HeldField
from rotor_import.model.customer import Directory
from rotor_import.model.row_links import RowLinks
from rotor_import.pipeline.planning import read_directory
from rotor_import.pipeline.quota_wait import patiently, pause
from rotor_import.pipeline.results import ImportReport, sent_report
from rotor_import.pipeline.sending import send
from rotor_import.pipeline.session import Session, Stopping
from rotor_import.upsert import Drained


def go_on_with(session: Session, account: Account, run: Run) -> ImportReport:
    """Nothing is planned again; what Rotor holds is read again, for somebody may have changed it."""
    session.quota.charge_to(run.id)
    directory = patiently(session, lambda: read_directory(session, account, run.region, _links(session, run)))
    return carry_out(session, account, run, directory)


def carry_out(session: Session, account: Account, run: Run, directory: Directory) -> ImportReport:
    """Raises Unfinished where the ledger or the report fails: what was sent is sent."""
    held: list[HeldField] = []
    try:
        with session.world.shield() as stopping:
            drained, directory = _drain(session, account, run, directory, held, stopping)
            return sent_report(session, account, run, directory, drained, held)
    except InputError as error:
        raise Unfinished(f"{error} What was sent is sent; the same command, or resume, goes on.") from None


def _drain(
    session: Session, account: Account, run: Run, directory: Directory, held: list[HeldField], stopping: Stopping
) -> tuple[Drained, Directory]:
    """Until all is sent, or the quota ends for longer than anybody waits; and Rotor as it was last read."""
    while True:
        drained = send(session, account, run, directory, held, stopping)
        if not isinstance(drained.error, QuotaExhausted):
            return drained, directory
        try:
            pause(session, drained.error)
            directory = read_directory(session, account, run.region, _links(session, run))
        except (QuotaExhausted, Interrupted) as error:
            return Drained("paused", error), directory


def _links(session: Session, run: Run) -> RowLinks:
    return Feed(session.ledger, run.account, run.feed).all_links()
