"""What needs a person, most harmful first: the list right after the page's figures.

Its rows on hold and its rejected rows add up to the summary's own counts, so that the headline and the list agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from rotor_import.model.question import KINDS
from rotor_import.model.summary import Summary
from rotor_import.report.line import many
from rotor_import.report.page.merges import suspicious_customers
from rotor_import.report.page.your_columns import YourColumns
from rotor_import.report.report_table import Frames
from rotor_import.report.review import count_listed, listed_rows
from rotor_import.report.tables import REVIEW, ROWS

_NAMED = 4
"""The most shared keys, and the most reasons for rejects, that have a line of their own."""
_SEVERAL = 3
"""A key that so many rows share has a line of its own."""
_ALL = 1 << 30
_FIELDS = re.compile(r"^[a-z_0-9]+(?:; [a-z_0-9]+)*: ")
"""The fields that a reason begins with."""

Tone = Literal["wait", "stop", "look"]


@dataclass(frozen=True)
class Issue:
    """A line of the list; `tag` is its count in words, `href` leads to where it is shown."""

    tone: Tone
    what: str
    why: str
    tag: str
    href: str


def issues(summary: Summary, frames: Frames, columns: YourColumns) -> list[Issue]:
    return [
        *_unknown(summary),
        *_on_hold(summary, frames),
        *_rejected(summary, frames),
        *_fields(summary),
        *_to_check(summary, frames),
        *_missing(summary),
        *_of_columns(summary, columns),
    ]


def _unknown(summary: Summary) -> Iterator[Issue]:
    count = summary["sent"]["unknown"]
    if count:
        what = f"{many(count, 'customer')} may or may not be in Rotor"
        yield Issue("stop", what, "Rotor gave no clear answer. The next run checks before it sends anything again.",
                    f"{count:,} unknown", "#outcome")  # fmt: skip


def _on_hold(summary: Summary, frames: Frames) -> Iterator[Issue]:
    """A line for each key that many rows share, then one for each kind of question, then what waits for no answer."""
    left = summary["rows"]["held"]
    by_question = _held_by_question(frames) if left else {}
    review = frames[REVIEW]
    lines = review.select("question", "kind", "reason").rows() if by_question else []
    sizes = Counter({name: by_question[name] for name, kind, _ in lines if kind == "stranger" and name in by_question})
    own = [name for name, count in sizes.most_common(_NAMED) if count >= _SEVERAL]
    reasons = {name: reason for name, _, reason in lines}
    for name in own:
        left -= sizes[name]
        yield _hold(_capital(reasons[name]), "Different people, or a placeholder: one answer is enough.", sizes[name],
                    f"#q-{name}")  # fmt: skip
    for kind, (what, why) in _HELD.items():
        count = sum(by_question.get(name, 0) for name, of, _ in lines if of == kind and name not in own)
        if count:
            left -= count
            yield _hold(what.format(rows=many(count, "row")), why, count, f"#kind-{kind}")
    if left > 0:
        yield _hold(f"{many(left, 'other row')} can't be sent yet", "The reason is beside each row.", left, "#rows")


_HELD = {
    "stranger": ("{rows} share a phone, an email or an ID with somebody else",
                 "Their names and addresses are different."),
    "conflict": ("{rows} could be either of two customers", "Their phone matches one, their email or ID another."),
    "gone": ("{rows} of customers who are gone from Rotor", "Somebody deleted or merged these customers."),
}  # fmt: skip


def _hold(what: str, why: str, count: int, href: str) -> Issue:
    return Issue("wait", what, why, f"{count:,} on hold", href)


def _held_by_question(frames: Frames) -> dict[str, int]:
    """How many rows on hold each question has; a row counts for the first question that lists it."""
    held = set(frames[ROWS].filter(pl.col("disposition") == "held").select("file", "row").iter_rows())
    found: Counter[str] = Counter()
    of_kinds = frames[REVIEW].partition_by("kind", as_dict=True)
    for kind in KINDS:
        own = of_kinds.get((kind,)) if kind in _HELD else None
        lines = own.select("question", pl.col("file", "rows").fill_null("")).rows() if own is not None else ()
        for name, file, rows in lines:
            refs = set(listed_rows(file, rows, _ALL))
            unlisted = count_listed(rows) - len(refs)  # a very long list ends with how many more there are
            found[name] += len(refs & held) + unlisted
            held -= refs
    return dict(+found)


def _rejected(summary: Summary, frames: Frames) -> Iterator[Issue]:
    left = summary["rows"]["rejected"]
    if not left:
        return
    rejected = frames[ROWS].filter(pl.col("disposition") == "rejected").get_column("reason").fill_null("")
    for reason, count in Counter(_FIELDS.sub("", reason) for reason in rejected).most_common(_NAMED):
        counted = min(count, left)
        left -= counted
        if counted:
            yield _reject(f"{many(counted, 'row')} rejected", _capital(reason), counted)
    if left:
        yield _reject(f"{many(left, 'other row')} rejected", "The reason is beside each row.", left)


def _reject(what: str, why: str, count: int) -> Issue:
    return Issue("stop", what, why if why.endswith(".") or not why else f"{why}.", f"{count:,} rejected", "#rejected")


def _fields(summary: Summary) -> Iterator[Issue]:
    count = summary.get("held_fields", 0)
    if count:
        yield _hold(f"{many(count, 'field')} differ{'s' if count == 1 else ''} between the file and Rotor",
                    "The other fields of these customers are sent.", count, "#kind-field")  # fmt: skip


def _to_check(summary: Summary, frames: Frames) -> Iterator[Issue]:
    strange = suspicious_customers(frames).len()
    if strange:
        yield _look(f"{many(strange, 'merge')} may join different people",
                    "A phone or an email is the same, but neither the last names nor the other key.", strange,
                    "#suspicious")  # fmt: skip
    review = summary.get("review", {})
    if review.get("household"):
        count = review["household"]
        yield _look(f"{many(count, 'household')} {'was' if count == 1 else 'were'} merged",
                    "The same phone or email, but different first names.", count, "#kind-household")  # fmt: skip
    if review.get("duplicate"):
        count = review["duplicate"]
        yield _look(f"{many(count, 'pair')} {'is' if count == 1 else 'are'} probably the same person",
                    "No shared phone or email, but similar names and addresses.", count, "#kind-duplicate")  # fmt: skip


def _look(what: str, why: str, count: int, href: str) -> Issue:
    return Issue("look", what, why, f"{count:,} to check", href)


def _missing(summary: Summary) -> Iterator[Issue]:
    count = summary.get("missing", {}).get("new", 0)
    if count:
        verb = "is" if count == 1 else "are"
        yield _look(f"{many(count, 'customer')} {verb} no longer in the file", "See reconcile.csv.", count, "#outcome")


def _of_columns(summary: Summary, columns: YourColumns) -> Iterator[Issue]:
    """Values that are invalid, by column, and columns that no field takes."""
    for column in columns.damaged[:_NAMED]:
        why = column["reasons"][0] if column["reasons"] else ""
        example = f", such as “{column['example']}”" if column["example"] else ""
        verb = "is" if column["invalid"] == 1 else "are"
        yield _look(f"{many(column['invalid'], 'value')} in {column['column']} {verb} invalid",
                    f"{_capital(why)}{example}.", column["invalid"], "#columns")  # fmt: skip
    unused = summary.get("not_imported", [])
    if unused:
        named = ", ".join(one["column"] for one in unused[:_NAMED])
        more = f" and {len(unused) - _NAMED:,} more" if len(unused) > _NAMED else ""
        verb = "isn't" if len(unused) == 1 else "aren't"
        yield Issue("look", f"{many(len(unused), 'column')} {verb} imported", f"{named}{more}",
                    "not imported", "#columns")  # fmt: skip


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
