"""The sample is what its script makes, and holds what real exports hold."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import make_sample

ROWS = list(csv.DictReader(make_sample.PATH.read_text(encoding="utf-8").splitlines(keepends=True)))
CLIENTS = defaultdict(list)
for _row in ROWS:
    CLIENTS[_row["J-ID"].split("_")[0]].append(_row)


def digits(phone):
    found = re.sub(r"ext.*", "", phone)
    return re.sub(r"\D", "", found)[-10:]


def test_the_file_is_what_the_script_makes():
    assert make_sample.PATH.read_bytes() == make_sample.sample().encode()


def test_its_header_is_jobbers():
    header = make_sample.PATH.read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",") == make_sample.HEADER
    assert len(make_sample.HEADER) == 36


def test_it_holds_what_real_exports_hold():
    assert 600 <= len(ROWS) <= 700
    assert sum(len(rows) > 1 for rows in CLIENTS.values()) >= 60
    assert any("," in row["Mobile Phone #s"] for row in ROWS)
    assert any("," in row["E-mails"] for row in ROWS)
    assert {row["Archived"] for row in ROWS} == {"true", "false"}
    assert any(row["Billing Zip code"].startswith("0") for row in ROWS)
    assert any("\n" in row["Service Street 2"] for row in ROWS)
    assert any(not row["First Name"].isascii() for row in ROWS)
    assert any(row["Main Phone #s"] in make_sample.INVALID_PHONES for row in ROWS)
    assert any(row["E-mails"] in make_sample.INVALID_EMAILS for row in ROWS)
    assert any(row["Is Company?"] == "true" for row in ROWS)
    unreachable = [row for row in ROWS if not row["Main Phone #s"] and not row["E-mails"]]
    assert len(unreachable) == 12


def test_an_office_phone_is_shared_by_ten_people():
    sharing = defaultdict(set)
    for client, rows in CLIENTS.items():
        sharing[digits(rows[0]["Main Phone #s"])].add((client, rows[0]["Last Name"]))
    assert max(len(who) for phone, who in sharing.items() if phone) == 10


def test_duplicates_stand_under_several_client_numbers():
    phones, emails = Counter(), Counter()
    for rows in CLIENTS.values():
        phones[digits(rows[0]["Main Phone #s"])] += 1
        emails[rows[0]["E-mails"].lower()] += 1
    assert sum(count > 1 for phone, count in phones.items() if phone) >= 18
    assert sum(count > 1 for email, count in emails.items() if email) >= 10


def test_the_phones_are_written_in_ten_ways():
    written = {row["Main Phone #s"] for row in ROWS} - {"", *make_sample.INVALID_PHONES}
    assert len({re.sub(r"\d", "9", phone) for phone in written}) == 10


def test_the_script_and_the_file_lie_where_they_say():
    assert Path(__file__).parents[1] / "sample_data" / "jobber_clients.csv" == make_sample.PATH
