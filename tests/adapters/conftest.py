"""Starts localstripe, a stand-in for Stripe, as a process of its own (it is GPL: never imported).

localstripe keeps its state in memory when it is started `--from-scratch`, so each test process may
have one; it also writes `/tmp/localstripe.pickle` on every change, which nobody reads here.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest

from self_service.adapters.sandbox_payments import SandboxPayments
from tests.adapters.localstripe_harness import LocalstripeHarness, Mailbox
from tests.adapters.payment_harness import SECRET, Clock, Harness, SandboxHarness

IGNORES_KEYS = "localstripe ignores the Idempotency-Key header"

#: Contract tests that cannot pass on localstripe, by its own documented limits.
LOCALSTRIPE_GAPS = {
    "test_same_key_twice_opens_one_charge": IGNORES_KEYS,
    "test_same_key_with_another_amount_is_refused": IGNORES_KEYS,
    "test_same_key_twice_charges_a_saved_card_once": IGNORES_KEYS,
    "test_same_key_twice_makes_one_customer": IGNORES_KEYS,
    "test_forgotten_card_cannot_be_charged": "localstripe charges detached cards",
}


@pytest.fixture(params=["sandbox", "localstripe"])
async def harness(request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    """Each gateway in turn, with the other side of it."""
    provider: Harness
    if request.param == "sandbox":
        provider = SandboxHarness()
    else:
        provider = LocalstripeHarness(*request.getfixturevalue("localstripe"))
        if reason := LOCALSTRIPE_GAPS.get(request.node.originalname):
            refuted = (AssertionError, pytest.fail.Exception)
            request.applymarker(pytest.mark.xfail(strict=True, reason=reason, raises=refuted))
    yield provider
    await provider.close()


@pytest.fixture
def clock() -> Clock:
    """The clock of `sandbox`."""
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[SandboxPayments]:
    """A sandbox of the test's own, at noon; what times out settles after 30 seconds."""
    sandbox = SandboxPayments(":memory:", SECRET, clock, settle_after=timedelta(seconds=30))
    yield sandbox
    await sandbox.close()


@pytest.fixture(scope="session")
def localstripe(
    tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, str]
) -> Iterator[tuple[str, Mailbox]]:
    """A running localstripe that posts every event twice; yields its address and the post."""
    if importlib.util.find_spec("localstripe") is None:
        pytest.skip("localstripe is not installed: the Stripe adapter's contract was not run")
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("localstripe") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
            stdout=output,
            stderr=output,
        )
        try:
            _wait_until_it_works(base, process, log)
            for name in ("first", "second"):
                webhook = {"url": mailbox[1], "secret": SECRET}
                httpx2.post(f"{base}/_config/webhooks/{name}", json=webhook).raise_for_status()
            yield base, mailbox[0]
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """Our webhook endpoint, as far as localstripe knows; yields what came and its address."""
    box = Mailbox()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"]))
            box.put((payload, self.headers["Stripe-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield box, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def _free_port() -> int:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::", 0))
            return int(probe.getsockname()[1])
    except OSError:
        pytest.skip("localstripe needs IPv6, which this machine has not")


def _wait_until_it_works(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            # a write, because those also need /tmp/localstripe.pickle to be ours
            httpx2.post(
                f"{base}/v1/customers", headers={"Authorization": "Bearer sk_test_wait"}
            ).raise_for_status()
            return
        except httpx2.ConnectError:
            time.sleep(0.05)
        except httpx2.HTTPStatusError:
            break
    pytest.fail(f"localstripe does not work:\n{log.read_text()[-2000:]}")
