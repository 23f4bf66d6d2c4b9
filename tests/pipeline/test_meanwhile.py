"""What one program keeps in the ledger while another one sends."""

from dataclasses import replace

import pytest

from rotor_import import plan_import

ADA = {"key": "1", "phone": "(763) 555-0100", "first_name": "Ada"}


@pytest.mark.parametrize("more", [{"directory": "ledger"}, {"directory_max_age": 3600.0}])
def test_whom_a_run_creates_while_a_plan_reads_the_list_is_known_afterwards(office, more):
    office.write([ADA])
    runs = []

    def progress(what, _done, _total):
        if what == "reading Rotor" and not runs:
            runs.append(office.run())

    world = replace(office.world, progress=progress)
    plan_import([office.file], str(office.mapping), office.settings, world)
    assert runs[0].summary["sent"]["created"] == 1
    again = office.run(**more)
    assert (again.posts, again.summary["rows"]["held"]) == (0, 0)
    assert (again.summary["directory"]["source"], again.summary["directory"]["customers"]) == ("ledger", 1)
