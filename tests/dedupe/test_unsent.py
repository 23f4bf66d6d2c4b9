"""Changes that are planned and not sent yet count, the feed's own and those of other feeds."""

from one_by_one import groups, held, known, rotor, row, run

from rotor_import.dedupe import Background, PendingElsewhere, PendingKeys
from rotor_import.model.change import LinkUpdate
from rotor_import.model.row_link import RowLink


class TestPendingChanges:
    def test_of_another_feed_are_waited_for(self):
        elsewhere = PendingElsewhere(keys={("phone", "P1"): "web"})
        hold = held(run([row(2, "P1")], background=Background(elsewhere=elsewhere)))[2]
        assert "web" in hold.reason
        assert not hold.sticky

    def test_of_the_own_feed_count_as_sent(self):
        """r1 and r2 are one planned customer, unsent; r3 took P1 and is in Rotor: r1 must not join it."""
        rows = [row(2, "P1", "E1"), row(3, "P2", "E1"), row(4, "P1", "E3")]
        links = [
            LinkUpdate(RowLink(f"h:{rows[0].digest}", 0, "new:9", rows[0].digest, "", "P1", "E1")),
            LinkUpdate(RowLink(f"h:{rows[1].digest}", 0, "new:9", rows[1].digest, "", "P2", "E1")),
            LinkUpdate(RowLink(f"h:{rows[2].digest}", 0, "M", rows[2].digest, "", "P1", "E3")),
        ]
        blank = {"phone": "", "email": ""}
        pending = [PendingKeys("new:9", blank, {"phone": "P2", "email": "E1"})]
        result = run(rows, rotor(known("M", "P1", "E3")), Background(pending=pending), links=links)
        assert groups(result) == {"new:9": [2, 3], "M": [4]}
        assert result.groups[0].keys == {"phone": "P2", "email": "E1"}
