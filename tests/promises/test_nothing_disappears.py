"""Promise 11: each filled cell is counted once, against an oracle that looks for it in Rotor, cell by cell.

The oracle knows what each row became (rows.csv) and what Rotor holds in the end, and reads the rest of the cells'
fates from these alone.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from plain import EMAILS, PHONES, normal
from rotor import opened

from rotor_import.errors import Defect
from rotor_import.report import quality

LONG = settings.get_profile("long")
HEADER = ["Id", "First", "Last", "Company", "Mobile", "Home", "Mail", "Tags", "Notes", "Gate", "Kind", "Owner", "Spare"]
GONE = ("held", "rejected", "left_out")


def written(normals, *more):
    return st.sampled_from(["", "", *more, *(one for spellings in normals.values() for one in spellings[:2])])


ROW = st.fixed_dictionaries(
    {
        "Id": st.sampled_from(["", "1", "2", "3", "N/A"]),
        "First": st.sampled_from(["", "Ann", "Bo", "ann"]),
        "Last": st.sampled_from(["", "Ray", "Fox"]),
        "Company": st.sampled_from(["", "ACME ROOFING", "Blue", "Fox & Co"]),
        "Mobile": written(PHONES, "call me", "763.555.0100 ext. 4"),
        "Home": written(PHONES, "none"),
        "Mail": written(EMAILS, "ann@example.com, bob@example.com", "no at", "?; dan@example.com"),
        "Tags": st.sampled_from(["", "vip", "vip, new", "old", ","]),
        "Notes": st.sampled_from(["", "Call first", "Ring twice\nThen knock", "Dog"]),
        "Gate": st.sampled_from(["", "4711", "12\n34"]),
        "Kind": st.sampled_from(["", "gold", "lead", "odd"]),
        "Owner": st.sampled_from(["", "Sam"]),
        "Spare": st.sampled_from(["", "x", "-"]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=6)
EDIT = st.tuples(
    st.integers(0, 3), st.sampled_from(["first_name", "company_name", "notes"]), st.sampled_from(["Zed", ""])
)


@dataclass(frozen=True)
class Rules:
    """A mapping drawn at random; the words are YAML."""

    keyed: bool
    phone: str
    company: str
    notes: str
    status: bool
    where: bool
    more: str

    @property
    def text(self):
        lines = [
            "version: 1",
            "feed: nightly",
            "source: {where: \"Kind <> 'lead' OR Kind IS NULL\"}" if self.where else "",
        ]
        lines += ["key: Id"] if self.keyed else []
        lines += ["fields:", "  first_name: First", "  last_name: Last", f"  company_name: {self.company}"]
        lines += [f"  phone: {self.phone}", '  email: {column: Mail, split: ","}', '  tags: {column: Tags, split: ","}']
        lines += [f"  notes: {self.notes}"]
        lines += ["  status: {column: Kind, values: {gold: active, lead: inactive}}"] if self.status else []
        return "\n".join([*lines, self.more]) + "\n"

    @property
    def used(self):
        uses = {"First", "Last", "Company", "Mobile", "Mail", "Tags", "Notes"}
        uses |= {"Home"} if "Home" in self.phone else set()
        uses |= {"Gate"} if "Gate" in self.notes else set()
        uses |= {"Kind"} if self.status else set()
        return uses | ({"Id"} if self.keyed else set())


RULES = st.builds(
    Rules,
    keyed=st.booleans(),
    phone=st.sampled_from(["Mobile", "{first_of: [Mobile, Home]}", "{first_of: [Home, Mobile]}"]),
    company=st.sampled_from(["Company", "{column: Company, case: title}"]),
    notes=st.sampled_from(
        ["Notes", '{template: "{Notes}\\nGate: {Gate}, by phone"}', '{sql: "COALESCE(Notes, Gate)"}']
    ),
    status=st.booleans(),
    where=st.booleans(),
    more=st.sampled_from(
        [
            "on_stranger: merge",
            "on_stranger: hold",
            "on_stranger: separate",
            "on_stranger: merge\nsurvivor: {notes: join, company_name: first}",
            "on_stranger: merge\nwrite: {notes: if_empty, tags: if_empty, first_name: if_empty}\non_both: rotor",
            "on_stranger: merge\non_both: file\ninvalid: {phone: reject, email: reject}",
            "on_stranger: merge\nignore: {phone: [763-555-0101], email: [bob@example.com]}",
        ]
    ),
)


@settings(LONG)
@given(rules=RULES, first=ROWS, edits=st.lists(EDIT, max_size=2), second=ROWS)
def test_each_filled_cell_is_where_the_report_counts_it(rules, first, edits, second):
    with opened() as office:
        office.mapping.write_text(rules.text)
        for rows in (first, second):
            write(office.file, rows)
            planned, done = office.plan().table("quality.csv"), office.run().check()
            counted = done.table("quality.csv")
            assert planned == counted
            assert sums(counted) == expected(rules, office, done), rules.text
            for at, name, value in edits:
                ids = [one["id"] for one in office.rotor.customers()]
                if at < len(ids):
                    office.rotor.sandbox.store.update(ids[at], {name: value})


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([row[name] for name in HEADER] for row in rows)


def sums(table):
    names = ("filled", "arrived", "changed", "dropped", "not_imported")
    return {line["column"]: {name: int(line[name]) for name in names if int(line[name])} for line in table}


def expected(rules, office, done):
    """Each filled cell, looked for in the customer that Rotor holds for its row."""
    customers = {one["id"]: one for one in office.rotor.customers()}
    fates = {int(line["row"]): line for line in done.table("rows.csv")}
    found = {name: Counter() for name in HEADER}
    with office.file.open(newline="", encoding="utf-8") as file:
        for number, line in enumerate(csv.DictReader(file), start=2):
            row = {name: cell.strip() for name, cell in line.items()}
            for name in HEADER:
                if not row[name]:
                    continue
                if name not in rules.used:
                    fate = "not_imported"
                elif fates[number]["disposition"] in GONE:
                    fate = "dropped"
                else:
                    fate = Looking(rules, row, customers[fates[number]["id"]]).fate(name)
                event(f"{name} {fate}")
                found[name] += Counter({"filled": 1, fate: 1})
    return {name: dict(counts) for name, counts in found.items()}


@dataclass(frozen=True)
class Looking:
    """One row and what its customer is in Rotor."""

    rules: Rules
    row: dict
    customer: dict

    def fate(self, name):
        match name:
            case "Id":
                return "dropped" if self.row["Id"] == "N/A" else "arrived"
            case "First" | "Last":
                return self.judged(name, self.row[name], self.holds(f"{name.lower()}_name", self.row[name]))
            case "Company":
                said = self.row["Company"].title() if "title" in self.rules.company else self.row["Company"]
                return self.judged(name, said, self.holds("company_name", said))
            case "Mobile" | "Home":
                return self.phone(name)
            case "Mail":
                said = next(filter(None, (self.email(part.strip()) for part in self.row["Mail"].split(","))), "")
                return self.key(name, said, "email", said)
            case "Tags":
                tags = [tag.strip() for tag in self.row["Tags"].split(",") if tag.strip()]
                there = sum(tag in (self.customer["tags"] or []) for tag in tags)
                return "dropped" if not there else "arrived" if there == len(tags) else "changed"
            case "Notes" | "Gate":
                return self.noted(name)
            case "Kind":
                said = {"gold": "active", "lead": "inactive"}[self.row["Kind"]]
                return self.judged(name, said, (self.customer["status"] or "active") == said)

    def holds(self, field, said):
        return self.customer[field] == said

    def judged(self, name, said, carried):
        """How a cell fares of which the row says `said`."""
        if not said or not carried:
            return "dropped"
        return "arrived" if self.row[name] == said else "changed"

    def phone(self, name):
        order = re.findall("Mobile|Home", self.rules.phone)
        said = next(filter(None, (self.number(self.row[column]) for column in order)), "")
        return self.key(name, said if self.number(self.row[name], ignored=False) == said else "", "phone", said[2:])

    def key(self, name, said, field, written):
        """A key that others share and keep stands in the notes."""
        if said and normal(field, self.customer[field]) != said:
            digits = re.sub(r"[^0-9a-z@.]", "", (self.customer["notes"] or "").replace("-", ""))
            return "changed" if written in digits else "dropped"
        return self.judged(name, said, carried=True)

    def number(self, text, *, ignored=True):
        found = normal("phone", text.removesuffix(" ext. 4"))
        return "" if ignored and "ignore:" in self.rules.more and found == "+17635550101" else found

    def email(self, text):
        found = normal("email", text)
        return "" if "ignore:" in self.rules.more and found == "bob@example.com" else found

    def noted(self, name):
        notes, gate = self.row["Notes"], self.row["Gate"]
        said = notes
        if "template" in self.rules.notes:
            said = "\n".join(filter(None, [notes, gate and f"Gate: {gate.replace(chr(10), ', ')}, by phone"]))
        elif "COALESCE" in self.rules.notes:
            said = notes or gate
            if name == "Gate" and notes:
                return "dropped"
        if not set(said.splitlines()) <= set((self.customer["notes"] or "").splitlines()):
            return "dropped"
        return "arrived" if self.row[name] in said else "changed"


def test_cells_that_do_not_add_up_are_our_own_defect(monkeypatch):
    with opened() as office:
        office.write([{"phone": "763-555-0100", "first_name": "Ann"}])
        monkeypatch.setattr(quality, "_fates", lambda *_: {"held": [2]})
        with pytest.raises(Defect, match="report it"):
            office.plan()
        assert office.rotor.posts() == 0
