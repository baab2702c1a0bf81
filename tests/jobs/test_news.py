"""The reader of news: it wakes the pages of its process, whichever worker wrote them."""

from __future__ import annotations

from datetime import timedelta

from self_service import db
from self_service.domain import news
from self_service.jobs.news import News
from self_service.models.base import new_id
from self_service.models.messages import OutboxEvent
from self_service.pulse import Pulse
from tests.conftest import NOW


class Clock:
    """Stands still until it is moved."""

    at = NOW

    def __call__(self) -> object:
        return self.at


async def test_each_worker_wakes_its_own_pages_once(database: db.Database) -> None:
    ada, clock = new_id(), Clock()
    with database.writing() as session:
        news.tell(session, [ada], now=NOW)  # before anybody looked: what is opened now shows it
    pulses = [Pulse(), Pulse()]
    readers = [News(database, clock, pulse) for pulse in pulses]  # type: ignore[arg-type]
    assert [await reader.look() for reader in readers] == [0, 0]
    with database.writing() as session:
        news.tell(session, [ada], now=NOW)
    for reader, pulse in zip(readers, pulses, strict=True):
        with pulse.following([ada], since=NOW + timedelta(days=1)) as came:
            assert await reader.look() == 1
            assert came.is_set()
        assert await reader.look() == 0


async def test_old_news_are_deleted_now_and_then(database: db.Database) -> None:
    clock = Clock()
    reader = News(database, clock, Pulse())  # type: ignore[arg-type]
    await reader.look()
    with database.writing() as session:
        news.tell(session, [new_id()], now=NOW)
    clock.at = NOW + timedelta(days=2)
    await reader.look()
    with database.reading() as session:
        assert session.get(OutboxEvent, news.newest(session)) is None
