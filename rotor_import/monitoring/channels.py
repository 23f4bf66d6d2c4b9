"""The ways to people: our own webhook for https, and apprise for every other kind of address."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rotor_import.errors import SettingsError
from rotor_import.monitoring.bounded import carried_out
from rotor_import.monitoring.message import Message

if TYPE_CHECKING:
    import apprise

_LONGEST = 55.0
"""Seconds after which an address that hasn't answered is given up."""

Channel = Callable[[Message], bool]


class Channels:
    """The addresses of --notify. Raises SettingsError for one that can't be used; its words never repeat it."""

    def __init__(
        self, addresses: Sequence[str], warn: Callable[[str], None], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._warn = warn
        self._channels = [_channel(address, sleep) for address in addresses]

    def __bool__(self) -> bool:
        return bool(self._channels)

    def tell(self, message: Message, longest: float = _LONGEST) -> bool:
        """Whether anybody took the message. All are told at once, and each that did not take it is a warning."""
        taken = carried_out([partial(channel, message) for channel in self._channels], longest)
        for number, is_taken in enumerate(taken, 1):
            if not is_taken:
                which = "The address" if len(taken) == 1 else f"Address {number}"
                self._warn(f"{which} of --notify didn't accept the message. Check that it is right and can be reached.")
        return any(taken)


def _channel(address: str, sleep: Callable[[float], None]) -> Channel:
    if address.partition("://")[0].lower() not in ("http", "https"):
        return partial(_through_apprise, _service(address))
    from rotor_import.api.notify import check_address, notify  # noqa: PLC0415 - few runs need the network for this

    checked = check_address(address, "--notify")
    return lambda message: notify(checked, message.body, sleep)


def _service(address: str) -> apprise.Apprise:
    """The service behind the address."""
    try:
        import apprise  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError("--notify needs an extra package: pip install 'rotor-import[notify]'") from None
    _silence()
    asset = apprise.AppriseAsset(app_id="rotor-import", app_desc="rotor-import", async_mode=False)
    service = apprise.Apprise(asset=asset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the first loads all of its services, some of which use what is deprecated
        plugin = apprise.Apprise.instantiate(address, asset=asset)
    if plugin is None:
        raise SettingsError(
            "--notify has an address that isn't one of a webhook (https://…) or of a service that apprise knows "
            "(mailto://, slack://, workflows:// for Teams, …). https://appriseit.com/services lists their forms."
        )
    service.add(plugin)
    return service


def _through_apprise(service: apprise.Apprise, message: Message) -> bool:
    import apprise  # noqa: PLC0415 - an extra

    kinds = {
        "alarm": apprise.NotifyType.WARNING,
        "all_clear": apprise.NotifyType.SUCCESS,
        "ended": apprise.NotifyType.INFO,
    }
    title, _, body = message.text.partition("\n")
    kind, form = kinds[message.event], apprise.NotifyFormat.TEXT
    return bool(service.notify(body=body or title, title=title, notify_type=kind, body_format=form))


def _silence() -> None:
    """apprise, and what it sends with, log addresses, which hold tokens."""
    for name in ("apprise", "requests", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", message="Unverified HTTPS request")
