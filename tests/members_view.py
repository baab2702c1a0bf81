"""What tests of members and of invitations look at: what somebody sees, and may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from self_service.domain.access import (
    Actor,
)
from self_service.domain.access.grants import allowed
from self_service.domain.errors import DomainError
from self_service.domain.people import member_list
from self_service.domain.people.member_list import Access, Circle
from self_service.domain.subscriptions.shared import shared
from self_service.models.access import Scope
from tests.conftest import NOW
from tests.household import TABLES, Household, buy, household
from tests.order_shop import customer, rows

S = Scope
SCOPES = {
    "see": ({S.VIEW}, {S.VIEW}),
    "change": ({S.MANAGE}, {S.VIEW, S.MANAGE}),
    "pay": ({S.PAY}, {S.VIEW, S.PAY}),
    "all": ({S.VIEW, S.MANAGE, S.PAY}, set(S)),
}


@pytest.fixture
def quells(session: Session) -> Household:
    """Ada with a phone, its plan, and an internet access."""
    return household(session)


@pytest.fixture
def eve(session: Session, quells: Household) -> Actor:
    """Another customer, who has the same."""
    actor = customer(session, "eve@example.com")
    buy(session, actor, quells.shop)
    return actor


def refused(session: Session, error: type[DomainError], act: Any) -> DomainError:
    """Give a refused act up, and see that nothing is left of it."""
    before = rows(session, *TABLES)
    nested = session.begin_nested()
    with pytest.raises(error) as caught:
        act()
    nested.rollback()
    session.expire_all()
    assert rows(session, *TABLES) == before
    return caught.value


def seen(session: Session, actor: Actor, now: Any = NOW) -> list[str]:
    return [found.subscription.name["en"] for found in shared(session, actor, now=now)]


def circle(session: Session, household: Household, now: Any = NOW) -> Circle:
    return member_list.circle(session, household.ada, now=now)


def access(session: Session, household: Household, now: Any = NOW) -> Access:
    (member,) = circle(session, household, now).members
    (found,) = member.access
    return found


def may(session: Session, actor: Actor, product: object, now: Any = NOW) -> set[Scope]:
    return {scope for scope in Scope if allowed(session, actor, product, scope, now=now)}
