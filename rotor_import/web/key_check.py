"""Whether the API key works: asked once, since it costs a request, and never shown."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from rotor_import.config import Settings
from rotor_import.errors import KeyRefused, QuotaExhausted
from rotor_import.model.error_words import words_of
from rotor_import.pipeline.inspect import WRITE, check
from rotor_import.pipeline.session import READ, World

State = Literal["works", "limited", "refused", "unknown"]
_MAY = {
    (True, True): "can read and write customers",
    (True, False): "can read customers, but not write them, so it can plan but not import",
    (False, True): "can write customers, but not read them, so a plan can't tell new customers from existing ones",
    (False, False): "can neither read nor write customers",
}


@dataclass(frozen=True)
class KeyStanding:
    """`words` are for the page; a key that is `limited` works, but not for everything."""

    state: State
    words: str


class KeyCheck:
    """`known` is what the last answer was, None until there is one; an error that may pass is asked about again."""

    def __init__(self, settings: Settings, world: World, key_from: str) -> None:
        self._settings = replace(settings, sandbox=False, max_attempts=2, timeout=min(settings.timeout, 10), patience=0)
        self._world, self._from = world, key_from or "the settings"
        self._lock = threading.Lock()
        self.known: KeyStanding | None = None

    def ask(self) -> KeyStanding:
        with self._lock:
            if self.known is not None:
                return self.known
            try:
                self.known = self._worded(check(self._settings, self._world))
            except KeyRefused:
                self.known = KeyStanding("refused", f"Rotor refused the key in {self._from}.")
            except QuotaExhausted as error:
                return KeyStanding("unknown", f"Key found in {self._from}. {words_of(error)}")
            except Exception as error:  # noqa: BLE001 - in words, and the next step says it again if it matters
                return KeyStanding(
                    "unknown", f"Key found in {self._from}, but it couldn't be checked: {words_of(error)}"
                )
            return self.known

    def _worded(self, found: Mapping[str, Any]) -> KeyStanding:
        """A key whose scopes Rotor didn't name may do everything, as far as anybody knows."""
        scopes, requests = found["scopes"], found["requests"]
        may = (READ in scopes, WRITE in scopes) if scopes else (True, True)
        left = f"{requests['remaining']:,} of {requests['limit']:,} requests left today"
        works = f"It works: {_MAY[may]}, {left}." if all(may) else f"It {_MAY[may]}. {left}."
        return KeyStanding("works" if all(may) else "limited", f"Key found in {self._from}. {works}")
