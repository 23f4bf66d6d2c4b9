"""The sandbox as a WSGI application, below /open-api."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from rotor_import.sandbox import rule
from rotor_import.sandbox.body import is_uuid, problems
from rotor_import.sandbox.listing import BadQuery, item, listing
from rotor_import.sandbox.store import Request, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VERSION = "1.1.0"
DAY = 24 * 60 * 60
SCOPES = frozenset({"customers:read", "customers:write"})

_ROUTES = Map(
    [
        Rule("/open-api/customers", endpoint="upsert", methods=["POST"]),
        Rule("/open-api/customers", endpoint="list", methods=["GET"]),
        Rule("/open-api/customers/<id_>", endpoint="get", methods=["GET"]),
        Rule("/open-api/auth/test", endpoint="auth", methods=["GET"]),
    ]
)
_NEEDS = {"upsert": "customers:write", "list": "customers:read", "get": "customers:read"}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Options:
    """`keys` gives each API key its scopes; None takes any key, with all scopes.

    `compare` and `region` say how phones and e-mails are compared. `refuse` names, given a body, a field to
    refuse it for.
    """

    keys: Mapping[str, frozenset[str]] | None = None
    daily_limit: int = 1000
    compare: rule.Compare = "normal"
    region: str = "US"
    refuse: Callable[[Mapping[str, Any]], str | None] | None = None


class Sandbox:
    """A Rotor of one's own; `now` is its clock (aware, UTC). A WSGI application and a context manager."""

    def __init__(
        self,
        path: str | Path = ":memory:",
        options: Options | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.options = options or Options()
        self._now = now
        self._keys = rule.keys_of(self.options.compare, self.options.region)
        self.store = Store(path, self._keys)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._respond(HttpRequest(environ))(environ, start_response)

    def edit(self, id_: str, **fields: Any) -> None:
        """What a person changes in Rotor; None or '' clears a field, tags are replaced."""
        customer = self.store.get(id_)
        if customer is None:
            raise rule.UnknownCustomer(id_)
        self.store.update(id_, {**customer, **fields})

    def _respond(self, request: HttpRequest) -> Response:
        key = request.headers.get("x-api-key", "")
        scopes = SCOPES if self.options.keys is None else self.options.keys.get(key)
        if not key or scopes is None:
            message = "Authentication required. Provide x-api-key header."
            return _error(401, message, error_code="AUTHENTICATION_REQUIRED")
        label = hashlib.sha256(key.encode()).hexdigest()[:16]
        with self.store.atomic():
            at = self._now().timestamp()
            limit = self.options.daily_limit
            if self.store.count(label, at - DAY) >= limit:
                message = f"Daily API key request limit of {limit} exceeded"
                response = _error(429, message, error_code="RATE_LIMIT_EXCEEDED")
            else:
                response = self._route(request, scopes)
            path = "/customers/{id}" if request.path.startswith("/open-api/customers/") else request.path
            self.store.log(Request(at, label, request.method, path, response.status_code))
        return response

    def _route(self, request: HttpRequest, scopes: frozenset[str]) -> Response:
        if request.headers.get("rotor-api-version") != VERSION:
            return _invalid(("rotor-api-version", f"Expected {VERSION}"))
        try:
            endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
        except MethodNotAllowed:
            return _error(405, "Method not allowed")
        except HTTPException:
            return _error(404, "Not found")
        needed = _NEEDS.get(endpoint, "")
        if needed and needed not in scopes:
            message = f"Forbidden: required scope '{needed}' not granted for this API key"
            return _error(403, message, error_code="INSUFFICIENT_SCOPE")
        match endpoint:
            case "upsert":
                return self._upsert(request)
            case "list":
                return self._list(request)
            case "get":
                return self._get(values["id_"])
        return self._auth(scopes)

    def _upsert(self, request: HttpRequest) -> Response:
        try:
            body = json.loads(request.get_data())
        except ValueError:
            return _invalid(("", "Expected a JSON object"))
        if not isinstance(body, dict):
            return _invalid(("", "Expected a JSON object"))
        found = list(problems(body))
        refused = self.options.refuse(body) if self.options.refuse else None
        if refused:
            found.append((refused, "Refused by the sandbox"))
        if found:
            return _invalid(*found)
        try:
            customer, created = rule.upsert(self.store, body, self._keys, self._now().isoformat())
        except rule.UnknownCustomer:
            return _error(404, "Not found")
        what = "created" if created else "updated"
        return _json(customer | {"message": f"Customer {what} successfully"}, 201 if created else 200)

    def _list(self, request: HttpRequest) -> Response:
        try:
            return _json(listing(self.store, request.args))
        except BadQuery as error:
            return _invalid((error.name, error.words))

    def _get(self, id_: str) -> Response:
        customer = self.store.get(id_) if is_uuid(id_) else None
        if customer is None:
            return _error(404, "Not found")
        return _json({"data": item(customer), "status": "success"})

    def _auth(self, scopes: frozenset[str]) -> Response:
        return _json(
            {
                "authenticated": True,
                "company_id": self.store.company_id,
                "auth_method": "api_key",
                "scopes": sorted(scopes),
                "timestamp": self._now().isoformat(),
            }
        )


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _error(status: int, message: str, **more: Any) -> Response:
    return _json({"status": "error", "message": message, **more}, status)


def _invalid(*found: tuple[str, str]) -> Response:
    errors = [{"field": field, "message": message} for field, message in found]
    return _error(400, "Validation failed", errors=errors)
