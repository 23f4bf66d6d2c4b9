"""What an HTTP answer means for the call that it answers.

No text of the server gets into the message of an error, since it may repeat customer data.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from rotor_import.api.attempt import Answer, AttemptResult, Call, Failure, FinalError, Reply, ShapeError, T, Throttled
from rotor_import.errors import ApiError, DoubtfulRefusal, KeyRefused, RecordRefused, ScopeMissing
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
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\\u0000")
"""A lone surrogate, escaped or raw, or what may be one, or a NUL."""
_SIGNS_OF_A_HALF = (rb"\u", b"\xed")


def interpret(call: Call[T], reply: Reply) -> AttemptResult[T]:
    status = reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _answer(call, reply)
    if status == HTTPStatus.NOT_FOUND and call.absent and _said(reply) is not None:
        return _answer(call, reply)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(reply.retry_after)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure(f"Rotor answered {status}", str(status), retry_after=reply.retry_after)
    return FinalError(_error(call, reply), str(status))


def _answer(call: Call[T], reply: Reply) -> Answer[T] | Failure:
    try:
        return Answer(call.read(reply), str(reply.status))
    except ShapeError as error:
        return Failure(f"Couldn't read Rotor's answer: {error}", "unreadable")


def _error(call: Call[T], reply: Reply) -> ApiError:
    status, said = reply.status, _said(reply)
    if status == HTTPStatus.UNAUTHORIZED:
        return _key_refused(said)
    if status == HTTPStatus.FORBIDDEN and said is not None and _is_about_scopes(said):
        return _scope_missing(call, said)
    if call.method == "POST" and status in _REFUSALS and (said is not None or reply.body is None):
        return RecordRefused(status, _problems(said or {}))
    words = _final_words(call, status, own=said is not None and status != HTTPStatus.FORBIDDEN)
    return DoubtfulRefusal(words, status, _problems(said) if said else ())


def _final_words(call: Call[T], status: int, *, own: bool) -> str:
    """What may be behind a refusal that is not documented. `own` says that it was at least an API's."""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return (
            f"Rotor redirected {call.name} to another address ({status}). rotor-import doesn't follow redirects: "
            "check --base-url."
        )
    if status == HTTPStatus.NOT_FOUND:
        firewall = "" if own else " A firewall or proxy between this computer and Rotor may also have blocked it."
        return f"There is no {call.name} at this address (404). Check --base-url.{firewall}"
    if own:
        return f"Rotor answered {status} to {call.name}, and trying again won't help."
    return (
        f"A firewall or proxy between this computer and Rotor blocked {call.name} ({status}): the answer isn't "
        "from Rotor. Ask your network administrator to let it through."
    )


def _key_refused(said: Mapping[str, Any] | None) -> KeyRefused:
    if said is None:
        return KeyRefused(
            "The API key was refused (401), but the answer didn't come from Rotor: either the key is wrong, or a "
            "proxy between this computer and Rotor wants you to sign in."
        )
    return KeyRefused("Rotor refused the API key (401): it is missing, wrong or revoked.")


def _is_about_scopes(said: Mapping[str, Any]) -> bool:
    """Whether a 403 is Rotor's own: firewalls answer in JSON too, but name neither."""
    return isinstance(said.get("error_code"), str) or bool(_SCOPE.search(_as_text(said.get("message"))))


def _scope_missing(call: Call[T], said: Mapping[str, Any]) -> ScopeMissing:
    found = _SCOPE.search(_as_text(said.get("message")))
    if found is None:
        return ScopeMissing(f"The API key isn't allowed to use {call.name} (403).")
    scope = found.group(1)
    return ScopeMissing(f"The API key doesn't have the scope {scope}, which {call.name} needs (403).", scope)


def _problems(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    errors = body.get("errors")
    problems = [_problem(error) for error in errors] if isinstance(errors, list) else []
    return tuple(problems) or (("", _as_text(body.get("message")) or "no reason given"),)


def _problem(error: object) -> tuple[str, str]:
    if isinstance(error, dict):
        return _as_text(error.get("field")), _as_text(error.get("message"))
    return "", _as_text(error)


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def _said(reply: Reply) -> Mapping[str, Any] | None:
    """The JSON object of a refusal; None for any other page, which is not the API's."""
    try:
        return json_object(reply)
    except ShapeError:
        return None


def json_object(reply: Reply) -> Mapping[str, Any]:
    if reply.body is None:
        raise ShapeError(reply.why or "it ended too early")
    body = _parsed(reply.body)
    if not isinstance(body, dict):
        raise ShapeError("it is not a JSON object")
    may_have = any(sign in reply.body for sign in _SIGNS_OF_A_HALF)  # in no time, unlike the expression
    whole: Mapping[str, Any] = _without_halves(body) if may_have and _HALF.search(reply.body) else body
    return whole


def _parsed(body: bytes) -> Any:
    """The body as Python's own parser reads it: pydantic's is faster, but refuses more."""
    with suppress(ValueError):
        return from_json(body)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # deeply nested bodies overflow the parser
        raise ShapeError("it is not JSON") from None


def _without_halves(value: Any) -> Any:
    """The value with U+FFFD for what no database can hold: NULs, and surrogates of texts cut inside a character."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(item) for name, item in value.items()}
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


def seconds_ahead(header: str | None, now: datetime) -> float | None:
    """How far this computer's clock is ahead of an answer's Date; None if there is none that can be read."""
    if header is None:
        return None
    try:
        date = parsedate_to_datetime(header)
        return (now - (date if date.tzinfo else date.replace(tzinfo=UTC))).total_seconds()
    except (ValueError, OverflowError):
        return None
