"""A ledger that version 1 wrote in two nights, the second of which had no request left to send."""

import sqlite3
from contextlib import closing

from version_1 import write_version_1

from rotor_import.ledger import schema

ANN_IN_ROTOR = "a270e462-7981-45a5-b021-609909ae3822"


def test_it_is_migrated_and_its_nights_go_on(box_with):
    box = box_with("drop: full")
    office = box.office
    write_version_1(office.settings.ledger)
    office.hands.at = 1_800_172_800.0
    ann = {"phone": "763-555-0100", "first_name": "Ann"}
    office.rotor.seed([ann | {"id": ANN_IN_ROTOR}])
    night = box.night()
    assert night.report.error is None
    assert [(one["id"], one["first_name"]) for one in office.rotor.customers()] == [(ANN_IN_ROTOR, "Old")]
    box.put("2026-11-01.csv", [ann | {"key": "1"}])
    assert box.night().summary["drop"]["known"] == ["2026-11-01.csv"]
    box.put("2026-11-03.csv", [ann | {"key": "1"}])
    assert box.night().summary["drop"]["taken"] == ["2026-11-03.csv"]
    assert [one["first_name"] for one in office.rotor.customers()] == ["Ann"]
    with closing(sqlite3.connect(office.settings.ledger)) as ledger:
        assert ledger.execute("SELECT value FROM meta WHERE name = 'version'").fetchall() == [(str(schema.VERSION),)]
    with closing(sqlite3.connect(f"{office.settings.ledger}.v1")) as copy:
        assert copy.execute("SELECT value FROM meta WHERE name = 'version'").fetchall() == [("1",)]
