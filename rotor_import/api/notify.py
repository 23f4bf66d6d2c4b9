"""Tells somebody else's server that something happened: a webhook, or a watch that waits for pings.

Nothing here ever fails a run, and nothing repeats an address: it may hold a token.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import tenacity

from rotor_import.api.address import is_loopback
from rotor_import.api.quiet import quiet
from rotor_import.api.time_bound import TimeBound
from rotor_import.errors import SettingsError

Sleep = Callable[[float], None]
_JSON = {"content-type": "application/json"}
_TEXT = {"content-type": "text/plain; charset=utf-8"}


@dataclass(frozen=True)
class Patience:
    """How often something is tried, and how many seconds a whole attempt may take, its headers included."""

    attempts: int
    timeout: float


USUAL = Patience(4, 10.0)
"""With the waits between them, all attempts take less than a minute."""
BRIEF = Patience(2, 2.0)
"""For what must not keep the work waiting."""


def check_address(url: str, option: str) -> str:
    """Raises SettingsError where what is told would travel unprotected; its words never repeat the address."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parsed = httpx.URL("")
    if parsed.host and (parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host))):
        return url
    raise SettingsError(f"{option} must be an address that begins with https:// (http:// only for this computer).")


def notify(
    url: str,
    body: Mapping[str, Any],
    sleep: Sleep,
    transport: httpx.BaseTransport | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> bool:
    """Post `body` as JSON, trying up to four times, and return whether it was taken."""
    return _Post(url, json.dumps(dict(body)).encode(), _JSON).delivered(USUAL, sleep, transport, monotonic)


def ping(url: str, step: str, words: str, sleep: Sleep, patience: Patience = USUAL) -> bool:
    """Post a line to a watch, at `url/step`, and return whether it was taken. The query stays behind the path."""
    parts = urlsplit(url)
    if step:
        parts = parts._replace(path=f"{parts.path.rstrip('/')}/{step}")
    return _Post(urlunsplit(parts), words.encode(), _TEXT).delivered(patience, sleep)


@dataclass(frozen=True)
class _Post:
    url: str
    content: bytes
    headers: Mapping[str, str]

    def delivered(
        self,
        patience: Patience,
        sleep: Sleep,
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> bool:
        """Whether it was taken. Redirects are not followed, no body is read, and nothing is raised."""
        bound = TimeBound(patience.timeout, monotonic)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(patience.attempts),
            wait=tenacity.wait_exponential(multiplier=1, max=30),
            retry=tenacity.retry_if_result(lambda taken: taken is None),
            retry_error_callback=lambda _state: False,
            sleep=sleep,
        )
        try:
            with httpx.Client(timeout=patience.timeout, transport=transport) as client:
                bound.keep(client)
                return bool(retrying(self._attempt, client, bound))
        except (httpx.InvalidURL, OSError, ValueError):  # the environment names an unusable proxy or certificate
            return False

    def _attempt(self, client: httpx.Client, bound: TimeBound) -> bool | None:
        """Whether the server took it; None where another try may succeed."""
        bound.begin()
        try:
            with client.stream("POST", self.url, content=self.content, headers=dict(self.headers)) as response:
                status = response.status_code
        except (httpx.HTTPError, OSError, ValueError):
            return None
        if status in (408, 429) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        return response.is_success


quiet()
