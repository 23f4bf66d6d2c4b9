"""A real process, really killed, again and again: `--kills 300` for a long run by hand."""

import json
import signal
import sqlite3
import threading
from contextlib import closing
from random import Random

from processes import PEOPLE, Machine, ended

from rotor_import.sandbox import Fault, Options, Sandbox, serve

FAULTS = tuple(map(Fault.parse, ("drop after 5%", "500 5%", "truncated after upsert 3%", "drop before upsert 3%")))


class Tripwire:
    """A WSGI application before another: tells when a number of requests have come, before the last is served."""

    def __init__(self, app):
        self._app = app
        self._lock = threading.Lock()
        self._left = 0
        self.reached = threading.Event()

    def arm(self, count):
        with self._lock:
            self._left = count
            self.reached.clear()

    def __call__(self, environ, start_response):
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self.reached.set()
        return self._app(environ, start_response)


def kill_after(process, wire):
    """Whether it lived so long."""
    gone = threading.Thread(target=lambda: (process.wait(), wire.reached.set()))
    gone.start()
    wire.reached.wait(120)
    process.kill()
    gone.join()
    return ended(process)[0] == -signal.SIGKILL


def test_killed_again_and_again_it_loses_and_doubles_nobody(tmp_path, request):
    kills = request.config.getoption("--kills")
    chance = Random(kills)
    options = Options(daily_limit=10**6, faults=FAULTS, seed=kills)
    with Sandbox(options=options) as sandbox:
        wire = Tripwire(sandbox)
        with serve(wire) as url:
            machine = Machine(tmp_path / "first", url, str(tmp_path / "ledger.sqlite"))
            killed, edition = 0, 0
            while killed < kills:
                wire.arm(chance.randint(1, PEOPLE))
                killed += kill_after(machine.start("--daily-limit", "1000000"), wire)
                if chance.random() < 1 / 4:
                    edition += 1
                    machine.write(f"E{edition}-")
            sandbox.suffer()
            code, out, error = machine.run("--daily-limit", "1000000")
            assert code == 0, error
            rows = json.loads(out)["rows"]
            assert (
                rows["read"] == PEOPLE == sum(rows[name] for name in ("left_out", "rejected", "merged", "held", "kept"))
            )
            assert json.loads(machine.run("--daily-limit", "1000000")[1])["requests"]["post"] == 0
        found = sorted((one["email"], one["first_name"]) for one in sandbox.store.all())
        assert found == sorted(
            (f"person{at}@example.com", f"E{edition}-P{at}" if edition else f"P{at}") for at in range(PEOPLE)
        )
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger:
            charged = ledger.execute("SELECT count(*) FROM requests").fetchone()[0]
        assert charged >= len(sandbox.store.requests())
