"""The lines of a report: every row is in one, the search finds exactly what is said, and pages add up."""

import re
import unicodedata
from hashlib import sha256
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.model.rows import SourceTable
from rotor_import.report.lookup import Search, Shown, lines_of
from rotor_import.report.page_excerpt import CELLS, PEOPLE
from rotor_import.report.plan_tables import CUSTOMERS, ROWS, UPDATES
from rotor_import.report.report_table import Frames

FILE = "clients.csv"
WORDS = ["Renée", "renee", "García", "GARCIA", "Ray", "Straße", "x@example.com", "Ωmega", "12", "row 3", "Zoë Ray", ""]
PHONES = ["(763) 555-0101", "+1 763 555 0101", "763.555.0102", "17635550103", ""]
SUMMARY = {
    "columns": [
        {"file": FILE, "column": "Name", "fields": ["first_name"], "rows": []},
        {"file": FILE, "column": "Phone", "fields": ["phone"], "rows": []},
        {"file": FILE, "column": "Secret", "fields": [], "rows": []},
    ]
}


def plain(text):
    """An oracle: what a person would take for the same."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.category(sign).startswith("M")).lower()


def frame(columns, rows):
    cells = [[cell or None for cell in row] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")


def frames(rows, new=(), changed=(), known=()):
    tables = {"rows": frame(ROWS, rows), "creates": frame(CUSTOMERS, new), "updates": frame(UPDATES, changed)}
    tables |= {"people": frame(PEOPLE, known), "cells": frame(CELLS, [])}
    return Frames(lambda table: [tables.get(table.name, table.empty)])


def source(rows):
    table = frame(("Name", "Phone", "Secret"), rows)
    numbers = pl.Series(range(2, 2 + len(rows)), dtype=pl.UInt32)
    return SourceTable(Path(FILE), sha256(b"").hexdigest(), table, numbers)


@st.composite
def plans(draw):
    """Rows with their fates, as a report has them, and what is said of their customers."""
    rows, cells, new, changed, known, kept = [], [], [], [], [], []
    for at in range(draw(st.integers(1, 12))):
        fates = ["create", "update", "unchanged", "held", "rejected", "left_out", *(["merged"] if kept else [])]
        fate, number = draw(st.sampled_from(fates)), str(at + 2)
        cells.append((draw(st.sampled_from(WORDS)), draw(st.sampled_from(PHONES)), "secret"))
        if fate == "merged":
            customer, first = draw(st.sampled_from(kept))
            rows.append((FILE, number, fate, "", customer, "", first))
            continue
        is_kept = fate in ("create", "update", "unchanged")
        customer, id_ = (f"C{at}" if is_kept else ""), (f"c-{at}" if fate in ("update", "unchanged") else "")
        rows.append((FILE, number, fate, "" if is_kept else "a reason", customer, id_, ""))
        kept += [(customer, number)] if is_kept else []
        if fate == "create":
            values = {"first_name": draw(st.sampled_from(WORDS)), "phone": draw(st.sampled_from(PHONES))}
            new.append([customer, *(values.get(name, "") for name in CUSTOMERS[1:])])
        if fate == "update":
            changed.append((customer, id_, "last_name", draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))))
        if id_ and draw(st.booleans()):
            known.append((id_, draw(st.sampled_from(WORDS)), draw(st.sampled_from(PHONES)), ""))
    return rows, cells, new, changed, known


def said(plan):
    """What each line says, by its first row: an oracle that goes through everything."""
    rows, cells, new, changed, known = plan
    texts, phones, numbers, leads = {}, {}, {}, {}
    for at, (_, number, fate, _, customer, id_, _) in enumerate(rows):
        if fate != "merged":
            leads[customer or number] = number
        line = leads[customer or number]
        texts.setdefault(line, []).extend(cells[at][:2])
        phones.setdefault(line, []).append(cells[at][1])
        numbers.setdefault(line, []).append(number)
        for of, _, name, before, after in changed if fate == "update" else ():
            texts[line] += [before, after] if of == customer and name else []
        for of, name, phone, _ in known if fate != "merged" else ():
            texts[line] += [name, phone] if of == id_ else []
            phones[line] += [phone] if of == id_ else []
    for customer, *values in new:
        texts[leads[customer]] += values
        phones[leads[customer]].append(values[CUSTOMERS.index("phone") - 1])
    return texts, phones, numbers


def fits(query, texts, phones, numbers):
    """Whether a line is to be found."""
    text = "\n".join(map(plain, texts))
    digits = re.sub(r"\D", "", query)
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    is_phone = len(digits) > 3 and re.fullmatch(r"\+?[\d\s().\/-]+", query)
    row = re.fullmatch(r"(?:row\s*|#\s*)?(\d+)", query, re.IGNORECASE)
    return (
        all(word in text for word in plain(query).split())
        or (is_phone and any(digits in re.sub(r"\D", "", phone) for phone in phones))
        or (row is not None and str(int(row[1])) in numbers)
    )


QUERIES = st.one_of(
    st.sampled_from(
        [*WORDS, *PHONES, "ray zoe", "5550101", "763-555-0101", "row 2", "#4", "7", "secret", "ωμ", "(", "\\"]
    ),
    st.text(max_size=4),
)


@given(plans(), QUERIES)
def test_the_search_finds_exactly_the_lines_that_say_it(plan, query):
    rows, cells, *others = plan
    tables = frames(rows, *others)
    lines = lines_of(tables, [source(cells)])
    found = Search(lines, SUMMARY).lines(query).to_list()
    shown = Shown(lines, tables, SUMMARY).shown(found)
    texts, phones, numbers = said(plan)
    wanted = [first for first in texts if fits(query.strip(), texts[first], phones[first], numbers[first])]
    assert sorted(line.refs[0][1] for line in shown) == sorted(wanted)
    named = re.fullmatch(r"(?:row\s*|#\s*)?(\d+)", query.strip(), re.IGNORECASE)
    if named and any(str(int(named[1])) in own for own in numbers.values()):
        assert str(int(named[1])) in numbers[shown[0].refs[0][1]]  # the row that was named comes first


@given(plans())
def test_each_row_is_in_one_line_and_each_fate_has_its_lines(plan):
    rows, cells, *others = plan
    tables = frames(rows, *others)
    lines = lines_of(tables, [source(cells)])
    shown = Shown(lines, tables, SUMMARY).shown(lines.frame.get_column("line").to_list())
    assert sorted(ref[1] for line in shown for ref in line.refs) == sorted(row[1] for row in rows)
    assert sum(line.count for line in shown) == len(rows)
    counts = {name: count for name, _, count in lines.fates()}
    for fate in ("create", "update", "unchanged", "held", "rejected", "left_out"):
        assert counts.get(fate, 0) == sum(line.fate == fate for line in shown) == sum(row[2] == fate for row in rows)
    assert counts.get("several", 0) == sum(line.count > 1 for line in shown)
    for line in shown:  # each cell of a row is shown beside its customer
        told = {value for _, value in line.cells}
        if line.rows:
            told |= {cell for row in line.rows["rows"] for cell in row["cells"]} | {v for _, v in line.rows["common"]}
        assert {cell for _, at in line.refs for cell in cells[int(at) - 2] if cell} <= told


def test_without_the_file_the_cells_that_the_report_keeps_are_searched_and_shown():
    rows = [(FILE, "2", "rejected", "no phone", "", "", ""), (FILE, "3", "unchanged", "", "C1", "c-1", "")]
    tables = {"rows": frame(ROWS, rows), "cells": frame(CELLS, [(FILE, "2", "Name", "Renée")])}
    kept = Frames(lambda table: [tables.get(table.name, table.empty)])
    lines = lines_of(kept, [])
    (line,) = Shown(lines, kept, SUMMARY).shown(Search(lines, SUMMARY).lines("renee").to_list())
    assert (line.cells, line.reason, line.name) == ([("Name", "Renée")], "no phone", "Renée")


def test_a_report_without_rows_has_no_lines():
    lines = lines_of(frames([]), [])
    assert (Search(lines, SUMMARY).lines("anybody").to_list(), lines.fates()) == ([], [])
