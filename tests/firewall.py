"""A firewall between an office and Rotor, and what its tests need."""

import httpx
from transports import Between

from rotor_import.cli import exit_codes
from rotor_import.config import Tolerance

PAGE = "<html><h1>Request blocked</h1></html>"


def people(count, poisoned=()):
    return [
        {"key": str(at), "email": f"p{at}@example.com", "first_name": "Poison" if at in poisoned else f"P{at}"}
        for at in range(1, count + 1)
    ]


class Blocking(Between):
    """A firewall: what `blocks` says of a request's bytes and number gets `answer`."""

    def __init__(self, transport, blocks, answer, method="POST"):
        super().__init__(transport)
        self._blocks, self.answer, self._method = blocks, answer, method
        self.number = 0

    def handle_request(self, request):
        if request.method != self._method:
            return super().handle_request(request)
        self.number += 1
        body = request.read()
        return self.answer() if self._blocks(body, self.number) else super().handle_request(request)


def behind(office, blocks, status=403, answer=None, method="POST"):
    """From now on, the office is behind such a firewall; the requests that it saw are its `number`."""
    plain = office.rotor.transport
    wall = Blocking(plain(), blocks, answer or (lambda: httpx.Response(status, html=PAGE)), method)
    office.rotor.transport = lambda: wall
    return wall


def poison(body, _number):
    return b"Poison" in body


def everything(_body, _number):
    return True


def sent(outcome):
    return {name: count for name, count in outcome.summary["sent"].items() if count}


def code_of(outcome):
    report = outcome.report
    return exit_codes.code_of_report(report, Tolerance())
