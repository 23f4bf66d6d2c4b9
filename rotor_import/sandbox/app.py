"""The sandbox as a WSGI application: the API under /open-api, its description, and the clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, assert_never

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from rotor_import.sandbox import answers, clock, quota, upsert_rule
from rotor_import.sandbox.faults import Endpoint, Fault, Faults, Served, spoil
from rotor_import.sandbox.listing import BadQuery, listed_customer, listing
from rotor_import.sandbox.openapi import PATHS as DESCRIBED_AT
from rotor_import.sandbox.openapi import VERSION, document
from rotor_import.sandbox.options import SCOPES, Options
from rotor_import.sandbox.request_body import is_uuid, problems
from rotor_import.sandbox.store import Request, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ROUTES = Map(
    [
        Rule("/open-api/customers", endpoint="upsert", methods=["POST"]),
        Rule("/open-api/customers", endpoint="list", methods=["GET"]),
        Rule("/open-api/customers/<id_>", endpoint="get", methods=["GET"]),
        Rule("/open-api/auth/test", endpoint="auth", methods=["GET"]),
    ]
)
_NEEDS = {"upsert": "customers:write", "list": "customers:read", "get": "customers:read"}
_JSON = "application/json"
_BAD = 400


class Sandbox:
    """A local Rotor, as a WSGI application and a context manager; `now` is its clock, and gives aware datetimes.

    If a fault leaves a request without an answer, ConnectionDropped or NoAnswer is raised to the server.
    """

    def __init__(
        self,
        path: str | Path = ":memory:",
        options: Options | None = None,
        now: Callable[[], datetime] = clock.real_time,
    ) -> None:
        self.options = options or Options()
        self._keys = upsert_rule.keys_of(self.options)
        self.store = Store(
            path, self._keys, comparing=self.options.comparing, archived_match=self.options.archived == "match"
        )
        self._clock = clock.MovedClock(self.store, now)
        self.suffer(*self.options.faults)
        self._shifts = self.options.shift_pages

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = HttpRequest(environ)
        if request.path in DESCRIBED_AT:
            response = answers.answer(document()) if request.method == "GET" else answers.no_method("GET")
        elif request.path == clock.PATH:
            response = self._clock.respond(request)
        else:
            response = self._respond(request)
        return response(environ, start_response)

    def edit(self, id_: str, **fields: Any) -> None:
        """Edit a customer as a person does in Rotor: None or '' clears a field, and tags are replaced."""
        with self.store.atomic():
            customer = self.store.get(id_)
            if customer is None:
                raise upsert_rule.UnknownCustomer(id_)
            self.store.update(id_, {**customer, **fields})

    def suffer(self, *faults: Fault) -> None:
        """From now on, let only these faults strike; requests are counted from 1 again."""
        with self.store.atomic():
            self._faults = Faults(faults, self.options.seed)

    def _respond(self, request: HttpRequest) -> Response:
        key = request.headers.get("x-api-key", "")
        scopes = SCOPES if self.options.keys is None else self.options.keys.get(key)
        if not key or scopes is None:
            return answers.no_key()
        body = _body(request)  # before the store is locked, because a client may be slow to send it
        with self.store.atomic():
            served = self._serve(request, hashlib.sha256(key.encode()).hexdigest()[:16], scopes, body)
        if isinstance(served, Response):
            return served
        raise served

    def _serve(self, request: HttpRequest, key: str, scopes: frozenset[str], body: Any) -> Served:
        """Answer within the key's quota, and log the request."""
        now = self._clock.now()
        served: Served
        if quota.spent(self.store, self.options, key, now):
            served, fault, counted = answers.no_quota(self.options.daily_limit), "", False
        else:
            served, fault, counted = self._answer(request, scopes, body)
        path = "/customers/{id}" if request.path.startswith("/open-api/customers/") else request.path
        status = served.status_code if isinstance(served, Response) else 0
        self.store.log(Request(now.timestamp(), key, request.method, path, status, fault, int(counted)))
        return served

    def _answer(self, request: HttpRequest, scopes: frozenset[str], body: Any) -> tuple[Served, str, bool]:
        """The answer, the fault that struck (or ''), and whether the quota counts the request."""
        route = _route(request, scopes)
        if isinstance(route, Response):
            return route, "", quota.counts(self.options, carried_out=False)
        endpoint, id_ = route
        fault = self._faults.strike(endpoint, body)
        if fault is None:
            good = self._carry_out(endpoint, id_, request, scopes, body)
            return good, "", quota.counts(self.options, carried_out=good.status_code < _BAD)
        done = self._carry_out(endpoint, id_, request, scopes, body) if fault.is_late else None
        counted = quota.counts(self.options, carried_out=done is not None and done.status_code < _BAD)
        served = spoil(fault, self.options.daily_limit, _NEEDS.get(endpoint, ""), done)
        return served, fault.what, counted and fault.what != "429"

    def _carry_out(
        self, endpoint: Endpoint, id_: str, request: HttpRequest, scopes: frozenset[str], body: Any
    ) -> Response:
        match endpoint:
            case "upsert":
                return self._upsert(request, body)
            case "list":
                return self._list(request)
            case "get":
                return self._get(id_)
            case "auth":
                return self._auth(scopes)
            case _:
                assert_never(endpoint)

    def _upsert(self, request: HttpRequest, body: Any) -> Response:
        if request.mimetype != _JSON:
            return answers.invalid(("content-type", f"Expected {_JSON}"))
        if not isinstance(body, dict):
            return answers.invalid(("", "Expected a JSON object"))
        if wrong := list(problems(body)):
            return answers.invalid(*wrong)
        clears = self.options.empty == "clears"
        made = self._clock.now().isoformat()
        try:
            customer, created = upsert_rule.upsert(self.store, body, self._keys, made, empty_clears=clears)
        except upsert_rule.UnknownCustomer:
            unknown = answers.invalid(("id", "Customer not found"))
            return unknown if self.options.unknown_id == _BAD else answers.not_found()
        what = "created" if created else "updated"
        shown = {name: value for name, value in customer.items() if value is not None}
        status = self.options.created_status if created else 200
        return answers.answer(shown | {"message": f"Customer {what} successfully"}, status)

    def _list(self, request: HttpRequest) -> Response:
        late = int(self._shifts > 0 and request.args.get("page", "1") != "1")
        try:
            page = listing(self.store, request.args, late=late)
        except BadQuery as error:
            return answers.invalid((error.name, error.words))
        self._shifts -= late
        return answers.answer(page)

    def _get(self, id_: str) -> Response:
        customer = self.store.get(id_) if is_uuid(id_) else None
        if customer is None:
            return answers.not_found()
        return answers.answer({"data": listed_customer(customer), "status": "success"})

    def _auth(self, scopes: frozenset[str]) -> Response:
        return answers.answer(
            {
                "authenticated": True,
                "company_id": self.store.company_id,
                "auth_method": "api_key",
                "scopes": sorted(scopes),
                "timestamp": self._clock.now().isoformat(),
            }
        )


def _route(request: HttpRequest, scopes: frozenset[str]) -> tuple[Endpoint, str] | Response:
    """The endpoint and the customer's ID (or ''), or the answer that refuses the request."""
    if request.headers.get("rotor-api-version") != VERSION:
        return answers.invalid(("rotor-api-version", f"Expected {VERSION}"))
    try:
        endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
    except MethodNotAllowed as error:
        return answers.no_method(*error.valid_methods or ())
    except HTTPException:
        return answers.not_found()
    needed = _NEEDS.get(endpoint, "")
    if needed and needed not in scopes:
        return answers.no_scope(needed)
    return endpoint, values.get("id_", "")


def _body(request: HttpRequest) -> Any:
    """The body's JSON, None if it can't be read: deep nesting overflows the parser, and chunks may be malformed."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError, OSError, HTTPException):
        return None
