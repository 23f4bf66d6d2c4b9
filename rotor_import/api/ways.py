"""The ways to Rotor: each request under way has one of its own, so that none waits for another or looks at its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from rotor_import.api.time_bound import TimeBound


class Ways:
    """Kept open from one request to the next. Threads may share one.

    httpx's client only finds the way, with its trust and proxies. What else it does for each request, for redirects and
    logins that Rotor doesn't have, takes longer than the request itself.
    """

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

    def take(self) -> httpx.BaseTransport:
        try:
            return self._free.pop()
        except IndexError:
            return self._way(self._another() if self._another else self._clients[0])

    def give_back(self, way: httpx.BaseTransport) -> None:
        self._free.append(way)

    def _way(self, client: httpx.Client) -> httpx.BaseTransport:
        if client not in self._clients:
            self._bound.keep(client)
            self._clients.append(client)
        return client._transport_for_url(self._url)  # noqa: SLF001 - it has no public name
