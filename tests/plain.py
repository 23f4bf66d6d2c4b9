"""A Rotor so plain that it is obviously right: the rule of the API's document over a list of dictionaries.

Keys are compared in normal form. Every phone of these tests stands in `PHONES` beside its normal form, so that
nothing here depends on the library that the program uses.
"""

import itertools

PHONES = {
    "+17635550100": ["(763) 555-0100", "763.555.0100", "+17635550100", "1-763-555-0100"],
    "+17635550101": ["(763) 555-0101", "763 555 0101", "+17635550101"],
    "+17635550102": ["(763) 555-0102", "7635550102", "+17635550102"],
    "+17635550103": ["763-555-0103", "+1 763 555 0103", "+17635550103"],
}
EMAILS = {
    "ann@example.com": ["ann@example.com", "Ann@Example.com"],
    "bob@example.com": ["bob@example.com", "BOB@EXAMPLE.COM"],
    "cat@example.com": ["cat@example.com", "cat@example.com "],
    "dan@example.com": ["dan@example.com"],
}
PEOPLES_PHONES = {
    f"+176355502{at:02}": [f"(763) 555-02{at:02}", f"+176355502{at:02}", f"763.555.02{at:02}"] for at in range(12)
}
PEOPLES_EMAILS = {
    f"{who}@example.com": [f"{who}@example.com", f"{who.capitalize()}@Example.com"]
    for who in ("nora", "karl", "jose", "elena", "robert", "omar", "none", "frontdesk")
}
"""Of worlds in which everybody has keys of their own."""
NORMAL = {
    "phone": {written: normal for normal, all_ in (PHONES | PEOPLES_PHONES).items() for written in all_},
    "email": {written: normal for normal, all_ in (EMAILS | PEOPLES_EMAILS).items() for written in all_},
}
PLAIN_FIELDS = ("first_name", "last_name", "company_name")


def normal(name, value):
    return NORMAL[name].get(value, "") if value else ""


class PlainRotor:
    """Customers are dictionaries; `tags` are lists."""

    def __init__(self, customers=()):
        self.customers = [dict(one) for one in customers]
        self._ids = (f"made-{number}" for number in itertools.count())

    def find(self, row):
        if row.get("id"):
            return next(one for one in self.customers if one["id"] == row["id"])
        for name in ("phone", "email"):
            wanted = normal(name, row.get(name))
            found = [one for one in self.customers if wanted and normal(name, one.get(name)) == wanted]
            if found:
                assert len(found) == 1, "the program should have held this row"
                return found[0]
        return None

    def upsert(self, row):
        customer = self.find(row)
        if customer is None:
            customer = {"id": next(self._ids)}
            self.customers.append(customer)
        for name, value in row.items():
            if name == "tags":
                have = customer.get("tags") or []
                customer["tags"] = have + [tag for tag in dict.fromkeys(value) if tag not in have]
            elif value and name != "id":
                customer[name] = value
        return customer


def picture(customers, *, known=()):
    """What Rotor holds, comparable: keys in normal form, ids only of customers that were there before."""
    return sorted(
        (
            one["id"] if one["id"] in known else "",
            normal("phone", one.get("phone")),
            normal("email", one.get("email")),
            *(one.get(name) or "" for name in PLAIN_FIELDS),
            tuple(sorted(one.get("tags") or [])),
        )
        for one in customers
    )


def replay(customers, rows):
    """The end state after sending every row, one by one in file order.

    The sender knows its own source keys: rows of one are one customer, addressed by its id once it has one. A
    row without phone and email belongs to the customer of its source key, wherever in the file that stands; so
    whose each row is comes first, and then every row is written in its turn; names survive as a whole.
    """
    rotor = PlainRotor(customers)
    owners, customer_of = {}, {}
    for at, row in enumerate(rows):
        known = owners.get(row.get("key")) if row.get("key") else None
        who = {name: row[name] for name in ("id", "phone", "email") if row.get(name)}
        if known is not None and "id" not in who:
            who["id"] = known["id"]
        if who:
            customer_of[at] = rotor.upsert(who)
            if row.get("key"):
                owners.setdefault(row["key"], customer_of[at])
    names = {}
    for at, row in enumerate(rows):
        customer = customer_of[at] if at in customer_of else owners[row["key"]]
        names.setdefault(customer["id"], []).append((row.get("first_name") or "", row.get("last_name") or ""))
        values = {name: row[name] for name in ("company_name", "tags") if row.get(name)}
        rotor.upsert({"id": customer["id"]} | values)
    for id_, every in names.items():
        first_name, last_name = whole_name(every)
        rotor.upsert({"id": id_, "first_name": first_name, "last_name": last_name})
    return rotor.customers


def whole_name(every):
    """The first and last name of rows that are one customer: no name that none of them has.

    Half a name goes with another half only where nobody says otherwise, and else stands for the last whole name that
    has it.
    """
    said = [name for name in every if any(name)]
    firsts, lasts = ({half for half in halves if half} for halves in zip(*every, strict=True))
    if len(firsts) < 2 and len(lasts) < 2:
        return next(iter(firsts), ""), next(iter(lasts), "")
    first, last = said[-1]
    wholes = [name for name in said if all(name) and first in ("", name[0]) and last in ("", name[1])]
    return wholes[-1] if wholes else said[-1]


def lost(before, after, rows):
    """Rows that are nowhere, though nobody who shares a key with them, at once or through others, replaced it.

    `before` and `after` are Rotor's customers: two rows may share one of those and not know it.
    """
    families = []
    for one in [*rows, *before]:
        keys = _shared(one)
        related = [family for family in families if family["keys"] & keys]
        families = [family for family in families if family not in related]
        members = [row for family in related for row in family["rows"]] + ([one] if one in rows else [])
        families.append({"keys": keys.union(*(family["keys"] for family in related)), "rows": members})
    there = set().union(*map(_shared, after))
    wanted = [set().union(*map(_shared, family["rows"])) for family in families]
    return [keys for keys in wanted if any(name in NORMAL for name, _ in keys) and not keys & there]


def _shared(row):
    """Whatever makes two rows one customer; a source key does, and is in no customer of Rotor's."""
    keys = {(name, normal(name, row.get(name))) for name in NORMAL} | {("key", row.get("key"))}
    return {key for key in keys if key[1]}
