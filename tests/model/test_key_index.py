from rotor_import.model.customer import Customer
from rotor_import.model.key_index import KeyIndex


def index():
    return KeyIndex.holding([Customer("A", {}, "P1", "E1"), Customer("B", {}, "P1", ""), Customer("C", {}, "", "E3")])


def test_customers_that_share_a_key_all_hold_it_and_nobody_holds_a_blank():
    assert index().holders("phone", "P1") == {"A", "B"}
    assert index().holders("email", "E3") == {"C"}
    assert index().holders("phone", "P9") == index().holders("phone", "") == set()


def test_a_key_that_moves_is_free_once_its_last_holder_has_another():
    keys = index()
    keys.move("A", "phone", "P2")
    assert keys.holders("phone", "P1") == {"B"}
    keys.move("B", "phone", "")
    assert keys.holders("phone", "P1") == set()
    assert (keys.key("A", "phone"), keys.key("B", "phone"), keys.key("nobody", "phone")) == ("P2", "", "")


def test_whoever_is_added_again_has_the_new_keys_and_no_others():
    keys = index()
    keys.add("A", email="E3")
    assert keys.keys("A") == {"phone": "", "email": "E3"}
    assert (keys.holders("email", "E1"), keys.holders("email", "E3")) == (set(), {"A", "C"})


def test_a_rival_holds_a_key_that_the_customer_itself_does_not():
    keys = index()
    assert keys.rivals("A", [("phone", "P1"), ("email", "E3")]) == {"C"}
    assert keys.rivals("nobody", [("phone", "P1"), ("email", "")]) == {"A", "B"}


def test_what_is_told_of_a_customer_is_a_copy():
    keys = index()
    keys.keys("A")["phone"] = "P9"
    assert keys.key("A", "phone") == "P1"
    assert "A" in keys
    assert "nobody" not in keys
