"""Phones and emails that need their library, checked one by one; many are shared among processes."""

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
from rotor_import.normalize.phone_cells import phone_in_cell
from rotor_import.normalize.phones import Normal, normal_phone

SHARE = 25_000
"""Values from which a process of their own pays."""
_PATIENCE = 120
"""Seconds that another process gets for its share, some hundred times what it takes; after that it is done here."""
_WORKER = "from rotor_import.normalize.slow_path import work; work()"


class Question(NamedTuple):
    """What is asked about values: `name` is `phone` or `email`.

    A spreadsheet may have damaged a file's values, and people wrote other things around them (`damageable`), but not
    Rotor's. `area_code` stands before phones without one.
    """

    name: str
    region: str
    damageable: bool = True
    area_code: str = ""


def checked(question: Question, value: str) -> Normal:
    if not question.damageable:
        return normal_phone(value, question.region) if question.name == "phone" else normal_email(value.strip())
    damage = key_damage(question.name, value)
    if damage.fault:
        return Normal("", damage.fault, damaged=True)
    phone = question.name == "phone"
    normal = phone_in_cell(damage.value, question.region, question.area_code) if phone else normal_email(damage.value)
    return Normal(normal.value, "; ".join(remark for remark in (damage.note, normal.reason) if remark))


def checked_each(question: Question, values: Sequence[str], *, share: int = SHARE) -> list[Normal]:
    """The values in their order. Where a process cannot be started, its share is done in this one."""
    count = max(1, min(os.cpu_count() or 1, len(values) // share))
    if count == 1 or not sys.executable or getattr(sys, "frozen", False):
        return [checked(question, value) for value in values]
    size = -(-len(values) // count)
    own, *others = [values[at : at + size] for at in range(0, len(values), size)]
    with ThreadPoolExecutor(len(others)) as threads:
        futures = [threads.submit(_elsewhere, question, part) for part in others]
        normals = [checked(question, value) for value in own]
        for part, future in zip(others, futures, strict=True):
            answer = future.result()
            normals += [checked(question, value) for value in part] if answer is None else answer
    return normals


def _elsewhere(question: Question, values: Sequence[str]) -> list[Normal] | None:
    """The values checked in a new process, which runs nothing of the caller's program; None where that failed."""
    # It imports packages from where this process does, but not from the current folder.
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
        answer = [Normal(*fields) for fields in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        return None
    return answer if len(answer) == len(values) else None


def work() -> None:
    """What the other process does: one question in, one list of normal forms out."""
    question, values = json.load(sys.stdin)
    asked = Question(*question)
    json.dump([checked(asked, value) for value in values], sys.stdout)
