"""Pairs that were asked about are known by any name of their people, at once however many there are."""

import time

from rotor_import.model.duplicates import AskedPair, SettledPairs


def test_a_pair_is_found_by_any_name_of_its_people_in_either_order():
    settled = SettledPairs([AskedPair("q", "row:1", "id:7", "different")])
    assert settled.have(["row:0", "row:1"], ["id:7"])
    assert settled.have(["id:7"], ["row:1"])
    assert not settled.have(["row:1"], ["row:2"])


def test_a_hundred_thousand_pairs_are_looked_up_one_by_one():
    count = 100_000
    settled = SettledPairs(AskedPair(f"{n}", f"a{n}", f"b{n}") for n in range(count))
    start = time.process_time()
    assert all(settled.have([f"b{n}"], [f"a{n}"]) for n in range(count))
    assert time.process_time() - start < 10
