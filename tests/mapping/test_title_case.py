"""Names in title case: columns and single texts alike."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.mapping.title_case import title_case, titled

WRITTEN = {
    "ACME ROOFING LLC": "Acme Roofing LLC",
    "acme roofing, llc": "Acme Roofing, LLC",
    "Acme Roofing Llc": "Acme Roofing LLC",
    "J&K HVAC INC": "J&K HVAC Inc",
    "reyes & sons": "Reyes & Sons",
    "SMITH&SONS": "Smith&Sons",
    "A&W": "A&W",
    "NORA": "Nora",
    "nORA": "Nora",
    "MCALLEN": "McAllen",
    "mcallen": "McAllen",
    "McAllen": "McAllen",
    "MCI": "Mci",
    "O'REYES": "O'Reyes",
    "o'reyes": "O'Reyes",
    "O\u2019BRIEN": "O\u2019Brien",
    "D'ANGELO": "D'Angelo",
    "JOE'S PLUMBING": "Joe's Plumbing",
    "MCDONALD'S": "McDonald's",
    "MACDONALD": "MacDonald",
    "MACY": "Macy",
    "DE LA STRAND": "De La Strand",
    "ABEL-FORD": "Abel-Ford",
    "ANNE-MARIE O'NEIL-MCKAY": "Anne-Marie O'Neil-McKay",
    "DeShawn": "DeShawn",
    "iPhone REPAIR": "iPhone Repair",
    "JOHN SMITH III": "John Smith III",
    "DR. ANN LEE MD": "Dr. Ann Lee MD",
    "JLK ROOFING": "JLK Roofing",
    "NG": "Ng",
    "SCHMIDT": "Schmidt",
    "\u00c1LVARO N\u00da\u00d1EZ": "\u00c1lvaro N\u00fa\u00f1ez",
    "123 N MAIN ST NW": "123 N Main St NW",
    "1ST AVE S": "1st Ave S",
    "22ND ST": "22nd St",
    "PO BOX 12": "PO Box 12",
    "12B ELM CT": "12B Elm Ct",
    "3M": "3M",
    "U.S.A. TOWING": "U.S.A. Towing",
    "SMITH L.L.C.": "Smith L.L.C.",
    "A/C PROS": "A/C Pros",
    "HEATING/COOLING": "Heating/Cooling",
    "Il Fornaio": "Il Fornaio",
    "Say it with flowers": "Say It With Flowers",
    "THIS IS US": "This Is Us",
    "": "",
}


@pytest.mark.parametrize(("text", "name"), WRITTEN.items())
def test_a_name_is_written_as_names_are(text, name):
    assert titled(text) == name
    assert titled(name) == name


def of_columns(texts):
    return (
        pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
        .select(title_case(pl.col("text")))
        .to_series()
        .to_list()
    )


def test_columns_of_them_are():
    assert of_columns([*WRITTEN, None, *WRITTEN]) == [*WRITTEN.values(), None, *WRITTEN.values()]


WORDS = st.sampled_from(
    ("ACME", "llc", "Mcallen", "o'reyes", "J&K", "NORA", "de", "1st", "Inc.", "u.s.", "é", "NW", "St", "BBQs")
)


@given(
    st.lists(
        st.one_of(
            st.lists(WORDS, max_size=5).map(" ".join),
            st.text(st.characters(max_codepoint=0x24F, exclude_categories=("Cc", "Cs")), max_size=12),
            st.text("aAbBcCmMlLoO 'x&./-12", max_size=12),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_columns_say_what_one_text_says(texts):
    assert of_columns(texts) == [titled(text) for text in texts]
