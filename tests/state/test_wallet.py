"""The wallet's page: what it says, to whom, and what it was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session

from self_service import db
from self_service.components.ui.markup import Live, Paper
from self_service.domain.access import Actor
from self_service.domain.wallet import gifts, renewals, standing, topups
from self_service.models.wallet import AutoTopupTrigger
from self_service.pages.wallet import view
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.wallet import WalletState, wallet_values
from tests.books import proven
from tests.conftest import NOW
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab
from tests.wallets import (
    LETTERS,
    TERMS,
    euro,
    fresh,
    make_card,
    make_service,
    make_voucher,
    person,
    top_up,
)


def signed_in(session: Session) -> Actor:
    """Ada behind the cookie "ada", who just proved who she is."""
    actor = fresh(customer(session), NOW)
    keep_signed_in(session, actor, "ada")
    return actor


async def seen(language: str = "en", **query: str) -> dict[str, Any]:
    return await wallet_values(PageRequest("ada", language, "/wallet", query))


def shown(values: dict[str, Any], language: str = "en") -> str:
    """The page as it is sent first."""
    defaults = {name: f.default_value() for name, f in WalletState.get_fields().items()}
    return str(view(Paper(language), SimpleNamespace(**(defaults | values))))


async def test_an_empty_wallet_says_what_to_do(portal: db.Database) -> None:
    with portal.writing() as session:
        signed_in(session)
    values = await seen()
    assert (values["balance"], values["valid_until"], values["entries"]) == ("€0.00", "", [])
    assert not values["is_low"]
    page = shown(values)
    assert "Nothing yet" in page
    assert "Top up by card or voucher" in page
    assert [row.text for row in values["sums"]] == ["€10.00", "€15.00", "€25.00", "€50.00"]


async def test_it_shows_what_is_there_and_what_comes(portal: db.Database) -> None:
    with portal.writing() as session:
        ada = signed_in(session)
        top_up(session, ada, 1500, now=NOW - timedelta(days=2))
        topups.redeem(session, ada, make_voucher(session, 500, now=NOW), terms=TERMS, now=NOW)
        make_service(session, ada, now=NOW - timedelta(days=28), due=NOW + timedelta(days=3))
        proven(session)
    values = await seen()
    assert (values["balance"], values["valid_until"]) == ("€20.00", "21 Nov 2027")
    (charge,) = values["charges"]
    assert (charge.name, charge.amount, charge.when) == ("Drift M", "€10.00", "in 3 days")
    newest, older = values["entries"]
    assert newest.text.startswith("Voucher no. V")
    assert (newest.amount, newest.balance, newest.came) == ("+€5.00", "€20.00", True)
    assert (older.text, older.balance) == ("Top-up by card", "€15.00")


async def test_charges_show_one_sum_with_their_period(portal: db.Database) -> None:
    with portal.writing() as session:
        ada = signed_in(session)
        top_up(session, ada, 1500, now=NOW)
        service = make_service(session, ada, now=NOW)
        renewals.charge(session, service.id, retry_days=30, letters=LETTERS, now=NOW)
    values = await seen(kind="charges")
    (row,) = values["entries"]
    assert row.text == "Drift M, 21 Nov\u2009–\u200920 Dec 2026"
    assert (row.amount, row.balance, row.came) == ("−€10.00", "€5.00", False)
    assert values["filtered"]
    assert [kind.text for kind in values["kinds"] if kind.selected] == ["Charges"]


async def test_the_history_goes_on_page_by_page(portal: db.Database) -> None:
    with portal.writing() as session:
        ada = signed_in(session)
        for _ in range(25):
            top_up(session, ada, 500, now=NOW)
    first = await seen()
    assert len(first["entries"]) == 20
    query = dict(part.split("=") for part in first["older"].split("?")[1].split("&"))
    second = await seen(**query)
    assert (len(second["entries"]), second["older"]) == (5, "")
    assert [*first["entries"], *second["entries"]][-1].balance == "€5.00"


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nonsense"},
        {"since": "yesterday", "until": "9999-12-31"},
        {"until": "0001-01-01"},
        {"before": "9" * 40},
        {"before": "-1"},
        {"refused": "nonsense", "open": "nonsense", "at": "nonsense"},
        {"refused": "gifts_used_up", "open": "gift", "at": "gift_amount"},
        {"done": "nonsense"},
    ],
    ids=lambda query: "-".join(query),
)
async def test_any_address_is_read(portal: db.Database, query: dict[str, str]) -> None:
    with portal.writing() as session:
        top_up(session, signed_in(session), 500, now=NOW)
    values = await seen(**query)
    assert values["balance"] == "€5.00"
    assert "{" not in shown(values)


async def test_a_refusal_stands_at_its_field(portal: db.Database) -> None:
    with portal.writing() as session:
        signed_in(session)
    values = await seen(open="topup", refused="amount_too_small", at="amount", sum="3")
    assert values["faults"]["amount"] == "The smallest sum is €5.00."
    assert (values["typed"], values["open"]) == ("3", "topup")
    values = await seen(open="topup", refused="not_enough_credit", done="voucher")
    assert "not enough credit" in values["refused"]["topup"]
    assert values["notice"] == "Your voucher was added. The card was not charged."


async def test_the_standing_order_and_the_gifts_are_shown(portal: db.Database) -> None:
    with portal.writing() as session:
        ada = signed_in(session)
        person(session, "ben@example.com", now=NOW, name="Ben Hale")
        top_up(session, ada, 1500, now=NOW)
        card = make_card(session, ada, now=NOW)
        wish = standing.Wish(AutoTopupTrigger.THRESHOLD, euro(1000), euro(3000), card.id, euro(500))
        standing.set_up(session, ada, wish, terms=TERMS, now=NOW)
        proposal = gifts.propose(session, ada, "ben@example.com", euro(200), terms=TERMS, now=NOW)
        gifts.send(session, ada, proposal.secret, terms=TERMS, now=NOW)
    values = await seen()
    assert values["auto_text"] == "€10.00 as soon as less than €5.00 is left"
    assert values["auto_spent"] == "€0.00 of €30.00 this month"
    assert values["auto_active"]
    (gift,) = values["gifts"]
    assert gift.text == "€2.00 to B… H…"
    page = shown(values)
    assert "Visa ending 4242" in page
    assert "Gift to B… H…" in page


@pytest.mark.parametrize("language", ["en", "es", "ar"])
async def test_every_language_is_whole(portal: db.Database, language: str) -> None:
    with portal.writing() as session:
        top_up(session, signed_in(session), 500, now=NOW)
    assert "{" not in shown(await seen(language), language)


def test_the_live_view_builds() -> None:
    assert view(Live("en"), WalletState) is not None


async def test_the_page_loads_in_a_tab(portal: db.Database) -> None:
    with portal.writing() as session:
        top_up(session, signed_in(session), 500, now=NOW)
    tab = open_tab(WalletState, "/en/wallet", "ada")
    assert await loaded(tab) == []
    assert tab.balance == "€5.00"


async def test_visitors_sign_in_first(portal: db.Database) -> None:
    with pytest.raises(Elsewhere) as other:
        await wallet_values(PageRequest("", "ar", "/wallet"))
    assert other.value.path == "/ar/sign-in?next=%2Far%2Fwallet"


async def test_somebody_elses_wallet_is_not_shown(portal: db.Database) -> None:
    with portal.writing() as session:
        signed_in(session)
        ben = person(session, "ben@example.com", now=NOW)
        top_up(session, replace(ben), 1500, now=NOW)
    assert (await seen())["balance"] == "€0.00"
