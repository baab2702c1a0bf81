"""A certified OpenID Connect provider (npm oidc-provider) that tests start and sign in at."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urljoin

import httpx2
import pytest

_HERE = Path(__file__).parent
_FILES = ("package.json", "package-lock.json", "server.mjs")


class Provider:
    """The running provider, and what it told about people who left."""

    def __init__(self, origin: str) -> None:
        self.issuer = origin
        self.logout_tokens: list[str] = []
        self.browser = httpx2.Client(base_url=origin, follow_redirects=False, timeout=10)

    def sign_in(self, address: str, login: str) -> str:
        """Go through its pages as a person; returns where the browser is sent at the end."""
        answer = self.browser.get(address)
        while True:
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(self.issuer):
                    return target
                answer = self.browser.get(target)
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert action, answer.text[:500]
            assert prompt, answer.text[:500]
            form = {"prompt": prompt.group(1), "login": login, "password": "any"}
            answer = self.browser.post(action.group(1), data=form)

    def sign_out(self, address: str) -> str:
        """Confirm that one leaves; returns where the browser is sent at the end."""
        page = self.browser.get(address).text
        secret = re.search(r'name="xsrf" value="([^"]+)"', page)
        assert secret, page[:500]
        form = {"xsrf": secret.group(1), "logout": "yes"}
        answer = self.browser.post("/session/end/confirm", data=form)
        return str(answer.headers["location"])

    def forget(self) -> None:
        """Be another browser from now on."""
        self.browser.cookies.clear()
        self.logout_tokens.clear()

    def told(self) -> str:
        """Return the token of the last message that somebody left, once it is there."""
        deadline = time.monotonic() + 5
        while not self.logout_tokens and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.logout_tokens[-1]


@contextmanager
def running(folder: Path, portal: str) -> Iterator[Provider]:
    """Install and start it; skips the test, saying why, where that is not possible."""
    tools = Path(sys.executable).parent
    for name in _FILES:
        shutil.copy(_HERE / name, folder)
    try:
        subprocess.run(
            [tools / "npm", "ci", "--no-audit", "--no-fund"],
            cwd=folder,
            env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            timeout=120,
            check=True,
        )
    except subprocess.SubprocessError:
        pytest.skip("npm oidc-provider cannot be installed here")
    logouts: list[str] = []
    with _listener(logouts) as told_at:
        port = _free_port()
        command = [tools / "node", "server.mjs", str(port), portal, told_at]
        server = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            assert server.stdout is not None
            while "listening" not in (line := server.stdout.readline()):
                assert line or server.poll() is None, "the provider did not start"
            provider = Provider(f"http://localhost:{port}")
            provider.logout_tokens = logouts
            yield provider
            provider.browser.close()
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # the tool and the process that it starts
            server.wait(10)
            if server.stdout:
                server.stdout.close()


@contextmanager
def _listener(logouts: list[str]) -> Iterator[str]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            logouts.append(parse_qs(body)["logout_token"][0])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/told"
        server.shutdown()
        thread.join()


def _free_port() -> int:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
        return probe.server_port
