"""Nobody becomes somebody else, over random files and Rotors of a few people, against an oracle that knows them all."""

import re
from itertools import combinations

from answers import answered, choices, questions, rows_of
from hypothesis import event, given, settings
from hypothesis import strategies as st
from people_worlds import (
    ADDRESS,
    KEYS,
    NAME,
    UNITS,
    are_household,
    are_same,
    are_strangers,
    certain_star,
    clusters,
    components,
    customers,
    rows,
    who_could_be_one,
)
from plain import normal, replay
from rotor import opened
from steps import account

from rotor_import.people import compare, person_from

WORLDS = settings.get_profile("worlds")
LONG = settings.get_profile("long")
WORLD = st.booleans().flatmap(lambda keyed: st.tuples(st.just(keyed), customers(), rows(keyed=keyed)))
TABLES = ("creates.csv", "updates.csv", "review.csv", "rejects.csv", "merges.csv")
OUT = ("held", "rejected", "left_out", None)


@settings(WORLDS)
@given(found=rows(most=4))
def test_each_two_are_to_each_other_what_they_plainly_are(found):
    for one, other in combinations(found, 2):
        for key in sorted(name for name, _ in one.shared(other)):
            if are_same(one, other):
                assert verdict(one, other, key) == "same"
            elif are_household(one, other):
                assert verdict(one, other, key) == "household"
            elif are_strangers(one, other):
                assert verdict(one, other, key) == "stranger"


def verdict(one, other, key):
    people = [person_from(seen.values, seen.key("phone"), seen.key("email")) for seen in (one, other)]
    return compare(*people, key).verdict


class Scene:
    """An account whose Rotor holds some of the people, and a file of rows of them."""

    def __init__(self, steps, before, rows):
        self.steps = steps
        known = steps.office.rotor.seed(
            [{name: value for name, value in one.values.items() if value} for one in before]
        )
        self.before = dict(zip(known, before, strict=True))
        self.held_before = steps.customers()
        self.put(rows)

    def put(self, rows):
        """Another file in the place of the one before."""
        self.rows = rows
        self.everybody = [*rows, *self.before.values()]
        self.node = {id_: at for at, id_ in enumerate(self.before, start=len(rows))}
        self.steps.write_rows([one.values for one in rows])

    def numbered(self):
        """The rows by the numbers that a spreadsheet shows."""
        return dict(enumerate(self.rows, start=2))

    def customer_of(self, outcome):
        """Of each row that was imported, whose it is: Rotor's id."""
        lines = outcome.table("rows.csv")
        return {int(line["row"]): line["id"] for line in lines if line["disposition"] not in OUT}

    def sources(self, outcome):
        """By Rotor's ids, who was seen as that customer."""
        found = {id_: [one] for id_, one in self.before.items()}
        for row, id_ in self.customer_of(outcome).items():
            found.setdefault(id_, []).append(self.numbered()[row])
        return found

    def whom(self):
        """Who is in Rotor, by keys alone; ids only of those who were there before."""
        return by_keys(self.steps.customers(), self.before)


def by_keys(customers, known):
    return sorted(
        (one["id"] if one["id"] in known else "", *(normal(key, one.get(key)) for key in KEYS)) for one in customers
    )


def check_apart(scene, outcome, **more):
    """No customer has rows of people who could only be one if strangers were."""
    group = who_could_be_one(scene.everybody, **more)
    found = {id_: {group[at]} for id_, at in scene.node.items()}
    for row, id_ in scene.customer_of(outcome).items():
        found.setdefault(id_, set()).add(group[row - 2])
    assert all(len(groups) == 1 for groups in found.values())


def check_units(scene, outcome, units=UNITS):
    """No name and no address that nobody has: one row's or Rotor's, completed by those that agree with it.

    What a row leaves blank of a name, a relative may fill: a person is asked about them.
    """
    sources, customer_of = scene.sources(outcome), scene.customer_of(outcome)
    asked = {customer_of.get(row) for line in questions(outcome, "household") for row in rows_of(line)}
    for one in scene.steps.customers():
        for unit in units:
            if unit is NAME and one["id"] in asked:
                continue
            assert any(supplies(source, one, unit, sources[one["id"]], scene) for source in sources[one["id"]]), one


def supplies(source, customer, unit, sources, scene):
    shown = {name: customer.get(name) or "" for name in unit}
    if any(source.values[name] not in ("", shown[name]) for name in unit):
        return False
    missing = [name for name in unit if shown[name] and not source.values[name]]
    return all(
        any(other.values[name] == shown[name] and agree(source, other, unit, scene) for other in sources)
        for name in missing
    )


def agree(one, other, unit, scene):
    if unit is NAME:
        in_rotor = any(one is known or other is known for known in scene.before.values())
        blank = not (one.values["first_name"] and other.values["first_name"])
        related = one.truth.family is other.truth.family or len(one.shared(other)) > 1
        return one.truth is other.truth or (related and (blank or in_rotor))
    return not (one.place and other.place) or one.place == other.place


def check_questions(scene, outcome):
    """Nobody is asked whether people are one who plainly are, and held is what is asked about."""
    fates = outcome.fates()
    for line in questions(outcome):
        if line["kind"] not in ("stranger", "household"):
            continue
        asked = [scene.numbered()[row] for row in sorted(rows_of(line) | {int(row) for row in [line["a_row"]] if row})]
        asked += scene.sources(outcome).get(line["a_id"], [])
        assert not all(are_same(asked[0], one) for one in asked[1:]), line
        if line["kind"] == "stranger":
            assert {fates[row] for row in rows_of(line)} == {"held"}


def check_stars(scene, outcome):
    """Where all who are joined at all are joined by one key, and each two plainly are who they are."""
    for numbers in clusters(scene.everybody):
        members = [scene.everybody[at] for at in numbers]
        if len(members) == 1 or certain_star(members) is None:
            continue
        party = components(members, lambda one, other: are_same(one, other) or are_household(one, other))
        in_rotor = [at for at, number in enumerate(numbers) if number >= len(scene.rows)]
        stays = {party[at] for at in in_rotor}
        file = {number + 2: party[at] for at, number in enumerate(numbers) if number < len(scene.rows)}
        strangers = {row for row, one in file.items() if one not in stays} if len(set(party)) > 1 else set()
        fates = outcome.fates()
        assert {row for row in file if fates[row] == "held"} == strangers
        asked = [line for line in questions(outcome, "stranger") if rows_of(line) & set(file)]
        assert [rows_of(line) for line in asked] == ([strangers] if strangers else [])
        if not strangers:
            households = [line for line in questions(outcome, "household") if rows_of(line) & set(file)]
            assert bool(households) == any(are_household(members[0], one) for one in members)
        event(f"star: {len(set(party))} parties, {len(in_rotor)} in Rotor")


def check_sent(scene, fates):
    """Who is in Rotor is what sending every row that was kept would make, where phones and emails alone join rows."""
    kept = [one.values for row, one in scene.numbered().items() if fates.get(row) not in OUT]
    source_keys = [key for key in (values.get("key") for values in kept) if key]
    if len(set(source_keys)) == len(source_keys):
        assert scene.whom() == by_keys(replay(scene.held_before, kept), scene.before)


def check(scene, outcome):
    check_apart(scene, outcome)
    check_units(scene, outcome)
    check_questions(scene, outcome)
    check_stars(scene, outcome)


def settled(fates):
    """As they are the next time, when all that was to be sent was sent."""
    return {row: "unchanged" if fate in ("create", "update") else fate for row, fate in fates.items()}


def seen_again(outcome):
    """All but households of whom one was in Rotor: it says of itself now what the row says."""
    joined = {line["question"] for line in questions(outcome, "household") if line["a_id"]}
    return names_of(outcome) - joined


def names_of(outcome, kind=None):
    return {line["question"] for line in questions(outcome, kind)}


@settings(LONG)
@given(world=WORLD, data=st.data())
def test_no_two_strangers_become_one_and_nobody_is_made_of_two(world, data):
    keyed, before, file = world
    with account(keyed=keyed) as steps:
        scene = Scene(steps, before, file)
        planned = steps.plan()
        outcome = steps.run()
        for table in TABLES:
            assert outcome.table(table) == planned.table(table)
        check(scene, outcome)
        fates = outcome.fates()
        check_sent(scene, fates)

        again = steps.run()
        assert (again.posts, again.fates()) == (0, settled(fates))
        assert seen_again(outcome) <= names_of(again) <= names_of(outcome)

        scene.put(data.draw(st.permutations(file)))
        permuted = steps.run()
        assert permuted.posts == 0
        assert names_of(permuted) == names_of(again)


@settings(LONG)
@given(world=WORLD, data=st.data())
def test_whoever_comes_later_changes_nothing_about_those_who_were_imported(world, data):
    """First some of the rows, then all of them in another order."""
    keyed, before, file = world
    with account(keyed=keyed) as steps:
        scene = Scene(steps, before, file[: data.draw(st.integers(1, len(file)))])
        first = scene.customer_of(steps.run())
        order = data.draw(st.permutations(range(len(file))))
        numbers = {at + 2: number for number, at in enumerate(order, start=2)}
        scene.put([file[at] for at in order])
        outcome = steps.run()
        then = scene.customer_of(outcome)
        assert {row: then.get(numbers[row]) for row in first} == first
        check_apart(scene, outcome)
        check_questions(scene, outcome)
        again = steps.run()
        assert (again.posts, again.fates()) == (0, settled(outcome.fates()))


@settings(LONG)
@given(world=WORLD, data=st.data())
def test_in_either_of_two_feeds_the_order_of_rows_is_no_change(world, data):
    keyed, before, file = world
    cut = data.draw(st.integers(0, len(file)))
    with account(keyed=keyed) as steps:
        scene = Scene(steps, before, file)
        asked = {}
        for night in range(3):
            for feed, part in (("one", file[:cut]), ("other", file[cut:])):
                if part:
                    steps.as_feed(feed)
                    scene.put(data.draw(st.permutations(part)) if night else part)
                    outcome = steps.run()
                    before, asked[feed] = asked.get(feed), names_of(outcome, "stranger")
                    if night == 2:  # in the second, each feed meets whom the other one made
                        assert (outcome.posts, asked[feed]) == (0, before)


@settings(LONG)
@given(world=WORLD)
def test_by_rotors_rule_nobody_is_asked_about_strangers_and_no_address_is_made_of_two(world):
    """What one row leaves blank of a name, a stranger's row may fill: by that rule they are one."""
    keyed, before, file = world
    with account(keyed=keyed, more="on_stranger: merge") as steps:
        scene = Scene(steps, before, file)
        outcome = steps.run()
        assert questions(outcome, "stranger") == []
        fates = outcome.fates()
        check_sent(scene, fates)
        check_units(scene, outcome, [ADDRESS])
        assert steps.run().posts == 0


@settings(LONG)
@given(world=WORLD, keyless=st.booleans())
def test_apart_by_the_mapping_no_two_strangers_become_one_and_one_of_them_has_the_key(world, keyless):
    keyed, before, file = world
    with account(keyed=keyed, more="on_stranger: separate", allow_keyless=keyless) as steps:
        scene = Scene(steps, before, file)
        outcome = steps.run()
        check_apart(scene, outcome)
        check_units(scene, outcome)
        held = [values for _, *keys in scene.whom() for values in zip(KEYS, keys, strict=True) if values[1]]
        assert len(held) == len(set(held))
        again = steps.run()
        assert (again.posts, again.fates()) == (0, settled(outcome.fates()))


@settings(LONG)
@given(world=WORLD)
def test_with_hold_suspicious_no_household_becomes_one_either(world):
    keyed, before, file = world
    with account(keyed=keyed, hold_suspicious=True) as steps:
        scene = Scene(steps, before, file)
        outcome = steps.run()
        check_apart(scene, outcome, households=False)
        assert steps.run().posts == 0


class Answers:
    """A random word for each question, and which questions were alone with their rows."""

    def __init__(self, data, outcome, scene):
        lines = questions(outcome)
        self.lines = {line["question"]: line for line in lines}
        self.words = {
            name: data.draw(st.sampled_from(["", *possible(line, scene)])) for name, line in self.lines.items()
        }
        self.alone = [
            name
            for name, line in self.lines.items()
            if not any(rows_of(line) & rows_of(other) for other in lines if other is not line)
        ]

    def file(self, office, outcome):
        return answered(office, outcome, lambda line: self.words[line["question"]])

    def refused(self, outcome):
        """The questions whose decision was not applied: it left a row no key at all, came too late, or fits no more.

        A relative of somebody in Rotor who was imported is what that customer's name says now. And what is said to one
        question may change what another one is about: its rows are held then, or went where it wanted them.
        """
        words = [note for note in outcome.summary["notes"] if note.startswith("Decisions not applied")]
        found = {int(line): why for note in words for line, why in re.findall(r"line (\d+) \([^)]*\): ([^;]*)", note)}
        refused = {
            line["question"]: found[number]
            for number, line in enumerate(self.lines.values(), start=2)
            if number in found
        }
        for name, why in refused.items():
            late = self.lines[name]["kind"] == "household" and self.lines[name]["a_id"] and "no longer asked" in why
            several = len(list(filter(None, self.words.values()))) > 1
            other = several and any(
                word in why for word in ("could be other customers", "another of your decisions", "no longer asked")
            )
            assert late or other or "couldn't be matched later" in why
        return refused


def possible(line, scene):
    """The question's choices; nobody may be left without any phone and email by a word about all of its rows."""
    keys = [(name, one.key(name)) for one in map(scene.numbered().get, rows_of(line)) for name in KEYS if one.key(name)]
    return [word for word in choices(line) if word != "ignore" or len(set(keys)) > 1]


def holders(steps, name, key):
    return [one for one in steps.customers() if normal(name, one.get(name)) == key]


def shared_key(scene, line):
    """The key that the question is about, where its rows and side A have only one in common."""
    seen = [scene.numbered()[row] for row in rows_of(line)]
    seen += [scene.before[line["a_id"]]] if line["a_id"] in scene.before else []
    common = set.intersection(*({(name, one.key(name)) for name in KEYS if one.key(name)} for one in seen))
    return common.pop() if len(common) == 1 else None


def check_word(scene, outcome, word, line, before):
    """What a person said about strangers is what became of them."""
    fates = outcome.fates()
    if word == "skip":
        assert {fates[row] for row in rows_of(line)} == {"left_out"}
        return
    customers_of = scene.customer_of(outcome)
    key = shared_key(scene, line)
    if key is None or not rows_of(line) <= set(customers_of):
        return
    event(f"decided: {word}")
    ids = {customers_of[row] for row in rows_of(line)}
    if word == "same":
        assert len(ids | ({line["a_id"]} - {""})) == 1
        return
    holding = {one["id"] for one in holders(scene.steps, *key)}
    if word == "ignore":
        assert holding <= before[key]
        return
    assert len(holding) == 1
    if line["a_id"] and not before[key]:
        assert holding <= ids  # A gave the key up in the run that asked
        return
    assert holding == {line["a_id"] or customers_of[int(line["a_row"])]}
    assert len(ids | holding) > 1
    digits = key[1].removeprefix("+1")
    for one in scene.steps.customers():
        if one["id"] in ids - holding:
            notes = (one.get("notes") or "").casefold()
            assert digits in (notes if key[0] == "email" else "".join(filter(str.isdigit, notes)))


@settings(LONG)
@given(world=WORLD, data=st.data(), dry=st.booleans())
def test_what_a_person_decides_is_done_and_not_asked_again(world, data, dry):
    keyed, before, file = world
    with account(keyed=keyed) as steps:
        scene = Scene(steps, before, file)
        asked = steps.plan() if dry else steps.run()
        if not questions(asked):
            return
        answers = Answers(data, asked, scene)
        had = held_by_whom(steps, file)
        given_back = answers.file(steps.office, asked)
        planned = steps.plan(decisions=given_back)
        outcome = steps.run(decisions=given_back)
        for table in TABLES:
            assert outcome.table(table) == planned.table(table)
        refused, fates = answers.refused(outcome), outcome.fates()
        for name in answers.alone:
            line, word = answers.lines[name], answers.words[name]
            if not word or line["kind"] != "stranger":
                continue
            if "no longer asked" in refused.get(name, "no longer asked"):
                check_word(scene, outcome, word, line, had)
            else:
                assert {fates[row] for row in rows_of(line)} == {"held"}
        if dry:  # else what was merged and sent stays: a blank takes nothing away
            check_units(scene, outcome, [ADDRESS])  # whom a person puts together may have any name
        again = steps.run()
        assert (again.posts, again.fates()) == (0, settled(outcome.fates()))
        said = {name for name in answers.alone if answers.words[name]}
        assert said & names_of(again) <= refused.keys()


def test_rows_that_somebody_separates_join_nobody_through_another_decision():
    """Omar is to be kept apart from Nora, but a row that has both their keys is said to be Nora's."""
    nora = {"first_name": "Nora", "last_name": "Vance", "phone": "(763) 555-0210"}
    omar = {"key": "omar", "first_name": "Omar", "last_name": "Reyes", "phone": nora["phone"]}
    jose = {"key": "jose", "first_name": "José", "last_name": "Núñez"}
    with opened(strangers="hold") as office:
        office.rotor.seed([nora])
        office.write(
            [
                omar | {"email": "omar@example.com"},
                jose | {"phone": "(763) 555-0202", "email": "jose@example.com"},
                jose | {"phone": nora["phone"], "email": "none@example.com"},
                omar | {"email": "none@example.com"},
            ]
        )
        words = {"conflict": "use B", "stranger": "separate"}
        outcome = office.run(decisions=answered(office, office.run(), lambda line: words[line["kind"]]))
        assert (outcome.fates()[2], outcome.fates()[5]) == ("held", "held")
        assert "Omar" not in [one["first_name"] for one in office.rotor.customers() if one["phone"] == nora["phone"]]


def held_by_whom(steps, file):
    keys = {(name, one.key(name)) for one in file for name in KEYS}
    return {key: {one["id"] for one in holders(steps, *key)} for key in keys}
