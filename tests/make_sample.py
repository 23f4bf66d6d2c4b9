"""Makes sample_data/jobber_clients.csv: invented clients as a Jobber account really exports them.

`python tests/make_sample.py` writes the file again, byte for byte. Phones are from the range that is kept for
fiction (555-01xx), email addresses from domains that are kept for examples.
"""

import csv
import io
import random
from pathlib import Path

HEADER = (
    "J-ID,Created Date,Is Company?,Display Name,Company Name,Title,First Name,Last Name,Main Phone #s,E-mails,"
    "Tags,Billing Street 1,Billing Street 2,Billing City,Billing State,Billing Country,Billing Zip code,"
    "Work Phone #s,Mobile Phone #s,Home Phone #s,Fax Phone #s,Other Phone #s,Service Property Name,"
    "Service Street 1,Service Street 2,Service City,Service State,Service Country,Service Zip code,"
    "Text Message Enabled Phone #,Receives automatic visit reminders?,Receives automatic job follow-ups?,"
    "Receives automatic quote follow-ups?,Receives automatic invoice follow-ups?,Archived,Lead Source"
).split(",")
PATH = Path(__file__).parents[1] / "sample_data" / "jobber_clients.csv"

FIRST = (
    "Ada Ben Carla Dmitri Elena Farid Grace Henry Iris José Kofi Lena Marta Nadia Omar Priya Quinn Rosa Samuel "
    "Tomás Uma Victor Wendy Xenia Yusuf Zoë Łukasz André Renée Björn"
).split()
LAST = (
    "Abbott Bauer Castillo Dvořák Ellison Fontaine García Hughes Ibrahim Jensen Kowalski Lindqvist Müller Nguyễn "
    "O'Brien Peña Quigley Ramírez Schröder Takahashi Underwood Vasquez Whitfield Xu Young Zimmermann Beaumont "
    "Cartwright Delacroix Easterbrook"
).split()
TRADES = "Dental,Bakery,Property Group,Storage,Auto Repair,Day Care,Realty,Fitness,Pharmacy,Brewing".split(",")
STREETS = "Maple St,Oak Ave,Cedar Ln,Birch Rd,Elm Ct,Willow Way,Harbor Dr,Sunset Blvd,Mill Rd,Prairie Path".split(",")
TOWNS = (
    ("Eatontown", "New Jersey", "07724"),
    ("Red Bank", "New Jersey", "07701"),
    ("Cambridge", "Massachusetts", "02139"),
    ("Plymouth", "Minnesota", "55447"),
    ("Maple Grove", "Minnesota", "55311"),
    ("Fort Worth", "Texas", "76102"),
    ("Raleigh", "North Carolina", "27601"),
    ("Boulder", "Colorado", "80302"),
)
AREAS = ("763", "732", "617", "612", "817", "919", "303", "952")
FORMATS = (
    "({0}) {1}-{2}",
    "{0}-{1}-{2}",
    "{0}.{1}.{2}",
    "+1 {0} {1} {2}",
    "1{0}{1}{2}",
    "{0}{1}{2}",
    "{0} {1} {2}",
    "{0}-{1}-{2} ext. 12",
    "tel:+1-{0}-{1}-{2}",
    "1-{0}-{1}-{2}",
)
INVALID_PHONES = ("123", "call the office", "000-000-0000", "n/a", "763-555-01", "(763) 5550")
INVALID_EMAILS = ("none", "ask at visit", "ada@@example.com", "ben.example.com", "refused@")
TAGS = ("VIP", "Weekly", "Spring cleanup", "Commercial", "Do not mow", "Referral")
SOURCES = ("Google", "Referral", "Website", "Door hanger", "Facebook", "")
REMARKS = (
    "Gate code 4411\nDog in the yard",
    "Ring twice\nUse the side door\nNo weekends",
    "Key under the mat,\nlock up after",
    "Unit B",
    "Apt 4",
)
FACTS = {"Billing Country": "United States", "Service Country": "United States", "Archived": "false"}


class Maker:
    """Draws clients from one seeded source of chance."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.rows = []
        self._client = 10_400_000
        self._phones = [f"{area}555{number:04d}" for area in AREAS for number in range(100, 200)]
        self.chance.shuffle(self._phones)

    def phone(self):
        return self._phones.pop()

    def write(self, phone, at=None):
        form = FORMATS[self.chance.randrange(len(FORMATS)) if at is None else at]
        return form.format(phone[:3], phone[3:6], phone[6:])

    def person(self):
        first, last = self.chance.choice(FIRST), self.chance.choice(LAST)
        return {"First Name": first, "Last Name": last, "Display Name": f"{first} {last}"}

    def email(self, who):
        plain = "".join(sign for sign in who["Last Name"].lower() if sign.isascii() and sign.isalpha())
        domain = self.chance.choice(("example.com", "example.org", "example.net"))
        return f"{plain or 'client'}{self._client % 100_000}@{domain}"

    def address(self, kind):
        city, state, zip_code = self.chance.choice(TOWNS)
        street = f"{self.chance.randrange(10, 9900)} {self.chance.choice(STREETS)}"
        return {
            f"{kind} Street 1": street,
            f"{kind} City": city,
            f"{kind} State": state,
            f"{kind} Zip code": zip_code,
        }

    def client(self, properties=1, **cells):
        """One client on as many rows as it has properties; `cells` are its own, repeated on each."""
        self._client += self.chance.randrange(1, 90)
        who = self.person()
        day, month = self.chance.randrange(1, 29), self.chance.randrange(1, 13)
        client = dict.fromkeys(HEADER, "") | FACTS | who | self.address("Billing")
        client |= {
            "Created Date": f"{day:02d}/{month:02d}/{self.chance.randrange(2019, 2026)}",
            "Is Company?": "false",
            "Title": self.chance.choice(("", "", "", "Mr.", "Ms.", "Dr.")),
            "Main Phone #s": self.write(self.phone()),
            "E-mails": self.email(who),
            "Tags": ", ".join(self.chance.sample(TAGS, self.chance.choice((0, 0, 1, 2)))),
            "Lead Source": self.chance.choice(SOURCES),
            "Archived": self.chance.choice(("false",) * 9 + ("true",)),
            "Receives automatic visit reminders?": self.chance.choice(("true", "false")),
        }
        client |= cells
        for number in range(properties):
            place = self.address("Service") if number or self.chance.random() < 0.4 else own_address(client)
            remark = self.chance.choice(REMARKS) if self.chance.random() < 0.15 else ""
            name = {"Service Property Name": f"Property {number + 1}" if properties > 1 else ""}
            row = client | place | name | {"Service Street 2": remark}
            self.rows.append(row | {"J-ID": f"{self._client}_{self._client * 3 + number}"})
        return client


def own_address(client):
    return {name.replace("Billing", "Service"): client[name] for name in client if name.startswith("Billing")}


def ordinary(maker):
    for number in range(330):
        cells = {}
        if number % 7 == 0:
            cells["Mobile Phone #s"] = f"{maker.write(maker.phone())},{maker.write(maker.phone())}"
        if number % 11 == 0:
            cells["E-mails"] = f"first{number}@example.com, second{number}@example.org"
        if number % 13 == 0:
            name = f"{maker.chance.choice(LAST)} {maker.chance.choice(TRADES)}"
            cells |= {"Is Company?": "true", "Company Name": name, "Display Name": name}
        if number % 17 == 0:
            cells["Main Phone #s"] = maker.chance.choice(INVALID_PHONES)
        if number % 23 == 0:
            cells |= {"E-mails": maker.chance.choice(INVALID_EMAILS)}
        if number % 9 == 0:
            cells |= dict.fromkeys(("Billing Street 1", "Billing City", "Billing State", "Billing Zip code"), "")
        maker.client(**cells)
    for at in range(len(FORMATS)):
        maker.client(**{"Main Phone #s": maker.write(maker.phone(), at)})


def several_properties(maker):
    for number in range(70):
        maker.client(properties=2 + number % 3)


def duplicates(maker):
    """The same person under another client number, as happens when somebody calls twice."""
    for number in range(14):
        phone = maker.phone()
        one = maker.client(**{"Main Phone #s": maker.write(phone)})
        names = {name: one[name] for name in ("First Name", "Last Name", "Display Name")}
        email = one["E-mails"].upper() if number % 2 else ""
        maker.client(**{"Main Phone #s": maker.write(phone), "E-mails": email}, **names)
    for _ in range(10):
        one = maker.client(**{"Main Phone #s": ""})
        names = {name: one[name] for name in ("First Name", "Last Name", "Display Name")}
        maker.client(**{"Main Phone #s": "", "E-mails": one["E-mails"].title()}, **names)


def chains(maker):
    """(P1,E1), then (P2,E1), then (P1,E3): the second moves the client to P2, the third is somebody else."""
    for number in range(4):
        old, new = maker.phone(), maker.phone()
        email = f"chain{number}@example.com"
        one = maker.client(**{"Main Phone #s": maker.write(old), "E-mails": email})
        names = {name: one[name] for name in ("First Name", "Last Name", "Display Name")}
        maker.client(**{"Main Phone #s": maker.write(new), "E-mails": email}, **names)
        maker.client(**{"Main Phone #s": maker.write(old), "E-mails": f"moved-in{number}@example.com"})


def office_phone(maker):
    phone = maker.phone()
    for number in range(10):
        name = {
            "First Name": FIRST[number],
            "Last Name": LAST[number],
            "Display Name": f"{FIRST[number]} {LAST[number]}",
        }
        cells = {"Main Phone #s": maker.write(phone), "E-mails": f"tenant{number}@example.net"}
        maker.client(**cells, **name, **{"Company Name": "Harbor Property Group"})


def unreachable(maker):
    for number in range(12):
        company = {"Company Name": f"{LAST[number]} {TRADES[number % len(TRADES)]}"} if number % 3 == 0 else {}
        maker.client(**{"Main Phone #s": "", "E-mails": ""}, **company)


def conflicts(maker):
    """A phone of one client beside an email of another."""
    for number in range(3):
        phone, email = maker.phone(), f"other{number}@example.org"
        maker.client(**{"Main Phone #s": maker.write(phone)})
        maker.client(**{"E-mails": email})
        maker.client(**{"Main Phone #s": maker.write(phone), "E-mails": email})


def sample():
    """The file's text."""
    maker = Maker(seed=20261123)
    for part in (ordinary, several_properties, duplicates, chains, office_phone, unreachable, conflicts):
        part(maker)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(maker.rows)
    return text.getvalue()


if __name__ == "__main__":
    PATH.write_text(sample(), encoding="utf-8", newline="")
