"""The exit codes of the contract, what each means, and which of several counts."""

from __future__ import annotations

DONE, DEFECT, WRONG_INPUT, TROUBLED, PAUSED, KEY_REFUSED, BUSY, DOWN, SAFEGUARD = range(9)

MEANING = {
    DONE: "done",
    DEFECT: "an internal error (a bug in rotor-import)",
    WRONG_INPUT: "wrong usage, mapping or file; nothing was sent",
    TROUBLED: "done, but more rows have problems than --tolerate allows",
    PAUSED: "paused; changes are pending",
    KEY_REFUSED: "Rotor refused the API key",
    BUSY: "another run is using the account",
    DOWN: "Rotor's API is down",
    SAFEGUARD: "a safeguard stopped it",
}
WORKED = frozenset({DONE, TROUBLED, PAUSED})
"""The codes of a run that did its work, as far as the quota allowed."""
WORST_FIRST = (DEFECT, WRONG_INPUT, KEY_REFUSED, BUSY, SAFEGUARD, DOWN, PAUSED, TROUBLED)
"""Of many codes, the first of these counts."""
