"""A caller's function is told how far an import is, and can do no harm."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest

from rotor_import import ProgressEvent, plan_import, resume, run_import

PEOPLE = [{"key": str(number), "phone": f"763-555-01{number:02}", "first_name": f"P{number}"} for number in range(8)]


@pytest.fixture
def busy(office):
    office.rotor.seed([{"phone": "763-555-0199"}])
    office.write(PEOPLE)
    return office


def run(office, progress, **more):
    settings = replace(office.settings, **more)
    return run_import([office.file], office.mapping, settings, office.world, progress=progress)


def test_a_plan_tells_how_much_of_rotors_list_is_read_and_a_run_what_is_sent(busy):
    seen = []
    plan_import([busy.file], busy.mapping, busy.settings, busy.world, progress=seen.append)
    assert seen == [ProgressEvent("reading Rotor", 1, 1)]
    seen.clear()
    run(busy, seen.append)
    assert seen == [
        ProgressEvent("reading Rotor", 1, 1),
        *(ProgressEvent("sending", done, len(PEOPLE)) for done in range(1, len(PEOPLE) + 1)),
    ]


def test_what_goes_on_with_a_run_is_told_too(busy):
    busy.run(max_requests=5)
    left = len(PEOPLE) - busy.rotor.posts()
    seen = []
    resume(busy.settings, busy.world, progress=seen.append)
    assert seen[-1] == ProgressEvent("sending", left, left)


def test_without_a_function_the_worlds_own_progress_is_told(busy):
    seen = []
    world = replace(busy.world, progress=lambda *step: seen.append(step))
    run_import([busy.file], busy.mapping, busy.settings, world)
    assert seen[-1] == ("sending", len(PEOPLE), len(PEOPLE))


@pytest.mark.parametrize("stage", ["reading Rotor", "sending"])
def test_an_exception_in_it_costs_nothing_and_is_told_at_the_end(busy, stage):
    calls = []

    def fail(event):
        if event.stage == stage:
            calls.append(event)
            raise ZeroDivisionError("no percentage")

    with pytest.warns(RuntimeWarning, match="progress raised ZeroDivisionError: no percentage") as warned:
        report = run(busy, fail)
    assert warned[0].filename == __file__, "the warning points at the caller"
    assert len(calls) == 1
    assert report.summary["state"] == "complete"
    assert report.summary["sent"]["created"] == len(PEOPLE)
    assert busy.pending() == {}
    assert busy.run().posts == 0


def test_where_warnings_are_errors_what_was_sent_is_written_down_all_the_same(busy):
    def fail(_event):
        raise ZeroDivisionError

    with pytest.raises(RuntimeWarning, match="ZeroDivisionError"):
        run(busy, fail)
    assert busy.rotor.posts() == len(PEOPLE)
    assert busy.pending() == {}
    assert busy.run().posts == 0


def test_an_interrupt_in_it_ends_the_run_and_the_next_one_creates_nobody_again(busy):
    def interrupt(event):
        if event.stage == "sending":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(busy, interrupt)
    report = busy.run().report
    assert report.summary["state"] == "complete"
    assert busy.pending() == {}
    assert len(busy.rotor.customers()) == len(PEOPLE) + 1
    assert busy.run().posts == 0


def test_it_is_told_in_the_thread_that_runs_the_import(busy):
    """What a caller's function works with may belong to one thread, as a connection to SQLite does."""
    threads = set()
    run(busy, lambda _event: threads.add(threading.current_thread()))
    assert threads == {threading.current_thread()}


def test_a_stop_that_comes_when_all_has_been_sent_leaves_nothing_paused(busy):
    """There is nothing to go on with."""

    @contextmanager
    def shield():
        yield lambda: busy.rotor.posts() == len(PEOPLE)

    world = replace(busy.world, shield=shield)
    summary = run_import([busy.file], busy.mapping, replace(busy.settings, concurrency=1), world).summary
    assert (summary["state"], summary["sent"]["created"]) == ("complete", len(PEOPLE))
