"""Tells a webhook how a run ended, without ever failing the run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import httpx
import tenacity

from rotor_import.api.address import is_loopback
from rotor_import.api.time_bound import TimeBound
from rotor_import.errors import SettingsError

_ATTEMPTS = 4
_TIMEOUT = 10.0
"""Seconds for a whole attempt, its headers included: with the waits between them, all take less than a minute."""
_JSON = {"content-type": "application/json"}


def check_webhook(url: str) -> str:
    """Raises SettingsError where the summary would travel unprotected."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parsed = httpx.URL("")
    if parsed.host and (parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host))):
        return url
    raise SettingsError("--notify must be an address that begins with https:// (http:// only for this computer).")


def notify(
    url: str,
    body: Mapping[str, Any],
    sleep: Callable[[float], None],
    transport: httpx.BaseTransport | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> bool:
    """Post `body` as JSON, trying up to four times, and return whether it was taken.

    Redirects are not followed, no body is read, and nothing is raised.
    """
    bound = TimeBound(_TIMEOUT, monotonic)
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        wait=tenacity.wait_exponential(multiplier=1, max=30),
        retry=tenacity.retry_if_result(lambda taken: taken is None),
        retry_error_callback=lambda _state: False,
        sleep=sleep,
    )
    try:
        with httpx.Client(timeout=_TIMEOUT, transport=transport) as client:
            bound.keep(client)
            return bool(retrying(_post, client, bound, url, body))
    except (httpx.InvalidURL, OSError, ValueError):  # the environment names an unusable proxy or certificate
        return False


def _post(client: httpx.Client, bound: TimeBound, url: str, body: Mapping[str, Any]) -> bool | None:
    """Whether the webhook took it; None where another try may succeed."""
    bound.begin()
    try:
        with client.stream("POST", url, content=json.dumps(dict(body)), headers=_JSON) as response:
            status = response.status_code
    except (httpx.HTTPError, OSError, ValueError):
        return None
    if status in (408, 429) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    return response.is_success
