"""Rows and columns on the page: what happens to each, and the search over all that the page holds."""

import re

import pytest
from pages import A

from rotor_import.report.page import PAGE


def test_it_filters_searches_and_expands(planned, open_page):
    page = open_page(planned)
    tab = page.tab
    tab.locator("input[name=kind][value=update]").check()
    assert page.shown().count() == 1
    line = page.shown().first
    assert "Ada Ray" in line.inner_text()
    assert not line.locator("del").is_visible()
    line.locator("summary").click()
    assert line.locator("del").inner_text() == "Ray"
    assert line.locator("ins").inner_text() == "Rae"
    tab.locator("input[name=kind][value='']").check()
    tab.get_by_label("Search").fill("763 NOBODY")
    assert page.shown().count() == 0
    tab.get_by_label("Search").fill("fay")
    assert page.shown().count() == 2  # the customer, and the row that was merged with another
    assert tab.locator("#found").inner_text() == "2 of 7 lines."
    page.shown().get_by_text("1 row merged with it").click()
    assert page.shown().get_by_text("Row 7").is_visible()
    assert page.quiet()


@pytest.fixture
def four(office):
    office.mapping.write_text(office.mapping.read_text().replace("on_stranger: merge", "on_stranger: hold"))
    people = [
        ("763-555-0101", "nora@example.com", "Nora", "Vance"),
        ("763-555-0101", "nora.b@example.com", "Nora", "Vance"),
        ("763-555-0102", "omar@example.com", "Omar", "Reyes"),
        ("763-555-0101", "omar@example.com", "Heldwig", "Moss"),
        ("(763) 555-0105", "", "Müller", "Núñez"),
        ("12", "", "Rita", "Void"),
    ]
    names = ("phone", "email", "first_name", "last_name")
    office.write([{"key": str(at), **dict(zip(names, who, strict=True))} for at, who in enumerate(people, 1)])
    return office


FOUND = (
    ("Vance", {2, 3}),
    ("nora.b@example.com", {2, 3}),
    ("Heldwig", {5}),
    ("763-555-0105", {6}),
    ("(763) 555-0105", {6}),
    ("+1 763 555 0105", {6}),
    ("7635550105", {6}),
    ("1-763-555-0105", {6}),
    ("muller nunez", {6}),
    ("MÜLLER", {6}),
    ("5550102", {4}),
    ("void", {7}),
    ("rejected", {7}),
)


def test_the_search_finds_merged_held_and_rejected_rows_and_phones_in_any_spelling(four, open_page):
    page = open_page(four.plan().folder / PAGE)
    for words, rows in FOUND:
        page.tab.get_by_label("Search").fill(words)
        numbers = page.shown().locator("td:first-child").all_inner_texts()
        assert rows <= {int(number) for number in numbers}, words
        assert f"{len(numbers)} of 6 lines" in page.tab.locator("#found").inner_text(), words


def test_what_the_page_does_not_hold_is_said_beside_what_was_found(office, open_page):
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(700)])
    tab = open_page(office.plan().folder / PAGE).tab
    tab.get_by_label("Search").fill("p699@example.com")
    found = tab.locator("#found").inner_text()
    assert found.startswith("0 of 500 lines")
    assert "the other 200" in found
    assert "rows.csv" in found


def test_a_long_list_shows_its_beginning_and_the_rest_when_asked(office, open_page):
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(120)])
    page = open_page(office.plan().folder / PAGE)
    assert page.shown().count() == 50
    page.tab.get_by_role("button", name="Show the other 70").click()
    assert page.shown().count() == 120
    page.tab.emulate_media(media="print")
    assert page.shown().count() == 120


def test_on_paper_a_long_list_is_whole_and_takes_few_pages(office, open_page, tmp_path):
    office.write(
        [{"key": str(at), "email": f"p{at}@example.com", "first_name": "Ann", "last_name": "Ray"} for at in range(200)]
    )
    page = open_page(office.plan().folder / PAGE)
    page.tab.emulate_media(media="print")
    assert page.shown().count() == 200
    page.tab.pdf(path=tmp_path / "report.pdf", format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "report.pdf").read_bytes())) < 12


def cells_of(tab, column):
    row = tab.locator("#columns").get_by_role("row").filter(has=tab.get_by_role("rowheader", name=column, exact=True))
    return [cell.strip() for cell in row.first.get_by_role("cell").all_inner_texts()]


def test_each_column_says_where_it_goes_what_became_of_its_values_and_why(planned, open_page):
    cells = cells_of(open_page(planned).tab, "phone")
    assert cells[0].startswith("Phone")
    filled, *became = (int(cell) for cell in cells[1:6])
    assert (filled, sum(became)) == (7, 7)
    assert "nobody" in cells[6]
    assert "Row 5" in cells[6]


def test_no_word_of_a_field_is_split_beside_long_problems(office, open_page):
    people = [{"key": str(at), "phone": f"12{at}", "email": f"bad{at}", "company_name": "Ours"} for at in range(9)]
    office.write([*people, {"key": "x", "phone": A, "first_name": "N" * 200, "company_name": "Ours"}])
    tab = open_page(office.plan().folder / PAGE).tab
    heights = tab.locator("#columns td[data-label='Goes to'] > span").evaluate_all(
        "all => all.map((one) => [one.textContent, one.getBoundingClientRect().height])"
    )
    assert "Company name" in [name for name, _ in heights]
    assert [(name, height) for name, height in heights if height > 25 * len(name.split())] == []
    for head in tab.locator("#rejected thead th").all():
        assert head.bounding_box()["height"] < 45


def test_columns_that_are_not_imported_stand_together_at_the_end(office, open_page):
    office.write([{"key": "1", "phone": A, "first_name": "Ada"}])
    with office.file.open(encoding="utf-8") as file:
        head, line = file.read().splitlines()
    office.file.write_text(f"{head},Shoe size\n{line},44\n", encoding="utf-8")
    tab = open_page(office.plan().folder / PAGE).tab
    tab.locator("#columns summary", has_text="imported or").click()
    unused = tab.get_by_role("table", name="Columns that aren't imported")
    assert "Shoe size" in unused.inner_text()
    assert "44" in unused.inner_text()
