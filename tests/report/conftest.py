"""One Chromium for all tests of a worker, and a tab for each."""

import pytest
from browser import Opened, browser


@pytest.fixture(scope="session")
def chromium():
    with browser() as one:
        yield one


@pytest.fixture
def open_page(chromium):
    """Opens a report.html; `width` in pixels, `scheme` is light or dark."""
    contexts = []

    def opened(file, width=1280, scheme="light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        contexts.append(context)
        return Opened(context.new_page(), file)

    yield opened
    for context in contexts:
        context.close()
