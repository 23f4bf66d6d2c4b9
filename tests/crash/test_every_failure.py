"""Whatever fails at any step of a run, it ends in words and with a fitting exit code, and the next one heals it.

Full disks, input and output errors, locked databases, lost connections, too little memory: each comes once, at each
ledger transaction, request, report file and folder move that it can strike. By default at one of each kind, and on
PostgreSQL only at its transactions, since the rest fails as it does on SQLite; `--all-boundaries` tries all.
"""

from collections import Counter, defaultdict
from itertools import count
from threading import Event

import pytest
from boundaries import NEVER, failures_of, watched
from drops import Box
from rotor import opened
from test_every_boundary import check, office_with, run
from transports import Between

from rotor_import.cli.exit_codes import DEFECT, DOWN, PAUSED, TROUBLED, WRONG_INPUT, code_of
from rotor_import.cli.output import words_of

FILES = ("open", "os.rename", "os.mkdir")
ROWS = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"P{at}"} for at in range(3)]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request):
    """The database's name, and a way to an empty ledger."""
    if request.param == "sqlite":
        return request.param, lambda: None
    return request.param, request.getfixturevalue("server").database


@pytest.fixture
def chosen(request):
    """Of what could be tried, one of each kind, or all."""

    def choose(trials):
        if request.config.getoption("--all-boundaries"):
            return trials
        alike = defaultdict(list)
        for trial in trials:
            _, kind, name = trial
            alike["file" if kind in FILES else kind, name].append(trial)
        return [each[len(each) // 2] for each in alike.values()]

    return choose


def ended(night, office):
    """The exit code of a run, and what it said."""
    before = office.rotor.posts()
    try:
        report = night().report
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be one that is told in words
        code, words = code_of(error), words_of(error)
        assert code != WRONG_INPUT or office.rotor.posts() == before, "exit code 2 says that nothing was sent"
    else:
        code, words = (TROUBLED, "") if report.error is None else (code_of(report.error), words_of(report.error))
        assert words or report.error is None
    assert code in (TROUBLED, PAUSED, WRONG_INPUT, DOWN), (code, words)
    assert "mistake" not in words
    return code


def trials_of(kinds, place, *, commits_alone=False):
    steps = [(at, kind) for at, kind in enumerate(kinds, start=1) if kind == "commit" or not commits_alone]
    return [(at, kind, name) for at, kind in steps for name in failures_of(kind, place)]


def told(kinds, codes):
    """`pytest -rP` shows it."""
    print(f"{len(kinds)} boundaries {dict(Counter(kinds))}, {sum(codes.values())} failures: {dict(codes)}")  # noqa: T201


def a_run(location, at=NEVER, failure=None):
    """The steps that it took, and its exit code; then the next one heals it."""
    with office_with(location) as office, watched(office) as boundaries:
        boundaries.arm(at, failure)
        code = ended(lambda: run(office), office)
        met = list(boundaries.kinds)
        boundaries.arm()
        check(office)
    return met, code


def test_a_run_tells_every_failure_and_the_next_one_heals_it(place, chosen, request):
    name, empty = place
    kinds, _ = a_run(empty())
    some = not request.config.getoption("--all-boundaries")
    trials = trials_of(kinds, name, commits_alone=some and name == "postgres")
    codes = Counter()
    for at, kind, failure in chosen(trials):
        met, code = a_run(empty(), at, failures_of(kind, name)[failure]())
        assert met[at - 1] == kind
        codes[failure, code] += 1
    told(kinds, codes)
    assert {failure for failure, _ in codes} == {failure for *_, failure in trials}
    assert DEFECT not in {code for _, code in codes}


def a_night(at=NEVER, failure=None):
    with opened(more="drop: full") as office:
        box = Box(office)
        box.put("1.csv", ROWS[:1])
        box.put("2.csv", ROWS)
        with watched(office) as boundaries:
            boundaries.arm(at, failure)
            code = ended(lambda: box.night(concurrency=1), office)
            met = list(boundaries.kinds)
        for _ in range(2):
            assert box.night().report.error is None
        assert sorted(one["first_name"] for one in office.rotor.customers()) == ["P0", "P1", "P2"]
        assert (box.names(), len(box.names("processed")), box.names("failed")) == ([], 2, [])
        assert box.night().posts == 0
    return met, code


def test_a_night_tells_every_failure_and_the_next_one_heals_it(chosen):
    kinds, _ = a_night()
    codes = Counter()
    for at, kind, failure in chosen(trials_of(kinds, "sqlite")):
        met, code = a_night(at, failures_of(kind, "sqlite")[failure]())
        assert met[at - 1] == kind
        codes[failure, code] += 1
    told(kinds, codes)
    assert DEFECT not in {code for _, code in codes}


class OneFails(Between):
    """The second POST runs out of memory while the third is under way, whose answer comes later."""

    def __init__(self, transport, under_way, failed, posts):
        super().__init__(transport)
        self._under_way, self._failed, self._posts = under_way, failed, posts

    def handle_request(self, request):
        if request.method == "POST":
            number = next(self._posts)
            if number == 1:
                assert self._under_way.wait(60)
                self._failed.set()
                raise MemoryError
            if number == 2:
                self._under_way.set()
                assert self._failed.wait(60)
        return super().handle_request(request)


def test_out_of_memory_in_one_worker_costs_no_answer_of_another(office):
    office.write(ROWS)
    transport, meeting = office.rotor.transport, (Event(), Event(), count())
    office.rotor.transport = lambda: OneFails(transport(), *meeting)
    outcome = office.run(concurrency=2)
    assert code_of(outcome.report.error) == PAUSED
    assert "out of memory" in str(outcome.report.error)
    assert (outcome.summary["sent"]["created"], len(office.rotor.customers())) == (2, 2)
    office.rotor.transport = transport
    assert office.run().check().summary["sent"]["pending"] == 0
    assert len(office.rotor.customers()) == 3
