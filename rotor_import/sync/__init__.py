"""The nightly file drop: what arrived in a folder is taken once, and what is pending goes on.

The account is held from the first look at the folder to the last file moved. A file is done with as soon as its
plan is in the ledger, in one transaction with it; moving it away afterwards may fail or be cut off, and is made up
for by the next sync, which knows it by its content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rotor_import.config import Settings
from rotor_import.errors import MappingError, RotorImportError, Safeguard, SourceError
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.file_history import Known
from rotor_import.ledger.runs import Drop
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.mapping import load_mapping
from rotor_import.pipeline.drainer import drainer
from rotor_import.pipeline.reading import read
from rotor_import.pipeline.results import ImportReport, nothing_pending
from rotor_import.pipeline.resuming import go_on
from rotor_import.pipeline.run import take
from rotor_import.pipeline.run_options import RunOptions
from rotor_import.pipeline.session import Session, World, new_run_id
from rotor_import.report import make_folder
from rotor_import.sync.age import is_older
from rotor_import.sync.diary import Diary, last_taken
from rotor_import.sync.folder import FAILED, PROCESSED, Arrived, DropFolder, DropSettings, Found, readable
from rotor_import.sync.safeguards import Watch

__all__ = ["DropSettings", "SyncReport", "sync"]

_OF_EARLIER = ("run", "state", "files", "rows", "sent", "report")
_GO_BACK = (
    "If Rotor is to go back to it, import it from where it lies now, with the same mapping: "
    "rotor-import run FILE -m MAPPING"
)


@dataclass(frozen=True)
class SyncReport:
    """`runs` are those that went on or were begun, in order; `drop` says what became of each file, by name."""

    runs: Sequence[ImportReport]
    drop: Mapping[str, Sequence[str]]
    error: RotorImportError | None = None
    notes: Sequence[str] = ()

    @property
    def summary(self) -> Mapping[str, Any]:
        """The contract's object of the last run, and beside it the folder and, in short, the night's `earlier` runs."""
        *before, last = [run.summary for run in self.runs]
        earlier = [{name: run[name] for name in _OF_EARLIER} for run in before]
        state = "stopped" if self.error is not None and last["state"] == "complete" else last["state"]
        found = {"drop": dict(self.drop), "drop_notes": list(self.notes), "earlier": earlier}
        return {**last, "mode": "sync", "state": state, **found}

    @property
    def troubled(self) -> int:
        return sum(run.troubled for run in self.runs)


def sync(
    folder: Path | str,
    mapping: CustomerMapping | str | Path,
    settings: Settings | None = None,
    drop: DropSettings | None = None,
    world: World | None = None,
) -> SyncReport:
    """Take what is new in the folder, and go on with what is pending.

    Raises the errors of `rotor_import.errors` for what happens before anything is sent.
    """
    settings, world = settings or Settings(), world or World()
    loaded = mapping if isinstance(mapping, CustomerMapping) else load_mapping(str(mapping))
    place = DropFolder(Path(folder), drop or DropSettings())
    make_folder(settings.report_dir)
    with drainer(settings, world, new_run_id(world.clock)) as (session, account):
        night = _Night(session, account, loaded, place)
        with night.diary.visit():
            report = night.spend()
            night.diary.ended(report.summary["state"], report.error)
        return report


@dataclass
class _Night:
    """One sync of one feed."""

    session: Session
    account: Account
    mapping: CustomerMapping
    place: DropFolder
    runs: list[ImportReport] = field(default_factory=list)
    fates: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in ("taken", "superseded", "known", "refused", "waiting")}
    )
    notes: list[str] = field(default_factory=list)

    @cached_property
    def diary(self) -> Diary:
        return Diary(self.session, self.account, self.mapping.feed)

    def spend(self) -> SyncReport:
        before = self._pending()
        found = self.place.look(self.session.world.clock.sleep)
        self.fates["waiting"] += [readable(path.name) for path in found.not_taken]
        fresh = self._unknown(found.arrived)
        if self.mapping.drop == "full":
            error = self._full(self._not_older(fresh), found)
        else:
            error = self._deltas(fresh, found.before_any_gap())
        error = error or next((error for _, error in found.unreadable), None)
        if not self.runs:
            self.runs.append(nothing_pending(self.session))
        self._note_backlog(before)
        if (late := self.diary.late()) and not self.fates["taken"]:
            self.notes.append(late)
        return SyncReport(self.runs, self.fates, error or self.runs[-1].error, self.notes)

    def _unknown(self, arrived: Sequence[Arrived]) -> list[Arrived]:
        """Without files that were taken or superseded before: those are put away."""
        known = {one.sha256: one for one in self.diary.known()}
        last = last_taken([*known.values()])
        fresh: dict[str, Arrived] = {}
        # Of two that are alike a full file counts where it comes last, a delta where it comes first.
        for file in reversed(arrived) if self.mapping.drop == "full" else arrived:
            before = known.get(file.sha256)
            if before is None and file.sha256 not in fresh:
                fresh[file.sha256] = file
                continue
            self.fates["known"].append(file.name)
            left = before is not None and self.place.leaves and before.name == file.name
            if before is not None and last is not None and before.run != last.run and not left:
                self.notes.append(
                    f"{file.name} has the content of a file before the last one, so it is not taken again. "
                    f"It was taken in run {before.run}. {_GO_BACK}"
                )
            self._put_away(file, PROCESSED)
        return [file for file in arrived if fresh.get(file.sha256) is file]

    def _not_older(self, fresh: Sequence[Arrived]) -> list[Arrived]:
        """Without full files that are older than the last one taken: what they say is no more so."""
        newer: list[Arrived] = []
        for file in fresh:
            last = self._newer_one(file)
            if last is None:
                newer.append(file)
                continue
            self.diary.supersede(file, last)
            self.fates["superseded"].append(file.name)
            self.notes.append(f"{file.name} is older than {last.name}, which was taken before it. {_GO_BACK}")
            self._put_away(file, PROCESSED)
        return newer

    def _newer_one(self, file: Arrived) -> Known | None:
        """The file that was taken last, where it is newer than this one."""
        known = self.diary.known()
        last = last_taken(known)
        if last is None:
            return None
        was_there = any(one.sha256 == _unread(file.path) and one.run == last.run for one in known)
        return last if is_older(file, last, self.place.settings, was_there=was_there) else None

    def _full(self, fresh: Sequence[Arrived], found: Found) -> RotorImportError | None:
        """The newest file is the whole truth: what an older one wanted, or left pending, no longer counts."""
        if not fresh:
            return self._go_on()
        *older, newest = fresh
        done = [Drop(newest.sha256, newest.name, "taken", newest.written_at)]
        done += [Drop(file.sha256, file.name, "superseded", file.written_at) for file in older]
        before = found.order[: found.order.index(newest.path)]
        done += [Drop(_unread(path), readable(path.name), "superseded") for path in found.not_taken if path in before]
        error = self._take(newest, done)
        if newest.name in self.fates["taken"]:
            for file in older:
                self.fates["superseded"].append(file.name)
                self._put_away(file, PROCESSED)
            return error
        self.fates["waiting"] += [file.name for file in older]
        went_on = self._go_on()  # what is pending needs no new file
        return error or went_on

    def _deltas(self, fresh: Sequence[Arrived], in_turn: Sequence[Arrived]) -> RotorImportError | None:
        """One after another, each when nothing of those before is to come or pending: their order is their meaning."""
        error = self._go_on()
        for at, file in enumerate(fresh):
            if error is None and self._pending() == 0 and file in in_turn:
                last = self._newer_one(file)
                error = self._take(file, [Drop(file.sha256, file.name, "taken", file.written_at)])
                if last is not None and file.name in self.fates["taken"]:
                    self.notes.append(f"{file.name} was taken after {last.name}, which is newer: its values count now.")
            if file.name not in self.fates["taken"]:
                done = (*self.fates["refused"], *self.fates["waiting"])
                self.fates["waiting"] += [one.name for one in fresh[at:] if one.name not in done]
                break
        return error

    def _pending(self) -> int:
        left = self.session.outbox(self.account).pending()
        return sum(change.feed == self.mapping.feed and not change.unknown for change in left)

    def _put_away(self, file: Arrived, to: str, words: str = "") -> None:
        if not self.place.move(file, to, words):
            self.notes.append(f"{file.name} could not be moved to {to}. Let this user write there.")

    def _note_backlog(self, before: int) -> None:
        after = self._pending()
        if 0 < before < after:
            self.notes.append(
                f"The backlog grows: {before} changes were pending before tonight, {after} are now. More changes come "
                "each night than the quota carries; the mapping's `order` says which go first."
            )

    def _go_on(self) -> RotorImportError | None:
        self.runs += go_on(self.session, self.account, self.mapping.feed)
        return self.runs[-1].error if self.runs else None

    def _take(self, file: Arrived, done: Sequence[Drop]) -> RotorImportError | None:
        """What stopped it; a file that cannot be read is put aside with the reason."""
        session = self.session
        watch = Watch.of(session, self.account, self.mapping)
        run = new_run_id(session.world.clock)
        try:
            inputs = read([file.path], self.mapping, session.settings)
            if not file.is_unchanged():
                self.fates["waiting"].append(file.name)
                return None  # somebody wrote on after all
            options = RunOptions(self.mapping.drop == "full", watch.check, done, mode="sync")
            self.runs.append(take(session, self.account, inputs, run, options))
        except (SourceError, MappingError) as error:
            if not file.is_unchanged():
                self.fates["waiting"].append(file.name)
                return None
            self.fates["refused"].append(file.name)
            self.diary.stopped(file, run, error)
            self._put_away(file, FAILED, str(error))
            return error
        except Safeguard as error:
            self.fates["waiting"].append(file.name)
            self.diary.stopped(file, run, error)
            return error
        self.fates["taken"].append(file.name)
        self._put_away(file, PROCESSED)
        return self.runs[-1].error


def _unread(path: Path) -> str:
    """What stands for the content of a file that was there, but not whole, when a newer one was taken."""
    return f"name:{readable(path.name)}"
