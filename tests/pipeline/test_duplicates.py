"""People who are probably one are found and asked about; what a person says is done and remembered."""

import pytest
from answers import answered, answered_with, choices, questions
from steps import account

from rotor_import import resume
from rotor_import.sync import DropSettings

BOB_TWICE = """\
    Id,First,Last,Phone,Email,Street,City,State,Zip,Notes
    1,Bob,Okonkwo,763-555-0101,,123 Main St,Blaine,MN,55434,gate code 7
    2,Robert,Okonkwo,612-444-0192,robert@example.com,123 Main Street,Blaine,MN,55434,
    3,Pia,Strand,763-555-0103,,9 Lake Rd,Blaine,MN,55434,
    """
BOB = BOB_TWICE.replace(BOB_TWICE.splitlines()[2] + "\n", "")
ROBERT = BOB_TWICE.replace(BOB_TWICE.splitlines()[1] + "\n", "")
NIGHT = 24 * 60 * 60


@pytest.fixture(params=[False, True], ids=["", "keyed"])
def steps(request):
    with account(keyed=request.param, duplicates="report") as one:
        yield one


def asked(outcome):
    """The one question about a pair."""
    [line] = questions(outcome)
    assert line["kind"] == "duplicate"
    assert outcome.summary["review"]["duplicate"] == 1
    return line


def decide(steps, outcome, word):
    return answered_with(steps.office, outcome, word)


def test_two_rows_that_no_key_joins_are_asked_about_and_both_imported(steps):
    outcome = steps.run(BOB_TWICE)
    line = asked(outcome)
    assert choices(line) == ["same", "different"]
    assert (line["row"], line["a_row"], line["name"], line["a_name"]) == ("3", "2", "Robert Okonkwo", "Bob Okonkwo")
    assert line["reason"] == "same last name and address, first names Bob and Robert; phones differ"
    assert 0.5 < float(line["score"]) <= 1
    assert outcome.fates() == {2: "create", 3: "create", 4: "create"}
    assert outcome.summary["rows"]["held"] == 0


def test_same_makes_them_one_and_nothing_is_lost(steps):
    first = steps.plan(BOB_TWICE)
    outcome = steps.run(decisions=decide(steps, first, "same"))
    assert outcome.fates() == {2: "create", 3: "merged", 4: "create"}
    assert outcome.summary["notes"][-1] == "Decisions applied: 1 of 1."
    one = steps.one("Robert")
    assert (one["phone"], one["email"]) == ("+17635550101", "robert@example.com")
    assert one["notes"].splitlines() == ["gate code 7", "Other phone: 612-444-0192"]
    assert ("first_name", "Bob") in [(line["field"], line["lost"]) for line in outcome.table("merges.csv")]
    again = steps.run()
    assert (again.posts, questions(again)) == (0, [])


def test_same_adds_the_row_to_the_customer_in_rotor(steps):
    steps.run(BOB)
    line = asked(first := steps.plan(ROBERT))
    assert line["a_id"] == steps.one("Bob")["id"]
    outcome = steps.run(decisions=decide(steps, first, "same"))
    assert outcome.fates()[2] == "update"
    assert steps.one("Robert")["phone"] == "+17635550101"
    assert "612-444-0192" in steps.one("Robert")["notes"]
    assert len(steps.customers()) == 2
    again = steps.run()
    assert (again.posts, questions(again)) == (0, [])


def test_different_is_never_asked_again(steps):
    first = steps.plan(BOB_TWICE)
    outcome = steps.run(decisions=decide(steps, first, "different"))
    assert outcome.fates() == {2: "create", 3: "create", 4: "create"}
    assert outcome.summary["notes"][-1] == "Decisions applied: 1 of 1."
    assert questions(outcome) == []
    assert questions(steps.run()) == []
    assert questions(steps.run(BOB_TWICE.replace("gate code 7", "gate code 8"))) == []


def test_different_holds_however_often_the_rows_change(steps):
    first = steps.plan(BOB_TWICE)
    steps.run(decisions=decide(steps, first, "different"))
    for code in ("8", "9", "10"):
        text = BOB_TWICE.replace("gate code 7", f"gate code {code}").replace("MN,55434,\n", f"MN,55434,door {code}\n")
        assert questions(steps.run(text)) == []


def test_different_is_refused_of_two_whom_other_decisions_make_one(steps):
    rob = "3,Rob,Okonkwo,952-555-0133,,123 Main St,Blaine,MN,55434,"
    first = steps.plan(BOB_TWICE.replace(BOB_TWICE.splitlines()[3].strip(), rob))
    said = {("3", "2"): "same", ("4", "2"): "same", ("4", "3"): "different"}
    decisions = answered(steps.office, first, lambda line: said[line["row"], line["a_row"]])
    outcome = steps.run(decisions=decisions)
    assert outcome.fates() == {2: "create", 3: "merged", 4: "merged"}
    assert "Decisions applied: 2 of 3." in outcome.summary["notes"]
    assert "(different): your other decisions merge these two" in outcome.summary["notes"][-1]
    assert steps.run().posts == 0


def test_two_who_are_both_in_rotor_are_named_and_can_only_be_different(steps):
    steps.run(BOB_TWICE)
    again = steps.plan()
    line = asked(again)
    assert choices(line) == ["different"]
    assert line["reason"].endswith("both are in Rotor: merge them there")
    assert len(steps.customers()) == 3
    outcome = steps.run(decisions=decide(steps, again, "different"))
    assert outcome.posts == 0
    assert questions(steps.run()) == []


def test_same_that_could_not_be_done_is_asked_again(steps):
    steps.run(BOB)
    steps.write(BOB.replace("gate code 7", "gate code 8"))
    assert steps.office.run(max_requests=1).summary["state"] == "paused"
    steps.as_feed("another")
    first = steps.plan(ROBERT)
    outcome = steps.office.run(duplicates="report", decisions=decide(steps, first, "same"))
    assert outcome.fates()[2] == "held"  # another feed's change of Bob is still to be sent
    assert outcome.summary["notes"][-1].endswith("(same): one of the two is on hold for another reason.")
    resume(steps.office.settings, steps.office.world)
    assert asked(steps.plan())["question"] == asked(first)["question"]


def test_a_night_asks_once_and_an_answer_counts_on_any_later_night(steps):
    folder = steps.office.folder / "drop"
    folder.mkdir()

    def night(number, **more):
        steps.write(BOB_TWICE.replace("gate code 7", f"gate code {number}"))
        steps.office.file.rename(folder / f"customers-{number}.csv")
        steps.office.hands.at += NIGHT
        return steps.office.sync(folder, DropSettings(settle=0), duplicates="report", **more)

    first = night(1)
    assert asked(first)["row"] == "3"
    assert questions(night(2)) == []
    again = asked(steps.plan(BOB_TWICE))
    assert choices(again) == ["different"]
    answered_now = night(3, decisions=decide(steps, steps.plan(BOB_TWICE), "different"))
    assert answered_now.summary["notes"][-1] == "Decisions applied: 1 of 1."
    assert questions(steps.plan(BOB_TWICE)) == []


def test_off_finds_nothing_and_changes_no_fate(steps):
    asked(found := steps.plan(BOB_TWICE))
    off = steps.office.plan(duplicates="off").check()
    assert questions(off) == []
    assert off.fates() == found.fates()


def test_a_phone_in_another_column_or_in_the_notes_is_the_others(steps):
    outcome = steps.plan("""\
        Id,First,Last,Phone,Email,Notes
        1,Nora,Vance,763-555-0101,,
        2,Nora,Vance,763-555-0201,,cell 763-555-0101
        """)
    assert asked(outcome)["reason"] == "same first name and last name, another phone in common"


def test_a_typo_in_a_name_is_found(steps):
    outcome = steps.plan("""\
        Id,First,Last,Phone,Email,Street,City,State,Zip
        1,Nora,Vance,763-555-0101,nora@example.com,12 Elm St,Blaine,MN,55434
        2,Nora,Vence,763-555-0102,noravance@example.com,12 Elm Street,Blaine,Minnesota,55434
        """)
    assert "last names" in asked(outcome)["reason"]


def test_spouses_at_one_address_are_no_pair(steps):
    outcome = steps.plan("""\
        Id,First,Last,Phone,Email,Street,City,State,Zip
        1,Nora,Vance,763-555-0101,,12 Elm St,Blaine,MN,55434
        2,Karl,Vance,763-555-0102,,12 Elm St,Blaine,MN,55434
        """)
    assert questions(outcome) == []
