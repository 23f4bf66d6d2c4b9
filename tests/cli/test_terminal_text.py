"""What a terminal is given: nothing that it could act on, and nothing wider than it is."""

import json
import unicodedata

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.cli.terminal import Terminal
from rotor_import.cli.terminal_text import fitted, folded, harmless_json, padded, plain, plain_lines, width
from rotor_import.cli.text_table import Cell, Column, figures, table

ANY = st.text(st.characters(exclude_categories=()), max_size=30)
TURNS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


def harmless(text):
    return all(
        unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"}
        and unicodedata.bidirectional(letter) not in TURNS
        and letter not in "\u200e\u200f\u061c\u200b\ufeff\xad"
        for letter in text
    )


class Paper(Terminal):
    """A terminal of this width."""

    def __init__(self, columns, *, colors=False):
        super().__init__(environment={})
        self.width, self.has_colors = columns, colors


@given(ANY)
def test_no_text_can_do_anything_to_a_terminal(text):
    assert harmless(plain(text))
    assert harmless(plain_lines(text).replace("\n", ""))
    assert plain(plain(text)) == plain(text)
    plain(text).encode()


@given(ANY)
def test_harmless_text_stays_as_it_is(text):
    if harmless(text) and not any(unicodedata.category(letter) == "Cf" for letter in text):
        assert plain(text) == text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"),
        ("\x9b31m", "\\u009b31m"),
        ("a\tb\r\nc", "a b  c"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\udce9.csv", "\\udce9.csv"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("👩\u200d👧 e\u0301 山田", "👩\u200d👧 e\u0301 山田"),
    ],
)
def test_what_could_act_is_shown_by_its_number(hostile, shown):
    assert plain(hostile) == shown


@given(st.dictionaries(ANY, ANY, max_size=4))
def test_json_says_the_same_without_anything_that_could_act(found):
    try:
        text = harmless_json(json.dumps(found, ensure_ascii=False, indent=2))
    except UnicodeEncodeError:
        pytest.fail("halves of a character have to be written too")
    assert harmless(text.replace("\n", ""))
    assert json.loads(text) == found


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("…", 1),
        ("é", 1),
        ("e\u0301", 1),
        ("山田", 4),
        ("ｱ", 1),
        ("\uff21", 2),
        ("👩‍👧", 2),
        ("한", 2),
        ("", 0),
    ],
)
def test_the_width_is_that_on_the_screen(text, columns):
    assert width(text) == columns


@given(ANY.map(plain), st.integers(2, 20))
def test_what_is_fitted_padded_and_folded_is_as_wide_as_it_may_be(text, columns):
    cut = fitted(text, columns)
    assert width(cut) <= columns
    assert width(padded(cut, columns)) == columns
    assert width(padded(cut, columns, right=True)) == columns
    assert all(width(line) <= columns for line in folded(text, columns, whole_words=False))


def test_a_long_word_can_stay_whole_so_that_it_can_be_copied():
    path = "/srv/reports/20261125T064026-c0a12b/report.xlsx"
    assert folded(f"Look at {path} first", 20) == ["Look at", path, "first"]
    assert folded("go on with rotor-import resume", 18) == ["go on with", "rotor-import", "resume"]


COLUMNS = [Column("name", least=4), Column("rows", right=True), Column("état")]
PEOPLE = [("山田 太郎", 12, Cell("paused", "look")), ("Zoë\x1b[31m", 12345, "complete")]


@pytest.mark.parametrize("columns", [80, 40, 28])
def test_columns_are_in_line_whatever_is_in_them(columns):
    lines = table(COLUMNS, PEOPLE, Paper(columns))
    assert all(width(line) <= columns for line in lines)
    ends = [width(line[: line.index(word)]) for line, word in zip(lines, ("état", "paused", "complete"), strict=True)]
    assert len(set(ends)) == 1
    assert all(map(harmless, lines))


def test_a_table_that_cannot_be_cut_to_fit_is_a_block_for_each_row():
    lines = table(COLUMNS, PEOPLE, Paper(20))
    assert lines[:3] == ["  name  山田 太郎", "    rows  12", "    état  paused"]
    assert all(width(line) <= 20 for line in lines)


def test_a_long_remark_goes_on_below_itself():
    lines = figures([("Rejected", 12, "word " * 20, "bad"), ("Held", 3, "", "")], Paper(40))
    assert all(width(line) <= 40 for line in lines)
    assert lines[0].startswith("  Rejected      12  word word")
    assert lines[1].startswith(" " * 20 + "word")
    assert lines[-1] == "  Held           3"


def test_colors_take_no_room():
    colorful, sober = (table(COLUMNS, PEOPLE, Paper(80, colors=colors)) for colors in (True, False))
    assert "\x1b[33mpaused" in colorful[1]
    assert not any("\x1b" in line for line in sober)
    assert lines_without_colors(colorful) == sober


def lines_without_colors(lines):
    return [click.unstyle(line).rstrip() for line in lines]


class FakeStdout:
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "terminal", "paper"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colors_are_for_terminals_unless_somebody_says_otherwise(monkeypatch, environment, terminal, paper):
    assert Terminal(environment=environment).has_colors is paper
    monkeypatch.setattr("sys.stdout", FakeStdout())
    assert Terminal(environment=environment).has_colors is terminal
