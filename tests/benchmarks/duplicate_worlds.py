"""A town of people, and records of them with duplicates of several kinds; the truth is known for each pair."""

import random

import polars as pl

FIRST = """james mary john patricia robert jennifer michael linda william elizabeth david barbara richard susan joseph
jessica thomas sarah charles karen christopher nancy daniel lisa matthew betty anthony margaret mark sandra donald
ashley steven kimberly paul emily andrew donna joshua michelle kenneth carol kevin amanda brian dorothy george melissa
edward deborah ronald stephanie timothy rebecca jason sharon jeffrey laura ryan cynthia jacob kathleen gary amy nicholas
angela eric shirley jonathan anna stephen brenda larry pamela justin emma scott nicole brandon helen benjamin samantha
samuel katherine gregory christine alexander debra frank rachel patrick carolyn raymond janet jack catherine dennis
maria jerry heather tyler diane aaron ruth jose julie adam olivia nathan joyce henry virginia""".split()
SHORT = {
    "james": "jim", "john": "jack", "robert": "bob", "michael": "mike", "william": "bill", "richard": "rick",
    "joseph": "joe", "thomas": "tom", "charles": "chuck", "christopher": "chris", "daniel": "dan", "matthew": "matt",
    "anthony": "tony", "steven": "steve", "andrew": "andy", "kenneth": "ken", "edward": "ed", "timothy": "tim",
    "jeffrey": "jeff", "nicholas": "nick", "jonathan": "jon", "benjamin": "ben", "samuel": "sam", "gregory": "greg",
    "patricia": "pat", "jennifer": "jen", "elizabeth": "liz", "susan": "sue", "jessica": "jess", "margaret": "peggy",
    "kimberly": "kim", "deborah": "deb", "rebecca": "becky", "katherine": "kate", "pamela": "pam", "virginia": "ginny",
}  # fmt: skip
ENDS = "son man ton ley field er berg stein well wood ford ski ez o ia enko ing worth land more".split()
STARTS = """and bar ben car cal dal dan ed el fal fern gar gil hal har hen ir jan jor kel ker lan lin mar mon nor ol
par pet quin ram ros sal sim tan tor ul val van wal wil yar zim bran clar drum frost grim hask""".split()
COMMON = "smith johnson williams brown jones garcia miller davis nguyen lee martin clark lewis hill".split()
TREES = """oak elm maple cedar pine lake hill park main river sunset spring church mill ridge forest meadow willow
birch prairie heritage eagle fox deer county college highland garden valley summit lincoln washington jackson""".split()
KINDS = {"Street": "St", "Avenue": "Ave", "Drive": "Dr", "Lane": "Ln", "Court": "Ct", "Road": "Rd", "Circle": "Cir"}
TRADES = "Plumbing Heating Roofing Dental Properties Landscaping Electric Foods Auto Cleaning Realty Painting".split()
HOSTS = "gmail.com yahoo.com outlook.com icloud.com aol.com".split()


class Town:
    """Draws people; `random` is seeded, so that a size always gives the same town."""

    def __init__(self, size, seed=7):
        self.random = random.Random(seed)
        places = [
            f"{start.title()}{end}" for end in ("ville", "burg", "ton", "field", "dale", "port") for start in STARTS
        ]
        self.cities = [(place, f"{55001 + 7 * at}") for at, place in enumerate(places[: max(2, size // 400)])]
        self.streets = [f"{name.title()} {kind}" for name in TREES for kind in KINDS]
        self.streets += [f"{start.title()}{end} {kind}" for start in STARTS for end in ENDS for kind in list(KINDS)[:2]]
        self.emails = set()
        self.phones = iter(range(10**9))

    def family_name(self):
        if self.random.random() < 0.25:
            return self.random.choice(COMMON).title()
        return f"{self.random.choice(STARTS)}{self.random.choice(ENDS)}".title()

    def first_name(self):
        return FIRST[min(int(self.random.expovariate(1 / 30)), len(FIRST) - 1)].title()

    def phone(self):
        return f"+1763{2000000 + (next(self.phones) * 7919) % 7999999}"

    def home(self):
        city, zip_code = self.random.choice(self.cities)
        street = f"{self.random.randrange(1, 9999)} {self.random.choice(self.streets)}"
        unit = f"Apt {self.random.randrange(1, 40)}" if self.random.random() < 0.15 else None
        return {
            "property_street1": street,
            "property_street2": unit,
            "property_city": city,
            "property_state": "MN",
            "property_zip": zip_code,
        }

    def email(self, first, last):
        name = self.random.choice(
            [
                f"{first}.{last}",
                f"{first[0]}{last}",
                f"{first}{self.random.randrange(99)}",
                f"{last}{self.random.randrange(1950, 2010)}",
                f"the{last}s",
                f"{first}{last[0]}",
            ]
        )
        email = f"{name}@{self.random.choice(HOSTS)}".lower()
        while email in self.emails:
            email = f"{name}{self.random.randrange(10**6)}@{self.random.choice(HOSTS)}".lower()
        self.emails.add(email)
        return email

    def person(self, last=None, home=None):
        first, last = self.first_name(), last or self.family_name()
        return {"first_name": first, "last_name": last, **(home or self.home()), **self.keys(first, last)}

    def keys(self, first, last):
        which = self.random.random()
        return {
            "phone": self.phone() if which < 0.8 else None,
            "email": self.email(first, last) if which > 0.4 else None,
        }

    def typo(self, text):
        if not text or len(text) < 4:
            return text
        at = self.random.randrange(1, len(text) - 1)
        return self.random.choice([
            text[:at] + text[at + 1 :], text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + self.random.choice("aeiourstn") + text[at + 1 :], text[:at] + text[at] + text[at:],
        ])  # fmt: skip

    def again(self, person):  # noqa: C901 - a branch for each kind of slip
        """The same person, typed in by somebody else, with other keys."""
        copy = person | self.keys(person["first_name"], person["last_name"])
        draw = self.random.random
        if draw() < 0.35:
            short = SHORT.get(copy["first_name"].lower())
            copy["first_name"] = short.title() if short else copy["first_name"]
        elif draw() < 0.1:
            copy["first_name"] = copy["first_name"][0]
        elif draw() < 0.1:
            copy["first_name"] = self.typo(copy["first_name"])
        if draw() < 0.12:
            copy["last_name"] = self.typo(copy["last_name"])
        if draw() < 0.04:
            copy["first_name"], copy["last_name"] = copy["last_name"], copy["first_name"]
        if draw() < 0.5:
            long, _, kind = copy["property_street1"].rpartition(" ")
            copy["property_street1"] = f"{long} {KINDS.get(kind, kind)}"
        if draw() < 0.12:
            copy["property_street1"] = self.typo(copy["property_street1"])
        for part, chance in (("property_city", 0.06), ("property_zip", 0.05)):
            if draw() < chance:
                copy[part] = self.typo(copy[part])
        for part, chance in (("property_street2", 0.2), ("property_zip", 0.1), ("property_state", 0.1)):
            if draw() < chance:
                copy[part] = None
        return copy


def records(size, seed=7):
    """A frame with `id`, `entity` and `kind`: of each kind the records that belong together stand under `group`."""
    town, rows = Town(size, seed), []
    kinds = {
        "single": 45,
        "duplicate": 12,
        "household": 20,
        "mover": 4,
        "father and son": 3,
        "sites": 8,
        "namesake": 3,
        "colleagues": 4,
        "other phone": 3,
        "flat": 6,
    }
    names, weights = list(kinds), list(kinds.values())
    group = 0
    while len(rows) < size:
        group += 1
        kind = town.random.choices(names, weights)[0]
        for entity, row in _group(town, kind):
            rows.append(row | {"entity": f"{group}.{entity}", "group": group, "kind": kind})
    order = list(range(len(rows)))
    town.random.shuffle(order)
    frame = pl.DataFrame([rows[at] for at in order], infer_schema_length=None)
    return frame.with_row_index("id").with_columns(pl.col("id").cast(pl.Int64))


def _group(town, kind):  # noqa: C901, PLR0912 - a branch for each kind
    draw = town.random
    person = town.person()
    yield 0, person
    if kind == "duplicate":
        for _ in range(draw.choice([1, 1, 1, 2])):
            yield 0, town.again(person)
    elif kind == "household":
        taken = {person["first_name"]}
        for other in range(1, draw.choice([2, 2, 3, 4])):
            last = person["last_name"] if draw.random() < 0.8 else None
            home = {name: value for name, value in person.items() if name.startswith("property")}
            relative = town.person(last, home)
            if relative["first_name"] not in taken:
                taken.add(relative["first_name"])
                yield other, relative
                if draw.random() < 0.1:
                    yield other, town.again(relative)
    elif kind == "mover":
        moved = town.again(person | town.home())
        local = person["email"].split("@")[0] if person["email"] else None
        yield 0, moved | ({"email": f"{local}@work.example"} if local else {"other_phones": [person["phone"]]})
    elif kind == "father and son":
        son = person | town.keys(person["first_name"], person["last_name"])
        yield 1, son | {"last_name": f"{person['last_name']} Jr"}
    elif kind in ("sites", "colleagues"):
        company = f"{town.family_name()} {draw.choice(TRADES)}"
        person["company_name"] = f"{company} LLC" if draw.random() < 0.5 else company
        for other in range(1, draw.choice([2, 3, 5])):
            home = {name: value for name, value in person.items() if name.startswith("property")}
            contact = town.person(home=home if kind == "colleagues" else None)
            if kind == "sites" and draw.random() < 0.5:
                contact |= {name: person[name] for name in ("first_name", "last_name")}
            yield other, contact | {"company_name": company}
    elif kind == "namesake":
        other = town.person(person["last_name"])
        yield 1, other | {"first_name": person["first_name"]}
    elif kind == "other phone":
        again = town.again(person)
        known = person["phone"] or town.phone()
        person["phone"] = known
        yield (
            0,
            again
            | {
                "property_street1": None,
                "property_street2": None,
                "other_phones": [f"({known[2:5]}) {known[5:8]}-{known[8:]}"],
            },
        )
    elif kind == "flat":
        home = {name: value for name, value in person.items() if name.startswith("property")}
        for other in range(1, 8):
            yield other, town.person(home=home | {"property_street2": f"Unit {other}"})
