"""The base URL and the API key, checked before the first request."""

from __future__ import annotations

import ipaddress
import re

from rotor_import.errors import SettingsError

# httpx drops or encodes these instead of refusing them, so a pasted line break would go unnoticed.
_MISPLACED = re.compile(r"[\s\\\x00-\x1f\x7f]")
NORMAL = re.compile(r"https://(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+(?:/[A-Za-z0-9_-]+)*")
"""URLs that httpx would return unchanged."""
_LONG = 2_000
_LAST_PORT = 65535
_KEY = re.compile(r"[\x21-\x7e]+")


def check_base_url(url: str) -> str:
    """Normalize a base URL: lower-case host, no default port, no trailing slash.

    No error repeats the URL, since it may hold a password.
    """
    if len(url) < _LONG and NORMAL.fullmatch(url):
        return url
    import httpx  # noqa: PLC0415 - it takes long to load, and a plan may need no network

    try:
        parsed = httpx.URL(str(httpx.URL(url)))  # twice: a default port goes only after a lower-case scheme
    except httpx.InvalidURL:
        raise SettingsError("The base URL cannot be read as a URL.") from None
    if _MISPLACED.search(url):
        raise SettingsError("The base URL contains a space, a line break or a backslash.")
    if parsed.port is not None and not 0 < parsed.port <= _LAST_PORT:
        raise SettingsError("The base URL names a port that does not exist.")
    if parsed.scheme not in ("https", "http"):
        raise SettingsError("The base URL must begin with https://.")
    if "@" in url:
        raise SettingsError("The base URL must hold no user name or password.")
    if "?" in url or "#" in url:
        raise SettingsError("The base URL must have neither a query (?) nor a fragment (#).")
    if not parsed.host:
        raise SettingsError("The base URL names no host.")
    if parsed.scheme == "http" and not is_loopback(parsed.host):
        raise SettingsError(
            "The base URL must begin with https://: over http:// anyone on the way could read the key. "
            "Only this computer itself (127.0.0.1, localhost) may be addressed with http://."
        )
    return str(parsed).rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_key(key: str) -> str:
    # Checked here because h11 would repeat an illegal header's value in the text of its error.
    if not key:
        raise SettingsError("The API key is empty.")
    if not _KEY.fullmatch(key):
        raise SettingsError(
            "The API key contains a character that no key has: a space, a line break, or a letter that is not ASCII."
        )
    return key
