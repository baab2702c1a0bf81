"""The demo operator in a test's database.

Tests that look at all of it take `seeded`: seeding takes seconds, so it is done once
per process and kind of database, and what a test changes is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from self_service import db
from self_service.domain.access import Actor
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import WalletPolicy
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.access import DigitalIdentity, Role
from self_service.seed import seed_demo
from self_service.seed.sign_ins import DemoSignIn
from tests import databases
from tests.conftest import NOW

VAULT = Vault("of the demo" * 4)
TERMS = WalletTerms(WalletPolicy(), "EUR", "DE", "sandbox")


def hashed(password: str) -> str:
    """Stand in for the slow hash."""
    return f"hash of {password}"


def seed(session: Session, *, now: datetime = NOW) -> None:
    """Load the demo operator."""
    seed_demo(session, now=now, hash_password=hashed, vault=VAULT, terms=TERMS)


def demo_actor(session: Session, person: DemoSignIn) -> Actor:
    """Return a customer of the demo, in person."""
    row = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == person.login)).one()
    return Actor(Role.CUSTOMER, customer_id=row.customer_id, identity_id=row.id)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database of its own with the demo operator in it."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = databases.sqlite_file(tmp_path_factory.mktemp("demo") / "demo.db")
        else:
            url = stack.enter_context(databases.postgres_database())
        engine = db.make_engine(url)
        stack.callback(engine.dispose)
        SQLModel.metadata.create_all(engine)
        with db.Database(engine).writing() as session:
            seed(session)
        yield engine


@pytest.fixture
def seeded(demo: Engine) -> Iterator[Session]:
    """An open transaction on the demo operator; rolled back at the end of the test."""
    with Session(demo, expire_on_commit=False) as session:
        yield session
