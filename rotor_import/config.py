"""The settings of a run, checked once and frozen."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rotor_import.errors import SettingsError
from rotor_import.model.quota_window import DAY, QuotaWindow

BASE_URL = "https://api.getrotor.com/open-api"
_PROGRAM = "rotor-import"
_OTHERS = 0o077
"""The file mode's bits of everybody but the owner."""


def data_dir() -> Path:
    """Where the ledger and the sandbox lie unless a person says otherwise."""
    import platformdirs  # noqa: PLC0415 - --help has no need of it

    return Path(platformdirs.user_data_path(_PROGRAM))


def preset_files() -> dict[str, Any]:
    """In an installed package they lie inside it, in a checkout beside it."""
    from importlib import resources  # noqa: PLC0415 - --help has no need of it

    package = resources.files("rotor_import")
    for folder in (package / "mappings", Path(str(package)).parent / "mappings"):
        if folder.is_dir():
            return {one.name.removesuffix(".yaml"): one for one in folder.iterdir() if one.name.endswith(".yaml")}
    return {}


@dataclass(frozen=True)
class Tolerance:
    """How many rows or changes may go wrong before the exit code says so."""

    count: int = 0
    percent: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Tolerance:
        found = re.fullmatch(r"(?:(\d+)|(\d+(?:\.\d+)?)\s*%)", text.strip())
        if not found:
            raise SettingsError(f"--tolerate takes a number or a percentage (5 or 2%), not {text!r}.")
        return cls(count=int(found[1] or 0), percent=float(found[2] or 0.0))

    def allows(self, wrong: int, total: int) -> bool:
        return wrong <= max(self.count, self.percent / 100 * total)


@dataclass(frozen=True)
class Settings:
    """Options and environment of one run. Times are in seconds.

    `ledger` is a path or a postgresql:// URL. With `sandbox` the embedded Rotor stands in for the real one, and
    `base_url` and `key` do not count. `xlsx` writes each report as a workbook too. Raises SettingsError.
    """

    key: str = field(default="", repr=False)
    base_url: str = BASE_URL
    sandbox: bool = False
    sandbox_state: Path | None = None
    ledger: str = ""
    report_dir: Path = Path("rotor-import-reports")
    directory: Literal["api", "ledger", "none"] = "api"
    directory_max_age: float = 0.0
    daily_limit: int = 1000
    reserve: int = 0
    max_requests: int | None = None
    concurrency: int = 4
    max_attempts: int = 5
    retry_base: float = 0.5
    retry_cap: float = 30.0
    timeout: float = 30.0
    patience: float = 900.0
    wait: bool = False
    hold_suspicious: bool = False
    allow_keyless: bool = False
    decisions: Path | None = None
    tolerate: Tolerance = field(default_factory=Tolerance)
    yes: bool = False
    xlsx: bool = False

    def __post_init__(self) -> None:
        least = {
            "daily_limit": 1,
            "reserve": 0,
            "concurrency": 1,
            "max_attempts": 1,
            "directory_max_age": 0,
            "retry_base": 0,
            "retry_cap": 0,
            "patience": 0,
        }
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise SettingsError(f"{_option(name)} must be at least {bound}.")
        if self.timeout <= 0:
            raise SettingsError("--timeout must be more than 0 seconds.")
        if self.max_requests is not None and self.max_requests < 1:
            raise SettingsError("--max-requests must be at least 1.")
        if self.reserve >= self.daily_limit:
            raise SettingsError("--reserve leaves nothing of --daily-limit: lower one or raise the other.")
        if self.xlsx:
            check_excel()

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
    """Raises SettingsError where the library that writes workbooks is not installed: better now than after a run."""
    from importlib.util import find_spec  # noqa: PLC0415 - only where a workbook is wanted

    if find_spec("xlsxwriter") is None:
        raise SettingsError("--xlsx needs the extra: pip install 'rotor-import[excel]'.")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def read_key_file(path: Path) -> str:
    """The key in a file of its own; raises SettingsError in words that never show it.

    Where the system knows such things, only its owner may read it. Of a credential that systemd hands to a service the
    folder says so, for with its access list the file's own mode shows a group that has no way in.
    """
    try:
        if os.name == "posix" and not _is_credential(path) and path.stat().st_mode & _OTHERS:
            raise SettingsError(f"The key file {path} can be read by others. Close it: chmod 600 {path}")
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The key file {path} cannot be read. Put the key alone into it.") from None
    if not key:
        raise SettingsError(f"The key file {path} is empty. Put the key alone into it.")
    return key


def _is_credential(path: Path) -> bool:
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(folder) and path.resolve().parent == Path(folder).resolve()
