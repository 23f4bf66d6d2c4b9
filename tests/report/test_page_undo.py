"""The page of an undo, and what a trial and a later look at Rotor add to a run's page, in a real browser."""

import itertools

import pytest
from browser import fits, rules_broken
from pages import busy, hostile

from rotor_import.report.page import PAGE

SIZES = [*itertools.product(("light", "dark"), (1280, 390)), ("light", 320)]


def edited(office):
    """A run of which something is restored, set inactive, kept, and impossible."""
    names = ("Ada", "Bo", "Cy", "Di")
    phones = {name: f"(763) 555-010{at}" for at, name in enumerate(names)}
    office.rotor.seed([{"phone": phones[name], "first_name": name, "last_name": "Old"} for name in names[:2]])
    office.write([{"key": name, "phone": phones[name], "first_name": name, "last_name": "New"} for name in names])
    office.run()
    found = {one["first_name"]: one["id"] for one in office.rotor.customers()}
    office.rotor.sandbox.edit(found["Cy"], notes="Called them.")
    office.rotor.sandbox.store.delete(found["Bo"])


def test_the_page_of_an_undo_has_each_field_and_passes_the_rules_of_accessibility(office, open_page):
    edited(office)
    undone = office.undo()
    for scheme, width in SIZES:
        page = open_page(undone.folder / PAGE, width, scheme)
        assert rules_broken(page) == [], (scheme, width)
        assert fits(page), (scheme, width)
        assert page.quiet()
    words = page.tab.locator("main").inner_text()
    for line in undone.table("undo.csv"):
        assert (line["reason"] or line["left"]) in words
    assert {page.tab.locator(f"#{name}").count() for name in ("restored", "deactivated", "kept", "impossible")} == {1}


@pytest.mark.parametrize("dry_run", [True, False])
def test_hostile_values_are_text(office, open_page, dry_run):
    hostile(office)
    office.run()
    page = open_page(office.undo(dry_run=dry_run).folder / PAGE)
    assert page.tab.evaluate("document.querySelectorAll('img, iframe, script, [onload], [onerror]').length") == 0
    assert page.quiet()
    assert fits(page)


def test_a_trial_and_what_differs_later_stand_on_the_page_of_the_run(office, open_page):
    busy(office)
    trial = office.run(sample=1)
    [tried] = [one for one in trial.summary["sample"] if one["outcome"] in ("created", "updated")]
    office.rotor.sandbox.edit(tried["id"], last_name="Edited")
    office.verify()
    for scheme, width in SIZES:
        page = open_page(trial.folder / PAGE, width, scheme)
        for part in ("#trial", "#differing"):
            assert rules_broken(page, part) == [], (scheme, width)
        assert fits(page), (scheme, width)
    assert tried["name"] in page.tab.locator("#trial").inner_text()
    assert "Edited" in page.tab.locator("#differing").inner_text()
