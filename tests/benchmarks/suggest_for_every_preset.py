"""How much of each preset a suggestion finds by itself: `python tests/benchmarks/suggest_for_every_preset.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "suggest"))

from likeness import compare, pairs


def main():
    print(f"{'sample':<44} fields  found  wrong  missed")
    for sample, preset in pairs().items():
        found = compare(sample, preset)
        every = len(found.found + found.missed)
        missed = ", ".join(found.missed)
        print(f"{sample:<44} {every:>6} {found.share:>6.0%} {len(found.wrong):>6}  {missed}")


if __name__ == "__main__":
    main()
