"""The columns of a vCard file, and the words of cards that lead to them."""

from __future__ import annotations

import re

ADDRESS = ("Street", "Street 2", "City", "State", "ZIP", "Country")
ADDRESSES = ("", "Address 2 ", "Address 3 ")
PHONES = {"Mobile Phone": 2, "Main Phone": 1, "Home Phone": 2, "Work Phone": 2, "Other Phone": 2, "Fax": 1, "Pager": 1}
"""The columns of phones, and how many each kind has; what is beyond them is in `More Phones`."""
EMAILS = 3


def numbered(name: str, count: int) -> list[str]:
    return [name, *(f"{name} {number}" for number in range(2, count + 1))]


COLUMNS = (
    *("Full Name", "First Name", "Middle Name", "Last Name", "Prefix", "Suffix", "Nickname"),
    *("Company", "Department", "Job Title"),
    *(column for name, count in PHONES.items() for column in numbered(name, count)),
    *("More Phones", "Related Phones", *numbered("Email", EMAILS), "More Emails"),
    *(f"{prefix}{part}" for prefix in ADDRESSES for part in ADDRESS),
    *("More Addresses", "Marked As", "Website", "Notes", "Categories", "Birthday", "Anniversary", "Related Names"),
    *("Instant Messages", "Social Profiles", "Other Details", "UID"),
)

UNUSED = frozenset(
    (
        "VERSION PRODID REV MAILER CLASS SORT-STRING CLIENTPIDMAP CALURI CALADRURI FBURL SOURCE NAME PROFILE KIND TZ "
        "PHOTO LOGO SOUND KEY AGENT LABEL X-ABLABEL X-ABADR X-ABSHOWAS X-ABUID X-IMAGETYPE X-IMAGEHASH X-SHARED-PHOTO "
        "X-ADDRESSBOOKSERVER-KIND X-APPLE-SUBLOCALITY X-APPLE-SUBADMINISTRATIVEAREA X-PHONETIC-FIRST-NAME "
        "X-PHONETIC-LAST-NAME X-PHONETIC-MIDDLE-NAME X-PHONETIC-ORG X-MS-CARDPICTURE X-MS-OL-DESIGN "
        "X-MS-OL-DEFAULT-POSTAL-ADDRESS X-WAB-GENDER X-EVOLUTION-FILE-AS X-FILE-AS X-RADICALE-NAME "
        "X-SHARED-PHOTO-DISPLAY-PREF X-SHARED-WALLPAPER"
    ).split()
)
"""Pictures, what address books keep for themselves, and how a name is spoken."""
MESSENGERS = re.compile(
    r"IMPP|X-(?:AIM|ICQ|GOOGLE-TALK|JABBER|MSN|YAHOO|SKYPE|SKYPE-USERNAME|GADUGADU|QQ|KADDRESSBOOK.*IM.*)"
)
LABEL = re.compile(r"^_\$!<(.*)>!\$_$")
KINDS = (
    ("Fax", re.compile(r"\bFAX\b", re.IGNORECASE)),
    ("Pager", re.compile(r"\b(?:PAGER|BEEPER)\b", re.IGNORECASE)),
    ("Mobile Phone", re.compile(r"\b(?:CELL|MOBILE|IPHONE|CELLULAR|TEXT|PCS)\b", re.IGNORECASE)),
    ("Main Phone", re.compile(r"\b(?:MAIN|PRIMARY)\b", re.IGNORECASE)),
    ("Work Phone", re.compile(r"\b(?:WORK|OFFICE|BUSINESS)\b", re.IGNORECASE)),
    ("Home Phone", re.compile(r"\b(?:HOME|HOUSE)\b", re.IGNORECASE)),
)
RELATED = re.compile(
    r"\b(?:assistant|secretary|manager|spouse|husband|emergency|neighbou?r|tenant|landlord|realtor)"
    r"|\b(?:wife|partner|mother|mom|father|dad|parents?|son|daughter|child|brother|sister|friend)(?:'s)?\b",
    re.IGNORECASE,
)
"""Words of a label that make a phone somebody else's."""
NO_PHONES = frozenset(("MODEM", "ISDN", "BBS", "X-TELEX", "TELEX"))
TOLD = frozenset(
    ("PREF", "VOICE", "MSG", "VIDEO", "INTERNET", "X400", "POSTAL", "PARCEL", "DOM", "INTL", "OTHER", "CELL", "TEXT")
) | {"FAX", "PAGER", "MAIN"}
"""Types that say nothing more than the column does."""
