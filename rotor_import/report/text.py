"""A summary in words for people: what happens, what is wrong, what to look at first, when it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rotor_import.model.clock import in_words
from rotor_import.report.line import Line, Section, Tone, many
from rotor_import.report.undo_text import undone_clauses, undone_lines

_COLUMNS = 8
"""The most columns that are named."""
_LONGEST = 60
"""The most characters of a column's name."""
_REASONS = 5
"""The most reasons for rejects that are named."""


def headline(summary: Mapping[str, Any]) -> str:
    """Which command ran, on which files, and how it ended."""
    names = [Path(file["path"]).name for file in summary["files"]]
    of = f" of {names[0]}" if len(names) == 1 else f" of {len(names)} files" if names else ""
    if summary["mode"] == "plan":
        return f"Dry run{of}: nothing was sent."
    if summary["mode"] == "undo":
        of = f" of {', '.join(summary['undoes'])}"
        if summary.get("planned_only"):
            return f"Plan to undo{of.removeprefix(' of')}: nothing was sent."
    what = {"run": "Import", "sync": "Sync", "undo": "Undo"}[summary["mode"]]
    ended = {
        "complete": "complete",
        "paused": "paused",
        "stopped": "stopped",
        "superseded": "a later import took its place",
        "undone": "taken back by an undo",
    }
    return f"{what}{of}: {ended[summary['state']]}."


def sentence(summary: Mapping[str, Any]) -> str:
    """The whole in one sentence, for the terminal and the page."""
    return f"{', '.join(clauses(summary))}."


def clauses(summary: Mapping[str, Any]) -> list[str]:
    """The parts of the sentence: what happens to customers, and what needs a person."""
    if summary["mode"] == "undo":
        return list(undone_clauses(summary))
    changes, sent = summary["changes"], summary["sent"]
    if summary["mode"] == "plan":
        if only_undecided(summary):
            return [f"{many(changes['undecided'], 'customer')} to add or update", _attention(summary)]
        parts = [f"{many(changes['create'], 'customer')} to add", f"{changes['update']:,} to update"]
        if changes["undecided"]:
            parts.append(f"{changes['undecided']:,} to add or update")
    else:
        parts = [f"{many(sent['created'], 'customer')} added", f"{sent['updated']:,} updated"]
        if sent["pending"]:
            parts.append(f"{sent['pending']:,} still to send")
    return [*parts, _attention(summary)]


def only_undecided(summary: Mapping[str, Any]) -> bool:
    """Whether Rotor decides about every customer of the plan, since its list wasn't read."""
    changes = summary["changes"]
    return bool(changes["undecided"]) and not changes["create"] and not changes["update"]


def _attention(summary: Mapping[str, Any]) -> str:
    """Rows, fields and customers that wait for a person; each row counts once."""
    counts = attention(summary)
    named = [many(count, noun) for noun, count in counts.items() if count]
    if not named and summary["state"] == "stopped":
        return "stopped before the end"
    if not named and summary["files"] and not summary["rows"]["read"]:
        return "no rows in the file" if len(summary["files"]) == 1 else "no rows in the files"
    if not named:
        return "nothing needs your attention"
    return f"{' and '.join(named)} {'needs' if sum(counts.values()) == 1 else 'need'} your attention"


def attention(summary: Mapping[str, Any]) -> dict[str, int]:
    """How many rows, fields and customers need a person."""
    rows = summary["rows"]
    return {
        "row": rows["rejected"] + rows["held"],
        "field": summary.get("held_fields", 0),
        "customer": summary["sent"]["unknown"],
    }


def done_by(summary: Mapping[str, Any]) -> str:
    """When the last request will have gone, in the reader's time zone."""
    forecast = summary["forecast"]
    if "finish_at" not in forecast:  # a run that an earlier version has saved
        return str(forecast["finish"])
    return in_words(datetime.fromisoformat(forecast["finish_at"]).timestamp())


def goes_on(summary: Mapping[str, Any]) -> str:
    """When a paused run can go on and by which command; '' if it isn't paused."""
    if summary["state"] != "paused":
        return ""
    later = waits_until(summary)
    if any(one.get("outcome", "pending") != "pending" for one in summary.get("sample", ())):
        return "Run the same command without --sample, or rotor-import resume."
    return f"Run the same command{f' after {later}' if later else ''}, or rotor-import resume."


def waits_until(summary: Mapping[str, Any]) -> str:
    """When the next request can go, in words; '' if it can go now. After a 429 some of the quota may be left."""
    requests = summary["requests"]
    if "free_at" not in requests or not requests.get("waiting", not requests["remaining"]):
        return ""
    return in_words(datetime.fromisoformat(requests["free_at"]).timestamp())


def sections(summary: Mapping[str, Any]) -> list[Section]:
    """The sections that have something to say."""
    if summary["mode"] == "undo":
        found = [Section("Customers", tuple(undone_lines(summary, goes_on(summary))))]
        found.append(Section(_when(summary), tuple(_requests(summary))))
        return found
    found = [Section("Rows", tuple(_rows(summary))), Section(*_changes(summary))] if summary["files"] else []
    found += [
        Section("Columns", tuple(_columns(summary))),
        Section("What is wrong", tuple(_wrong(summary))),
        Section("Review these first", tuple(_look(summary))),
        Section(_when(summary), tuple(_requests(summary))),
    ]
    return [section for section in found if section.lines]


def _when(summary: Mapping[str, Any]) -> str:
    return "When it will be done" if summary["forecast"]["requests"] else "Requests"


def days(forecast: Mapping[str, Any]) -> str:
    return many(forecast["days"], "day")


def _rows(summary: Mapping[str, Any]) -> Iterator[Line]:
    rows = summary["rows"]
    yield Line("Rows read", rows["read"])
    if rows["left_out"]:
        skipped = summary.get("skipped", 0)
        yield Line("  left out", rows["left_out"], _why_left_out(rows["left_out"], skipped))
    yield Line("  rejected", rows["rejected"], tone="bad" if rows["rejected"] else "")
    yield Line("  merged", rows["merged"], "with another row's customer" if rows["merged"] else "")
    yield Line("  on hold", rows["held"], tone="look" if rows["held"] else "")
    yield Line("  kept", rows["kept"], "one for each customer" if rows["kept"] else "")


def _why_left_out(count: int, skipped: int) -> str:
    by_you, others = f"{skipped} by your decision", "by the mapping's where"
    if not skipped:
        return others
    return by_you if skipped == count else f"{by_you}, {count - skipped} {others}"


def _columns(summary: Mapping[str, Any]) -> Iterator[Line]:
    """The columns that no field takes, each with how many of its cells are filled."""
    columns, several = summary.get("not_imported", []), len(summary["files"]) > 1
    names = []
    for one in columns[:_COLUMNS]:
        where = f" of {Path(one['file']).name}" if several else ""
        names.append(f"{one['column'][:_LONGEST]}{where} ({one['filled']:,})")
    if len(columns) > _COLUMNS:
        names.append(f"{len(columns) - _COLUMNS:,} more in quality.csv")
    if columns:
        yield Line("Not imported", len(columns), ", ".join(names), "look")


def _changes(summary: Mapping[str, Any]) -> tuple[str, tuple[Line, ...]]:
    changes, planned = summary["changes"], summary["mode"] == "plan"
    lines = [
        Line("New customers", changes["create"], tone="good" if planned and changes["create"] else ""),
        Line("Customers to update", changes["update"], tone="good" if planned and changes["update"] else ""),
        Line("Customers unchanged", changes["unchanged"]),
    ]
    if changes["undecided"]:
        remark = "Rotor adds or updates them: its list wasn't read"
        lines.append(Line("New or in Rotor already", changes["undecided"], remark, "look"))
    missing = summary.get("missing", {})
    if missing.get("inactive"):
        lines.append(Line("Missing, set inactive", missing["inactive"]))
    return ("What would happen", tuple(lines)) if planned else ("What happened", (*lines, *_sent(summary)))


def _sent(summary: Mapping[str, Any]) -> Iterator[Line]:
    sent = summary["sent"]
    yield Line("Added", sent["created"], tone="good" if sent["created"] else "")
    yield Line("Updated", sent["updated"], tone="good" if sent["updated"] else "")
    if sent["pending"]:
        yield Line("Still to send", sent["pending"], goes_on(summary) or "go on with: rotor-import resume", "look")


def _wrong(summary: Mapping[str, Any]) -> Iterator[Line]:
    """The most common reasons with their counts."""
    reasons = list(summary.get("reject_reasons", {}).items())
    for reason, count in reasons[:_REASONS]:
        yield Line("Rejected", count, reason, "bad")
    more = sum(count for _, count in reasons[_REASONS:])
    if more:
        yield Line("Rejected", more, "for other reasons", "bad")
    if summary["sent"]["failed"]:
        yield Line("Refused", summary["sent"]["failed"], "by Rotor or on the way there: see rejects.csv", "bad")
    if summary["sent"]["unknown"]:
        yield Line("Outcome unknown", summary["sent"]["unknown"], "no clear answer; the next run checks", "bad")
    kept = summary.get("kept_otherwise", 0)
    if kept:
        yield Line("Values Rotor changed", kept, "shortened or stored differently: see warnings.csv", "look")
    if summary.get("warnings", 0) > kept:
        yield Line("Values dropped or fixed", summary["warnings"] - kept, "see warnings.csv", "look")


def _look(summary: Mapping[str, Any]) -> Iterator[Line]:
    rows = summary["rows"]
    if summary.get("suspicious"):
        yield Line("Suspicious merges", summary["suspicious"], "at the top of merges.csv", "look")
    yield from _asked(summary.get("review", {}))
    if rows["rejected"]:
        yield Line("Rows rejected", rows["rejected"], "fix these rows, then import rejects.csv", "bad")
    if summary.get("missing", {}).get("new"):
        yield Line("Customers missing", summary["missing"]["new"], "no longer in the file: see reconcile.csv", "look")


def _asked(review: Mapping[str, int]) -> Iterator[Line]:
    """How many questions of each kind review.csv asks."""
    words: Mapping[str, tuple[str, str, Tone]] = {
        "conflict": ("Conflicts", "could be either of two customers: choose in review.csv", "look"),
        "stranger": ("Shared keys", "different people share a phone, email or ID: choose in review.csv", "look"),
        "household": ("Households", "merged; see review.csv if they should be separate customers", ""),
        "gone": ("Customers gone", "deleted or merged in Rotor: choose in review.csv", "look"),
        "duplicate": ("Possible duplicates", "probably the same person; see review.csv", ""),
        "field": ("Fields on hold", "the file and Rotor disagree: choose in review.csv", "look"),
    }
    for kind, (label, remark, tone) in words.items():
        if review.get(kind):
            yield Line(label, review[kind], remark, tone)
    if any(review.values()):
        yield Line("Questions in all", sum(review.values()), "then add --decisions review.csv to the same command")


def _requests(summary: Mapping[str, Any]) -> Iterator[Line]:
    requests, forecast = summary["requests"], summary["forecast"]
    yield Line("Requests used", requests["used"], f"{requests['remaining']} of {requests['limit']} left today")
    if forecast["requests"]:
        yield Line("Requests needed", forecast["requests"], f"{days(forecast)}, done by {done_by(summary)}")
