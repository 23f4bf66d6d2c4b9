"""The moment at which an attempt is given up, however slowly its answer drips in.

httpx's timeout is for each wait, so a server that sends a byte now and then would hold a request forever, in its
headers, its body or a TLS handshake. Here each step on the network gets what is left of the attempt's whole time. That
is stronger than a thread that watches, or one that is abandoned: once the time is over, the attempt itself sends
nothing more, so none can reach Rotor after it counts as ended.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    import httpx

_AT_ONCE = 16_384
"""The bytes written in one step."""
_NOW = 0.001
"""The shortest timeout: 0 would mean to a socket that it must not wait at all."""


class TimeBound:
    """The time that is left of the attempt which the calling thread makes. Threads may share one."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._attempt = threading.local()

    def begin(self) -> None:
        """An attempt begins in this thread."""
        self._attempt.ends = self._now() + self._seconds

    def left(self) -> float:
        ends: float | None = getattr(self._attempt, "ends", None)
        return self._seconds if ends is None else ends - self._now()

    def keep(self, client: httpx.Client) -> None:
        """Bound everything that the client does on the network, through proxies too.

        httpx offers no parameter for httpcore's network backend, so it is put in where httpx keeps its own.
        """
        for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001
            pool = getattr(transport, "_pool", None)
            if pool is not None:  # else it was handed in, and is no way to the network
                pool._network_backend = _Backend(pool._network_backend, self)  # noqa: SLF001


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend, bound: TimeBound) -> None:
        self._inner = inner
        self._bound = bound

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try each address of the host: all of them together have no more time than one."""
        failed: Exception = httpcore.ConnectError("the host has no address")
        for address in _addresses(host, port):
            left = _left(self._bound, timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return BoundStream(stream, self._bound)
        raise failed


class BoundStream(httpcore.NetworkStream):
    """What is written goes out with the first read after it: a request's headers and its body in one step."""

    def __init__(self, inner: httpcore.NetworkStream, bound: TimeBound) -> None:
        self._inner = inner
        self._bound = bound
        self._unsent = b""
        self._is_fresh, self._has_begun = True, False
        """Whether nothing has come back yet, and whether a part of the request is out."""

    @property
    def is_unasked(self) -> bool:
        """Whether a request waits to be sent: what seems to be its answer came before it."""
        return bool(self._unsent)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            if not self._is_fresh and not self._has_begun and self._inner.get_extra_info("is_readable"):
                raise httpcore.ConnectError("The connection was closed, or has an answer that nobody asked for.")
            unsent, self._unsent = self._unsent, b""
            with suppress(httpcore.WriteError):  # a server may have answered before it read everything
                self._inner.write(unsent, _left(self._bound, timeout, httpcore.WriteTimeout))
        self._is_fresh = self._has_begun = False
        return self._inner.read(max_bytes, _left(self._bound, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer
        while len(self._unsent) > _AT_ONCE:
            step, self._unsent, self._has_begun = self._unsent[:_AT_ONCE], self._unsent[_AT_ONCE:], True
            self._inner.write(step, _left(self._bound, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._bound, timeout, httpcore.ConnectTimeout)
        return BoundStream(self._inner.start_tls(ssl_context, server_hostname, left), self._bound)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    """The host's addresses. How long this takes is up to the system's resolver, which has bounds of its own."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _left(bound: TimeBound, timeout: float | None, late: type[Exception]) -> float:
    left = bound.left()
    if left <= 0:
        raise late("the attempt's whole time is over")
    return max(_NOW, left if timeout is None else min(timeout, left))
