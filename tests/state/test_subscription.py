"""The page of a subscription: it says first what something costs, does it, and for whom it may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from self_service import i18n
from self_service.domain.changes import performing
from self_service.domain.network import requests
from self_service.domain.network.requests import Outcome
from self_service.models.changes import ChangeKind, ChangeStatus, GoodsRequest, ProductChange
from self_service.models.network import ServiceRequest
from self_service.models.subscriptions import Product, ProductStatus
from self_service.pages import subscription as page
from self_service.pages import subscriptions as list_page
from self_service.state.request import PageRequest
from self_service.state.subscription import SubscriptionState
from self_service.state.subscription_look import subscription_values
from self_service.state.subscriptions import SubscriptionsState, subscriptions_values
from tests.books import proven
from tests.changing import Customer, open_range
from tests.conftest import NOW
from tests.house import House
from tests.live import live
from tests.order_shop import BLACK, choose, fulfil, order, pay
from tests.paper import live as compiled
from tests.paper import printed

State = SubscriptionState


@pytest.fixture
def ada(house: House) -> tuple[str, str]:
    """The cookie of a customer, and the address of her plan, which runs for three weeks."""
    with house.signed_in() as browser:
        cookie = browser.cookie
    then = NOW - timedelta(days=21)
    with house.database.writing() as session:
        customer = Customer(session, open_range(session), then, house.actor(cookie))
        root = customer.buy("middle", "fine", "more")
    return cookie, f"/en/subscriptions/{root.id}"


async def values(ada: tuple[str, str], query: str = "") -> dict[str, Any]:
    return await subscription_values(PageRequest.at(f"{ada[1]}{query}", ada[0]))


def keys(shown: dict[str, Any]) -> list[str]:
    """What can be done."""
    return [row.key.split()[0] for row in shown["acts"]]


def answer(house: House) -> None:
    """Let the network do what it was asked for."""
    with house.database.writing() as session:
        for one in session.exec(select(ServiceRequest.id)).all():
            requests.answered(session, one, Outcome(True), house.clock())


async def test_a_downgrade_is_planned_seen_and_called_off(
    house: House, ada: tuple[str, str]
) -> None:
    shown = await values(ada)
    assert keys(shown) == ["plan", "extras", "boost", "pause", "service", "leave"]
    assert shown["withdraw_href"] == ""
    plans = (await values(ada, "?act=plan"))["choices"]
    assert {(row.name, row.difference) for row in plans} >= {
        ("small", "You save €13.00 a month"),
        ("large", "€10.00 more a month"),
    }
    href = next(row.href for row in plans if row.name == "small")
    asked = await subscription_values(PageRequest.at(href, ada[0]))
    (quote,) = asked["quotes"]
    assert quote.lost == ["5 GB instead of 20 GB", "Discount: ", "Extra: fine"]
    assert "middle becomes small" in printed(page.view, State, asked)
    async with live(ada[0]) as tab:
        tab.url = href
        await tab.send(State.load)
        await tab.send(State.confirm, form={"seen": "0:0:0"})
        assert "price changed" in tab.shows(State, "refused")
        await tab.send(State.confirm, form={"seen": quote.seen})
        assert tab.notice.startswith("Planned for")
        assert tab.gone_to == ada[1]
        listed = await subscriptions_values(PageRequest.at("/en/subscriptions", ada[0]))
        (row,) = [one for one in listed["listed"] if one.changes]
        html = printed(list_page.view, SubscriptionsState, listed)
        assert "middle becomes small" in html
        assert "Call off" in html
        tab.url = ada[1]
        await tab.send(State.load)
        await tab.send(State.revoke, change_id=row.changes[0].id)
        assert tab.notice.startswith("Called off")
        assert tab.shows(State, "changes") == []
        await tab.send(State.revoke, change_id=row.changes[0].id)
        assert "any more" in tab.shows(State, "refused")
    with house.database.reading() as session:
        assert session.exec(select(ProductChange.status)).all() == [ChangeStatus.REVOKED]
        proven(session)


async def test_an_upgrade_a_booster_and_an_extra_work_once_the_network_answers(
    house: House, ada: tuple[str, str]
) -> None:
    async with live(ada[0]) as tab:
        for act, name in (("boost", "boost"), ("plan", "large")):
            choices = (await values(ada, f"?act={act}"))["choices"]
            tab.url = next(row.href for row in choices if row.name == name)
            await tab.send(State.load)
            (quote,) = tab.shows(State, "quotes")
            await tab.send(State.confirm, form={"seen": quote.seen})
            assert tab.notice.startswith("Done.")
            assert (await values(ada))["moving"]
            answer(house)
            house.clock.move(minutes=1)
        again = (await values(ada, "?act=boost"))["choices"]
        lapped = await subscription_values(PageRequest.at(again[0].href, ada[0]))
        assert "started after it" in lapped["quotes"][0].overlap
        assert "Start it after" in printed(page.view, State, lapped)
        extras = await values(ada, "?act=extras")
        assert {row.text for row in extras["ending"]} == {"fine", "more"}
        assert "cannot be combined" in extras["choices"][0].refused
    found = await values(ada)
    assert found["title"] == "large"
    assert not found["moving"]
    assert [row.status for row in found["past"]] == ["Done", "Done"]
    assert "Earlier changes" in printed(page.view, State, found)


async def test_leaving_asks_for_a_proof_and_withdrawing_gives_a_receipt(
    house: House, ada: tuple[str, str]
) -> None:
    leave = await values(ada, "?act=leave")
    (quote,) = leave["quotes"]
    assert quote.danger
    assert [row.name for row in leave["offer"]] == ["small"]
    html = printed(page.view, State, leave)
    assert "keep your number" in html
    house.clock.move(hours=1)
    async with live(ada[0]) as tab:
        tab.url = f"{ada[1]}?act=leave"
        await tab.send(State.load)
        (row,) = tab.shows(State, "quotes")
        await tab.send(State.confirm, form={"seen": row.seen})
        assert "/confirm" in tab.gone_to
    with house.database.writing() as session:
        for product in session.exec(select(Product)).all():
            product.started_at = NOW - timedelta(days=13)
    shown = await values(ada)
    assert shown["withdraw_href"].endswith("?act=withdraw")
    stated = await values(ada, "?act=withdraw")
    assert "I withdraw from this contract" in printed(page.view, State, stated)
    async with live(ada[0]) as tab:
        tab.url = f"{ada[1]}?act=withdraw"
        await tab.send(State.load)
        await tab.send(State.withdraw, form={})
        assert "Type your name" in tab.shows(State, "refused")
        await tab.send(State.withdraw, form={"who": "Ada Quell"})
        assert "You withdrew from order" in tab.shows(State, "receipt")
    assert (await values(ada))["missing"]
    with house.database.reading() as session:
        assert session.exec(select(ProductChange.kind)).all() == [ChangeKind.WITHDRAW]
        proven(session)


async def test_a_pause_begins_and_is_ended(house: House, ada: tuple[str, str]) -> None:
    async with live(ada[0]) as tab:
        tab.url = f"{ada[1]}?act=pause"
        await tab.send(State.load)
        days = {"from": "2026-11-21", "until": "2026-11-30"}
        await tab.send(State.choose_days, form=days)
        tab.url = tab.gone_to
        await tab.send(State.load)
        (quote,) = tab.shows(State, "quotes")
        await tab.send(State.confirm, form={"seen": quote.seen})
        answer(house)
        paused = await values(ada)
        assert keys(paused) == ["resume", "service", "leave"]
        assert paused["rows"][0].status == "Paused"
        house.clock.move(minutes=20)
        tab.url = f"{ada[1]}?act=resume"
        await tab.send(State.load)
        (quote,) = tab.shows(State, "quotes")
        await tab.send(State.confirm, form={"seen": quote.seen})
        assert tab.notice.startswith("Done.")
        answer(house)
    with house.database.reading() as session:
        assert set(session.exec(select(Product.status)).all()) == {ProductStatus.ACTIVE}
        assert performing.due(session, now=house.clock()) == ()


async def test_goods_are_asked_for_and_called_off(house: House, ada: tuple[str, str]) -> None:
    with house.database.writing() as session:
        actor = house.actor(ada[0])
        chosen = [{"offering_id": house.shop["plan"], "configuration": {"sim": "esim"}}]
        choose(session, actor, house.shop["phone"], BLACK, chosen)
        placed = order(session, actor)
        pay(session, placed)
        assert fulfil(session, placed.order_id)
        root = session.exec(select(Product).where(Product.order_id == placed.order_id)).first()
        assert root is not None
        phone = ada[0], f"/en/subscriptions/{root.id}"
    shown = await values(phone)
    (piece,) = shown["goods"]
    assert (piece.returned, piece.warranty) == ("5 Dec 2026", "21 Nov 2028")
    assert "Swap it" in printed(page.view, State, shown)
    async with live(ada[0]) as tab:
        tab.url = phone[1]
        await tab.send(State.load)
        form = {"product": piece.id, "wish": "swap", "reason": ""}
        await tab.send(State.request_goods, form=form)
        assert "what is wrong" in tab.shows(State, "refused")
        await tab.send(State.request_goods, form={**form, "reason": "It does not charge"})
        (row,) = tab.shows(State, "goods")
        assert row.open
        await tab.send(State.take_back, request_id=row.request_id)
    with house.database.reading() as session:
        assert [one.status.value for one in session.exec(select(GoodsRequest))] == ["withdrawn"]


async def test_others_see_and_change_nothing(house: House, ada: tuple[str, str]) -> None:
    with house.signed_in("eve@example.com") as browser:
        eve = browser.cookie, ada[1]
    for who in (eve, (ada[0], "/en/subscriptions/%00"), (ada[0], "/en/subscriptions/none")):
        found = await values(who, "?act=leave")
        assert (found["missing"], found["key"], found["quotes"]) == (True, "", [])
        assert "There is no such subscription" in printed(page.view, State, found)
    async with live(eve[0]) as tab:
        tab.url = f"{eve[1]}?act=leave"
        for handler, payload in (
            (State.confirm, {"form": {"seen": ""}}),
            (State.revoke, {"change_id": "x"}),
            (State.withdraw, {"form": {"who": "Eve"}}),
            (State.request_goods, {"form": {"product": "\0", "wish": []}}),
            (State.take_back, {"request_id": "x"}),
        ):
            await tab.send(handler, **payload)
            assert tab.shows(State, "refused")
    with house.database.reading() as session:
        assert session.exec(select(ProductChange)).all() == []


@pytest.mark.parametrize(
    "query",
    [
        "act=plan&to=none",
        "act=plan&to=small&on=x",
        "act=boost&to=middle",
        "act=cancel&on=x",
        "act=pause&from=x&until=9999-12-31",
        "act=pause&until=2026-11-01",
        "act=leave&until=9999-12-31",
        "act=resume",
        "act=%00&to=%00",
    ],
    ids=lambda query: query.replace("%", "_"),
)
async def test_addresses_that_ask_for_nothing_are_read(ada: tuple[str, str], query: str) -> None:
    found = await values(ada, f"?{query}")
    assert found["quotes"] == []
    assert found["refused"] or not found["act"]
    printed(page.view, State, found)


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
def test_pages_can_be_compiled(language: str) -> None:
    assert compiled(page.view, State, language)
    assert compiled(list_page.view, SubscriptionsState, language)
    printed(page.view, State, {}, language)
    printed(list_page.view, SubscriptionsState, {"loaded": True, "nothing": True}, language)
