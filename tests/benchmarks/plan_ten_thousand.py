"""How long the whole `plan` process takes for 10,000 rows: `python tests/benchmarks/plan_ten_thousand.py [ROWS]`.

It is timed beside what it cannot avoid, a process that only loads polars, SQLAlchemy and httpx, in turns.
"""

import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = "Id,First Name,Last Name,Company,Mobile,Home,Email,Street,City,State,Zip,Tags,Notes,Status".split(",")
MAPPING = """\
version: 1
key: Id
fields:
  first_name: First Name
  last_name: Last Name
  company_name: Company
  phone: {first_of: [Mobile, Home], split: ","}
  email: Email
  property_street1: Street
  property_city: City
  property_state: State
  property_zip: Zip
  tags: {column: Tags, split: ","}
  notes: Notes
  status: Status
"""
ROUNDS = 7


def people(count):
    """One row in ten a duplicate, 3 % odd e-mails, three in ten with a second phone."""
    chance = random.Random(1)
    made = []
    for number in range(count):
        if made and chance.random() < 0.1:
            yield chance.choice(made)
            continue
        phones = [phone(chance), phone(chance) if chance.random() < 0.3 else ""]
        odd = chance.random() < 0.03
        email = chance.choice(["none", "a@@b", "x@y"]) if odd else f"user{number}@example.com"
        name = [number, "Ann", f"Ray{number}", ""]
        place = [f"{number} Main St", "Town", "NJ", "07701", "vip,new", f"note {number}", "active"]
        made.append([*name, *phones, email, *place])
        yield made[-1]


def phone(chance):
    return f"({chance.choice((763, 732, 617, 612, 817))}) {chance.randrange(200, 999)}-{chance.randrange(10000):04d}"


def seconds(command, folder):
    started = time.perf_counter()
    environment = os.environ | {"XDG_DATA_HOME": str(folder)}
    subprocess.run(command, cwd=folder, env=environment, check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main(count):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "map.yaml").write_text(MAPPING)
        with (folder / "people.csv").open("w", newline="") as file:
            csv.writer(file).writerows([HEADER, *people(count)])
        start = [sys.executable, "-c", "from rotor_import.cli import main; main()"]
        plan = [*start, "plan", "people.csv", "-m", "map.yaml", "--sandbox"]
        floor = [sys.executable, "-c", "import polars, sqlalchemy, httpx"]
        times = [(seconds(plan, folder), seconds(floor, folder)) for _ in range(ROUNDS)]
    ours, least = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"plan of {count} rows: {ours:.2f} s; loading the libraries alone: {least:.2f} s; {ours / least:.1f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
