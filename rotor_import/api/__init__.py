"""The client of the Rotor customers API; nothing outside this package knows httpx or tenacity."""

from rotor_import.api.address import check_base_url
from rotor_import.api.client import RotorClient
from rotor_import.api.contract import Identity, Meter, Page, RetryPolicy, Upserted
from rotor_import.api.embedded import wsgi_transport

__all__ = [
    "Identity",
    "Meter",
    "Page",
    "RetryPolicy",
    "RotorClient",
    "Upserted",
    "check_base_url",
    "wsgi_transport",
]
