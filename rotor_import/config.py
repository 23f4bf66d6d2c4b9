"""The settings of a run, checked once and frozen, and what the command line says about each."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from rotor_import.errors import SettingsError
from rotor_import.model.customer import DirectorySource
from rotor_import.model.location import database_of
from rotor_import.model.quota_window import DAY, QuotaWindow

BASE_URL = "https://api.getrotor.com/open-api"
_PROGRAM = "rotor-import"
_OTHERS = 0o077
"""The bits of a file mode that let in anybody but the owner."""


@cache
def version() -> str:
    """The version of this program; `unknown` where it runs from a source tree."""
    from importlib import metadata  # noqa: PLC0415 - --help has no need of it

    try:
        return metadata.version(_PROGRAM)
    except metadata.PackageNotFoundError:
        return "unknown"


def data_dir() -> Path:
    """The folder of the ledger and the sandbox, unless an option names another place."""
    import platformdirs  # noqa: PLC0415 - --help has no need of it

    return Path(platformdirs.user_data_path(_PROGRAM))


def preset_files() -> dict[str, Any]:
    """The presets' files by name: inside an installed package, beside it in a checkout."""
    from importlib import resources  # noqa: PLC0415 - --help has no need of it

    package = resources.files("rotor_import")
    for folder in (package / "mappings", Path(str(package)).parent / "mappings"):
        if folder.is_dir():
            return {file.name.removesuffix(".yaml"): file for file in folder.iterdir() if file.name.endswith(".yaml")}
    return {}


@dataclass(frozen=True)
class Tolerance:
    """How many rows or changes may go wrong before the exit code says so: a number or a percentage.

    If it is for `known` ones too, what an earlier run of the feed has told already is not counted.
    """

    count: int = 0
    percent: float = 0.0
    known: bool = False

    @classmethod
    def parse(cls, *texts: str) -> Tolerance:
        """Of several numbers and percentages, the one that allows the most counts."""
        parts = [part for text in texts if (part := text.strip())]
        limits = [part for part in parts if part.lower() != "known"]
        matches = [(part, re.fullmatch(r"(?:(\d+)|(\d+(?:\.\d+)?)\s*%)", part)) for part in limits]
        for part, match in matches:
            if not match:
                raise SettingsError(f"--tolerate takes a number, a percentage or known (5, 2% or known), not {part!r}.")
        found = [match for _, match in matches if match]
        return cls(
            count=max((int(match[1] or 0) for match in found), default=0),
            percent=max((float(match[2] or 0.0) for match in found), default=0.0),
            known=len(limits) < len(parts),
        )

    def allows(self, wrong: int, total: int) -> bool:
        return wrong <= max(self.count, self.percent / 100 * total)


class Group(Enum):
    """Which commands take an option: all, those that ask Rotor, send, plan, or plan files that somebody names."""

    CONNECTION = "connection"
    ASKING = "asking"
    SENDING = "sending"
    PLANNING = "planning"
    FILES = "files"


@dataclass(frozen=True)
class Option:
    """What the command line says about a setting, and the least value that it may have."""

    group: Group
    help: str
    least: int | None = None


@dataclass(frozen=True)
class Settings:
    """Options and environment of one run; the command line's options are made from these fields. Times are in seconds.

    Raises SettingsError, and LedgerError for a ledger that is neither a path nor a database's URL. With `sandbox`,
    `base_url` and `key` are ignored.
    """

    key: str = field(default="", repr=False)
    report_dir: Annotated[Path, Option(Group.PLANNING, "Report folder.")] = Path("rotor-import-reports")
    xlsx: Annotated[bool, Option(Group.PLANNING, "Write the report as a workbook too (report.xlsx).")] = False
    hold_suspicious: Annotated[bool, Option(Group.PLANNING, "Hold merges that look suspicious, until you decide.")] = (
        False
    )
    duplicates: Annotated[
        Literal["report", "off"], Option(Group.PLANNING, "Whether to look for probable duplicates.")
    ] = "report"
    decisions: Annotated[Path | None, Option(Group.PLANNING, "A review.csv with your decisions.")] = None
    corrections: Annotated[Path | None, Option(Group.FILES, "Corrected cells of the files.")] = None
    allow_keyless: Annotated[bool, Option(Group.PLANNING, "Import rows that have neither phone nor email.")] = False
    directory: Annotated[DirectorySource, Option(Group.SENDING, "Where to get Rotor's customer list from.")] = "api"
    directory_max_age: Annotated[
        float, Option(Group.SENDING, "Reuse a customer list that was read this recently, in seconds.", least=0)
    ] = 0.0
    concurrency: Annotated[int, Option(Group.SENDING, "Requests at the same time.", least=1)] = 4
    max_requests: Annotated[int | None, Option(Group.ASKING, "Most requests in this run.", least=1)] = None
    max_attempts: Annotated[int, Option(Group.ASKING, "Attempts for each request.", least=1)] = 5
    retry_base: Annotated[float, Option(Group.ASKING, "Shortest wait between retries, in seconds.", least=0)] = 0.5
    retry_cap: Annotated[float, Option(Group.ASKING, "Longest wait between retries, in seconds.", least=0)] = 30.0
    patience: Annotated[float, Option(Group.ASKING, "Longest wait for quota, in seconds.", least=0)] = 900.0
    wait: Annotated[bool, Option(Group.ASKING, "Wait for quota however long it takes.")] = False
    tolerate: Annotated[
        Tolerance,
        Option(Group.SENDING, "How many problem rows are acceptable (5 or 2%); known: those of earlier reports."),
    ] = Tolerance()
    yes: Annotated[bool, Option(Group.SENDING, "Send without asking first.")] = False
    force: Annotated[bool, Option(Group.PLANNING, "Go on where a safeguard stopped the file.")] = False
    sample: int | None = None
    """Of how many customers a trial consists, for `run` alone; None for a whole import."""
    profile: str = ""
    """The profile of `rotor-import.toml` that these settings come from, '' if none."""
    storage: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How the server of a remote file or folder is reached, under its fsspec file system's names: `key`, `secret`, …"""
    sandbox: Annotated[bool, Option(Group.CONNECTION, "Use the embedded Rotor; no API key is needed.")] = False
    sandbox_state: Annotated[Path | None, Option(Group.CONNECTION, "The embedded Rotor's file.")] = None
    base_url: Annotated[str, Option(Group.CONNECTION, "Rotor's address.")] = BASE_URL
    ledger: Annotated[str, Option(Group.CONNECTION, "The ledger's path, or a postgresql:// URL to share it.")] = field(
        default="", repr=False
    )
    daily_limit: Annotated[int, Option(Group.CONNECTION, "Requests in any 24 hours.", least=1)] = 1000
    reserve: Annotated[int, Option(Group.CONNECTION, "Requests to leave to other programs.", least=0)] = 0
    timeout: Annotated[float, Option(Group.CONNECTION, "How long to wait for an answer, in seconds.")] = 30.0

    def __post_init__(self) -> None:
        for name, (_, option) in options().items():
            value = getattr(self, name)
            if option.least is not None and value is not None and value < option.least:
                raise SettingsError(f"{flag(name)} must be at least {option.least}.")
        if self.sample is not None and self.sample < 1:
            raise SettingsError("--sample must be at least 1.")
        if self.timeout <= 0:
            raise SettingsError("--timeout must be more than 0 seconds.")
        if self.reserve >= self.daily_limit:
            raise SettingsError("--reserve must be less than --daily-limit.")
        if self.xlsx:
            check_excel()
        database_of(self.ledger)

    @property
    def quota_windows(self) -> tuple[QuotaWindow, ...]:
        """Rotor's limits, less the reserve. A second limit, say 100 a minute, would be a second window here."""
        return (QuotaWindow(self.daily_limit - self.reserve, DAY),)

    @property
    def ledger_url(self) -> str:
        return self.ledger or str(data_dir() / "ledger.sqlite")

    @property
    def sandbox_path(self) -> Path:
        return self.sandbox_state or data_dir() / "sandbox.sqlite"


def check_excel() -> None:
    """Raises SettingsError if the library that writes workbooks is not installed: better now than after a run."""
    from importlib.util import find_spec  # noqa: PLC0415 - only where a workbook is wanted

    if find_spec("xlsxwriter") is None:
        raise SettingsError("--xlsx needs an extra package: pip install 'rotor-import[excel]'")


@cache
def options() -> Mapping[str, tuple[Any, Option]]:
    """The settings that are options of the command line, by name, each with its type."""
    hints = get_type_hints(Settings, include_extras=True).items()
    found = {name: get_args(hint) for name, hint in hints if get_origin(hint) is Annotated}
    return {name: (kind, option) for name, (kind, option) in found.items()}


def flag(name: str) -> str:
    """A setting's name as it stands on the command line."""
    return "--" + name.replace("_", "-")


def read_key_file(path: Path) -> str:
    """The API key in a file of its own. Raises SettingsError, whose words never show the key.

    On systems with file modes only the owner may be able to read it. A credential that systemd hands to a service is
    protected by its folder: its access list makes the file's mode show a group that cannot reach it.
    """
    try:
        if os.name == "posix" and not _is_credential(path) and path.stat().st_mode & _OTHERS:
            raise SettingsError(f"Other users can read the key file {path}. Protect it: chmod 600 {path}")
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"The key file {path} can't be read. It must be a text file that contains only the key."
        ) from None
    if not key:
        raise SettingsError(f"The key file {path} is empty. Put the API key in it.")
    return key


def _is_credential(path: Path) -> bool:
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(folder) and path.resolve().parent == Path(folder).resolve()
