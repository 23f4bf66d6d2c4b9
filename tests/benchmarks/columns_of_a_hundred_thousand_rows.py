"""How long the columns' page takes to renew its counts when a column is assigned, for 100,000 rows.

python tests/benchmarks/columns_of_a_hundred_thousand_rows.py
"""

import random
import tempfile
import time
from pathlib import Path

from rotor_import.pipeline.column_draft import Draft, assignment, checked
from rotor_import.pipeline.column_preview import Cards
from rotor_import.pipeline.column_table import ColumnTables

ROWS = 100_000
HEADER = "Id,Name,Phone,Email,Address,State,Zip,Status,Tags,Cell"
MAPPING = "version: 1\nfields:\n  email: Email\n  tags: {column: Tags, split: ;}\n"
TARGETS = [("Phone", "phone"), ("Cell", "phone"), ("Phone", "email"), ("Name", "name"), ("Name", "phone")]
TARGETS += [("Address", "property_address"), ("State", "property_state"), ("Status", "status"), ("Phone", "phone")]


def timed(what, work):
    began, busy = time.perf_counter(), time.process_time()
    result = work()
    took, worked = time.perf_counter() - began, time.process_time() - busy
    print(f"{what:45}{1000 * took:8.0f} ms, {1000 * worked:6.0f} ms of processor time")
    return result


def main():
    some = random.Random(1)
    lines = [HEADER]
    for at in range(ROWS):
        phones = [f"({some.randint(201, 989)}) {some.randint(200, 999)}-{some.randint(0, 9999):04}" for _ in "12"]
        person = f"{some.choice(['Ann', 'Bob', 'Eve'])} {some.choice(['Smith', 'Jones', 'Lee'])}{chr(97 + at % 26)}"
        lines.append(
            f'{at},{person},{phones[0]},c{at}@example.com,"{at} Maple St, Fort Worth, TX 76102",'
            f"{some.choice(['TX', 'Texas'])},{some.randint(10000, 99999)},{some.choice(['yes', 'no'])},a;b,{phones[1]}"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "many.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        tables, draft = ColumnTables(), Draft(MAPPING, MAPPING)
        table = timed("read the file, once", lambda: tables.of(file))
        cards = Cards(table, checked(MAPPING, "x.yaml", table), draft)
        timed("first cards", lambda: cards.all)
        for column, target in TARGETS:

            def assign(column=column, target=target, before=cards):
                after = before.draft.edited(assignment(table, column, target), table.names)
                new = Cards(table, checked(after.text, "x.yaml", table, before.mapping), after)
                assert len(new.all) == len(table.names)
                return new

            cards = timed(f"{column} goes to {target}", assign)
            at = table.names.index(column)
            if cards.card(at).count.may_be_exact:
                timed("   all of its cells, counted afterwards", lambda at=at, cards=cards: cards.card(at, exact=True))


if __name__ == "__main__":
    main()
