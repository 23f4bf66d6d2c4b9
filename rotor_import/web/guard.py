"""Lets in only the browser that was given the link: by its token, then by cookie, Host and Origin."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rotor_import.web.render import bare_page

SAFE = ("GET", "HEAD")
OURS = ("", "none", "same-origin")
"""What a browser says of a request of this page's own (Sec-Fetch-Site), or of an address that a person typed."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
OPEN = "/static/"
"""Style and scripts: who has no link yet is told so in the page's own looks. Nobody's data is in them."""
ANOTHER = "/another"
"""Where another program of the same person asks for a link."""
_MOST_TOKENS = 8
"""Links that were given out and not used; the oldest one is void once there are more."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Wraps the application that listens on this port of the loopback.

    Each token is exchanged once, for a cookie that lasts as long as the browser and this process.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._cookie = f"rotor-import-{port}"  # all ports of a host share their cookies
        self._session = secrets.token_urlsafe(32)
        self._tokens: list[str] = []
        self.secret = secrets.token_urlsafe(32)
        """What another program of the same person shows, instead of a browser's cookie and Origin."""
        self.token = self.new_token()

    def new_token(self) -> str:
        """Another one that works once."""
        token = secrets.token_urlsafe(32)
        self._tokens = [*self._tokens, token][-_MOST_TOKENS:]
        return token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = self._refusal(scope) or self._entrance(scope)
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        """Another host's name, or a request that another page makes."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self._hosts:
            return _refused(scope, "This address isn't the page's own.")
        if self._is_program(scope):
            return None
        wrong = origin is not None and origin != f"http://{host}"
        unsaid = origin is None and scope["method"] not in SAFE
        if wrong or unsaid or headers.get("sec-fetch-site", "") not in OURS:
            return _refused(scope, "This request came from another page.")
        return None

    def _entrance(self, scope: Scope) -> Response | None:
        """None for who has the cookie; else the exchange of a token, or a refusal."""
        is_known = hmac.compare_digest(_cookie(scope, self._cookie), self._session.encode()) or self._is_program(scope)
        tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token") if scope["path"] == "/" else None
        if tokens is None or scope["method"] != "GET":
            is_open = scope["path"].startswith(OPEN) and scope["method"] in SAFE
            return None if is_known or is_open else _refused(scope, "This page needs the link that opens it.")
        if self._take(tokens[0]):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
            return answer
        return RedirectResponse("/", 303) if is_known else _refused(scope, "This link was used already.")

    def _is_program(self, scope: Scope) -> bool:
        """Whether it is no browser, but a program that knows the secret."""
        headers = Headers(scope=scope)
        if scope["path"] != ANOTHER or "origin" in headers or "sec-fetch-site" in headers:
            return False
        return hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {self.secret}".encode())

    def _take(self, given: str) -> bool:
        """Whether this is a token, which is void from now on."""
        found = [token for token in self._tokens if hmac.compare_digest(token.encode(), given.encode())]
        self._tokens = [token for token in self._tokens if token not in found]
        return bool(found)


def _cookie(scope: Scope, name: str) -> bytes:
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return cookies.get(name, "").encode()


def _refused(scope: Scope, why: str) -> Response:
    """In words: as a page for a person who opens one, else as text."""
    if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
        return HTMLResponse(bare_page(why), 403)
    return Response(f"{why} Type in a terminal: rotor-import open", 403, media_type="text/plain")


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _missing(headers):
                headers[name] = value
        await send(message)

    return sent


def _missing(headers: MutableHeaders) -> Iterable[tuple[str, str]]:
    return [(name, value) for name, value in _HEADERS.items() if name not in headers]
