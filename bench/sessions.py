"""What a served portal holds in memory: idle, and with a hundred people looking at the store."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import socketio

from bench import peers
from bench.figures import Row, Section, Spread
from bench.memory import proportional_mb
from bench.served import Served, portal
from bench.visitors import COOKIE

SESSIONS = 100
_NAMESPACE = "/_event"
_SETTLING_S = 2.0
REMARKS = (
    f"PSS of the serving processes; {SESSIONS} open tabs of as many visitors, each with the store.",
    "Peer: Oscar, idle, measured elsewhere.",
)


def measure() -> list[Section]:
    """Weigh the serving processes."""
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder)) as served:
        time.sleep(_SETTLING_S)
        idle = proportional_mb(served.pid)
        busy, connected = asyncio.run(_with_tabs(served))
    each = (busy - idle) * 1024 / connected if connected else None
    rows = [
        Row("memory, idle", "MB", Spread(idle) if idle else None, peer=peers.IDLE_MB),
        Row(
            f"memory of an open tab ({connected} of them)",
            "KB",
            None if each is None or not idle else Spread(each),
            goal=peers.SESSION_GOAL_KB,
        ),
    ]
    return [Section("Memory", rows, REMARKS)]


async def _with_tabs(served: Served) -> tuple[float, int]:
    tabs = [Tab(served.origin) for _ in range(SESSIONS)]
    for tab in tabs:
        await tab.open("/en/store")
    ready = await asyncio.gather(*(tab.ready(20) for tab in tabs))
    await asyncio.sleep(_SETTLING_S)
    held = proportional_mb(served.pid)
    await asyncio.gather(*(tab.close() for tab in tabs))
    return held, sum(ready)


class Tab:
    """The websocket of one tab, without a browser around it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._client = socketio.AsyncClient(reconnection=False)
        self._answered = asyncio.Event()
        self._client.on("event", self._heard, namespace=_NAMESPACE)

    async def open(self, path: str) -> None:
        """Connect as the page at `path` does."""
        event = {
            "name": "reflex___state____state.hydrate_and_load",
            "payload": {},
            "router_data": {"pathname": path, "asPath": path, "query": {}},
        }
        await self._client.connect(
            f"{self._origin}?token={uuid4()}",
            headers={"Cookie": f"{COOKIE}={uuid4().hex}", "Origin": self._origin},
            transports=["websocket"],
            namespaces=[_NAMESPACE],
            socketio_path="_event",
            auth={"event": event},
        )

    async def ready(self, seconds: float) -> bool:
        """Wait for the first answer; False when none came."""
        try:
            await asyncio.wait_for(self._answered.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Leave."""
        await self._client.disconnect()

    async def _heard(self, *_: object) -> None:
        self._answered.set()
