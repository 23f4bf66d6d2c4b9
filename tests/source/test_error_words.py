"""Spreadsheets' errors that were saved as text."""

import pytest

from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_sources

ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#n/a", "#SPILL!", "#ERROR!", "#####")
OTHERS = ("#4", "# 12", "#VIP", "#", "#REF", "N/A", "see #REF!", "#1 Roofing", "#N/A yet")


def read(path, text):
    path.write_text(text, encoding="utf-8")
    [source] = read_sources([path], SourceOptions())
    return source


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("quoted", [False, True])
def test_an_error_is_blank_and_told(tmp_path, error, quoted):
    cell = f'"{error}"' if quoted else error
    source = read(tmp_path / "f.csv", f"Name,Street\nNora,{cell}\nOmar,4 Elm St\n")
    assert source.frame.rows() == [("Nora", None), ("Omar", "4 Elm St")]
    [found] = source.findings
    assert (found.row, found.column, found.value, found.rejected) == (2, "Street", error, False)
    assert found.reason.startswith("left blank: an error")
    assert error in found.reason


@pytest.mark.parametrize("cell", OTHERS)
def test_other_cells_with_its_sign_stay(tmp_path, cell):
    source = read(tmp_path / "f.csv", f'Name,Street\nNora,{cell}\nOmar,"{cell}"\n')
    assert source.frame.get_column("Street").to_list() == [cell, cell]
    assert not source.findings


def test_a_large_file_is_read_the_same_way(tmp_path):
    lines = [f"Nora{at},{'#N/A' if at == 70_000 else f'{at} Elm St #4'}" for at in range(90_000)]
    source = read(tmp_path / "f.csv", "Name,Street\n" + "\n".join(lines) + "\n")
    assert [(one.row, one.value) for one in source.findings] == [(70_002, "#N/A")]
    assert source.frame.get_column("Street").null_count() == 1


def test_a_cell_that_an_error_leaves_blank_counts_as_blank(tmp_path):
    source = read(tmp_path / "f.csv", "Name,Street\nNora,1 Elm St\n#N/A,#N/A\n")
    assert source.frame.rows() == [("Nora", "1 Elm St"), (None, None)]
    assert [one.row for one in source.findings] == [3, 3]
