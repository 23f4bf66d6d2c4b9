"""review.csv: a line for each question, with all of its rows, in a form that Excel opens."""

import codecs

from office import COLUMNS

from rotor_import.model.question import CHOICES, KINDS, Question, Shown
from rotor_import.report.review import REVIEW, count_listed, listed_rows, review_lines
from rotor_import.report.tables import REVIEW as TABLE

EXCELS_CELL = 32_767
SIDE = ["id", "file", "row", "name", "company", "phone", "email", "address"]


def line_of(question, paths=("a.csv", "b, c.csv")):
    return {name: cell or "" for name, cell in review_lines([question], paths).row(0, named=True).items()}


def about(*refs, **more):
    return Question("feed-0123456789abcdef", "stranger", CHOICES["stranger"], "why", refs, **more)


def test_the_columns_are_the_contracts():
    own = ["question", "kind", "decision", "choices", "reason", "score", "file", "row", "rows", "field"]
    own += ["file_value", "rotor_value", "name", "company", "phone", "email", "address"]
    assert list(REVIEW) == own + [f"{side}_{part}" for side in "ab" for part in SIDE]


def test_a_question_names_all_of_its_rows_and_those_of_another_file_with_it():
    line = line_of(about((0, 2), (0, 5), (1, 7)))
    assert (line["file"], line["row"], line["rows"]) == ("a.csv", "2", "2, 5, b, c.csv:7")
    assert list(listed_rows("a.csv", line["rows"], 10)) == [("a.csv", "2"), ("a.csv", "5"), ("b, c.csv", "7")]
    assert count_listed(line["rows"]) == 3


def test_a_very_long_list_of_rows_fits_into_a_spreadsheets_cell_and_says_how_many_more_there_are():
    line = line_of(about(*((0, row) for row in range(2, 20_002))))
    assert len(line["rows"]) < EXCELS_CELL
    assert line["rows"].endswith(" more")
    assert count_listed(line["rows"]) == 20_000
    assert list(listed_rows("a.csv", line["rows"], 2)) == [("a.csv", "2"), ("a.csv", "3")]


def test_sides_say_whether_somebody_is_in_rotor_or_in_which_row():
    line = line_of(about((0, 3), a=Shown("C-1", name="Ann"), b=Shown("", (1, 4), phone="+17635550101"), score=0.9))
    assert (line["a_id"], line["a_file"], line["a_row"], line["a_name"]) == ("C-1", "", "", "Ann")
    assert (line["b_id"], line["b_file"], line["b_row"], line["b_phone"]) == ("", "b, c.csv", "4", "+17635550101")
    assert (line["score"], line["choices"]) == ("0.90", "same | separate | ignore | skip")


def test_every_csv_of_a_report_begins_with_a_byte_order_mark(office):
    office.write([{"key": "1", "email": "a@example.com"}, {"key": "2", "phone": "none"}])
    outcome = office.plan()
    files = sorted(outcome.folder.glob("*.csv"))
    assert TABLE.file_name() in {path.name for path in files}
    assert [path.name for path in files if not path.read_bytes().startswith(codecs.BOM_UTF8)] == []
    assert outcome.summary["review"] == dict.fromkeys(KINDS, 0)
    done = office.run()
    assert [path.name for path in done.folder.glob("*.csv") if not path.read_bytes().startswith(codecs.BOM_UTF8)] == []


def test_rejects_are_imported_as_they_are_and_their_byte_order_mark_is_no_part_of_a_column(office):
    office.write([{"key": "1", "email": "a@example.com"}, {"key": "2", "phone": "none"}])
    rejects = office.plan().folder / "rejects.csv"
    office.file.write_bytes(rejects.read_bytes().replace(b",none,", b",763-555-0100,", 1))
    planned = office.plan()
    assert planned.summary["changes"]["create"] == 1
    assert [line["column"] for line in planned.table("quality.csv")] == list(COLUMNS)


def test_a_person_is_shown_with_the_address_of_the_property_or_else_the_billing_address():
    street = {
        "property_street1": "12 Elm St",
        "property_city": "Blaine",
        "property_state": "MN",
        "property_zip": "55434",
    }
    assert Shown.of({"first_name": "Ann", "last_name": "Ray", **street}).address == "12 Elm St, Blaine, MN 55434"
    assert Shown.of({"billing_street1": "1 Bay Rd"}).address == "1 Bay Rd"
    assert Shown.of({"first_name": "Ann"}, "+17635550101").phone == "+17635550101"
