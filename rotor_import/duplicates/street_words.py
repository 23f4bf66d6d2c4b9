"""The words of a street that people write in several ways, and those that name a door within it."""

_SUFFIXES = (
    "st street, ave avenue, av avenue, rd road, dr drive, ln lane, ct court, blvd boulevard, pl place, cir circle, "
    "crct circuit, cct circuit, cres crescent, ter terrace, terr terrace, pkwy parkway, hwy highway, sq square, "
    "trl trail, tr trail, wy way, expy expressway, plz plaza, pt point, xing crossing, cv cove, holw hollow, "
    "hts heights, mnr manor, vlg village, ests estates, lndg landing, rte route, cl close, gr grove, pde parade"
)
SUFFIXES = dict(pair.split() for pair in _SUFFIXES.split(", "))
"""What is short for which kind of street."""

KINDS = sorted({*SUFFIXES.values(), "loop", "run", "path", "alley", "row", "walk", "bend", "ridge", "pass", "pike"})
"""The kinds of streets, spelled out."""

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_NUMBERED = "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th"
SPELLED = {
    **SUFFIXES,
    **dict(zip(_NUMBERED.split(), _ORDINALS.split(), strict=True)),
    "saint": "street",
    "mt": "mount",
    "ft": "fort",
}
"""A street's words as they are compared; `St` in front is a saint, and both read alike."""

DIRECTIONS = [
    "n",
    "s",
    "e",
    "w",
    "ne",
    "nw",
    "se",
    "sw",
    "north",
    "south",
    "east",
    "west",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
]
UNIT = (
    r"(?:\b(?:apartment|apt|unit|suite|ste|room|rm|lot|trailer|trlr|building|bldg|floor|fl)\b[ .:#]*|#[ ]*)"
    r"(?:no[ .]+)?([0-9a-z-]{1,6})\b"
)
"""What finds the number of an apartment in a street in lower case."""
BOX = r"\b(?:p[ .]*o[ .]*)?box[ #]*([0-9]+)"
"""What finds the number of a post office box."""
