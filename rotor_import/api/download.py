"""Fetches a file from the web, whole, unless it is still the one that was fetched before."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import tenacity

from rotor_import.api.address import is_loopback
from rotor_import.api.quiet import quiet
from rotor_import.api.time_bound import TimeBound
from rotor_import.errors import SourceError
from rotor_import.files import sha256_of
from rotor_import.model.remote import Remote, RemotePath

_ATTEMPTS = 5
_WITHIN = 15 * 60.0
"""Seconds for all attempts together, however slowly the answer drips in."""
_SILENT = 30.0
"""Seconds without a byte that end an attempt."""
_REDIRECTS = 5


@dataclass(frozen=True)
class Downloaded:
    """What the server says of the file that was fetched: its ETag, '' if none, and its last change, if it says so."""

    etag: str
    changed: float | None
    is_sure: bool = True
    """Whether the answer said how long it is, so that one which was cut off would have been noticed."""


@dataclass(frozen=True)
class Download:
    """How files are fetched: of at most so many bytes, with what a profile says about logging in."""

    most: int
    storage: Mapping[str, str]
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def fetch(self, remote: Remote, target: Path, etag: str = "") -> Downloaded | None:
        """Write the file to `target`; None if it still has this ETag. Raises SourceError, without anything secret."""
        quiet()
        bound = TimeBound(_WITHIN, self.monotonic)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            wait=tenacity.wait_exponential(multiplier=0.5, max=10),
            retry=tenacity.retry_if_exception_type((httpx.TransportError, _TryAgain)),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            with self._client() as client:
                bound.keep(client)
                bound.begin()
                found: Downloaded | None = retrying(self._attempt, client, remote, target, etag)
                if found is not None and not found.is_sure:
                    retrying(self._compare, client, remote, target)
                return found
        except _TryAgain as error:
            raise SourceError(f"{remote.path} can't be fetched now: the server answers {error}. Try later.") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise SourceError(
                f"{remote.path} can't be fetched ({type(error).__name__}). Check the address, the network and the "
                "server, then run the same command again."
            ) from None

    def _client(self) -> httpx.Client:
        token, name = self.storage.get("token", ""), self.storage.get("username", "")
        return httpx.Client(
            timeout=_SILENT,
            auth=httpx.BasicAuth(name, self.storage.get("password", "")) if name else None,
            headers={"authorization": f"Bearer {token}"} if token else None,
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            event_hooks={"request": [_refuse_unprotected]},
        )

    def _attempt(self, client: httpx.Client, remote: Remote, target: Path, etag: str) -> Downloaded | None:
        headers = {"if-none-match": etag} if etag else {}
        with client.stream("GET", remote.url, headers=headers) as response:
            if response.status_code == HTTPStatus.NOT_MODIFIED and etag:
                return None
            _check(response, remote.path)
            size = 0
            with target.open("wb") as file:
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > self.most:
                        raise SourceError(f"{remote.path} is larger than {self.most >> 20} MB. Split the export.")
                    file.write(chunk)
            _refuse_page(target, remote.path)
            is_sure = "content-length" in response.headers or "transfer-encoding" in response.headers
            return Downloaded(response.headers.get("etag", ""), _changed(response.headers), is_sure)

    def _compare(self, client: httpx.Client, remote: Remote, target: Path) -> None:
        """A server that doesn't say how long its answer is must give the same twice."""
        again = target.with_name(f"{target.name}.again")
        try:
            self._attempt(client, remote, again, "")
            if sha256_of(again) != sha256_of(target):
                again.replace(target)
                raise _TryAgain("with a file of another length each time")
        finally:
            again.unlink(missing_ok=True)


class _TryAgain(Exception):
    """An answer that may be another one later."""


def _check(response: httpx.Response, path: RemotePath) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or response.is_server_error:
        raise _TryAgain(f"{status} {response.reason_phrase}")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise SourceError(
            f"Access to {path} was refused ({status}). Check the address, which may have expired, and `token` or "
            "`username` and `password` under `storage_env` in the profile."
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise SourceError(f"There is no {path} ({status}). Check the address.")
    raise SourceError(f"{path} can't be fetched: the server answers {status}. Check the address.")


def _refuse_page(target: Path, path: RemotePath) -> None:
    """Who isn't logged in, or comes too late, often gets a page in place of the file."""
    with target.open("rb") as file:
        head = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise SourceError(
            f"{path} gives a web page, not a file of customers. The address may have expired, or needs a login: "
            "`token`, or `username` and `password`, under `storage_env` in the profile."
        )


def _refuse_unprotected(request: httpx.Request) -> None:
    """No redirect leads to where everybody on the way could read the customers."""
    if request.url.scheme != "https" and not is_loopback(request.url.host):
        raise SourceError(
            f"The file is at an address without https ({request.url.host}), where others could read it on the way. "
            "Give an address that begins with https://, and that leads to no other."
        )


def _changed(headers: Mapping[str, Any]) -> float | None:
    try:
        return parsedate_to_datetime(headers["last-modified"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
