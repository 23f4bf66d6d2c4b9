"""What a person writes into review.csv is done, once, to that row alone, and remembered."""

import csv
from dataclasses import replace

import openpyxl
import pytest

from rotor_import import plan_import, run_import
from rotor_import.errors import DecisionError, PlanError
from rotor_import.report import sections

ANN = {"phone": "763-555-0101", "email": "ann@example.com", "first_name": "Ann"}
BO = {"phone": "763-555-0102", "email": "bo@example.com", "first_name": "Bo"}
BETWEEN = {"key": "7", "phone": "763-555-0101", "email": "bo@example.com", "company_name": "Between"}
APPLIED = "Decisions applied: 1 of 1."


class Desk:
    """Ann and Bo are in Rotor; a row has Ann's phone and Bo's email."""

    def __init__(self, office):
        self.office = office
        self.ann, self.bo = office.rotor.seed([ANN, BO])
        office.write([BETWEEN])

    def held(self, outcome):
        return outcome.folder / "review.csv"

    def decide(self, path, *words, **form):
        """review.csv as a person gives it back, the words in its lines in order."""
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.DictReader(file))
        for line, word in zip(lines, words, strict=True):
            line["decision"] = word
        given = self.office.folder / "given.csv"
        with given.open("w", newline="", encoding=form.pop("encoding", "utf-8")) as file:
            writer = csv.DictWriter(file, list(lines[0]), **form)
            writer.writeheader()
            writer.writerows(lines)
        return given

    def customers(self):
        return {one["id"]: one for one in self.office.rotor.customers()}

    def run(self, **more):
        return self.office.run(**more).check()


@pytest.fixture
def desk(office):
    return Desk(office)


@pytest.fixture(params=["plan", "run"])
def first(request, desk):
    """review.csv of a dry run, or of a run after which the ledger knows the row as held."""
    return getattr(desk.office, request.param)().check()


def again_is_nothing(desk, fate):
    outcome = desk.run()
    assert outcome.posts == 0
    assert outcome.fates()[2] == fate
    assert outcome.table("review.csv") == []


def test_held_rows_name_both_sides_and_have_room_for_a_decision(desk, first):
    [line] = first.table("review.csv")
    assert (line["a_id"], line["b_id"], line["decision"]) == (desk.ann, desk.bo, "")
    assert line["question"].startswith("nightly-")


@pytest.mark.parametrize(
    ("word", "chosen", "other", "key"), [("use A", "ann", "bo", "email"), ("USE  b", "bo", "ann", "phone")]
)
def test_use_gives_the_row_to_that_customer_and_takes_no_key_from_the_other(desk, first, word, chosen, other, key):
    given = desk.decide(desk.held(first), word)
    planned = desk.office.plan(decisions=given).check()
    outcome = desk.run(decisions=given)
    assert outcome.fates() == planned.fates() == {2: "update"}
    assert outcome.posts == 1
    assert APPLIED in outcome.summary["notes"]
    customers = desk.customers()
    assert customers[getattr(desk, chosen)]["company_name"] == "Between"
    assert customers[getattr(desk, other)] | {"company_name": ""} == customers[getattr(desk, other)] | {
        "company_name": customers[getattr(desk, other)].get("company_name") or ""
    }
    assert customers[desk.ann]["phone"] == ANN["phone"]
    assert customers[desk.bo]["email"] == BO["email"]
    assert [(line["row"], line["field"]) for line in outcome.table("warnings.csv")] == [("2", key)]
    again_is_nothing(desk, "unchanged")


def test_a_merge_that_a_person_decided_is_not_suspicious(desk):
    new = {"key": "1", "phone": "763-555-0103", "email": "cy@example.com", "last_name": "Cyr"}
    between = {"key": "2", "phone": "763-555-0103", "email": "bo@example.com", "last_name": "Low"}
    desk.office.write([new, between])
    outcome = desk.run(decisions=desk.decide(desk.held(desk.office.plan().check()), "use A"))
    assert outcome.fates() == {2: "create", 3: "merged"}
    assert outcome.summary["suspicious"] == 0
    lost = {(line["field"], line["suspicious"]) for line in outcome.table("merges.csv")}
    assert ("last_name", "") in lost
    assert desk.run().summary["suspicious"] == 0


def test_create_makes_a_new_customer_with_the_keys_that_nobody_holds(desk):
    desk.office.write([BETWEEN | {"id": desk.bo, "email": "new@example.com"}])
    first = desk.office.plan().check()
    outcome = desk.run(decisions=desk.decide(desk.held(first), "Create"))
    assert outcome.fates() == {2: "create"}
    [new] = [one for id_, one in desk.customers().items() if id_ not in (desk.ann, desk.bo)]
    assert (new.get("phone") or "", new["email"], new["company_name"]) == ("", "new@example.com", "Between")
    again_is_nothing(desk, "unchanged")


def test_create_without_a_key_left_is_refused_unless_keyless_rows_are_allowed(desk, first):
    given = desk.decide(desk.held(first), "create")
    refused = desk.run(decisions=given)
    assert refused.fates() == {2: "held"}
    assert any("line 2 (create)" in note and "--allow-keyless" in note for note in refused.summary["notes"])
    planned = desk.office.plan(allow_keyless=True)
    outcome = desk.run(decisions=desk.decide(desk.held(planned), "create"), allow_keyless=True)
    assert outcome.summary["sent"]["created"] == 1
    again = desk.run(allow_keyless=True)
    assert (again.posts, again.fates()) == (0, {2: "unchanged"})


@pytest.mark.parametrize(
    ("left_out", "skipped", "words"),
    [
        (2, 0, "by the mapping's where"),
        (2, 2, "2 by your decision"),
        (3, 1, "1 by your decision, 2 by the mapping's where"),
    ],
)
def test_the_summary_says_why_rows_are_left_out(desk, first, left_out, skipped, words):
    summary = dict(first.summary)
    summary |= {"rows": {**summary["rows"], "left_out": left_out}, "skipped": skipped}
    lines = {line.label.strip(): line for section in sections(summary) for line in section.lines}
    assert (lines["left out"].figure, lines["left out"].remark) == (left_out, words)


def test_skip_leaves_the_row_out_for_good(desk, first):
    outcome = desk.run(decisions=desk.decide(desk.held(first), " skip "))
    assert outcome.fates() == {2: "left_out"}
    assert outcome.table("rows.csv")[0]["reason"] == "skipped by your decision"
    assert outcome.summary["rows"]["left_out"] == 1
    again_is_nothing(desk, "left_out")


@pytest.mark.parametrize("word", ["use A", "use B", "skip"])
def test_a_decision_is_forgotten_when_a_customer_that_the_row_named_has_other_keys(desk, first, word):
    """Whose the row is stays; whose the key is becomes a question again."""
    desk.run(decisions=desk.decide(desk.held(first), word))
    desk.office.rotor.sandbox.edit(desk.ann, email="ann@elsewhere.example.com")
    outcome = desk.run()
    assert outcome.fates() == {2: "held"}
    assert f"you decided '{word}'" in outcome.table("review.csv")[0]["reason"]


def test_a_decision_is_forgotten_when_the_row_has_another_key(desk, first):
    desk.run(decisions=desk.decide(desk.held(first), "use A"))
    desk.office.write([BETWEEN | {"email": "BO@example.com", "company_name": "Still"}])
    assert desk.run().fates() == {2: "update"}  # the same key
    desk.office.rotor.seed([{"email": "cy@example.com"}])
    desk.office.write([BETWEEN | {"email": "cy@example.com"}])
    outcome = desk.run()
    assert outcome.fates() == {2: "held"}
    assert "you decided 'use A'" in outcome.table("review.csv")[0]["reason"]


def test_a_skipped_row_is_asked_about_again_when_any_cell_of_it_changes(desk, first):
    desk.run(decisions=desk.decide(desk.held(first), "skip"))
    desk.office.write([BETWEEN | {"company_name": "Another"}])
    assert desk.run().fates() == {2: "held"}


def test_a_key_that_the_other_customer_gave_up_goes_to_the_one_that_was_chosen(desk, first):
    desk.run(decisions=desk.decide(desk.held(first), "use A"))
    desk.office.rotor.sandbox.edit(desk.bo, email="")
    assert desk.run().fates() == {2: "update"}
    assert desk.customers()[desk.ann]["email"] == "bo@example.com"
    again_is_nothing(desk, "unchanged")


def test_between_two_new_customers_of_the_same_file_each_side_is_known_after_a_run_too(desk, request):
    rows = [{"key": "1", **ANN, "phone": "763-555-0111", "email": ""}, {"key": "2", "email": "dee@example.com"}]
    desk.office.write([*rows, {"key": "3", "phone": "763-555-0111", "email": "dee@example.com", "company_name": "Dee"}])
    for outcome in (desk.office.plan(), desk.run()):
        given = desk.decide(desk.held(outcome), "use B")
        planned = desk.office.plan(decisions=given)
        assert APPLIED in planned.summary["notes"]
        assert planned.fates()[4] in ("merged", "unchanged", "update")
    desk.run(decisions=given)
    assert [one.get("phone") or "" for one in desk.customers().values() if one.get("company_name") == "Dee"] == [""]
    assert desk.run().posts == 0


def test_a_decision_about_a_row_that_has_changed_is_listed_with_its_line_and_not_applied(desk, first):
    given = desk.decide(desk.held(first), "use A")
    desk.office.write([BETWEEN | {"last_name": "Changed"}])
    outcome = desk.run(decisions=given)
    assert outcome.fates() == {2: "held"}
    assert any("line 2 (use A): this is no longer asked" in note for note in outcome.summary["notes"])


def test_a_decision_between_other_customers_is_listed_and_not_applied(desk, first):
    given = desk.decide(desk.held(first), "use A")
    desk.office.rotor.sandbox.edit(desk.ann, phone="")
    desk.office.rotor.seed([{"phone": ANN["phone"], "first_name": "Anna"}])
    outcome = desk.run(decisions=given)
    assert outcome.fates() == {2: "held"}
    assert any("could be other customers now" in note for note in outcome.summary["notes"])


@pytest.mark.parametrize(
    ("word", "change", "words"),
    [
        ("perhaps", {}, ["line 2 says 'perhaps'", "conflict it must be use A, use B, create or skip"]),
        ("same", {}, ["line 2 says 'same'", "conflict it must be use A, use B, create or skip"]),
        ("use A", {"kind": "stranger"}, ["line 2 says 'use A'", "must be same, separate, ignore or skip"]),
        ("use A", {"kind": "field"}, ["line 2 says 'use A'", "must be file or rotor"]),
        ("use A", {"kind": "row"}, ["line 2 has 'row' in the column kind"]),
        ("skip", {"question": "nightly"}, ["line 2 has 'nightly' in the column question"]),
        ("skip", {"question": "weekly-0123456789abcdef"}, ["line 2 belongs to the feed weekly", "of the feed nightly"]),
        ("skip", {"question": ""}, ["line 2 has nothing in the column question"]),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(desk, first, word, change, words):
    given = desk.decide(desk.held(first), word)
    with given.open(newline="", encoding="utf-8-sig") as file:
        [line] = csv.DictReader(file)
    with given.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(line))
        writer.writeheader()
        writer.writerow(line | change)
    before = desk.office.rotor.posts()
    with pytest.raises(DecisionError) as error:
        desk.run(decisions=given)
    for one in words:
        assert one in str(error.value)
    assert desk.office.rotor.posts() == before


def test_another_file_is_no_file_of_decisions(desk, first):
    with pytest.raises(DecisionError, match="no column question"):
        desk.run(decisions=first.folder / "rows.csv")


def test_two_decisions_about_one_row_are_refused_with_both_lines(desk, first):
    given = desk.decide(desk.held(first), "use A")
    lines = given.read_text().splitlines()
    given.write_text("\n".join([*lines, lines[1].replace("use A", "skip")]) + "\n")
    with pytest.raises(DecisionError, match=r"lines 2 and 3 .*use A and skip"):
        desk.run(decisions=given)


@pytest.mark.parametrize(
    "form",
    [
        {"delimiter": ";", "encoding": "utf-8-sig", "lineterminator": "\r\n"},
        {"delimiter": ";", "encoding": "cp1252", "lineterminator": "\r\n"},
        {"delimiter": "\t", "encoding": "utf-16"},
        {"delimiter": ",", "quoting": csv.QUOTE_ALL},
    ],
)
def test_a_file_that_a_spreadsheet_saved_is_understood(desk, first, form):
    outcome = desk.run(decisions=desk.decide(desk.held(first), "use b", **form))
    assert APPLIED in outcome.summary["notes"]
    assert desk.customers()[desk.bo]["company_name"] == "Between"


def test_a_workbook_is_understood_too(desk, first):
    given = desk.decide(desk.held(first), "use A")
    book = openpyxl.Workbook()
    with given.open(newline="", encoding="utf-8-sig") as file:
        for line in csv.reader(file):
            book.active.append(line)
    path = desk.office.folder / "given.xlsx"
    book.save(path)
    assert APPLIED in desk.run(decisions=path).summary["notes"]


def test_a_paused_run_with_decisions_goes_on_by_the_same_command(desk, first):
    desk.office.write([BETWEEN, {"key": "8", "email": "cy@example.com"}])
    dry = desk.office.plan()
    side = "A" if dry.table("review.csv")[0]["a_id"] == desk.ann else "B"
    given = desk.decide(desk.held(dry), f"use {side}")
    paused = desk.office.run(decisions=given, max_requests=3)
    while paused.summary["state"] != "complete":
        went_on = desk.office.run(decisions=given)
        assert went_on.summary["run"] == paused.summary["run"]
        paused = went_on
    assert desk.customers()[desk.ann]["company_name"] == "Between"
    assert desk.run().posts == 0


def test_a_saved_plan_holds_its_decisions(desk, first):
    given = desk.decide(desk.held(first), "use A")
    plan, office = desk.office.folder / "plan.rotor", desk.office
    settings = replace(office.settings, decisions=given)
    plan_import([office.file], office.mapping, settings, office.world, save=plan)
    other = desk.decide(desk.held(first), "use B")
    with pytest.raises(PlanError, match="decisions about held rows"):
        run_import([plan], None, replace(settings, decisions=other), office.world)
    other.unlink()
    done = run_import([plan], None, office.settings, office.world)
    assert done.summary["sent"]["updated"] == 1
    assert desk.customers()[desk.ann]["company_name"] == "Between"
    again_is_nothing(desk, "unchanged")
