"""Who was not given the link gets nothing from the page and can do nothing with it, whatever they send."""

import http.client
import socket
from contextlib import suppress
from urllib.parse import quote, urlsplit

import httpx
import pytest
from rotor import Rotor
from windows import KEY, Computer, Running

from rotor_import.web import posted, server
from rotor_import.web.steps import file
from rotor_import.web.uploads import file_name

PAGES = ("/", "/file", "/columns", "/plan", "/review", "/import", "/history", "/events", "/nothing")
POSTS = ("/file/upload", "/file/next", "/columns/next", "/import/start", "/another", "/file")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """One for all tests here that leave it as it was."""
    rotor = Rotor()
    with rotor.sandbox:
        one = Running(Computer(tmp_path_factory.mktemp("page"), rotor).workspace())
        with one.client() as client:
            yield one, client
        one.end()


@pytest.fixture
def running(page):
    yield page[0]
    page[0].workspace.desk.clear()
    page[0].workspace.jobs.forget()


@pytest.fixture
def client(running, page):
    return page[1]


def cookie_of(client):
    [(name, value)] = client.http.cookies.items()
    return f"{name}={value}"


def raw(running, method, path, headers, body=b"", host=None):
    """A request as it is written here, with nothing that a client adds."""
    connection = http.client.HTTPConnection("127.0.0.1", running.served.port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": host or urlsplit(running.origin).netloc, **headers}.items():
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    answer.text, answer.status_code, answer.url = answer.read().decode(), answer.status, path
    connection.close()
    return answer


def look(address, method="GET", **headers):
    """What a stranger is shown."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.text, answer.status_code, answer.url = answer.read().decode(), answer.status, path
    connection.close()
    return answer


@pytest.mark.parametrize("path", PAGES)
def test_without_the_link_nothing_is_shown(running, path):
    answer = look(running.origin + path)
    assert answer.status_code == 403
    assert "link" in answer.text
    page = look(running.origin + path, Accept="text/html")
    assert page.status_code == 403
    assert "rotor-import open" in page.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "0.0.0.0:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1:1"]
)
def test_under_another_hosts_name_the_page_answers_nobody(running, client, host):
    named = host.format(port=running.served.port)
    for headers in ({}, {"Cookie": cookie_of(client), "Origin": f"http://{named}"}):
        for method in ("GET", "POST"):
            assert raw(running, method, "/file", headers, host=named).status == 403
    path = running.new_address().removeprefix(running.origin)
    assert raw(running, "GET", path, {}, host=named).status == 403
    assert raw(running, "GET", path, {}).status == 303  # it was not used up


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:{other}"},
    {"Origin": "https://127.0.0.1:{port}"},
    {"Origin": "http://localhost:{port}"},  # the address that the page has is the other one
    {},
    {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-site"},  # a page on another port of this computer
    {"Authorization": "Bearer x"},
    {"Authorization": "Bearer "},
)


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
def test_another_page_can_send_nothing_even_with_the_cookie(running, client, foreign):
    port = running.served.port
    headers = {name: value.format(port=port, other=port - 1) for name, value in foreign.items()}
    for path in POSTS:
        answer = raw(
            running, "POST", path, {"Cookie": cookie_of(client), "X-File-Name": "a.csv", **headers}, b"a,b\n1,2\n"
        )
        assert answer.status == 403, path
    assert running.workspace.desk.now.id == ""


def test_another_page_can_show_and_read_nothing(running, client):
    cookie = {"Cookie": cookie_of(client)}
    for site in ("cross-site", "same-site"):
        assert raw(running, "GET", "/file", {**cookie, "Sec-Fetch-Site": site}).status == 403
    assert raw(running, "GET", "/file", {**cookie, "Sec-Fetch-Site": "none"}).status == 200


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "CONNECT", "PATCH", "PROPFIND"])
def test_no_other_method_does_anything(running, client, method):
    cookie = {"Cookie": cookie_of(client)}
    assert raw(running, method, "/file", cookie).status == 403
    answer = raw(running, method, "/file", {**cookie, "Origin": running.origin, "X-Secret": "seen"})
    assert answer.status in (400, 404, 405)
    assert "seen" not in answer.text
    assert "access-control-allow-origin" not in answer.headers


def test_a_link_works_once(running):
    address = running.new_address()
    head = look(address, "HEAD")
    assert head.status_code == 403  # whoever looks at a link without opening it does not use it up
    first = look(address)
    assert first.status_code == 303
    assert first.headers["location"] == "/"
    attributes = first.headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=strict", "path=/"} <= set(attributes)
    assert not any(each.startswith(("domain", "expires", "max-age")) for each in attributes)
    again = look(address)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    known = look(running.address, Cookie=first.headers["set-cookie"].partition(";")[0])
    assert (known.status_code, known.headers["location"]) == (303, "/")


@pytest.mark.parametrize("token", ["", "x", "ä", "%00", "é" * 43, "&token=", "a" * 10_000])
def test_a_token_that_was_guessed_opens_nothing(running, token):
    assert look(f"{running.origin}/?token={quote(token)}").status_code == 403


def test_the_link_and_the_cookie_of_an_earlier_process_open_nothing(serve):
    first = serve()
    with first.client() as client:
        cookie = client.http.cookies
    unused = first.served.guard.new_token()
    second = serve()
    assert look(f"{second.origin}/?token={unused}").status_code == 403
    for jar in (cookie, {f"rotor-import-{second.served.port}": next(iter(cookie.values()))}):
        assert (
            look(
                f"{second.origin}/file", Cookie="; ".join(f"{name}={value}" for name, value in jar.items())
            ).status_code
            == 403
        )


def test_only_so_many_links_are_open_at_once(running):
    addresses = [running.new_address() for _ in range(20)]
    opened = [look(address).status_code for address in addresses]
    assert opened == [403] * 12 + [303] * 8


POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
}


def test_every_answer_forbids_frames_foreign_scripts_and_keeping(running, client):
    pages = [client.get(path) for path in PAGES if path != "/events"]
    others = [
        client.get("/static/page.css"),
        client.post("/file/next"),
        client.http.put("/file"),
        client.get("/static/x"),
    ]
    strangers = [look(running.origin + path) for path in ("/", "/?token=x", "/static/page.css")]
    for answer in [*pages, *others, *strangers]:
        headers = answer.headers
        assert set(headers["content-security-policy"].split("; ")) >= POLICY, answer.url
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../etc/passwd",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/%2e%2e/desk.py",
        "/static//etc/passwd",
        "/static/page.js%00",
        "/static/file.html.j2",
        "/static/..\\desk.py",
        "//etc/passwd",
        "/file/../../import.json",
    ],
)
def test_no_path_leads_out_of_the_page(running, client, path):
    answer = raw(running, "GET", path, {"Cookie": cookie_of(client)})
    assert answer.status == 404
    assert "root:" not in answer.text


NOT_JSON = {
    "nothing": b"",
    "a list": b"[1]",
    "a number": b"7",
    "half": b'{"import": "',
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "half a letter": b'{"import": "", "to": "\\ud800"}',
    "no text": b"\xff\xfe\x00",
    "a huge number": b'{"import": "", "to": ' + b"9" * 10_000 + b"}",
    "too long": b'{"import": "", "to": "' + b"x" * posted.LARGEST + b'"}',
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_object_is_refused_in_words(client, body):
    answer = client.http.post("/file/next", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "can't be read" in answer.json()["error"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_foreign_form_could_send_is_refused(client, kind):
    answer = client.http.post("/file/next", content=b'{"import": "", "to": "sandbox"}', headers={"Content-Type": kind})
    assert answer.status_code == 400


@pytest.mark.parametrize("odd", [None, 1, [], {}, ["sandbox"], {"a": 1}, "", "Rotor", "x" * 100_000, True])
def test_values_of_another_kind_are_refused_in_words(client, odd):
    client.upload("a.csv", b"Phone,Name\n763 555 0100,Ada\n")
    assert client.post("/file/next", to=odd).status_code == 400
    assert client.post("/file/sheet", sheet=odd).status_code == 400
    assert client.http.post("/file/next", json={"import": odd, "to": "sandbox"}).status_code == 409
    client.get("/columns")
    for path in ("/columns/next", "/plan/again", "/file/offered"):
        assert client.http.post(path, json={"import": odd}).status_code == 409


class Slow:
    """A connection over which something is sent bit by bit."""

    def __init__(self, running, client, begin):
        self.socket = socket.create_connection(("127.0.0.1", running.served.port), timeout=20)
        host = urlsplit(running.origin).netloc
        self.socket.sendall(begin.format(host=host, origin=running.origin, cookie=cookie_of(client)).encode())

    def end(self):
        """All that comes until the page's program closes the connection."""
        with self.socket:
            return b"".join(iter(lambda: self.socket.recv(10_000), b"")).decode()


POST = "POST {path} HTTP/1.1\r\nHost: {{host}}\r\nOrigin: {{origin}}\r\nCookie: {{cookie}}\r\nContent-Length: 99\r\n"


def test_who_sends_nothing_more_is_given_up_on(running, client, monkeypatch):
    monkeypatch.setattr(posted, "SECONDS", 0.05)
    monkeypatch.setattr("rotor_import.web.uploads.SECONDS", 0.05)
    json = POST.format(path="/file/next") + "Content-Type: application/json\r\nConnection: close\r\n\r\n{{"
    assert "can't be read" in Slow(running, client, json).end()
    upload = POST.format(path="/file/upload") + "X-File-Name: slow.csv\r\nConnection: close\r\n\r\nPhone"
    assert "slow.csv didn't arrive completely" in Slow(running, client, upload).end()
    monkeypatch.setattr("rotor_import.web.uploads.SECONDS", 60)
    monkeypatch.setattr("rotor_import.web.uploads.ALL_SECONDS", 0.05)
    assert "slow.csv didn't arrive completely" in Slow(running, client, upload).end()
    assert left_behind(running) == []


def test_a_connection_without_a_request_is_closed(running, client, monkeypatch):
    monkeypatch.setattr(server, "FIRST_SECONDS", 0.05)
    assert Slow(running, client, "").end() == ""
    assert Slow(running, client, "GET /file HTTP/1.1\r\nHost: {host}\r\nX-Slow: ").end() == ""
    assert client.get("/file").status_code == 200


def left_behind(running):
    """Uploads that are in the page's folder and don't belong to the import on the desk."""
    desk = running.workspace.desk
    return sorted(path.name for path in desk.folder.iterdir() if path.name not in ("import.json", desk.now.id))


def test_two_gigabytes_are_refused_before_they_come(running, client):
    begin = (
        POST.format(path="/file/upload").replace("99", str(2 << 30))
        + "X-File-Name: huge.csv\r\nConnection: close\r\n\r\n"
    )
    answer = Slow(running, client, begin).end()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "huge.csv is larger than 1 GB. Split it into several files." in answer
    assert left_behind(running) == []


def endless():
    while True:
        yield b"x" * 10_000


def test_what_never_ends_is_refused_while_it_comes(running, client, monkeypatch):
    monkeypatch.setattr(file, "MOST_BYTES", 100_000)
    monkeypatch.setattr(server, "DRAINED_SECONDS", 0.05)
    with suppress(httpx.TransportError):  # the connection is closed while it still sends
        answer = client.http.post("/file/upload", content=endless(), headers={"X-File-Name": "huge.csv"})
        assert answer.status_code == 413
    with suppress(httpx.TransportError):
        assert httpx.post(f"{running.origin}/file/upload", content=endless()).status_code == 403
    assert left_behind(running) == []
    assert running.workspace.desk.now.id == ""


def test_a_key_is_on_no_page_and_in_no_error(serve, computer):
    """Nor in an address, a header, or any file that the page's program leaves."""
    running = serve()
    with running.client() as client:
        _look_everywhere(running, client, computer)


def _look_everywhere(running, client, computer):
    answers = [client.get(path) for path in PAGES if path != "/events"]
    answers += [client.upload("a.csv", b"Phone,Name\n763 555 0100,Ada\n"), client.post("/file/key")]
    answers += [client.post("/file/next", to="rotor"), client.get("/columns"), client.post("/columns/next")]
    jobs = running.workspace.jobs
    while (job := jobs.job) is None or not job.is_over:
        jobs.wait(job.number if job else 0, 20)
    answers += [client.get(path) for path in PAGES if path != "/events"]
    answers += [client.get(f"/columns?x={KEY[:-1]}"), client.http.put("/file"), client.get("/static/x")]
    for answer in answers:
        assert KEY not in answer.text
        assert KEY not in str(answer.headers)
        assert KEY not in str(answer.url)
    for path in [*computer.folder.rglob("*")]:
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def boom(*_arguments):
    raise ValueError(f"Ada Lovelace's 763 555 0100 and {KEY}")


def test_a_mistake_of_the_program_is_told_without_what_it_was_about(client, monkeypatch, capfd):
    client.upload("a.csv", b"Phone,Name\n763 555 0100,Ada\n")
    monkeypatch.setattr(file, "look_at", boom)
    page, answer = client.get("/file"), client.post("/file/next", to="sandbox")
    assert (page.status_code, answer.status_code) == (500, 500)
    for text in (page.text, answer.json()["error"]):
        assert "internal error" in text
        assert "ValueError at test_safety.py" in text
        assert "Ada" not in text
        assert KEY not in text
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "")


@pytest.mark.parametrize("path", ["/file", "/columns"])
def test_a_file_that_cannot_be_read_is_told_by_its_own_name(running, client, path):
    client.upload("a.csv", b"%PDF-1.4 ")
    page = client.get(path).text
    assert "a.csv is actually a PDF" in page
    assert str(running.workspace.desk.folder) not in page


NAMES = {
    "clients.csv": "clients.csv",
    "../../etc/passwd": "passwd",
    "C:\\Users\\Ada\\clients.csv": "clients.csv",
    "/etc/cron.d/x": "x",
    "..": "file",
    ".": "file",
    "": "file",
    "   ": "file",
    ".csv": "csv",
    "con.csv": "_con.csv",
    "LPT1": "_LPT1",
    "com¹.csv": "_com¹.csv",
    "a\x00b\n.csv": "ab.csv",
    "\u202egnp.exe": "gnp.exe",
    "a\u2028b.csv": "ab.csv",
    "<img src=x onerror=alert(1)>.csv": "_img src=x onerror=alert(1)_.csv",
    "a:b|c?.csv": "a_b_c_.csv",
    "clients.csv. . ": "clients.csv",
    "שלום.csv": "שלום.csv",
    "x" * 300 + ".csv": "x" * 116 + ".csv",
    "名" * 300 + ".xlsx": "名" * 38 + ".xlsx",
    "a." + "b" * 300: "a." + "b" * 118,
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items(), ids=lambda text: ascii(text)[:30])
def test_a_name_is_kept_as_far_as_it_is_safe_in_any_folder(given, kept):
    assert file_name(given) == kept
    assert len(kept.encode()) <= 120
