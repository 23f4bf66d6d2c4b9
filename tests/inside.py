"""The command line in this process: quicker where it is not the process that matters."""

import gc
import io
import json
import os
import signal
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from subprocess import CompletedProcess
from unittest.mock import patch

import pytest
from program import clean

from rotor_import.cli import main

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def undone():
    """What a process takes with it when it ends: its signals' handlers, and that it collects no garbage."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        gc.enable()


def ended(arguments):
    """The exit code."""
    with undone(), pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def inside(folder, arguments, environment):
    """As a process that is started in this folder and whose streams are pipes."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", write_through=True) for _ in range(2))
    with out, err:
        set_ = patch.dict(os.environ, clean() | environment, clear=True)
        with set_, chdir(folder), redirect_stdout(out), redirect_stderr(err):
            code = ended(arguments)
        told = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return CompletedProcess(arguments, code, *told)


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
        code = ended(arguments)
        for name in environment:
            self.monkeypatch.delenv(name)
        found = self.capsys.readouterr()
        return Done(code, found.out, found.err)
