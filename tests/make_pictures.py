"""Makes the pictures of the page for its document, by hand, with Chromium: `python tests/make_pictures.py`."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "report"), str(HERE / "web")]

from browser import browser  # noqa: E402 - from the folders above
from rotor import Rotor  # noqa: E402 - the same
from windows import SAMPLES, Computer, Running, Window  # noqa: E402 - the same

PICTURES = HERE.parent / "rotor_import" / "web" / "pictures"
SIZE = {"width": 1000, "height": 720}


def main():
    PICTURES.mkdir(exist_ok=True)
    rotor = Rotor()
    with tempfile.TemporaryDirectory() as folder, rotor.sandbox, browser() as chromium:
        running = Running(Computer(Path(folder), rotor).workspace())
        tab = chromium.new_context(viewport=SIZE, timezone_id="America/Chicago", reduced_motion="reduce").new_page()
        window = Window(tab, running.origin)
        tab.goto(running.address)
        window.file(SAMPLES / "jobber_clients.csv")
        picture(tab, "columns")
        window.columns()
        picture(tab, "plan")
        window.visit("/review")
        tab.locator("[data-question]").first.scroll_into_view_if_needed()
        picture(tab, "review")
        running.end()


def picture(tab, name):
    tab.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=70)


if __name__ == "__main__":
    main()
