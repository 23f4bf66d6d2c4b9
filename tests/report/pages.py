"""Imports whose pages the tests look at, and what they look for."""

import csv

from hostile import HOSTILE

from rotor_import.report.files import save
from rotor_import.report.page import PAGE, write_page
from rotor_import.report.review import review_lines
from rotor_import.report.tables import REVIEW

A, B, C = "(763) 555-0100", "(763) 555-0101", "(763) 555-0102"


def busy(office):
    """Of everything something: create, update, unchanged, held, rejected, a suspicious merge, lost values."""
    office.rotor.seed(
        [
            {"phone": A, "first_name": "Ada", "last_name": "Ray", "email": "ada@example.com"},
            {"phone": B, "first_name": "Bo", "email": "bo@example.com"},
            {"phone": C, "first_name": "Cy"},
        ]
    )
    office.write(
        [
            {"key": "1", "phone": A, "last_name": "Rae"},
            {"key": "2", "phone": C, "first_name": "Cy"},
            {"key": "3", "phone": A, "email": "bo@example.com", "first_name": "Which"},
            {"key": "4", "phone": "nobody", "first_name": "Nobody"},
            {"key": "5", "phone": "(763) 555-0105", "first_name": "Eve", "last_name": "One", "email": "e1@example.com"},
            {"key": "6", "phone": "(763) 555-0105", "first_name": "Fay", "last_name": "Two", "email": "e2@example.com"},
            {"key": "7", "email": "g@example.com", "phone": "(763) 555-0107 ext. 3", "first_name": "Gus"},
        ]
    )


def hostile(office):
    rows = [
        {"key": str(at), "email": f"h{at}@example.com", "first_name": text, "last_name": text, "company_name": text}
        for at, text in enumerate(HOSTILE)
    ]
    rows += [{"key": "r", "phone": HOSTILE[0], "first_name": HOSTILE[1]}]
    rows += [{"key": "long", "email": "long@example.com", "first_name": "W" * 10_000, "last_name": "x y " * 2500}]
    office.write(rows)


def widened(office, columns):
    """The file again, with so many columns more."""
    with office.file.open(newline="", encoding="utf-8") as file:
        head, *lines = csv.reader(file)
    more = [f"{HOSTILE[at % len(HOSTILE)]} {at}" for at in range(columns)]
    with office.file.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head + more, *(line + more for line in lines)])


def asked(outcome, questions):
    """The report with these questions in it."""
    save(
        outcome.folder / REVIEW.file_name(),
        review_lines(questions, [file["path"] for file in outcome.summary["files"]]),
    )
    write_page(outcome.folder, outcome.summary)
    return outcome.folder / PAGE


def figures(page):
    """The four figures by their names, without the thousands' separators."""
    names = page.tab.locator(".figure .name").all_inner_texts()
    values = page.tab.locator(".figure .value").all_text_contents()
    return {name.strip(): value.strip() for name, value in zip(names, values, strict=True)}
