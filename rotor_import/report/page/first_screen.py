"""The page's first screen: what the import is, its figures, what becomes of each row, and the quota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from rotor_import.model.summary import Summary
from rotor_import.report.page.bar import Segment, segments
from rotor_import.report.page.calendar import Calendar, day_in_words, local_day, short_day
from rotor_import.report.text import attention, clauses, done_by, goes_on, only_undecided, waits_until

_KINDS = {"plan": "Import plan", "run": "Import report", "sync": "Sync report"}
_FATES = {
    "create": ("New customers", "add"),
    "update": ("Updated", "update"),
    "unchanged": ("Unchanged", "rest"),
    "undecided": ("Added or updated", "update"),
    "merged": ("Merged", "rest"),
    "left_out": ("Left out", "out"),
    "held": ("On hold", "wait"),
    "rejected": ("Rejected", "stop"),
}
"""What can become of a row: its label, and the color of its part of the bar."""

Tone = Literal["", "wait", "stop", "done"]


@dataclass(frozen=True)
class Figure:
    """One of the four figures; `value` is a number, or words such as a date."""

    name: str
    icon: str
    value: int | str
    note: str
    href: str
    kind: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Notice:
    """How a run ended, if it didn't just complete: what happened, and what to do."""

    tone: Tone
    what: str
    do: str


@dataclass(frozen=True)
class FirstScreen:
    """The first screen. `rows` are what becomes of the rows, `notes` how the files were read and what else to know."""

    kicker: str
    state: str
    company: str
    clauses: list[str]
    files: list[str]
    more_files: int
    mapping: str
    figures: list[Figure]
    rows: list[Segment]
    quota: str
    notice: Notice | None
    rest: str
    """What becomes of all that needs nobody's attention."""
    notes: list[str]


def first_screen(summary: Summary, names: Mapping[str, str], calendar: Calendar | None) -> FirstScreen:
    """`names` are the files' names as the page shows them."""
    parts = clauses(summary)
    files = [names[file["path"]] for file in summary["files"]]
    counts = row_counts(summary)
    return FirstScreen(
        kicker=_KINDS[summary["mode"]],
        state=_state(summary),
        company=company_name(summary),
        clauses=[f"{part}," for part in parts[:-1]] + parts[-1:],
        files=files[:3],
        more_files=len(files[3:]),
        mapping=Path(summary.get("mapping", "")).name,
        figures=list(_figures(summary, calendar)),
        rows=segments([(*_FATES[kind], counts[kind]) for kind in _FATES]),
        quota=_quota(summary),
        notice=(notice := _notice(summary)),
        rest=_rest(summary),
        notes=[note for note in summary["notes"] if notice is None or note != notice.do],
    )


def row_counts(summary: Summary) -> dict[str, int]:
    """How many rows have each disposition."""
    rows, changes = summary["rows"], summary["changes"]
    return {
        "create": changes["create"],
        "update": changes["update"],
        "unchanged": changes["unchanged"],
        "undecided": changes["undecided"],
        "merged": rows["merged"],
        "held": rows["held"],
        "rejected": rows["rejected"],
        "left_out": rows["left_out"],
    }


def file_names(summary: Summary) -> dict[str, str]:
    """What the page calls each file: its name, or its path where two files have the same name."""
    paths: Sequence[str] = [file["path"] for file in summary["files"]]
    names = [Path(path).name for path in paths]
    return {path: name if names.count(name) == 1 and name else path for path, name in zip(paths, names, strict=True)}


def company_name(summary: Summary) -> str:
    if summary.get("sandbox"):
        return "Sandbox on this computer"
    return f"Company {summary['company']}" if summary.get("company") else "rotor-import"


def _state(summary: Summary) -> str:
    if summary["mode"] == "plan":
        return "Dry run: nothing was sent"
    return summary["state"].capitalize()


def _figures(summary: Summary, calendar: Calendar | None) -> Iterator[Figure]:
    changes, sent, rows = summary["changes"], summary["sent"], summary["rows"]
    if summary["mode"] == "plan" and only_undecided(summary):
        yield Figure("To add or update", "add", changes["undecided"], "Rotor decides", "#rows", "undecided")
        yield Figure("To update", "update", 0, _why_no_updates(summary), "#rows", "update")
    elif summary["mode"] == "plan":
        yield Figure("To add", "add", changes["create"], "new customers", "#rows", "create")
        note = "customers in Rotor" if changes["update"] else _why_no_updates(summary)
        yield Figure("To update", "update", changes["update"], note, "#rows", "update")
    else:
        yield Figure("Added", "add", sent["created"], _of(summary, "create"), "#rows", "create")
        yield Figure("Updated", "update", sent["updated"], _of(summary, "update"), "#rows", "update")
    needed = sum(attention(summary).values())
    notes = [f"{rows['held']:,} on hold"] if rows["held"] else []
    notes += [f"{rows['rejected']:,} rejected"] if rows["rejected"] else []
    fields, unknown = summary.get("held_fields", 0), sent["unknown"]
    notes += [f"{fields:,} {'field' if fields == 1 else 'fields'}"] if fields else []
    notes += [f"{unknown:,} unknown"] if unknown else []
    yield Figure(
        "Need attention",
        "hold",
        needed,
        ", ".join(notes) or "nothing on hold or rejected",
        "#first",
        tone="wait" if needed else "",
    )
    yield _done(summary, calendar)


def _why_no_updates(summary: Summary) -> str:
    if not summary["directory"]["complete"]:
        return "Rotor's list wasn't read"
    return f"{summary['changes']['unchanged']:,} unchanged" if summary["changes"]["unchanged"] else "nobody matches"


def _of(summary: Summary, kind: Literal["create", "update"]) -> str:
    """Of how many customers; without Rotor's list, nobody knows who of them is new."""
    changes = summary["changes"]
    count = changes[kind] + changes["undecided"]
    if kind == "update":  # whoever is missing from a full file is set inactive, but is no row's customer
        count += summary.get("missing", {}).get("inactive", 0)
    what = "to add or update" if changes["undecided"] else {"create": "new customers", "update": "to update"}[kind]
    return f"of {count:,} {what}"


def _done(summary: Summary, calendar: Calendar | None) -> Figure:
    forecast = summary["forecast"]
    if not forecast["requests"]:
        value, more = ("Nothing to send", "") if summary["mode"] == "plan" else ("Done", "more ")
        return Figure("Done by", "clock", value, f"no {more}requests are needed", "#quota")
    if summary["state"] == "stopped":
        return Figure("Done by", "clock", "Stopped", "see what stopped it, above", "#notice", tone="wait")
    if calendar is None:
        if _is_today(summary):
            return Figure("Done by", "clock", "Today", "all requests fit today", "#quota")
        return Figure("Done by", "clock", _finish(summary), done_by(summary), "#quota")
    days = f"{forecast['days']:,} days of sending"
    return Figure("Done by", "clock", short_day(calendar.last), f"{calendar.last:%A}, {days}", "#days")


def _is_today(summary: Summary) -> bool:
    planned = summary.get("planned")
    return planned is not None and local_day(planned) == _last_day(summary)


def _finish(summary: Summary) -> str:
    return short_day(_last_day(summary))


def _last_day(summary: Summary) -> datetime:
    forecast = summary["forecast"]
    return local_day(forecast.get("finish_at", forecast["finish"]))


def _quota(summary: Summary) -> str:
    """One line about requests: how many, how many fit today, and when the last ones go."""
    requests, forecast = summary["requests"], summary["forecast"]
    needed, left, later = forecast["requests"], requests["remaining"], waits_until(summary)
    limit = f"Rotor takes {requests['limit']:,} a day"
    if not needed:
        more = "" if summary["mode"] == "plan" else "more "
        return f"No {more}requests to send. {limit}; {left:,} are left today."
    many = "1 request" if needed == 1 else f"{needed:,} requests"
    if summary["state"] == "stopped":
        return f"{many} {'was' if needed == 1 else 'were'} not sent. {limit}; {left:,} are left today."
    reading = summary["mode"] == "plan" and summary["directory"]["source"] == "api"
    many += " to send" + (", including those that read Rotor's customer list" if reading else "")
    if needed <= left and not later:
        return f"{many}. {limit}, and {left:,} are left today, so all can go today."
    first = f"The next can go after {later}" if later else f"{left:,} can go today"
    return f"{many}. {limit}. {first}; the last goes on {day_in_words(_last_day(summary))}."


def _rest(summary: Summary) -> str:
    sent, needed = summary["sent"], summary["forecast"]["requests"]
    match summary["state"]:
        case "stopped":
            return ""
        case "complete" if summary["mode"] != "plan":
            sends = sent["created"] + sent["updated"] > 0
            return "Everything else was sent without them." if sends else "There was nothing else to send."
    return "Everything else is sent without them." if needed else "There is nothing else to send."


def _notice(summary: Summary) -> Notice | None:
    match summary["state"]:
        case "paused":
            left = summary["sent"]["pending"]
            many = "1 customer is" if left == 1 else f"{left:,} customers are"
            return Notice("wait", f"Paused: {many} still to send.", goes_on(summary))
        case "stopped":
            why = summary["error"]["message"] if "error" in summary else "".join(summary["notes"][:1])
            return Notice("stop", "Stopped before the end.", why)
    if summary["files"] and not summary["rows"]["read"]:
        files = "The file has" if len(summary["files"]) == 1 else "The files have"
        return Notice("wait", f"{files} column headings but no rows.", "Check that the right file was exported.")
    return None
