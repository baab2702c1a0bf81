"""A real browser on the built portal: the journeys of one process share a server and a browser.

`make test` runs two processes, each with a portal of its own. Portal and browser end with the last
journey, not with the run: the browser's driver keeps an event loop running in this thread, beside
which no asynchronous test can start.

Needs the front end (`make build`) and Chromium or Chrome; `make test` sees to both. Without them
the journeys are skipped, saying so.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Without these a headless browser calls its maker's servers, which no test may do.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
#: Whoever waits longer sees a fault; on a busy machine 5 seconds (the default) are not one.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all journeys in one process of a parallel run, so that they share a server."""
    for item in items:
        if "journeys" in Path(item.path).parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The portal as an operator runs it: its own process, database and port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.more: dict[str, str] = {}  # settings besides those below
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        env = {
            **os.environ,
            "REFLEX_ENV_MODE": "prod",
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
            "REFLEX_TELEMETRY_ENABLED": "false",
            "SELF_SERVICE_VAR": str(self.folder),
            "SELF_SERVICE_DATABASE_URL": f"sqlite:///{self.folder / 'portal.db'}",
            "SELF_SERVICE_PORT": str(self.port),
            "SELF_SERVICE_PUBLIC_URL": self.url,
            "SELF_SERVICE_FULFILMENT_PAUSE": "0.2",
            "SELF_SERVICE_REQUESTS_PER_SECOND": "0",  # all journeys come from one address
            "SELF_SERVICE_EVENTS_PER_SECOND": "0",
            "SELF_SERVICE_ORDERS_PER_HOUR": "0",
            **self.more,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "self_service.serve"],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 180  # the first start makes months of the demo's past
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the portal did not start:\n{self.log.read_text()}")

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as found:
            return found.status == 200
        return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, gently or not."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)
        self.process = None


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal with the demo operator, as a stranger first finds it."""
    if not (ROOT / ".web" / "build" / "client" / "404.html").exists():
        pytest.skip("the front end is not built: run `make build`")
    running = Server(tmp_path_factory.mktemp("portal"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all journeys; each gets a context of its own."""
    wanted = (os.environ.get("CHROMIUM", ""), *NAMES)
    found = next(filter(None, (shutil.which(name) for name in wanted if name)), None)
    if found is None:
        pytest.skip("no Chrome or Chromium here: run `make test`, or apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield running
        running.close()


class Visit:
    """Somebody with a browser window; what went wrong in it is remembered."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.problems: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """Open another tab."""
        page = self.context.new_page()
        page.on(
            "console",
            lambda message: self._note(message) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def _note(self, message: ConsoleMessage) -> None:
        self.problems.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Return a way to open windows: visit(width, scheme=…, scripts=…)."""
    contexts: list[BrowserContext] = []

    def open_window(
        viewport: dict[str, int] = PHONE, *, scheme: str = "light", scripts: bool = True
    ) -> Visit:
        context = browser.new_context(
            base_url=server.url,
            viewport=viewport,
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="en-GB",
            reduced_motion="reduce",  # or axe measures the contrast of what is fading in
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visit(context)

    yield open_window
    for context in contexts:
        context.close()
