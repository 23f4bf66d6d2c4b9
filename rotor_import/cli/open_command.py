"""The command that opens the local page."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.help_layout import Command
from rotor_import.cli.late_settings import Late, key_of
from rotor_import.cli.options import option, page_options
from rotor_import.cli.progress import Progress
from rotor_import.errors import SettingsError

if TYPE_CHECKING:
    from rotor_import.web.workspace import Workspace

_NEEDS = "The page needs an extra package: pip install 'rotor-import[web]'"
_OPEN = "The page is open in your browser. Leave this window open; Ctrl-C ends it."
_ADDRESS = "Open this address in a browser on this computer. It works once. Ctrl-C ends the page."
_OPEN_ALREADY = "The page was open already, so this opened another window of it."
_CLOSED = "The page is closed. To open it again, where it stood: rotor-import open"
_NO_BROWSER = "No browser could be opened. Open the address above in one."


@click.command(
    "open",
    cls=Command,
    short_help="Open a page in your browser: import without a terminal.",
    examples=(
        "rotor-import open",
        "rotor-import open clients.csv --sandbox",
        "rotor-import open --key-file rotor-key.txt",
    ),
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="NUMBER",
    default=0,
    help="The port; 0 takes any free one.  [default: 0]",
)
@option("--no-browser", is_flag=True, help="Only print the address.")
@page_options
def open_(file: Path | None, settings: Late, *, port: int, no_browser: bool, as_json: bool, progress: Progress) -> int:
    """Open a page in your browser, to import a file without a terminal.

    There you choose the file, check its columns, see what would happen, answer questions, and send.

    The page is on this computer alone, and only the browser that opens it can use it. It keeps what you do: opened
    again, it stands where it stood. Ctrl-C ends it; an import is paused safely then.
    """
    if find_spec("uvicorn") is None or find_spec("starlette") is None:
        raise SettingsError(_NEEDS)
    from rotor_import.web import another, given  # noqa: PLC0415 - --help has no need of it
    from rotor_import.web.desk import Desk, desk_folder  # noqa: PLC0415 - --help has no need of it
    from rotor_import.web.workspace import Workspace  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    if file is not None:
        given.check(file)
    progress.close()
    with another.only_program(desk_folder()) as is_only:
        if not is_only:
            address = another.ask_for_link(desk_folder(), chosen, file.resolve() if file is not None else None)
            _announce(address, _OPEN_ALREADY, as_json=as_json)
            if not no_browser:
                _browse(address)
            return exit_codes.Standing(exit_codes.DONE)
        desk = Desk()
        desk.tidy()
        if chosen.sandbox or not desk.now.id:
            desk.change(to="sandbox" if chosen.sandbox or not chosen.key else "rotor")
        source = key_of(click.get_current_context(), alone=False)
        workspace = Workspace(chosen, desk, key_from=source.name if chosen.key else "")
        if file is not None:
            given.take(workspace, file)
        _serve(workspace, port, as_json=as_json, in_browser=not no_browser)
    return exit_codes.Standing(exit_codes.DONE)


def _serve(workspace: Workspace, port: int, *, as_json: bool, in_browser: bool) -> None:
    from rotor_import.web.another import tell_where  # noqa: PLC0415 - --help has no need of it
    from rotor_import.web.server import Served  # noqa: PLC0415 - --help has no need of it

    served = Served(workspace, port)

    def ready() -> None:
        tell_where(workspace, served.port, served.guard.secret)
        _announce(served.address, _OPEN if in_browser else _ADDRESS, as_json=as_json)
        if in_browser:
            threading.Thread(target=_browse, args=(served.address,), daemon=True).start()

    served.run(ready)
    output.say(_CLOSED)


def _announce(address: str, words: str, *, as_json: bool) -> None:
    """The address is the first line, and there at once."""
    if as_json:
        output.json_object({"url": address}, indent=None)
    else:
        output.result({}, as_json=False, text=lambda _terminal: [address])
    output.say(words)


def _browse(address: str) -> None:
    import webbrowser  # noqa: PLC0415 - --help has no need of it

    try:
        is_open = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        is_open = False
    if not is_open:
        output.say(_NO_BROWSER)
