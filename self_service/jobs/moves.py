"""Does the moves whose day has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from self_service import letters
from self_service.db import Database
from self_service.domain.people import moves
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks: often enough that a move is done in the first hour of its day,
#: whenever in the day the process was started.
EVERY = 60 * 60.0


class Moves(Rounds):
    """One per process; what one of them did, the others do not find."""

    every = EVERY
    failing = "moves whose day has come could not be read"

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Take where the data are, and the clock."""
        super().__init__()
        self._database = database
        self._clock = clock

    async def look(self) -> int:
        """Do all moves that are due, each in a transaction; returns how many were done.

        One that fails does not keep the others; it is tried again at the next look.
        """
        done = 0
        for move_id in await self._database.read(moves.due, now=self._clock()):
            try:
                done += await self._database.transact(
                    moves.take_effect, move_id, told=letters.moved, now=self._clock()
                )
            except Exception:
                log.exception("move %s could not be done", move_id)
        return done
