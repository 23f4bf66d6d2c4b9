"""Rows of people who share keys, and an account that takes in what the replay made of them, import by import."""

import itertools
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from one_by_one import rotor
from tables import rows_of

from rotor_import.dedupe import Background, dedupe_records
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Customer
from rotor_import.model.decision import Decision, Side
from rotor_import.model.policy import MatchingPolicy, Policy
from rotor_import.model.row_links import RowLinks
from rotor_import.normalize import identified, records

NAMES = ("first_name", "last_name", "company_name", "property_street1", "property_zip", "notes")
FEED = "feed"


def person(first="", last="", phone="", email="", **more):
    return {"first_name": first, "last_name": last, "phone": phone, "email": email, **more}


def rows(lines):
    """Records as a file's rows make them."""
    return list(records(identified(rows_of(lines, NAMES, tags=False))))


@dataclass
class Account:
    """Rotor and the ledger between two imports; everything that is planned is sent, and accepted."""

    customers: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)
    baselines: dict = field(default_factory=dict)
    policy: MatchingPolicy = field(default_factory=MatchingPolicy)
    count: itertools.count = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def holding(cls, *customers, **matching):
        account = cls(policy=MatchingPolicy(**matching))
        for values in customers:
            account.keep(f"r{next(account.count)}", {name: value for name, value in values.items() if value})
        return account

    def keep(self, id_, values):
        self.customers[id_] = Customer(id_, values, values.get("phone", ""), values.get("email", ""))

    def plan(self, lines, decisions=(), merges=()):
        links = [LinkUpdate(link) for link in self.links.values()]
        background = Background(
            links=RowLinks.of(links),
            baseline=lambda *of: self.baselines.get(of),
            decisions=decisions,
            merges=merges,
            feed=FEED,
        )
        numbers = itertools.count(1)
        return dedupe_records(
            rows(lines),
            rotor(*self.customers.values()),
            background,
            links,
            Policy(matching=self.policy),
            new_customer=lambda: f"new:{next(numbers)}",
            mapped=("phone", "email", *NAMES),
        )

    def run(self, lines, decisions=(), merges=()):
        """The plan, and the customers that it sent something to."""
        planned = self.plan(lines, decisions, merges)
        ids, sent = {}, set()
        for group in planned.groups:
            before = self.customers.get(group.customer)
            ids[group.customer] = id_ = group.customer if before else f"r{next(self.count)}"
            values = {**(before.values if before else {}), **group.values}
            values |= {name: key for name, key in group.keys.items() if key}
            values = {name: value for name, value in values.items() if group.keys.get(name, "-")}
            if before is None or before.values != values:
                sent.add(id_)
            self.keep(id_, values)
        for update in planned.links:
            named = tuple(replace(one, customer=ids.get(one.customer, one.customer)) for one in update.link.named)
            link = replace(update.link, customer=ids.get(update.link.customer, update.link.customer), named=named)
            self.links[link.row_key] = link
        return planned, sent

    def decide(self, planned, word_of):
        """The decisions that `word_of` finds for the questions, None for none."""
        return [
            Decision(2, asked.name, word, (Side(asked.a.id, asked.a.phone, asked.a.email), Side()))
            for asked in planned.questions
            if (word := word_of(asked))
        ]


def fates(planned):
    """What became of each row, by its number."""
    found = {hold.record.row: "held" for hold in planned.holds}
    found |= {reject.row: "rejected" for reject in planned.rejects}
    found |= {row: "skipped" for _, row in planned.skipped}
    for group in planned.groups:
        found |= {record.row: group.customer for record in group.records}
    return found


PEOPLE = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["Nora", "Karl", "Omar", "Bob", "Robert", "", ""]),
        "last_name": st.sampled_from(["Vance", "Reyes", "Strand", ""]),
        "company_name": st.sampled_from(["", "", "", "Acme Roofing LLC", "Northside Plumbing"]),
        "property_street1": st.sampled_from(["", "", "12 Elm St", "400 Lake Rd"]),
        "property_zip": st.just("55434"),
        "notes": st.sampled_from(["", "", "gate code 7"]),
        "phone": st.sampled_from(["", "+17635550101", "+17635550102", "+17635550103"]),
        "email": st.sampled_from(["", "", "one@example.com", "two@example.com", "three@example.com"]),
    }
)
LINES = st.lists(PEOPLE, min_size=1, max_size=7)
KEYED_LINES = st.lists(
    st.builds(lambda key, line: {"key": key, **line}, st.sampled_from(["", "1", "2", "3"]), PEOPLE),
    min_size=1,
    max_size=7,
)
HOLDING = st.fixed_dictionaries(
    {
        "on_stranger": st.sampled_from(["hold", "hold", "hold", "merge"]),
        "hold_suspicious": st.sampled_from([False, False, True]),
        "allow_keyless": st.sampled_from([False, False, True]),
    }
)
PARTING = st.fixed_dictionaries({"on_stranger": st.just("separate"), "allow_keyless": st.booleans()})
