"""Each command's result as lines of text for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rotor_import.cli.terminal import Style, Terminal
from rotor_import.cli.terminal_text import fitted, folded, plain, width
from rotor_import.cli.text_table import Cell, Column, figures, table
from rotor_import.model.clock import in_words

if TYPE_CHECKING:
    from rotor_import.pipeline.proposal import Proposal
    from rotor_import.report.line import Section

Result = Mapping[str, Any]

_STATES: dict[str, Style] = {
    "complete": "good",
    "paused": "look",
    "stopped": "bad",
    "superseded": "dim",
    "undone": "dim",
}
_GO_ON = "rotor-import resume"
_TRIED = 30
"""So many customers of a trial are printed."""
_DIFFERENCES = 20
"""So many differences are printed."""


def summary(result: Result, terminal: Terminal, head: str = "") -> list[str]:
    """The result of a plan or a run, under its usual headline or this one."""
    from rotor_import.report import headline, sections, sentence  # noqa: PLC0415 - --help has no need of it

    parts = sections(result)
    if not result["files"] and not result["report"]:
        lines = [terminal.styled("Nothing is pending.", "head")]
    else:
        lines = [*_folded(head or headline(result), terminal, "head"), *_folded(sentence(result), terminal)]
    label = max((width(line.label) for part in parts for line in part.lines), default=0)
    for part in parts:
        lines += ["", *_section(part, terminal, label)]
    if told := known(result):
        lines += ["", *_folded(told, terminal)]
    lines += _trial(result, terminal)
    if result["report"]:
        lines += ["", *_folded(f"Report: {result['report']}", terminal)]
    return lines


def _trial(result: Result, terminal: Terminal) -> list[str]:
    """The customers of a trial that were sent, with what to look at."""
    sent = [one for one in result.get("sample", ()) if one.get("outcome") in ("created", "updated")]
    if not sent:
        return []
    rows = [(one["name"] or one["id"], ", ".join(one["shows"]) or "nothing new") for one in sent[:_TRIED]]
    lines = ["", terminal.styled("Look at these in Rotor", "head")]
    lines += table([Column("customer", least=12), Column("shows", least=20)], rows, terminal)
    return [*lines, f"{len(sent) - _TRIED:,} more are in sample.csv."] if len(sent) > _TRIED else lines


def known(result: Result) -> str:
    """How many problems an earlier run of the feed has told already; '' if none."""
    count = sum(result.get("known", {}).values())
    if not count:
        return ""
    return f"{count:,} of these problems {'was' if count == 1 else 'were'} in an earlier run's report too (known)."


def proposed(proposal: Proposal, terminal: Terminal) -> list[str]:
    """What somebody is asked about: the plan, or what is left of a run."""
    result = proposal.summary
    if not proposal.goes_on:
        files = [Path(file["path"]).name for file in result["files"]]
        return summary(result, terminal, f"Plan for {files[0] if len(files) == 1 else f'{len(files)} files'}:")
    sent = result["sent"]
    done = f"{sent['created']:,} added, {sent['updated']:,} updated so far."
    return [
        *_folded(f"The run {result['run']} of these files isn't finished: {done}", terminal),
        *(_folded(f"Report: {result['report']}", terminal) if result["report"] else ()),
    ]


def run(result: Result, terminal: Terminal) -> list[str]:
    """One run of the ledger, or one dry run."""
    from rotor_import.report import headline  # noqa: PLC0415 - --help has no need of it

    times = [f"began {_time(result['started'])}"] if result.get("started") else []
    times += [f"ended {_time(result['finished'])}"] if result.get("finished") else []
    feed = [f"feed {result['feed']}"] if result.get("feed") else []
    lines = _folded(f"{result['run']}: {'; '.join([*feed, *times])}".removesuffix(": "), terminal, "dim")
    if result.get("error"):
        lines += [*_folded(headline(result), terminal, "head"), *_told(result["error"]["message"], terminal, "bad")]
    else:
        lines += summary(result, terminal)
    if result["report"] and not result["report_there"]:
        lines += _folded("The report's folder no longer exists. These figures are from the ledger.", terminal)
    return lines


def verified(result: Result, terminal: Terminal) -> list[str]:
    """What differs from what a run left in Rotor; long lists are cut."""
    fields, differences = result["fields"], result["differences"]
    head = "Rotor differs from what the run left." if differences else "Rotor holds what the run left."
    rows: list[tuple[str, str | int, str, Style]] = [
        ("Customers", result["customers"], "created or updated by the run", ""),
        ("Fields as left", fields["equal"], "", ""),
        ("Fields different", fields["different"], "", "look" if fields["different"] else ""),
        ("Fields unknown", fields["unreadable"], "Rotor's API doesn't show them" if fields["unreadable"] else "", ""),
    ]
    lines = [terminal.styled(head, "look" if differences else "good"), *figures(rows, terminal)]
    if differences:
        columns = [Column("customer", least=12), Column("field"), Column("left", least=8), Column("now", least=8)]
        shown = [(one["id"], one["field"], one["left"], one["now"]) for one in differences[:_DIFFERENCES]]
        lines += ["", *table(columns, shown, terminal)]
    if len(differences) > _DIFFERENCES:
        lines.append(f"{len(differences) - _DIFFERENCES:,} more are in verify.csv.")
    for note in result["notes"]:
        lines += ["", *_told(note, terminal, "look")]
    return [*lines, "", *_folded(f"Report: {result['report']}", terminal)] if result["report"] else lines


def runs(result: Result, terminal: Terminal) -> list[str]:
    """The history, newest last, where the next command is typed: two lines for each run."""
    listed = result["runs"]
    if not listed:
        return ["No runs yet: this ledger has none of this API key."]
    names = _short([run["run"] for run in listed])
    indent = max(map(len, names)) + 2
    lines = [line for name, run in zip(names, listed, strict=True) for line in _past_run(name, run, indent, terminal)]
    if result["older"]:
        lines += ["", f"{result['older']:,} older not shown (--limit 0 shows all)."]
    return [*lines, "", "To see one of them: rotor-import show RUN"]


def _past_run(name: str, run: Result, indent: int, terminal: Terminal) -> Iterator[str]:
    when, room = _time(run["started"]), terminal.width - indent
    state = terminal.styled(run["state"], _STATES.get(run["state"], ""))
    feed = fitted(plain(run["feed"]), max(8, room - len(f"{when}  {run['mode']}  {run['state']}") - 2))
    yield f"{name:<{indent}}{when}  {feed}  {run['mode']}  {state}"
    counts = f"{run['created']:,} created, {run['updated']:,} updated"
    counts += "".join(f", {run[what]:,} {what}" for what in ("failed", "unknown", "pending") if run[what])
    requests = f"{run['requests']:,} request{'' if run['requests'] == 1 else 's'}"
    for line in folded(f"{run['rows']:,} rows: {counts}; {requests}", room):
        yield " " * indent + line


def status(result: Result, terminal: Terminal) -> list[str]:
    quota, forecast = result["requests"], result["forecast"]
    rows: list[tuple[str, str | int, str, Style]] = [
        ("Requests used", quota["used"], "in the last 24 hours", ""),
        ("Requests left", quota["remaining"], f"of {quota['limit']}", "" if quota["remaining"] else "look"),
    ]
    if quota["waiting"]:
        rows.append(("Next request", "", f"after {_time(quota['free_at'])}", "look"))
    going = f"{_done(forecast, waits=quota['waiting'])}; to go on: {_GO_ON}" if result["pending"] else ""
    rows.append(("Customers to send", result["pending"], going, "look" if going else ""))
    if result["unknown"]:
        rows.append(("Outcome unknown", result["unknown"], "Rotor's answer was lost; the next run checks them", "bad"))
    held = sum(feed_run["held"] for feed_run in result["feed_runs"].values())
    rows.append(
        ("Rows on hold", held, "decide in review.csv of the feed's report" if held else "", "look" if held else "")
    )
    lines = figures(rows, terminal)
    for note in result["notes"]:
        lines += ["", *_told(note, terminal, "look")]
    if not result["feed_runs"]:
        lines += _drops(result, terminal)
        return [*lines, "", "Nothing has been imported yet with this API key and ledger."]
    lines += ["", *_feeds(result["feed_runs"], terminal)]
    for feed, feed_run in result["feed_runs"].items():
        if feed_run["error"]:
            lines += ["", *_told(f"{feed}: {feed_run['error']}", terminal, "bad")]
    lines += _drops(result, terminal)
    report = result["last_run"]["report"]
    return [*lines, "", *_folded(f"Last report: {report}", terminal)] if report else lines


def check(result: Result, terminal: Terminal) -> list[str]:
    quota = result["requests"]
    lines = [
        f"{terminal.styled('The API key works.', 'good')} Company: {plain(result['company'])}",
        *_folded(f"Scopes: {', '.join(result['scopes']) or 'not named'}", terminal),
        f"Requests left: {quota['remaining']} of {quota['limit']}",
    ]
    for words in result["warnings"]:
        lines += _folded(words, terminal, "look")
    return lines


def directory(result: Result, terminal: Terminal) -> list[str]:
    requests = result["requests"]
    return [
        terminal.styled("Rotor's customer list is in the ledger.", "good"),
        *figures(
            [
                ("Customers", result["customers"], f"read {_time(result['pulled'])}", ""),
                ("Requests used", requests["used"], f"{requests['remaining']} of {requests['limit']} left today", ""),
            ],
            terminal,
        ),
        *_folded("Imports use it with --directory-max-age SECONDS or --directory ledger.", terminal),
    ]


def _section(part: Section, terminal: Terminal, label: int) -> list[str]:
    rows: list[tuple[str, str | int, str, Style]] = [
        (line.label, line.figure, line.remark, line.tone) for line in part.lines
    ]
    return [terminal.styled(part.title, "head"), *figures(rows, terminal, label=label)]


def _feeds(feeds: Mapping[str, Result], terminal: Terminal) -> list[str]:
    columns = [
        Column("feed", least=6),
        Column("state"),
        Column("pending", right=True),
        Column("on hold", right=True),
        Column("last run"),
        Column("files", least=8),
    ]
    rows = [
        (
            feed,
            Cell(feed_run["state"], _STATES.get(feed_run["state"], "")),
            Cell(str(feed_run["pending"]), "look" if feed_run["pending"] else ""),
            Cell(str(feed_run["held"]), "look" if feed_run["held"] else ""),
            _time(feed_run["finished"] or feed_run["started"]),
            ", ".join(feed_run["files"]),
        )
        for feed, feed_run in feeds.items()
    ]
    return table(columns, rows, terminal)


def _drops(result: Result, terminal: Terminal) -> list[str]:
    """When each feed's sync last ran, and which files are late."""
    lines: list[str] = []
    for feed, drop in result["drops"].items():
        taken = f"imported {drop['file']} on {_time(drop['taken'])}" if drop["file"] else "no file so far"
        looked = f"{feed}: sync last ran on {_time(drop['looked'])} ({drop['state']}); {taken}"
        lines += ["", *_folded(looked, terminal)]
        if drop["error"] and drop["error"] != result["feed_runs"].get(feed, {}).get("error"):
            lines += _told(drop["error"], terminal, "bad")
        if drop["late"]:
            lines += _folded(drop["late"], terminal, "look")
    return lines


def _short(names: Sequence[str]) -> list[str]:
    """Run names without their random part, if they are still different."""
    short = [name.rpartition("-")[0] or name for name in names]
    return [name if short.count(cut) > 1 else cut for name, cut in zip(names, short, strict=True)]


def _time(stamp: str) -> str:
    """A time in UTC, as JSON has it, as people read it."""
    return in_words(datetime.fromisoformat(stamp).timestamp())


def _done(forecast: Result, *, waits: bool) -> str:
    """When the forecast's requests will be through; `waits` says that none can be sent now."""
    if forecast["days"] <= 1 and not waits:
        return "can be done today"
    days = f"{forecast['days']:,} day{'' if forecast['days'] == 1 else 's'}"
    return f"done by {_time(forecast['finish_at'])} ({days})"


def _told(message: str, terminal: Terminal, style: Style) -> list[str]:
    """A message of several lines, each folded to the terminal's width."""
    return [line for part in message.splitlines() for line in _folded(part, terminal, style)]


def _folded(text: str, terminal: Terminal, style: Style = "") -> list[str]:
    return [terminal.styled(line, style) for line in folded(plain(text), terminal.width)]
