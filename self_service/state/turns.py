"""Turns at costly work: so many at once in a worker, and nobody waits for long."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from self_service import settings
from self_service.domain.errors import N_, DomainError

#: Seconds for which somebody waits for a turn.
PATIENCE = 5.0


class Busy(DomainError):
    """Too many others have the same costly work done just now."""

    code = "busy"
    message = N_("We are very busy just now. Please try again in a few seconds.")


class Turns:
    """Lets so many work at once; the others wait for a while."""

    def __init__(self, most: Callable[[], int]) -> None:
        """Take how many; it is asked when the first comes, 0 for no limit."""
        self._most = most
        self._free: asyncio.Semaphore | None = None

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Take a turn until the end of the context.

        Raises:
            Busy: none was free in time.
        """
        if not (most := self._most()):
            yield
            return
        self._free = free = self._free or asyncio.Semaphore(most)
        try:
            async with asyncio.timeout(PATIENCE):
                await free.acquire()
        except TimeoutError:
            raise Busy from None
        try:
            yield
        finally:
            free.release()


#: Documents that are typeset.
TYPESETTING = Turns(lambda: settings.get().documents_at_once)
#: Searches for words that somebody typed.
SEARCHING = Turns(lambda: settings.get().searches_at_once)
