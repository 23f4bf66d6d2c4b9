"""The commands that serve the local Rotor and empty it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.help_layout import Group
from rotor_import.cli.late_settings import Late
from rotor_import.cli.options import Listed, connection_options, option, with_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal_text import folded, plain

_EXPLAINED = """
Serve a local Rotor on this computer, to try a mapping or a client of your own. It needs no API key and harms nothing.

The Rotor that --sandbox embeds in other commands is the same, without a server. `rotor-import sandbox reset` empties
it, and its quota is whole again.

\b
Try a mapping, in two terminals:
  rotor-import sandbox
  ROTOR_API_KEY=any rotor-import run clients.csv -m my.yaml \\
    --base-url http://127.0.0.1:8650/open-api

Try a client of your own: whatever Rotor's API document doesn't allow is refused with its error, such as a missing
version header, an unknown field or an email that isn't valid. /openapi.json describes the API.

Where the document is silent, an option chooses between servers that would fit it. Your client should work with each of
them. The first value is the default.

\b
Faults: --fault makes something go wrong, and may be repeated. A fault is
written as
  WHAT [before|after] [ENDPOINT] [WHEN]
WHAT is one of
  408 500 502 503 504  an error
  drop                 the connection breaks
  timeout              no answer ever comes
  truncated            the answer breaks off
  html                 a web page comes instead of JSON
  429, 429:20          the quota is used up; try again in 20 seconds
  400:email            bodies with this field are refused
  400:last_name=Smith  bodies with this value are refused
  401, 403             the API key, or its scope, is refused
  firewall             a firewall's page with 403
  firewall:email       the same, for bodies with this field
  drip, drip:body      the answer comes byte by byte, without end
  odd:tags=5           the answer says this of the customer, in JSON
before or after says whether the request is carried out first (before is the
default, and means that it is not).
ENDPOINT is upsert, list, get or auth; without it, all of them.
WHEN is #3 (the third request), #3-7, #3+ or 5% (by chance); without it,
always.

\b
The sandbox's clock can be moved, so that a day's quota is back at once:
  curl http://127.0.0.1:8650/sandbox/clock -d '{"advance": 86400}'
"""


_ALIKE = click.Choice(["normal", "exact"])
_SILENT = "Where Rotor's document is silent"
_TITLES = {
    **dict.fromkeys(("port", "sandbox_state", "daily_limit", "allow", "region"), "The server"),
    **dict.fromkeys(("fault", "seed"), "Faults"),
    **dict.fromkeys(("phones", "emails", "created_status", "quota_reset", "count_failed"), _SILENT),
    **dict.fromkeys(("empty", "archived", "unknown_id", "shift_pages"), _SILENT),
}
_OPTIONS = (
    option(
        "--port",
        type=click.IntRange(0, 65535),
        metavar="NUMBER",
        default=8650,
        help="The port; 0 takes any free one.  [default: 8650]",
    ),
    option("--sandbox-state", type=click.Path(path_type=Path), metavar="FILE", help="The file with its customers."),
    option(
        "--daily-limit",
        type=click.IntRange(1),
        metavar="NUMBER",
        default=1000,
        help="Requests a day for each API key.  [default: 1000]",
    ),
    option(
        "--allow",
        type=Listed(),
        multiple=True,
        metavar="KEY=SCOPES",
        help="Accept this API key with these scopes (customers:read,customers:write). Without it, any key has all.",
    ),
    option("--fault", type=Listed(), multiple=True, metavar="WORDS", help="What goes wrong; see above."),
    option("--seed", type=int, metavar="NUMBER", default=0, help="Seed for faults by chance.  [default: 0]"),
    option("--region", metavar="CODE", default="US", help="Country of phones without a country code.  [default: US]"),
    option("--phones", type=_ALIKE, default="normal", help="Compare phones as numbers, or as they are written."),
    option("--emails", type=_ALIKE, default="normal", help="Compare emails without regard to case, or with it."),
    option(
        "--created-status",
        type=click.Choice(["201", "200"]),
        default="201",
        help="Status for a customer that was created; with 200, only the message says so.",
    ),
    option(
        "--quota-reset",
        default="rolling",
        metavar="rolling|ZONE",
        help="Count a request for 24 hours, or until midnight in this time zone.",
    ),
    option("--count-failed/--no-count-failed", default=True, help="Whether refused and failed requests count."),
    option(
        "--empty",
        type=click.Choice(["clears", "ignored"]),
        default="clears",
        help="What an empty string does to a field.",
    ),
    option(
        "--archived",
        type=click.Choice(["match", "ignored"]),
        default="match",
        help="Whether phones and emails of archived customers are found.",
    ),
    option("--unknown-id", type=click.Choice(["404", "400"]), default="404", help="Status for an ID that nobody has."),
    option(
        "--shift-pages",
        type=click.IntRange(0),
        metavar="NUMBER",
        default=0,
        help="How many pages of the list shift while it is read.",
    ),
)


@click.group(
    cls=Group,
    help=_EXPLAINED,
    short_help="Serve a local Rotor to try things on.",
    titles=_TITLES,
    examples=(
        "rotor-import sandbox",
        "rotor-import sandbox reset",
        'rotor-import sandbox --fault "500 after upsert 5%" --fault "429:20 #10"',
    ),
    invoke_without_command=True,
)
@with_options(*_OPTIONS)
@click.pass_context
def sandbox(
    ctx: click.Context,
    /,
    port: int,
    sandbox_state: Path | None,
    allow: Sequence[str],
    fault: Sequence[str],
    **behaviour: Any,
) -> int:
    if ctx.invoked_subcommand:
        return exit_codes.DONE
    from rotor_import.pipeline.local import serve_sandbox  # noqa: PLC0415 - --help has no need of it

    statuses = {name: int(behaviour[name]) for name in ("created_status", "unknown_id")}
    serve_sandbox(port, sandbox_state, behaviour | statuses, click.echo, faults=fault, keys=allow)
    return exit_codes.DONE


@sandbox.command(
    short_help="Empty the embedded Rotor, so that its quota is whole again.",
    examples=("rotor-import sandbox reset", "rotor-import sandbox reset --sandbox-state trial.sqlite"),
)
@connection_options
def reset(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Empty the Rotor that --sandbox embeds: its customers, its requests and its clock. The ledger forgets them too.

    It doesn't ask first, because only what --sandbox imported is lost: the same run brings it back.
    """
    from rotor_import.pipeline.local import reset_sandbox  # noqa: PLC0415 - --help has no need of it
    from rotor_import.report.line import many  # noqa: PLC0415 - --help has no need of it

    result = reset_sandbox(settings())
    progress.close()
    had = f"{many(result['customers'], 'customer')} and {many(result['requests'], 'request')}"
    words = f"The sandbox is empty. It had {had}, and the ledger has forgotten them too. Its file: {result['sandbox']}"
    output.result(result, as_json=as_json, text=lambda terminal: folded(plain(words), terminal.width))
    return exit_codes.DONE
