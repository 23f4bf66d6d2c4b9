"""A year of nights: `python tests/benchmarks/a_year_of_nights.py [NIGHTS [ROWS]]`.

Each night a full file of ROWS rows (300) is synced to the embedded Rotor, some of them edited; then the clock moves on
by a day. Once the ledger keeps everything, once `ledger prune --older-than 90d` follows each night. It prints what the
ledger takes, and how much processor time a night took at the beginning and at the end: on a clock, other programs
would show.
"""

import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from hands import Hands
from nightly_file import MAPPING, person, write

from rotor_import import Settings, World
from rotor_import.model.clock import Clock
from rotor_import.pipeline.upkeep import check_ledger, prune_ledger
from rotor_import.sync import DropSettings, sync

DAY = 24 * 60 * 60
EDITS, SPAN = 15, 20


def year(folder, nights, count, keep):
    """The processor milliseconds of each night, the bytes of the ledger after it, and how many POSTs were sent."""
    hands, chance = Hands(), random.Random(18)
    settings = Settings(
        sandbox=True,
        sandbox_state=folder / "sandbox.sqlite",
        ledger=str(folder / "ledger.sqlite"),
        report_dir=folder / "reports",
        concurrency=1,
    )
    world = World(clock=Clock(hands.now, hands.sleep))
    (folder / "drop").mkdir(parents=True)
    mapping = folder / "map.yaml"
    mapping.write_text(MAPPING)
    rows = [person(number, "note") for number in range(count)]
    took, sizes, posts = [], [], 0
    for night in range(nights):
        for row in chance.sample(rows, EDITS):
            row[-1] = f"note of night {night}"
        write(folder / "drop" / f"{night:04}.csv", rows)
        began = time.process_time()
        report = sync(folder / "drop", mapping, settings, DropSettings(settle=0), world)
        took.append((time.process_time() - began) * 1000)
        if report.error is not None or report.summary["state"] != "complete":
            sys.exit(f"Night {night} did not end well: {report.error}")
        posts += report.summary["requests"]["post"]
        if keep:
            prune_ledger(settings, keep, settings.report_dir, world)
        sizes.append(Path(settings.ledger).stat().st_size)
        hands.sleep(DAY)
    found = check_ledger(settings)
    if not found["sound"]:
        sys.exit(f"The ledger is damaged: {found['problems']}")
    return took, sizes, posts


def main(nights, count):
    if nights < 3 * SPAN:
        sys.exit(f"Give at least {3 * SPAN} nights.")
    sent = []
    for words, keep in (("everything kept", ""), ("ledger prune --older-than 90d each night", "90d")):
        with tempfile.TemporaryDirectory() as name:
            took, sizes, posts = year(Path(name), nights, count, keep)
        sent.append(posts)
        first, last = median(took[SPAN : 2 * SPAN]), median(took[-SPAN:])
        print(f"{words}, {nights} nights of {count} rows, {EDITS} of them edited each night: {posts} POSTs")
        print(f"  bytes after night {SPAN}, {nights // 2} and {nights}: ", end="")
        print(", ".join(f"{sizes[at - 1]:,}" for at in (SPAN, nights // 2, nights)))
        print(
            f"  a night at the beginning {first:.0f} ms, at the end {last:.0f} ms ({last / first:.2f} times)",
            flush=True,
        )
    if len(set(sent)) > 1:
        sys.exit("With prune, other requests were sent than without it.")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*[*numbers, *(400, 300)[len(numbers) :]])
