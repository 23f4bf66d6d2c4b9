"""What a feed's syncs leave for `status` and for the next night: each visit to the folder, and each file's fate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import PurePath

from rotor_import.errors import LedgerError, QuotaExhausted, RotorImportError, Unfinished
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.file_history import FileHistory, Known, Visit, VisitState
from rotor_import.ledger.runs import Drop, Run
from rotor_import.model.plan import SourceFile
from rotor_import.pipeline.freshness import late
from rotor_import.pipeline.results import nothing_pending
from rotor_import.pipeline.session import Session
from rotor_import.sync.arrived_file import ArrivedFile, readable
from rotor_import.sync.deadly_files import DeadlyFiles
from rotor_import.sync.known_contents import KnownContents

_WENT_WRONG = "It ended early: it was stopped, or hit an internal error (a bug in rotor-import)."


class FeedHistory:
    """A feed's visits and files, as the ledger keeps them."""

    def __init__(self, session: Session, account: Account, feed: str) -> None:
        self._session = session
        self._account = account
        self._feed = feed
        self._history = FileHistory(session.ledger, account.id)
        self._looked_at = session.world.clock.now()

    @contextmanager
    def visit(self) -> Iterator[None]:
        """A visit is under way until it ends, also by an error; one that was killed stays under way."""
        self._save("under way")
        try:
            yield
        except RotorImportError as error:
            self.end_visit("", error)
            raise
        except BaseException:
            self._save("stopped", _WENT_WRONG)
            raise

    def end_visit(self, state: str, error: RotorImportError | None) -> None:
        """`state` is that of the night's last run; `error`, if any, is what ended the night instead."""
        paused = isinstance(error, QuotaExhausted | Unfinished) if error is not None else state == "paused"
        how: VisitState = "paused" if paused else "stopped" if error is not None else "complete"
        self._save(how, "" if error is None else str(error))

    def known(self) -> list[Known]:
        return self._history.known(self._feed)

    def dealt_with(self) -> dict[str, float]:
        """When a file of each name was last taken, superseded or refused."""
        runs = self._session.runs.history(self._account.id)
        stopped = [run for run in runs if run.feed == self._feed and run.state == "stopped"]
        refused = {PurePath(str(file["path"])).name: run.started_at for run in stopped for file in run.files}
        taken = {file.name: file.at for file in self.known()}
        return {name: max(taken.get(name, 0.0), refused.get(name, 0.0)) for name in taken | refused}

    def names(self) -> set[tuple[str, str]]:
        """The content and the name of each file that is done with."""
        return self._history.names(self._feed)

    def known_contents(self, *, leaves: bool) -> KnownContents:
        return KnownContents(self._history, self._feed, leaves=leaves)

    def deadly_files(self) -> DeadlyFiles:
        clock = self._session.world.clock
        started = clock.now() - self._session.world.uptime()
        return DeadlyFiles(self._history, self._feed, clock, started)

    def late(self) -> str:
        """What to say of a file that is late, '' if none is."""
        now = self._session.world.clock.now()
        visit = Visit(self._feed, now, "under way")
        return late(self.known(), visit, now, self._history.not_taken(self._feed))

    def supersede(self, file: ArrivedFile, newer: Known) -> None:
        drop = Drop(file.sha256, file.name, "superseded", file.written_at)
        self._history.supersede(self._feed, [drop], newer.run)

    def save_stopped(self, file: ArrivedFile, run: str, error: RotorImportError) -> None:
        """Keep a run that a file's error stopped, for the history."""
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
