"""The ways to Rotor: each request under way has one of its own, so that none waits for another or looks at its state.

httpx's client finds a way, with its trust and proxies, and httpcore goes it. What the client does besides for each
request, for redirects and logins that Rotor doesn't have, takes longer than the request itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import httpcore
import httpx

from rotor_import.api.time_bound import BoundStream

if TYPE_CHECKING:
    from rotor_import.api.time_bound import TimeBound

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Departing:
    """A request with all its headers. Whoever prints it sees neither the key nor the customer."""

    method: str
    url: httpx.URL = field(repr=False)
    target: httpcore.URL = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes | None = field(repr=False)
    settings: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Arriving:
    """An answer whose body is still to come, in `parts`; it has to be closed."""

    status: int
    headers: Headers = field(repr=False)
    parts: Callable[[], Iterator[bytes]]
    close: Callable[[], None]

    def header(self, name: bytes) -> str | None:
        """By its name in lower case."""
        found = [value for own, value in self.headers if own.lower() == name]
        return b", ".join(found).decode("ascii", "replace") if found else None


class Way(Protocol):
    def send(self, request: Departing) -> Arriving: ...


class Ways:
    """Kept open from one request to the next. Threads may share one."""

    def __init__(
        self, first: httpx.Client, another: Callable[[], httpx.Client] | None, bound: TimeBound, url: httpx.URL
    ) -> None:
        """`another` opens one more client; without it, the `first` one's way is everybody's."""
        self._another = another
        self._bound = bound
        self._url = url
        self._clients: list[httpx.Client] = []
        self._free = [self._way(first)]

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def take(self) -> Way:
        try:
            return self._free.pop()
        except IndexError:
            return self._way(self._another() if self._another else self._clients[0])

    def give_back(self, way: Way) -> None:
        self._free.append(way)

    def _way(self, client: httpx.Client) -> Way:
        if client not in self._clients:
            self._bound.keep(client)
            self._clients.append(client)
        transport = client._transport_for_url(self._url)  # noqa: SLF001 - it has no public name
        return _Network(transport._pool) if isinstance(transport, httpx.HTTPTransport) else _Handed(transport)  # noqa: SLF001


class _Network:
    """A connection of httpcore's, through a proxy if httpx's transport goes through one."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def send(self, request: Departing) -> Arriving:
        sent = httpcore.Request(
            request.method, request.target, headers=request.headers, content=request.body, extensions=request.settings
        )
        response: httpcore.Response = self._pool.handle_request(sent)
        stream = response.extensions.get("network_stream")
        if isinstance(stream, BoundStream) and stream.is_unasked:
            # Surplus of an earlier answer: believed, it would make somebody somebody else.
            response.close()  # its body was not read, so its connection is closed with it
            raise httpcore.RemoteProtocolError("An answer came before its request was sent.")
        return Arriving(response.status, response.headers, response.iter_stream, response.close)


class _Handed:
    """A transport that was handed in, and need not lead to the network."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def send(self, request: Departing) -> Arriving:
        sent = httpx.Request(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.body,
            extensions=request.settings,
        )
        response = self._transport.handle_request(sent)
        response.request = sent

        if response.is_stream_consumed:  # it may have been read, and unpacked, already
            headers = [header for header in response.headers.raw if header[0].lower() != b"content-encoding"]
            return Arriving(response.status_code, headers, lambda: iter((response.content,)), response.close)
        return Arriving(response.status_code, response.headers.raw, response.iter_raw, response.close)
