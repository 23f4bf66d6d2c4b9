"""Whether a night would work: each thing that it needs is looked at, and nothing is changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rotor_import.config import Settings
from rotor_import.errors import (
    ApiError,
    KeyRefused,
    LedgerError,
    QuotaExhausted,
    ReportError,
    RotorImportError,
    ScopeMissing,
    SettingsError,
)
from rotor_import.files import nearest_folder
from rotor_import.mapping import load_mapping
from rotor_import.model.location import database_of
from rotor_import.pipeline.inspect import WRITE
from rotor_import.pipeline.inspect import check as ask_rotor
from rotor_import.pipeline.mappings import check_mapping
from rotor_import.pipeline.session import READ, World
from rotor_import.pipeline.upkeep import check_ledger
from rotor_import.sync.drop_folder import DropSettings
from rotor_import.sync.folder_check import FolderLook, looked_at

State = Literal["ok", "warning", "problem", "skipped"]

_WRONG_CLOCK = 60.0
"""Seconds that this computer's clock may differ from Rotor's."""
_ROOM, _TIMES = 1 << 30, 10
"""Bytes that ought to be free, or so many times the newest file, if that is more."""


@dataclass(frozen=True)
class Finding:
    """What one check found; `error` is what a sync would end with."""

    check: str
    state: State
    words: str
    error: RotorImportError | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Night:
    """What a sync would be given. `no_key` is why there is no key, if one was looked for in vain."""

    settings: Settings
    folder: str = ""
    mapping: str = ""
    drop: DropSettings = field(default_factory=DropSettings)
    no_key: RotorImportError | None = None


def examine(night: Night, world: World | None = None) -> list[Finding]:
    """Each check's finding, in the order in which a person would mend them. Sends one request."""
    ledger = _ledger(night.settings)
    rotor = _rotor(night, world or World(), ledger.error)
    with ExitStack() as stack:
        folder, look = _folder(night, stack)
        return [
            *rotor[:2],
            ledger,
            *rotor[2:],
            folder,
            _mapping(night, look),
            *_room(night.settings, look),
            _reports(night.settings),
        ]


def _try(check: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except RotorImportError as error:
        return Finding(check, "problem", str(error), error)


def _ledger(settings: Settings) -> Finding:
    def look() -> Finding:
        from rotor_import.ledger.access import access  # noqa: PLC0415 - a database takes long to load

        found = access(settings.ledger_url)
        if found.why_not:
            raise LedgerError(found.why_not)
        database = database_of(settings.ledger_url)
        name = settings.ledger_url if database is None else str(database)
        if not found.there:
            return Finding("ledger", "ok", f"{name}: none yet. The first run makes it.")
        checked = check_ledger(settings)
        if not checked["sound"]:
            raise LedgerError(f"{checked['problems'][0]} For all of them: rotor-import ledger check")
        if checked["warnings"]:
            return Finding("ledger", "warning", str(checked["warnings"][0]))
        return Finding("ledger", "ok", f"{name}: no damage found; version {checked['version']}.")

    return _try("ledger", look)


def _rotor(night: Night, world: World, ledger: RotorImportError | None) -> list[Finding]:
    """The key, its scopes, and the clock: what one request tells."""
    error = night.no_key
    if error is None and not night.settings.key and not night.settings.sandbox:
        error = SettingsError(
            "There is no API key. Use --key-file, ROTOR_API_KEY, or key_file or key_env in the profile."
        )
    if error is None and ledger is not None:
        words = "Not tried, because requests are counted in the ledger, and that can't be used."
        return [Finding(check, "skipped", words) for check in ("key", "scopes", "clock")]
    try:
        if error is not None:
            raise error
        found = ask_rotor(night.settings, world)
    except QuotaExhausted as error:
        return [Finding("key", "warning", str(error)), *_untold()]
    except (KeyRefused, ScopeMissing) as error:
        return [Finding("key", "problem", str(error), error), *_untold()]
    except ApiError as error:
        words = f"{error} Check this computer's network, and --base-url."
        return [Finding("key", "problem", words, error), *_untold()]
    except RotorImportError as error:
        return [Finding("key", "problem", str(error), error), *_untold()]
    left = found["requests"]
    words = f"It works. Company: {found['company']}. Requests left: {left['remaining']} of {left['limit']}."
    return [Finding("key", "ok", words), _scopes(found, night.settings), _clock(found["clock_ahead"])]


def _untold() -> list[Finding]:
    return [Finding(check, "skipped", "Rotor didn't say.") for check in ("scopes", "clock")]


def _scopes(found: dict[str, Any], settings: Settings) -> Finding:
    scopes = found["scopes"]
    if not scopes:
        return Finding("scopes", "ok", "Rotor doesn't name them.")
    needed = [WRITE, *([READ] if settings.directory == "api" else [])]
    missing = [scope for scope in needed if scope not in scopes]
    if missing:
        error = ScopeMissing(f"The key lacks {' and '.join(missing)}. Make a key in Rotor that has both.", missing[0])
        return Finding("scopes", "problem", str(error), error)
    return Finding("scopes", "ok", ", ".join(scopes))


def _clock(ahead: float | None) -> Finding:
    if ahead is None:
        return Finding("clock", "skipped", "Rotor's answer had no date to compare with.")
    if abs(ahead) <= _WRONG_CLOCK:
        return Finding("clock", "ok", "It agrees with Rotor's.")
    way = "ahead of" if ahead > 0 else "behind"
    words = f"This computer's clock is {abs(ahead):,.0f} seconds {way} Rotor's, and the quota is counted by time."
    return Finding("clock", "warning", f"{words} Turn on automatic time (NTP).")


def _folder(night: Night, stack: ExitStack) -> tuple[Finding, FolderLook | None]:
    if not night.folder:
        return Finding("folder", "skipped", "No folder was given, so sync isn't checked."), None
    try:
        look = stack.enter_context(looked_at(night.folder, night.drop, night.settings.storage))
    except RotorImportError as error:
        return Finding("folder", "problem", str(error), error), None
    if look.warning:
        return Finding("folder", "warning", look.warning), look
    return Finding("folder", "ok", look.words), look


def _mapping(night: Night, look: FolderLook | None) -> Finding:
    def tried() -> Finding:
        if not night.mapping and not night.folder:
            return Finding("mapping", "skipped", "No mapping was given.")
        if not night.mapping:
            raise SettingsError("There is no mapping. Name one with mapping in the profile, or with -m.")
        loaded = load_mapping(night.mapping)
        if look is None or look.newest is None:
            return Finding("mapping", "ok", f"{loaded.name} can be read. There is no file to try it on.")
        checked = check_mapping(night.mapping, [look.newest])
        rows, rejected = checked.as_json["rows"], checked.rejected
        if rejected:
            words = f"{rejected:,} of the {rows:,} rows of {look.newest.name} would be rejected."
            return Finding("mapping", "warning", f"{words} {_to_see_why(night.mapping, look.newest, look.address)}")
        return Finding("mapping", "ok", f"{loaded.name} fits {look.newest.name}: none of {rows:,} rows is rejected.")

    return _try("mapping", tried)


def _to_see_why(mapping: str, file: Path, address: str) -> str:
    if address:
        return (
            f"To see why, copy {address} into a folder of this computer, and there: rotor-import mapping check "
            f"{mapping} {file.name}"
        )
    return f"To see why: rotor-import mapping check {mapping} {file}"


def _room(settings: Settings, look: FolderLook | None) -> Iterator[Finding]:
    places = {"the reports": settings.report_dir, "temporary files": Path(tempfile.gettempdir())}
    if database_of(settings.ledger_url) is None:
        places["the ledger"] = Path(settings.ledger_url).parent
    wanted = max(_ROOM, _TIMES * look.size if look else 0)
    little = {}
    for what, place in places.items():
        folder = nearest_folder(place)
        free = shutil.disk_usage(folder).free
        if free < wanted:
            little[str(folder)] = f"{free / 1e9:.1f} GB free in {folder}, for {what}"
    if little:
        words = f"{'; '.join(little.values())}. {wanted / 1e9:.1f} GB would be safe. Free some space."
        yield Finding("space", "warning", words)
    else:
        yield Finding(
            "space", "ok", f"More than {wanted / 1e9:.1f} GB free for the ledger, reports and temporary files."
        )


def _reports(settings: Settings) -> Finding:
    place = settings.report_dir
    there = next(path for path in (place, *place.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        error = ReportError(f"Reports can't be written to {place}. Choose another folder with --report-dir.")
        return Finding("reports", "problem", str(error), error)
    return Finding("reports", "ok", f"They go to {place}.")
