"""A real Chromium, a report that it opens from disk, and what every page has to keep to."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
LACKING = (
    "No Chromium is installed, so nobody looked at the pages in a browser. "
    "Install it (Debian: apt-get install -y chromium) and run the tests again."
)


def chromium():
    """Its path. Without it the tests are skipped, but where ROTOR_IMPORT_TEST_BROWSER is set they fail."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        (pytest.fail if os.environ.get("ROTOR_IMPORT_TEST_BROWSER") else pytest.skip)(LACKING)
    return found


LONGEST = 120.0
"""Seconds that a page may take for anything. It is long since it is no promise: a busy machine takes its time."""


@contextmanager
def browser():
    path = chromium()
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers lack; the pages are ours.
        one = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        one.on("context", lambda context: context.set_default_timeout(1000 * LONGEST))
        try:
            yield one
        finally:
            one.close()


class Opened:
    """A page, opened from disk."""

    def __init__(self, tab, file):
        self.tab = tab
        self.requests, self.complaints = [], []
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.url = Path(file).as_uri()
        tab.goto(self.url)

    def shown(self):
        """Lines of the table of rows that are to be seen."""
        return self.tab.locator("#lines tbody tr:visible")

    def quiet(self):
        """Nothing was fetched but the page itself, and nothing was complained about."""
        return self.requests == [self.url] and self.complaints == []


def rules_broken(page, part=None):
    """The rules of accessibility that the page, or the part of it with this selector, breaks."""
    # Colors fade into each other, and in between none is the one that stays; without motion they change at once.
    page.tab.emulate_media(reduced_motion="reduce")
    found = Axe().run(page.tab, context=part, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]


def fits(page):
    """Nothing is wider than the window."""
    return page.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
