"""Programs side by side: who runs with whom, who is tried again, and how each ended."""

import os
import sys

import pytest

from rotor_import.sync.side_by_side import Job, SideBySide


def job(name, script, account=None):
    return Job(name, [sys.executable, "-c", script], dict(os.environ), account or name)


@pytest.fixture
def told():
    return []


def run(told, jobs, *, again=lambda _code: False):
    return SideBySide(3, lambda name, line: told.append((name, line)), again).run(jobs)


def test_each_ends_as_it_does_alone_in_the_given_order(told):
    jobs = [
        job("good", "import sys; print('out'); print('a\\n\\nb', file=sys.stderr)"),
        job("bad", "raise SystemExit(3)"),
        job("killed", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
        Job("missing", ["/no/such/program"], {}, "missing"),
    ]
    ended = run(told, jobs)
    assert list(ended) == ["good", "bad", "killed", "missing"]
    assert [one.code for one in ended.values()] == [0, 3, -9, None]
    assert ended["good"].out == "out\n"
    assert [line for name, line in told if name == "good"] == ["a", "b"]


def test_those_of_one_account_never_run_at_the_same_time(told, tmp_path):
    """Each makes a folder that the other must not find."""
    alone = f"import os; os.mkdir({str(tmp_path / 'taken')!r}); os.rmdir({str(tmp_path / 'taken')!r})"
    ended = run(told, [job(name, alone, account="one") for name in "abcd"])
    assert [one.code for one in ended.values()] == [0, 0, 0, 0]


def test_a_busy_one_is_tried_once_more_at_the_end(told, tmp_path):
    first = f"import pathlib, sys; p = pathlib.Path({str(tmp_path / 'seen')!r})\n"
    later = first + "sys.exit(0) if p.exists() else (p.touch(), sys.exit(6))"
    ended = run(told, [job("later", later), job("always", "raise SystemExit(6)")], again=lambda code: code == 6)
    assert [one.code for one in ended.values()] == [0, 6]


def test_nothing_is_started_after_a_stop(told):
    runner = SideBySide(1, lambda name, line: told.append((name, line)), lambda _code: False)
    runner.stop()
    [ended] = runner.run([job("late", "print('ran')")]).values()
    assert (ended.code, ended.out, ended.stopped) == (None, "", True)
