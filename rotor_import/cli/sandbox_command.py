"""The commands that serve the local Rotor and empty it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.options import Late, Listed, connection_options, option, with_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal_text import plain

_EXPLAINED = """
\b
Try a mapping, without a key and without harm:
  rotor-import sandbox
  ROTOR_API_KEY=any rotor-import run clients.csv -m my.yaml --base-url http://127.0.0.1:8650/open-api

\b
Try a client of your own: whatever the API's document does not allow is refused with its
error (a missing version header, an unknown field, a wrong type, an email that isn't one).
/openapi.json describes it, for people and for generators.

Where the document is silent, an option chooses among the servers that would fit it: your client should be right with
each of them. The first value is the default.

\b
--fault makes things go wrong, and may be given more than once. A fault is written as words:
  WHAT [before|after] [ENDPOINT] [WHEN]
WHAT is one of
  408 500 502 503 504    an error
  drop                   the connection breaks
  timeout                no answer ever comes
  truncated, html        the answer breaks off; a page comes instead of JSON
  429, 429:20            the day's quota is used; try again in 20 seconds
  400:email              bodies with this field are refused (400:last_name=Smith: with this value)
  401, 403               the key, or its scope, is refused
  firewall               a firewall's page with 403 (firewall:email: for bodies with this field)
  drip, drip:body        the answer comes byte by byte, without an end
  odd:tags=5             the answer says this, in JSON, of the customer
before (the default) or after: whether the request was carried out first.
ENDPOINT is upsert, list, get or auth; all without it.
WHEN is #3 (the third request, of the endpoint if one is named), #3-7, #3+ or 5% (by chance); always without it.

\b
  rotor-import sandbox --fault "500 after upsert 5%" --fault "drop upsert 5%"
  rotor-import sandbox --fault "429:20 #10" --fault "400:last_name=Smith"

\b
Its clock can be moved on, so that a day's quota is soon back:
  curl http://127.0.0.1:8650/sandbox/clock -d '{"advance": 86400}'
"""


_ALIKE = click.Choice(["normal", "exact"])
_OPTIONS = (
    option("--port", type=click.IntRange(0, 65535), default=8650, show_default=True, help="0 takes any."),
    option("--sandbox-state", type=click.Path(path_type=Path), help="The file that holds its customers."),
    option(
        "--daily-limit", type=click.IntRange(1), default=1000, show_default=True, help="Requests a day for each key."
    ),
    option(
        "--allow",
        type=Listed(),
        multiple=True,
        metavar="KEY=SCOPES",
        help="Take this API key, with these scopes (customers:read,customers:write). Without it any key has all.",
    ),
    option("--fault", type=Listed(), multiple=True, metavar="WORDS", help="What goes wrong; see below."),
    option("--seed", type=int, default=0, show_default=True, help="Of the chance in faults."),
    option("--region", default="US", show_default=True, help="Of phones without a country code."),
    option("--phones", type=_ALIKE, default="normal", help="Compare phones as numbers, or as they are written."),
    option("--emails", type=_ALIKE, default="normal", help="Compare emails without regard to case, or with it."),
    option(
        "--created-status",
        type=click.Choice(["201", "200"]),
        default="201",
        help="Of an upsert that created somebody; with 200 only the message tells.",
    ),
    option(
        "--quota-reset",
        default="rolling",
        metavar="rolling|ZONE",
        help="A request counts for 24 hours, or until midnight in this time zone.",
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
    option("--unknown-id", type=click.Choice(["404", "400"]), default="404", help="The answer to an id of nobody."),
    option(
        "--shift-pages", type=click.IntRange(0), default=0, help="So many pages of the list shift while they are read."
    ),
)


@click.group(epilog=_EXPLAINED, context_settings={"max_content_width": 100}, invoke_without_command=True)
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
    """Serve a local Rotor on loopback, to try a mapping or a client of your own on."""
    if ctx.invoked_subcommand:
        return exit_codes.DONE
    from rotor_import.pipeline.local import serve_sandbox  # noqa: PLC0415 - --help has no need of it

    statuses = {name: int(behaviour[name]) for name in ("created_status", "unknown_id")}
    serve_sandbox(port, sandbox_state, behaviour | statuses, click.echo, faults=fault, keys=allow)
    return exit_codes.DONE


@sandbox.command()
@connection_options
def reset(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Empty the embedded Rotor: its customers, its requests and its clock. The ledger forgets them too.

    It asks nothing, because only what --sandbox imported is lost: the same run brings it back.
    """
    from rotor_import.pipeline.local import reset_sandbox  # noqa: PLC0415 - --help has no need of it

    result = reset_sandbox(settings())
    progress.close()
    words = f"The sandbox is empty. It had {_many(result['customers'], 'customer')}, and had answered "
    words += f"{_many(result['requests'], 'request')}; the ledger has forgotten them too. Its file: {result['sandbox']}"
    output.result(result, as_json=as_json, text=lambda _terminal: [plain(words)])
    return exit_codes.DONE


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
