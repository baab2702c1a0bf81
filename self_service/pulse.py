"""Who of this process waits for news of whom."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

#: For so long it is remembered who was told of: a page that is just opening has read before.
REMEMBERED = timedelta(minutes=2)


class Pulse:
    """Wakes those who follow a customer. All of it happens on the event loop."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = {}
        self._told: dict[UUID, datetime] = {}

    @contextlib.contextmanager
    def following(self, customers: Iterable[UUID], *, since: datetime) -> Iterator[asyncio.Event]:
        """Give an event that is set when there is news of one of the customers.

        Args:
            customers: whose.
            since: news after this instant, which may have come already, count too.
        """
        mine, news = frozenset(customers), asyncio.Event()
        for customer in mine:
            self._waiting.setdefault(customer, set()).add(news)
            if customer in self._told and self._told[customer] >= since:
                news.set()
        try:
            yield news
        finally:
            for customer in mine:
                self._waiting[customer].discard(news)
                if not self._waiting[customer]:
                    del self._waiting[customer]

    def tell(self, customers: Iterable[UUID], *, now: datetime) -> None:
        """Wake all who follow one of these customers."""
        self._told = {customer: at for customer, at in self._told.items() if at > now - REMEMBERED}
        for customer in customers:
            self._told[customer] = now
            for news in self._waiting.get(customer, ()):
                news.set()


#: Of this process.
PULSE = Pulse()
