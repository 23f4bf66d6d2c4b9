"""What a feed's syncs leave for `status` and for the next night: each look, what it came to, and each file's end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress

from rotor_import.errors import LedgerError, QuotaExhausted, RotorImportError, Unfinished
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.file_history import FileHistory, Known, Visit, VisitState
from rotor_import.ledger.runs import Drop, Run
from rotor_import.model.plan import SourceFile
from rotor_import.pipeline.freshness import late
from rotor_import.pipeline.results import nothing_pending
from rotor_import.pipeline.session import Session
from rotor_import.sync.folder import Arrived, readable

_WENT_WRONG = "It ended early, by a signal or by a mistake of rotor-import's."


class Diary:
    """Of one feed."""

    def __init__(self, session: Session, account: Account, feed: str) -> None:
        self._session = session
        self._account = account
        self._feed = feed
        self._history = FileHistory(session.ledger, account.id)
        self._looked_at = session.world.clock.now()

    @contextmanager
    def visit(self) -> Iterator[None]:
        """A night: it is under way until it ends, by an error too; one that was killed stays under way."""
        self._save("under way")
        try:
            yield
        except RotorImportError as error:
            self.ended("", error)
            raise
        except BaseException:
            self._save("stopped", _WENT_WRONG)
            raise

    def ended(self, state: str, error: RotorImportError | None) -> None:
        """`state` is that of the night's last run, where no error ended the night."""
        paused = isinstance(error, QuotaExhausted | Unfinished) if error is not None else state == "paused"
        ended: VisitState = "paused" if paused else "stopped" if error is not None else "complete"
        self._save(ended, "" if error is None else str(error))

    def known(self) -> list[Known]:
        return self._history.known(self._feed)

    def late(self) -> str:
        """What is late, in words."""
        now = self._session.world.clock.now()
        return late(self.known(), Visit(self._feed, now, "under way"), now)

    def supersede(self, file: Arrived, newer: Known) -> None:
        drop = Drop(file.sha256, file.name, "superseded", file.written_at)
        self._history.supersede(self._feed, [drop], newer.run)

    def stopped(self, file: Arrived, run: str, error: RotorImportError) -> None:
        """The file came to nothing."""
        now = self._session.world.clock.now()
        summary = nothing_pending(self._session).summary
        report = self._session.settings.report_dir / run
        self._session.runs.save(
            Run(
                id=run,
                account=self._account.id,
                feed=self._feed,
                mode="sync",
                fingerprint="",
                matching="",
                region="",
                state="stopped",
                started_at=now,
                finished_at=now,
                report=str(report) if report.is_dir() else "",
                files=[vars(SourceFile(readable(file.path), file.sha256, 0, ()))],
                summary={**summary, "run": run, "mode": "sync", "state": "stopped", "error": {"message": str(error)}},
            )
        )

    def _save(self, state: VisitState, message: str = "") -> None:
        ended = None if state == "under way" else self._session.world.clock.now()
        visit = Visit(self._feed, self._looked_at, state, ended, message)
        with suppress(LedgerError) if message else nullcontext():  # what ended the night is to be told, not this
            self._history.save(visit)


def last_taken(known: Sequence[Known]) -> Known | None:
    """The file that was taken last, of those that have come to their end."""
    taken = [one for one in known if one.state == "taken"]
    return taken[-1] if taken else None
