"""The first step in a real Chromium: a file is chosen or dropped, a sheet too, and the key is checked, never shown."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from browser import fits
from rotor import Rotor
from windows import KEY, SAMPLES, Computer

from rotor_import.mapping import presets
from rotor_import.pipeline.file_found import look_at
from rotor_import.web import given

sys.path.append(str(Path(__file__).parents[1] / "source"))

from makers import xlsx

TWO_SHEETS = {
    "Leads": [["Phone", "Lead name"], ["763 555 0100", "Ada"], ["763 555 0101", "Bo"]],
    "Customers": [["Mobile", "First name"], ["763 555 0102", "Cy"]],
}
DROP = """([name, text]) => {
  const moved = new DataTransfer();
  moved.items.add(new File([text], name));
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, { dataTransfer: moved, bubbles: true, cancelable: true });
    document.getElementById("drop").dispatchEvent(event);
  }
}"""


def words(window):
    return " ".join(window.tab.inner_text("main").split())


def chosen(window, path):
    with window.tab.expect_navigation():
        window.tab.set_input_files("input[type=file]", path)


def faultless(window, name):
    """Wide and light, narrow and dark, and nothing is cut off at 320 pixels; the usual state in all four ways."""
    sizes = [(1280, "light"), (390, "dark"), *([(1280, "dark"), (390, "light")] if name == "found" else [])]
    for width, scheme in sizes:
        window.tab.emulate_media(color_scheme=scheme)
        window.tab.set_viewport_size({"width": width, "height": 900})
        assert window.accessible() == [], (name, scheme, width)
    window.tab.set_viewport_size({"width": 320, "height": 900})
    assert fits(window), name
    window.tab.set_viewport_size({"width": 1280, "height": 900})


def test_a_file_is_chosen_dropped_and_replaced_and_what_was_found_is_said(window, computer):
    tab = window.tab
    assert "Drop a file here or choose one" in words(window)
    assert tab.locator("[data-action=next]").count() == 0
    faultless(window, "empty")
    chosen(window, SAMPLES / "quickbooks_online_customer_contact_list.csv")
    shown = words(window)
    assert "15 rows, 6 columns, 2 KB. The header is in row 4." in shown
    assert "Recognized as an export of QuickBooks Online" in shown
    faultless(window, "found")
    with tab.expect_navigation():
        tab.evaluate(DROP, ["dropped.csv", "Phone,Name\n763 555 0100,Ada\n"])
    assert "dropped.csv 1 row, 2 columns" in words(window)
    assert "Recognized" not in words(window)
    chosen(window, computer.file("no rows.csv", "Phone,Name\n"))
    assert "no rows.csv has no rows" in words(window)
    assert tab.locator("[data-action=next]").count() == 0
    chosen(window, computer.file("printed.pdf", b"%PDF-1.4 "))
    assert "printed.pdf is actually a PDF. Export the customers as CSV or XLSX" in words(window)
    faultless(window, "unreadable")
    chosen(window, computer.file("<img src=x onerror=alert(1)>.csv", "Phone\n763 555 0100\n"))
    assert "1 row, 1 column" in words(window)
    tab.click("text=Remove")
    tab.wait_for_selector("text=Drop a file here")
    assert window.quiet()


def test_by_keyboard_alone_a_file_that_was_given_goes_on_to_the_columns(serve, computer, open_window):
    running = serve()
    given.take(running.workspace, computer.file("given.csv", "Phone,Name\n763 555 0100,Ada\n"))
    window = open_window(running)
    tab = window.tab
    assert tab.url == f"{running.origin}/file"
    assert "given.csv 1 row, 2 columns" in words(window)
    reached = []
    while "next" not in reached:
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.dataset.action || document.activeElement.type || ''"))
    assert {"file", "radio", "submit"} <= {*reached, "submit"}
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/columns")
    assert window.quiet()


def test_of_a_workbook_the_largest_sheet_is_taken_a_person_may_choose_another_and_the_mapping_names_it(
    window, computer
):
    tab = window.tab
    chosen(window, computer.file("clients.xlsx", xlsx(sheets=TWO_SHEETS)))
    assert tab.locator("#sheet").input_value() == "Leads"
    assert "2 rows, 2 columns" in words(window)
    faultless(window, "sheets")
    with tab.expect_navigation():
        tab.select_option("#sheet", "Customers")
    assert "1 row, 2 columns" in words(window)
    with tab.expect_navigation():
        tab.select_option("#sheet", "Leads")
    assert "2 rows, 2 columns" in words(window)
    tab.check("input[name=to][value=sandbox]")
    window.next("columns")
    assert tab.locator('select[data-column="Lead name"]').count() == 1
    window.visit("/file")
    with tab.expect_navigation():
        tab.select_option("#sheet", "Customers")
    window.next("columns")
    assert tab.locator('select[data-column="Mobile"]').count() == 1
    assert 'sheet: "Customers"' in "".join(path.read_text() for path in computer.work.glob("*.yaml"))
    window.columns()
    assert window.figure("create") == 1
    assert window.quiet()


def test_the_key_is_checked_once_and_said_to_work(window, rotor, computer):
    asked = lambda: [request.path for request in rotor.requests()]  # noqa: E731 - as short as it is
    window.tab.check("input[name=to][value=rotor]")
    assert asked() == []  # before there is a file, nothing is asked
    chosen(window, computer.file("a.csv", "Phone,Name\n763 555 0100,Ada\n"))
    window.tab.wait_for_selector("text=It works")
    said = "Key found in ROTOR_API_KEY. It works: can read and write customers, 999 of 1,000 requests left today."
    assert said in words(window)
    window.visit("/file")
    assert "It works" in words(window)
    window.next("columns")
    assert len(asked()) == 1
    assert KEY not in window.tab.content()
    assert window.quiet()


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ("customers:read", "It can read customers, but not write them, so it can plan but not import."),
        ("customers:write", "It can write customers, but not read them"),
    ],
)
def test_a_key_that_may_not_do_all_says_what_it_may(tmp_path, serve, scopes, said):
    rotor = Rotor(keys={KEY: frozenset([scopes])})
    with rotor.sandbox:
        running = serve(Computer(tmp_path, rotor))
        with running.client() as client:
            client.upload("a.csv", "Phone,Name\n763 555 0100,Ada\n")
            assert said in client.post("/file/key").json()["words"]
            assert client.post("/file/next", to="rotor").json() == {"go": "/columns"}
        running.end()


def test_a_key_that_is_refused_or_not_there_stops_before_rotor_and_says_how_to_give_one(tmp_path, serve, open_window):
    rotor = Rotor(keys={"another-key": frozenset(["customers:read"])})
    with rotor.sandbox:
        computer = Computer(tmp_path, rotor)
        running = serve(computer)
        given.take(running.workspace, computer.file("a.csv", "Phone,Name\n763 555 0100,Ada\n"))
        window = open_window(running)
        window.tab.wait_for_selector("#refused:visible")
        assert "Rotor refused the key in ROTOR_API_KEY." in words(window)
        window.tab.click("[data-action=next]")
        window.tab.wait_for_selector("#fault:visible")
        window.tab.click("summary")
        assert "rotor-import open --key-file rotor-key.txt" in words(window)
        assert KEY not in window.tab.content()
        faultless(window, "refused")
        running.end()
        computer.settings = replace(computer.settings, key="")
        running = serve(computer)
        window = open_window(running)
        assert "An API key is needed. See below how to give one." in words(window.visit("/file"))
        window.tab.check("input[name=to][value=rotor]")
        window.tab.click("[data-action=next]")
        window.tab.wait_for_selector("#fault:visible")
        assert "none was found" in words(window)
        window.tab.check("input[name=to][value=sandbox]")
        window.next("columns")
        running.end()


def test_a_file_that_was_moved_is_said_to_be_gone_and_is_back_once_it_is(client, running, computer):
    file = computer.file("a.csv", "Phone,Name\n763 555 0100,Ada\n")
    given.take(running.workspace, file)
    away = file.rename(computer.folder / "b.csv")
    page = client.get("/file").text
    assert "is gone" in page
    assert str(file) in page
    assert client.post("/file/next", to="sandbox").status_code == 400
    for path in ("/", "/columns", "/plan", "/review", "/import", "/history"):
        assert client.get(path).status_code < 500, path
    away.rename(file)
    assert "1 row, 2 columns" in client.get("/file").text


def test_a_window_that_is_too_late_is_told_so(window, running, open_window, computer):
    window.file(SAMPLES / "workiz_clients.csv")
    other = open_window(running, like=window)
    other.visit("/file")
    chosen(other, computer.file("b.csv", "Phone,Name\n763 555 0100,Ada\n"))
    window.tab.click("[data-action=next]")
    window.tab.wait_for_selector("#fault:visible")
    assert "Another file was chosen in another window. Reload this page." in words(window)
    assert window.quiet(refused=True)


def test_a_page_that_the_browser_kept_is_loaded_anew_when_it_goes_back(window):
    with window.tab.expect_navigation():
        window.tab.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) }")


def test_who_has_no_link_is_told_so_in_the_pages_own_looks(running, open_window, chromium):
    context = chromium.new_context()
    window = open_window(running)
    window.tab = context.new_page()
    window.tab.goto(running.origin)
    assert "This page needs the link that opens it" in words(window)
    assert window.tab.evaluate("getComputedStyle(document.querySelector('.notice')).borderLeftWidth") == "4px"
    assert window.accessible() == []
    context.close()


@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_every_systems_export_is_recognized(sample):
    found = look_at(sample)
    system = found.system.replace(" ", "_").casefold()
    assert found.preset in {one.name for one in presets()}
    assert sample.stem.startswith(("apple_contacts", "outlook") if found.preset in ("vcard", "outlook") else system)


def test_corrections_of_one_sheet_are_not_used_for_the_rows_of_another(client, running):
    rows = [["Name", "Phone"], ["Ann", ""], ["Bo", "763-555-0100"]]
    client.upload("clients.xlsx", xlsx(sheets={"Leads": rows, "Customers": rows}))
    desk = running.workspace.desk
    assert client.post("/file/sheet", sheet="Leads").json() == {"go": "/file"}
    desk.corrections.write_text("row,column,was,now\n2,Phone,,763-555-0101\n")
    assert client.post("/file/sheet", sheet="Customers").json() == {"go": "/file"}
    assert not desk.corrections.exists()
