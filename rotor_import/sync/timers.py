"""What starts a profile's sync every night: a line or a unit that works as it is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Literal

from rotor_import.errors import SettingsError

Timer = Literal["cron", "systemd", "windows"]

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_UNITS = """\
# /etc/systemd/system/rotor-import-{name}.service
[Unit]
Description=Sync the customers of {name} with Rotor
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
UMask=0077
ExecStart={command}
SuccessExitStatus=3 4

# /etc/systemd/system/rotor-import-{name}.timer; then: systemctl enable --now rotor-import-{name}.timer
[Unit]
Description=Sync the customers of {name} with Rotor every night

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
Persistent=true

[Install]
WantedBy=timers.target"""


def own_timer() -> Timer:
    return "windows" if sys.platform == "win32" else "cron"


def time_of_day(text: str) -> tuple[int, int]:
    """Hour and minute. Raises SettingsError."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise SettingsError("--at must be a time of day such as 04:15.")
    return int(found[1]), int(found[2])


def program() -> list[str]:
    """How this very program is started, from anywhere."""
    started = Path(sys.argv[0])
    if started.stem == "rotor-import" and started.is_absolute():
        return [str(started)]
    beside = Path(sys.executable).with_name("rotor-import.exe" if sys.platform == "win32" else "rotor-import")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "rotor_import"]


def timer(kind: Timer, name: str, config: Path, at: tuple[int, int], user: str) -> str:
    """The text for the profile's nightly sync. The folder of units and the crontab are the person's to change."""
    hour, minute = at
    command = [*program(), "sync", "--profile", name, "--config", str(config.absolute()), "--quiet"]
    if kind == "cron":
        return f"{minute} {hour} * * * {shlex.join(command)}".replace("%", r"\%")
    if kind == "systemd":
        quoted = " ".join(_for_systemd(word) for word in command)
        return _UNITS.format(name=name, user=user, command=quoted, hour=hour, minute=minute)
    line = subprocess.list2cmdline(command).replace('"', '\\"')
    return f'schtasks /Create /TN rotor-import-{name} /SC DAILY /ST {hour:02}:{minute:02} /TR "{line}"'


def _for_systemd(word: str) -> str:
    word = word.replace("%", "%%").replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"' if re.search(r"[\s'\"\\;]", word) else word
