"""What the program does about each fault, wherever in a run it strikes; the sandbox's document names these tests."""

from dataclasses import replace
from pathlib import Path

import pytest
from rotor import opened
from transports import Between

from rotor_import import World, resume, run_import
from rotor_import.cli import exit_codes
from rotor_import.errors import ApiDown, KeyRefused, QuotaExhausted, ScopeMissing
from rotor_import.model.clock import Clock
from rotor_import.sandbox import Fault, serve

SAMPLE = Path(__file__).parents[2] / "sample_data" / "jobber_clients.csv"
MAPPING = Path(__file__).parents[2] / "mappings" / "jobber.yaml"
PASSING = [
    f"{what} {moment}"
    for what in ("408", "500", "502", "503", "504", "drop", "timeout", "truncated", "html")
    for moment in ("before", "after")
]
PLACES = ["auth #1", "list #1", "upsert #1", "upsert #3", "upsert #5"]
OLD = {"phone": "(763) 555-0100", "first_name": "Old"}
ROWS_OF_FIVE = [
    {"key": "1", "phone": "763-555-0100", "first_name": "Ada"},
    *({"key": str(at), "email": f"person{at}@example.com", "first_name": f"P{at}"} for at in range(2, 6)),
]
SENT = {"created": 4, "updated": 1, "failed": 0, "unknown": 0, "pending": 0}


def struck(office):
    return [request for request in office.rotor.requests() if request.fault]


def names(office):
    return sorted(one["first_name"] for one in office.rotor.customers())


def pytest_generate_tests(metafunc):
    """Each fault strikes at two of the places, so that each place meets seven or more; at all by `--all-boundaries`."""
    if "place" not in metafunc.fixturenames:
        return
    wanted = range(len(PLACES)) if metafunc.config.getoption("--all-boundaries") else (0, 2)
    strikes = [(fault, PLACES[(at + more) % len(PLACES)]) for at, fault in enumerate(PASSING) for more in wanted]
    metafunc.parametrize(("fault", "place"), strikes)


def test_a_passing_fault_costs_one_request_wherever_it_strikes_and_nobody_is_doubled(fault, place):
    with opened(faults=(Fault.parse(f"{fault} {place}"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        outcome = office.run().check()
        assert len(struck(office)) == 1
        assert len(office.rotor.requests()) == 1 + 1 + 5 + 1
        assert outcome.summary["state"] == "complete"
        assert outcome.summary["sent"] == SENT
        assert names(office) == ["Ada", "P2", "P3", "P4", "P5"]
        assert office.run().check().posts == 0


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_on_a_real_socket_is_got_over(fault, tmp_path):
    with opened(faults=(Fault.parse(f"{fault} upsert #2"),)) as office, serve(office.rotor.sandbox) as url:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        hands = office.hands
        world = World(clock=Clock(hands.now, hands.sleep), jitter=lambda: 0.0)
        # Be short only where the silence itself is tested, so that a busy machine breaks no other test.
        timeout = 0.5 if fault.startswith("timeout") else 60.0
        settings = replace(office.settings, base_url=url, timeout=timeout, retry_base=0.0)
        report = run_import([office.file], office.mapping, settings, world)
        assert report.summary["sent"] == SENT
        assert len(struck(office)) == 1
        assert names(office) == ["Ada", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("fault", PASSING)
def test_a_change_that_keeps_failing_goes_last_then_stays_for_the_next_run_and_blocks_nobody(fault):
    with opened() as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        first, last = Fault.parse(f"{fault} upsert #1-5"), Fault.parse(f"{fault} upsert #10-14")
        office.rotor.sandbox.suffer(first, last)
        outcome = office.run(concurrency=1)
        assert outcome.posts == 14
        assert outcome.summary["sent"] == {"created": 4, "updated": 0, "failed": 0, "unknown": 1, "pending": 0}
        assert office.run().check().summary["sent"] == SENT
        assert names(office) == ["Ada", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("fault", PASSING)
def test_a_create_that_only_its_second_turn_confirms_counts_as_created(fault):
    with opened(faults=(Fault.parse(f"{fault} upsert #2-6"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        outcome = office.run(concurrency=1).check()
        assert outcome.summary["sent"] == SENT
        assert {line["message"] for line in outcome.table("results.csv")} == {""}


def test_what_is_needed_counts_changes_whose_outcome_is_unknown_too():
    with opened(faults=(Fault.parse("500 after upsert"),)) as office:
        office.write(ROWS_OF_FIVE)
        outcome = office.run(max_attempts=1)
        assert outcome.summary["sent"]["unknown"] == 5
        assert outcome.summary["forecast"]["requests"] == 5 + 1


@pytest.mark.parametrize("at", range(1, 6))
def test_one_poisoned_record_never_blocks_the_rest_and_is_not_sent_again_until_it_changes(at):
    poison = f"P{at}" if at > 1 else "Ada"
    with opened(faults=(Fault.parse(f"400:first_name={poison}"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        outcome = office.run().check()
        assert outcome.summary["sent"]["failed"] == 1
        assert outcome.posts == 5
        [reject] = outcome.table("rejects.csv")
        assert (reject["key"], reject["_field"]) == (str(at), "first_name")
        assert reject["_reason"] == "Rotor refused it: first_name: Refused by the sandbox"
        assert office.run().check().posts == 0
        office.write([{**row, "last_name": "Mended"} if row["key"] == str(at) else row for row in ROWS_OF_FIVE])
        assert office.run().check().posts == 1
        office.write([{**row, "first_name": "Well"} if row["key"] == str(at) else row for row in ROWS_OF_FIVE])
        assert office.run().check().summary["sent"]["failed"] == 0
        assert "Well" in names(office)


def test_ten_different_changes_failing_in_a_row_stop_with_exit_7_and_nine_do_not():
    people = [{"key": str(at), "email": f"person{at}@example.com"} for at in range(12)]
    for failing, down in ((10, True), (9, False)):
        with opened() as office:
            office.write(people)
            office.rotor.sandbox.suffer(Fault.parse(f"503 upsert #1-{failing}"))
            outcome = office.run(concurrency=1, max_attempts=1)
            assert isinstance(outcome.report.error, ApiDown) is down
            assert outcome.posts == (10 if down else 9 + 12)
            if down:
                assert exit_codes.code_of(outcome.report.error) == exit_codes.DOWN
                assert office.rotor.customers() == []
                outcome = office.run()
            assert outcome.check().summary["sent"]["created"] == 12 == len(office.rotor.customers())


@pytest.mark.parametrize("number", range(1, 8))
def test_a_429_of_the_day_pauses_wherever_it_strikes_and_one_careful_try_comes_an_hour_later(number):
    with opened(faults=(Fault.parse(f"429 #{number}-{number + 1}"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        try:
            error = office.run(concurrency=1).report.error
        except QuotaExhausted as raised:  # before there is a plan
            error = raised
        assert error.until.timestamp() == office.hands.at + 3600
        assert len(office.rotor.requests()) == number
        with pytest.raises(QuotaExhausted, match=r"no more requests .*\(429\).* same command after"):
            office.run(concurrency=1)
        assert len(office.rotor.requests()) == number
        office.hands.at += 2 * 3600
        office.rotor.sandbox.suffer()
        assert office.run(concurrency=1).check().summary["sent"] == SENT
        assert names(office) == ["Ada", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("number", range(1, 8))
def test_a_429_that_says_when_is_slept_through_within_the_patience(number):
    with opened(faults=(Fault.parse(f"429:600 #{number}"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        began = office.hands.at
        assert office.run(concurrency=1).check().summary["sent"] == SENT
        assert office.hands.at == began + 600
        assert len(office.rotor.requests()) == 8


def test_a_429_that_says_later_than_the_patience_pauses_until_then():
    with opened(faults=(Fault.parse("429:5000 upsert #3"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        outcome = office.run(concurrency=1)
        assert exit_codes.code_of(outcome.report.error) == exit_codes.PAUSED
        assert outcome.report.error.until.timestamp() == office.hands.at + 5000
        office.hands.at += 5000
        assert office.run().check().summary["sent"] == SENT


@pytest.mark.parametrize(("fault", "error"), [("401", KeyRefused), ("403", ScopeMissing)])
def test_a_key_that_is_withdrawn_stops_the_run_and_what_is_left_goes_on_with_a_good_one(fault, error):
    with opened(faults=(Fault.parse(f"{fault} upsert #3+"),)) as office:
        office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE)
        outcome = office.run(concurrency=1)
        assert isinstance(outcome.report.error, error)
        assert exit_codes.code_of(outcome.report.error) == exit_codes.KEY_REFUSED
        assert outcome.posts == 3
        assert outcome.summary["sent"]["pending"] == 3
        office.rotor.sandbox.suffer()
        [report] = resume(office.settings, office.world)
        assert report.summary["sent"] == SENT
        assert names(office) == ["Ada", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("status", [404, 400])
def test_a_customer_that_is_gone_is_held_however_rotor_says_so(status):
    with opened(unknown_id=status) as office:
        [gone] = office.rotor.seed([OLD])
        office.write(ROWS_OF_FIVE[:1])
        office.run(max_requests=2)
        office.rotor.sandbox.store.delete(gone)
        outcome = office.run(directory="ledger").check()
        assert outcome.table("review.csv")[0]["reason"] == "its customer is gone from Rotor"
        assert office.run(directory="ledger").check().posts == 0


def test_a_create_whose_answer_was_lost_counts_as_created_also_where_somebody_edited_it_since():
    rows = [{"key": "1", "email": "ann@example.com", "first_name": "Ann"}]
    with opened(faults=(Fault.parse("drop after upsert"),)) as office:
        office.write(rows)
        assert office.run(max_attempts=1).summary["sent"]["unknown"] == 1
        [one] = office.rotor.customers()
        office.rotor.sandbox.edit(one["id"], first_name="Anna")
        office.rotor.sandbox.suffer()
        outcome = office.run().check()
        assert outcome.summary["sent"] == {"created": 1, "updated": 0, "failed": 0, "unknown": 0, "pending": 0}
        assert names(office) == ["Anna"]
        assert office.run().check().posts == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_is_taken_for_nobodys_edit_by_the_next_file(moment, office):
    for name in ("One", "Two", "Three"):
        office.write([{"key": "1", "email": "ann@example.com", "first_name": name}])
        office.rotor.sandbox.suffer(*([Fault.parse(f"drop {moment} upsert")] if name == "Two" else []))
        planned = office.plan().check()
        outcome = office.run(max_attempts=1).check()
        assert outcome.table("review.csv") == planned.table("review.csv") == []
    assert names(office) == ["Three"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_is_remembered_though_the_next_plan_was_never_sent(moment, office):
    for name in ("One", "Two", "Three", "Four"):
        office.write([{"key": "1", "email": "ann@example.com", "first_name": name}])
        office.rotor.sandbox.suffer(*([Fault.parse(f"drop {moment} upsert")] if name == "Two" else []))
        outcome = office.run(max_attempts=1, max_requests=1 if name == "Three" else None)
        assert outcome.table("review.csv") == []
    assert names(office) == ["Four"]


def test_an_edit_during_a_pause_is_held_again_and_again_though_nothing_was_synced_before(office):
    office.rotor.seed([{"email": f"person{at}@example.com", "first_name": "Old"} for at in range(4)])
    office.write([{"key": str(at), "email": f"person{at}@example.com", "first_name": "New"} for at in range(4)])
    office.run(max_requests=4, concurrency=1)
    waiting = [one for one in office.rotor.customers() if one["first_name"] == "Old"]
    office.rotor.sandbox.edit(waiting[0]["id"], first_name="Edited")
    for _ in range(3):
        outcome = office.run().check()
        assert [line["field"] for line in outcome.table("review.csv")] == ["first_name"]
        assert names(office) == ["Edited", "New", "New", "New"]


def test_a_field_that_rotor_does_not_clear_is_told_and_not_sent_again():
    with opened(more="write: {company_name: clear}", empty="ignored") as office:
        office.rotor.seed([{"email": "ann@example.com", "company_name": "Acme"}])
        office.write([{"key": "1", "email": "ann@example.com", "first_name": "Ann"}])
        outcome = office.run().check()
        assert outcome.table("results.csv")[0]["message"] == "Rotor didn't clear company_name"
        assert office.run().check().posts == 0


@pytest.mark.parametrize("shifts", [1, 2])
def test_a_list_that_shifts_while_it_is_read_is_read_again(shifts):
    with opened(shift_pages=shifts) as office:
        office.rotor.seed({"email": f"person{at}@example.com", "first_name": f"P{at}"} for at in range(2500))
        office.write(
            [{"key": str(at), "email": f"person{at}@example.com", "first_name": f"P{at}"} for at in range(2500)]
        )
        outcome = office.run().check()
        assert outcome.summary["changes"]["unchanged"] == 2500
        assert outcome.summary["requests"]["get"] == 1 + 3 + 3


def test_a_list_that_never_stands_still_stops_before_anything_is_sent():
    with opened(shift_pages=100) as office:
        office.rotor.seed({"email": f"person{at}@example.com"} for at in range(1500))
        office.write(ROWS_OF_FIVE)
        with pytest.raises(ApiDown, match="kept changing"):
            office.run()
        assert office.rotor.posts() == 0


def test_a_customer_deleted_while_the_list_is_read_hides_nobody():
    with opened() as office:
        ids = office.rotor.seed({"email": f"person{at}@example.com"} for at in range(1500))
        office.write([{"key": "1", "email": "person1000@example.com", "first_name": "Seen"}])
        transport = office.rotor.transport()
        office.rotor.transport = lambda: Deleting(transport, office.rotor.sandbox.store, ids[3])
        outcome = office.run().check()
        assert outcome.summary["changes"] == {"create": 0, "update": 1, "unchanged": 0, "undecided": 0}
        assert outcome.summary["directory"]["customers"] == 1499


class Deleting(Between):
    """Somebody deletes a customer when the first page has been read."""

    def __init__(self, transport, store, id_):
        super().__init__(transport)
        self._store, self._id = store, id_

    def handle_request(self, request):
        response = super().handle_request(request)
        if request.url.params.get("page") == "1":
            self._store.delete(self._id)
        return response


@pytest.mark.parametrize("seed", range(3))
def test_lost_replies_and_errors_cost_the_retries_and_nothing_else(seed, tmp_path):
    """The sample under 5 % lost replies and 5 % errors, at every endpoint."""
    faults = (Fault.parse("drop after 5%"), Fault.parse("500 5%"))
    with opened(faults=faults, seed=seed, daily_limit=10_000) as office:
        settings = replace(office.settings, daily_limit=10_000)
        summary = run_import([SAMPLE], MAPPING, settings, office.world).summary
        assert summary["sent"]["created"] == summary["changes"]["create"] == 448 == len(office.rotor.customers())
        assert len(struck(office)) > 20
        assert len(office.rotor.requests()) - len(struck(office)) == 448 + 1 + 1
        again = run_import([SAMPLE], MAPPING, settings, office.world).summary
        assert again["requests"]["post"] == 0


def test_the_table_of_faults_names_tests_that_are_there():
    document = (Path(__file__).parents[2] / "rotor_import" / "sandbox" / "README.md").read_text(encoding="utf-8")
    _, table = document.split("| fault | reaction | test |", 1)
    named = {word.strip("`") for word in table.split() if word.startswith("`test_") and word.endswith("`")}
    assert named
    there = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert [name for name in named if f"def {name}(" not in there] == []
