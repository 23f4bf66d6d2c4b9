"""From a file to the customers in Rotor, in a real browser."""

import pytest
from windows import SAMPLES


@pytest.mark.parametrize("to", ["sandbox", "rotor"])
def test_a_sample_goes_from_the_file_to_imported(window, rotor, to):
    window.planned(SAMPLES / "workiz_clients.csv", to)
    planned = window.figure("create")
    assert planned > 0
    assert (rotor.posts() if to == "rotor" else 0) == 0
    window.visit("/import")
    window.tab.click("[data-action=start]")
    window.until("complete")
    assert (rotor.posts() == planned) == (to == "rotor")
    assert window.quiet()
