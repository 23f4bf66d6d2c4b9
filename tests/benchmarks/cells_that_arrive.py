"""How many cells of each preset's sample arrive, with the preset and with the mapping that is suggested without it.

Columns that the mapping names as not imported are counted apart.

`python tests/benchmarks/cells_that_arrive.py`
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "presets"))

from arrival import arrival
from test_presets import CASES, ignored_columns, matches

from rotor_import.mapping import load_mapping, parse_mapping
from rotor_import.pipeline.suggesting import suggest_mapping


def of_preset(case):
    ignored = ignored_columns(case.preset)
    return arrival(load_mapping(case.preset), case.sample, lambda name: matches(name, ignored))


def of_suggestion(case):
    text = suggest_mapping(case.sample)
    left_out = re.search(r"# Left out on purpose:\n((?:# .*\n?)+)", text)
    ignored = re.findall(r"^#   '(.*)': ", left_out[1], re.MULTILINE) if left_out else []
    ignored += re.findall(r"^#   '(.*)': .* \(nowhere\)$", text, re.MULTILINE)
    return arrival(parse_mapping(text, "suggested.yaml", "suggested"), case.sample, ignored.__contains__)


def main():
    for title, of_case in (("preset", of_preset), ("suggested mapping", of_suggestion)):
        print(f"{title:<44} cells  arrive  not imported  lost")
        filled, lost = 0, 0
        for case in CASES.values():
            found = of_case(case)
            filled, lost = filled + found.filled, lost + len(found.lost)
            words = "; ".join(found.lost)
            print(f"{case.name:<44} {found.filled:>5} {found.share:>7.2%} {found.not_imported:>13}  {words}")
        print(f"{'all':<44} {filled:>5} {1 - lost / filled:>7.2%}\n")


if __name__ == "__main__":
    main()
