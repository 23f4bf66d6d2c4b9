"""What sending changes in a report that is written already."""

import csv

from rotor_import.model.change import Outcome
from rotor_import.model.plan import SourceFile
from rotor_import.model.question import CHOICES, Question
from rotor_import.report.amend import Aftermath, amend, count_asked
from rotor_import.report.files import save_parts
from rotor_import.report.read import read_frame
from rotor_import.report.summary import Sent, after_sending
from rotor_import.report.tables import REVIEW, TABLES

FILES = (SourceFile("people.csv", "aa", 1, ("Phone",)),)


def test_a_refused_change_of_a_missing_customer_is_no_row_of_the_file():
    planned = {"rows": {"kept": 4, "merged": 0, "rejected": 0, "held": 0}, "changes": {"update": 4}}
    refused = Outcome("X", 5, "update", "refused")
    summary = after_sending(planned, Sent(), [(refused, 0)])
    assert (summary["rows"], summary["changes"]) == (planned["rows"], planned["changes"])
    summary = after_sending(planned, Sent(), [(refused, 2)])
    assert summary["rows"] == {"kept": 3, "merged": -1, "rejected": 2, "held": 0}
    assert summary["changes"] == {"update": 3}


def test_a_question_that_a_spreadsheet_saved_with_quoted_blanks_is_not_written_twice(tmp_path):
    for table in TABLES:
        save_parts(tmp_path / table.file_name(), [table.empty])
    asked = Question("feed-0123456789abcdef", "field", CHOICES["field"], "changed", ((0, 2),), field="email")
    after = Aftermath(FILES, (), (), questions=(asked,))
    amend(tmp_path, after)
    path = tmp_path / REVIEW.file_name()
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(lines)
    amend(tmp_path, after)
    with path.open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == lines


def test_a_question_is_added_to_a_file_that_excel_saved_in_its_own_way(tmp_path):
    for table in TABLES:
        save_parts(tmp_path / table.file_name(), [table.empty])
    first, second = (
        Question(f"feed-{at:016x}", "field", CHOICES["field"], "José", ((0, at),), field="email") for at in (2, 3)
    )
    amend(tmp_path, Aftermath(FILES, (), (), questions=(first,)))
    path = tmp_path / REVIEW.file_name()
    with path.open(newline="", encoding="utf-8-sig") as file:
        head, line = csv.reader(file)
    line[head.index("decision")] = "rotor"
    with path.open("w", newline="", encoding="cp1252") as file:
        csv.writer(file, delimiter=";").writerows([head, line])
    amend(tmp_path, Aftermath(FILES, (), (), questions=(first, second)))
    frame = read_frame(path)
    assert frame.get_column("decision").to_list() == ["rotor", None]
    assert frame.get_column("reason").to_list() == ["José", "José"]
    assert count_asked(tmp_path)["field"] == 2
