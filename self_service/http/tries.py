"""Counting what is tried, before anything is verified."""

from __future__ import annotations

from self_service import clock
from self_service.domain.access import attempts
from self_service.domain.access.attempts import Limit, TooManyAttempts
from self_service.wiring import database


async def counted(limit: Limit, who: str) -> None:
    """Count a try, in a transaction of its own that no refusal undoes.

    Raises:
        TooManyAttempts: it is one too many.
    """
    if not await database().transact(attempts.count, limit, who, now=clock.now()):
        raise TooManyAttempts
