"""Rows, customers and links by their keys alone, and what the replay makes of them."""

import itertools
from dataclasses import replace

from rotor_import.dedupe import Background, dedupe_records
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.policy import MatchingPolicy, Policy
from rotor_import.model.row_links import RowLinks
from rotor_import.model.rows import Record


def row(number, phone="", email="", *, key="", id_="", **values):
    content = f"{key}|{id_}|{phone}|{email}|{sorted(values.items())}"
    return Record(0, number, key, id_, phone, email, values, content)


def rotor(*customers, complete=True):
    return Directory({one.id: one for one in customers}, "api" if complete else "none", complete)


def known(id_, phone="", email="", **values):
    return Customer(
        id_,
        {**values, **({"phone": phone} if phone else {}), **({"email": email} if email else {})},
        phone,
        email,
    )


def run(rows, directory=None, background=None, *, links=(), on_both="hold", **matching):
    counter = itertools.count(1)
    return dedupe_records(
        rows,
        directory or rotor(),
        replace(background or Background(), links=RowLinks.of(links)),
        links,
        Policy(on_both=on_both, matching=MatchingPolicy(**matching)),
        new_customer=lambda: f"new:{next(counter)}",
        mapped=("phone", "email", "last_name"),
    )


def again(rows, first, directory, **matching):
    """The same account one run later: `directory` is what Rotor then holds."""
    return run(rows, directory, links=[LinkUpdate(update.link) for update in first.links], **matching)


def groups(result):
    return {group.customer: [record.row for record in group.records] for group in result.groups}


def held(result):
    return {hold.record.row: hold for hold in result.holds}
