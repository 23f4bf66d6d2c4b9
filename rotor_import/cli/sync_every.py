"""`sync --all`: each profile that has a folder, synced by a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rotor_import.cli import exit_codes, output, profile_tables
from rotor_import.cli.late_settings import settings_of
from rotor_import.cli.profile_options import context_for, given_by_hand, known_options
from rotor_import.cli.terminal import Terminal
from rotor_import.errors import SettingsError

if TYPE_CHECKING:
    from rotor_import.profiles import ProfileFile
    from rotor_import.sync.side_by_side import Ended, Job

_OWN = {
    "profile": "--all takes every profile, so leave out --profile.",
    "folder": "--all takes each profile's own folder, so leave out FOLDER.",
    "key_file": "--all takes keys from the profiles alone, so leave out --key-file.",
    "decisions": "A file of decisions belongs to one company. Use --decisions with --profile NAME.",
}
"""What can't be given for all companies at once."""
_HIDDEN = (
    "ROTOR_API_KEY",
    *(f"ROTOR_IMPORT_{name}" for name in ("KEY_FILE", "DECISIONS", "PROFILE", "CONFIG", "ALL", "JOBS", "JSON")),
)
_KILLED = "It was killed ({}), so it couldn't report. Nothing is lost: the next sync continues."
_MUTE = "It ended with exit code {} and didn't say why. Its messages are above."
_NOT_STARTED = "Not started, because you stopped it."
_STOPPED = "Stopped before it could report. Nothing is lost: the next sync continues."
_UNABLE = "It couldn't be started."


def refuse_single(ctx: click.Context) -> None:
    """Raises SettingsError if something was given that one profile alone can have."""
    for name, words in _OWN.items():
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise SettingsError(words)


def sync_every(ctx: click.Context, *, jobs: int, as_json: bool, quiet: bool, log_format: str) -> int:
    """Sync them all; the exit code comes back."""
    from rotor_import.profiles import ProfileFile  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.side_by_side import SideBySide  # noqa: PLC0415 - --help has no need of it

    refuse_single(ctx)
    file = ProfileFile(ctx.params["config"])
    names = [name for name in file.names if file.has_folder(name) or not file.is_sound(name, known_options(ctx))]
    if not names:
        raise SettingsError(f"No profile in {file.path} has a folder, so there is nothing to sync.")
    runner = SideBySide(jobs, _teller(log_format), lambda code: code == exit_codes.BUSY)
    with _stopping(runner.stop):
        ended = runner.run([_job(ctx, file, name) for name in names])
    results = {name: result_of(one) for name, one in ended.items()}
    code = exit_codes.of_all(result["code"] for result in results.values())
    if as_json:
        output.json_object({"profiles": results, "code": code})
    else:
        shown = {name: result for name, result in results.items() if not quiet or not profile_tables.is_quiet(result)}
        if shown:
            output.result({}, as_json=False, text=lambda terminal: profile_tables.synced(shown, terminal))
    return exit_codes.Standing(code)


def _job(ctx: click.Context, file: ProfileFile, name: str) -> Job:
    from rotor_import.sync.side_by_side import Job  # noqa: PLC0415 - --help has no need of it

    given = given_by_hand(ctx)
    command = [sys.executable, "-m", "rotor_import", "sync", "--profile", name, "--config", str(file.path), "--json"]
    environment = environment_of(file, name, os.environ, is_windows=os.name == "nt")
    return Job(name, [*command, *given], environment, _account(ctx, file.path, name))


def environment_of(file: ProfileFile, name: str, environment: Mapping[str, str], *, is_windows: bool) -> dict[str, str]:
    """The environment without any key or secret that is another company's. On Windows, case makes no difference."""

    def found(variables: Iterable[str]) -> set[str]:
        return {variable.upper() if is_windows else variable for variable in variables}

    own = found([*file.variables(name), *file.common_variables])
    foreign = found(variable for other in file.names if other != name for variable in file.variables(other))
    hidden = {*_HIDDEN, *foreign} - own
    return {variable: value for variable, value in environment.items() if not found([variable]) & hidden}


def _account(ctx: click.Context, config: Path, name: str) -> Hashable:
    """What profiles of one account have in common; a profile that can't be used is alone, and says so itself."""
    try:
        settings = settings_of(context_for(ctx, name, config))
    except Exception:  # noqa: BLE001 - whatever is wrong with it, its own process says so
        return name
    if settings.sandbox:
        return ("sandbox", str(settings.sandbox_path))
    return (settings.base_url.rstrip("/"), settings.key) if settings.key else name


def _teller(log_format: str) -> Callable[[str, str], None]:
    """Prints the lines of the children on stderr, each with its profile."""
    lock, terminal = threading.Lock(), Terminal(err=True)

    def say(name: str, line: str) -> None:
        words = _as_json(name, line) if log_format == "json" else f"{name}: {line}"
        with lock:
            terminal.say(words)

    return say


def _as_json(name: str, line: str) -> str:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):  # such as wrong usage, which is told before there is a log
        at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        told = {"time": at, "level": "error" if line.startswith("Error") else "info", "message": line}
    return json.dumps({"profile": name, **told}, ensure_ascii=False)


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal stop the children, and this program reports how they ended."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform == "win32":
        numbers.append(signal.SIGBREAK)
    elif signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda _number, _frame: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def result_of(ended: Ended) -> dict[str, Any]:
    """The child's own object with its exit code; one like it if it had none to say."""
    code = ended.code
    if code is None:
        return _stopped(exit_codes.PAUSED, _NOT_STARTED) if ended.stopped else _stopped(exit_codes.DEFECT, _UNABLE)
    told = _told(ended.out)
    if code in exit_codes.MEANING and told is not None:
        return {**told, "code": code}
    if ended.stopped:
        return _stopped(exit_codes.PAUSED, _STOPPED)
    if code < 0:
        return _stopped(exit_codes.DEFECT, _KILLED.format(signal.Signals(-code).name))
    return _stopped(code if code in exit_codes.MEANING and code else exit_codes.DEFECT, _MUTE.format(code))


def _told(out: str) -> Mapping[str, Any] | None:
    try:
        told = json.loads(out)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _stopped(code: int, message: str) -> dict[str, Any]:
    return {**output.ended_early(code, message), "code": code}
