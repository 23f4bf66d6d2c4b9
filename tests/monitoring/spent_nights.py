"""Nights of one feed as the command line spends them, with a Rotor and a clock that only tests move."""

from inside import inside

from rotor_import.model.clock import Clock
from rotor_import.pipeline import World

DAY = 24 * 60 * 60
COLUMNS = "Key,First,Last,Phone,Email\n"
MAPPING = """\
version: 1
feed: clients
drop: full
key: Key
fields: {first_name: First, last_name: Last, phone: Phone, email: Email}
"""


class Nights:
    """A folder, a mapping, a ledger and a Rotor; each night is a day later."""

    def __init__(self, folder, rotor, monkeypatch):
        self.folder, self.rotor = folder, rotor
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.key = "canary-key"
        self.put("map.yaml", MAPPING)
        for command in ("sync_command", "commands"):
            monkeypatch.setattr(f"rotor_import.cli.{command}.world_of", self.world)

    def world(self, *_):
        return World(
            clock=Clock(self.rotor.hands.now, self.rotor.hands.sleep, self.rotor.hands.now),
            jitter=lambda: 0.0,
            transport=self.rotor.transport(),
            uptime=lambda: 1e9,
        )

    def put(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def drop_rows(self, name, *more, count=30, first="Ann"):
        rows = [f"{at},{first},Roe{at},763-555-{at:04},p{at}@example.com\n" for at in range(1000, 1000 + count)]
        self.put(f"drop/{name}", COLUMNS + "".join([*rows, *more]))

    def start(self, *arguments, **environment):
        given = {"ROTOR_API_KEY": self.key, "XDG_DATA_HOME": str(self.folder / "data")}
        common = ("--base-url", "http://127.0.0.1/open-api", "--duplicates", "off", "--max-attempts", "1")
        return inside(self.folder, [*arguments, *common], given | environment)

    def night(self, *more, mapping="map.yaml", **environment):
        self.rotor.hands.at += DAY
        return self.start("sync", "drop", "-m", mapping, "--settle", "0", *more, **environment)

    @property
    def ledger(self):
        return self.folder / "data" / "rotor-import" / "ledger.sqlite"


def told(taken):
    """Which events were told, with their exit codes."""
    return [(one.json["event"], one.json["code"]) for one in taken]
