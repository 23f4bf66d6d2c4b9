"""The summary as a short table that a manager understands; fits 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

_REMARK = 40


def summary_text(summary: Mapping[str, Any]) -> str:
    """Lines of what happened or would happen, what needs a look, and when it will be done."""
    lines = [*_rows(summary), *_changes(summary), *_sent(summary), *_requests(summary)]
    width = max(len(label) for label, _, _ in lines)
    text = [f"  {label:<{width}}  {figure:>7}  {remark}".rstrip() for label, figure, remark in lines]
    head = {"plan": "Dry run: nothing was sent.", "run": "Import", "sync": "Sync"}[summary["mode"]]
    state = {"complete": "", "paused": " (paused)", "stopped": " (stopped)"}[summary["state"]]
    tail = [f"  Report: {summary['report']}"] if summary.get("report") else []
    return "\n".join([head + state, *text, *tail])


def sync_line(summary: Mapping[str, Any]) -> str:
    """One line for a log or a chat: what came, what was sent, what is left and who must look."""
    drop, sent, rows = summary["drop"], summary["sent"], summary["rows"]
    files = ", ".join(drop["taken"]) or "no new file"
    parts = [f"{summary['state']}: {files}"]
    if summary["files"]:
        parts.append(f"{rows['read']} rows")
    parts.append(f"{sent['created']} created, {sent['updated']} updated, {sent['pending']} pending")
    needed = {"rejected": rows["rejected"], "held": rows["held"], "failed": sent["failed"], "unknown": sent["unknown"]}
    needed |= {"missing": summary.get("missing", {}).get("new", 0), "refused files": len(drop["refused"])}
    parts += [f"{count} {name}" for name, count in needed.items() if count]
    if sent["pending"]:
        parts.append(f"done on {summary['forecast']['finish']}")
    return "; ".join(parts)


def _rows(summary: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    rows = summary["rows"]
    yield "Rows read", rows["read"], ""
    if rows["left_out"]:
        skipped = summary.get("skipped", 0)
        yield "  left out", rows["left_out"], f"{skipped} by your decision" if skipped else "by the mapping's where"
    yield "  rejected", rows["rejected"], _reasons(summary) if rows["rejected"] else ""
    yield "  merged", rows["merged"], "into another row's customer" if rows["merged"] else ""
    yield "  held", rows["held"], "need you: see held.csv" if rows["held"] else ""


def _reasons(summary: Mapping[str, Any]) -> str:
    commonest = summary.get("reject_reasons", {})
    first = next(iter(commonest.items()), None)
    if first is None:
        return "see rejects.csv"
    more = f", and {len(commonest) - 1} more reasons" if len(commonest) > 1 else ""
    reason = textwrap.shorten(first[0], _REMARK, placeholder="…")
    return f"{first[1]}: {reason}{more}"


def _changes(summary: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    changes = summary["changes"]
    would = "would " if summary["mode"] == "plan" else "to "
    yield f"Customers {would}create", changes["create"], ""
    yield f"Customers {would}update", changes["update"], ""
    yield "Customers unchanged", changes["unchanged"], ""
    if changes["undecided"]:
        yield "Customers undecided", changes["undecided"], "Rotor decides: its list was not read"
    if summary.get("suspicious"):
        yield "Suspicious merges", summary["suspicious"], "look at these first: merges.csv"
    if summary.get("held_fields"):
        yield "Fields held", summary["held_fields"], "changed on both sides: held.csv"


def _sent(summary: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    if summary["mode"] == "plan":
        return
    sent = summary["sent"]
    yield "Created", sent["created"], ""
    yield "Updated", sent["updated"], ""
    if sent["failed"]:
        yield "Refused by Rotor", sent["failed"], "see rejects.csv"
    if sent["unknown"]:
        yield "Outcome unknown", sent["unknown"], "tried again by the next run"
    if sent["pending"]:
        yield "Still to send", sent["pending"], "go on with: rotor-import resume"


def _requests(summary: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    requests, forecast = summary["requests"], summary["forecast"]
    yield "Requests used", requests["used"], f"{requests['remaining']} of {requests['limit']} left today"
    needed = forecast["requests"]
    if needed:
        days = "1 day" if forecast["days"] == 1 else f"{forecast['days']} days"
        yield "Requests needed", needed, f"{days}, done on {forecast['finish']}"
