"""The four requests that the program makes of Rotor."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Self, assert_never
from urllib.parse import quote

from rotor_import.api.answers import read_customer, read_page, read_upserted
from rotor_import.api.attempt import Answer, AttemptResult, Call, Failure, FinalError, T, Throttled
from rotor_import.api.contract import Identity, Meter, Page, RetryPolicy, Upserted
from rotor_import.api.exchange import Exchange
from rotor_import.api.interpret import json_object
from rotor_import.api.retries import Pace, Tries
from rotor_import.errors import FatalApiError, KeyRefused, QuotaExhausted, RetriableApiError
from rotor_import.model.fields import ID_FIELD, KEY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

_LONGEST_ID = 200
"""Rotor's ids have 36 characters; a far longer one would not even fit into a URL."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RotorClient:
    """The client of the customers API. Threads may share one; the meter admits every attempt before it is sent."""

    def __init__(  # noqa: PLR0913  # the clocks, sleep and chance are handed in, so that no test waits
        self,
        base_url: str,
        key: str,
        *,
        meter: Meter,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008  # frozen, so that sharing it is harmless
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        patience: float = 0.0,
        wall: Callable[[], datetime] = _utc_now,
    ) -> None:
        """`patience`: the longest Retry-After of a 429 that is slept through, in seconds.

        `monotonic` is the clock by which an attempt is given up: nobody sets it back.
        """
        self._meter = meter
        self._now = now
        self._wall = wall
        self._pace = Pace(retry, patience, sleep, now, jitter)
        self._exchange = Exchange(base_url, key, transport=transport, timeout=timeout, monotonic=monotonic, wall=wall)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._exchange.close()

    @property
    def clock_ahead(self) -> float | None:
        """By how many seconds this computer's clock is ahead of Rotor's, as the last answer's date says."""
        return self._exchange.ahead

    def auth_test(self) -> Identity:
        body, _ = self._deliver(Call("GET", "/auth/test", "GET /auth/test", json_object))
        if body.get("authenticated") is False:
            raise KeyRefused("Rotor says the API key isn't valid. Check ROTOR_API_KEY or the key file.")
        company_id, scopes = body.get("company_id"), body.get("scopes")
        if not isinstance(company_id, str) or not company_id:
            raise FatalApiError(
                "Rotor doesn't say which company the API key belongs to. Try again, or ask Rotor's support."
            )
        known = scopes if isinstance(scopes, list) else []
        return Identity(company_id, frozenset(scope for scope in known if isinstance(scope, str)))

    def customers_page(self, page: int, *, limit: int = 1000) -> Page:
        """A page of customers, archived ones included, since Rotor may match those too."""
        params = {"limit": str(limit), "page": str(page), "archived": "true"}
        answer, _ = self._deliver(Call("GET", "/customers", "GET /customers", read_page, params))
        return answer

    def search(self, text: str) -> Page:
        """The first thousand customers whose names, phone or email contain the text, archived ones included."""
        params = {"limit": "1000", "page": "1", "archived": "true", "search": text}
        answer, _ = self._deliver(Call("GET", "/customers", "GET /customers", read_page, params))
        return answer

    def customer(self, customer_id: str) -> Mapping[str, Any] | None:
        # Such an id would lead to a URL that is not a customer's.
        if customer_id in ("", ".", "..") or len(customer_id) > _LONGEST_ID:
            return None
        path = "/customers/" + quote(customer_id, safe="", errors="replace")
        read = partial(read_customer, asked=customer_id)
        call = Call("GET", path, "GET /customers/{id}", read, absent=True)
        customer, _ = self._deliver(call)
        return customer

    def upsert(self, payload: Mapping[str, Any], *, change: str) -> Upserted:
        body = json.dumps(dict(payload), allow_nan=False).encode()
        call = Call(
            "POST",
            "/customers",
            "POST /customers",
            read_upserted,
            body=body,
            change=change,
            repeatable=_has_key(payload),
        )
        (customer, created, odd), tries = self._deliver(call)
        return Upserted(customer, created, tries.count, tries.reached, odd)

    def _deliver(self, call: Call[T]) -> tuple[T, Tries]:
        self._exchange.check_open()
        tries = Tries(self._pace, repeatable=call.repeatable)
        result = tries.run(lambda: self._attempt(call, tries))
        match result:
            case Answer():
                return result.value, tries
            case Failure():
                raise _gave_up(call, tries, result)
            case Throttled():
                raise self._throttled(result)
            case FinalError():
                raise result.error
            case _:
                assert_never(result)

    def _attempt(self, call: Call[T], tries: Tries) -> AttemptResult[T]:
        asked = self._now()
        ticket = self._meter.admit(call.method, call.path, call.change)
        settled_as = "interrupted"
        try:
            tries.excuse(self._now() - asked)
            result = self._exchange.send(call)
            settled_as = result.result
        finally:
            self._meter.settle(ticket, settled_as)
        return result

    def _throttled(self, result: Throttled) -> QuotaExhausted:
        after = result.retry_after
        until = None if after is None else self._wall().astimezone(UTC) + timedelta(seconds=after)
        return QuotaExhausted("Rotor takes no more requests from this API key for now (429).", until)


def _has_key(payload: Mapping[str, Any]) -> bool:
    return any(str(payload.get(field) or "").strip() for field in (ID_FIELD, *KEY_FIELDS))


def _gave_up(call: Call[Any], tries: Tries, last: Failure) -> RetriableApiError:
    attempts = "1 attempt" if tries.count == 1 else f"{tries.count} attempts"
    return RetriableApiError(
        f"{last.words} ({call.name}, {attempts}).",
        last.retry_after,
        maybe_written=tries.reached and call.method == "POST",
    )
