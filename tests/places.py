"""Places where files arrive: a folder here, the same behind OpenSSH's server, and a bucket."""

import shutil


class Place:
    """A folder on this computer; `address` and `storage` are what a sync is given."""

    storage: dict = {}  # noqa: RUF012 - nobody writes to it

    def __init__(self, folder):
        self.name, self.folder = folder.name, folder
        folder.mkdir(exist_ok=True)

    @property
    def address(self):
        return self.folder

    def put(self, path, name=""):
        """Move a file there."""
        shutil.move(path, self.folder / (name or path.name))

    def names(self, below=""):
        place = self.folder / below
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []


class SftpPlace(Place):
    def __init__(self, folder, server, port=None):
        super().__init__(folder)
        self._server, self.port = server, port
        self.storage = server.storage

    @property
    def address(self):
        return self._server.address(self.folder, self.port)


class S3Place:
    def __init__(self, name, server, port=None):
        self.name, self._server = name, server
        self.bucket = server.bucket()
        self.address = f"s3://{self.bucket}/{name}"
        self.storage = server.storage(port)

    def put(self, path, name=""):
        key = f"{self.name}/{name or path.name}"
        self._server.client.put_object(Bucket=self.bucket, Key=key, Body=path.read_bytes())
        path.unlink()

    def names(self, below=""):
        return self._server.names(self.bucket, f"{self.name}/{below}/" if below else f"{self.name}/")
