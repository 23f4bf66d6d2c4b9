"""One HTTP exchange; nothing else of the customers API client knows httpx."""

from __future__ import annotations

import os
import socket
import ssl
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

import httpx

from rotor_import.api.address import check_base_url, check_key, is_loopback
from rotor_import.api.attempt import AttemptResult, Call, Failure, FinalError, Reply, ShapeError, T
from rotor_import.api.body import PACKED, read_body
from rotor_import.api.contract import longest_attempt
from rotor_import.api.interpret import interpret, seconds_ahead, seconds_of_retry_after
from rotor_import.api.quiet import quiet
from rotor_import.api.time_bound import TimeBound
from rotor_import.api.ways import Ways
from rotor_import.config import version
from rotor_import.errors import Defect, FatalApiError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


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
        self._open = partial(_http, self._base_url, headers, timeout, transport)
        self._http = self._open()
        self._settings = {"timeout": self._http.timeout.as_dict()}
        self._ways = Ways(self._http, None if transport else self._open, self._bound, _url(self._base_url))

    def close(self) -> None:
        self._ways.close()

    def check_open(self) -> None:
        if self._http.is_closed:
            raise Defect("The client was used after it was closed.")

    def send(self, call: Call[T]) -> AttemptResult[T]:
        request, way = self._request(call), self._ways.take()
        self._bound.begin()
        try:
            response = way.handle_request(request)
            try:
                if "set-cookie" in response.headers:
                    response.request = request
                    self._http.cookies.extract_cookies(response)
                # The status counts even where the body breaks off.
                return interpret(call, self._reply(response))
            finally:
                response.close()
        except httpx.HTTPError as error:
            return _unanswered(error)
        finally:
            self._ways.give_back(way)

    def _request(self, call: Call[T]) -> httpx.Request:
        return httpx.Request(
            call.method,
            _url(self._base_url + call.path),
            params=call.params or None,
            headers=self._http.headers,
            cookies=self._http.cookies,
            content=call.body,
            extensions=self._settings,
        )

    def _reply(self, response: httpx.Response) -> Reply:
        header = response.headers.get("retry-after")
        after = seconds_of_retry_after(header, self._wall())
        self.ahead = seconds_ahead(response.headers.get("date"), self._wall())
        body, why = self._body(response)
        return Reply(response.status_code, body, after, why)

    def _body(self, response: httpx.Response) -> tuple[bytes | None, str]:
        """The body, or None and why there is none."""
        try:
            return read_body(response, self._bound.left), ""
        except ShapeError as error:
            return None, str(error)
        except (httpx.TimeoutException, TimeoutError):
            if response.is_success:
                raise httpx.ReadTimeout("its body took too long") from None
            return None, "it took too long"
        except httpx.HTTPError:
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
def _url(text: str) -> httpx.URL:
    """Most requests go to one address, which takes long to read."""
    return httpx.URL(text)


@cache
def _trusted(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """The trusted certificates, read once: that takes long, and every client of a process trusts the same ones."""
    return httpx.create_ssl_context()


def _unanswered(error: httpx.HTTPError) -> Failure | FinalError:
    if isinstance(error, _UNSENT):
        return _unsent(error)
    if isinstance(error, httpx.TimeoutException):
        return Failure("Rotor didn't answer in time", "timeout")
    return Failure("The connection broke before Rotor answered", "dropped")


def _unsent(error: httpx.HTTPError) -> Failure | FinalError:
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        untrusted = FatalApiError(
            "The certificate of Rotor's server isn't trusted. If your company inspects traffic with a proxy, "
            "set SSL_CERT_FILE to the proxy's certificates."
        )
        return FinalError(untrusted, "not sent")
    if isinstance(error, httpx.ProxyError):
        why = "the proxy refused"
    elif isinstance(error, httpx.TimeoutException):
        why = "the connection took too long"
    elif any(isinstance(cause, socket.gaierror) for cause in causes):
        why = "its host name wasn't found"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        why = "the connection was refused"
    else:
        why = "no connection"
    return Failure(f"Couldn't reach Rotor ({why})", "not sent", reached=False)


def _causes(error: BaseException | None) -> list[BaseException]:
    causes = []
    while error is not None:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes


quiet()
