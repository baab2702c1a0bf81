"""What Home says first: problems of a line, and the one thing to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.network import lines
from self_service.domain.network.requests import Outcome
from self_service.domain.payments import autopay
from self_service.domain.service_settings import settings
from self_service.domain.sims import blocking
from self_service.models.orders import OrderState
from self_service.models.subscriptions import ProductStatus
from self_service.state.home_money import MoneyRow
from self_service.state.home_next import NO_NEXT, First, next_row, problem_rows
from tests.conftest import NOW
from tests.services_world import REFUSED, VAULT, answer, furnish, stock
from tests.wallets import fresh, make_card, person

SLOW = Outcome(done=True, told={"state": "slow", "down_percent": "12"})
UP = Outcome(done=True, told={"state": "up", "down_percent": "98"})
PLAN, ROOT = "a-plan", "a-subscription"


def said(session: Session, actor: Actor, **later: float) -> list[str]:
    now = NOW + timedelta(**later)
    return [row.text for row in problem_rows(session, actor, "en", now=now)]


def test_what_the_network_said_of_a_line_is_told_until_it_works(session: Session) -> None:
    home = furnish(session, now=NOW)
    assert said(session, home.ada) == []
    lines.check(session, home.ada, home.net.id, now=NOW)
    assert said(session, home.ada) == []  # not known yet
    answer(session, SLOW, now=NOW)
    (row,) = problem_rows(session, home.ada, "en", now=NOW)
    assert (row.tone, row.href) == ("warn", f"/en/services/{home.net.id}")
    assert row.text.endswith("your line is slow.")
    assert said(session, person(session, "bo@example.com", now=NOW)) == []
    assert said(session, home.ada, days=1) == []  # nobody looked again
    lines.check(session, home.ada, home.net.id, now=NOW)
    answer(session, UP, now=NOW)
    assert said(session, home.ada) == []


def test_a_blocked_sim_and_a_refused_setting_are_told(session: Session) -> None:
    home = furnish(session, now=NOW)
    stock(session, home.plan, now=NOW)
    for key in ("voicemail", "international"):
        settings.change(session, home.ada, home.plan.id, key=key, value="off", vault=VAULT, now=NOW)
        answer(session, REFUSED, now=NOW)
    blocking.block(session, fresh(home.ada, NOW), home.plan.id, now=NOW)
    blocked, refused = said(session, home.ada)
    assert blocked.endswith("the SIM is blocked.")
    assert refused.endswith("the network did not accept a change.")
    assert said(session, home.ada, days=3) == [blocked]
    answer(session, now=NOW)
    home.plan.status = ProductStatus.SUSPENDED  # for a debt: that is said elsewhere
    session.flush()
    assert said(session, home.ada) == []


def low(urgent: bool) -> MoneyRow:
    return MoneyRow("wallet", "Wallet", "€1.00", "", "", urgent, "Top up", "/en/wallet")


def spent(percent: int) -> Any:
    return SimpleNamespace(spent=percent, product=PLAN, meter=SimpleNamespace(name="Data"))


def unpaid(state: OrderState = OrderState.ACKNOWLEDGED) -> Any:
    return SimpleNamespace(state=state, number="TW-1")


def first(**found: Any) -> First:
    nothing = First(orders=(), money=(), meters=(), roots={PLAN: ROOT})
    return replace(nothing, **found)


@pytest.mark.parametrize(
    ("found", "text", "href"),
    [
        (
            first(orders=[unpaid()], money=[low(True)], meters=[spent(100)]),
            "Your order TW-1 waits for your payment.",
            "/en/order/TW-1",
        ),
        (first(money=[low(True)], meters=[spent(100)]), "", ""),  # the card says so itself
        (
            first(orders=[unpaid(OrderState.IN_PROGRESS)], money=[low(False)], meters=[spent(90)]),
            "Data is nearly used up.",
            f"/en/subscriptions/{ROOT}",
        ),
        (first(meters=[spent(-1), spent(100)]), "Data is used up.", f"/en/subscriptions/{ROOT}"),
        (first(meters=[spent(89), spent(-1)]), "", ""),
        (first(meters=[spent(100)], roots={}), "", ""),  # shared by somebody else
    ],
)
def test_what_matters_most_comes_next(session: Session, found: First, text: str, href: str) -> None:
    ada = person(session, "ada@example.com", now=NOW)
    row = next_row(session, ada, "en", found, now=NOW)
    assert (row.text, row.href) == (text, href)


def test_a_card_that_is_needed_and_expires_comes_next(session: Session) -> None:
    ada = fresh(person(session, "ada@example.com", now=NOW), NOW)
    card = make_card(session, ada, now=NOW)
    card.exp_month, card.exp_year = 11, 2026
    session.flush()
    assert next_row(session, ada, "en", first(), now=NOW) == NO_NEXT  # nothing is paid by it
    autopay.switch_on(session, ada, card.id, agreed=True, currency="EUR", now=NOW)
    row = next_row(session, ada, "en", first(), now=NOW)
    assert (row.act, row.href) == ("Add a new card", "/en/cards")
    helper = replace(ada, behalf="Ada Quell")
    assert next_row(session, helper, "en", first(meters=[spent(99)]), now=NOW) == NO_NEXT
