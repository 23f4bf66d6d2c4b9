"""A dead man's switch: a service such as healthchecks.io that tells people if a run doesn't report in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from rotor_import.model import exit_code
from rotor_import.monitoring.bounded import carried_out

_START, _END = 5.0, 55.0
"""The most seconds that a ping may take; the work waits for the first."""


class Pings:
    """Its pings, to one address, which is a secret. Raises SettingsError for one that would be unprotected."""

    def __init__(
        self,
        address: str,
        command: str,
        warn: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        from rotor_import.api.notify import check_address  # noqa: PLC0415 - few runs need it

        self._address = check_address(address, "--ping")
        self._command = command
        self._warn = warn
        self._sleep = sleep

    def began(self) -> None:
        self._send("start", f"rotor-import {self._command}: started", _START)

    def ended(self, code: int, longest: float = _END) -> None:
        """It did its work, as far as the quota allowed, or it failed."""
        step: Literal["", "fail"] = "" if code in exit_code.WORKED else "fail"
        self._send(step, f"rotor-import {self._command}: {exit_code.MEANING[code]} (exit code {code})", longest)

    def stopped(self) -> None:
        """Somebody stopped it, and doesn't want to wait."""
        self.ended(exit_code.PAUSED, _START)

    def _send(self, step: str, words: str, longest: float) -> None:
        from rotor_import.api.notify import BRIEF, USUAL, ping  # noqa: PLC0415 - few runs need it

        patience = BRIEF if longest == _START else USUAL
        if not all(carried_out([lambda: ping(self._address, step, words, self._sleep, patience)], longest)):
            self._warn("The address of --ping didn't accept the ping. Check that it is right and can be reached.")
