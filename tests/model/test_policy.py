"""Policies, as they are stored; and closed sets, each declared once."""

import ast
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from rotor_import.model.change import Kind, State
from rotor_import.model.customer import DirectorySource
from rotor_import.model.decision import KeyWord, RowWord
from rotor_import.model.plan import KEPT, Disposition
from rotor_import.model.policy import MatchingPolicy, OnBoth, OnConflict, OnPartial, OnStranger, Policy, Survivor, Write
from rotor_import.model.question import QuestionKind
from rotor_import.model.row_link import Fate

PACKAGE = Path(__file__).parents[2] / "rotor_import"
CLOSED = [
    *(set(get_args(one)) for one in (Write, Survivor, OnConflict, OnStranger, OnPartial, OnBoth, Kind, State, Fate)),
    *(set(get_args(one)) for one in (RowWord, KeyWord, QuestionKind, DirectorySource)),
    set(get_args(Disposition)) - set(KEPT),
]


@pytest.mark.parametrize(
    "parts", list(product(get_args(OnConflict), get_args(OnStranger), [False, True], [False, True])), ids=str
)
def test_a_matching_policy_comes_back_from_its_text(parts):
    policy = MatchingPolicy(*parts)
    assert MatchingPolicy.from_text(policy.to_text()) == policy


def test_a_conflict_policy_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match=r"on_conflict .*'ask'"):
        MatchingPolicy.from_text("ask,hold,0,0")


def test_a_field_without_a_rule_has_the_usual_one():
    policy = Policy(write={"notes": "clear"}, survivor={"notes": "first"})
    assert [policy.write_of("notes"), policy.write_of("status")] == ["clear", "always"]
    assert [policy.survivor_of("notes"), policy.survivor_of("status")] == ["first", "last"]
    assert [policy.clears("notes"), policy.clears("status")] == [True, False]


def literals():
    """Each Literal in the package: its file and its members that are written out."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
                items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                yield path.name, frozenset(item.value for item in items if isinstance(item, ast.Constant))


@pytest.mark.parametrize("members", CLOSED, ids=lambda members: " ".join(sorted(members)))
def test_a_closed_set_is_declared_once(members):
    assert len([name for name, found in literals() if found == members]) == 1
