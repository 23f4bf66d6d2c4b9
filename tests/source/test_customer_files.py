"""An archive with one table of customers among other files is read, and the notes name the others.

The files of a folder were chosen: only prose is left out.
"""

import makers
import pytest

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source, read_sources

CLIENTS = "First,Phone,Email\nNora,763-555-0101,nora@example.com\n"
MAPPED = SourceOptions(wanted=("First", "Phone", "Email"), needed=("First", "Phone"))
OPTIONAL = SourceOptions(wanted=("First", "Phone", "Email"))
BESIDE = {
    "README.txt": "Exported on Monday.\n",
    "NOTES.md": '# Export\n\n"To whom it may concern\n',
    "license.txt": "<html><body>All rights reserved</body></html>",
    "jobs.csv": "Job,Total\nGutters,410\n",
    "calls.csv": "Phone,When\n763-555-0101,Monday\n",
}


@pytest.fixture(params=["archive", "folder"])
def put(request, tmp_path):
    def go(files):
        if request.param == "archive":
            path = tmp_path / "export.zip"
            path.write_bytes(makers.zipped(files))
            return path
        path = tmp_path / "export"
        path.mkdir()
        for name, text in files.items():
            (path / name).write_text(text)
        return path

    return go


@pytest.mark.parametrize("options", [MAPPED, SourceOptions(), OPTIONAL], ids=["mapped", "no mapping", "all optional"])
@pytest.mark.parametrize("name", ["README.txt", "license.txt"])
def test_a_note_beside_the_table_is_left_out_and_named(put, name, options):
    [table] = read_sources([put({"clients.csv": CLIENTS, name: BESIDE[name]})], options)
    assert table.frame.get_column("First").to_list() == ["Nora"]
    assert name in table.notes[-1]


@pytest.mark.parametrize("name", ["jobs.csv", "calls.csv"])
def test_a_table_of_something_else_is_left_out_of_an_archive_alone_and_the_column_that_it_lacks_is_named(put, name):
    table, *others = read_sources([put({name: BESIDE[name], "clients.csv": CLIENTS})], MAPPED)
    if others:
        assert {table.path.name, others[0].path.name} == {name, "clients.csv"}
        assert table.path.parent.is_dir()
        return
    assert table.path.name == "clients.csv"
    assert f"{name} (it has no column 'First')" in table.notes[-1]


def test_tables_of_customers_are_all_read(put):
    south = CLIENTS.replace(",Email", "").replace(",nora@example.com", "")
    tables = read_sources([put({"north.csv": CLIENTS, "south.csv": south} | BESIDE)], MAPPED)
    chosen = ["calls.csv", "jobs.csv"] if tables[0].path.parent.is_dir() else []
    assert [table.path.name for table in tables] == [*chosen, "north.csv", "south.csv"]


def test_a_table_that_lacks_one_column_of_many_is_not_left_out(put):
    options = SourceOptions(wanted=("First", "Phone", "Email"), needed=("First", "Phone", "Email"))
    tables = read_sources([put({"north.csv": CLIENTS, "south.csv": "First,Phone\nOmar,763-555-0102\n"})], options)
    assert len(tables) == 2


def test_where_nothing_fits_nothing_is_left_out(put):
    assert (
        len(read_sources([put({"jobs.csv": BESIDE["jobs.csv"], "README.txt": "Exported on Monday.\n"})], MAPPED)) == 2
    )


def test_a_table_that_cannot_be_read_is_never_left_out(put):
    with pytest.raises(SourceError, match=r"broken\.csv"):
        read_sources([put({"clients.csv": CLIENTS, "broken.csv": 'a,b\n1,"2\n'})], MAPPED)


NOTES = {
    "a letter": 'Dear all,\n"To whom it may concern\n',
    "a web page": BESIDE["license.txt"],
    "JSON": '{"a": 1, "b": 2}',
    "nothing": " \n",
    "no text": "\x01\x02 abc\n",
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_where_no_table_fits_the_error_of_a_note_says_that_it_may_be_none_and_what_the_table_lacks(put, note):
    with pytest.raises(SourceError) as caught:
        read_sources(
            [put({"README.txt": note, "jobs.csv": BESIDE["jobs.csv"], "calls.csv": BESIDE["calls.csv"]})], MAPPED
        )
    assert "README.txt" in str(caught.value)
    assert "If it is only a note, remove it" in str(caught.value)
    assert str(caught.value).endswith("and calls.csv isn't one (it has no column 'First').")


@pytest.mark.parametrize("names", [["README.txt"], ["README.txt", "license.txt"]])
@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_where_there_are_only_notes_the_error_says_that_they_may_be_no_table(put, names, note):
    with pytest.raises(SourceError, match=r"README\.txt.* If it is only a note, name the file with the customers"):
        read_sources([put(dict.fromkeys(names, note))], MAPPED)


def test_a_table_that_cannot_be_read_is_not_called_a_note(put):
    with pytest.raises(SourceError) as caught:
        read_sources([put({"clients.csv": NOTES["a letter"], "jobs.csv": BESIDE["jobs.csv"]})], MAPPED)
    assert "note" not in str(caught.value).split("clients.csv")[1]


def test_a_text_alone_in_an_archive_is_read(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(makers.zipped({"clients.txt": CLIENTS}))
    assert read_source(path, SourceOptions()).frame.height == 1
