"""A search comes to the same, to a score's last digit, whatever it runs on and however the file is sorted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rotor_import.duplicates import find_duplicates

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
import duplicate_worlds
from duplicate_worlds import records

SEARCH = """
from duplicate_worlds import records
from rotor_import.duplicates import find_duplicates
print(find_duplicates(records(300, seed=3), least=0).rows())
"""


def found_by(processors):
    command = [sys.executable, "-c", SEARCH]
    there, more = Path(duplicate_worlds.__file__).parent, {"POLARS_MAX_THREADS": str(processors)}
    done = subprocess.run(command, check=True, cwd=there, env=os.environ | more, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def found_by_one():
    return found_by(1)


@pytest.mark.parametrize("processors", [2, 5])
def test_more_processors_are_no_change(processors, found_by_one):
    assert len(found_by_one) > 10_000
    assert found_by(processors) == found_by_one


def weights(people, rotor):
    found = find_duplicates(people, rotor, least=0).select("a", "b", "weight")
    return {frozenset(ids): weight for *ids, weight in found.iter_rows()}


def test_another_order_of_lines_changes_no_digit():
    lines = records(400, seed=3)
    people, rotor = lines.head(300), lines.tail(-300)
    mixed = [side.sample(fraction=1, shuffle=True, seed=1) for side in (people, rotor)]
    assert weights(people, rotor) == weights(*mixed)


def test_pairs_that_weigh_the_same_stand_in_the_order_of_their_ids():
    people = records(300, seed=3)  # each of whom Rotor has under the same ID, so that most pairs are there twice
    found = find_duplicates(people, people, least=0).select("weight", "a", "b", "in_rotor").rows()
    assert found == sorted(found, key=lambda pair: (-pair[0], *pair[1:]))
