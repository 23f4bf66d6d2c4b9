"""Plans that the tests of the page look at, made through the page."""

import re
from html import unescape

HEAD = "First name,Last name,Company,Phone,Email,Street\n"


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
