"""Faults that strike requests: what goes wrong, at which endpoint, at which request, and how often."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from werkzeug.wrappers import Response

from rotor_import.sandbox import answers
from rotor_import.sandbox.customer_fields import FIELDS

Endpoint = Literal["upsert", "list", "get", "auth"]
ENDPOINTS: tuple[Endpoint, ...] = get_args(Endpoint)
_STATUSES = {
    "408": "Request timeout",
    "500": "Internal server error",
    "502": "Bad gateway",
    "503": "Service unavailable",
    "504": "Gateway timeout",
}
_BROKEN = ("drop", "timeout", "drip", "truncated", "html", "odd")
_REFUSALS = ("400", "401", "403", "429", "firewall")
_OF_A_BODY = ("400", "firewall")
KINDS = (*_REFUSALS, *_STATUSES, *_BROKEN)
_BLOCKED = "<!doctype html><title>Request blocked</title><h1>Request blocked</h1>"
_PAGE = "<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"

_FORM = "Write it as WHAT [before|after] [ENDPOINT] [WHEN], such as '500 after upsert 5%' or 'drop #3'."


class BadFault(ValueError):
    """The description of a fault can't be understood."""


class ConnectionDropped(ConnectionError):
    """No answer comes, and the connection breaks."""


class NoAnswer(TimeoutError):
    """No answer comes, and the connection stays open."""


class Dripping(NoAnswer):
    """An answer comes byte by byte, and never to its end. Its text is what comes at once."""


_SILENT: Mapping[str, type[ConnectionDropped | NoAnswer]] = {"drop": ConnectionDropped, "timeout": NoAnswer}
_HEADERS = "HTTP/1.1 200 OK\r\nX-Slow: "
_HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"

Served = Response | ConnectionDropped | NoAnswer
"""What a client gets, or the reason why it gets nothing."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with which requests. Raises BadFault.

    `detail` is the seconds of a 429; FIELD or FIELD=VALUE of a 400, and of a firewall if it refuses only some bodies;
    NAME=JSON of an odd answer; `body` of one whose headers do not drip. Requests are counted from 1: those of the
    endpoint, or all if it names none.
    """

    what: str
    detail: str = ""
    moment: Literal["before", "after"] = "before"
    endpoint: str = ""
    first: int = 1
    last: int | None = None
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.what not in KINDS:
            raise BadFault(f"There is no fault {self.what!r}. Choose from {', '.join(KINDS)}.")
        if self.what in _REFUSALS and self.moment == "after":
            raise BadFault(f"A request that was carried out can't be answered with {self.what}.")
        if self.endpoint not in ("", *ENDPOINTS):
            raise BadFault(f"There is no endpoint {self.endpoint!r}. Choose from {', '.join(ENDPOINTS)}.")
        if not 0 < self.share <= 1:
            raise BadFault("A share must be more than 0% and at most 100%.")
        if self.what == "400" or (self.what == "firewall" and self.detail):
            self._check_field()
        if self.what == "403" and self.endpoint == "auth":
            raise BadFault("The endpoint auth needs no scope, so it can't be answered with 403.")
        if (self.detail or self.what == "odd") and not self._has_good_detail():
            good = "429:20, 400:email, firewall:email, odd:tags=5 or drip:body"
            raise BadFault(f"There is no fault {self.what}:{self.detail}. Write, for example, {good}.")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Parse WHAT[:DETAIL] [before|after] [upsert|list|get|auth] [#N|#N-M|#N+|P%]. Raises BadFault."""
        what, *words = text.split() or [""]
        kind, _, detail = what.partition(":")
        fault = cls(kind, detail)
        for word in words:
            changed = fault._with(word)
            if changed == fault and word != "before":
                raise BadFault(f"{word!r} is redundant. {_FORM}")
            fault = changed
        return fault

    def strikes(self, number: int, body: Any, chance: random.Random) -> bool:
        """Whether it strikes a request, which is the `number`th that it counts."""
        if number < self.first or (self.last is not None and number > self.last):
            return False
        if self.what in _OF_A_BODY and self.detail and not self._refuses(body):
            return False
        return self.share >= 1 or chance.random() < self.share

    @property
    def is_late(self) -> bool:
        """Whether the request is carried out first: only then is there an answer to be odd."""
        return self.moment == "after" or self.what == "odd"

    def odd(self) -> dict[str, Any]:
        """What an odd answer says instead: JSON, or a text if it is none."""
        name, _, value = self.detail.partition("=")
        try:
            return {name: json.loads(value)}
        except ValueError:
            return {name: value}

    def _has_good_detail(self) -> bool:
        match self.what:
            case "429":
                return re.fullmatch("[0-9]{1,9}", self.detail) is not None
            case "odd":
                return re.fullmatch(r"[a-z_]+=.+", self.detail) is not None
            case "drip":
                return self.detail == "body"
        return self.what in _OF_A_BODY

    def _check_field(self) -> None:
        if not self.detail:
            raise BadFault("Which field? Write 400:email or 400:last_name=Smith.")
        if self.field not in ("id", *FIELDS):
            raise BadFault(f"There is no field {self.field!r}.")
        if self.endpoint not in ("", "upsert"):
            raise BadFault("Only an upsert has fields that can be refused.")

    @property
    def field(self) -> str:
        return self.detail.partition("=")[0]

    def _refuses(self, body: Any) -> bool:
        field, equals, value = self.detail.partition("=")
        return isinstance(body, Mapping) and field in body and (not equals or body[field] == value)

    def _with(self, word: str) -> Fault:
        if word == "before":
            return replace(self, moment="before")
        if word == "after":
            return replace(self, moment="after")
        if word in ENDPOINTS:
            return replace(self, endpoint=word)
        if match := re.fullmatch(r"(\d+(?:\.\d+)?)%", word):
            return replace(self, share=float(match[1]) / 100)
        if match := re.fullmatch(r"#([1-9]\d*)(?:(\+)|-(\d+))?", word):
            first = int(match[1])
            last = None if match[2] else int(match[3] or first)
            if last is None or last >= first:
                return replace(self, first=first, last=last)
        raise BadFault(f"{word!r} is not part of a fault. {_FORM}")


class Faults:
    """The faults of one sandbox. Not thread-safe."""

    def __init__(self, faults: Sequence[Fault], seed: int) -> None:
        self._faults = faults
        self._seen = dict.fromkeys(ENDPOINTS, 0)
        self._chance = random.Random(seed)  # noqa: S311 - it must be repeatable

    def strike(self, endpoint: Endpoint, body: Any) -> Fault | None:
        """Count one request, and return the first fault that strikes it."""
        self._seen[endpoint] += 1
        body = body if endpoint == "upsert" else None
        for fault in self._faults:
            number = self._seen[endpoint] if fault.endpoint else sum(self._seen.values())
            if fault.endpoint in ("", endpoint) and fault.strikes(number, body, self._chance):
                return fault
        return None


def spoil(fault: Fault, limit: int, scope: str, good: Response | None) -> Served:
    """What the client gets instead of `good`, which is None if the request was not carried out."""
    if fault.what in _SILENT:
        return _SILENT[fault.what]()
    if fault.what in _REFUSALS:
        return _refused(fault, limit, scope)
    match fault.what:
        case "drip":
            return Dripping(_HEAD if fault.detail else _HEADERS)
        case "odd":
            return _odd(fault, good or answers.answer({}))
        case "truncated":
            return _cut(good or answers.answer({"status": "success"}))
        case "html":
            return Response(_PAGE, 200, mimetype="text/html")
    return answers.error(int(fault.what), _STATUSES[fault.what])


def _refused(fault: Fault, limit: int, scope: str) -> Response:
    match fault.what:
        case "400":
            return answers.invalid((fault.field, "Refused by the sandbox"))
        case "401":
            return answers.no_key()
        case "403":
            return answers.no_scope(scope)
        case "429":
            return _throttled(fault, limit)
    return Response(_BLOCKED, 403, mimetype="text/html")


def _throttled(fault: Fault, limit: int) -> Response:
    if not fault.detail:
        return answers.no_quota(limit)
    response = answers.error(429, "Too many requests", error_code="RATE_LIMIT_EXCEEDED")
    response.headers["Retry-After"] = fault.detail
    return response


def _odd(fault: Fault, good: Response) -> Response:
    """The good answer, in which something is of another kind: of a customer, if there is one."""
    body = json.loads(good.get_data())
    data = body.get("data")
    for place in data if isinstance(data, list) else [data] if isinstance(data, dict) else [body]:
        place.update(fault.odd())
    return answers.answer(body, good.status_code)


def _cut(response: Response) -> Response:
    """The first half of the answer, under headers that promise all of it."""
    whole = response.get_data()
    cut = Response(whole[: len(whole) // 2], response.status_code, mimetype="application/json")
    cut.headers["Content-Length"] = str(len(whole))
    return cut
