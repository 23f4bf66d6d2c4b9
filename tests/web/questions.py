"""A file that asks of everything something, and has rows to fix."""

import csv
import io

HEADER = ("First Name", "Last Name", "Phone", "Email", "Street", "City", "State")
HOME = ("1 Oak St", "Fort Worth", "TX")
ROWS = [
    ("Renée", "García", "(817) 555-0169", "garcia@example.net", "5207 Maple St", "Fort Worth", "TX"),
    ("Dmitri", "Xu", "(617) 555-0187", "office@example.org", "18 Harbor Rd", "Boston", "MA"),
    *(("Renée", "García", "(817) 555-0169", "office@example.org", "5207 Maple St", city, "TX") for city in "abc"),
    *((name, f"{name}son", "(763) 555-0190", f"{name}@example.com", "", "", "") for name in ("Ada", "Bo", "Cy")),
    ("Tom", "Hill", "(763) 555-0191", "hill@example.com", *HOME),
    ("Ann", "Hill", "(763) 555-0191", "hill@example.com", *HOME),
    ("Max", "Beck", "(763) 555-0192", "", *HOME),
    ("Eva", "Beck", "(763) 555-0192", "", *HOME),
]
"""Three conflicts, of which two share a phone with nobody else; one shared line; two households."""
WRONG = [
    ("Ben", "Ng", "call the office", "ben.example.com", "", "", ""),
    *((f"Nobody{at}", "", "", "", "", "", "") for at in range(13)),
]
FIRST_WRONG = len(ROWS) + 2


def content(rows=(*ROWS, *WRONG), titles=""):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    return titles + text.getvalue()
