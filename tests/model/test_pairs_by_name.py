"""Pairs that were asked about are known by any name of their people."""

from rotor_import.model.duplicates import AskedPair, PairsByName


def test_a_pair_is_found_by_any_name_of_its_people_in_either_order():
    pairs = PairsByName([AskedPair("q", "row:1", "id:7", is_settled=True)])
    assert pairs.have(["row:0", "row:1"], ["id:7"])
    assert pairs.have(["id:7"], ["row:1"])
    assert not pairs.have(["row:1"], ["row:2"])
