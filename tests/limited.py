"""A line with limits, in few words: used, rated, looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.limits import bars, changing, standing, telling, watching
from self_service.domain.limits.standing import Standing
from self_service.domain.network import followers
from self_service.domain.policy import LimitPolicy
from self_service.limit_letters import wording
from self_service.models.limits import LimitKind, SpendBar, UsageAlert
from self_service.models.people import Customer
from self_service.models.subscriptions import Product
from tests.books import make_account
from tests.order_shop import customer
from tests.services_world import open_requests
from tests.used import START, feed, included, make_line, rate, row, usage

#: Imported for the purposes that they register.
FOLLOWERS = followers
POLICY = LimitPolicy()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Inside the first month of `used.START`, and inside the second.
AT, NEXT = START + 10 * DAY, START + 40 * DAY
ALL, ROAMING = LimitKind.ALL, LimitKind.ROAMING
GIVEN: dict[str, Any] = {"policy": POLICY, "now": AT}


def plan(session: Session, *more: dict[str, Any], **given: Any) -> Product:
    """A plan with 100 texts; one more costs a euro, abroad every one costs two."""
    prices = included("SMS", 100), usage("SMS", 100), usage("SMS", 200, zones=["roaming"])
    line = make_line(session, *(more or prices), **given)
    return session.get_one(Product, line.product_id)


def texts(session: Session, name: str, count: int, at: datetime, **more: Any) -> None:
    """Send texts, and rate them."""
    feed(session, row(name, at, "message", count, **more))
    rate(session)


def watch(session: Session, now: datetime = AT) -> None:
    """Look at what was rated, and settle what has to be, as the job does."""
    for _ in range(2):
        seen = watching.look(session, policy=POLICY, now=now)
        for product_id in seen.to_settle:
            bars.settle(session, product_id, policy=POLICY, now=now)
    assert watching.look(session, policy=POLICY, now=now).last is None


def limit(session: Session, who: Any, product: Product, amount: str, **more: Any) -> None:
    """Choose a limit."""
    said = {"kind": "all", "hard": True, **GIVEN, **more}
    changing.set_limit(session, who, product.id, amount=amount, **said)


def stands(
    session: Session, product: Product, kind: LimitKind = ALL, *, now: datetime = AT
) -> Standing:
    """How a limit stands."""
    month = standing.months(session, [product], now)[product.id]
    found = standing.standings(session, [month], POLICY)[month.id or product.id]
    return next(one for one in found if one.kind is kind)


def bar(session: Session, product_id: UUID, kind: LimitKind = ALL) -> SpendBar | None:
    """What is stopped."""
    return bars.bars(session, [product_id]).get((product_id, kind))


def alerts(session: Session) -> list[tuple[str, int, int, bool]]:
    """All alerts: about what, the size, percent, whether they were to be told."""
    rows = session.exec(
        select(UsageAlert).order_by(UsageAlert.id).execution_options(populate_existing=True)
    )
    return [
        (f"{one.about} {one.usage_kind}".strip(), one.size, one.threshold, one.told) for one in rows
    ]


def letters(session: Session, now: datetime = AT) -> int:
    """Write the letters that wait."""
    return sum(telling.write(session, one, wording, now=now) for one in telling.waiting(session))


@pytest.fixture
def ada(session: Session) -> Actor:
    """Somebody."""
    return customer(session)


@pytest.fixture
def line(session: Session, ada: Actor) -> Product:
    """Her plan."""
    owner = session.get_one(Customer, ada.customer())
    return plan(session, account=make_account(session, now=START, customer=owner))


def wanted(session: Session) -> list[dict[str, str]]:
    """What the network was asked for, and owes an answer to."""
    return [dict(one.wanted) for one in open_requests(session)]
