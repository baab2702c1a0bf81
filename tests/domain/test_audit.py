"""The record: who sees which part, that tampering shows, and that acting is always recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service import clock, db
from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.basket import acts as basket
from self_service.domain.people import serving
from self_service.models.access import Role
from self_service.models.audit import AuditEntry, AuditHead
from self_service.state import guard
from tests.conftest import NOW
from tests.domain.test_serving import employ
from tests.order_shop import customer, open_shop, rows


@pytest.mark.parametrize("change", ["subject", "network", "seal", "removed", "head"])
def test_tampering_is_found(session: Session, change: str) -> None:
    ada = customer(session)
    for number in range(3):
        audit.record(session, ada, "settings.changed", now=NOW, subject=str(number))
    session.flush()
    assert audit.broken(session) is None
    second = session.get_one(AuditEntry, 2)
    if change == "removed":
        session.delete(second)
    elif change == "head":
        session.exec(select(AuditHead)).one().seal = "0" * 64
    else:
        setattr(second, change, "other")
    session.flush()
    session.expire_all()
    assert audit.broken(session) == (4 if change == "head" else 2)


def test_a_customer_sees_what_was_done_for_them_and_nobody_elses(session: Session) -> None:
    ada, eve = customer(session), customer(session, "eve@example.com")
    sam = employ(session, "sam", Role.REPRESENTATIVE)
    serving.open_customer(session, sam, ada.customer_id, before="sam", fresh="two", now=NOW)
    acting = replace(sam, customer_id=ada.customer_id, behalf="Ada Quell")
    audit.record(session, acting, "basket.add", now=NOW)
    audit.record(session, eve, "password.changed", now=NOW)
    audit.record(session, sam, "password.changed", now=NOW)

    def seen(actor: Actor) -> list[tuple[int, bool]]:
        found = audit.of_customer(session, actor, now=NOW)
        return [(entry.number, entry.theirs) for entry in found]

    assert seen(ada) == [(2, False), (1, False)]
    assert seen(eve) == [(3, True)]
    assert seen(acting) == [(2, False), (1, False)], "not what Sam did elsewhere"
    assert [number for number, _ in seen(sam)] == [4, 2, 1]
    with pytest.raises(SignInNeeded):
        seen(Actor(key="visitor"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_whole_is_for_administrators(session: Session, role: Role) -> None:
    stranger = Actor(role, identity_id=uuid4())
    for look in (audit.search, audit.verify):
        with pytest.raises(NotAllowed):
            look(session, stranger, now=NOW)


@pytest.fixture
def acting(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """The cookie of somebody who acts for Ada."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with database.writing() as session:
        ada, sam = customer(session), employ(session, "sam", Role.REPRESENTATIVE)
        serving.open_customer(session, sam, ada.customer_id, before="sam", fresh="acting", now=NOW)
    return "acting"


def recorded(database: db.Database) -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(AuditEntry.act).order_by(AuditEntry.number)))[1:]


async def test_every_change_for_a_customer_is_recorded(database: db.Database, acting: str) -> None:
    with database.writing() as session:
        shop = open_shop(session)
    await database.transact(
        guard.call_as, basket.add_with, acting, offering_id=shop["case"], choices=[]
    )
    await database.read(guard.call_as, basket.view, acting)
    assert recorded(database) == ["basket.add_with"]


async def test_an_act_that_records_itself_is_recorded_once(
    database: db.Database, acting: str
) -> None:
    def change(session: Session, actor: Actor, *, now: datetime) -> None:
        audit.record(session, actor, "settings.changed", now=now)

    await database.transact(guard.call_as, change, acting)
    assert recorded(database) == ["settings.changed"]


async def test_a_refused_act_leaves_nothing(database: db.Database, acting: str) -> None:
    def refuse(session: Session, actor: Actor, *, now: datetime) -> None:
        del session, actor, now
        raise NotAllowed

    with database.reading() as session:
        before = rows(session, AuditEntry, AuditHead)
    with pytest.raises(NotAllowed):
        await database.transact(guard.call_as, refuse, acting)
    with database.reading() as session:
        assert rows(session, AuditEntry, AuditHead) == before
