"""Plans that the tests of the page look at, made through the page."""

import re
from html import unescape

from transports import Between

HEAD = "First name,Last name,Company,Phone,Email,Street\n"
BUSY = HEAD + (
    "Ada,Ray,Ray & Sons,763-555-0100,,\n"
    "Cy,Abel,,763-555-0102,cy@example.com,\n"
    "Which,One,,763-555-0100,bo@example.com,\n"
    "Nobody,,,,,\n"
    "Eve,One,,763-555-0105,e1@example.com,5 Elm St\n"
    "Eva,One,,763-555-0105,e2@example.com,5 Elm St\n"
    "Gus,Ott,,763-555-0107,g@example.com,\n"
)
IN_ROTOR = [
    {"phone": "+17635550100", "first_name": "Ada", "last_name": "Ray", "email": "ada@example.com"},
    {"phone": "+17635550101", "first_name": "Bo", "email": "bo@example.com"},
    {"phone": "+17635550102", "first_name": "Cy", "last_name": "Abel", "email": "cy@example.com"},
]


class Before(Between):
    """Another transport, before whose pages of customers something happens."""

    def __init__(self, transport, before):
        super().__init__(transport)
        self._before = before

    def handle_request(self, request):
        if "customers" in request.url.path:
            self._before()
        return super().handle_request(request)


def over(running):
    """Waits for the work under way, and gives how it ended."""
    jobs, number = running.workspace.jobs, -1
    while (job := jobs.wait(number, 60)) is not None and not job.is_over:
        number = job.number
    return job


def chosen(client, content, to="rotor", name="clients.csv"):
    """The file is on the desk, and has a mapping."""
    client.upload(name, content)
    assert client.post("/file/next", to=to).json() == {"go": "/columns"}
    client.get("/columns")


def planned(running, client, content, to="rotor", name="clients.csv"):
    """The plan, made or not, as the page then shows it."""
    chosen(client, content, to, name)
    return again(running, client)


def again(running, client):
    assert client.post("/plan/again").json() == {"go": "/plan"}
    over(running)
    return client.get("/plan").text


def words(html):
    """What a page says, without its tags."""
    text = re.sub(r"<[^>]*>", " ", re.sub(r"<(script|svg).*?</\1>", "", html, flags=re.DOTALL))
    return re.sub(r" (?=[;,.:])", "", " ".join(unescape(text).split()))


def figure(html, name):
    """A figure's digits, as one reads them from its text."""
    groups = re.search(rf'data-figure="{name}"><span class="num">(.*?)</span>', html)[1]
    return "".join(re.findall(r"<b>(\d+)</b>", groups))


def next_step(html):
    """Where the step goes on to, None if it doesn't."""
    found = re.search(r'data-action="next" href="([^"]*)"', html)
    return found and found[1]


def state(html):
    found = re.search(r'<main[^>]* data-state="([a-z]*)"', html)
    return found and found[1]


def customers(count):
    """A file of so many new customers."""
    lines = (f"Pat{at},Smith,,763-555-{at % 10000:04d},person{at}@example.com,{at} Oak St\n" for at in range(count))
    return HEAD + "".join(lines)
