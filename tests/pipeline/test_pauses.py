"""Quota, pauses and what happens between a pause and going on."""

from collections import Counter
from dataclasses import replace

import pytest
from rotor import opened

from rotor_import import Settings, plan_import, resume
from rotor_import.errors import AccountBusy, ApiDown, KeyRefused, QuotaExhausted, SettingsError
from rotor_import.pipeline.session import Session
from rotor_import.sandbox import Fault

DAY = 24 * 60 * 60
FLAKY = (Fault.parse("500 before upsert 25%"), Fault.parse("500 after upsert 33%"))
DOWN = Fault.parse("500 upsert")


def people(count, **more):
    return [{"key": str(at), "email": f"person{at}@example.com", "first_name": f"P{at}", **more} for at in range(count)]


def busiest_day(rotor):
    """The most requests that Rotor saw in any 24 hours."""
    times = sorted(request.at for request in rotor.requests())
    return max(sum(start <= time < start + DAY for time in times) for start in times)


def test_2500_changes_at_1000_a_day_take_three_days_and_never_more_than_1000():
    with opened(settings=Settings(daily_limit=1000), daily_limit=1000) as office:
        office.write(people(2500))
        forecast = office.plan().summary["forecast"]
        days = []
        outcome = office.run()
        while outcome.summary["state"] == "paused":
            days.append(outcome.posts)
            assert isinstance(outcome.report.error, QuotaExhausted)
            office.hands.at = outcome.report.error.until.timestamp()
            outcome = office.run()
        days.append(outcome.posts)
        outcome.check()

        assert len(days) == 3
        assert sum(days) == 2500 == len(office.rotor.customers())
        assert busiest_day(office.rotor) <= 1000
        assert forecast["days"] == 3
        statuses = Counter(request.status for request in office.rotor.requests())
        assert set(statuses) == {200, 201}
        assert outcome.summary["sent"] == {"created": 2500, "updated": 0, "failed": 0, "unknown": 0, "pending": 0}


def test_retries_count_too():
    """A Rotor that fails half of the POSTs: nothing is sent beyond the quota on its account."""
    with opened(settings=Settings(daily_limit=50, retry_base=0.0), daily_limit=50) as office:
        office.rotor.sandbox.suffer(*FLAKY)
        office.write(people(60))
        outcome = office.run(concurrency=1)
        while outcome.summary["state"] == "paused":
            office.hands.at = outcome.report.error.until.timestamp()
            outcome = office.run(concurrency=1)
        assert len(office.rotor.customers()) == 60
        assert sum(request.fault == "500" for request in office.rotor.requests()) > 20
        assert busiest_day(office.rotor) <= 50
        assert outcome.check().summary["sent"]["created"] == 60


def test_a_create_that_a_retry_confirms_counts_as_created_and_nobody_is_created_twice(office):
    office.rotor.sandbox.suffer(*FLAKY)
    office.write(people(20))
    outcome = office.run(concurrency=1).check()
    assert outcome.summary["sent"]["created"] == 20 == len(office.rotor.customers())


def test_ten_different_changes_failing_in_a_row_stop_the_run(office):
    office.rotor.sandbox.suffer(DOWN)
    office.write(people(30))
    outcome = office.run(retry_base=0.0)
    assert isinstance(outcome.report.error, ApiDown)
    assert outcome.summary["state"] == "stopped"
    assert outcome.summary["sent"]["unknown"] + outcome.summary["sent"]["pending"] == 30
    office.rotor.sandbox.suffer()
    assert office.run().check().summary["sent"]["created"] == 30


def test_a_keyless_record_whose_request_got_no_answer_is_never_sent_again(office):
    office.rotor.sandbox.suffer(DOWN)
    office.write([{"key": "1", "first_name": "Ada"}])
    outcome = office.run(allow_keyless=True)
    assert outcome.summary["sent"]["unknown"] == 1
    office.rotor.sandbox.suffer()
    for rows in (
        [{"key": "1", "first_name": "Ada"}],
        [{"key": "1", "first_name": "Ada"}, {"key": "2", "email": "a@example.com"}],
    ):
        office.write(rows)
        assert office.run(allow_keyless=True).check().summary["sent"]["unknown"] == 1
    assert [one["email"] for one in office.rotor.customers()] == ["a@example.com"]


def test_the_same_command_and_resume_both_go_on_where_the_run_stopped(office):
    office.write(people(12))
    first = office.run(max_requests=6)
    assert first.summary["sent"]["created"] == 4
    assert first.summary["sent"]["pending"] == 8
    second = office.run(max_requests=5).check()
    assert second.summary["run"] == first.summary["run"]
    assert second.summary["sent"]["created"] == 8
    [third] = resume(office.settings, office.world)
    assert third.summary["state"] == "complete"
    assert third.summary["sent"]["created"] == 12 == len(office.rotor.customers())
    [nothing] = resume(office.settings, office.world)
    assert nothing.summary["notes"] == ["Nothing is pending."]


def test_a_field_that_somebody_changed_during_the_pause_is_held_and_an_equal_one_dropped(office):
    office.write(people(2))
    office.run()
    office.write(people(2, last_name="Ray"))
    assert office.run(max_requests=1).summary["sent"]["pending"] == 2
    one, other = office.rotor.customers()
    office.rotor.sandbox.edit(one["id"], last_name="Roe")
    office.rotor.sandbox.edit(other["id"], last_name="Ray")
    outcome = office.run()
    assert outcome.posts == 0
    [line] = outcome.table("review.csv")
    assert (line["kind"], line["file_value"], line["rotor_value"], line["a_id"]) == ("field", "Ray", "Roe", one["id"])
    assert outcome.summary["review"]["field"] == outcome.summary["held_fields"] == 1
    assert [again["question"] for again in office.plan().table("review.csv")] == [line["question"]]
    assert [one["last_name"] for one in office.rotor.customers()] == ["Roe", "Ray"]


def test_a_key_that_somebody_else_got_during_the_pause_is_held_and_never_doubled(office):
    phones = [f"(763) 555-01{at:02d}" for at in range(3)]
    rows = [{**one, "phone": phone} for one, phone in zip(people(3), phones, strict=True)]
    office.write(rows)
    assert office.run(max_requests=2).summary["sent"]["pending"] == 3
    office.rotor.seed([{"phone": phones[0]}, {"email": "person0@example.com"}, {"phone": phones[1]}])
    outcome = office.run()
    assert outcome.fates()[2] == "held"
    assert outcome.summary["sent"] == {"created": 1, "updated": 1, "failed": 0, "unknown": 0, "pending": 0}
    assert len(office.rotor.customers()) == 4
    [line] = outcome.table("review.csv")
    assert (line["kind"], line["row"], line["name"]) == ("conflict", "2", "P0")
    assert outcome.summary["review"]["conflict"] == 1
    again = office.run().check()
    assert (again.posts, again.fates()[2]) == (0, "held")
    [same] = again.table("review.csv")
    assert same["question"] == line["question"]
    given = office.folder / "given.csv"
    given.write_bytes((outcome.folder / "review.csv").read_bytes().replace(b"conflict,,", b"conflict,USE a,"))
    decided = office.run(decisions=given).check()
    assert "Decisions applied: 1 of 1." in decided.summary["notes"]
    assert decided.fates()[2] in ("update", "unchanged")


def test_a_new_file_replaces_what_the_feed_had_pending(office):
    office.write(people(6))
    office.run(max_requests=4)
    office.write(people(6, last_name="Ray"))
    outcome = office.run().check()
    assert outcome.summary["changes"] == {"create": 4, "update": 2, "unchanged": 0, "undecided": 0}
    assert [one["last_name"] for one in office.rotor.customers()] == ["Ray"] * 6


def test_another_feed_waits_for_what_is_pending(office):
    office.write(people(3))
    office.run(max_requests=2)
    text = office.mapping.read_text()
    office.mapping.write_text(text.replace("feed: nightly", "feed: web"))
    office.write(people(3, company_name="Harbor"))
    outcome = office.run(max_requests=1)
    assert outcome.summary["rows"]["held"] == 3
    assert "nightly" in outcome.table("review.csv")[0]["reason"]
    resume(office.settings, office.world)
    assert office.run().check().summary["changes"]["update"] == 3


def test_with_wait_the_run_sleeps_until_the_quota_is_back(office):
    started = office.hands.at
    office.write(people(30))
    outcome = office.run(daily_limit=12, wait=True).check()
    assert outcome.summary["sent"]["created"] == 30
    assert office.hands.at - started == 2 * DAY


def test_a_429_of_rotors_pauses_whatever_our_own_count_says():
    with opened(daily_limit=5) as office:
        office.write(people(6))
        outcome = office.run()
        assert outcome.summary["state"] == "paused"
        seen = len(office.rotor.requests())
        with pytest.raises(QuotaExhausted):
            office.run()
        assert len(office.rotor.requests()) == seen
        office.hands.at += DAY
        assert office.run().summary["sent"]["created"] > outcome.summary["sent"]["created"]


def test_a_second_run_of_the_account_is_refused(office):
    office.write(people(1))
    office.run()
    with (
        Session(office.settings, office.world, "another") as other,
        other.only_one(other.account()),
        pytest.raises(AccountBusy),
    ):
        office.run()


def test_a_refused_key_stops_the_run():
    with opened(keys={"another-key": frozenset({"customers:read"})}) as office:
        office.write(people(1))
        with pytest.raises(KeyRefused):
            office.run()


def test_without_a_key_nothing_is_sent_but_a_plan_without_directory_works(office):
    office.write(people(2))
    settings = replace(office.settings, key="")
    with pytest.raises(SettingsError, match="ROTOR_API_KEY"):
        plan_import([office.file], office.mapping, settings, office.world)
    report = plan_import([office.file], office.mapping, replace(settings, directory="none"), office.world)
    assert report.summary["changes"]["undecided"] == 2
    assert office.rotor.requests() == []


def test_without_the_scope_the_run_goes_on_and_says_what_it_cannot_know():
    with opened(keys={"a-key": frozenset({"customers:write"})}) as office:
        office.rotor.seed([{"email": "person0@example.com", "first_name": "Old"}])
        office.write(people(2))
        planned = office.plan().check()
        assert planned.summary["changes"]["undecided"] == 2
        assert "customers:read" in planned.summary["notes"][0]
        outcome = office.run().check()
        assert outcome.summary["sent"] == {"created": 1, "updated": 1, "failed": 0, "unknown": 0, "pending": 0}
        assert office.run().check().posts == 0


def test_a_customer_that_is_archived_is_found_too(office):
    office.rotor.seed([{"email": "person0@example.com", "archived": True}])
    office.write(people(1))
    assert office.run().check().summary["changes"]["update"] == 1
    assert len(office.rotor.customers()) == 1


def test_a_large_directory_is_read_page_by_page():
    with opened() as office:
        office.rotor.seed({"email": f"person{at}@example.com", "first_name": f"P{at}"} for at in range(2500))
        office.write(people(2500))
        outcome = office.run().check()
        assert outcome.summary["changes"]["unchanged"] == 2500
        assert outcome.summary["requests"]["get"] == 4
        assert outcome.posts == 0


def test_what_was_read_a_moment_ago_is_not_read_again(office):
    office.write(people(1))
    office.run()
    gets = len(office.rotor.requests())
    assert office.plan(directory_max_age=60).check().summary["directory"]["complete"]
    assert len(office.rotor.requests()) == gets
    office.hands.at += 61
    office.plan(directory_max_age=60)
    assert len(office.rotor.requests()) == gets + 1


def test_a_planned_customer_whom_no_row_makes_any_more_holds_nobody():
    with opened() as office:
        office.rotor.seed([{"phone": "(763) 555-0100", "first_name": "Ann"}])
        office.write([{"key": "1", "phone": "763-555-0101", "first_name": "Ben"}])
        assert office.run(max_requests=2).summary["sent"]["pending"] == 1
        office.write([{"key": "1", "phone": "763-555-0100", "first_name": "Ben"}])
        assert office.run().check().fates() == {2: "update"}
        again = office.run().check()
        assert (again.fates(), again.posts) == ({2: "unchanged"}, 0)
