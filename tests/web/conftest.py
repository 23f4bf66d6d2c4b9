"""A computer with the page running, a browser's windows on it, and someone who uses neither."""

import pytest
from rotor import Rotor
from windows import Computer, Running, Window


@pytest.fixture
def rotor():
    one = Rotor()
    with one.sandbox:
        yield one


@pytest.fixture
def computer(tmp_path, rotor):
    """Customers are sent one by one, so that a test can say what happens between two of them."""
    return Computer(tmp_path, rotor, concurrency=1)


@pytest.fixture
def serve(computer):
    """Starts the page, as often as a test likes: each time is a process of its own to it."""
    started = []

    def begun(other=computer):
        started.append(Running(other.workspace()))
        return started[-1]

    yield begun
    for each in started:
        each.end()


@pytest.fixture
def running(serve):
    return serve()


@pytest.fixture
def client(running):
    """Someone who was let in, without a browser."""
    with running.client() as one:
        yield one


@pytest.fixture
def open_window(chromium):
    """Opens a window on a running page; `width` in pixels, `scheme` is light or dark, `zone` is where its reader is.

    More windows of the same browser: `window.tab.context.new_page()`, or `like=window`.
    """
    contexts = []

    def opened(running, width=1280, scheme="light", zone="America/New_York", like=None):
        if like is not None:
            return Window(like.tab.context.new_page(), running.origin).visit()
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, timezone_id=zone, accept_downloads=True
        )
        contexts.append(context)
        window = Window(context.new_page(), running.origin)
        window.tab.goto(running.new_address())
        return window

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def window(running, open_window):
    return open_window(running)
