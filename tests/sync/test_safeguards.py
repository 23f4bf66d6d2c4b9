"""A file that is unlike the one before it stops the sync before anything is written; --yes goes on."""

import pytest

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
    goes_on = box.night(yes=True)
    assert goes_on.report.error is None
    assert goes_on.summary["drop"]["taken"] == ["2.csv"]
    return goes_on


@pytest.fixture
def fed(box):
    """A feed whose last file had 300 people."""
    box.put("1.csv", people(300))
    assert box.night().report.error is None, "a first import meets no safeguard"
    return box


def test_more_creates_than_a_fifth_of_what_the_feed_knows(fed):
    fed.put("2.csv", people(401))
    stopped(fed, "create 101 customers", "300 so far")


def test_a_hundred_creates_are_never_too_many(fed):
    fed.put("2.csv", people(400))
    assert fed.night().summary["sent"]["created"] == 100


def test_more_missing_than_a_tenth(fed):
    fed.put("2.csv", people(269))
    stopped(fed, "31 customers are missing", "of 300")


def test_a_tenth_may_go(fed):
    fed.put("2.csv", people(270))
    assert fed.night().report.error is None


def test_those_who_were_missing_already_do_not_count_again(fed):
    fed.put("2.csv", people(269))
    fed.night(yes=True)
    fed.put("3.csv", people(268))
    assert fed.night().report.error is None


def test_under_half_of_the_rows(fed):
    fed.put("2.csv", people(149))
    stopped(fed, "149 rows", "had 300")


def test_a_column_that_is_blank_now(fed):
    fed.put("2.csv", people(300, company_name=""))
    stopped(fed, "'company_name' is blank in every row", "300 rows had it")


def test_a_phone_column_that_stopped_parsing(fed):
    fed.put("2.csv", people(300, phone="7.64E+09"))
    stopped(fed, "0% of its phones are valid")


def test_a_header_that_changed(fed):
    fed.put("2.csv", people(300))
    path = fed.folder / "2.csv"
    path.write_text(path.read_text().replace("last_name", "surname", 1))
    mapping = fed.office.mapping
    mapping.write_text(mapping.read_text().replace("last_name: last_name", "last_name: surname"))
    stopped(fed, "without 'last_name'", "with a new 'surname'", "mapping is another")


def test_a_mapping_that_changed(fed):
    fed.office.mapping.write_text(fed.office.mapping.read_text() + "on_both: file\n")
    fed.put("2.csv", people(300, first_name="Other"))
    assert stopped(fed, "the mapping is another").posts == 300


def test_an_outbox_that_is_only_continued_meets_none(fed):
    fed.put("2.csv", people(401))
    assert fed.night(yes=True, max_requests=50).summary["state"] == "paused"
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
    fed.night(yes=True)
    [feed] = status(fed.office.settings, fed.office.world)["feed_runs"].values()
    assert (feed["state"], feed["error"]) == ("complete", "")


def test_a_header_that_is_somebodys_data_is_told_without_it(fed):
    watch = fed.folder / "2.csv"
    fed.put("2.csv", people(300))
    watch.write_text(watch.read_text().replace("tags", "canary@example.com", 1))
    mapping = fed.office.mapping
    mapping.write_text(mapping.read_text().replace('tags: {column: tags, split: ","}', ""))
    error = str(fed.night().report.error)
    assert "its header is another" in error
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
    assert box.night(yes=True).summary["drop"]["taken"] == ["2.csv", "3.csv"]
