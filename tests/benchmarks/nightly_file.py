"""The file that benchmarks of `sync` drop each night, and its mapping: people who are told apart by number."""

import csv

HEADER = ("Id", "First Name", "Last Name", "Company", "Phone", "Email", "City", "Notes")
FIELDS = ("first_name", "last_name", "company_name", "phone", "email", "property_city", "notes")
LIMIT = 10_000_000
"""Requests a day, so that a quota stops no night."""
MAPPING = """\
version: 1
feed: nightly
key: Id
drop: full
fields:
  first_name: First Name
  last_name: Last Name
  company_name: Company
  phone: Phone
  email: Email
  property_city: City
  notes: Notes
"""


def person(number, notes):
    return [
        *(f"K{number}", f"First{number}", f"Last{number}", f"Company {number % 5000}"),
        *(f"+1763{2_000_000 + number}", f"person{number}@example.com", "Town", notes),
    ]


def people(count, every=0):
    """`every` so many rows one has another note."""
    for number in range(count):
        yield person(number, f"note {number}{', changed' if every and number % every == 0 else ''}")


def write(path, people):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(people)
