"""Looks customers of a report up: a line for each customer with its rows, and for each row that is nobody's."""

from rotor_import.report.lookup.lines import Lines, lines_of
from rotor_import.report.lookup.search import Search
from rotor_import.report.lookup.shown import LineShown, Shown

__all__ = ["LineShown", "Lines", "Search", "Shown", "lines_of"]
