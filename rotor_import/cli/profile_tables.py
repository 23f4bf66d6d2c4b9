"""Tables with a line for each profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rotor_import.cli.terminal import Style, Terminal
from rotor_import.cli.terminal_text import folded, plain
from rotor_import.cli.text_table import Cell, Column, table
from rotor_import.model.clock import moment

Result = Mapping[str, Any]

_STYLES: dict[str, Style] = {"complete": "good", "paused": "look", "stopped": "bad", "killed": "bad"}


def is_quiet(result: Result) -> bool:
    """Whether a profile's sync found nothing new, and nothing to warn of."""
    from rotor_import.sync.night_log import nothing_new  # noqa: PLC0415 - --help has no need of it

    return result["code"] == 0 and nothing_new(result)


def synced(results: Mapping[str, Result], terminal: Terminal) -> list[str]:
    """What each profile's sync came to, and below it the messages that need the whole line."""
    columns = [
        Column("profile", least=8),
        Column("state"),
        *(Column(name, right=True) for name in ("rows", "sent", "attention", "pending", "code")),
        Column("message", least=10),
    ]
    lines = table(columns, [_synced(name, result) for name, result in results.items()], terminal)
    return [*lines, *_below(_errors(results), terminal)]


def _synced(name: str, result: Result) -> Sequence[Cell | str | int]:
    state = Cell(result["state"], _STYLES.get(result["state"], ""))
    runs = [run for run in [*result.get("earlier", ()), result] if "rows" in run]
    rows = sum(run["rows"]["read"] for run in runs)
    sent = sum(run["sent"]["created"] + run["sent"]["updated"] for run in runs)
    attention = sum(run["rows"]["held"] + run["rows"]["rejected"] for run in runs)
    pending = runs[-1]["sent"]["pending"] if runs else 0
    figures = [f"{figure:,}" if runs else "" for figure in (rows, sent, attention, pending)]
    return [name, state, *figures, str(result["code"]), _message(result)]


def _message(result: Result) -> str:
    if error := result.get("error"):
        return str(error["message"]).partition("\n")[0]
    taken = result.get("drop", {}).get("taken", [])
    return ", ".join(taken) if taken else "Nothing new."


def looked(results: Mapping[str, Result], terminal: Terminal, now: float) -> list[str]:
    """The state of each profile, from its ledger."""
    zone = moment(now).astimezone().tzname()
    columns = [
        Column("profile", least=8),
        Column("feed", least=4),
        Column(f"synced ({zone})"),
        Column("ended"),
        *(Column(name, right=True) for name in ("pending", "held", "left")),
        Column("done by"),
        Column("note", least=6),
    ]
    lines = table(columns, [_looked(name, result) for name, result in results.items()], terminal)
    notes = {
        name: ([result["error"]["message"]] if "error" in result else _notes(result))
        for name, result in results.items()
    }
    return [*lines, *_below(notes, terminal)]


def _looked(name: str, result: Result) -> Sequence[Cell | str | int]:
    if "error" in result:
        return [name, "", "", Cell("unusable", "bad"), "", "", "", "", str(result["error"]["message"])]
    when, ended = last_sync(result)
    notes, pending = _notes(result), result["pending"]
    held = sum(run["held"] for run in result["feed_runs"].values())
    waits = pending or result["unknown"]
    return [
        name,
        ", ".join(dict.fromkeys([*result["drops"], *result["feed_runs"]])),
        _short(when) if when else "never",
        Cell(ended, _STYLES.get(ended, "")),
        Cell(f"{pending:,}", "look" if pending else ""),
        Cell(f"{held:,}", "look" if held else ""),
        f"{result['requests']['remaining']:,}",
        _day(result["forecast"]["finish_at"]) if waits else "",
        Cell(notes[0] if notes else "", "look"),
    ]


def last_sync(result: Result) -> tuple[str, str]:
    """When the newest sync or run was, and how it ended; blanks if there was none."""
    looks = [(drop["looked"], drop["state"]) for drop in result["drops"].values()]
    looks += [(run["finished"] or run["started"], run["state"]) for run in result["feed_runs"].values()]
    drops = looks[: len(result["drops"])]
    return max(drops or looks, default=("", ""))


def _notes(result: Result) -> list[str]:
    late = [drop["late"] for drop in result["drops"].values() if drop["late"]]
    errors = [drop["error"] for drop in result["drops"].values() if drop["error"]]
    errors += [run["error"] for run in result["feed_runs"].values() if run["error"]]
    return list(dict.fromkeys([*late, *errors, *result["notes"]]))


def _errors(results: Mapping[str, Result]) -> Mapping[str, Sequence[str]]:
    return {name: [result["error"]["message"]] if "error" in result else [] for name, result in results.items()}


def _below(messages: Mapping[str, Sequence[str]], terminal: Terminal) -> list[str]:
    """Whole messages, since a cell may have been cut."""
    lines = [f"{name}: {line}" for name, told in messages.items() for message in told for line in message.splitlines()]
    return ["", *(part for line in lines for part in folded(plain(line), terminal.width))] if lines else []


def _short(stamp: str) -> str:
    at = datetime.fromisoformat(stamp).astimezone()
    return f"{at:%b} {at.day}, {f'{at:%I:%M %p}'.removeprefix('0')}"


def _day(stamp: str) -> str:
    at = datetime.fromisoformat(stamp).astimezone()
    return f"{at:%b} {at.day}"
