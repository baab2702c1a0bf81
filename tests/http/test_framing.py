"""Where one request ends and the next begins: Granian decides it, so Granian itself is asked.

A request that a proxy and the server cut differently smuggles a second one past the proxy (OWASP
ASVS 4.2.1). Raw bytes are sent to the server that serves the portal, with an application that says
what it got.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

_APP = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    said = f"<{scope['path']} {size}>".encode()
    length = str(len(said)).encode()
    start = {"type": "http.response.start", "status": 200}
    await send({**start, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": said})
"""
_POST = b"POST /first HTTP/1.1\r\nHost: here\r\n"
_SECOND = b"GET /second HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of the kind that serves the portal."""
    folder: Path = tmp_path_factory.mktemp("framing")
    (folder / "said.py").write_text(_APP)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        number: int = free.getsockname()[1]
    command = (sys.executable, "-m", "granian", "--interface", "asgi", "--no-log")
    place = ("--host", "127.0.0.1", "--port", str(number), "said:app")
    server = subprocess.Popen((*command, *place), cwd=folder)
    try:
        _await(number)
        yield number
    finally:
        server.terminate()
        server.wait(20)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


def _answer(port: int, sent: bytes) -> bytes:
    """Return all that comes until the server hangs up or says nothing for a second."""
    found = b""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=1)) as line:
        line.sendall(sent)
        try:
            while part := line.recv(4096):
                found += part
        except TimeoutError:
            pass
    return found


def test_two_whole_requests_are_two(port: int) -> None:
    said = _answer(port, _POST + b"Content-Length: 3\r\n\r\nabc" + _SECOND)
    assert said.index(b"</first 3>") < said.index(b"</second 0>")


@pytest.mark.parametrize(
    "order",
    [
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n",
    ],
    ids=["length first", "coding first"],
)
def test_the_coding_counts_and_nothing_follows(port: int, order: bytes) -> None:
    said = _answer(port, _POST + order % (5 + len(_SECOND)) + b"0\r\n\r\n" + _SECOND)
    assert b"</first 0>" in said
    assert b"second" not in said
    assert b"connection: close" in said.lower()


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 3\r\nContent-Length: 5",
        b"Content-Length: +3",
        b"Content-Length: 3, 5",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding:\r\n chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ],
    ids=lambda header: header.decode().encode("unicode_escape").decode(),
)
def test_an_unclear_length_is_refused(port: int, header: bytes) -> None:
    said = _answer(port, _POST + header + b"\r\n\r\nabcde" + _SECOND)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"first" not in said
    assert b"second" not in said
