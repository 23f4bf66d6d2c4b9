"""How many cells of each preset's sample arrive: `python tests/benchmarks/cells_that_arrive.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "presets"))

from arrival import arrival
from test_presets import CASES, ignored_columns, matches

from rotor_import.mapping import load_mapping


def main():
    print(f"{'sample':<44} cells  arrive  not imported  lost")
    for case in CASES.values():
        ignored = ignored_columns(case.preset)
        found = arrival(load_mapping(case.preset), case.sample, lambda name, ignored=ignored: matches(name, ignored))
        print(
            f"{case.name:<44} {found.filled:>5} {found.share:>7.2%} {found.not_imported:>13}  {'; '.join(found.lost)}"
        )


if __name__ == "__main__":
    main()
