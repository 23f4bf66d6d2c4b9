"""What sending changes in a report that is written already."""

import csv

from rotor_import.model.change import Outcome
from rotor_import.model.plan import SourceFile
from rotor_import.model.question import CHOICES, Question
from rotor_import.report.amend import Aftermath, amend
from rotor_import.report.files import save_parts
from rotor_import.report.summary import Summary
from rotor_import.report.tables import REVIEW, TABLES

FILES = (SourceFile("people.csv", "aa", 1, ("Phone",)),)


def test_a_refused_change_of_a_missing_customer_is_no_row_of_the_file():
    planned = {"rows": {"kept": 4, "merged": 0, "rejected": 0, "held": 0}, "changes": {"update": 4}}
    refused = Outcome("X", 5, "update", "refused")
    summary = Summary(planned, lost=[(refused, 0)])
    assert (summary.rows(), summary.changes()) == (planned["rows"], planned["changes"])
    summary = Summary(planned, lost=[(refused, 2)])
    assert summary.rows() == {"kept": 3, "merged": -1, "rejected": 2, "held": 0}
    assert summary.changes() == {"update": 3}


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
