"""An invented legacy export: `python tests/benchmarks/legacy_export.py FILE.csv [ROWS]`, with its mapping beside it.

Fourteen columns and two phones, as the systems before Rotor write them. One row in ten is somebody again: with another
note, a blank or a new phone or email, or sharing one key alone; a few are an office's line, or stand between two
people. Three cells in a hundred of each phone and email column are odd in the ways of life. It is drawn in columns,
by the hash of each row's number.
"""

import sys
from pathlib import Path

import polars as pl

MAPPING = """\
version: 1
feed: legacy
key: Client Id
fields:
  first_name: First Name
  last_name: Last Name
  company_name: Company
  phone: {first_of: [Mobile Phone, Home Phone]}
  email: {column: E-mail, split: ","}
  property_street1: Street
  property_city: City
  property_state: State
  property_zip: {column: Zip, zip: US}
  tags: {column: Tags, split: ","}
  notes: Notes
  source: {value: Legacy}
"""
DUPLICATES = 0.10
ODD = 0.03

_FIRST = "Ada Ben Carla Dmitri Elena Farid Grace Henry Iris José Kofi Lena Marco Nora Omar Priya Quinn Renée Sam Zoë"
_LAST = "Bauer Castillo Delacroix Eriksen Fontaine Garcia Hughes Ibrahim Jensen Kim Lopez Mensah Nguyễn O'Brien Peña"
_TOWNS = (
    ("Red Bank", "NJ", "07701"),
    ("Eatontown", "NJ", "07724"),
    ("Fort Worth", "TX", "76102"),
    ("Boulder", "CO", "80302"),
    ("Minneapolis", "MN", "55401"),
    ("Raleigh", "NC", "27601"),
    ("Saint Paul", "MN", "55102"),
    ("Grand Rapids", "MI", "49503"),
)
_STREETS = "Maple St|Oak Ave|Cedar Ln|Harbor Dr|Willow Way|Main St|2nd Ave N|Old Mill Rd"
_AREAS = "201 212 303 312 415 503 512 602 612 617 651 702 713 720 732 763 801 813 817 832 908 919 952 973".split()
_LINES = 8_000_000
"""Phone numbers in an area: the exchange begins with 2 to 9."""
_NUMBERS = len(_AREAS) * _LINES
_STRIDE = 118_661_527
"""Shares no factor with the count of numbers, so that no two people get the same one."""


def draw(rows: int, *, duplicates: float = DUPLICATES, odd: float = ODD, seed: int = 1) -> pl.DataFrame:
    """All cells strings, blank ones null."""
    again = round(rows * duplicates)
    dice = _Dice(seed)
    people = _people(rows - again, dice)
    repeated = _repeated(people, again, dice)
    places = pl.int_range(rows - again, eager=True)
    # Somebody comes again anywhere behind the first time.
    after = repeated["at"] + 0.5 + dice.share("after", again) * (rows - again - repeated["at"])
    every = pl.concat([people.with_columns(at=places.cast(pl.Float64)), repeated.with_columns(at=after)])
    return _written(every.sort("at").drop("at"), odd, dice)


class _Dice:
    """Chance by a row's number, a name for what is decided, and the seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, what: str, sides: int, count: int) -> pl.Series:
        salt = self._seed + sum(letter << 8 * (at % 6) for at, letter in enumerate(what.encode()))
        return pl.int_range(count, eager=True).hash(salt) % sides

    def share(self, what: str, count: int) -> pl.Series:
        return self(what, 1 << 30, count) / (1 << 30)

    def one_of(self, what: str, words, count: int) -> pl.Series:
        return pl.Series(words)[self(what, len(words), count)]


def _people(count: int, dice: _Dice) -> pl.DataFrame:
    number = pl.int_range(count, eager=True)
    town = dice("town", len(_TOWNS), count)
    house, street = dice("house", 9000, count) + 1, dice.one_of("street", _STREETS.split("|"), count)
    flat = dice("flat", 400, count)
    firm, note = dice.share("firm", count), dice.share("note", count)
    first, last = dice.one_of("first", _FIRST.split(), count), dice.one_of("last", _LAST.split(), count)
    days = dice("created", 3650, count)
    frame = pl.DataFrame(
        {"n": number, "house": house, "street": street, "flat": flat, "first": first, "last": last, "days": days}
    )
    city, state, zip_ = (pl.Series([one[at] for one in _TOWNS])[town] for at in range(3))
    return frame.select(
        pl.format("J-{}", pl.col("n") + 100_000).alias("Client Id"),
        pl.col("first").alias("First Name"),
        pl.col("last").alias("Last Name"),
        pl.when(firm < 0.08).then(pl.format("{} & Sons #{}", "last", "n")).alias("Company"),
        (pl.col("n") * 2).alias("mobile"),
        pl.when(dice.share("home", count) < 0.3).then(pl.col("n") * 2 + 1).alias("home"),
        pl.when(dice.share("mail", count) < 0.93).then(_address("n")).alias("E-mail"),
        pl.when(pl.col("flat") < 40).then(pl.format("{} {}, Apt {}", "house", "street", "flat"))
        .otherwise(pl.format("{} {}", "house", "street")).alias("Street"),
        city.alias("City"),
        state.alias("State"),
        zip_.alias("Zip"),
        dice.one_of("tags", ["VIP, Weekly", "Weekly", "Commercial", "Do not mow, Weekly", None, None], count)
        .alias("Tags"),
        pl.when(note < 0.004).then(pl.format('Says "ring twice"\nKey {} under the mat', "n"))
        .when(note < 0.2).then(pl.format("Gate code {}, dog in the yard", "n")).alias("Notes"),
        (pl.lit("2015-01-01").str.to_date() + pl.duration(days="days")).dt.to_string("%m/%d/%Y").alias("Created"),
    )  # fmt: skip


def _address(number: str) -> pl.Expr:
    ascii_ = pl.col("first").replace({"José": "jose", "Renée": "renee", "Zoë": "zoe"}).str.to_lowercase()
    return pl.format("{}.{}@example.com", ascii_, number)


def _repeated(people: pl.DataFrame, count: int, dice: _Dice) -> pl.DataFrame:
    """Rows of people who are there already, each with something else; `at` is where they stand the first time."""
    first = dice("who", people.height, count).sort()
    kind, fresh = dice.share("kind", count), pl.int_range(count, eager=True) + people.height
    frame = people[first].with_columns(at=first.cast(pl.Float64), kind=kind, n=fresh)
    both = pl.col("mobile").is_not_null() & pl.col("E-mail").is_not_null()
    k = pl.col("kind")
    new_phone, new_mail = pl.col("n") * 2, pl.format("again.{}@example.com", "n")
    return frame.with_columns(
        # A line of its own for each job under the same id, or entered again under another.
        pl.when(k > 0.2).then(pl.format("J-{}", pl.col("n") + 100_000)).otherwise("Client Id").alias("Client Id"),
        pl.when(k.is_between(0.5, 0.65)).then(None).when(k.is_between(0.9, 0.95) & both).then(new_phone)
        # Another's phone beside one's own email: nobody can know whose row it is.
        .when(k.is_between(0.95, 0.953)).then((pl.col("mobile") + 2_000) % (2 * people.height))
        .otherwise("mobile").alias("mobile"),
        pl.when(k.is_between(0.9, 0.95)).then(None).otherwise("home").alias("home"),
        pl.when(k.is_between(0.35, 0.5)).then(None).when(k.is_between(0.85, 0.9)).then(new_mail)
        .when(k > 0.98).then(pl.format("office.{}@example.com", "n")).otherwise("E-mail").alias("E-mail"),
        # The line of an office: nothing but the phone is the same.
        pl.when(k > 0.98).then(pl.lit("Young")).otherwise("Last Name").alias("Last Name"),
        pl.when(k < 0.85).then(pl.format("Called again, job {}", "n")).otherwise("Notes").alias("Notes"),
        pl.when(k.is_between(0.6, 0.8)).then(pl.format("{} Elm St", pl.col("n") % 900 + 1)).otherwise("Street")
        .alias("Street"),
    ).drop("kind", "n")  # fmt: skip


def _written(frame: pl.DataFrame, odd: float, dice: _Dice) -> pl.DataFrame:
    count = frame.height
    mobile = _phone(frame["mobile"], "mobile", odd, dice)
    home = _phone(frame["home"], "home", odd, dice)
    mail = frame.select(_mail(pl.col("E-mail"), _odd("mail", odd, count, dice))).to_series()
    return frame.with_columns(mail.alias("E-mail"), mobile.alias("Mobile Phone"), home.alias("Home Phone")).select(
        "Client Id", "First Name", "Last Name", "Company", "Mobile Phone", "Home Phone", "E-mail", "Street", "City",
        "State", "Zip", "Tags", "Notes", "Created",
    )  # fmt: skip


def _odd(what: str, odd: float, count: int, dice: _Dice) -> pl.Series:
    """Which oddity, 0 to 7; null for the cells that are as they should be."""
    drawn = pl.DataFrame({"share": dice.share(f"odd {what}", count), "kind": dice(f"{what} odd", 8, count)})
    return drawn.select(pl.when(pl.col("share") < odd).then("kind")).to_series()


def _phone(number: pl.Series, what: str, odd: float, dice: _Dice) -> pl.Series:
    count = len(number)
    place = number.cast(pl.Int64) * _STRIDE % _NUMBERS
    line = (place % _LINES + 2_000_000).cast(pl.String)
    drawn = pl.DataFrame(
        {
            "area": pl.Series(_AREAS)[(place // _LINES).fill_null(0)],
            "x": line.str.slice(0, 3),
            "l": line.str.slice(3),
            "style": dice.share(f"style {what}", count),
            "odd": _odd(what, odd, count, dice),
        }
    )
    style, kind = pl.col("style"), pl.col("odd")
    parts = ("area", "x", "l")
    usual = (
        pl.when(style < 0.7).then(pl.format("({}) {}-{}", *parts))
        .when(style < 0.88).then(pl.format("{}-{}-{}", *parts))
        .when(style < 0.93).then(pl.format("{}.{}.{}", *parts))
        .when(style < 0.97).then(pl.format("+1 {} {} {}", *parts))
        .otherwise(pl.format("{}{}{}", *parts))
    )  # fmt: skip
    strange = (
        pl.when(kind == 0).then(None)
        .when(kind == 1).then(pl.format("({}) {}-{} ext. 12", *parts))
        .when(kind == 2).then(pl.format("{}-{}", "x", "l"))
        .when(kind == 3).then(pl.lit("call the office"))
        .when(kind == 4).then(pl.format("+1.{}.{}.{}", *parts))
        .when(kind == 5).then(pl.format("{}\u2011{}\u2011{}", *parts))
        .when(kind == 6).then(pl.format("1 ({}) {}-{} x7", *parts))
        .otherwise(pl.format("(555) 123-{}", "l"))
    )  # fmt: skip
    cell = pl.when(kind.is_null()).then(usual).otherwise(strange)
    return drawn.with_columns(blank=number.is_null()).select(pl.when(~pl.col("blank")).then(cell)).to_series()


def _mail(mail: pl.Expr, kind: pl.Series) -> pl.Expr:
    return (
        pl.when(mail.is_null() | kind.is_null()).then(mail)
        .when(kind == 0).then(None)
        .when(kind == 1).then(mail.str.to_uppercase())
        .when(kind == 2).then(mail + ", office@example.com")
        .when(kind == 3).then(mail.str.replace("@", ".at.", literal=True))
        .when(kind == 4).then(mail.str.replace("example", "exämple", literal=True))
        .when(kind == 5).then(pl.lit("none"))
        .when(kind == 6).then(mail.str.replace(".", "..", literal=True))
        .otherwise(mail.str.to_titlecase())
    )  # fmt: skip


def write(path: Path, rows: int, *, duplicates: float = DUPLICATES, odd: float = ODD, seed: int = 1) -> Path:
    """The export, and its mapping with the ending .yaml, which is returned."""
    draw(rows, duplicates=duplicates, odd=odd, seed=seed).write_csv(path)
    mapping = path.with_suffix(".yaml")
    mapping.write_text(MAPPING)
    return mapping


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
