"""Files of a few lines, each in the place of the one before, imported into one account that holds strangers apart."""

import csv
import json
from contextlib import contextmanager
from textwrap import dedent

import httpx
from rotor import Rotor, opened
from transports import Between

MAPPING = """\
version: 1
feed: {feed}
{more}
fields:
  first_name: {{column: First, optional: true}}
  last_name: {{column: Last, optional: true}}
  company_name: {{column: Company, optional: true}}
  phone: {{column: Phone, optional: true}}
  email: {{column: Email, optional: true}}
  property_street1: {{column: Street, optional: true}}
  property_city: {{column: City, optional: true}}
  property_state: {{column: State, optional: true}}
  property_zip: {{column: Zip, optional: true}}
  tags: {{column: Tags, split: ",", optional: true}}
  notes: {{column: Notes, optional: true}}
"""
COLUMNS = {
    "key": "Id",
    "first_name": "First",
    "last_name": "Last",
    "company_name": "Company",
    "phone": "Phone",
    "email": "Email",
    "property_street1": "Street",
    "property_city": "City",
    "property_state": "State",
    "property_zip": "Zip",
}
TOLD_APART_BY = ("first_name", "last_name", "phone", "email")


class Steps:
    def __init__(self, office, more, options):
        self.office = office
        self.more = more
        self.options = options
        self.as_feed("cases")

    def as_feed(self, feed):
        """From now on the files are of that feed."""
        self.office.mapping.write_text(MAPPING.format(feed=feed, more=self.more))

    def write(self, text):
        self.office.file.write_text(dedent(text), encoding="utf-8")

    def write_rows(self, rows):
        """Rows as dictionaries by the fields' names."""
        with self.office.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS.values())
            writer.writerows([row.get(name) or "" for name in COLUMNS] for row in rows)

    def plan(self, text=None, **more):
        if text is not None:
            self.write(text)
        return self.office.plan(**self.options, **more).check()

    def run(self, text=None, **more):
        """Planned first: what the plan says is what the run does."""
        planned = self.plan(text, **more)
        outcome = self.office.run(**self.options, **more).check()
        assert outcome.fates() == planned.fates()
        assert outcome.posts == sum(planned.summary["changes"][name] for name in ("create", "update"))
        return outcome

    def customers(self):
        return self.office.rotor.customers()

    def people(self):
        """Who Rotor holds: first name, last name, phone and email, in order."""
        return sorted(tuple(one.get(name) or "" for name in TOLD_APART_BY) for one in self.customers())

    def one(self, first_name):
        [found] = [one for one in self.customers() if one.get("first_name") == first_name]
        return found

    def forget(self, email):
        """Somebody deletes the customer in Rotor."""
        [gone] = [one["id"] for one in self.customers() if one.get("email") == email]
        self.office.rotor.sandbox.store.delete(gone)

    def edit(self, email, values):
        """Somebody edits the customer in Rotor."""
        [edited] = [one["id"] for one in self.customers() if one.get("email") == email]
        self.office.rotor.sandbox.edit(edited, **values)


@contextmanager
def account(*, keyed=False, more="", **options):
    with opened() as office:
        yield Steps(office, "key: Id\n" * keyed + more, options)


class Cutting(Between):
    """A Rotor that keeps no more than the first signs of the notes."""

    def __init__(self, transport, kept):
        super().__init__(transport)
        self._kept = kept

    def handle_request(self, request):
        if request.method != "POST":
            return super().handle_request(request)
        body = json.loads(request.read())
        if "notes" in body:
            body["notes"] = body["notes"][: self._kept]
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        return super().handle_request(
            httpx.Request("POST", request.url, headers=headers, json=body, extensions=request.extensions)
        )


def cut_notes(rotor: Rotor, kept):
    transport = rotor.transport
    rotor.transport = lambda: Cutting(transport(), kept)
