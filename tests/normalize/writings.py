# ruff: noqa: RUF001 - letters that look like others are what people write

"""Phones and emails as people, spreadsheets and chance write them, from a seed."""

import random
import string

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType, example_number_for_type

SIGNS = " -.()/"
ODD_SIGNS = "+x#*,;:~_\t\u00a0\u2011\u2013\uff0d\u200b[]@eE"
ARABIC = str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩")
FULL_WIDTH = str.maketrans(string.digits, "".join(map(chr, range(0xFF10, 0xFF1A))))
EXTENSIONS = (" x", "x", " X ", " ext. ", " Ext", "ext ", "#", " - 12#", ",,", " extension ", ";ext=", " x.", "/x")
_DOMAINS = (
    "münchen.de MÜNCHEN.DE exämple.com é.é straße.de ΣΑΣ.gr ς.gr İ.com ﬁ.com xn--mnchen-3ya.de xn--a.com a--b.com "
    "ab--cd.com x.local Local x.test test com c0m 1.2 a.b.1 -a.com a-.com a..com .com com. a_b.com a\u00adb.com "
    "a\u200bb.com １.com a．com a。com ⒈.com ‑.com 1.אב.com אב.com ا.com ١.com e\u0301.com \u0301.com Ã©.com Â.com "
    '\ufffd.com ½.com ª.com ǅ.com ℡.com @ a@b [1.2.3.4] <a.com> a,b a;b (a) "a" a.com\u00a0 é.local é.com1'
)
ODD_DOMAINS = _DOMAINS.split(" ")
MONTHS = ("Jan", "feb", "March", "DEC")


class Phones:
    """Of one region: about as many valid ones as others."""

    def __init__(self, region, seed):
        self.chance = random.Random(f"{region}{seed}")
        self.metadata = PhoneMetadata.metadata_for_region(region, None)
        self.code = str(self.metadata.country_code)
        self.prefixes = [
            self.metadata.national_prefix or "",
            "0",
            "1",
            "180020",
            "1831",
            "00",
            "011",
            "0011",
            "01",
            "044",
        ]
        kinds = [kind for kind in PhoneNumberType.values() if kind != PhoneNumberType.UNKNOWN]
        regions = [region, region, *COUNTRY_CODE_TO_REGION_CODE[self.metadata.country_code]]
        examples = [example_number_for_type(one, kind) for one in regions for kind in kinds]
        self.examples = [str(example.national_number) for example in examples if example]
        self.foreign = ["44", "1", "49", "52", "61", "33", "39", "7", "599", "800", "881", "999", "0", "21"]

    def one(self):
        text = self.written()
        if self.chance.random() < 0.15:
            text = edited(self.chance, text, string.digits + SIGNS + ODD_SIGNS)
        return text

    def number(self):
        chance = self.chance
        kind = chance.random()
        if kind < 0.7:
            example = chance.choice(self.examples)
            kept = chance.randrange(len(example) + 1)
            return example[:kept] + digits(chance, len(example) - kept)
        if kind < 0.9:
            return digits(chance, chance.choice(self.metadata.general_desc.possible_length))
        return digits(chance, chance.randrange(1, 19))

    def written(self):
        chance, number = self.chance, self.number()
        return chance.choices(
            (
                lambda: self.spaced(number),
                lambda: self.spaced(chance.choice(self.prefixes) + number),
                lambda: self.spaced(self.code + number),
                lambda: self.spaced(self.code + chance.choice(self.prefixes) + number),
                lambda: "+" + self.spaced(self.code + number),
                lambda: f"+{self.code} (0){self.spaced(number)}",
                lambda: f"(+{self.code}) {self.spaced(number)}",
                lambda: "+" + self.spaced(chance.choice(self.foreign) + number),
                lambda: (
                    chance.choice(("00", "011", "0011"))
                    + self.spaced(chance.choice([self.code, *self.foreign]) + number)
                ),
                lambda: self.odd(number),
            ),
            weights=(30, 12, 10, 5, 15, 4, 3, 4, 4, 13),
        )[0]()

    def crowded(self):
        """With words, further numbers, or letters in place of digits."""
        chance = self.chance
        word = chance.choice(
            ("(cell)", "home", "Bob", "no texts", "wife:", "x2", "ext", "ROOF", "-GUTTERS", "\u00f1", "x")
        )
        other = chance.choice((" / ", ", ", " or ", "; ", "/", " ", " - ", "\n", "  ", " & ")) + self.spaced(
            self.number()
        )
        text = self.spaced(self.number())
        return chance.choice(
            (f"{text} {word}", f"{word} {text}", f"{text}{word}", text + other, f"{text} {word}{other}")
        )

    def spaced_number(self):
        return self.spaced(self.number())

    def spaced(self, number):
        chance = self.chance
        if chance.random() < 0.2:
            return number
        if len(number) == 10 and chance.random() < 0.5:
            return chance.choice(("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "({}){}-{}", "{}/{}-{}")).format(
                number[:3], number[3:6], number[6:]
            )
        parts = []
        while number:
            size = chance.randrange(1, 6)
            parts.append(number[:size])
            number = number[size:]
        return "".join(part + chance.choice((*SIGNS, ") ", " - ", "")) for part in parts[:-1]) + parts[-1]

    def odd(self, number):
        chance = self.chance
        day, month, year = chance.randrange(1, 33), chance.randrange(1, 14), chance.choice((2024, 1899, 24, 1999))
        sign = chance.choice("-/.")
        return chance.choice(
            (
                lambda: self.spaced(number) + chance.choice(EXTENSIONS) + str(day),
                lambda: f"{number[:3]}-{''.join(chance.choices(string.ascii_uppercase, k=7))}",
                lambda: self.spaced(number).translate(chance.choice((ARABIC, FULL_WIDTH))),
                lambda: self.spaced(number).replace(" ", "\u00a0").replace("-", "\u2011"),
                lambda: f"{number}.{'0' * chance.randrange(1, 3)}",
                lambda: f"+{self.code}{number}.0",
                lambda: f"{number[:1]}.{number[1:4]}E+{len(number)}",
                lambda: chance.choice((f"{day}{sign}{month}{sign}{year}", f"{year}{sign}{month}{sign}{day}")),
                lambda: f"{day}-{chance.choice(MONTHS)}-{year}",
                lambda: (
                    f"{self.spaced(number)}{chance.choice((' / ', ', ', ' or ', '/', ' '))}{self.spaced(self.number())}"
                ),
                lambda: f"{chance.choice(('Tel: ', ' ', '+', '++', '- ', '+ '))}{self.spaced(number)}",
                lambda: self.spaced(number) + chance.choice((" ", "-", " (home)", "x", ".", "\n", " Ã©")),
                lambda: chance.choice(("", "-", "n/a", "+", "()", "0", "00", "000-0000")),
            )
        )()


class Emails:
    """Where `domains` are given, those come again and again."""

    def __init__(self, seed, domains=()):
        self.chance = random.Random(seed)
        self.domains = domains

    def one(self):
        chance = self.chance
        if self.domains:
            return f"{self.local()}@{chance.choice(self.domains)}"
        text = f"{self.local()}@{self.domain()}"
        if chance.random() < 0.25:
            text = edited(
                chance,
                text,
                string.ascii_letters + string.digits + "@.-_+'\"<>()[],;: \u00e9\u00a0\u0301\uff20\uff0e\x7f\n",
            )
        return (
            chance.choice((f"{text} ", f"<{text}>", f"Ann <{text}>", f"mailto:{text}"))
            if chance.random() < 0.02
            else text
        )

    def local(self):
        chance = self.chance
        atoms = string.ascii_letters * 4 + string.digits * 2 + "._-+'!#$%&*/=?^`{|}~"
        if chance.random() < 0.1:
            return chance.choice(
                ("info", "Info", "SALES", "WwW", "a" * chance.randrange(55, 75), '"a b"', "é", "xn--a", "")
            )
        return "".join(chance.choices(atoms, k=chance.randrange(1, 14)))

    def domain(self):
        chance = self.chance
        labels = [self.label() for _ in range(chance.choices((1, 2, 3, 4), weights=(60, 25, 10, 5))[0])]
        ends = (
            "com",
            "COM",
            "net",
            "org",
            "co.uk",
            "de",
            "test",
            "local",
            "Local",
            "invalid",
            "arpa",
            "onion",
            "localhost",
        )
        return ".".join(
            (*labels, chance.choice((*ends, "com", "com", "example", "c0m", "1com", "com1", "123", "c-m", "c")))
        )

    def label(self):
        chance = self.chance
        kind = chance.random()
        if kind < 0.06:
            return chance.choice(
                (
                    "xn--mnchen-3ya",
                    "XN--a",
                    "ab--cd",
                    "a--b",
                    "münchen",
                    "xn--",
                    "-a",
                    "a-",
                    "test",
                    "a_b",
                    "[1.2.3.4]",
                    "",
                )
            )
        if kind < 0.08:
            return "a" * chance.randrange(48, 66)
        return "".join(chance.choices(string.ascii_letters * 3 + string.digits + "-", k=chance.randrange(1, 12)))


def digits(chance, count):
    return "".join(chance.choices(string.digits, k=count))


def edited(chance, text, signs):
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(text) + 1)
        kind = chance.randrange(4)
        taken = text[at : at + 1]
        new = chance.choice(signs)
        text = text[:at] + ("", new, new + taken, taken * 2)[kind] + text[at + 1 :]
    return text
