"""How fast the page shows a large plan: `python tests/benchmarks/page_of_a_plan.py [ROWS]` (100,000 of them).

The same invented export is planned by the page, with the mapping that it suggests, and by `rotor-import plan` with
that mapping, each in a process of its own. Printed are
both peaks of memory, and for the page how long each view of the plan takes: the median and the slowest of five, in
seconds, before the page's program is started again and right after.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

HERE = Path(__file__).parent
PROGRAM = [sys.executable, "-c", "from rotor_import.cli import main; main()"]
ROWS = 100_000
ROUNDS = 5
VIEWS = {
    "the plan": "/plan",
    "its last page": "/plan?page=99999",
    "one fate": "/plan/lines?fate=rejected",
    "customers of several rows": "/plan/lines?fate=several",
    "search: a name": "/plan/lines?q=garcia",
    "search: a name and a street": "/plan/lines?q=renee+garcia+main",
    "search: a phone": "/plan/lines?q=763-555",
    "search: a row": "/plan/lines?q=row+77777",
    "search: nobody": "/plan/lines?q=nobody+at+all",
}
"""Each has all of its lines unfolded in it."""


def environment(folder):
    return os.environ | {"XDG_DATA_HOME": str(folder / "data")}


def planned_by_command(folder, file, mapping):
    """The peak in MB of a process that only plans."""
    command = [*PROGRAM, "plan", file, "-m", mapping, "--sandbox", "-q"]
    with (folder / "out").open("w") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment(folder / "apart"), stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 3), (folder / "out").read_text()
    return used.ru_maxrss / 1024


@contextmanager
def page(folder, *arguments):
    """The page's process, with a client that was let in."""
    command = [*PROGRAM, "open", "--no-browser", "--json", "--sandbox", *arguments]
    process = subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, text=True)
    try:
        address = urlsplit(json.loads(process.stdout.readline())["url"])
        origin = f"{address.scheme}://{address.netloc}"
        with httpx.Client(base_url=origin, headers={"Origin": origin}, timeout=600) as client:
            client.get(f"/?{address.query}")
            yield process, client
    finally:
        process.terminate()
        process.wait()


def post(client, where):
    now = re.search(r'data-import="([^"]*)"', client.get("/file").text)[1]
    answer = client.post(where, json={"import": now, "to": "sandbox"}).json()
    assert "go" in answer, answer


def plan(process, client, file):
    """Plan by the page. Prints the peak of memory after each step."""
    with file.open("rb") as content:
        client.post("/file/upload", content=content.read(), headers={"X-File-Name": quote(file.name)})
    post(client, "/file/next")
    client.get("/columns")
    print(f"Columns read: {memory(process, 'VmHWM'):,.0f} MB at the peak.")
    post(client, "/columns/next")
    while 'data-state="planned"' not in client.get("/plan").text:
        time.sleep(0.2)
    print(f"Planned: {memory(process, 'VmHWM'):,.0f} MB at the peak.")


def memory(process, what):
    found = re.search(rf"{what}:\s*(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    return int(found[1]) / 1024


def seconds(client, where):
    started = time.perf_counter()
    answer = client.get(where)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - started, len(answer.content)


def shown(client):
    for name, where in VIEWS.items():
        first, _ = seconds(client, where)
        rounds = [seconds(client, where) for _ in range(ROUNDS)]
        times, size = [took for took, _ in rounds], rounds[0][1]
        print(
            f"  {name:28} first {first:5.2f}   median {statistics.median(times):5.2f}   slowest {max(times):5.2f}"
            f"   {size / 1000:6,.0f} kB"
        )


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "clients.csv"
        subprocess.run([sys.executable, HERE / "legacy_export.py", file, str(rows)], check=True)
        (folder / "clients.yaml").unlink()  # the page makes its own
        with page(folder) as (process, client):
            started = time.perf_counter()
            plan(process, client, file)
            print(f"{rows:,} rows planned by the page in {time.perf_counter() - started:.1f} s.")
            shown(client)
            peak, now = memory(process, "VmHWM"), memory(process, "VmRSS")
        alone = planned_by_command(folder, file, folder / "clients.yaml")
        print(f"`plan` alone: {alone:,.0f} MB at its peak.")
        print(f"The page: {peak:,.0f} MB at its peak ({peak - alone:+,.0f} MB beside `plan`), {now:,.0f} MB now.")
        print("Started again:")
        with page(folder) as (process, client):
            shown(client)
            print(f"The page: {memory(process, 'VmHWM'):,.0f} MB at its peak, {memory(process, 'VmRSS'):,.0f} MB now.")


if __name__ == "__main__":
    main()
