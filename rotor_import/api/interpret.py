"""What an HTTP answer means for the call that it answers.

No text of the server gets into the message of an error, since it may repeat customer data.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rotor_import.api.attempt import Answer, AttemptResult, Call, Failure, FinalError, Reply, ShapeError, T, Throttled
from rotor_import.errors import ApiError, FatalApiError, KeyRefused, RecordRefused, ScopeMissing
from rotor_import.model.quota_window import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_SCOPE = re.compile(r"\bscopes?\W+([a-z_]+:[a-z_]+)", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]+")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""A lone surrogate, escaped or raw, or what may be one."""


def interpret(call: Call[T], reply: Reply) -> AttemptResult[T]:
    status = reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _answer(call, reply)
    if status == HTTPStatus.NOT_FOUND and call.absent:
        return _answer(call, reply)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(reply.retry_after)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure(f"Rotor answered {status}", str(status), retry_after=reply.retry_after)
    return FinalError(_error(call, reply), str(status))


def _answer(call: Call[T], reply: Reply) -> Answer[T] | Failure:
    try:
        return Answer(call.read(reply), str(reply.status))
    except (ValueError, RecursionError):  # deeply nested bodies overflow the JSON parser
        return Failure("Rotor's answer could not be read", "unreadable")


def _error(call: Call[T], reply: Reply) -> ApiError:
    status = reply.status
    if status == HTTPStatus.UNAUTHORIZED:
        return KeyRefused("Rotor refused the API key (401): it is missing, wrong or withdrawn.")
    if status == HTTPStatus.FORBIDDEN:
        return _scope_missing(call, reply)
    if call.method == "POST" and status in _REFUSALS:
        return RecordRefused(status, _problems(_body_of_error(reply)))
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return FatalApiError(
            f"Rotor sent {call.name} on to another address ({status}), which is not followed: check the base URL."
        )
    if status == HTTPStatus.NOT_FOUND:
        return FatalApiError(f"There is no {call.name} at this base URL (404): check the base URL.")
    return FatalApiError(f"Rotor answered {status} to {call.name}, for which nothing can be done here.")


def _scope_missing(call: Call[T], reply: Reply) -> ScopeMissing:
    found = _SCOPE.search(_as_text(_body_of_error(reply).get("message")))
    if found is None:
        return ScopeMissing(f"The API key may not use {call.name} (403).")
    scope = found.group(1)
    return ScopeMissing(f"The API key lacks the scope {scope}, which {call.name} needs (403).", scope)


def _problems(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    errors = body.get("errors")
    problems = [_problem(error) for error in errors] if isinstance(errors, list) else []
    return tuple(problems) or (("", _as_text(body.get("message")) or "Rotor gave no reason"),)


def _problem(error: object) -> tuple[str, str]:
    if isinstance(error, dict):
        return _as_text(error.get("field")), _as_text(error.get("message"))
    return "", _as_text(error)


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def _body_of_error(reply: Reply) -> Mapping[str, Any]:
    # The status alone tells the error, so an unreadable body is no second problem.
    try:
        return json_object(reply)
    except (ValueError, RecursionError):
        return {}


def json_object(reply: Reply) -> Mapping[str, Any]:
    if reply.body is None:
        raise ShapeError("the body ended before its end")
    body = json.loads(reply.body)
    if not isinstance(body, dict):
        raise ShapeError("not a JSON object")
    whole: Mapping[str, Any] = _without_surrogates(body) if _HALF.search(reply.body) else body
    return whole


def _without_surrogates(value: Any) -> Any:
    """The value with U+FFFD for each lone surrogate; a text that was cut inside a character has one."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value


def seconds_of_retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After asks for, a number or an HTTP date; None where it is neither.

    More than a day is not believed: it may be a time in seconds since 1970, or a date of a wrong clock.
    """
    if header is None:
        return None
    header = header.strip()
    if _SECONDS.fullmatch(header):
        return min(float(header), DAY)
    try:
        date = parsedate_to_datetime(header)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)  # "-0000" comes back without a zone
        return min(max((date - now).total_seconds(), 0.0), DAY)
    except (ValueError, OverflowError):
        return None
