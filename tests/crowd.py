"""Many at the same moment, each in a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlmodel import select

from self_service.db import Database
from self_service.domain.errors import DomainError

#: How many.
CROWD = 20


def at_once(database: Database, acts: Sequence[Callable[..., Any]]) -> list[Any]:
    """Run each act in a transaction of its own, all starting together.

    Returns:
        What each returned, or the code of its refusal. A bug is raised.
    """
    together = threading.Barrier(len(acts))

    def run(act: Callable[..., Any]) -> Any:
        together.wait(10)
        try:
            with database.writing() as session:
                return act(session)
        except DomainError as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def everything(database: Database, table: Any) -> list[Any]:
    """All rows of a table, as they are committed."""
    with database.reading() as session:
        return list(session.exec(select(table)).all())
