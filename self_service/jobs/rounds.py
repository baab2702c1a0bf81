"""Looking again and again for something to do, at once when called."""

from __future__ import annotations

import asyncio
import contextlib
import logging

log = logging.getLogger(__name__)


class Rounds:
    """Calls `look` every `every` seconds and when called.

    Attributes:
        every: seconds between two looks when nobody calls.
        failing: what the log says when a look fails; the next one comes all the same.
    """

    every: float
    failing: str

    def __init__(self) -> None:
        self._called = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def look(self) -> object:
        """Do what there is to do."""
        raise NotImplementedError

    def call(self) -> None:
        """Say that something happened: look at once. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._called.set)

    async def run(self) -> None:
        """Look until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._called.clear()
            try:
                await self.look()
            except Exception:
                log.exception(self.failing)
            # not `wait_for`: Python 3.11's forgets a cancellation that comes with the call
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.every):
                    await self._called.wait()
