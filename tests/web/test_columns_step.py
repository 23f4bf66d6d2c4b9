"""Step 2 in a real browser: a person assigns columns, whatever those are called and whatever is in them."""

import csv
import io
import re
from dataclasses import replace

import pytest
from browser import fits
from windows import SAMPLES

from rotor_import.pipeline import plan_import

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "He said \"no\" & 'yes' {x} \\",
    "x" * 10_000,
    "\u05e9\u05dd \u202e\u05dc\u05e7\u05d5\u05d7",
    "two\nlines",
    "Email",
    "Email",
    "",
]


def written(header, *rows):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def hostile(computer):
    rows = [
        [f"{at} <b>&", "a", "b" * 300, "\u05d0", "c\nd", f"a{at}@example.com", f"b{at}@example.org", "z"]
        for at in range(4)
    ]
    return computer.file("hostile <i>.csv", written(HOSTILE, *rows))


def select(window, column):
    """The select of a column; its name is no part of a selector here, since it may be anything."""
    for one in window.tab.locator("select[data-column]").all():
        if one.get_attribute("data-column") == column:
            return one
    raise AssertionError(column)


def card(window, column):
    return select(window, column).locator("xpath=ancestor::li[contains(@class, 'column')]")


def drawn(window, answer):
    """The answer to a change, once the page shows it: a refusal, or the version that the mapping has now."""
    if "error" in answer:
        window.tab.wait_for_selector("#fault:visible, #yaml-fault:not(:empty)")
    else:
        window.tab.wait_for_function(
            "version => document.getElementById('version').value === version", arg=answer["version"]
        )
    return answer


def choose(window, column, target):
    with window.tab.expect_response("**/columns/assign") as answered:
        select(window, column).select_option(target)
    return drawn(window, answered.value.json())


def typed(window, text):
    window.tab.locator("#as-yaml").evaluate("box => { box.open = true }")
    with window.tab.expect_response("**/columns/yaml") as answered:
        window.tab.fill("#yaml", text)
    return drawn(window, answered.value.json())


def mapping(computer):
    (path,) = computer.work.glob("*.yaml")
    return path.read_text(encoding="utf-8")


def test_columns_are_assigned_and_ordered_and_the_counts_and_the_yaml_follow(window, computer):
    window.file(SAMPLES / "jobber_clients.csv")
    tab = window.tab
    assert tab.inner_text("h1") == "30 of 36 columns will be imported"
    before = mapping(computer)
    phone = "Mobile Phone #s"
    assert "valid" in card(window, phone).locator(".valid").inner_text()
    answer = choose(window, phone, "service_type")
    assert "All valid" in card(window, phone).locator(".valid").inner_text()
    assert answer["yaml"] == tab.input_value("#yaml") == mapping(computer)
    assert 'service_type: "Mobile Phone #s"' in mapping(computer)
    choose(window, phone, "phone")
    assert mapping(computer) == before

    # By keyboard: down by one place, and the focus stays where the person is.
    place = card(window, "Main Phone #s").get_attribute("data-at")
    tab.focus(f"#c{place}-down")
    with tab.expect_response("**/columns/set") as answered:
        tab.keyboard.press("Enter")
    drawn(window, answered.value.json())
    assert 'first_of: ["Mobile Phone #s", "Main Phone #s"' in mapping(computer)
    tab.wait_for_selector(f"#c{place}-down:focus")
    assert "second choice" in select(window, "Main Phone #s").locator("option:checked").inner_text()

    good = mapping(computer)
    line = 1 + next(at for at, text in enumerate(good.splitlines()) if text.startswith("  email: {"))
    assert f"jobber_clients.yaml:{line}:" in typed(window, good.replace("  email: {", "  email {"))["error"]
    tab.wait_for_selector(f"#yaml-fault:has-text('line {line}')")
    assert select(window, "E-mails").input_value() == "email"
    assert mapping(computer) == good
    tab.click("[data-action=next]")  # not with YAML that says something else than what is saved
    tab.wait_for_selector("#yaml:focus")
    typed(window, good.replace("  company_name: Company Name\n", ""))
    tab.wait_for_selector("h1:has-text('29 of 36')")
    assert select(window, "Company Name").input_value() == ""
    window.columns()
    assert window.quiet()


def test_of_two_quick_choices_the_last_one_counts(window, computer):
    window.file(computer.file("zorp.csv", written(["Email", "Zorp"], ["a@example.com", "1"])))
    held = []
    window.tab.route("**/columns/assign", lambda route: held.insert(0, route), times=1)
    with window.tab.expect_request("**/columns/assign"):
        select(window, "Zorp").select_option("company_name")
    select(window, "Zorp").select_option("source")  # before the first choice was answered
    with window.tab.expect_request("**/columns/assign"):
        held[0].continue_()
    window.columns()
    assert "source: Zorp" in mapping(computer)
    window.visit("/columns")
    assert select(window, "Zorp").input_value() == "source"


def test_a_column_that_is_not_imported_can_be_assigned_without_looking_for_it(window, computer):
    window.file(computer.file("spare.csv", written(["Email", "Spare"], ["a@example.com", ""])))
    assert select(window, "Spare").input_value() == ""
    choose(window, "Spare", "source")
    assert "source: Spare" in mapping(computer)


def test_a_name_is_never_anybody_elses_file(window, computer):
    (computer.work / "workiz_clients.yaml").write_text("mine")
    (computer.work / "theirs.yaml").write_text("theirs")
    window.file(SAMPLES / "workiz_clients.csv")
    tab = window.tab
    assert tab.inner_text(".dock [data-name]") == "workiz_clients-2.yaml"
    for name, wanted in (("theirs", "workiz_clients-2.yaml"), ("../../office", "office.yaml")):
        with tab.expect_response("**/columns/name"):
            tab.fill("#name", name)
            tab.press("#name", "Tab")
        tab.wait_for_selector(f".dock [data-name]:has-text('{wanted}')")
    assert {path.name: path.read_text()[:6] for path in computer.work.iterdir()} == {
        "workiz_clients.yaml": "mine",
        "theirs.yaml": "theirs",
        "office.yaml": "# yaml",
    }
    with tab.expect_download() as downloaded:
        tab.locator("#as-yaml").evaluate("box => { box.open = true }")
        tab.click("text=Download")
    assert downloaded.value.suggested_filename == "office.yaml"
    assert window.quiet()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_hostile_columns_are_shown_and_assigned(running, open_window, computer, width, scheme):
    window = open_window(running, width, scheme)
    window.file(hostile(computer))
    names = [one.get_attribute("data-column") for one in window.tab.locator("select[data-column]").all()]
    assert len(names) == len(set(names)) == len(HOSTILE)
    assert set(HOSTILE[:5]) <= set(names)
    window.tab.locator("details").evaluate_all("all => all.forEach(box => { box.open = true })")
    for column, target in zip(HOSTILE[:5], ("source", "name", "property_address", "key", "tags"), strict=True):
        answer = choose(window, column, target)
        assert "error" not in answer, answer
        assert select(window, column).input_value() == target
    assert window.accessible() == []
    assert fits(window)
    assert window.quiet()
    window.columns()


def test_the_saved_mapping_plans_the_same_by_the_command_line(window, computer):
    window.file(SAMPLES / "workiz_clients.csv")
    choose(window, "Company", "source")
    window.columns()
    (saved,) = computer.work.glob("*.yaml")
    settings = replace(computer.settings, sandbox=True)
    plan = plan_import([SAMPLES / "workiz_clients.csv"], saved, settings)
    assert plan.summary["changes"]["create"] == window.figure("create")


def test_two_windows_do_not_undo_each_others_changes(running, open_window, computer):
    window = open_window(running)
    window.file(SAMPLES / "workiz_clients.csv")
    other = open_window(running, like=window).visit("/columns")
    choose(other, "Company", "source")
    assert "another window" in choose(window, "Company", "")["error"]
    assert "source: Company" in mapping(computer)


@pytest.mark.parametrize("at", ["²", "-1", "1" * 5000, "3", ""])
def test_a_column_that_is_not_there_is_refused_in_words(client, at):
    client.upload("clients.csv", "First name,Last name,Email\nPat,Lee,pat@example.com\n")
    client.post("/file/next", to="sandbox")
    client.get("/columns")
    answer = client.get(f"/columns/count?at={at}")
    assert (answer.status_code, answer.json()) == (404, {"error": "There is no such column."})


@pytest.mark.parametrize(
    "values",
    [
        {"at": -1, "option": "split", "value": ","},
        {"at": "9" * 5000, "option": "split", "value": ","},
        {"at": True, "option": "split", "value": ","},
        {"at": 2, "option": "order", "value": 7},
        {"at": 2, "option": "split", "value": 7},
        {"at": 2, "option": "values", "value": ["x"]},
        {"at": 2, "option": "values", "value": {"x": 7}},
        {"at": 2, "option": "null_values", "value": "x", "words": 7},
        {"at": 2, "option": "no such", "value": "x"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused_in_words(client, computer, values):
    client.upload("clients.csv", "First name,Last name,Email\nPat,Lee,pat@example.com\n")
    client.post("/file/next", to="sandbox")
    version = re.search(r'id="version" value="([^"]*)"', client.get("/columns").text)[1]
    before = mapping(computer)
    answer = client.post("/columns/set", version=version, **values)
    assert (answer.status_code, "internal" in answer.json()["error"]) == (200, False)
    assert mapping(computer) == before
