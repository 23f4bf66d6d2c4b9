"""Which changes go first, by the mapping's `order`."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rotor import opened

from rotor_import import Settings
from rotor_import.mapping import parse_mapping
from rotor_import.normalize.order import ranked
from rotor_import.pipeline.reading import read_inputs

LARGEST_FIRST = "order: [-company_name]"
PHONES = [f"+1763555010{at}" for at in range(4)]
EMAILS = [f"{name}@example.com" for name in "abcd"]
ROW = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", *PHONES]),
        "email": st.sampled_from(["", *EMAILS]),
        "company_name": st.sampled_from(["", "1", "2", "3", "x"]),
    }
)
START = st.lists(
    st.tuples(st.sampled_from(PHONES), st.sampled_from(EMAILS)),
    max_size=2,
    unique_by=(lambda one: one[0], lambda one: one[1]),
)


DAY = 24 * 60 * 60
WORLDS = settings.get_profile("long")


def inputs(folder, rows, order):
    path = folder / "customers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["phone", "When", "Status"])
        writer.writerows(rows)
    text = (
        f"version: 1\nfields: {{phone: phone, status: {{column: Status, values: {{A: active, I: inactive}}}}}}\n{order}"
    )
    mapping = parse_mapping(text, "m.yaml", "m")
    return read_inputs([path], mapping, mapping.policy())


def ranks(folder, values, *, order="order: [When]"):
    rows = inputs(folder, [(f"763-555-01{at:02}", value, "A") for at, value in enumerate(values)], order).rows
    return [values[at] for at in rows.with_row_index("at").sort("rank", maintain_order=True)["at"]]


@pytest.mark.parametrize(
    ("values", "up", "down"),
    [
        (["10", "9", "", "$1,200.50", "-3"], ["-3", "9", "10", "$1,200.50", ""], ["$1,200.50", "10", "9", "-3", ""]),
        (
            ["3/1/2026", "2026-02-28", "Mar 2, 2026", "2025-12-31 23:59"],
            ["2025-12-31 23:59", "2026-02-28", "3/1/2026", "Mar 2, 2026"],
            ["Mar 2, 2026", "3/1/2026", "2026-02-28", "2025-12-31 23:59"],
        ),
        (["25/12/2025", "1/1/2026"], ["25/12/2025", "1/1/2026"], ["1/1/2026", "25/12/2025"]),
        (["b", "A", "", "c"], ["A", "b", "c", ""], ["c", "b", "A", ""]),
    ],
)
def test_numbers_are_numbers_dates_are_dates_texts_have_no_case_and_blanks_are_last(tmp_path, values, up, down):
    assert ranks(tmp_path, values) == up
    assert ranks(tmp_path, values, order="order: [-When]") == down


def test_the_first_field_decides_then_the_next(tmp_path):
    rows = [("763-555-0100", "1", "I"), ("763-555-0101", "1", "A"), ("763-555-0102", "2", "A")]
    found = inputs(tmp_path, rows, "order: [status, -When]").rows
    assert found.sort("rank", maintain_order=True)["row"].to_list() == [4, 3, 2]


def test_the_order_is_in_the_mappings_fingerprint_and_not_in_the_rows_digest(tmp_path):
    rows = [("763-555-0100", "1", "A"), ("763-555-0101", "2", "A")]
    plain, ordered = inputs(tmp_path, rows, ""), inputs(tmp_path, rows, "order: [-When]")
    assert plain.mapping.fingerprint != ordered.mapping.fingerprint
    assert plain.identified["digest"].to_list() == ordered.identified["digest"].to_list()
    assert plain.rows["rank"].to_list() == [0, 0]


def test_no_tables_have_no_ranks():
    assert ranked([], []) == []


def test_the_days_quota_goes_to_the_best_customers_by_their_best_rows():
    with opened(more=LARGEST_FIRST, settings=Settings(daily_limit=4)) as office:
        names = ["3", "20", "", "100", "4"]
        rows = [{"phone": f"763-555-01{at:02}", "company_name": name} for at, name in enumerate(names)]
        office.write([*rows, {"phone": "763-555-0104", "company_name": "50"}])
        outcome = office.run().check()
        assert outcome.summary["state"] == "paused"
        assert [one["company_name"] for one in office.rotor.customers()] == ["100", "50"]


def test_what_waited_goes_first_the_next_day_and_what_the_newer_file_takes_back_is_not_sent():
    with opened(more=LARGEST_FIRST, settings=Settings(daily_limit=4)) as office:
        rows = [{"key": str(at), "phone": f"763-555-01{at:02}", "company_name": str(at)} for at in range(5)]
        office.write(rows)
        assert office.run().check().summary["sent"]["pending"] == 3
        assert {one["company_name"] for one in office.rotor.customers()} == {"4", "3"}
        best = [{"key": str(at), "phone": f"763-555-01{at:02}", "company_name": str(at)} for at in range(90, 93)]
        gone_and_changed = [row | {"company_name": "11"} if row["key"] == "1" else row for row in rows[1:]]
        office.hands.at += DAY
        office.write([*best, *gone_and_changed])
        office.run(concurrency=1).check()  # else two requests may race for the day's last slot
        assert {one["company_name"] for one in office.rotor.customers()} == {"4", "3", "2", "11", "92"}
        for _ in range(2):
            office.hands.at += DAY
            office.run().check()
        assert {one["company_name"] for one in office.rotor.customers()} == {"4", "3", "2", "11", "90", "91", "92"}


@settings(WORLDS)
@given(data=st.data())
def test_nobody_waits_for_ever_however_many_better_ones_come_each_night(data):
    """Each waits for those who waited before, and for nobody who came later."""
    with opened(more=LARGEST_FIRST, settings=Settings(daily_limit=5)) as office:
        sent, known = [], {}
        for night in range(4):
            worths = data.draw(st.lists(st.integers(0, 99), max_size=4))
            came = len(known)
            known |= {f"{763_555_0000 + came + at}": (night, worth) for at, worth in enumerate(worths)}
            rows = [{"key": phone, "phone": phone, "company_name": str(worth)} for phone, (_, worth) in known.items()]
            office.write(data.draw(st.permutations(rows)))
            office.run(concurrency=1).check()
            held = [one["phone"][2:] for one in office.rotor.customers()]
            nights = [known[phone][0] for phone in held if phone not in sent]
            sent = held
            assert not nights or all(came >= max(nights) for phone, (came, _) in known.items() if phone not in held)
            office.hands.at += DAY


def end(rows, seed, more, directory):
    with opened(keyed=False, more=more) as office:
        office.rotor.seed([{"phone": phone, "email": email} for phone, email in seed])
        office.write(rows)
        office.run(directory=directory, concurrency=1).check()
        found = office.rotor.customers()
        return sorted((one["phone"] or "", one["email"] or "", one["company_name"] or "") for one in found)


@pytest.mark.parametrize("directory", ["api", "none"])
@settings(WORLDS)
@given(rows=st.lists(ROW, min_size=1, max_size=7), seed=START)
def test_whatever_the_order_the_end_is_the_same(rows, seed, directory):
    assert end(rows, seed, LARGEST_FIRST, directory) == end(rows, seed, "", directory)
