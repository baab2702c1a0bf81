"""The migrations make exactly the tables of the models, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from self_service import db, migrate


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    where = request.getfixturevalue("postgres_schema_url")
    yield where
    migrate.downgrade(where, "base")


def differences(url: str) -> list[object]:
    engine = db.make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    return found


def tables(url: str) -> set[str]:
    engine = db.make_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_newest_schema_is_that_of_the_models(url: str) -> None:
    assert migrate.upgrade(url) is True
    assert differences(url) == []
    assert migrate.upgrade(url) is False
    assert migrate.standing(url) == migrate.Standing(migrate.newest(), stocked=False)


def test_a_schema_can_be_taken_back(url: str) -> None:
    migrate.upgrade(url)
    migrate.downgrade(url, "base")
    assert tables(url) <= {"alembic_version"}
    migrate.upgrade(url)
    assert "product_order" in tables(url)
