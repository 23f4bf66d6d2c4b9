"""A night with many rows of which 1,000 changed: `python tests/benchmarks/sync_a_large_file.py [ROWS]`.

Rotor has the customers already, so that the first night only has to find them: importing a million through the API
would take hours. The second night takes the file with 1,000 rows changed, and must send exactly so many POSTs.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nightly_file import FIELDS, MAPPING, person, write

from rotor_import.sandbox import Options, Sandbox, serve

CHANGED, LIMIT = 1000, 10_000_000
MORE = "missing: inactive\norder: [company_name]\n"
START = """\
import json, resource, sys
from rotor_import.cli import main
try:
    main()
finally:
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss), file=sys.stderr)
"""


def people(count, every=0):
    """`every` so many rows one has another note."""
    for number in range(count):
        yield person(number, f"note {number}{', changed' if every and number % every == 0 else ''}")


def night(folder, url):
    """Its summary, its seconds and its peak memory in megabytes."""
    command = [sys.executable, "-c", START, "sync", "drop", "-m", "map.yaml", "--base-url", url, "--settle", "0"]
    command += ["--duplicates", "off"]
    command += ["--daily-limit", str(LIMIT), "--json", "--quiet"]
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"XDG_DATA_HOME": str(folder), "ROTOR_API_KEY": "a-key"},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - started
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout), took, int(done.stderr.splitlines()[-1]) / 1024


def main(count):
    if count < CHANGED:
        sys.exit(f"Give at least {CHANGED} rows.")
    with tempfile.TemporaryDirectory() as name, Sandbox(options=Options(daily_limit=LIMIT)) as rotor:
        folder = Path(name)
        (folder / "map.yaml").write_text(MAPPING + MORE)
        (folder / "drop").mkdir()
        rotor.store.insert([dict(zip(FIELDS, one[1:], strict=True)) for one in people(count)])
        with serve(rotor) as url:
            write(folder / "drop" / "1.csv", people(count))
            first, took, peak = night(folder, url)
            print(f"first night, {count} rows: {first['requests']['post']} POSTs, {took:.1f} s, {peak:.0f} MB")
            write(folder / "drop" / "2.csv", people(count, every=count // CHANGED))
            second, took, peak = night(folder, url)
    posts, changed = second["requests"]["post"], len(range(0, count, count // CHANGED))
    print(f"second night, {changed} rows changed: {posts} POSTs, {took:.1f} s, {peak:.0f} MB")
    if (first["requests"]["post"], posts) != (0, changed):
        sys.exit("That is not one POST for each row that changed.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
