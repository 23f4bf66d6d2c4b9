"""A folder that files are dropped into."""

from transports import Between

from rotor_import.sync import DropSettings


class Meanwhile(Between):
    """The way to Rotor; on the way of the first POST something happens at home."""

    def __init__(self, transport, action):
        super().__init__(transport)
        self._actions = [action]

    def handle_request(self, request):
        if request.method == "POST" and self._actions:
            self._actions.pop()()
        return super().handle_request(request)


class Box:
    """A folder that files are dropped into, and its office."""

    def __init__(self, office, folder=None):
        self.office = office
        self.folder = folder or office.folder / "drop"
        self.folder.mkdir(exist_ok=True)

    def put(self, name, rows):
        self.office.write(rows, self.folder / name)
        return self.folder / name

    def night(self, drop=None, **more):
        self.office.hands.at += 24 * 60 * 60
        return self.office.sync(self.folder, drop or DropSettings(settle=0), **more)

    def night_in_which(self, action, drop=None, **more):
        """While the night sends, `action` is done."""
        transport = self.office.rotor.transport
        self.office.rotor.transport = lambda: Meanwhile(transport(), action)
        try:
            return self.night(drop, **more)
        finally:
            self.office.rotor.transport = transport

    def names(self, below=""):
        place = self.folder / below
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []
