"""The World of a command: its progress, its signals and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rotor_import.cli.progress import Progress
    from rotor_import.pipeline import World


def world_of(progress: Progress) -> World:
    from rotor_import.cli.signals import Signals  # noqa: PLC0415 - --help has no need of it
    from rotor_import.model.clock import Clock  # noqa: PLC0415 - --help has no need of it
    from rotor_import.pipeline import World  # noqa: PLC0415 - --help has no need of it

    signals = Signals(progress.say)
    signals.install()
    return World(clock=Clock(sleep=signals.sleep), progress=progress, shield=signals.shield)
