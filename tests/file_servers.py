"""Real servers of files on loopback: Debian's OpenSSH, and moto's S3; and a wire to them that can be cut."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
REQUIRED = "ROTOR_IMPORT_TEST_SERVERS"
"""Set where a missing server is a failure."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    for _ in range(3000):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)  # a process is starting: nothing else says that it listens
    raise TimeoutError(f"nothing listens on {port}")


@contextmanager
def running(command, port, **more):
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more) as process:
        try:
            answers(port)
            yield
        finally:
            process.terminate()
            process.wait()


class SshServer:
    """OpenSSH's own server for one user, who is whoever runs the tests; `storage` lets a client in."""

    def __init__(self, folder, port, more=""):
        self.folder, self.port = folder, port
        for name in ("host", "user", "other"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(command, check=True)
        (folder / "authorized_keys").write_text((folder / "user.pub").read_text())
        (folder / "sshd_config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
            f"Subsystem sftp internal-sftp\nMaxStartups 100\nPerSourcePenalties no\n{more}"
        )
        self.trust(port)

    def trust(self, *ports, key="host"):
        """The client knows the server by this key, at these ports."""
        public = (self.folder / f"{key}.pub").read_text()
        known = "".join(f"[127.0.0.1]:{port} {public}" for port in ports)
        (self.folder / "known_hosts").write_text(known)

    @property
    def storage(self):
        user, known = self.folder / "user", self.folder / "known_hosts"
        return {"client_keys": str(user), "known_hosts": str(known), "username": _user(), "config": ""}

    def address(self, folder, port=None):
        return f"sftp://127.0.0.1:{port or self.port}{folder}"


def _user():
    import pwd  # noqa: PLC0415 - POSIX only, as the server

    return pwd.getpwuid(os.getuid()).pw_name


@contextmanager
def ssh_server(folder, more=""):
    """`more` is further configuration of sshd."""
    if not Path(SSHD).exists():
        missing("OpenSSH's server (Debian's openssh-server)")
    folder.mkdir(exist_ok=True)
    port = free_port()
    server = SshServer(folder, port, more)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    lines = (folder / "sshd_config").read_text()
    check = subprocess.run([SSHD, "-t", "-f", str(folder / "sshd_config")], capture_output=True, text=True, check=False)
    if "PerSourcePenalties" in check.stderr:  # an option of newer servers alone
        (folder / "sshd_config").write_text(lines.replace("PerSourcePenalties no\n", ""))
    with running([SSHD, "-D", "-e", "-f", str(folder / "sshd_config")], port):
        yield server


def missing(what):
    if os.environ.get(REQUIRED):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"needs {what}")


class S3Server:
    """moto's server of S3; each bucket is a test's own."""

    def __init__(self, port):
        import boto3  # noqa: PLC0415 - few tests need it

        self.port = port
        self._made = 0
        self.client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **CREDENTIALS)

    def storage(self, port=None):
        return {"key": "canary-id", "secret": "canary-secret", "endpoint_url": f"http://127.0.0.1:{port or self.port}"}

    def bucket(self):
        self._made += 1
        name = f"drops-{self._made}"
        self.client.create_bucket(Bucket=name)
        return name

    def names(self, bucket, below=""):
        found = self.client.list_objects_v2(Bucket=bucket, Prefix=below).get("Contents", [])
        return sorted(one["Key"].removeprefix(below) for one in found if "/" not in one["Key"].removeprefix(below))


CREDENTIALS = {"aws_access_key_id": "canary-id", "aws_secret_access_key": "canary-secret", "region_name": "us-east-1"}


@contextmanager
def s3_server():
    port = free_port()
    script = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    with running([sys.executable, "-W", "ignore", "-c", script], port):
        yield S3Server(port)


class Wire:
    """A way to a server through which bytes go piece by piece; at one piece, once, the connection is cut."""

    def __init__(self, port):
        self._to = port
        self.pieces = 0
        self.cut_at = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def arm(self, cut_at):
        with self._lock:
            self.pieces, self.cut_at = 0, cut_at

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                for one in (near, far):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        with suppress(OSError):
            while piece := source.recv(65536):
                with self._lock:
                    self.pieces += 1
                    is_cut = self.pieces == self.cut_at
                if is_cut:
                    break
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
