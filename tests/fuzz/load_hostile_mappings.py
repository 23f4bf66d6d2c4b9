"""Loads spoiled mappings; only MappingError may come out, in bounded time and memory.

python tests/fuzz/load_hostile_mappings.py --minutes 5
"""

import random
import re
import sys
from pathlib import Path

import workers
from mutants import spoiled

from rotor_import.errors import MappingError
from rotor_import.mapping import load_mapping

MAPPINGS = Path(__file__).parents[2] / "mappings"


def main() -> int:
    given = workers.arguments(__doc__ or "")
    if given.batch is None:
        return workers.drive(given)
    samples = [path.read_bytes() for path in sorted(MAPPINGS.glob("*.yaml"))]
    reference = (MAPPINGS / "README.md").read_text(encoding="utf-8")
    samples += [b"version: 1\n" + block.encode() for block in re.findall(r"```yaml\n(.*?)```", reference, re.DOTALL)]

    def one(chance: random.Random, path: Path) -> None:
        file = path.with_suffix(".yaml")
        file.write_bytes(spoiled(chance, chance.choice(samples), samples))
        try:
            load_mapping(str(file))
        except MappingError as error:
            if not str(error):
                raise AssertionError("an error without words") from error

    return workers.run_batch(given, one)


if __name__ == "__main__":
    sys.exit(main())
