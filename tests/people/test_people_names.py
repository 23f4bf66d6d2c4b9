"""Which names are one person's: with a key in common, and nothing else to go by."""

import itertools
import subprocess
import sys

import pytest
from nicknames import name_triplets
from people_cases import verdict

EQUAL_FIRST_NAMES = """
Robert Bob, William Bill, Will Bill, Jim Jimmy, James Jimmy, Mike Michael, Kate Kathy, Theresa Teresa
Jon John, Karl Carl, Erik Eric, Sara Sarah, Marc Mark, Ann Anne, Ana Anna, Maria Marie, Sofia Sophia, Chris Kris
Brian Bryan, Philip Phillip, Stephen Steven, Cathy Kathy, Lindsay Lindsey, Matt Mat, Micheal Michael, Julia Julie
N Nora, N. Nora, José Jose, Jörg Joerg, Zoë Zoe, MaryAnn Mary-Ann
"""
OTHER_FIRST_NAMES = """
Joan John, Nora Mora, Nora Cora, Dan Don, Ana Ada, Tim Tom, Jane June, Mark Mary, Bill Bob, Bill Robert, Joe Jo
Danny Donny, Timmy Tommy, Jenny Jonny, Ricky Rocky, Lee Li, Larry Harry, Alan Alfred, Kevin Karl
Eric Erica, Robert Roberta, Daniel Danielle, Mario Maria, Louis Louise, Michael Michelle, N Mora
"""
EQUAL_LAST_NAMES = """
Hansen/Hanson, Gonzalez/Gonzales, Smith/Smyth, Mueller/Müller, Clark/Clarke, Ivanov/Ivanova, Núñez/Nunez
McDonald/Mc Donald, O'Neil/ONeil, O\u2019Neil/O Neil, de la Cruz/Delacruz, de la Cruz/Cruz, Vance/Vance Jr.
Garcia Lopez/Garcia, Garcia-Lopez/Lopez, Van Dyke/VanDyke, Lopez Garcia/Garcia Lopez, St. Clair/Saint Clair
"""
OTHER_LAST_NAMES = """
Miller/Tiller, Hall/Hill, Brown/Braun, Parker/Barker, Harris/Morris, Williams/Williamson, Kim/Kin, Lopez/Gomez
Robinson/Robertson, Petersen/Paterson, Rider/Riddell, Garcia Lopez/Garcia Ruiz, Garcia Garcia/Garcia Lopez
"""


def pairs(text, between):
    return [tuple(pair.strip().split(between)) for line in text.strip().splitlines() for pair in line.split(",")]


@pytest.mark.parametrize(("one", "other"), pairs(EQUAL_FIRST_NAMES, " "))
def test_nicknames_initials_accents_and_spellings_are_one_first_name(one, other):
    assert verdict(f"{one}|Vance", f"{other}|Vance") == "same"
    assert verdict(one, other) == "same"


@pytest.mark.parametrize(("one", "other"), pairs(OTHER_FIRST_NAMES, " "))
def test_a_near_spelling_does_not_make_two_short_names_one(one, other):
    assert verdict(f"{one}|Vance", f"{other}|Vance") == "household"
    assert verdict(one, other) == "stranger"


@pytest.mark.parametrize(("one", "other"), pairs(EQUAL_LAST_NAMES, "/"))
def test_spellings_particles_and_double_names_are_one_family(one, other):
    assert verdict(f"Nora|{one}", f"Nora|{other}") == "same"
    assert verdict(f"Nora|{one}", f"Karl|{other}") == "household"


@pytest.mark.parametrize(("one", "other"), pairs(OTHER_LAST_NAMES, "/"))
def test_other_families_are_strangers(one, other):
    assert verdict(f"Nora|{one}", f"Karl|{other}") == "stranger"


def test_one_letter_in_a_last_name_counts_less_where_the_first_names_agree():
    assert verdict("Nora|Hull", "Nora|Hall") == "same"
    assert verdict("Nora|Hull", "Karl|Hall") == "stranger"
    assert verdict("Nora|Kim", "Nora|Kin") == "stranger"


SAME = [
    ("Vance|Nora", "Nora|Vance"),
    ("Vence|Nora", "Nora|Vance"),
    ("Tanner|Bill", "William|Tanner"),
    ("Carl|Robert", "Bob|Carl"),
    ("Nora Vance", "Nora|Vance"),
    ("|Nora Vance", "Nora|Vance"),
    ("Vance, Nora", "Nora|Vance"),
    ("|Vance, Nora", "Nora|Vance"),
    ("Nora Vance|Vance", "Nora|Vance"),
    ("Nora|Nora Vance", "Nora|Vance"),
    ("Ana de la Cruz", "Ana|Cruz"),
    ("Ana Garcia Lopez", "Ana|Garcia Lopez"),
    ("Dr. Nora|Vance, MD", "Nora|Vance"),
    ("Robert (Bob)|Vance", "Bob|Vance"),
    ("Mary Ann|Vance", "Ann|Vance"),
    ("Mary Ann|Vance", "Mary|Vance"),
    ("Mary A.|Vance", "Mary Ann|Vance"),
    ("J. Robert|Vance", "Robert|Vance"),
    ("JP|Vance", "John Paul|Vance"),
    ("Nora|V.", "Nora|Vance"),
    ("Bob & Mary|Smith", "Bob|Smith"),
    ("Bob and Mary Smith", "Mary|Smith"),
    ("Mary + Bob|Smith", "Bob & Mary|Smith"),
    ("Mr. & Mrs.|Smith", "Mary|Smith"),
    ("|Vance", "Nora|Vance"),
    ("Thomas", "John|Thomas"),
    ("王|小明", "王小明"),
    ("小明|王", "王小明"),
    ("Иван|Петров", "ИВАН|Петров"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_person_is_found_in_whatever_way_the_name_is_written(one, other):
    assert verdict(one, other) == "same"


HOUSEHOLDS = [
    ("John|Smith Jr.", "John|Smith Sr."),
    ("John|Smith III", "John|Smith Jr"),
    ("Bob & Mary|Smith", "Bob & Sue|Smith"),
    ("Mary Ann|Smith", "Mary Jane|Smith"),
    ("John A.|Smith", "John B.|Smith"),
    ("Nora Vance", "Omar|Vance"),
    ("|Nora Vance", "Omar|Vance"),
    ("Nora Vance", "Omar Vance"),
    ("明|王", "华|王"),
]


@pytest.mark.parametrize(("one", "other"), HOUSEHOLDS)
def test_two_of_one_family_are_a_household(one, other):
    assert verdict(one, other) == "household"


STRANGERS = [
    ("Nora|Vance", "Omar|Reyes"),
    ("Nora|Vance", "Nora|Reyes"),
    ("Nora Vance", "Nora|Reyes"),
    ("Nora|", "Karl|Vance"),
    ("|Vance", "Nora|Reyes"),
    ("John|Thomas", "Thomas|Smith"),
    ("Karl|V.", "Nora|Vance"),
    ("Mark|Vance", "Vance|Mary"),
    ("Jaco B", "Brooklyn|Rees"),
    ("王|小明", "李|小红"),
    ("राम|", "रीम|"),
]


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_people_who_agree_on_nothing_are_strangers(one, other):
    assert verdict(one, other) == "stranger"


@pytest.mark.parametrize("nobody", ["", "-", "Mr.", "Unknown", "Customer|Unknown", "&|,"])
def test_a_name_that_names_nobody_says_nothing(nobody):
    assert verdict(nobody, "Nora|Vance") == "same"


def test_every_nickname_of_the_list_is_its_name_but_for_what_nobody_says():
    pairs = {(name, nickname) for name, _, nickname in name_triplets() if f"{name}{nickname}".isalpha()}
    other = {pair for pair in pairs if verdict(f"{pair[0]}|Vance", f"{pair[1]}|Vance") != "same"}
    assert len(pairs) > 2500
    assert {frozenset(pair) for pair in other} == {
        frozenset(pair) for pair in (("robert", "bill"), ("robert", "billy"), ("bill", "fred"), ("louis", "louise"))
    }


def test_of_short_names_that_are_well_known_few_are_one():
    """Those of three letters that the list knows: equal ones must be nicknames of one name, or sound alike."""
    known = sorted({name for triplet in name_triplets() for name in (triplet[0], triplet[2]) if len(name) == 3})
    pairs = list(itertools.combinations(known, 2))
    equal = [pair for pair in pairs if verdict(*pair) == "same"]
    assert len(pairs) > 10_000
    assert len(equal) / len(pairs) < 0.01


def test_the_comparison_loads_its_libraries_only_for_names_that_differ():
    script = (
        "import sys\n"
        "from rotor_import.people import Person, compare\n"
        "compare(Person('Nora', 'Vance'), Person('NORA', 'Vance'), 'phone')\n"
        "print(sorted({'rapidfuzz', 'nicknames', 'doorplate'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
