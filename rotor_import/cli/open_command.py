"""The command that opens the local page."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.options import Late, option, page_options
from rotor_import.cli.progress import Progress
from rotor_import.errors import SettingsError, SourceError

_NEEDS = "The page needs an extra package: pip install 'rotor-import[web]'"


@click.command(
    "open",
    short_help="Open a page in your browser: import without a terminal.",
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
    from rotor_import.web.desk import Desk  # noqa: PLC0415 - --help has no need of it
    from rotor_import.web.server import serve  # noqa: PLC0415 - --help has no need of it
    from rotor_import.web.workspace import Workspace  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    desk = Desk()
    if file is not None:
        if not file.is_file():
            raise SourceError(f"There is no file {file}. Check the name and the folder.")
        whole = file.resolve()
        if desk.now.file != str(whole):
            desk.begin(lambda _folder: (whole, file.name), uploaded=False, to=desk.now.to)
    if chosen.sandbox:
        desk.change(to="sandbox")
    progress.close()

    def announce(address: str) -> None:
        if as_json:
            output.json_object({"url": address}, indent=None)
        else:
            output.result({}, as_json=False, text=lambda _terminal: [address])
            output.say("The page is open in your browser. Leave this window open; Ctrl-C ends it.")

    serve(Workspace(chosen, desk), port, announce, in_browser=not no_browser)
    return exit_codes.Standing(exit_codes.DONE)
