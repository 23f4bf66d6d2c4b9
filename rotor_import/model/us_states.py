"""The states and territories of the United States: their postal codes, and the ways to write them."""

from __future__ import annotations

import re

import polars as pl

_NAMED = (
    "AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, "
    "DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, "
    "KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, "
    "MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, "
    "NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, "
    "PA Pennsylvania, PR Puerto Rico, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, "
    "UT Utah, VT Vermont, VA Virginia, VI Virgin Islands, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming, "
    "GU Guam"
)
STATE_CODES = {name.lower(): code for code, _, name in (state.partition(" ") for state in _NAMED.split(", "))}
"""The postal code of each state's name in lower case."""

_SHORT = (
    "AL Ala, AK Alas, AZ Ariz, AR Ark, CA Calif, CA Cal, CO Colo, CO Col, CT Conn, DE Del, "
    "DC Wash DC, DC Washington DC, DC Washington D C, "
    "FL Fla, FL Flor, GA Geo, HI Haw, ID Ida, IL Ill, IL Ills, IN Ind, IA Ia, KS Kan, KS Kans, KY Ken, KY Kent, "
    "LA La, ME Me, MD Md, MA Mass, MI Mich, MN Minn, MS Miss, MO Mo, MT Mont, NE Neb, NE Nebr, NV Nev, NH N H, NJ N J, "
    "NM N M, NM N Mex, NM New Mex, NY N Y, NC N C, NC N Car, ND N D, ND N Dak, "
    "ND No Dak, OH O, OK Okla, OR Ore, OR Oreg, "
    "PA Penn, PA Penna, PR P R, RI R I, SC S C, SC S Car, SD S D, SD S Dak, SD So Dak, TN Tenn, TX Tex, UT Ut, VT Vt, "
    "VA Virg, VI V I, VI US Virgin Islands, VI U S Virgin Islands, WA Wash, WV W V, WV W Va, WV W Virginia, "
    "WI Wis, WI Wisc, WY Wyo, DC D C, "
    "AA Armed Forces Americas, AE Armed Forces Europe, AP Armed Forces Pacific, AS American Samoa, "
    "MP Northern Mariana Islands"
)
_MARKS = r"[.,\s]+"
_SPELLED = {
    **{code.lower(): code for code in STATE_CODES.values()},
    **{code.lower(): code for code in ("AA", "AE", "AP", "AS", "MP")},
    **STATE_CODES,
    **{name.lower(): code for code, _, name in (state.partition(" ") for state in _SHORT.split(", "))},
}
"""The postal code of each way to write a state, in lower case and with one space for periods, commas and spaces."""


def state_code(text: str) -> str:
    """The postal code of a state in any spelling, '' for what is no state."""
    return _SPELLED.get(re.sub(_MARKS, " ", text.lower()).strip(), "")


def state_codes(texts: pl.Expr) -> pl.Expr:
    """`state_code` for columns of texts; null for what is no state."""
    plain = texts.str.to_lowercase().str.replace_all(_MARKS, " ").str.strip_chars()
    return plain.replace_strict(list(_SPELLED), list(_SPELLED.values()), default=None, return_dtype=pl.String)
