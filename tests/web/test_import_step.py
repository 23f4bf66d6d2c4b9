"""The import itself, from the page: what was seen is sent, and it can be paused, stopped and gone on with."""

import re
import threading
from dataclasses import replace

import httpx
import pytest
from browser import LONGEST
from windows import Computer

from rotor_import.sandbox import Fault
from rotor_import.web.steps.sending import _go_on_by_itself

FILE = "First name,Last name,Email\n" + "".join(f"Pat{at},Smith,person{at}@example.com\n" for at in range(12))
HOUR, DAY = 3600.0, 24 * 3600.0


def planned(running, client, to="rotor", content=FILE):
    """The file's plan is made, and nothing was sent."""
    client.upload("clients.csv", content)
    assert client.post("/file/next", to=to).json() == {"go": "/columns"}
    client.get("/columns")
    assert client.post("/columns/next").json() == {"go": "/plan"}
    over(running)
    assert state(client) == "planned"


def over(running):
    """Waits for the work under way."""
    jobs, number = running.workspace.jobs, -1
    while (job := jobs.wait(number, 60)) is not None and not job.is_over:
        number = job.number
    return job


def sent(running, client):
    """Starts the import, or goes on with it, and waits for its end."""
    assert client.post("/import/start").json() == {"go": "/import"}
    return over(running)


def state(client):
    return re.search(r'<main[^>]* data-state="([a-z]*)"', client.get("/import").text)[1]


def words(client):
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", "", client.get("/import").text).split())


class Transport(httpx.BaseTransport):
    """Another transport, before whose requests something can happen: `before` is told which request it is."""

    def __init__(self, inner, before):
        self._inner, self._before, self._count = inner, before, 0

    def handle_request(self, request):
        if request.method == "POST" and "customers" in request.url.path:
            self._count += 1
            self._before(self._count)
        return self._inner.handle_request(request)


def interrupted(running, before):
    """Let something happen before each customer is sent; it is told how many were."""
    jobs = running.workspace.jobs
    jobs.world = replace(jobs.world, transport=Transport(jobs.world.transport, before))


def test_what_was_planned_is_sent_and_the_page_says_what_came_of_it(running, client, rotor):
    planned(running, client)
    assert rotor.posts() == 0
    sent(running, client)
    assert (state(client), rotor.posts(), len(rotor.customers())) == ("complete", 12, 12)
    assert "12 customers added" in words(client)
    assert "results.csv" in client.get("/import").text
    assert list(running.workspace.desk.folder.rglob("clients.csv")) == []  # nobody needs the upload any more


def test_it_pauses_after_what_is_under_way_and_goes_on_with_the_rest(running, client, rotor):
    planned(running, client)
    interrupted(running, lambda count: client.post("/import/pause") if count == 4 else None)
    sent(running, client)
    assert state(client) == "paused"
    assert 0 < rotor.posts() < 12
    assert f"{12 - rotor.posts()} customers are still to send" in words(client)
    sent(running, client)
    assert (state(client), rotor.posts(), len(rotor.customers())) == ("complete", 12, 12)


def test_while_one_window_sends_another_can_start_nothing(running, client):
    planned(running, client)
    answers = []
    interrupted(
        running,
        lambda count: answers.extend(
            client.post(where, to="sandbox")
            for where in ("/import/start", "/columns/next", "/file/discard", "/import/resume")
            if count == 3
        ),
    )
    sent(running, client)
    assert [answer.status_code for answer in answers] == [409] * 4
    assert state(client) == "complete"


def test_a_window_whose_program_is_gone_says_so(running, client, open_window):
    planned(running, client)
    going_on = threading.Event()
    interrupted(running, lambda _: going_on.wait(LONGEST))
    window = open_window(running)
    assert client.post("/import/start").json() == {"go": "/import"}
    window.tab.route("**/events", lambda route: route.abort("connectionrefused"))
    window.visit("/import")
    window.tab.wait_for_selector("#fault:has-text('rotor-import open')")
    going_on.set()
    over(running)


def test_a_day_whose_quota_is_used_up_says_when_it_goes_on_and_it_does_by_itself(tmp_path, rotor, serve):
    computer = Computer(tmp_path, rotor, daily_limit=9)
    running = serve(computer)
    with running.client() as client:
        planned(running, client)  # which costs two requests
        sent(running, client)
        assert state(client) == "paused"
        assert (rotor.posts(), len(rotor.customers())) == (rotor.posts(), rotor.posts())
        assert "Today's requests are used up" in words(client).replace("&#39;", "'")
        again = running.workspace.again
        assert HOUR < again.at - rotor.hands.at <= DAY
        day, rotor.hands.at = rotor.hands.at, again.at + 1
        assert day < rotor.hands.at
        sent(running, client)
        rotor.hands.at += DAY + 1
        while state(client) == "paused":
            sent(running, client)
            rotor.hands.at += DAY + 1
        assert (state(client), len(rotor.customers())) == ("complete", 12)


def test_who_pauses_is_not_gone_on_with_by_itself(running, client):
    planned(running, client)
    interrupted(running, lambda count: client.post("/import/pause") if count == 2 else None)
    sent(running, client)
    assert running.workspace.again.at is None


def test_where_rotor_has_changed_since_the_plan_nothing_is_sent_and_the_new_plan_is_shown(running, client, rotor):
    planned(running, client)
    rotor.seed([{"first_name": "Pat0", "last_name": "Smith", "email": "person0@example.com", "notes": "there"}])
    job = sent(running, client)
    assert rotor.posts() == 0
    assert "changed since the plan" in job.error
    assert state(client) in ("planned", "stopped")
    assert running.workspace.plan_summary()["changes"]["create"] == 11
    sent(running, client)
    assert (state(client), len(rotor.customers())) == ("complete", 12)


def test_a_row_that_would_now_change_another_customer_is_not_sent_though_the_figures_are_the_same(
    running, client, rotor
):
    rotor.seed([{"first_name": "Ann", "last_name": "Lee", "phone": "+17635550100"}])
    content = "First name,Last name,Phone,Email\nAnn,Lee,763-555-0100,ann@example.com\nAnne,Lee,763-555-0101,\n"
    planned(running, client, content=content)
    before = running.workspace.plan_summary()["changes"]
    [ann] = rotor.customers()
    rotor.sandbox.edit(ann["id"], phone="+17635550101")  # so that Anne's row would be hers
    job = sent(running, client)
    assert rotor.posts() == 0
    assert "changed since the plan" in job.error
    assert running.workspace.plan_summary()["changes"] == before
    sent(running, client)
    assert (state(client), rotor.posts()) == ("complete", 2)


def test_what_waited_for_quota_with_other_columns_is_planned_anew_and_not_sent(tmp_path, rotor, serve):
    running = serve(Computer(tmp_path, rotor, daily_limit=3))
    with running.client() as client:
        planned(running, client)
        sent(running, client)
        assert (state(client), rotor.posts()) == ("paused", 0)
        mapping = running.workspace.folder / "clients.yaml"
        mapping.write_text(mapping.read_text().replace("last_name: Last name", "company_name: Last name"))
        rotor.hands.at += DAY + 1
        job = sent(running, client)
        assert rotor.posts() == 0
        assert "Something was changed since the plan" in job.error


def test_killed_just_before_sending_it_says_that_nothing_was_sent(running, client, rotor, monkeypatch):
    planned(running, client)

    def die(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("rotor_import.pipeline.run.write_summary", die)
        sent(running, client)
    running.workspace.jobs.forget()  # as another process
    assert (state(client), rotor.posts()) == ("planned", 0)
    sent(running, client)
    assert (state(client), rotor.posts()) == ("complete", 12)


def test_what_waits_for_quota_starts_nothing_else_by_itself(tmp_path, rotor, serve):
    running = serve(Computer(tmp_path, rotor, daily_limit=9, directory_max_age=2 * DAY))
    with running.client() as client:
        planned(running, client)
        sent(running, client)
        again, posts = running.workspace.again, rotor.posts()
        assert again.at is not None
        assert client.post("/plan/again").json() == {"go": "/plan"}
        assert over(running).error == ""
        assert again.at is None
        _go_on_by_itself(running.workspace, "an earlier run")
        assert (over(running).kind, rotor.posts()) == ("plan", posts)


def test_what_was_changed_since_the_plan_has_to_be_planned_first(running, client, rotor):
    planned(running, client)
    mapping = running.workspace.folder / "clients.yaml"
    mapping.write_text(mapping.read_text().replace("version: 1", "version: 1\non_stranger: merge"))
    answer = client.post("/import/start")
    assert answer.status_code == 400
    assert "Plan again" in answer.json()["error"]
    assert rotor.posts() == 0
    assert "Something was changed since the plan" in words(client)


def test_who_is_refused_is_told_in_rotors_words(running, client, rotor):
    rotor.sandbox.suffer(Fault.parse("400:first_name=Pat3"))
    planned(running, client)
    sent(running, client)
    assert len(rotor.customers()) == 11
    page = words(client)
    assert "1 customer was not sent" in page
    assert "1 not sent, or refused" in page
    assert "first_name" in page


def test_a_key_that_is_refused_stops_it_and_nothing_is_lost(running, client, rotor):
    planned(running, client)
    interrupted(running, lambda count: rotor.sandbox.suffer(Fault.parse("401")) if count == 5 else None)
    sent(running, client)
    assert state(client) == "stopped"
    assert "key" in words(client)
    rotor.sandbox.suffer()
    sent(running, client)
    assert (state(client), len(rotor.customers())) == ("complete", 12)


def test_what_another_import_left_pending_can_be_gone_on_with(running, client, rotor):
    planned(running, client)
    interrupted(running, lambda count: client.post("/import/pause") if count == 4 else None)
    sent(running, client)
    client.post("/file/discard")
    assert client.post("/import/resume").json() == {"go": "/import"}
    over(running)
    assert len(rotor.customers()) == 12
    assert client.get("/import").headers["location"] == "/history"


@pytest.mark.parametrize("content", ["First name,Email\nPat,nobody\n", "First name,Email\n"])
def test_with_nothing_to_send_it_says_so(running, client, content):
    client.upload("clients.csv", content)
    client.post("/file/next", to="sandbox")
    client.get("/columns")
    client.post("/columns/next")
    over(running)
    assert "Nothing to send" in words(client)
    sent(running, client)
    assert state(client) == "complete"


def test_some_customers_are_tried_first_and_then_the_rest_are_sent(running, client, rotor, open_window):
    many = "First name,Last name,Email\n" + "".join(f"Pat{at},Smith,person{at}@example.com\n" for at in range(40))
    planned(running, client, content=many)
    assert 'data-action="try"' in client.get("/import").text
    assert client.post("/import/start", sample="25").json() == {"go": "/import"}
    over(running)
    assert state(client) == "paused"
    assert "The first 25 are sent" in words(client)
    assert len(rotor.customers()) == 25
    window = open_window(running)
    window.visit("/import")
    assert window.accessible() == []
    assert window.tab.get_by_role("table", name="Customers that were tried").locator("tbody tr").count() == 25
    window.tab.locator("[data-action=start]").click()
    window.until("complete")
    assert len(rotor.customers()) == 40
