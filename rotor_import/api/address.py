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
        raise SettingsError("--base-url is not a valid URL.") from None
    if _MISPLACED.search(url):
        raise SettingsError("--base-url contains a space, a line break or a backslash. Remove it.")
    if parsed.port is not None and not 0 < parsed.port <= _LAST_PORT:
        raise SettingsError("--base-url contains an invalid port.")
    if parsed.scheme not in ("https", "http"):
        raise SettingsError("--base-url must begin with https://")
    if "@" in url:
        raise SettingsError("--base-url must not contain a user name or password.")
    if "?" in url or "#" in url:
        raise SettingsError("--base-url must not contain a query (?) or a fragment (#).")
    if not parsed.host:
        raise SettingsError("--base-url has no host name.")
    if parsed.scheme == "http" and not is_loopback(parsed.host):
        raise SettingsError(
            "--base-url must begin with https://, because http:// would expose the key. "
            "http:// is only allowed for this computer (127.0.0.1, localhost)."
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
        raise SettingsError("The API key is empty. Set ROTOR_API_KEY or use --key-file.")
    if not _KEY.fullmatch(key):
        raise SettingsError("The API key contains a space, a line break or a non-ASCII character. Copy it again.")
    return key
