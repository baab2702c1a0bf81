"""The page of limits and alerts: what it says, and to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.domain.access import Actor
from self_service.domain.access.grants import Granting, give
from self_service.domain.limits import changing, telling
from self_service.domain.network import requests
from self_service.domain.network.requests import Outcome
from self_service.limit_letters import wording
from self_service.models.access import DigitalIdentity, Role, Scope
from self_service.models.network import ServiceRequest
from self_service.models.people import Customer
from self_service.models.subscriptions import Product
from self_service.state.limits import LimitsState, limits_values
from self_service.state.request import Elsewhere, PageRequest
from tests import limited
from tests.books import make_account
from tests.conftest import NOW
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab

HOUR = timedelta(hours=1)
SINCE = NOW - timedelta(days=10)
OTHER = "+4915822000002"
GIVEN: dict[str, Any] = {"policy": limited.POLICY, "now": NOW}


@pytest.fixture
def lines(portal: db.Database) -> list[str]:
    """Ada (cookie "ada") has two lines; the first used what it may, and more."""
    with portal.writing() as session:
        ada = customer(session)
        keep_signed_in(session, ada, "ada")
        owner = session.get_one(Customer, ada.customer())
        account = make_account(session, now=NOW, customer=owner)
        given = {"account": account, "start": SINCE}
        first = limited.plan(session, **given)
        second = limited.plan(session, **given | {"start": SINCE + HOUR, "number": OTHER})
        limited.limit(session, ada, first, "10", now=NOW)
        limited.texts(session, "a", 109, NOW - 2 * HOUR)
        limited.watch(session, NOW)
        limited.letters(session, NOW)
        ben = session.get_one(DigitalIdentity, customer(session, "ben@example.com").identity())
        ben.customer_id, ben.role = None, Role.SUB_USER
        session.flush()
        shared = Granting(ada.customer(), first.id, frozenset({Scope.VIEW}), ada.identity(), None)
        give(session, ben.id, shared, now=NOW)
        keep_signed_in(session, Actor(Role.SUB_USER, identity_id=ben.id), "ben")
        return [str(first.id), str(second.id)]


async def seen(query: str = "", cookie: str = "ada") -> dict[str, Any]:
    return await limits_values(PageRequest.at(f"/en/limits?{query}", cookie))


def change(portal: db.Database, act: Any) -> None:
    with portal.writing() as session:
        act(session)


def stop(session: Session) -> None:
    limited.texts(session, "b", 2, NOW - HOUR)
    limited.watch(session, NOW)
    for event in telling.waiting(session):
        telling.write(session, event, wording, now=NOW)


def answer(session: Session, *, done: bool = True) -> None:
    row = session.exec(select(ServiceRequest).order_by(ServiceRequest.sequence.desc())).first()
    outcome = Outcome(done, "" if done else "not_accepted")
    requests.answered(session, row.id, outcome, NOW)


async def test_limits_and_history_in_words(lines: list[str]) -> None:
    values = await seen()
    every, abroad = values["limits"]
    assert (every.spent, every.standing, every.width, every.bar, every.hard) == (
        "€9.00 of €10.00", "Stops", "90%", "warn", True,
    )  # fmt: skip
    assert (abroad.spent, abroad.note) == (
        "€0.00 of €59.50",
        "This limit protects everybody. You can change it.",
    )
    assert [one.text for one in values["lines"]] == [
        f"\u2066{number}\u2069" for number in ("+4915822000001", OTHER)
    ]
    assert [(one.text, one.chosen) for one in values["thresholds"]] == [
        ("50 %", True), ("80 %", True), ("100 %", True),
    ]  # fmt: skip
    history = [(one.what, one.size, one.told) for one in values["alerts"]]
    assert ("80 % of the limit for all usage", "€9.00 of €10.00", "Written to ada@example.com") in (
        history
    )
    assert ("100 % of the texts", "100 texts of 100 texts", "Written to ada@example.com") in history
    assert ("50 % of the texts", "100 texts of 100 texts", "Noted here only") in history
    assert values["manages"]
    assert not values["moving"]


async def test_a_stop_is_shown_on_its_way_as_done_and_as_lifted(
    portal: db.Database, lines: list[str]
) -> None:
    change(portal, stop)
    (row, _), moving = (await seen())["limits"], (await seen())["moving"]
    assert (row.standing, row.tone, row.bar, moving) == ("Being stopped…", "warn", "bad", True)
    change(portal, answer)
    (row, _), moving = (await seen())["limits"], (await seen())["moving"]
    assert (row.standing, row.seen, moving) == ("Stopped", "1000", False)
    assert row.note.startswith("What costs extra is stopped until ")
    assert [(one.value, one.text) for one in row.sums] == [
        ("5.00", "€5.00"), ("10.00", "€10.00"), ("20.00", "€20.00"),
    ]  # fmt: skip

    def lift(session: Session) -> None:
        product = session.get_one(Product, UUID(lines[0]))
        mine = select(DigitalIdentity.id).where(DigitalIdentity.customer_id == product.customer_id)
        who = {"customer_id": product.customer_id, "identity_id": session.exec(mine).one()}
        ada = Actor(Role.CUSTOMER, **who)
        changing.lift(session, ada, lines[0], kind="all", amount="5", seen="1000", **GIVEN)

    change(portal, lift)
    (row, _) = (await seen())["limits"]
    assert (row.standing, row.spent) == ("Being let go…", "€11.00 of €15.00")
    assert row.note.startswith("Lifted by €5.00 until ")


async def test_a_refusal_of_the_network_is_said(portal: db.Database, lines: list[str]) -> None:
    change(portal, stop)
    change(portal, lambda session: answer(session, done=False))
    (row, _) = (await seen())["limits"]
    assert (row.standing, row.tone) == ("Reached", "bad")
    assert row.note.startswith("The network did not do what this limit wants.")


async def test_members_see_what_is_shared_and_strangers_sign_in(lines: list[str]) -> None:
    values = await seen(f"line={lines[1]}", "ben")
    assert (values["id"], values["lines"], values["manages"]) == (lines[0], [], False)
    assert values["alerts"]
    assert {one.told for one in values["alerts"]} == {"Written to the owner", "Noted here only"}
    with pytest.raises(Elsewhere):
        await seen(cookie="nobody")
    state = open_tab(LimitsState, f"/en/limits?line={lines[1]}&refused=limit_outside", "ada")
    await loaded(state)
    assert (state.id, state.refused) == (lines[1], "Type a sum from €1.00 to €1,000.00.")
