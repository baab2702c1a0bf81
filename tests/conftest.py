"""Databases and fixtures that every test may use.

`session` gives a fresh database per test: SQLite in a file of the test's own, and PostgreSQL too
where a server answers (`SELF_SERVICE_TEST_POSTGRES`, default the local one); else those are
skipped, saying so.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlmodel import Session, SQLModel

from self_service import clock, db
from tests import databases

db.make_engine = databases.sharing(db.make_engine)

# How long a machine that does other things takes is no fault of what is tested.
hypothesis.settings.register_profile(
    "here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("here")

#: The instant at which tests happen unless they say otherwise.
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def zone() -> Iterator[None]:
    """Tests count days in UTC unless they choose a zone; the choice ends with the test."""
    clock.set_zone("UTC")
    yield
    clock.set_zone("UTC")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep captured output sendable between processes: hostile inputs are in some of it."""
    report = yield
    report.sections = [
        (name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture
def now() -> datetime:
    """The instant at which this test happens."""
    return NOW


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this test process's own on the local server, with all tables."""
    with databases.postgres_database() as url:
        engine = db.make_engine(url)
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[db.Database]:
    """An empty database with all tables: the same test on both kinds."""
    if request.param == "sqlite":
        url = databases.sqlite_file(tmp_path / "test.db")
    else:
        url = request.getfixturevalue("postgres_url")
    engine = db.make_engine(url)
    yield db.Database(engine)
    if request.param == "postgres":
        databases.sweep(engine)
    engine.dispose()


@pytest.fixture
def session(database: db.Database) -> Iterator[Session]:
    """An open transaction on an empty database; rolled back at the end of the test."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session
