"""Ways to Rotor that watch or disturb what goes by."""

import httpx


class Between:
    """Hands each request on to another transport, and its answer back."""

    def __init__(self, transport):
        self._transport = transport

    def handle_request(self, request):
        return self._transport.handle_request(request)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._transport.close()


class Twisting(Between):
    """Answers one kind of request with what `twist` makes of its good answer, after it was carried out."""

    def __init__(self, transport, twist, path="/customers", method="POST"):
        super().__init__(transport)
        self._twist, self._path, self._method = twist, path, method

    def handle_request(self, request):
        response = super().handle_request(request)
        if request.method != self._method or not request.url.path.endswith(self._path):
            return response
        response.read()
        return self._twist(response)


def twisted(office, twist, path="/customers", method="POST"):
    plain = office.rotor.transport
    office.rotor.transport = lambda: Twisting(plain(), twist, path, method)


def direct(office):
    """From now on, nothing is between the office and Rotor."""
    del office.rotor.transport  # its class has the usual one


def saying(**odd):
    return lambda response: httpx.Response(response.status_code, json={**response.json(), **odd})
