"""A night of `sync` in one line, for a log or a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rotor_import.report.line import many
from rotor_import.report.text import done_by


def sync_line(summary: Mapping[str, Any]) -> str:
    """A sync in one line for a log or a chat: files, what was sent, what is left, and what needs a person."""
    drop, runs = summary["drop"], [*summary["earlier"], summary]  # all runs of the night together
    rows, sent = _summed(runs, "rows"), _summed(runs, "sent")
    files = ", ".join(drop["taken"]) or ("no file taken" if drop["waiting"] else "no new file")
    parts = [f"{summary['state']}: {files}"]
    if summary["files"]:
        parts.append(f"{rows['read']} rows")
    parts.append(f"{sent['created']} created, {sent['updated']} updated, {sent['pending']} pending")
    needed = {"rejected": rows["rejected"], "held": rows["held"], "failed": sent["failed"], "unknown": sent["unknown"]}
    needed |= {"missing": summary.get("missing", {}).get("new", 0)}
    parts += [f"{count} {name}" for name, count in needed.items() if count]
    parts += [f"{many(len(drop[name]), 'file')} {name}" for name in ("refused", "waiting") if drop[name]]
    if sent["pending"]:
        parts.append(f"done by {done_by(summary)}")
    return "; ".join(parts)


def _summed(runs: Sequence[Mapping[str, Any]], part: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for run in runs:
        total.update(run[part])
    return total
