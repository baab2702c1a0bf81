"""Home: what runs, what it costs next, what is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.domain.access import Actor
from self_service.domain.orders.writing import Placed
from self_service.models.subscriptions import Product, ProductStatus
from self_service.state.home import HomeState, home_values
from self_service.state.request import Elsewhere, PageRequest
from tests.order_shop import (
    BLACK,
    Shop,
    choose,
    customer,
    fill,
    fulfil,
    open_shop,
    order,
    pay,
    plan_on,
)
from tests.tab import keep_signed_in, loaded, open_tab

Bought = Callable[[Session, Actor, Shop], object]


def owner(portal: db.Database, *bought: Bought) -> None:
    """A customer behind the cookie "ada" who bought something."""
    with portal.writing() as session:
        shop = open_shop(session)
        actor = customer(session)
        keep_signed_in(session, actor, "ada")
        for buy in bought:
            buy(session, actor, shop)


def delivered(session: Session, placed: Placed) -> None:
    pay(session, placed)
    assert fulfil(session, placed.order_id)


def phone_and_cases(session: Session, actor: Actor, shop: Shop) -> None:
    fill(session, actor, shop)
    delivered(session, order(session, actor))


def phone_with_card(session: Session, actor: Actor, shop: Shop) -> None:
    choose(session, actor, shop["phone"], BLACK, plan_on(shop, "sim"))
    delivered(session, order(session, actor))


def fibre(session: Session, actor: Actor, shop: Shop) -> None:
    choose(session, actor, shop["fibre"])
    delivered(session, order(session, actor))


def prepaid(session: Session, actor: Actor, shop: Shop) -> None:
    choose(session, actor, shop["free"])
    placed = order(session, actor)
    assert fulfil(session, placed.order_id)


def unpaid(session: Session, actor: Actor, shop: Shop) -> None:
    choose(session, actor, shop["case"])
    order(session, actor)


async def home(portal: db.Database, *bought: Bought, language: str = "en") -> dict[str, Any]:
    owner(portal, *bought)
    return await home_values(PageRequest("ada", language, "/home"))


async def test_subscription_says_what_matters(portal: db.Database) -> None:
    values = await home(portal, phone_and_cases)
    assert values["greeting"] == "Hello Ada"
    (row,) = values["subscriptions"]
    assert (row.name, row.number, row.status) == ("plan", "+49 1555000000", "Active")
    # half of 19.99 rounded up, and the extra
    assert (row.charge, row.charge_day) == ("€14.99", "21 Dec 2026")
    assert (row.since, row.term_end) == ("21 Nov 2026", "21 Nov 2028")
    plan, extra = row.services
    assert (plan.name, plan.allowances, plan.sim_kind) == ("", ["20 GB"], "eSIM")
    assert (plan.sim, extra.name) == ("8949 1000 0000 0000 000", "extra")
    (phone,) = row.goods
    assert (phone.name, phone.detail, phone.serial_label) == ("phone", "Black", "IMEI")


async def test_goods_without_a_service_stand_apart(portal: db.Database) -> None:
    values = await home(portal, phone_and_cases)
    assert [(piece.name, piece.serial_label) for piece in values["goods"]] == [
        ("case", "Serial number")
    ] * 2
    assert len({piece.serial for piece in values["goods"]}) == 2


async def test_sim_card_is_called_one(portal: db.Database) -> None:
    (row,) = (await home(portal, phone_with_card))["subscriptions"]
    assert row.services[0].sim_kind == "SIM card"


async def test_lent_router_is_named_for_what_it_is(portal: db.Database) -> None:
    (row,) = (await home(portal, fibre))["subscriptions"]
    assert (row.name, row.number, row.services) == ("fibre", "", [])
    assert [(piece.name, piece.detail) for piece in row.goods] == [("Router", "")]


async def test_prepaid_plan_has_neither_charge_nor_term(portal: db.Database) -> None:
    (row,) = (await home(portal, prepaid))["subscriptions"]
    assert (row.prepaid, row.charge, row.term_end) == (True, "", "")


async def test_order_under_way_shows_its_current_step(portal: db.Database) -> None:
    values = await home(portal, phone_and_cases, unpaid)
    (row,) = values["open_orders"]
    assert (row.headline, row.tone) == ("We are preparing your payment", "accent")
    assert row.step.startswith("1 of ")
    assert row.step.endswith("next: Payment received")
    assert row.share.endswith("%")
    assert values["open_orders"]
    assert not values["nothing"]


async def test_nothing_yet(portal: db.Database) -> None:
    values = await home(portal)
    assert (values["nothing"], values["open_orders"]) == (True, [])


async def test_paused_subscription_says_so(portal: db.Database) -> None:
    owner(portal, fibre)
    with portal.writing() as session:
        session.exec(select(Product)).one().status = ProductStatus.SUSPENDED
    (row,) = (await home_values(PageRequest("ada", "en", "/home")))["subscriptions"]
    assert (row.status, row.tone) == ("Paused", "warn")


async def test_load_follows_what_happens_but_for_nobody_else(portal: db.Database) -> None:
    owner(portal, unpaid)
    assert await loaded(open_tab(HomeState, "/en/home", "ada")) == [HomeState.watch]
    assert HomeState.watch not in await loaded(open_tab(HomeState, "/en/home", "nobody"))


async def test_visitors_sign_in_first(portal: db.Database) -> None:
    with pytest.raises(Elsewhere) as other:
        await home_values(PageRequest("", "ar", "/home"))
    assert other.value.path == "/ar/sign-in?next=%2Far%2Fhome"
