"""A file that is unlike the one before it stops the sync before anything is written; --force goes on."""

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from drops import Box
from office import Office
from rotor import MEMORY, Rotor, opened

from rotor_import.errors import Safeguard
from rotor_import.pipeline.inspect import status


def people(count, first=0, **more):
    return [
        {"key": str(at), "phone": f"763555{at:04}" if at < 10_000 else "", "email": f"p{at}@example.com"}
        | {"first_name": f"P{at}", "company_name": "Ours"}
        | more
        for at in range(first, first + count)
    ]


def stopped(box, *words):
    night = box.night()
    assert isinstance(night.report.error, Safeguard), night.summary
    for word in words:
        assert word in str(night.report.error)
    assert night.posts == 0
    assert box.names() == ["2.csv"], "it stays until somebody has looked"
    goes_on = box.night(force=True)
    assert goes_on.report.error is None
    assert goes_on.summary["drop"]["taken"] == ["2.csv"]
    return goes_on


@pytest.fixture(scope="module")
def imported():
    """A folder that holds all of an office and its Rotor after a file of 300 people, and the time then."""
    with tempfile.TemporaryDirectory(prefix="fed", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name) / "office"
        folder.mkdir()
        rotor = Rotor(folder / "rotor.sqlite")
        with rotor.sandbox:
            box = Box(Office(folder, rotor))
            box.put("1.csv", people(300))
            assert box.night().report.error is None, "a first import meets no safeguard"
        shutil.copytree(folder, Path(name) / "kept")
        yield folder, rotor.hands.at


@pytest.fixture
def fed(imported):
    """A feed whose last file had 300 people; imported once, and put back as it was for each test."""
    folder, at = imported
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("kept"), folder)
    rotor = Rotor(folder / "rotor.sqlite")
    rotor.hands.at = at
    with rotor.sandbox:
        yield Box(Office(folder, rotor))


def test_more_creates_than_a_fifth_of_what_the_feed_knows(fed):
    fed.put("2.csv", people(401))
    stopped(fed, "add 101 customers", "300")


def test_the_page_of_a_stopped_night_counts_every_customer(fed):
    fed.put("2.csv", people(400, first=1_000))
    fed.night()
    *_, last = sorted(fed.office.settings.report_dir.glob("*/report.html"))
    page = last.read_text(encoding="utf-8")
    assert '<th scope="row">Add</th><td>Not sent yet</td><td class="n">400</td>' in page


def test_a_hundred_creates_are_never_too_many(fed):
    fed.put("2.csv", people(400))
    assert fed.night().summary["sent"]["created"] == 100


def test_more_missing_than_a_tenth(fed):
    fed.put("2.csv", people(269))
    stopped(fed, "31 of 300 customers are missing")


def test_a_tenth_may_go(fed):
    fed.put("2.csv", people(270))
    assert fed.night().report.error is None


def test_those_who_were_missing_already_do_not_count_again(fed):
    fed.put("2.csv", people(269))
    fed.night(force=True)
    fed.put("3.csv", people(268))
    assert fed.night().report.error is None


def test_under_half_of_the_rows(fed):
    fed.put("2.csv", people(149))
    stopped(fed, "149 rows", "had 300")


def test_a_column_that_is_blank_now(fed):
    fed.put("2.csv", people(300, company_name=""))
    stopped(fed, "'company_name' is blank in every row", "300 rows had a value")


def test_a_phone_column_that_stopped_parsing(fed):
    fed.put("2.csv", people(300, phone="7.64E+09"))
    stopped(fed, "0% of its phones are valid")


def test_a_header_that_changed(fed):
    fed.put("2.csv", people(300))
    path = fed.folder / "2.csv"
    path.write_text(path.read_text().replace("last_name", "surname", 1))
    mapping = fed.office.mapping
    mapping.write_text(mapping.read_text().replace("last_name: last_name", "last_name: surname"))
    stopped(fed, "'last_name' is missing", "'surname' is new", "mapping has changed")


def test_a_mapping_that_changed(fed):
    fed.office.mapping.write_text(fed.office.mapping.read_text() + "on_both: file\n")
    fed.put("2.csv", people(300, first_name="Other"))
    assert stopped(fed, "the mapping has changed").posts == 300


def test_an_outbox_that_is_only_continued_meets_none(fed):
    fed.put("2.csv", people(401))
    assert fed.night(force=True, max_requests=50).summary["state"] == "paused"
    assert fed.night().summary["sent"]["pending"] == 0


def test_what_is_pending_goes_on_where_a_safeguard_stops_the_new_file(fed):
    fed.put("2.csv", people(300, first_name="Other"))
    assert fed.night(max_requests=50).summary["state"] == "paused"
    fed.put("3.csv", people(100))
    night = fed.night()
    assert isinstance(night.report.error, Safeguard)
    assert night.summary["sent"]["updated"] == 300
    assert night.summary["drop"] == {
        "taken": [],
        "superseded": [],
        "known": [],
        "refused": [],
        "waiting": ["3.csv"],
    }


def test_every_feed_is_measured_against_its_own_last_run(fed):
    mapping = fed.office.mapping
    mapping.write_text(mapping.read_text().replace("feed: nightly", "feed: other"))
    fed.put("2.csv", people(2, first=9000))
    assert fed.night().report.error is None


def test_status_tells_of_the_night_that_a_safeguard_stopped(fed):
    fed.put("2.csv", people(149))
    fed.night()
    [feed] = status(fed.office.settings, fed.office.world)["feed_runs"].values()
    assert (feed["state"], feed["files"]) == ("stopped", ["2.csv"])
    assert "149 rows" in feed["error"]
    fed.night(force=True)
    [feed] = status(fed.office.settings, fed.office.world)["feed_runs"].values()
    assert (feed["state"], feed["error"]) == ("complete", "")


def test_a_header_that_is_somebodys_data_is_told_without_it(fed):
    watch = fed.folder / "2.csv"
    fed.put("2.csv", people(300))
    watch.write_text(watch.read_text().replace("tags", "canary@example.com", 1))
    mapping = fed.office.mapping
    mapping.write_text(mapping.read_text().replace('tags: {column: tags, split: ","}', ""))
    error = str(fed.night().report.error)
    assert "its column headings have changed" in error
    assert "canary" not in error


def test_a_delta_that_a_safeguard_stops_waits_with_those_after_it(box_with):
    box = box_with("drop: delta")
    box.put("1.csv", people(30))
    box.night()
    for name in ("2.csv", "3.csv"):
        box.put(name, people(30, company_name="", first_name=name))
    night = box.night()
    assert isinstance(night.report.error, Safeguard)
    assert night.summary["drop"]["waiting"] == ["2.csv", "3.csv"]
    assert box.night(force=True).summary["drop"]["taken"] == ["2.csv", "3.csv"]


def reasons(box, rows, **more):
    """Each line of what the safeguards say, without their dashes."""
    box.put("2.csv", rows)
    error = box.night(**more).report.error
    return [line[2:] for line in str(error).splitlines() if line.startswith("- ")] if error else []


def test_a_fifth_exactly_is_not_too_many_and_one_more_is(box):
    box.put("1.csv", people(505))
    box.night()
    assert reasons(box, people(606)) == []
    box.put("3.csv", people(728))
    assert "it would add 122 customers to the feed's 606 (more than 20%)" in str(box.night().report.error)


def test_a_tenth_exactly_may_go_and_one_more_may_not(box):
    box.put("1.csv", people(210))
    box.night()
    assert reasons(box, people(189)) == []
    box.put("3.csv", people(167))
    assert "22 of 210 customers are missing from it (more than 10%)" in str(box.night().report.error)


def test_twenty_may_always_go_and_twenty_one_of_a_hundred_not(box):
    box.put("1.csv", people(100))
    box.night()
    assert reasons(box, people(80)) == []
    box.put("3.csv", people(59))
    assert "21 of 100 customers are missing from it (more than 10%)" in str(box.night().report.error)


def test_half_of_the_rows_exactly_are_enough(fed):
    assert reasons(fed, people(150)) == ["150 of 300 customers are missing from it (more than 10%)"]
    assert reasons(fed, people(149)) == [
        "151 of 300 customers are missing from it (more than 10%)",
        "it has 149 rows; the last one had 300 (less than half)",
    ]


def test_who_is_undecided_counts_as_one_who_would_be_created(fed):
    found = reasons(fed, people(401), directory="none")
    assert found == ["it would add 101 customers to the feed's 300 (more than 20%)"]


@pytest.mark.parametrize(("name", "wrong"), [("phone", "7.64E+09"), ("email", "nobody at all")])
def test_half_of_the_usual_share_of_phones_and_emails_is_the_least(box, name, wrong):
    """Last time nine in ten were valid, so that forty-five in a hundred are the least."""
    box.put("1.csv", [*people(90), *people(10, first=90, **{name: wrong})])
    box.night()
    enough = [*people(45), *people(55, first=45, **{name: wrong})]
    assert reasons(box, enough) == []
    box.put("3.csv", [*people(22), *people(78, first=22, **{name: wrong})])
    assert f"- only 22% of its {name}s are valid; in the last file 45% were" in str(box.night().report.error)


def test_a_key_that_nobody_has_any_more_is_a_blank_column_and_no_other_reason(fed):
    assert reasons(fed, people(300, email="")) == [
        "the column 'email' is blank in every row; in the last file 300 rows had a value"
    ]


def test_a_column_of_few_rows_says_nothing(box):
    box.put("1.csv", people(19))
    box.night()
    assert reasons(box, people(19, company_name="", phone="7.64E+09")) == []


def test_a_column_that_was_blank_before_may_stay_so(box):
    box.put("1.csv", people(30, company_name=""))
    box.night()
    assert reasons(box, people(30, company_name="", first_name="Other")) == []


def test_every_reason_is_said_at_once_with_the_report_and_what_to_do(fed):
    fed.office.mapping.write_text(fed.office.mapping.read_text() + "on_both: file\n")
    fed.put("2.csv", people(60, company_name=""))
    outcome = fed.night()
    first, *listed, last = str(outcome.report.error).splitlines()
    assert first.startswith("Nothing was sent")
    assert [line.split()[1] for line in listed] == ["240", "it", "the", "the"]
    report = last.removeprefix("Review ").partition(". ")
    assert "customers are missing" in Path(report[0], "report.html").read_text(encoding="utf-8")
    assert json.loads(Path(report[0], "summary.json").read_text(encoding="utf-8"))["state"] == "stopped"
    assert "same command with --force" in report[2]


def test_a_run_of_an_earlier_version_that_noted_no_facts_stops_nothing(fed):
    with closing(sqlite3.connect(fed.office.settings.ledger)) as ledger, ledger:
        ledger.execute("UPDATE runs SET summary = json_remove(summary, '$.facts')")
    assert reasons(fed, people(30)) == []


def test_a_file_that_was_accepted_is_what_the_next_one_is_measured_against(fed):
    fed.put("2.csv", people(100, company_name=""))
    assert fed.night(force=True).report.error is None
    fed.put("3.csv", people(101, company_name=""))
    assert fed.night().report.error is None


class TestAKeyThatManyShare:
    """A new placeholder in an export joins people who have nothing to do with each other."""

    def shared(self, count, name="email", value="none@example.com", among=100):
        return people(count, **{name: value}) + people(among - count, first=count)

    @pytest.mark.parametrize("name", ["phone", "email"])
    @pytest.mark.parametrize(
        ("strangers", "what"), [("merge", "become one customer"), ("hold", "be held for a decision")]
    )
    def test_eleven_more_people_stop_the_night(self, name, strangers, what):
        with opened(strangers=strangers) as office:
            box = Box(office)
            box.put("1.csv", people(100))
            box.night()
            value = {"phone": "763-555-9999", "email": "none@example.com"}[name]
            box.put("2.csv", self.shared(11, name, value))
            goes_on = stopped(box, f"11 people with different names share one {name} (row 2 of", what, "ignore")
            assert value not in str(goes_on.summary)

    def test_ten_more_people_do_not(self, box):
        box.put("1.csv", people(100))
        box.night()
        box.put("2.csv", self.shared(10))
        assert box.night().report.error is None

    def test_neither_do_those_who_shared_it_in_the_last_file(self, box):
        box.put("1.csv", self.shared(30))
        box.night()
        box.put("2.csv", self.shared(40))
        assert box.night().report.error is None

    def test_a_second_placeholder_counts_beside_the_first_one(self, box):
        box.put("1.csv", self.shared(30))
        box.night()
        again = self.shared(30)
        box.put("2.csv", again[:50] + [row | {"email": "no@example.com"} for row in again[50:65]] + again[65:])
        stopped(box, "15 people with different names share one email (row 52 of")

    def test_rows_of_one_person_are_one_person(self, box):
        box.put("1.csv", people(100))
        box.night()
        box.put("2.csv", people(99) + [people(1)[0] | {"last_name": ""} for _ in range(40)])
        assert box.night().report.error is None

    def test_a_hundredth_of_a_long_file_may_be_held(self):
        with opened(strangers="hold") as office:
            box = Box(office)
            box.put("1.csv", people(1_200))
            box.night()
            box.put("2.csv", self.shared(12, among=1_200))
            assert box.night().report.error is None
            box.put("3.csv", self.shared(25, value="no@example.com", among=1_200))
            assert isinstance(box.night().report.error, Safeguard)
