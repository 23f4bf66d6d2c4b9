"""What people are told: what happened, where, and what to do. No customer is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from rotor_import.model import exit_code
from rotor_import.model.clock import in_words, moment
from rotor_import.monitoring.ending import Ending
from rotor_import.monitoring.job import Job
from rotor_import.monitoring.trouble import Trouble, words_of
from rotor_import.report import outgoing, sentence, sync_line

Event = Literal["alarm", "all_clear", "ended"]


@dataclass(frozen=True)
class News:
    """What is to be told of an ending: the troubles that the feed is in, those people knew of, and since when."""

    event: Event
    trouble: frozenset[Trouble]
    told: frozenset[Trouble]
    since: float
    is_remembered: bool = True
    """Whether the ledger knows of it: else the next night tells it again."""


@dataclass(frozen=True)
class Message:
    """`text` is for people, its first line is the title; `body` is what our own webhook gets."""

    event: Event
    text: str
    body: dict[str, Any]


def message_of(news: News, ending: Ending, job: Job) -> Message:
    text = "\n".join(_lines(news, ending, job))
    body = {
        "text": text,
        "code": ending.code,
        "event": news.event,
        "feed": job.feed or "",
        "profile": job.profile,
        "since": "" if news.event == "ended" else moment(news.since).isoformat(timespec="seconds"),
        **outgoing(ending.summary),
    }
    return Message(news.event, text, body)


def _lines(news: News, ending: Ending, job: Job) -> Iterator[str]:
    yield _headline(news, ending, job)
    if news.event == "all_clear":
        yield f"It had been in trouble since {in_words(news.since)}: {words_of(news.told)}."
    if ending.has_run:
        yield sync_line(ending.summary) if "drop" in ending.summary else sentence(ending.summary)
    if error := ending.summary.get("error"):
        yield error["message"]
    yield from ending.summary.get("drop_notes", ())
    if ending.code == exit_code.TROUBLED:
        yield f"Review the report in {ending.summary['report']}: rejects.csv and review.csv have the rows."
    if news.event == "alarm" and (others := news.trouble & news.told):
        yield f"It is still in trouble as before, too: {words_of(others)}."
    if news.event == "alarm" and job.command == "sync":
        if news.is_remembered:
            yield "The next message comes when this changes, or when the feed is well again."
        else:
            yield (
                "The ledger can't be used, so this message comes every night until it can be, and no all-clear follows."
            )


def _headline(news: News, ending: Ending, job: Job) -> str:
    what = f"rotor-import {job.command}, {job.where}"
    if news.event == "all_clear":
        return f"All clear: {what}: it is well again (exit code {ending.code})"
    meaning = exit_code.MEANING[ending.code]
    new = news.trouble - news.told
    if job.command == "sync" and new and not (ending.code == exit_code.TROUBLED and new == {Trouble.ROWS}):
        meaning = words_of(new)
    return f"{'Alarm: ' if news.event == 'alarm' else ''}{what}: {meaning} (exit code {ending.code})"
