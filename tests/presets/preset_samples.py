"""Makes the samples of the presets: each of cases/*.yaml holds invented rows, and what becomes of each.

`python tests/presets/preset_samples.py` writes sample_data again, byte for byte, under the header that the
system really writes (headers/*.csv; headers/README.md says how sure each is). In a case every scalar is text. Its keys:

- `preset`: the mapping; the sample is named like the case.
- `bom`, `newline`, `before`, `after`: how the system writes its file; lines before the header and after the data.
- `rows`: for each its `cells`, or its `card` where the system writes vCards, and its fate: `create` (the customer,
  with the rows merged into it), `merged_into` (a row's number as a spreadsheet shows it), `held` or `rejected` (a part
  of the reason), `left_out`. `warned` are
  the fields of which something was dropped or changed.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from rotor_import.source.vcard_words import COLUMNS

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "sample_data"
FATES = ("create", "merged_into", "held", "rejected", "left_out")
NEWLINES = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


@dataclass(frozen=True)
class Case:
    name: str
    preset: str
    rows: tuple[dict, ...]
    bom: bool
    newline: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_vcards(self):
        return "card" in self.rows[0]

    @property
    def header(self):
        return list(COLUMNS) if self.is_vcards else read_header(self.name)

    @property
    def sample(self):
        return SAMPLES / f"{self.name}.{'vcf' if self.is_vcards else 'csv'}"

    def numbered(self):
        """Each row under its number in a spreadsheet, or the line on which its card begins."""
        if self.is_vcards:
            lines = [row["card"].strip().count("\n") + 3 for row in self.rows]
            return {1 + sum(lines[:at]): row for at, row in enumerate(self.rows)}
        return {len(self.before) + 2 + at: row for at, row in enumerate(self.rows)}

    def bytes(self, header=None):
        if self.is_vcards:
            cards = "".join(f"BEGIN:VCARD\n{row['card'].strip()}\nEND:VCARD\n" for row in self.rows)
            return cards.replace("\n", self.newline).encode()
        header = header or self.header
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator=self.newline)
        text.writelines(line + self.newline for line in self.before)
        writer.writerow(header)
        for row in self.rows:
            unknown = row["cells"].keys() - set(header)
            if unknown:
                raise ValueError(f"{self.name}: no such column: {sorted(unknown)}")
            writer.writerow([row["cells"].get(name, "") for name in header])
        text.writelines(line + self.newline for line in self.after)
        return ("\ufeff" if self.bom else "").encode() + text.getvalue().encode()


def read_header(name):
    with (HERE / "headers" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def read_case(path):
    case = YAML(typ="base", pure=True).load(path.read_text(encoding="utf-8"))
    for row in case["rows"]:
        if len(row.keys() & set(FATES)) != 1:
            raise ValueError(f"{path}: a row has exactly one of {', '.join(FATES)}: {row}")
    return Case(
        path.stem,
        case["preset"],
        tuple(case["rows"]),
        bom=case.get("bom") == "true",
        newline=NEWLINES[case.get("newline", "LF")],
        before=tuple(case.get("before", ())),
        after=tuple(case.get("after", ())),
    )


def read_cases():
    return [read_case(path) for path in sorted((HERE / "cases").glob("*.yaml"))]


if __name__ == "__main__":
    for one in read_cases():
        one.sample.write_bytes(one.bytes())
