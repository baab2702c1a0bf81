"""The store over HTTP: the whole first response, as a phone without scripts reads it."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from bench import peers
from bench.figures import Row, Section
from bench.rounds import Run, repeat
from bench.served import portal
from bench.worker import CLIENTS
from self_service import routes

PATHS = {
    "store page": "/en/store?page={n}",
    "store page, filtered": "/en/store?category=phones&colour={colour}&page={n}",
}
_COLOURS = ("black", "white", "blue", "green", "pink", "grey", "red")
REMARKS = (
    "The demo operator's store over HTTP, page, basket and state in one response. For context: "
    "the peers answer with data only, and the clients here are Python on the same two cores.",
    "Floor: the answer to a health check through the same server.",
)


def measure(*, quick: bool) -> list[Section]:
    """Ask one worker for pages."""
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder)) as served:
        rows = asyncio.run(_measure(served.origin, 0.8 if quick else 4.0))
    return [Section("First response", rows, REMARKS)]


async def _measure(origin: str, seconds: float) -> list[Row]:
    client = Client(origin)
    rows = []
    floor = {clients: await client.ask(routes.HEALTH, clients, 1.0) for clients in (1, CLIENTS)}
    for what, path in PATHS.items():
        peer = peers.LIST if what == "store page" else peers.FILTER
        await client.ask(path, 1, 0.5)
        alone = await client.ask(path, 1, seconds)
        rows.append(Row(f"{what}, 1 client", "ms", alone.spread, floor[1].spread, peer.alone_ms))
        together = await client.ask(path, CLIENTS, seconds)
        name = f"{what}, {CLIENTS} clients"
        rows.append(Row(name, "/s", together.rate, floor[CLIENTS].rate, peer.per_second))
    return rows


class Client:
    """Asks over kept connections, with as little of its own as possible."""

    def __init__(self, origin: str) -> None:
        self._host, self._port = "127.0.0.1", urlsplit(origin).port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, path: str, clients: int, seconds: float) -> Run:
        """Ask for `path` again and again, its places filled anew each time."""

        async def once(number: int) -> None:
            await self._get(path.format(n=number % 4 + 1, colour=_COLOURS[number % 7]))

        return await repeat(once, itertools.count(), clients=clients, seconds=seconds)

    async def _get(self, path: str) -> None:
        reader, writer = (
            self._idle.pop()
            if self._idle
            else await asyncio.open_connection(self._host, self._port)
        )
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: sid=bench\r\n"
            "Accept-Encoding: gzip, br\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise ConnectionError(head[:40].decode())
        length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
        await reader.readexactly(int(length.split(b":")[1]))
        self._idle.append((reader, writer))
