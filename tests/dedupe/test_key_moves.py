"""A key that both the file and somebody in Rotor changed."""

from one_by_one import known, rotor, row, run

from rotor_import.dedupe import Background
from rotor_import.model.change import LinkUpdate
from rotor_import.model.decision import Answer, Decision, field_question
from rotor_import.model.row_link import RowLink
from rotor_import.model.three_way import Baseline


class TestThreeWayKeys:
    links = (LinkUpdate(RowLink("k:7", 0, "X", "old", "", "P1", "E1")),)

    def run(self, on_both="hold", *decisions):
        """The file moved the phone from P1 to P2, somebody in Rotor to P3."""
        background = Background(
            baseline=lambda _customer, name: Baseline("P1", "P1") if name == "phone" else Baseline("E1", "E1"),
            decisions=decisions,
            feed="feed",
        )
        return run(
            [row(2, "P2", "E1", key="7")], rotor(known("X", "P3", "E1")), background, links=self.links, on_both=on_both
        )

    def test_a_key_changed_on_both_sides_is_held_alone(self):
        result = self.run()
        assert result.groups[0].keys["phone"] == "P3"
        assert [field.field for field in result.groups[0].held_keys] == ["phone"]

    def test_it_is_asked_about_again_next_time(self):
        assert self.run().links[0].link.phone == "P1"

    def test_the_file_wins_where_the_mapping_says_so(self):
        assert self.run("file").groups[0].keys["phone"] == "P2"

    def test_rotor_wins_where_the_mapping_says_so(self):
        result = self.run("rotor")
        assert result.groups[0].keys["phone"] == "P3"
        assert not result.groups[0].held_keys

    def test_the_file_wins_where_a_person_says_so(self):
        result = self.run("hold", Decision(2, ASKED, "file"))
        assert (result.groups[0].keys["phone"], result.groups[0].held_keys) == ("P2", ())
        assert result.answers == (Answer(ASKED),)

    def test_rotor_wins_where_a_person_says_so_and_the_files_key_is_known_from_then_on(self):
        result = self.run("hold", Decision(2, ASKED, "rotor"))
        assert (result.groups[0].keys["phone"], result.groups[0].held_keys) == ("P3", ())
        assert result.groups[0].key_baselines["phone"] == "P2"
        assert result.links[0].link.phone == "P2"

    def test_a_word_about_other_keys_changes_nothing(self):
        result = self.run("hold", Decision(2, field_question("feed", "X", "phone", "P2", "P9"), "file"))
        assert [field.field for field in result.groups[0].held_keys] == ["phone"]
        assert result.answers == ()


ASKED = field_question("feed", "X", "phone", "P2", "P3")
