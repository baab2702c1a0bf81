"""The cards page, live and printed, and the ways to pay that forms offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from self_service import db
from self_service.components import pay_with
from self_service.domain.access import Actor
from self_service.domain.bills.detail import Settlement, Source
from self_service.domain.payments import autopay
from self_service.money import Money
from self_service.pages import cards
from self_service.state import pay_ways as ways
from self_service.state.bill_rows import settlement_rows
from self_service.state.cards import DONE, REFUSALS, CardsState, cards_values
from self_service.state.pay_ways import order_ways, pay_ways
from self_service.state.pay_words import PAID, SUM_FAULTS, WENT_WELL, pay_result, pay_told
from self_service.state.pay_words import REFUSALS as PAY_REFUSALS
from self_service.state.request import Elsewhere, PageRequest
from tests.conftest import NOW
from tests.order_shop import customer, visitor
from tests.paper import printed
from tests.payers import make_card
from tests.tab import keep_signed_in, loaded, open_tab


@pytest.fixture
def ada(portal: db.Database) -> Actor:
    """Ada, behind a cookie of her name, with three cards: one works, one ends soon, one ended."""
    with portal.writing() as session:
        actor = customer(session)
        keep_signed_in(session, actor, "ada")
        good = make_card(session, actor.customer(), is_default=True)
        make_card(session, actor.customer(), exp_month=NOW.month, exp_year=NOW.year, last4="0007")
        make_card(session, actor.customer(), status="expired", exp_year=2025, last4="0009")
        autopay.switch_on(session, actor, good.id, agreed=True, currency="EUR", now=NOW)
    return actor


async def shown(cookie: str = "ada", query: str = "", language: str = "en") -> dict[str, Any]:
    return await cards_values(PageRequest.at(f"/{language}/cards?{query}", cookie))


def test_a_card_whose_brand_is_not_known_is_a_card() -> None:
    row = Settlement(Source.PAYMENT, Money(500, "EUR"), NOW, "sandbox 0001")
    (shown,) = settlement_rows([row], "en")
    assert shown.text == "Payment · Card ending in 0001"
    assert ways.card_text("american express", "0005", "en") == "American Express ending in 0005"


async def test_cards_in_words(ada: Actor) -> None:
    values = await shown()
    first = values["cards"][0]
    assert (first.name, first.is_default, first.pays) == ("Visa ending in 4242", True, True)
    assert first.agreed == "You allowed automatic payments on 21 Nov 2026."
    by_name = {row.name[-4:]: row for row in values["cards"]}
    assert (by_name["0007"].soon, by_name["0009"].expired) == (True, True)
    assert by_name["0009"].until == "Expired 12/2025"
    assert values["warning"] == "Visa ending in 0007 expires soon. Add a new card in time."
    assert [row.name[-4:] for row in values["usable"]].count("0009") == 0
    assert (values["autopay"], values["in_person"]) == (True, True)


async def test_the_live_page_reads_the_same(ada: Actor) -> None:
    tab = open_tab(CardsState, "/en/cards", "ada")
    await loaded(tab)
    assert tab.cards == (await shown())["cards"]


async def test_printed_it_has_every_act(ada: Actor) -> None:
    text = printed(cards.view, CardsState, await shown())
    for action in ("/do/add-card", "/do/remove-card", "/do/default-card", "/do/autopay"):
        assert f'action="{action}"' in text
    assert 'name="switch" value="off"' in text


async def test_who_is_no_customer_goes_elsewhere(ada: Actor) -> None:
    with pytest.raises(Elsewhere) as gone:
        await shown("nobody")
    assert gone.value.path.startswith("/en/sign-in?")


@pytest.mark.parametrize("code", [*REFUSALS, "unknown"])
async def test_refusals_are_said(ada: Actor, code: str) -> None:
    assert (await shown(query=f"refused={code}"))["refused"] == REFUSALS.get(code, "")


@pytest.mark.parametrize("code", [*DONE, "<script>"])
async def test_what_was_done_is_said(ada: Actor, code: str) -> None:
    assert (await shown(query=f"done={code}"))["done"] == DONE.get(code, "")


def test_ways_to_pay_are_the_cards_that_work_then_another(portal: db.Database, ada: Actor) -> None:
    with portal.reading() as session:
        mine = pay_ways(session, ada, "en", now=NOW)
        acting = pay_ways(session, replace(ada, behalf="Ada"), "en", now=NOW)
        later = pay_ways(session, ada, "en", now=NOW + timedelta(days=4_000))
    assert [row.text for row in mine["ways"]][-1] == "Another card"
    assert [row.chosen for row in mine["ways"]] == [True, False, False]
    assert mine["can_keep"]
    for values in (acting, later):
        assert [(row.value, row.text, row.chosen) for row in values["ways"]] == [
            ("card", "Card", True)
        ]
    assert not acting["can_keep"]


def test_ways_to_pay_an_order_are_cards_only(
    portal: db.Database, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer = SimpleNamespace(name="transfer", title={"en": "By transfer"})
    monkeypatch.setattr(ways, "plug_ins", lambda: [transfer])
    with portal.writing() as session:
        make_card(session, ada.customer(), provider="one-before", last4="0005")
    with portal.reading() as session:
        bills = pay_ways(session, ada, "en", now=NOW)
        mine = order_ways(session, ada, "en", now=NOW)
        default = UUID(mine["ways"][0].value)
        declined = order_ways(session, ada, "en", now=NOW, failed=default)
        acting = order_ways(session, replace(ada, behalf="Ada"), "en", now=NOW)
        nobody = order_ways(session, visitor(session), "en", now=NOW)
    assert [row.value for row in bills["ways"]][-1] == "transfer"
    names = ["Visa ending in 4242", "Visa ending in 0007", "Another card"]
    assert [row.text for row in mine["ways"]] == [row.text for row in declined["ways"]] == names
    assert [row.chosen for row in mine["ways"]] == [True, False, False]
    assert [row.chosen for row in declined["ways"]] == [False, True, False]
    assert acting == nobody == {"ways": [], "can_keep": False}


def test_the_form_of_bills_holds_all_that_the_route_reads(portal: db.Database, ada: Actor) -> None:
    with portal.reading() as session:
        values = pay_ways(session, ada, "en", now=NOW)

    def view(h: Any, state: Any) -> Any:
        more = {"bills": "a,b", "back": "/en/bills", "text": "Pay €5.00"}
        form = pay_with.bill_form(h, state, **more, sum_typed="5.00", sum_fault="No.")
        return h.div(h.h1("Bill"), form)

    text = printed(view, CardsState, values)
    for name in ("language", "bills", "back", "sum", "way", "keep"):
        assert f'name="{name}"' in text
    assert 'action="/do/pay"' in text


@pytest.mark.parametrize("code", ["done", "failed", "x"])
def test_the_way_back_is_said(code: str) -> None:
    said = pay_result(PageRequest.at(f"/en/bills?paid={code}", ""))
    assert said == {"paid": PAID.get(code, ""), "pay_refused": "", "sum_fault": ""}


@pytest.mark.parametrize("code", [*PAY_REFUSALS, *SUM_FAULTS])
def test_refused_payments_are_said_where_they_belong(code: str) -> None:
    said = pay_result(PageRequest.at(f"/en/bills?refused={code}", ""))
    assert said["pay_refused"] == PAY_REFUSALS.get(code, "")
    assert said["sum_fault"] == SUM_FAULTS.get(code, "")


@pytest.mark.parametrize("code", PAID)
def test_only_what_went_well_is_thanked_for(code: str) -> None:
    said = pay_told(PageRequest.at(f"/en/bills?paid={code}", ""))
    place, other = ("paid", "refused") if code in WENT_WELL else ("refused", "paid")
    assert (said[place], said[other], said["sum_fault"]) == (PAID[code], "", "")


@pytest.mark.parametrize("code", ["bad_sum", "paid_already", "x"])
def test_every_refused_payment_says_something_once(code: str) -> None:
    said = pay_told(PageRequest.at(f"/en/bills?refused={code}", ""))
    assert said["paid"] == ""
    assert bool(said["refused"]) != bool(said["sum_fault"])
    assert bool(said["sum_fault"]) == (code == "bad_sum")
