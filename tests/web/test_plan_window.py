"""The plan in a real browser: unfolded, searched, filtered, by keyboard, and at every width."""

from dataclasses import replace
from threading import Event

import pytest
from browser import LONGEST, fits
from plans import BUSY, HEAD, IN_ROTOR, Before

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</td></tr></table><svg onload=alert(3)>",
    "{{ 7 * 7 }}",
    "' onmouseover='alert(4)",
    "\u202egnp.exe\u2066",
    "W" * 3000,
]
WIDE = "Konstantinos-Maximilian-Wolfeschlegelsteinhausenbergerdorff-Papadimitriou"


def lines(window):
    return window.tab.locator("#lines tbody tr[data-line]")


def found(window, words):
    window.tab.wait_for_function("words => document.getElementById('found').textContent.startsWith(words)", arg=words)


@pytest.fixture
def busy(computer, window, rotor):
    rotor.seed(IN_ROTOR)
    return window.planned(computer.file("clients.csv", BUSY), to="rotor")


def test_it_is_searched_filtered_and_unfolded_without_loading_the_page_anew(busy):
    tab = busy.tab
    tab.evaluate("window.isTheSame = true")
    tab.get_by_label("Search all customers and rows").fill("gus OTT")
    found(busy, "1 found")
    assert lines(busy).count() == 1
    button = lines(busy).locator("button.unfold")
    inner = tab.locator("#lines tr[data-line] + tr")
    assert not inner.is_visible()
    button.click()
    assert (button.get_attribute("aria-expanded"), inner.is_visible()) == ("true", True)
    assert "(763) 555-0107" in inner.inner_text()
    assert "From row 8" in inner.inner_text()
    tab.wait_for_url("**/plan?q=gus+OTT")
    tab.get_by_label("Search all customers and rows").fill("")
    tab.locator("input[name=fate][value=held]").check()
    found(busy, f"{busy.tab.locator('input[name=fate][value=held] + .num').inner_text()} found")
    tab.locator("#lines tr[data-line]:not([data-fate=held])").first.wait_for(state="detached")
    tab.locator(".figure", has=tab.locator("[data-figure=update]")).click()
    tab.wait_for_url("**/plan?fate=update")
    found(busy, "1 found")
    assert tab.locator("input[name=fate]:checked").get_attribute("value") == "update"
    assert tab.evaluate("document.activeElement.id") == "customers"
    tab.go_back()
    tab.wait_for_function("document.querySelector('input[name=fate]:checked').value === 'held'")
    assert tab.evaluate("window.isTheSame")
    tab.goto(f"{busy.origin}/plan?q=763.555.0107")  # what was found can be linked
    assert (lines(busy).count(), tab.locator("#find").input_value()) == (1, "763.555.0107")
    assert busy.quiet()


def test_it_is_used_by_keyboard_alone(busy):
    tab = busy.tab
    tab.locator("#find").focus()
    tab.keyboard.type("nobody")
    tab.wait_for_url("**/plan?q=nobody")  # all of it: what was typed slowly is looked for before it is whole
    found(busy, "1 found")
    tab.keyboard.press("Tab")  # the filters
    tab.keyboard.press("Tab")
    focused = tab.locator(":focus")
    assert focused.get_attribute("aria-expanded") == "false"
    tab.keyboard.press("Enter")
    assert focused.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("Space")
    assert focused.get_attribute("aria-expanded") == "false"
    tab.keyboard.press("Tab")
    assert tab.locator(":focus").inner_text() == "Fix"


def test_hostile_cells_are_shown_as_they_are(computer, window):
    rows = [f'"{cell}","{cell}","{cell}",,h{at}@example.com,\n' for at, cell in enumerate(HOSTILE)]
    window.planned(computer.file("<img src=x>.csv", HEAD + "".join(rows)))
    for button in lines(window).locator("button.unfold").all():
        button.click()
    shown = window.tab.locator("#lines").inner_text()
    assert all(cell in shown for cell in HOSTILE[:5])
    for cell in HOSTILE:
        window.tab.locator("#find").fill(cell[:80])
        window.tab.locator("#find").press("Enter")
        window.tab.wait_for_function("words => document.getElementById('find').value === words", arg=cell[:80])
    assert window.tab.locator("#lines img, #lines script").count() == 0
    assert window.quiet()


def test_it_breaks_no_rule_of_accessibility_and_never_scrolls_sideways(computer, serve, open_window, rotor):
    rotor.seed(IN_ROTOR)
    long = f"{WIDE},{WIDE},{WIDE},763-555-0109,{WIDE.lower()[:60]}@example.com,{WIDE}\n"
    running = serve()
    window = open_window(running).planned(computer.file("clients.csv", BUSY + long), to="rotor")
    for scheme in ("light", "dark"):
        window.tab.emulate_media(color_scheme=scheme)
        for width in (1280, 768, 390, 320):
            window.tab.set_viewport_size({"width": width, "height": 900})
            window.visit("/plan")
            for button in lines(window).locator("button.unfold").all()[::3]:
                button.click()
            assert fits(window)
            if width in (1280, 390):
                assert window.accessible() == []
    assert window.quiet()


def test_planning_tells_how_far_it_is_and_then_shows_the_plan(computer, running, open_window, rotor):
    rotor.seed({"email": f"p{at}@example.com"} for at in range(1500))
    pages, going = [], Event()

    def before():
        pages.append(1)
        assert len(pages) == 1 or going.wait(LONGEST)  # the second page waits

    jobs = running.workspace.jobs
    jobs.world = replace(jobs.world, transport=Before(jobs.world.transport, before))
    window = open_window(running)
    window.file(computer.file("clients.csv", BUSY), to="rotor")
    window.next("plan")
    window.tab.wait_for_selector("#bar:not([hidden])")
    assert window.tab.locator("#read").inner_text() == "1,000 of 1,500"
    assert window.tab.locator("#stage").text_content() == "Reading Rotor's customers: 1,000 of 1,500"
    assert window.tab.locator("[data-state]").count() == 0
    assert window.accessible() == []
    going.set()
    window.until("planned")
    assert window.figure("create") > 0
    assert window.quiet()
