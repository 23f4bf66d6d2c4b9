"""The report of an import: what happens to every row, what would change, and what came of it."""

from rotor_import.report.amend import Aftermath, LostRow, amend, count_asked, planned_values
from rotor_import.report.column_problems import problems_by_file
from rotor_import.report.files import SaveText, make_folder
from rotor_import.report.outgoing import outgoing
from rotor_import.report.page import write_page
from rotor_import.report.page.shorten import field_words
from rotor_import.report.page.undo_page import write_undo_page
from rotor_import.report.quality import ColumnCounts, count_cells
from rotor_import.report.report_table import Frames
from rotor_import.report.sample import full_name, write_sample
from rotor_import.report.summary import Sent, after_sending
from rotor_import.report.sync_line import sync_line
from rotor_import.report.text import headline, sections, sentence
from rotor_import.report.undo import write_undo
from rotor_import.report.verification import write_verification
from rotor_import.report.write import SUMMARY, write_plan, write_summary
from rotor_import.report.writer import Writer

__all__ = [
    "SUMMARY",
    "Aftermath",
    "ColumnCounts",
    "Frames",
    "LostRow",
    "SaveText",
    "Sent",
    "Writer",
    "after_sending",
    "amend",
    "count_asked",
    "count_cells",
    "field_words",
    "full_name",
    "headline",
    "make_folder",
    "outgoing",
    "planned_values",
    "problems_by_file",
    "sections",
    "sentence",
    "sync_line",
    "write_page",
    "write_plan",
    "write_sample",
    "write_summary",
    "write_undo",
    "write_undo_page",
    "write_verification",
]
