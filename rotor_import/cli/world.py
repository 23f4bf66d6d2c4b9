"""The World of a command: its progress, its signals, the clock, and whoever is asked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rotor_import.cli.progress import Progress
    from rotor_import.pipeline import World
    from rotor_import.pipeline.proposal import Confirm


def world_of(progress: Progress, confirm: Confirm | None = None) -> World:
    from rotor_import.cli.signals import Signals  # noqa: PLC0415 - --help has no need of it
    from rotor_import.model.clock import Clock  # noqa: PLC0415 - --help has no need of it
    from rotor_import.pipeline import World  # noqa: PLC0415 - --help has no need of it

    signals = Signals(progress.say)
    signals.install()
    return World(clock=Clock(sleep=signals.sleep), progress=progress, shield=signals.shield, confirm=confirm)
