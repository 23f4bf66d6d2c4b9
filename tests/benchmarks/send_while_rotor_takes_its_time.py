"""Requests a second of a run with its durable ledger, beside a bare httpx loop with as many at the same time.

`python tests/benchmarks/send_while_rotor_takes_its_time.py [SECONDS [ROUNDS]]` prints both for a Rotor that takes so
long for each request; without SECONDS for one that takes 50 ms, and for one that answers at once. The server is a
process of its own, and its clock is the one that counts: from the first POST to the last answer.
"""

import asyncio
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from rotor_import import Settings, run_import

CONCURRENCY = 4
PEOPLE = 900
ROUNDS = 3
COMPANY = str(uuid.uuid4())


class Rotor:
    """The least that a client needs; `times` are those of the POSTs' answers and, first, of the first POST."""

    def __init__(self, delay):
        self._delay = delay
        self._times = []

    async def serve(self, port):
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        async with server:
            await server.serve_forever()

    async def _client(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, _ = head.split(b" ", 2)
                length = next(
                    (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), b":0"
                )
                body = await reader.readexactly(int(length.split(b":")[1]))
                status, answer = await self._answer(method, path, body)
                content = json.dumps(answer).encode()
                writer.write(b"HTTP/1.1 %d OK\r\ncontent-length: %d\r\n\r\n" % (status, len(content)) + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, method, path, body):
        if method == b"POST":
            self._times = self._times or [time.perf_counter()]
            await asyncio.sleep(self._delay)
            self._times.append(time.perf_counter())
            return 201, {"id": str(uuid.uuid4()), "message": "Customer created successfully", **json.loads(body)}
        if path.endswith(b"/times"):
            times, self._times = self._times, []
            return 200, times
        if path.endswith(b"/auth/test"):
            return 200, {"authenticated": True, "company_id": COMPANY, "scopes": ["customers:read", "customers:write"]}
        return 200, {"data": [], "pagination": {"has_more": False, "limit": 1000, "page": 1, "total": 0}}


def rotor(delay, port):
    asyncio.run(Rotor(delay).serve(port))


def rate(url):
    times = httpx.get(f"{url}/times").json()
    return (len(times) - 1) / (max(times) - times[0])


def ours(url, folder):
    (folder / "map.yaml").write_text("version: 1\nfields: {first_name: First, email: Email}\n")
    people = "".join(f"P{at},person{at}@example.com\n" for at in range(PEOPLE))
    (folder / "people.csv").write_text(f"First,Email\n{people}")
    settings = Settings(
        key="a-key",
        base_url=url,
        ledger=str(folder / "ledger.sqlite"),
        report_dir=folder / "reports",
        concurrency=CONCURRENCY,
        daily_limit=PEOPLE * 2,
    )
    summary = run_import([folder / "people.csv"], folder / "map.yaml", settings).summary
    if summary["sent"]["created"] != PEOPLE:
        sys.exit(f"Not everything was sent: {summary['sent']}")
    return rate(url)


def bare(url):
    with httpx.Client(headers={"x-api-key": "a-key"}) as client, ThreadPoolExecutor(CONCURRENCY) as pool:
        bodies = [{"first_name": f"P{at}", "email": f"person{at}@example.com"} for at in range(PEOPLE)]
        list(pool.map(lambda body: client.post(f"{url}/customers", json=body).json(), bodies))
    return rate(url)


def measure(delay, rounds):
    port = multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=rotor, args=(delay, port), daemon=True)
    server.start()
    while not port.value:
        time.sleep(0.01)
    url = f"http://127.0.0.1:{port.value}/open-api"
    rates = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            rates.append((ours(url, Path(folder)), bare(url)))
    server.terminate()
    mine, rival = (statistics.median(one) for one in zip(*rates, strict=True))
    print(f"{delay * 1000:.0f} ms: {mine:.1f} requests a second, a bare loop {rival:.1f}: {mine / rival:.1%}")


if __name__ == "__main__":
    for seconds in sys.argv[1:2] or (0.05, 0.0):
        measure(float(seconds), int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
