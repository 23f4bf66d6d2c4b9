"""A folder that files are dropped into."""

from rotor_import.sync import DropSettings


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

    def names(self, below=""):
        place = self.folder / below
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []
