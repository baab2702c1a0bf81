"""The migrations make exactly the tables of the models, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, inspect, text
from sqlalchemy.types import Uuid
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


def columns(url: str, table: str) -> set[str]:
    engine = db.make_engine(url)
    found = {column["name"] for column in inspect(engine).get_columns(table)}
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


ADA, SAM = UUID(int=1), UUID(int=2)
#: What stood in a database of the first revision: a customer who signs in, and one of the staff.
BEFORE = (
    "INSERT INTO individual (id, given_name, family_name, email, mobile, language, created_at)"
    " VALUES (:ada, 'Ada', 'Quell', 'ada@example.com', '+491512', 'en', :at),"
    " (:sam, 'Sam', 'Roe', 'sam@example.com', '', 'es', :at)",
    "INSERT INTO customer (id, name, individual_id, status, gateway_customer, created_at)"
    " VALUES (:ada, 'Ada Quell', :ada, 'active', 'cus_1', :at)",
    "INSERT INTO site (id, customer_id, label, address, created_at)"
    " VALUES (:ada, :ada, 'home', '{}', :at)",
    "INSERT INTO digital_identity (id, individual_id, customer_id, login, password_hash, role,"
    " failed_attempts, created_at)"
    " VALUES (:ada, :ada, :ada, 'ada@example.com', 'hash a', 'customer', 2, :at),"
    " (:sam, :sam, NULL, 'sam@example.com', 'hash s', 'staff', 0, :at)",
    "INSERT INTO web_session (key, identity_id, created_at, last_seen_at, expires_at)"
    " VALUES ('k', :sam, :at, :at, :at)",
)
OLD = (
    "SELECT i.id, i.individual_id, i.customer_id, i.login, i.password_hash, i.failed_attempts,"
    " i.locked_until, i.created_at, p.given_name, p.family_name, p.email, p.mobile, p.language,"
    " c.name, c.status, c.gateway_customer, s.label"
    " FROM digital_identity i JOIN individual p ON p.id = i.individual_id"
    " LEFT JOIN customer c ON c.id = i.customer_id LEFT JOIN site s ON s.customer_id = c.id"
    " ORDER BY i.login"
)
ROLES = "SELECT role FROM digital_identity ORDER BY login"
DEFAULTS = (
    "SELECT i.username, i.supervisor_id, i.email_verified_at, i.totp_secret, i.totp_step,"
    " i.disabled_at, p.channel, p.gender, p.occupation"
    " FROM digital_identity i JOIN individual p ON p.id = i.individual_id"
)


def said(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements; returns the rows of the last."""
    ids = [bindparam("ada", ADA, Uuid()), bindparam("sam", SAM, Uuid())]
    engine, found = db.make_engine(url), None
    with engine.begin() as connection:
        for statement in statements:
            used = [given for given in ids if f":{given.key}" in statement]
            more = {"at": "2026-11-01 10:00:00+00:00"} if ":at" in statement else {}
            found = connection.execute(text(statement).bindparams(*used), more)
        rows = [tuple(row) for row in found] if found and found.returns_rows else []
    engine.dispose()
    return rows


def test_what_stood_in_the_first_schema_is_kept(url: str) -> None:
    migrate.upgrade(url, "0001")
    before = said(url, *BEFORE, OLD)
    assert [row[3] for row in before] == ["ada@example.com", "sam@example.com"]
    migrate.upgrade(url)
    assert said(url, OLD) == before
    assert said(url, ROLES) == [("customer",), ("representative",)]
    assert said(url, DEFAULTS) == [(None, None, None, "", 0, None, "email", "", "")] * 2
    assert said(url, "SELECT closed_at FROM site") == [(None,)]
    assert said(url, "SELECT * FROM web_session") == []
    assert said(url, "SELECT * FROM audit_entry") == []
    assert differences(url) == []

    migrate.downgrade(url, "0001")
    assert said(url, OLD) == before
    assert said(url, "SELECT * FROM web_session") == []
    assert "username" not in columns(url, "digital_identity")
    assert "audit_entry" not in tables(url)
    migrate.upgrade(url)
    assert said(url, OLD) == before
