"""What it means that an attempt got no answer: whether Rotor may have carried it out, and what people are told."""

from __future__ import annotations

import socket
import ssl

import httpcore
import httpx

from rotor_import.api.attempt import Failure, FinalError
from rotor_import.errors import FatalApiError

LATE = (httpx.TimeoutException, httpcore.TimeoutException)
BROKEN = (
    httpx.HTTPError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
"""Whatever may end an exchange early; those of httpcore come from the network, those of httpx from other transports."""
_PROXY = (httpx.ProxyError, httpcore.ProxyError)
_UNSENT = (
    *_PROXY,
    httpx.ConnectError,
    httpcore.ConnectError,
    httpx.ConnectTimeout,
    httpcore.ConnectTimeout,
    httpx.PoolTimeout,
    httpcore.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpcore.UnsupportedProtocol,
)


def unanswered(error: Exception) -> Failure | FinalError:
    if isinstance(error, _UNSENT):
        return _unsent(error)
    if isinstance(error, LATE):
        return Failure("Rotor didn't answer in time", "timeout")
    return Failure("The connection broke before Rotor answered", "dropped")


def _unsent(error: Exception) -> Failure | FinalError:
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        untrusted = FatalApiError(
            "The certificate of Rotor's server isn't trusted. If your company inspects traffic with a proxy, "
            "set SSL_CERT_FILE to the proxy's certificates."
        )
        return FinalError(untrusted, "not sent")
    if isinstance(error, _PROXY):
        why = "the proxy refused"
    elif isinstance(error, LATE):
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
