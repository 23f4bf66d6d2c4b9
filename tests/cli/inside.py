"""The command line in this process: quicker where it is not the process that matters."""

import json
from dataclasses import dataclass

import pytest

from rotor_import.cli import main


@dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Inside:
    """A folder, an environment and two streams of its own."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self.capsys, self.monkeypatch = folder, capsys, monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
        for name in ("ROTOR_API_KEY", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(name, raising=False)

    def put(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def __call__(self, *arguments, **environment):
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        for name in environment:
            self.monkeypatch.delenv(name)
        found = self.capsys.readouterr()
        return Done(int(end.value.code or 0), found.out, found.err)
