"""Whether two people whom one key joins are one person, a household or strangers."""

from rotor_import.people.columns import compare_columns
from rotor_import.people.compare import Comparison, Verdict, compare, compare_with_members
from rotor_import.people.person import Person, person_from, person_of
from rotor_import.people.wording import JoinedBy

__all__ = [
    "Comparison",
    "JoinedBy",
    "Person",
    "Verdict",
    "compare",
    "compare_columns",
    "compare_with_members",
    "person_from",
    "person_of",
]
