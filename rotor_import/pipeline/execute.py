"""A run that is in the ledger, carried out: sent, paused, gone on with, and reported."""

from __future__ import annotations

from rotor_import.errors import InputError, Interrupted, QuotaExhausted, Unfinished
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.runs import Run
from rotor_import.model.customer import Directory
from rotor_import.pipeline.customer_list import read_directory, whole_directory
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.quota_wait import patiently, pause
from rotor_import.pipeline.results import Noticed, sent_report
from rotor_import.pipeline.sending import send, settle_doubtful
from rotor_import.pipeline.session import Session
from rotor_import.pipeline.undo_report import undo_report
from rotor_import.upsert import GO_ON, OUT_OF_MEMORY, Drained

NO_ANSWER = "Rotor didn't answer, and an import came next"


def carry_out(
    session: Session, account: Account, run: Run, planned_for: Directory | None = None, *, ends: bool = False
) -> ImportReport:
    """Send what the run has pending, until it is done, paused or stopped.

    Nothing is planned again. `planned_for` is Rotor's list as the plan has just read it; a run that goes on reads it
    anew, for somebody may have changed it. What fails again is given up if the run `ends` now. Raises Unfinished where
    the ledger or the report fails.
    """

    def read() -> Directory:
        links = Feed(session.ledger, run.account, run.feed).all_links()
        # An undo compares each customer with what Rotor holds now, whichever command goes on with it.
        reader = whole_directory if run.mode == "undo" else read_directory
        return reader(session, account, run.region, links)

    session.quota.charge_to(run.id)
    directory = planned_for or patiently(session, read)
    noticed = Noticed()
    try:
        with session.world.shield() as stopping:
            drained = send(session, account, run, directory, noticed, stopping)
            while isinstance(drained.error, QuotaExhausted):
                try:
                    pause(session, drained.error)
                    directory = read()
                except (QuotaExhausted, Interrupted) as error:
                    drained = Drained("paused", error)
                    break
                drained = send(session, account, run, directory, noticed, stopping)
            if ends and drained.error is None and _left(session, account, run):
                directory = read()  # what wasn't answered may have been carried out
                settle_doubtful(session, account, run, directory)
                _give_up_rest(session, account, run)
            report = undo_report if run.mode == "undo" else sent_report
            return report(session, account, run, directory, drained, noticed)
    except InputError as error:
        raise Unfinished(f"{error} {GO_ON}") from None
    except MemoryError:
        raise Unfinished(f"{OUT_OF_MEMORY} {GO_ON}") from None


def _left(session: Session, account: Account, run: Run) -> list[PendingChange]:
    return [change for change in session.outbox(account).pending() if change.run == run.id]


def _give_up_rest(session: Session, account: Account, run: Run) -> None:
    """Else what always fails would keep every import away that has to come after it."""
    outbox = session.outbox_of(account, run)
    for change in _left(session, account, run):
        outbox.give_up(change, change.ended("held", NO_ANSWER), NO_ANSWER)
