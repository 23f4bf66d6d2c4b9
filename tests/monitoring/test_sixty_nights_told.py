"""Sixty nights with five incidents of different kinds: five alarms and five all-clears, and nothing else."""

from receivers import receiver
from spent_nights import told

from rotor_import.sandbox import Fault

SHARED = "9000,Zoe,Wyatt,763-555-1000,\n"
"""A stranger who has somebody's phone: held."""


def test_five_incidents_in_sixty_nights_are_five_alarms_and_five_all_clears(nights):
    codes = []
    with receiver(200) as (url, taken):
        for night in range(60):
            nights.key = "revoked" if 10 <= night < 14 else "canary-key"
            nights.rotor.sandbox.suffer(*([Fault.parse("401")] if 10 <= night < 14 else []))
            if 22 <= night < 25:  # people who share a phone are held until the file is put right
                nights.drop_rows(f"c-{night:02}.csv", SHARED, first=f"N{night}")
            elif night == 31:
                nights.put(f"drop/c-{night:02}.csv", "not,a\nproper table")
            elif night == 40:
                nights.drop_rows(f"c-{night:02}.csv", count=5)
            elif night not in (5, 23, 32, 45):  # on some nights no file comes, never on two in a row: it would be late
                nights.drop_rows(f"c-{night:02}.csv", first=f"N{night}")
            if night in (50, 51):
                nights.rotor.sandbox.suffer(Fault.parse("503"))
            if night == 41:  # the person looked, and the file of the night before was wrong
                (nights.drop / "c-40.csv").unlink()
            codes.append(nights.night("--notify", f"{url}/hook?canary-token").returncode)
    assert [night for night, code in enumerate(codes) if code == 5] == [10, 11, 12, 13]
    assert [night for night, code in enumerate(codes) if code == 3] == [22, 23, 24]
    assert [(night, code) for night, code in enumerate(codes) if code in (2, 7, 8)] == [
        (31, 2),
        (40, 8),
        (50, 7),
        (51, 7),
    ]
    assert told(taken) == [
        *(("alarm", 5), ("all_clear", 0)),
        *(("alarm", 3), ("all_clear", 0)),
        *(("alarm", 2), ("all_clear", 0)),
        *(("alarm", 8), ("all_clear", 0)),
        *(("alarm", 7), ("all_clear", 0)),
    ]
    for alarm, clear in zip(taken[::2], taken[1::2], strict=True):
        assert alarm.json["since"] == clear.json["since"]
        assert (alarm.json["feed"], clear.json["feed"]) == ("clients", "clients")
    assert nights.ledger.is_file()
