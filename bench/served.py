"""A portal of its own for each measurement: fresh database, free port, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from self_service.settings import ROOT

#: Settings that brake a single address.
LIMITS = (
    "requests_per_second",
    "events_per_second",
    "orders_per_hour",
    "documents_at_once",
    "searches_at_once",
)
#: Seconds within which a server answers, or something is wrong.
_LONGEST = 90


class DidNotStart(RuntimeError):
    """The server ended or does not answer; the end of its log says why."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server.

    Attributes:
        origin: "http://localhost:4711".
        pid: of its first process.
        started_in: seconds from starting the command to the first page.
        folder: where its database lies.
    """

    origin: str
    pid: int
    started_in: float
    folder: Path

    @property
    def database_url(self) -> str:
        """The portal's database."""
        return f"sqlite:///{self.folder / 'self_service.db'}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def portal(
    folder: Path,
    *,
    root: Path = ROOT,
    command: Sequence[str] = ("scripts/serve",),
    **settings: str,
) -> Iterator[Served]:
    """Serve the built portal with the demo operator, its data in `folder`.

    Args:
        folder: exists; a database that is there already is used.
        root: the tree to serve.
        command: that serves it.
        **settings: further settings, in lower case.
    """
    port = free_port()
    own = {
        "database_url": f"sqlite:///{folder / 'self_service.db'}",
        "var": str(folder),
        "port": str(port),
        "public_url": f"http://localhost:{port}",
        "stripe_secret_key": "",
        # all visitors of a measurement come from one address
        **dict.fromkeys(LIMITS, "0"),
        **settings,
    }
    added = {f"SELF_SERVICE_{name.upper()}": value for name, value in own.items()}
    added["PYTHONPATH"] = str(root)
    with process(command, root, folder, added, port, "/en/store") as served:
        yield served


@contextlib.contextmanager
def process(
    command: Sequence[str],
    root: Path,
    folder: Path,
    added: Mapping[str, str],
    port: int,
    path: str,
) -> Iterator[Served]:
    """Run a server until the end of the context; it is up once `path` answers."""
    log = folder / "server.log"
    start = time.perf_counter()
    with log.open("w") as output:
        running = subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, **added},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        origin = f"http://localhost:{port}"
        _await(origin + path, running, log)
        yield Served(origin, running.pid, time.perf_counter() - start, folder)
    finally:
        _stop(running)


def _await(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _LONGEST
    while time.monotonic() < deadline and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=30) as answer:
            answer.read()
            return
        time.sleep(0.02)
    raise DidNotStart(log.read_text()[-2000:])


def _stop(running: subprocess.Popen[bytes]) -> None:
    """End the process and, should it not end by itself, all that it started."""
    running.terminate()
    try:
        running.wait(15)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait(5)
