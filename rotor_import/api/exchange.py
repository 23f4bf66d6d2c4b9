"""One HTTP exchange: httpx finds the way to Rotor, httpcore carries the request."""

from __future__ import annotations

import os
import ssl
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

import httpcore
import httpx

from rotor_import.api.address import check_base_url, check_key, is_loopback
from rotor_import.api.attempt import AttemptResult, Call, Reply, ShapeError, T
from rotor_import.api.body import PACKED, read_body
from rotor_import.api.contract import longest_attempt
from rotor_import.api.interpret import interpret, seconds_ahead, seconds_of_retry_after
from rotor_import.api.quiet import quiet
from rotor_import.api.time_bound import TimeBound
from rotor_import.api.unanswered import BROKEN, LATE, unanswered
from rotor_import.api.ways import Arriving, Departing, Ways
from rotor_import.config import version
from rotor_import.errors import Defect, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Exchange:
    def __init__(  # what the client was handed, passed on by name
        self,
        base_url: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None,
        timeout: float,
        monotonic: Callable[[], float],
        wall: Callable[[], datetime],
    ) -> None:
        """`timeout` is for each wait on the network, in seconds; the whole attempt has `longest_attempt` of it."""
        self._base_url = check_base_url(base_url)
        self._bound = TimeBound(longest_attempt(timeout), monotonic)
        self._wall = wall
        self.ahead: float | None = None
        """By how many seconds this computer's clock was ahead of Rotor's at the last answer that had a date."""
        headers = {
            "x-api-key": check_key(key),
            "rotor-api-version": "1.1.0",
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": PACKED,
            "user-agent": f"rotor-import/{version()}",
        }
        another = partial(_http, self._base_url, headers, timeout, transport)
        self._http = another()
        host = httpx.Request("GET", _address(self._base_url)[0]).headers.raw
        self._headers = [*host, *self._http.headers.raw]
        self._settings = {"timeout": self._http.timeout.as_dict()}
        self._ways = Ways(self._http, None if transport else another, self._bound, _address(self._base_url)[0])

    def close(self) -> None:
        self._ways.close()

    def check_open(self) -> None:
        if self._http.is_closed:
            raise Defect("The client was used after it was closed.")

    def send(self, call: Call[T]) -> AttemptResult[T]:
        request, way = self._request(call), self._ways.take()
        self._bound.begin()
        try:
            arriving = way.send(request)
            try:
                # The status counts even where the body breaks off.
                return interpret(call, self._reply(request, arriving))
            finally:
                arriving.close()
        except BROKEN as error:
            return unanswered(error)
        finally:
            self._ways.give_back(way)

    def _request(self, call: Call[T]) -> Departing:
        query = f"?{httpx.QueryParams(call.params)}" if call.params else ""
        url, target = _address(self._base_url + call.path + query)
        headers = list(self._headers)
        cookie = (
            httpx.Request("GET", url, cookies=self._http.cookies).headers.get("cookie") if self._http.cookies else None
        )
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        if call.body is not None:
            headers.append((b"content-length", b"%d" % len(call.body)))
        return Departing(call.method, url, target, headers, call.body, self._settings)

    def _reply(self, request: Departing, arriving: Arriving) -> Reply:
        if arriving.header(b"set-cookie") is not None:
            asked = httpx.Request(request.method, request.url)
            headers = list(arriving.headers)
            self._http.cookies.extract_cookies(httpx.Response(arriving.status, headers=headers, request=asked))
        after = seconds_of_retry_after(arriving.header(b"retry-after"), self._wall())
        self.ahead = seconds_ahead(arriving.header(b"date"), self._wall())
        body, why = self._body(arriving)
        return Reply(arriving.status, body, after, why)

    def _body(self, arriving: Arriving) -> tuple[bytes | None, str]:
        """The body, or None and why there is none."""
        try:
            return read_body(arriving, self._bound.left), ""
        except ShapeError as error:
            return None, str(error)
        except (*LATE, TimeoutError):
            if httpx.codes.is_success(arriving.status):
                raise httpx.ReadTimeout("its body took too long") from None
            return None, "it took too long"
        except BROKEN:
            return None, "it ended too early"


def _http(
    base_url: str, headers: dict[str, str], timeout: float, transport: httpx.BaseTransport | None
) -> httpx.Client:
    host = httpx.URL(base_url).host
    # Companies need the environment's proxies, but no proxy reaches this computer itself.
    direct = {f"all://[{host}]" if ":" in host else f"all://{host}": None} if is_loopback(host) else None
    try:
        trust = True if transport else _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        return httpx.Client(headers=headers, timeout=timeout, transport=transport, mounts=direct, verify=trust)
    except (ValueError, ImportError, OSError, httpx.InvalidURL):
        # Not the default texts: they repeat the proxy's URL, which may hold a password.
        raise SettingsError(
            "The environment's network settings can't be used: check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, "
            "NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
        ) from None


@lru_cache(maxsize=16)
def _address(text: str) -> tuple[httpx.URL, httpcore.URL]:
    """Most requests go to one address, which takes long to read."""
    url = httpx.URL(text)
    return url, httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


@cache
def _trusted(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """The trusted certificates, read once: that takes long, and every client of a process trusts the same ones."""
    return httpx.create_ssl_context()


quiet()
