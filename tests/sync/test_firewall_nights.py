"""A record that a firewall refuses blocks no night."""

from firewall import behind, people, poison, sent


def test_nights_go_on_past_a_record_that_a_firewall_refuses(box):
    wall = behind(box.office, poison)
    box.put("a.csv", people(8, {4}))
    assert box.night().summary["sent"]["failed"] == 1
    seen = wall.number
    for at in range(3):
        box.put(f"b{at}.csv", people(8 + at + 1, {4}))
        outcome = box.night()
        assert sent(outcome) == {"created": 1}
    assert wall.number == seen + 3
    assert box.names() == []


def test_nights_of_deltas_go_on_past_a_lone_record_that_a_firewall_refuses(box):
    box.office.mapping.write_text(box.office.mapping.read_text() + "drop: delta\n")
    box.put("a.csv", people(3))
    box.night()
    behind(box.office, poison)
    box.put("b.csv", [people(4, {4})[3]])
    assert sent(box.night()) == {"failed": 1}
    box.put("c.csv", [people(5)[4]])
    assert sent(box.night()) == {"created": 1}
