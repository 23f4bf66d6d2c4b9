"""A whole import by keyboard alone: whatever is needed can be reached with Tab, and is pressed with a key."""

from windows import SAMPLES

MOST = 400
"""So many times Tab is pressed at most."""


def reach(tab, what):
    """Goes on with Tab until `what`, a CSS selector, has the focus."""
    for _ in range(MOST):
        if tab.evaluate(f"document.activeElement.matches({what!r})"):
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {what} on {tab.url}")


def press(tab, what, key="Enter"):
    reach(tab, what)
    with tab.expect_navigation():
        tab.keyboard.press(key)


def file_chooser(tab, key="Enter"):
    """What the key opens.

    That the browser hands it over, instead of showing it, is asked for without an answer. The key must not overtake
    that, so the page is asked something between them.
    """
    with tab.expect_file_chooser() as chooser:
        assert tab.evaluate("document.hasFocus()")
        tab.keyboard.press(key)
    return chooser.value


def test_from_the_file_to_imported_by_keyboard_alone(window):
    tab = window.tab
    reach(tab, "input[type=file]")
    chooser = file_chooser(tab)
    with tab.expect_navigation():
        chooser.set_files(SAMPLES / "workiz_clients.csv")
    reach(tab, "input[name=to]")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Space")
    assert tab.locator("input[name=to][value=sandbox]").is_checked()
    press(tab, "[data-action=next]")
    press(tab, "[data-action=next]")
    window.until("planned")
    reach(tab, "button[aria-expanded]")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    while not tab.url.endswith("/import"):
        press(tab, "[data-action=next]")
    press(tab, "[data-action=start]")
    window.until("complete")
    assert window.quiet()
