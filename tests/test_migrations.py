"""The migrations make exactly the tables of the models, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, bindparam, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Uuid
from sqlmodel import Session, SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from self_service import db, migrate
from self_service.domain.ledger import verifying
from tests import databases


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with databases.postgres_database() as where:
        yield where


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


def checks(url: str) -> dict[str, set[str]]:
    """Names of the checks of each table, and the triggers."""
    engine = db.make_engine(url)
    found = {
        name: {str(check["name"]) for check in inspect(engine).get_check_constraints(name)}
        for name in inspect(engine).get_table_names()
    }
    engine.dispose()
    return {name: names for name, names in found.items() if names}


def test_checks_are_those_of_the_models(url: str) -> None:
    migrate.upgrade(url)
    named = {
        name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for name, table in SQLModel.metadata.tables.items()
    }
    assert checks(url) == {name: names for name, names in named.items() if names}


def test_the_ledger_is_kept_by_the_database(url: str) -> None:
    migrate.upgrade(url, "0004")
    said(url, *BEFORE_BOOKS)
    migrate.upgrade(url)
    for act in ("UPDATE ledger_entry SET line = 1", "DELETE FROM ledger_entry"):
        with pytest.raises(DBAPIError, match="never changed"):
            said(url, act)
    assert said(url, "SELECT count(*) FROM ledger_entry") == [(3,)]


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_what_was_paid_before_there_were_books_is_booked(url: str, revision: str) -> None:
    migrate.upgrade(url, revision)
    said(url, *BEFORE_BOOKS)
    for _ in range(2):
        migrate.upgrade(url)
        assert said(url, BOOKED) == [
            ("payment", 500, "clearing", "revenue"),
            ("payment", 700, "clearing", "revenue"),
            ("refund", 700, "revenue", "clearing"),
        ]
        assert said(url, PAID) == [
            ("order", 0, "", 500),
            ("order", 0, "", 700),
            ("order", 0, "", 900),
        ]
        engine = db.make_engine(url)
        with Session(engine) as session:
            assert verifying.verify(session) == ()
        engine.dispose()
        assert differences(url) == []
        migrate.downgrade(url, revision)
        assert "ledger_entry" not in tables(url)
        assert "purpose" not in columns(url, "payment")
        assert "payment_positive" in checks(url)["payment"]


ADA, SAM = UUID(int=1), UUID(int=2)
_PAYMENT = (
    "INSERT INTO payment (id, customer_id, amount_minor, currency, status, status_changed_at,"
    " provider, reference, pay_path, failure_code, checks, created_at) VALUES "
)
#: Payments of before there were books: one that came, one that came too late, one that did not.
BEFORE_BOOKS = (
    "INSERT INTO individual (id, given_name, family_name, email, mobile, language, created_at)"
    " VALUES (:ada, 'Ada', 'Quell', 'ada@example.com', '', 'en', :at)",
    "INSERT INTO customer (id, name, individual_id, status, gateway_customer, created_at)"
    " VALUES (:ada, 'Ada Quell', :ada, 'active', '', :at)",
    f"{_PAYMENT} (:ada, :ada, 500, 'EUR', 'done', :at, 'stripe', '', '', '', 0, :at)",
    f"{_PAYMENT} (:sam, :ada, 700, 'EUR', 'canceled', :at, 'stripe', '', '', '', 0, :at)",
    f"{_PAYMENT} (:bo, :ada, 900, 'EUR', 'denied', :at, 'stripe', '', '', '', 0, :at)",
    "INSERT INTO refund (id, payment_id, amount_minor, currency, reason, status,"
    " status_changed_at, reference, created_at)"
    " VALUES (:ada, :sam, 700, 'EUR', 'paid_late', 'done', :at, '', :at)",
)
BOOKED = (
    "SELECT e.kind, e.amount_minor, d.kind, c.kind FROM ledger_entry e"
    " JOIN ledger_account d ON d.id = e.debit_id JOIN ledger_account c ON c.id = e.credit_id"
    " ORDER BY e.kind, e.amount_minor"
)
PAID = "SELECT purpose, allocated_minor, back_path, amount_minor FROM payment ORDER BY amount_minor"
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
    named = {"ada": ADA, "sam": SAM, "bo": UUID(int=3)}
    ids = [bindparam(name, given, Uuid()) for name, given in named.items()]
    engine, found = db.make_engine(url), None
    try:
        with engine.begin() as connection:
            for statement in statements:
                used = [given for given in ids if f":{given.key}" in statement]
                more = {"at": "2026-11-01 10:00:00+00:00"} if ":at" in statement else {}
                found = connection.execute(text(statement).bindparams(*used), more)
            rows = [tuple(row) for row in found] if found and found.returns_rows else []
    finally:
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
