"""The sample is what its script makes, and holds what real exports hold."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import make_sample
import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email

PHONES = ("Main Phone #s", "Mobile Phone #s", "Home Phone #s", "Work Phone #s", "Other Phone #s")
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


def phone_of(row):
    """The first valid one, as the preset takes it."""
    for text in ",".join(row[name] for name in PHONES).split(","):
        try:
            number = phonenumbers.parse(text, "US")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def email_of(row):
    for text in row["E-mails"].split(","):
        try:
            return validate_email(text.strip(), check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            continue
    return None


def groups():
    """The clients that phones and emails join, directly or through others, each with its keys, in file order."""
    joined = []
    for rows in CLIENTS.values():
        phone, email = phone_of(rows[0]), email_of(rows[0])
        mine = [one for one in joined if any((phone and phone == p) or (email and email == e) for p, e, _ in one)]
        joined = [one for one in joined if one not in mine]
        joined.append([*(client for one in mine for client in one), (phone, email, rows[0])])
    return [sorted(group, key=lambda client: client[2]["J-ID"]) for group in joined]


def shape(group):
    """Such as "P1E1 P2E1 P1E2": which phone and email each client has, numbered as they come."""
    phones = list(dict.fromkeys(phone for phone, _, _ in group if phone))
    emails = list(dict.fromkeys(email for _, email, _ in group if email))
    return " ".join(
        (f"P{phones.index(phone) + 1}" if phone else "") + (f"E{emails.index(email) + 1}" if email else "") or "-"
        for phone, email, _ in group
    )


@pytest.fixture(scope="module")
def shapes():
    found = defaultdict(list)
    for group in groups():
        found[shape(group)].append([row for _, _, row in group])
    return found


def test_the_keys_of_its_clients_cross_in_these_ways_and_no_others(shapes):
    assert {name: len(found) for name, found in shapes.items()} == {
        "P1E1": 378,
        "E1": 17,
        "P1": 15,
        "-": 12,  # without phone and email
        "P1E1 P1": 7,  # the same person again: by phone, the email blank
        "P1E1 P1E1": 7,  # by phone, the email in another case
        "E1 E1": 10,  # by email, without a phone
        "P1E1 P2E1 P1E2": 4,  # a chain: moved to P2, then P1 is somebody else's
        "P1E1 P2E2 P1E2": 3,  # a conflict: one's phone beside another's email
        " ".join(f"P1E{number}" for number in range(1, 11)): 1,  # the office line
    }


def test_duplicates_keep_their_last_name_and_vary_how_their_keys_are_written(shapes):
    pairs = [pair for name in ("P1E1 P1", "P1E1 P1E1", "E1 E1") for pair in shapes[name]]
    assert all(one["Last Name"] == other["Last Name"] for one, other in pairs)
    assert sum(one["Main Phone #s"] != other["Main Phone #s"] for one, other in pairs) >= 10
    for one, other in shapes["P1E1 P1E1"] + shapes["E1 E1"]:
        assert one["E-mails"] != other["E-mails"]


def test_a_chain_ends_with_somebody_else(shapes):
    for before, after, stranger in shapes["P1E1 P2E1 P1E2"]:
        assert before["Display Name"] == after["Display Name"] != stranger["Display Name"]


def test_it_makes_fewer_than_520_customers_however_they_are_matched():
    assert list(CLIENTS) == sorted(CLIENTS)
    assert len(CLIENTS) == 501


def test_a_client_is_written_alike_on_each_of_its_rows():
    for rows in CLIENTS.values():
        own = [{name: row[name] for name in row if name != "J-ID" and "Service" not in name} for row in rows]
        assert own == own[:1] * len(rows)
    assert Counter(map(len, CLIENTS.values())) == {1: 431, 2: 24, 3: 23, 4: 23}
    assert len({row["J-ID"] for row in ROWS}) == len(ROWS)


def test_each_phone_is_fictional_and_valid_or_one_of_the_listed_wrong_ones():
    cells = [rows[0][name] for rows in CLIENTS.values() for name in PHONES]
    wrong = [cell for cell in cells if cell in make_sample.INVALID_PHONES]
    assert len(wrong) == 20
    assert set(wrong) == set(make_sample.INVALID_PHONES)
    assert not any(phone_of(dict.fromkeys(PHONES, cell)) for cell in wrong)
    for text in ",".join(cell for cell in cells if cell and cell not in wrong).split(","):
        assert re.fullmatch(r"\+1\d{3}55501\d\d", phone_of(dict.fromkeys(PHONES, text)) or ""), text


def test_each_email_is_at_a_reserved_domain_or_one_of_the_listed_wrong_ones():
    cells = [rows[0]["E-mails"] for rows in CLIENTS.values() if rows[0]["E-mails"]]
    wrong = [cell for cell in cells if cell in make_sample.INVALID_EMAILS]
    assert len(wrong) == 15
    assert set(wrong) == set(make_sample.INVALID_EMAILS)
    assert not any(email_of({"E-mails": cell}) for cell in wrong)
    for text in ",".join(cell for cell in cells if cell not in wrong).split(","):
        assert re.search(r"@example\.(com|org|net)$", email_of({"E-mails": text}) or ""), text


def test_what_real_cells_look_like_is_there_often_enough():
    clients = [rows[0] for rows in CLIENTS.values()]
    counted = {
        "several phones": sum("," in row["Mobile Phone #s"] for row in clients),
        "several emails": sum("," in row["E-mails"] for row in clients),
        "tags with a comma": sum("," in row["Tags"] for row in clients),
        "remarks of several lines": sum("\n" in row["Service Street 2"] for row in ROWS),
        "leading zeros": sum(row["Billing Zip code"].startswith("0") for row in clients),
        "no billing address": sum(not row["Billing Street 1"] for row in clients),
        "accents": sum(not row["Display Name"].isascii() for row in clients),
        "apostrophes": sum("'" in row["Last Name"] for row in clients),
        "companies": sum(row["Is Company?"] == "true" for row in clients),
        "archived": sum(row["Archived"] == "true" for row in clients),
        "no lead source": sum(not row["Lead Source"] for row in clients),
        "days first": sum(int(row["Created Date"][:2]) > 12 for row in clients),
    }
    assert all(count >= 10 for count in counted.values()), counted


def test_some_of_those_without_phone_and_email_are_companies(shapes):
    assert sum(bool(row["Company Name"]) for (row,) in shapes["-"]) == 4
