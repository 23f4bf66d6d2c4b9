"""Lets in only the browser that was given the link: by its token, then by cookie, Host and Origin."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = ("GET", "HEAD")
OURS = ("", "none", "same-origin")
"""What a browser says of a request of this page's own (Sec-Fetch-Site), or of an address that a person typed."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ASK = "Type in the terminal: rotor-import open"


class Guard:
    """Wraps the application that listens on this port of the loopback.

    The token is exchanged once, for a cookie that lasts as long as the browser and this process.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._cookie = f"rotor-import-{port}"  # all ports of a host share their cookies
        self._session = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)

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
            return _refused("This address isn't the page's own.")
        wrong = origin is not None and origin != f"http://{host}"
        unsaid = origin is None and scope["method"] not in SAFE
        if wrong or unsaid or headers.get("sec-fetch-site", "") not in OURS:
            return _refused("This request came from another page.")
        return None

    def _entrance(self, scope: Scope) -> Response | None:
        """None for who has the cookie; else the exchange of a token, or a refusal."""
        known = hmac.compare_digest(_cookie(scope, self._cookie), self._session.encode())
        tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token") if scope["path"] == "/" else None
        if tokens is None or scope["method"] not in SAFE:
            return None if known else _refused(f"This page needs the link that opened it. {_ASK}")
        if self.token and hmac.compare_digest(tokens[0].encode(), self.token.encode()):
            self.token = ""
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
            return answer
        return RedirectResponse("/", 303) if known else _refused(f"This link was used already. {_ASK}")


def _cookie(scope: Scope, name: str) -> bytes:
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return cookies.get(name, "").encode()


def _refused(why: str) -> Response:
    return Response(why, 403, media_type="text/plain")


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
