"""The summary of an import: the object that `--json` prints, as types.

Its keys are a contract. At run time all of them are plain dictionaries; a type checker knows a key that is misspelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from rotor_import.model.customer import DirectorySource

Mode = Literal["plan", "run", "sync", "undo"]
RunState = Literal["complete", "paused", "stopped"]


class ReadFile(TypedDict):
    path: str
    sha256: str
    rows: int


class RowCounts(TypedDict):
    """`read` is the sum of the others."""

    read: int
    left_out: int
    rejected: int
    merged: int
    held: int
    kept: int


class ChangeCounts(TypedDict):
    """Customers; their sum is the `kept` rows."""

    create: int
    update: int
    unchanged: int
    undecided: int


class ReviewCounts(TypedDict):
    """Questions of each kind."""

    conflict: int
    stranger: int
    household: int
    gone: int
    duplicate: int
    field: int


class SentCounts(TypedDict):
    """What came of the changes: `unknown` may have been carried out, `pending` were not."""

    created: int
    updated: int
    failed: int
    unknown: int
    pending: int


class RequestCounts(TypedDict):
    """`used`, `get` and `post` are this run's; `remaining` and `limit` are the day's.

    `free_at` is when the next request can go, in UTC; it is `waiting` if that is still to come.
    """

    used: int
    get: int
    post: int
    remaining: int
    limit: int
    free_at: str
    waiting: bool


class DirectoryRead(TypedDict):
    """What was known of Rotor's customers, and from where."""

    source: DirectorySource
    complete: bool
    customers: int


class RequestForecast(TypedDict):
    """When so many requests will be through; `finish` is a date, as 2026-12-05, and `finish_at` its time in UTC.

    `reading` are the requests that each further day spends on reading Rotor's list.
    """

    requests: int
    days: int
    finish: str
    finish_at: str
    reading: int


class ColumnUse(TypedDict):
    """A column, the fields that take it, and some of the rows whose cells don't arrive."""

    file: str
    column: str
    fields: Sequence[str]
    rows: Sequence[int]


class NotImported(TypedDict):
    """A column that no field takes, and how many of its cells are filled."""

    file: str
    column: str
    filled: int


class MissingCounts(TypedDict):
    """Customers that a full file of `sync` no longer names."""

    customers: int
    new: int
    inactive: int


class KnownCounts(TypedDict):
    """The rejected and held rows and the held fields that an earlier run of the feed has told already."""

    rejected: int
    held: int
    fields: int


NOTHING_KNOWN: KnownCounts = {"rejected": 0, "held": 0, "fields": 0}


class UndoneCounts(TypedDict):
    """What an undo makes of the customers that the runs changed; each counts once."""

    restored: int
    deactivated: int
    kept: int
    """Edited in Rotor since, so left as they are."""
    impossible: int


class TriedCustomer(TypedDict):
    """A customer of a trial: what it `shows` that none before it does, and what came of it."""

    number: int
    shows: Sequence[str]
    id: NotRequired[str]
    name: NotRequired[str]
    outcome: NotRequired[str]


class Failure(TypedDict):
    """The error that ended a run early; `code` is the exit code."""

    code: NotRequired[int]
    message: str


class Summary(TypedDict):
    """What a plan or a run came to. Where nothing was pending, the keys that are not required are missing."""

    run: str
    mode: Mode
    state: RunState
    files: Sequence[ReadFile]
    rows: RowCounts
    changes: ChangeCounts
    review: ReviewCounts
    sent: SentCounts
    requests: RequestCounts
    directory: DirectoryRead
    forecast: RequestForecast
    report: str
    """The report's folder, '' where there is none."""
    notes: Sequence[str]
    planned: NotRequired[str]
    """When it was planned, in UTC."""
    company: NotRequired[str]
    sandbox: NotRequired[bool]
    mapping: NotRequired[str]
    """The mapping's path or preset."""
    reject_reasons: NotRequired[dict[str, int]]
    """The most common reasons, each with its rows."""
    known: NotRequired[KnownCounts]
    warnings: NotRequired[int]
    kept_otherwise: NotRequired[int]
    """Values of which Rotor kept something else than was sent."""
    skipped: NotRequired[int]
    """Rows that a decision leaves out."""
    refused: NotRequired[Mapping[str, str]]
    """Decisions that were not applied, the first of them: why, by their questions."""
    suspicious: NotRequired[int]
    held_fields: NotRequired[int]
    not_imported: NotRequired[Sequence[NotImported]]
    columns: NotRequired[Sequence[ColumnUse]]
    missing: NotRequired[MissingCounts]
    facts: NotRequired[Mapping[str, Any]]
    """What the next run compares its own files with."""
    plan: NotRequired[str]
    """The dry run whose saved plan was carried out."""
    sample: NotRequired[Sequence[TriedCustomer]]
    """The customers that a trial sends first."""
    undoes: NotRequired[Sequence[str]]
    """The runs that an undo takes back, the newest first."""
    undone: NotRequired[UndoneCounts]
    planned_only: NotRequired[bool]
    """Whether nothing was sent of an undo, because only its plan was asked for."""
    error: NotRequired[Failure]


class EarlierRun(TypedDict):
    """A run that a night of `sync` went on with before its last one."""

    run: str
    state: RunState
    files: Sequence[ReadFile]
    rows: RowCounts
    known: KnownCounts
    sent: SentCounts
    report: str


class NightSummary(Summary):
    """The summary of a night of `sync`: the last run's, with the folder and, in short, the `earlier` runs."""

    drop: dict[str, Sequence[str]]
    """The files, by what became of them."""
    drop_notes: Sequence[str]
    earlier: Sequence[EarlierRun]
