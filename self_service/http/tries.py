"""Counting what is tried, before anything is verified."""

from __future__ import annotations

from self_service import clock, logs
from self_service.domain.access import attempts
from self_service.domain.access.attempts import Limit, TooManyAttempts
from self_service.domain.errors import DomainError
from self_service.wiring import database


async def counted(limit: Limit, who: str, refusal: type[DomainError] = TooManyAttempts) -> None:
    """Count a try, in a transaction of its own that no refusal undoes.

    Raises:
        DomainError: it is one too many; `refusal`, which says what to do.
    """
    if not await database().transact(attempts.count, limit, who, now=clock.now()):
        logs.security(f"too many tries: {limit.name}")
        raise refusal
