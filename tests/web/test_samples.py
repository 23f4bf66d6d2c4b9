"""Every sample, from upload to imported, in a real browser, without touching a file."""

import shutil
from dataclasses import replace

import polars as pl
from windows import SAMPLES, Computer

from rotor_import import plan_import

MOST_CLICKS = 10
FILES = sorted(SAMPLES.iterdir())
FEW = 4
"""One of so many samples by default; `--all-samples` takes each."""


class Clicks:
    """Somebody who only clicks what the page offers, and counts."""

    def __init__(self, window):
        self.tab, self.count = window.tab, 0

    def on(self, where):
        self.tab.locator(where).click()
        self.count += 1

    def to_import(self):
        """On from the file, whichever steps there are, to the page that sends."""
        while not self.tab.url.endswith("/import"):
            at = self.tab.url
            self.on("[data-action=next]")
            self.tab.wait_for_url(lambda url, at=at: url != at)
            self.tab.wait_for_selector("[data-action=next], [data-action=start]")
            self.tab.wait_for_load_state()  # for its scripts


def pytest_generate_tests(metafunc):
    if "path" in metafunc.fixturenames:
        files = FILES if metafunc.config.getoption("--all-samples") else FILES[::FEW]
        metafunc.parametrize("path", files, ids=lambda path: path.stem)


def test_a_sample_is_imported_with_few_clicks_and_its_mapping_plans_the_same_by_the_command_line(
    path, tmp_path, rotor, serve, open_window
):
    computer = Computer(tmp_path, rotor)
    running = serve(computer)
    window = open_window(running)
    clicks = Clicks(window)
    with window.tab.expect_navigation():
        window.tab.set_input_files("input[type=file]", path)
    clicks.on("input[name=to][value=sandbox]")
    clicks.to_import()
    planned = running.workspace.desk.now
    mine = pl.read_csv(computer.settings.report_dir / planned.plan / "rows.csv", infer_schema=False)
    shutil.copy(planned.mapping, tmp_path / "copy.yaml")
    settings = replace(
        computer.settings, sandbox=True, ledger=str(tmp_path / "l.sqlite"), sandbox_state=tmp_path / "s.sqlite"
    )
    theirs = plan_import([path], tmp_path / "copy.yaml", settings)
    written = pl.read_csv(theirs.folder / "rows.csv", infer_schema=False)
    assert mine.drop("file").equals(written.drop("file"))
    clicks.on("[data-action=start]")
    window.until("complete", "paused")
    assert clicks.count <= MOST_CLICKS
    assert window.quiet()
