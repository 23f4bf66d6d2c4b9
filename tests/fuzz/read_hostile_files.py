"""Reads spoiled files of every kind; only SourceError may come out, in bounded time and memory.

python tests/fuzz/read_hostile_files.py --minutes 5
"""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "source"))

import makers
import polars as pl
import test_encodings
import test_hostile_files as hostile
import test_xls
import workers
from mutants import mutated

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_sources

OPTIONS = (
    *(SourceOptions(), SourceOptions(wanted=("Name", "Zip", "Phone")), SourceOptions(header_row=2)),
    *(SourceOptions(sheet=1), SourceOptions(encoding="utf-8", delimiter=",")),
)
SMALL = 2**14
FILES = [*hostile.READ.values(), *hostile.REFUSED.values(), *test_xls.REFUSED.values()]
FILES += [(f"Name;Phone\n{names}".encode(name), "") for name, names in test_encodings.OTHERS.items()]
CARDS = Path(__file__).parents[2] / "sample_data" / "apple_contacts.vcf"
FILES += [(makers.NORA + makers.BO, None), (CARDS.read_bytes(), None)] * 2
FILES += [(makers.parquet(pl.DataFrame({"Name": ["Ann", None], "Zip": [["07601"], []], "Due": [1.5, 2.0]})), None)]


def main() -> int:
    given = workers.arguments(__doc__ or "")
    if given.batch is None:
        return workers.drive(given)
    files = [hostile.data(content) for content, _ in FILES]
    samples = [one for one in files if 0 < len(one) < SMALL]

    def one(chance: random.Random, path: Path) -> None:
        file = path.with_suffix(chance.choice((".csv", ".xlsx", ".zip", ".gz")))
        file.write_bytes(mutated(chance, samples))
        try:
            for table in read_sources([file], chance.choice(OPTIONS)):
                assert table.frame.height == len(table.numbers)
                assert {row.row for row in table.findings} <= set(table.numbers)
        except SourceError as error:
            if not str(error).endswith("."):
                raise AssertionError("an error without a remedy") from error

    return workers.run_batch(given, one)


if __name__ == "__main__":
    sys.exit(main())
