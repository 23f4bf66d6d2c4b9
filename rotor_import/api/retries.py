"""How long one call keeps trying; nothing outside this module knows tenacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tenacity

from rotor_import.api.attempt import AttemptResult, Failure, T, Throttled

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotor_import.api.contract import RetryPolicy

_DOUBLINGS = 60
"""Doublings of the wait at most: more than any cap needs, and few enough not to overflow a float."""


@dataclass(frozen=True)
class Pace:
    """How retries are timed. `patience` is the longest Retry-After of a 429 that is slept through, in seconds."""

    policy: RetryPolicy
    patience: float
    sleep: Callable[[float], None]
    now: Callable[[], float]
    jitter: Callable[[], float]


class Tries:
    """The attempts of one call. Not shared between threads."""

    def __init__(self, pace: Pace, *, repeatable: bool) -> None:
        self.count = 0
        self.reached = False
        """Whether some failed attempt may have been carried out."""
        self._pace = pace
        self._repeatable = repeatable
        self._began = pace.now()
        self._excused = 0.0
        self._throttled = False

    def excuse(self, seconds: float) -> None:
        """Leave these seconds of waiting for quota out of the total: they say nothing about whether Rotor works."""
        self._excused += seconds

    def run(self, attempt: Callable[[], AttemptResult[T]]) -> AttemptResult[T]:
        def noted() -> AttemptResult[T]:
            result = attempt()
            self.count += 1
            self.reached |= isinstance(result, Failure) and result.reached
            self._throttled = isinstance(result, Throttled)
            return result

        first = noted()
        if not self._may_retry(first):  # as nearly all, and tenacity takes a while to begin
            return first
        earlier = [first]
        # tenacity's own time limits read the machine's clock; these read the one handed in.
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_result(self._may_retry),
            wait=self._wait,
            stop=self._stop,
            sleep=self._sleep,
            retry_error_callback=_outcome,
        )
        return retrying(lambda: earlier.pop() if earlier else noted())

    def _may_retry(self, result: AttemptResult[Any]) -> bool:
        match result:
            case Failure():
                return self._repeatable or not result.reached
            case Throttled(retry_after=float(seconds)):
                return self._repeatable and seconds <= self._pace.patience
        return False

    def _wait(self, state: tenacity.RetryCallState) -> float:
        result = _outcome(state)
        after: float = result.retry_after or 0.0
        if self._throttled:
            return after
        policy = self._pace.policy
        ceiling = min(policy.cap, policy.base * 2.0 ** min(state.attempt_number - 1, _DOUBLINGS))
        return max(after, self._pace.jitter() * ceiling)

    def _stop(self, state: tenacity.RetryCallState) -> bool:
        policy = self._pace.policy
        if state.attempt_number >= policy.attempts:
            return True
        if self._throttled:
            return False
        spent = self._pace.now() - self._began - self._excused
        return spent + state.upcoming_sleep > policy.total

    def _sleep(self, seconds: float) -> None:
        before = self._pace.now()
        self._pace.sleep(seconds)
        if self._throttled:
            self.excuse(self._pace.now() - before)


def _outcome(state: tenacity.RetryCallState) -> Any:
    if state.outcome is None:
        raise RuntimeError("tenacity asked before the attempt")
    return state.outcome.result()
