"""One night of a file drop: what arrived in the folder is taken once, and what is pending goes on.

The account is held from the first look at the folder to the last file moved. A file is done as soon as its plan is
in the ledger, in the same transaction; if moving it away then fails or is cut off, the next sync knows the file by its
content and moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal

from rotor_import.config import Settings
from rotor_import.errors import LedgerError, MappingError, RotorImportError, Safeguard, SourceError, Unfinished
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.runs import Drop
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.mapping import load_mapping
from rotor_import.model.error_codes import worst_first
from rotor_import.pipeline.drainer import drainer
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.reading import Inputs, read
from rotor_import.pipeline.results import nothing_pending
from rotor_import.pipeline.resuming import go_on
from rotor_import.pipeline.run import take
from rotor_import.pipeline.run_options import RunOptions
from rotor_import.pipeline.session import Session, World, new_run_id
from rotor_import.report import make_folder
from rotor_import.sync.arrived_file import ArrivedFile, readable
from rotor_import.sync.deadly_files import DeadlyFiles
from rotor_import.sync.drop_folder import FAILED, PROCESSED, DropFolder, DropSettings, FolderContents
from rotor_import.sync.feed_history import FeedHistory
from rotor_import.sync.known_files import KnownFiles, unread
from rotor_import.sync.opening import opened
from rotor_import.sync.safeguards import Safeguards
from rotor_import.sync.sync_report import SyncReport

_FATES = ("taken", "superseded", "known", "refused", "waiting")
_GO_BACK = (
    "To go back to it anyway, import it from where it is now, with the same mapping: rotor-import run FILE -m MAPPING"
)


def sync(
    folder: PurePath | str,
    mapping: CustomerMapping | str | Path,
    settings: Settings | None = None,
    drop: DropSettings | None = None,
    world: World | None = None,
) -> SyncReport:
    """Take what is new in the folder, and go on with what is pending. Nobody is asked.

    Raises the errors of `rotor_import.errors` for what happens before anything is sent.
    """
    settings, world = settings or Settings(), replace(world or World(), confirm=None)
    loaded = mapping if isinstance(mapping, CustomerMapping) else load_mapping(str(mapping))
    with opened(folder, drop or DropSettings(), settings.storage, world.clock) as drop_folder:
        make_folder(settings.report_dir)
        with drainer(settings, world, new_run_id(world.clock)) as (session, account):
            return _visit(_Night(session, account, loaded, drop_folder))


def _visit(night: _Night) -> SyncReport:
    """The night, with what `status` tells of it."""
    try:
        with night.history.visit():
            report = night.run()
            night.history.end_visit(report.summary["state"], report.error)
    except LedgerError as error:
        if night.runs:
            raise Unfinished(f"{error} What was sent is saved; the next sync goes on.") from None
        raise
    return report


@dataclass
class _Night:
    """One sync of one feed. `fates` has the names of the files by what became of them."""

    session: Session
    account: Account
    mapping: CustomerMapping
    folder: DropFolder
    runs: list[ImportReport] = field(default_factory=list)
    fates: dict[str, list[str]] = field(default_factory=lambda: {fate: [] for fate in _FATES})
    notes: list[str] = field(default_factory=list)

    @cached_property
    def history(self) -> FeedHistory:
        return FeedHistory(self.session, self.account, self.mapping.feed)

    @cached_property
    def deadly(self) -> DeadlyFiles:
        return self.history.deadly_files()

    def run(self) -> SyncReport:
        pending_before = self._pending()
        self.folder.remember(self.history.known_contents(leaves=self.folder.leaves))
        contents = self.folder.look(self.session.world.clock.sleep)
        self.fates["waiting"] += [readable(path.name) for path in contents.not_taken]
        self._remove_stale_marks(contents)
        new, deadly = self._without_deadly(self._without_known(contents.arrived))
        if self.mapping.drop == "full":
            stopped = self._take_newest(self._without_older(new), contents)
        else:
            stopped = [self._take_in_turn(new, contents.before_any_gap())]
        if not self.runs:
            self.runs.append(nothing_pending(self.session))
        self._note_backlog(pending_before)
        late = "" if self.fates["taken"] else self.history.late()
        unreachable = contents.unreachable or self.folder.failure
        errors = (*stopped, deadly, unreachable or contents.error, self.runs[-1].error)
        found = [error for error in errors if error is not None]
        return SyncReport(self.runs, self.fates, worst_first(found), self.notes, late, unreachable)

    def _without_known(self, arrived: Sequence[ArrivedFile]) -> list[ArrivedFile]:
        """The files that were neither taken nor superseded before, or are so again; the others are put away."""
        known, full = self._known(), self.mapping.drop == "full"
        last, returned = known.last, known.returned(arrived) if full else None
        new: dict[str, ArrivedFile] = {}
        # Of two files with the same content, a full one counts where it comes last, a delta where it comes first.
        for file in reversed(arrived) if full else arrived:
            before = known.by_content.get(file.sha256)
            if (before is None or file is returned) and file.sha256 not in new:
                new[file.sha256] = file
                continue
            self.fates["known"].append(file.name)
            if before is not None and last is not None and before.run != last.run and not known.was_left(file):
                self.notes.append(
                    f"{file.name} has the same content as a file before the last one, so it isn't imported again. "
                    f"It was imported in run {before.run}. {_GO_BACK}"
                )
            self._put_away(file, PROCESSED)
        return [file for file in arrived if new.get(file.sha256) is file]

    def _remove_stale_marks(self, contents: FolderContents) -> None:
        """A mark that is older than the taking of its file was left by a move that was cut off.

        It would say of the next file of that name that it is complete while it is still being written.
        """
        if contents.lone_marks:
            taken = self.history.dealt_with()
            for name, stamp in contents.lone_marks.items():
                if stamp.changed / 1e9 <= taken.get(name, 0.0):
                    self.folder.remove_mark(name)

    def _without_deadly(self, new: Sequence[ArrivedFile]) -> tuple[list[ArrivedFile], RotorImportError | None]:
        """The files that may be read, and why the first of the others may not."""
        errors = {file.path: error for file in new if (error := self.deadly.verdict(file)) is not None}
        for file in new:
            if (error := errors.get(file.path)) is not None:
                away = self._refuse(file, new_run_id(self.session.world.clock), error)
                if away and not self.folder.leaves:
                    self.deadly.forget(file)
        self.notes += self.deadly.notes(new)
        return [file for file in new if file.path not in errors], next(iter(errors.values()), None)

    def _without_older(self, new: Sequence[ArrivedFile]) -> list[ArrivedFile]:
        """The files that are not older than the last full file taken: what an older one says is out of date."""
        newer: list[ArrivedFile] = []
        for file in new:
            last = self._known().newer_than(file)
            if last is None:
                newer.append(file)
                continue
            self.history.supersede(file, last)
            self.fates["superseded"].append(file.name)
            self.notes.append(
                f"{file.name} is older than {last.name}, which is already imported, so it was skipped. {_GO_BACK}"
            )
            self._put_away(file, PROCESSED)
        return newer

    def _known(self) -> KnownFiles:
        return KnownFiles(self.history, self.folder.settings)

    def _take_newest(self, new: Sequence[ArrivedFile], contents: FolderContents) -> list[RotorImportError | None]:
        """The newest full file is the whole truth: what an older one wanted, or left pending, no longer counts.

        What stopped it comes back, and what stopped the sending of what was pending.
        """
        if not new:
            return [self._go_on()]
        *older, newest = new
        done = [_drop(newest, "taken"), *(_drop(file, "superseded") for file in older)]
        before = contents.order[: contents.order.index(newest.path)]
        unready = [path for path in contents.not_taken if path in before]
        done += [Drop(unread(path), readable(path.name), "superseded") for path in unready]
        error = self._take(newest, done)
        if newest.name in self.fates["taken"]:
            for file in older:
                self.fates["superseded"].append(file.name)
                self._put_away(file, PROCESSED)
            return [error]
        self.fates["waiting"] += [file.name for file in older]
        return [error, self._go_on()]  # what is pending needs no new file

    def _take_in_turn(self, new: Sequence[ArrivedFile], in_turn: Sequence[ArrivedFile]) -> RotorImportError | None:
        """Deltas, whose order is their meaning: each is taken once all before it have arrived and are sent."""
        error = self._go_on()
        for at, file in enumerate(new):
            if error is None and self._pending() == 0 and file in in_turn:
                last = self._known().newer_than(file)
                error = self._take(file, [_drop(file, "taken")])
                if last is not None and file.name in self.fates["taken"]:
                    self.notes.append(
                        f"{file.name} was imported after {last.name}, though that one is newer. "
                        f"The values of {file.name} count now."
                    )
            if file.name not in self.fates["taken"]:
                done = (*self.fates["refused"], *self.fates["waiting"])
                self.fates["waiting"] += [left.name for left in new[at:] if left.name not in done]
                break
        return error

    def _pending(self) -> int:
        left = self.session.outbox(self.account).pending()
        return sum(change.feed == self.mapping.feed and not change.unknown for change in left)

    def _put_away(self, file: ArrivedFile, to: str, words: str = "") -> bool:
        why_not = self.folder.move(file, to, words)
        if why_not:
            self.notes.append(f"{file.name} couldn't be moved to {to}. {why_not}")
        return not why_not

    def _note_backlog(self, before: int) -> None:
        after = self._pending()
        if 0 < before < after:
            self.notes.append(
                f"The backlog grows: {before} changes were pending before tonight, {after} are now. Each night "
                "brings more changes than the quota allows; the mapping's `order` decides which go first."
            )

    def _go_on(self) -> RotorImportError | None:
        self.runs += go_on(self.session, self.account, self.mapping.feed)
        return self.runs[-1].error if self.runs else None

    def _take(self, file: ArrivedFile, done: Sequence[Drop]) -> RotorImportError | None:
        """Import the file; what stopped it comes back. A file that somebody still writes waits."""
        run = new_run_id(self.session.world.clock)
        try:
            report = self._import(file, done, run)
        except Safeguard as error:
            self.fates["waiting"].append(file.name)
            self.history.save_stopped(file, run, error)
            return error
        except (SourceError, MappingError) as error:
            if not self.folder.is_unchanged(file):
                self.fates["waiting"].append(file.name)
                return None
            self._refuse(file, run, error)
            return error
        if report is None:
            self.fates["waiting"].append(file.name)
            return None
        self.runs.append(report)
        self.fates["taken"].append(file.name)
        self._put_away(file, PROCESSED)
        return report.error

    def _refuse(self, file: ArrivedFile, run: str, error: RotorImportError) -> bool:
        self.fates["refused"].append(file.name)
        self.history.save_stopped(file, run, error)
        return self._put_away(file, FAILED, str(error))

    def _import(self, file: ArrivedFile, done: Sequence[Drop], run: str) -> ImportReport | None:
        """None if the file changed while it was read."""
        session = self.session
        safeguards = Safeguards.of_feed(session, self.account, self.mapping)
        with self.deadly.attempt(file):
            inputs = self._read(file)
            if not self.folder.is_unchanged(file):
                return None
            options = RunOptions(self.mapping.drop == "full", safeguards.check, done, mode="sync")
            return take(session, self.account, inputs, run, options)

    def _read(self, file: ArrivedFile) -> Inputs:
        return read([file.path], self.mapping, self.session.settings, copies=self.folder.copies(file))


def _drop(file: ArrivedFile, fate: Literal["taken", "superseded"]) -> Drop:
    return Drop(file.sha256, file.name, fate, file.written_at)
