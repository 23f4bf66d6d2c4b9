"""Ways to Rotor that watch or disturb what goes by."""


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
