"""A shop with a provider inside the process, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from self_service import db
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.models.catalog import ProductOffering
from tests import databases
from tests.conftest import NOW
from tests.order_shop import Shop, open_shop


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop_database(tmp_path: Path) -> Iterator[db.Database]:
    """A database in a file, with a shop in it."""
    engine = db.make_engine(databases.sqlite_file(tmp_path / "shop.db"))
    database = db.Database(engine)
    with database.writing() as session:
        open_shop(session)
    yield database
    engine.dispose()


@pytest.fixture
def shop(shop_database: db.Database) -> Shop:
    """The ids of what is on sale."""
    with shop_database.reading() as session:
        rows = session.exec(select(ProductOffering.slug, ProductOffering.id)).all()
    return Shop(dict(rows))


@pytest.fixture
async def gateway(clock: Clock) -> AsyncIterator[SandboxPayments]:
    provider = SandboxPayments(":memory:", "secret", clock)
    yield provider
    await provider.close()
