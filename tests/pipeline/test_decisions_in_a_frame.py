"""Decisions that Python gives as a frame count as those of a review.csv do."""

from dataclasses import replace

import polars as pl
import pytest

from rotor_import import plan_import, run_import
from rotor_import.errors import DecisionError, PlanError, SettingsError

ANN = {"phone": "763-555-0101", "email": "ann@example.com", "first_name": "Ann"}
BO = {"phone": "763-555-0102", "email": "bo@example.com", "first_name": "Bo"}
BETWEEN = [
    {"key": str(key), "phone": ANN["phone"], "email": BO["email"], "company_name": f"Between {key}"} for key in (7, 8)
]


class Desk:
    """Ann and Bo are in Rotor; two rows have Ann's phone and Bo's email."""

    def __init__(self, office):
        self.office = office
        self.ann, self.bo = office.rotor.seed([ANN, BO])
        office.write(BETWEEN)
        self.asked = self.plan().review

    def plan(self, decisions=None, **more):
        office = self.office
        return plan_import([office.file], office.mapping, office.settings, office.world, decisions=decisions, **more)

    def run(self, decisions, *, files=None, **more):
        office = self.office
        settings = replace(office.settings, **more)
        return run_import(files or [office.file], office.mapping, settings, office.world, decisions=decisions)

    def fates(self, report):
        return dict(report.rows.select("row", "disposition").iter_rows())


@pytest.fixture
def desk(office):
    return Desk(office)


def said(frame, *words):
    return frame.with_columns(pl.Series("decision", words, dtype=pl.String))


def test_a_frame_of_a_plans_questions_with_decisions_is_followed_by_plan_and_run(desk):
    decided = said(desk.asked, "use A", "skip")
    planned, done = desk.plan(decided), desk.run(decided)
    assert desk.fates(planned) == desk.fates(done) == {2: "update", 3: "left_out"}
    assert "Decisions applied: 2 of 2." in done.summary["notes"]
    assert done.review.is_empty()
    [ann] = [one for one in desk.office.rotor.customers() if one["id"] == desk.ann]
    assert ann["company_name"] == "Between 7"


def test_a_frame_says_what_the_same_file_says_so_a_run_that_paused_goes_on(desk):
    new = {"key": "9", "phone": "763-555-0109", "first_name": "Cy"}
    desk.office.write([*BETWEEN, new])
    decided = said(desk.asked, "use A", "skip")
    file = desk.office.folder / "given.csv"
    decided.write_csv(file)
    paused = desk.run(file, max_requests=2)
    assert paused.summary["state"] == "paused"
    done = desk.run(decided)
    assert (done.summary["run"], done.summary["state"]) == (paused.summary["run"], "complete")


def test_a_path_may_be_a_text(desk):
    said(desk.asked, "skip", "skip").write_csv(desk.office.folder / "given.csv")
    assert desk.fates(desk.plan(str(desk.office.folder / "given.csv"))) == {2: "left_out", 3: "left_out"}


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_lines_without_a_decision_leave_their_rows_held(desk, nothing):
    assert desk.fates(desk.plan(said(desk.asked, nothing, "skip"))) == {2: "held", 3: "left_out"}


def test_a_frame_of_some_lines_and_columns_is_enough(desk):
    some = desk.asked.filter(pl.col("row") == 3).select("question", "^[ab]_.*$", pl.lit("skip").alias("Decision"))
    assert desk.fates(desk.plan(some)) == {2: "held", 3: "left_out"}


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["use A", "skip"])])
def test_words_of_any_kind_of_text_are_understood(desk, kind):
    decided = said(desk.asked, "skip", "skip").with_columns(pl.col("decision").cast(kind))
    assert desk.fates(desk.plan(decided)) == {2: "left_out", 3: "left_out"}


def test_a_frame_that_was_read_from_the_file_with_its_apostrophes_is_understood(desk):
    both = {"phone": "763-555-0103", "email": "cy@example.com"}
    desk.office.write([{"key": "1", **both, "email": ""}, {"key": "2", **both, "phone": ""}, {"key": "3", **both}])
    raw = pl.read_csv(desk.plan().folder / "review.csv", infer_schema=False)
    assert raw.get_column("a_phone").to_list() == ["'+17635550103"]
    assert desk.fates(desk.plan(said(raw, "use A"))) == {2: "create", 3: "create", 4: "merged"}


def test_what_cannot_be_understood_is_named_with_its_line_and_nothing_is_sent(desk):
    with pytest.raises(DecisionError, match=r"first line is line 0: line 1 says 'merge'.*Nothing was sent"):
        desk.run(said(desk.asked, "skip", "merge"))
    assert desk.office.rotor.posts() == 0


@pytest.mark.parametrize("column", ["question", "decision"])
def test_a_frame_without_a_needed_column_is_refused(desk, column):
    with pytest.raises(DecisionError, match=rf"no column {column}.*report\.review"):
        desk.plan(said(desk.asked, "skip", "skip").drop(column))


def test_a_frame_with_lists_for_words_is_refused(desk):
    with pytest.raises(DecisionError, match="not text"):
        desk.plan(desk.asked.with_columns(decision=pl.col("choices").str.split(" | ")))


def test_decisions_in_the_settings_and_beside_them_are_refused(desk):
    office, decided = desk.office, said(desk.asked, "skip", "skip")
    settings = replace(office.settings, decisions=desk.plan().folder / "review.csv")
    with pytest.raises(SettingsError, match="twice"):
        run_import([office.file], office.mapping, settings, office.world, decisions=decided)


def test_a_saved_plan_keeps_the_decisions_of_its_frame_and_refuses_others(desk):
    decided, saved = said(desk.asked, "use A", "skip"), desk.office.folder / "saved.rotor"
    desk.plan(decided, save=saved)
    with pytest.raises(PlanError, match="decisions"):
        desk.run(said(desk.asked, "use B", "skip"), files=[saved])
    assert desk.fates(desk.run(decided, files=[saved])) == {2: "update", 3: "left_out"}
