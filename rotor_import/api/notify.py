"""Tells a webhook how a run ended, without ever failing the run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import tenacity

from rotor_import.api.address import is_loopback
from rotor_import.errors import SettingsError

_ATTEMPTS = 4
_TIMEOUT = 10.0
_JSON = {"content-type": "application/json"}


def check_webhook(url: str) -> str:
    """Raises SettingsError where the summary would travel unprotected."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parsed = httpx.URL("")
    if parsed.host and (parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host))):
        return url
    raise SettingsError("--notify takes an address that begins with https:// (http:// only for this computer).")


def notify(
    url: str,
    body: Mapping[str, Any],
    sleep: Callable[[float], None],
    transport: httpx.BaseTransport | None = None,
) -> bool:
    """Post `body` as JSON, trying up to four times, and return whether it was taken.

    Redirects are not followed, and nothing is raised.
    """
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        wait=tenacity.wait_exponential(multiplier=1, max=30),
        retry=tenacity.retry_if_result(lambda taken: taken is None),
        retry_error_callback=lambda _state: False,
        sleep=sleep,
    )
    try:
        with httpx.Client(timeout=_TIMEOUT, transport=transport) as client:
            return bool(retrying(_post, client, url, body))
    except (httpx.InvalidURL, OSError, ValueError):  # the environment names an unusable proxy or certificate
        return False


def _post(client: httpx.Client, url: str, body: Mapping[str, Any]) -> bool | None:
    """Whether the webhook took it; None where another try may succeed."""
    try:
        response = client.post(url, content=json.dumps(dict(body)), headers=_JSON)
    except (httpx.HTTPError, OSError, ValueError):
        return None
    if response.status_code in (408, 429) or response.is_server_error:
        return None
    return response.is_success
