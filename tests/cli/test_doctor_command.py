"""doctor: what is wrong is told before the first night, with the exit code that the night would have."""

import shutil
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from test_command_line import FILE, MAPPING

from rotor_import.sandbox import Options, Sandbox, serve

BOTH = frozenset({"customers:read", "customers:write"})
CHECKS = ["profile", "key", "scopes", "ledger", "clock", "folder", "mapping", "space", "reports"]


@pytest.fixture
def company(desk):
    (desk.folder / "drop").mkdir()
    desk.put("drop/people.csv", FILE)
    desk.put("my.yaml", MAPPING)
    return desk


@contextmanager
def rotor(company, more="", **options):
    with Sandbox(options=Options(**({"keys": {"canary-key": BOTH}} | options))) as sandbox, serve(sandbox) as url:
        text = f"mapping = 'my.yaml'\nfolder = 'drop'\nledger = 'l.sqlite'\nkey_env = 'K'\nretry_base = 0\n{more}"
        company.put("rotor-import.toml", f"[profiles.acme]\nbase_url = '{url}'\n{text}")
        yield sandbox


def doctor(company, *more, key="canary-key"):
    done = company("doctor", "--profile", "acme", "--json", *more, K=key)
    assert "canary" not in done.out + done.err
    assert "Traceback" not in done.err
    return done.code, {one["check"]: (one["state"], one["message"]) for one in done.json["checks"]}


def test_a_company_that_is_set_up_well_has_nothing_wrong_for_one_request(company):
    with rotor(company) as sandbox:
        code, found = doctor(company)
        assert (code, list(found)) == (0, CHECKS)
        assert {state for check, (state, _) in found.items() if check != "space"} == {"ok"}
        assert len(sandbox.store.requests()) == 1
        text = company("doctor", "--profile", "acme", K="canary-key")
        assert "no damage found" in text.out
    assert sorted(path.name for path in (company.folder / "drop").iterdir()) == ["people.csv"]
    assert not (company.folder / "rotor-import-reports").exists()


def test_a_refused_key_is_5_and_a_missing_one_2(company):
    with rotor(company):
        code, found = doctor(company, key="other")
        assert (code, found["key"][0], found["scopes"][0]) == (5, "problem", "skipped")
        code, found = doctor(company, key="")
        assert (code, found["key"][0]) == (2, "problem")
        assert "isn't set" in found["key"][1]


def test_a_key_file_that_others_can_read_is_a_problem(company):
    with rotor(company, more="key_file = 'k'\n"):
        text = (company.folder / "rotor-import.toml").read_text().replace("key_env = 'K'\n", "")
        company.put("rotor-import.toml", text)
        company.put("k", "canary-key")
        (company.folder / "k").chmod(0o644)
        code, found = doctor(company)
    assert code == 2
    assert "chmod 600" in found["key"][1]


def test_a_missing_scope_is_5_and_an_api_that_is_down_7(company):
    with rotor(company, keys={"canary-key": frozenset({"customers:read"})}):
        code, found = doctor(company)
        assert (code, found["scopes"][0]) == (5, "problem")
        assert "customers:write" in found["scopes"][1]
    code, found = doctor(company)  # that Rotor is gone by now
    assert (code, found["key"][0]) == (7, "problem")
    assert "--base-url" in found["key"][1]


class SlowClock(BaseHTTPRequestHandler):
    """Answers auth/test, on a computer whose clock is five minutes behind."""

    def do_GET(self):
        body = b'{"authenticated": true, "company_id": "acme", "scopes": ["customers:read", "customers:write"]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp=None):  # noqa: ARG002 - its own is no matter
        return super().date_time_string(time.time() - 300)

    def log_message(self, *_):
        pass


def test_a_clock_that_is_wrong_is_a_warning(company):
    with rotor(company), HTTPServer(("127.0.0.1", 0), SlowClock) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, found = doctor(company, "--base-url", f"http://127.0.0.1:{server.server_port}/open-api")
        server.shutdown()
    assert (code, found["clock"][0]) == (0, "warning")
    assert "ahead of Rotor's" in found["clock"][1]


@pytest.mark.parametrize(
    ("harm", "check", "words"),
    [
        (lambda folder: shutil.rmtree(folder / "drop"), "folder", "no folder"),
        (lambda folder: (folder / "my.yaml").unlink(), "mapping", "my.yaml"),
        (lambda folder: (folder / "my.yaml").write_text(MAPPING.replace("Phone", "Fon")), "mapping", "Fon"),
        (lambda folder: (folder / "drop" / "people.csv").write_text('"a,b'), "mapping", "people.csv"),
        (lambda folder: (folder / "l.sqlite").write_text("no database at all"), "ledger", "ledger"),
        (lambda folder: (folder / "rotor-import-reports").write_text("a file"), "reports", "--report-dir"),
    ],
)
def test_what_would_stop_a_night_is_a_problem_with_exit_code_2(company, harm, check, words):
    with rotor(company):
        harm(company.folder)
        code, found = doctor(company)
    assert code == 2, found
    assert found[check][0] == "problem"
    assert words in found[check][1]


def test_rows_that_would_be_rejected_are_a_warning(company):
    company.put("drop/people.csv", FILE + "Cy,,123,\n")
    with rotor(company):
        code, found = doctor(company)
    assert (code, found["mapping"][0]) == (0, "warning")
    assert "1 of the 3 rows" in found["mapping"][1]


def test_a_new_database_is_no_problem(company, server):
    with rotor(company, more=f"ledger = '{server.database()}'\n"):
        text = (company.folder / "rotor-import.toml").read_text().replace("ledger = 'l.sqlite'\n", "")
        company.put("rotor-import.toml", text)
        code, found = doctor(company)
        assert (code, found["ledger"][0]) == (0, "ok"), found
        assert "none yet" in found["ledger"][1]
        assert "no damage" in doctor(company)[1]["ledger"][1]


def test_all_profiles_are_looked_at_whatever_is_wrong_with_one(company):
    with rotor(company):
        text = (company.folder / "rotor-import.toml").read_text()
        company.put("rotor-import.toml", f"{text}[profiles.beta]\nnonsense = 1\n")
        done = company("doctor", "--all", "--json", K="canary-key")
    assert (done.code, done.json["code"]) == (2, 2)
    assert done.json["profiles"]["acme"]["code"] == 0
    assert "nonsense" in done.json["profiles"]["beta"]["checks"][0]["message"]
