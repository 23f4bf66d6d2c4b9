"""A tab for each report that a test opens."""

import pytest
from browser import Opened
from pages import busy

from rotor_import.report.page import PAGE


@pytest.fixture
def open_page(chromium):
    """Opens a report.html; `width` in pixels, `scheme` is light or dark, `zone` is where its reader is."""
    contexts = []

    def opened(file, width=1280, scheme="light", zone="UTC"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            timezone_id=zone,
            offline=True,
            accept_downloads=True,
        )
        contexts.append(context)
        return Opened(context.new_page(), file)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def planned(office):
    busy(office)
    return office.plan().folder / PAGE
