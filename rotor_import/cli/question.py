"""Asks on the terminal, between planning and sending, whether the customers are to be sent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rotor_import.cli import result_text
from rotor_import.cli.terminal import Terminal

if TYPE_CHECKING:
    from rotor_import.config import Settings
    from rotor_import.pipeline.proposal import Confirm, Proposal

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


def question(settings: Settings, close: Callable[[], None], *, as_json: bool) -> Confirm | None:
    """What asks the person; None if nobody is to be asked, or nobody is there to answer.

    `close` removes what a progress bar has drawn.
    """
    somebody = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if settings.yes or settings.sandbox or as_json or not somebody:
        return None

    def asked(proposal: Proposal) -> bool:
        close()
        return _asked(proposal)

    return asked


def _asked(proposal: Proposal) -> bool:
    """Show the plan and ask. Raises KeyboardInterrupt for Ctrl-C."""
    terminal = Terminal(err=True)
    terminal.write("\n".join([*result_text.proposed(proposal, terminal), ""]))
    which = "the remaining " if proposal.goes_on else ""
    customers = "customer" if proposal.customers == 1 else "customers"
    try:
        return _answer(f"Send {which}{proposal.customers:,} {customers}? [y/N] ")
    except KeyboardInterrupt:
        terminal.write("")  # the line on which Ctrl-C was pressed ends here
        terminal.say("Nothing was sent.")
        raise


def _answer(words: str) -> bool:
    """What was typed, until it is an answer; a closed input is a no."""
    while True:
        sys.stderr.write(words)
        sys.stderr.flush()
        line = sys.stdin.buffer.readline().decode(errors="replace")  # what cannot be read is no answer
        answer = _ANSWERS.get(line.strip().lower())
        if not line.endswith("\n"):
            sys.stderr.write("\n")
        if answer is not None or not line:
            return bool(answer)
