"""A report's files are written beside other work: whole, in order, or with the error that kept them from it."""

import threading
from itertools import count

import polars as pl
import pytest

from rotor_import.errors import ReportError
from rotor_import.report import writer as module
from rotor_import.report.read import read_frame
from rotor_import.report.writer import Writer


def part(*cells):
    return pl.DataFrame({"cell": list(cells)}, schema={"cell": pl.String})


def test_at_its_end_all_files_are_there_whole(tmp_path):
    with Writer() as writer:
        writer.save_parts(tmp_path / "long.csv", (part(f"a{at}") for at in range(50)))
        writer.save_parts(tmp_path / "none.csv", iter([]))
        writer.save_text(tmp_path / "summary.json", "{}")
    assert read_frame(tmp_path / "long.csv").get_column("cell").to_list() == [f"a{at}" for at in range(50)]
    assert (tmp_path / "none.csv").read_bytes() == b""
    assert sorted(file.name for file in tmp_path.iterdir()) == ["long.csv", "none.csv", "summary.json"]


def test_files_are_written_in_the_order_in_which_they_are_given(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(module, "write_text", lambda path, _text: written.append(path.name))
    monkeypatch.setattr(module, "save_parts", lambda path, parts: written.append((path.name, len(list(parts)))))
    with Writer() as writer:
        writer.save_parts(tmp_path / "1", [part("a"), part("b")])
        writer.save_text(tmp_path / "2", "")
        writer.save_parts(tmp_path / "3", [part("a")])
    assert written == [("1", 2), "2", ("3", 1)]


def test_the_parts_of_a_table_are_made_in_its_turn(tmp_path):
    made = []

    def parts():
        made.append({file.name for file in tmp_path.iterdir()})
        yield part("a")

    with Writer() as writer:
        writer.save_parts(tmp_path / "first.csv", [part("a"), part("b")])
        writer.save_parts(tmp_path / "second.csv", parts())
    assert made == [{"first.csv", "second.csv.part"}]


@pytest.mark.parametrize("parts", [0, 1, 50])
def test_a_file_that_cannot_be_written_stops_it_with_its_error(tmp_path, parts):
    (tmp_path / "taken.csv.part").mkdir()
    with pytest.raises(ReportError, match=r"taken\.csv can't be written"), Writer() as writer:
        writer.save_parts(tmp_path / "taken.csv", (part(str(at)) for at in range(parts)))


def test_after_a_failed_file_nothing_more_is_taken(tmp_path):
    (tmp_path / "taken.csv.part").mkdir()

    def write_on():
        with Writer() as writer:
            writer.save_parts(tmp_path / "taken.csv", [part("a")])
            for at in count():
                writer.save_text(tmp_path / str(at), "")

    with pytest.raises(ReportError):
        write_on()


def test_a_table_whose_maker_fails_is_not_left_as_if_it_were_whole(tmp_path):
    def failing():
        yield part("a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Writer() as writer:
        writer.save_parts(tmp_path / "half.csv", failing())
    assert not (tmp_path / "half.csv").exists()


def test_what_was_not_begun_when_its_caller_failed_is_left_out(tmp_path, monkeypatch):
    going, goes_on = threading.Event(), threading.Event()

    def slow(path, _text):
        going.set()
        goes_on.wait()
        path.touch()

    def stopped():
        with Writer() as writer:
            writer.save_text(tmp_path / "begun", "")
            writer.save_text(tmp_path / "waiting", "")
            going.wait()
            waiting = writer._writing[1]  # noqa: SLF001 - no other sign shows that it was given up
            waiting.add_done_callback(lambda _: goes_on.set())
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_text", slow)
    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [file.name for file in tmp_path.iterdir()] == ["begun"]
