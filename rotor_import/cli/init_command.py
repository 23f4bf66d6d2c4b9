"""The command that makes a profile: four questions, or as many options."""

from __future__ import annotations

import getpass
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from rotor_import.cli import completion, exit_codes, output
from rotor_import.cli.help_layout import Command
from rotor_import.cli.options import option, with_options
from rotor_import.cli.terminal import Terminal
from rotor_import.errors import RotorImportError, SettingsError
from rotor_import.model.remote import is_address

if TYPE_CHECKING:
    from rotor_import.sync.new_profile import DropKind, NewProfile, Written
    from rotor_import.sync.timers import Timer

T = TypeVar("T")

_OPTIONS = (
    option("--name", metavar="NAME", default="", help="The profile's name."),
    option("--folder", metavar="FOLDER", default="", help="The folder in which files arrive."),
    option("--key-file", type=click.Path(path_type=Path), metavar="FILE", help="The file that holds the API key."),
    option("--key-env", metavar="VARIABLE", default="", help="The environment variable that holds the API key."),
    option("--drop", type=click.Choice(["full", "delta"]), help="Whether each file lists all customers, or changes."),
    option(
        *("--mapping", "-m"),
        metavar="MAPPING",
        default="",
        shell_complete=completion.mappings,
        help="A preset, or a mapping that exists, instead of a suggested one.",
    ),
    option("--at", metavar="TIME", default="04:15", help="When to sync each night.  [default: 04:15]"),
    option("--timer", type=click.Choice(["cron", "systemd", "windows"]), help="What starts the sync."),
    option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The file.  [default: rotor-import.toml]"),
    option("--force", is_flag=True, help="Overwrite a profile of that name, and its mapping."),
)
_ASKED = {
    "name": "A short name for this company, such as acme: ",
    "folder": "The folder in which its files arrive: ",
    "key": "Where its API key is: a key file, or env:VARIABLE: ",
    "drop": "Does each file list all customers, or only changes? [all/changes] ",
}
_DROPS = {"all": "full", "full": "full", "changes": "delta", "delta": "delta"}


@click.command(
    "init",
    cls=Command,
    short_help="Set up the nightly sync of a company, as a profile.",
    examples=(
        "rotor-import init",
        "rotor-import init --name acme --folder in --key-env ACME_KEY --drop full",
    ),
)
@with_options(*_OPTIONS)
def init(**given: Any) -> int:
    """Set up the nightly sync of a company: a profile in rotor-import.toml, its mapping, and the line for cron.

    On a terminal it asks what no option says. It never writes the API key, only where the key is. Nothing is written
    before the last answer.
    """
    from rotor_import.profiles import FILE  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.new_profile import write_profile  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.timers import own_timer, time_of_day  # noqa: PLC0415 - --help has no need of it

    at, config = time_of_day(given["at"]), given["config"] or Path(FILE)
    new = _new_profile(given)
    written = write_profile(new, config, force=given["force"])
    _tell(written, new.name, given["timer"] or own_timer(), at)
    return exit_codes.DONE


def _tell(written: Written, name: str, kind: Timer, at: tuple[int, int]) -> None:
    from rotor_import.profiles import FILE  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.timers import timer  # noqa: PLC0415 - --help has no need of it

    output.say(f"Wrote the profile {name} to {written.file}.")
    for note in written.notes:
        output.say(note)
    output.say("To sync every night:" if kind != "cron" else "To sync every night, put this line into crontab -e:")
    Terminal().write(timer(kind, name, written.file, at, getpass.getuser()))
    here = Path.cwd() / FILE
    which = name if written.file == here else f"{name} --config {shlex.quote(str(written.file))}"
    output.say(f"Next: rotor-import doctor --profile {which}")
    output.say(f"Then: rotor-import sync --profile {which}")


def _new_profile(given: dict[str, Any]) -> NewProfile:
    from rotor_import.sync.new_profile import NewProfile  # noqa: PLC0415 - --help has no need of it

    asks = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if not asks:
        _check_complete(given)
    if given["key_file"] and given["key_env"]:
        raise SettingsError("Give --key-file or --key-env, not both.")
    name = _answer("name", given["name"], _name)
    folder = _answer("folder", given["folder"], _folder)
    key = f"env:{given['key_env']}" if given["key_env"] else str(given["key_file"] or "")
    key_file, key_env = _answer("key", key, _key)
    has_drop = given["mapping"] and not _is_preset(given["mapping"])
    drop = given["drop"] if given["drop"] or has_drop else _answer("drop", "", _drop)
    return NewProfile(name, folder, cast("DropKind | None", drop), key_file, key_env, given["mapping"])


def _check_complete(given: dict[str, Any]) -> None:
    """Nobody is there to be asked. Raises SettingsError with all that is missing."""
    missing = [f"--{name}" for name in ("name", "folder") if not given[name]]
    missing += [] if given["key_file"] or given["key_env"] else ["--key-file or --key-env"]
    missing += [] if given["drop"] or (given["mapping"] and not _is_preset(given["mapping"])) else ["--drop"]
    if missing:
        raise SettingsError(f"Nobody can be asked here, so these options are needed too: {', '.join(missing)}.")


def _is_preset(mapping: str) -> bool:
    from rotor_import.config import preset_files  # noqa: PLC0415 - --help has no need of it

    return mapping in preset_files()


def _answer(what: str, given: str, read: Callable[[str], T]) -> T:
    """What an option says, else what a person answers: a wrong answer is asked again, a wrong option is refused."""
    if given:
        return read(given)
    while True:
        sys.stderr.write(_ASKED[what])
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
            raise click.Abort
        if line.strip():
            try:
                return read(line.strip())
            except RotorImportError as error:
                output.complain(str(error))


def _name(text: str) -> str:
    from rotor_import.profiles import check_name  # noqa: PLC0415 - --help has no need of it

    return check_name(text)


def _folder(text: str) -> str:
    text = text.strip()
    if is_address(text) and "?" in text and text.lower().startswith("http"):
        raise SettingsError(
            "What follows the `?` of this address may be a signature, and rotor-import.toml holds no secret. Give the "
            "address without it, and then replace folder in the file: folder_env names a variable with the whole one."
        )
    if not is_address(text) and not Path(text).expanduser().is_dir():
        raise SettingsError(f"There is no folder {text}. Make it first, or correct its name.")
    return text if is_address(text) else str(Path(text).expanduser())


def _key(text: str) -> tuple[Path | None, str]:
    """The words never repeat the answer: it could be the key itself."""
    from rotor_import.profiles import check_variable  # noqa: PLC0415 - --help has no need of it

    if text.startswith("env:"):
        return None, check_variable(text.removeprefix("env:").strip())
    path = Path(text).expanduser()
    if not path.is_file():
        raise SettingsError(
            "There is no such key file. Save the API key in a file that only you can read, and give that file's "
            "path, or env:VARIABLE. Never give the key itself."
        )
    return path, ""


def _drop(text: str) -> str:
    found = _DROPS.get(text.lower())
    if found is None:
        raise SettingsError("Answer all or changes.")
    return found
