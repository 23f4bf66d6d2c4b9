"""Workers take jobs and file results one at a time, and do the jobs at the same time."""

import os
import signal
import threading

import pytest

from rotor_import.upsert.workers import Workers


class Jobs:
    """So many jobs; each waits, once, until as many as wanted are under way at the same time."""

    def __init__(self, count, together=1):
        self.left = list(range(count))
        self.filed, self.most, self.inside = [], 0, 0
        self._barrier = threading.Barrier(together)

    def take(self, under_way):
        self._alone()
        self.most = max(self.most, under_way + 1) if self.left else self.most
        return self.left.pop(0) if self.left else None

    def work(self, job):
        if job < self._barrier.parties:
            self._barrier.wait(60)
        return f"done {job}"

    def file(self, job, done):
        self._alone()
        self.filed.append((job, done.result()))

    def _alone(self):
        self.inside += 1
        assert self.inside == 1
        self.inside -= 1


def run(jobs, count):
    Workers(jobs.take, jobs.work, jobs.file).run(count)


@pytest.mark.parametrize("count", [1, 4])
def test_every_job_is_done_once_and_as_many_at_the_same_time_as_there_are_workers(count):
    jobs = Jobs(50, together=count)
    run(jobs, count)
    assert sorted(jobs.filed) == [(job, f"done {job}") for job in range(50)]
    assert jobs.most == count


def test_a_job_that_waits_for_another_is_taken_once_that_one_is_filed():
    """As the first request, which goes alone."""
    jobs, in_vain, idle, all_four = Jobs(9), [], threading.Event(), threading.Barrier(4)
    take = jobs.take

    def take_alone(under_way):
        if not under_way or jobs.filed:
            return take(under_way)
        in_vain.append(under_way)
        if len(in_vain) == 3:
            idle.set()
        return None

    def work(job):
        return idle.wait(10) if job == 0 else all_four.wait(10) if job <= 4 else job

    jobs.take, jobs.work = take_alone, work
    run(jobs, 4)
    assert len(jobs.filed) == 9
    assert jobs.filed[0][0] == 0


def test_what_a_job_raises_is_filed_with_it():
    jobs, found = Jobs(3), []

    def work(job):
        if job == 1:
            raise MemoryError
        return job

    Workers(jobs.take, work, lambda job, done: found.append((job, type(done.exception())))).run(1)
    assert found == [(0, type(None)), (1, MemoryError), (2, type(None))]


@pytest.mark.parametrize("where", ["take", "file"])
def test_an_error_of_our_own_ends_all_and_is_raised(where):
    jobs = Jobs(100)

    def broken(*_):
        raise ZeroDivisionError

    setattr(jobs, where, broken)
    with pytest.raises(ZeroDivisionError):
        run(jobs, 4)
    assert len(jobs.left) >= 96


def test_a_worker_that_is_killed_ends_all():
    class Killed(BaseException):
        pass

    jobs = Jobs(100)

    def work(job):
        if job == 5:
            raise Killed
        return job

    jobs.work = work
    with pytest.raises(Killed):
        run(jobs, 4)
    assert len(jobs.filed) < 12


def test_what_is_raised_in_the_callers_thread_lets_nothing_more_be_taken_and_what_is_under_way_be_filed(monkeypatch):
    """As by the handler of a signal, or a time limit: nothing may be sent once the account is given back."""
    jobs, started, over = Jobs(1000), threading.Event(), threading.Event()

    def work(job):
        started.set()
        if job < 4:
            over.wait(5)
        return job

    def disturbed():
        if started.is_set():
            raise KeyboardInterrupt

    def ended(error):
        end(error)
        over.set()  # the jobs under way end after that

    workers = Workers(jobs.take, work, jobs.file)
    end = workers._end  # noqa: SLF001 - no other sign shows that the caller was disturbed
    monkeypatch.setattr(workers, "_end", ended)
    with pytest.raises(KeyboardInterrupt):
        workers.run(4, disturbed)
    assert len(jobs.filed) + len(jobs.left) == 1000
    assert 1 <= len(jobs.filed) <= 4


def test_a_signals_handler_runs_while_jobs_are_done():
    jobs, handled = Jobs(4), threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: handled.set())
    try:
        jobs.work = lambda _: os.kill(os.getpid(), signal.SIGUSR1) or handled.wait(60)
        run(jobs, 1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert [done for _, done in jobs.filed] == [True] * 4


def test_the_callers_thread_is_called_once_more_at_the_end():
    jobs, seen = Jobs(3), []
    Workers(jobs.take, lambda job: job + 1, jobs.file).run(1, lambda: seen.append(len(jobs.filed)))
    assert seen[-1] == 3


def test_fewer_threads_than_wanted_do_the_same(monkeypatch):
    jobs = Jobs(20)
    start = threading.Thread.start
    started = []

    def refuse_more(thread):
        if thread.name.startswith("rotor"):
            if started:
                raise RuntimeError("can't start new thread")
            started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse_more)
    run(jobs, 4)
    assert len(jobs.filed) == 20
