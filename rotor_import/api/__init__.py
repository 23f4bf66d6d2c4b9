"""The client of the Rotor customers API; nothing outside this package knows httpx or tenacity."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rotor_import.api.address import check_base_url, check_key
from rotor_import.api.contract import Identity, Meter, Page, RetryPolicy, Upserted, longest_attempt

if TYPE_CHECKING:
    from rotor_import.api.client import RotorClient
    from rotor_import.api.embedded import wsgi_transport

# With its command line, httpx would load rich and what that needs: as long as all else of it, in every run. Without, it
# does what it does where they aren't installed.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None means that it can't be imported

__all__ = [
    "Identity",
    "Meter",
    "Page",
    "RetryPolicy",
    "RotorClient",
    "Upserted",
    "check_base_url",
    "check_key",
    "longest_attempt",
    "wsgi_transport",
]


def __getattr__(name: str) -> Any:
    """Import the network's libraries only when asked for: a plan without Rotor's list needs none of them."""
    match name:
        case "RotorClient":
            from rotor_import.api.client import RotorClient  # noqa: PLC0415 - the point of this function

            return RotorClient
        case "wsgi_transport":
            from rotor_import.api.embedded import wsgi_transport  # noqa: PLC0415 - the point of this function

            return wsgi_transport
    raise AttributeError(f"module 'rotor_import.api' has no attribute {name!r}")
