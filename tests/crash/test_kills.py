"""A real process, really killed, again and again: `--kills 300` for a long run by hand."""

import json
import signal
import sqlite3
import threading
from contextlib import closing
from random import Random

from processes import PEOPLE, Machine, ended

from rotor_import.sandbox import Fault, Options, Sandbox, serve
from rotor_import.sandbox.options import SCOPES

KEYS = ("key-one", "key-two", "key-three")
KEYLESS = 12
"""People without an email: whoever of them is created twice stays so."""
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


def let_time_pass(path):
    """As if it were an hour later: no answer to an attempt can come any more."""
    with closing(sqlite3.connect(path)) as ledger:
        for name in ("started_at", "expires_at", "finished_at"):
            ledger.execute(f"UPDATE requests SET {name} = {name} - 3600")  # noqa: S608 - the names stand above
        ledger.commit()


def test_killed_again_and_again_under_one_key_after_another_it_loses_and_doubles_nobody(tmp_path, request):
    kills = request.config.getoption("--kills")
    chance = Random(kills)
    options = Options(keys=dict.fromkeys(KEYS, SCOPES), daily_limit=10**6, faults=FAULTS, seed=kills)
    more = ("--daily-limit", "1000000", "--allow-keyless")
    ledger_file = tmp_path / "ledger.sqlite"
    with Sandbox(options=options) as sandbox:
        wire = Tripwire(sandbox)
        with serve(wire) as url:
            machine = Machine(tmp_path / "first", url, str(ledger_file), keyless=KEYLESS)
            killed, edition = 0, 0
            while killed < kills:
                wire.arm(chance.randint(1, PEOPLE))
                died = kill_after(machine.start(*more, key=chance.choice(KEYS)), wire)
                killed += died
                if not died or chance.random() < 1 / 4:
                    edition += 1
                    machine.write(f"E{edition}-")
                if chance.random() < 1 / 8:
                    let_time_pass(ledger_file)
            sandbox.suffer()
            let_time_pass(ledger_file)
            code, out, error = machine.run(*more, key=chance.choice(KEYS))
            assert code == 0, error
            rows = json.loads(out)["rows"]
            fates = ("left_out", "rejected", "merged", "held", "kept")
            assert rows["read"] == PEOPLE + KEYLESS == sum(rows[name] for name in fates)
            assert json.loads(machine.run(*more, key=chance.choice(KEYS))[1])["requests"]["post"] == 0
        found = sorted((one["email"] or "", one["first_name"]) for one in sandbox.store.all())
        keyed = [(f"person{at}@example.com", f"E{edition}-P{at}" if edition else f"P{at}") for at in range(PEOPLE)]
        assert found == sorted([*keyed, *(("", f"K{at}") for at in range(KEYLESS))])
        with closing(sqlite3.connect(ledger_file)) as ledger:
            charged = ledger.execute("SELECT count(*) FROM requests").fetchone()[0]
            doubted = ledger.execute("SELECT count(*) FROM requests WHERE result = 'unknown'").fetchone()[0]
        sent = sandbox.store.requests()
        print(f"killed {killed} times; {len(sent)} requests, {doubted} of them in doubt")  # noqa: T201 - -rP shows it
        assert charged >= len(sent)
        assert len({one.key for one in sent}) == len(KEYS)
