"""The states and territories of the United States, by their postal codes."""

from __future__ import annotations

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
