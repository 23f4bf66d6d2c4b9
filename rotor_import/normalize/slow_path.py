"""Phones and e-mails that need their library, one by one; in more than one process when they are many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from rotor_import.normalize.damage import key_damage
from rotor_import.normalize.emails import normal_email
from rotor_import.normalize.phones import Normal, normal_phone

SHARE = 25_000
"""Values that are worth a process of their own."""
_PATIENCE = 120
"""Seconds for a share in another process, some hundred times what it takes; then it is done here."""
_WORKER = "from rotor_import.normalize.slow_path import work; work()"


class Verdict(NamedTuple):
    """`normal` is '' where the value is invalid; `damaged` says that nobody can know what the cell held."""

    normal: str
    reason: str = ""
    damaged: bool = False


class Question(NamedTuple):
    """`name` is `phone` or `email`. A file's values may be `damageable` by a spreadsheet, Rotor's are not."""

    name: str
    region: str
    damageable: bool = True


def verdict(question: Question, value: str) -> Verdict:
    if not question.damageable:
        return Verdict(*_normal(question, value.strip() if question.name == "email" else value))
    damage = key_damage(question.name, value)
    if damage.fault:
        return Verdict("", damage.fault, damaged=True)
    normal, reason = _normal(question, damage.value)
    return Verdict(normal, "; ".join(one for one in (damage.note, reason) if one))


def _normal(question: Question, value: str) -> tuple[str, str]:
    found: Normal = normal_phone(value, question.region) if question.name == "phone" else normal_email(value)
    return found.value, found.reason


def verdicts(question: Question, values: Sequence[str], *, share: int = SHARE) -> list[Verdict]:
    """In the order of the values. Where a process cannot be had, its share is done in this one."""
    count = max(1, min(os.cpu_count() or 1, len(values) // share))
    if count == 1 or not sys.executable or getattr(sys, "frozen", False):
        return [verdict(question, value) for value in values]
    size = -(-len(values) // count)
    own, *others = [values[at : at + size] for at in range(0, len(values), size)]
    with ThreadPoolExecutor(len(others)) as threads:
        coming = [threads.submit(_elsewhere, question, part) for part in others]
        found = [verdict(question, value) for value in own]
        for part, one in zip(others, coming, strict=True):
            answer = one.result()
            found += [verdict(question, value) for value in part] if answer is None else answer
    return found


def _elsewhere(question: Question, values: Sequence[str]) -> list[Verdict] | None:
    """In a new process, which runs nothing of the caller's program; None where that failed."""
    # It finds the packages where this process does, but not in the folder it happens to stand in.
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        done = subprocess.run(  # noqa: S603 - our own module in our own interpreter; the values go through a pipe
            [sys.executable, "-P", "-c", _WORKER],
            input=json.dumps([question, values]).encode(),
            capture_output=True,
            check=True,
            timeout=_PATIENCE,
            env=os.environ | {"PYTHONPATH": paths},
        )
        answer = [Verdict(*one) for one in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        return None
    return answer if len(answer) == len(values) else None


def work() -> None:
    """What the other process does: one question in, one list of verdicts out."""
    question, values = json.load(sys.stdin)
    asked = Question(*question)
    json.dump([verdict(asked, value) for value in values], sys.stdout)
