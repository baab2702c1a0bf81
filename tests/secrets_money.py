"""The doors at which secrets about money pass: cards, vouchers, gifts, links to pay."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlmodel import Session, select

from self_service.adapters.sandbox_cards import SandboxCard
from self_service.domain.bills.accounts import billing_account
from self_service.domain.vouchers import batches, codes, partners
from self_service.jobs.vouchers import Vouchers
from self_service.models.access import DigitalIdentity, Role
from self_service.models.payments import PaymentMethod
from self_service.models.vouchers import VoucherSale
from self_service.wiring import vault
from tests.books import CURRENCY, make_bill
from tests.conftest import NOW
from tests.house import PASSWORD, Browser
from tests.http.test_second_factor import hidden
from tests.voucher_shop import administrator, wish
from tests.wallets import person

if TYPE_CHECKING:
    from tests.secrets_walk import Walk

ADA, SAM, FRIEND = "ada@new.example", "sam@example.com", "friend@example.com"
BOSS = "boss@example.com"
#: Whom Ada looks for; that nobody was found must not be kept either.
LOOKED_FOR = ("+4915907654321", "nobody-at-all@example.com")
PRINTED = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")


def save_card(walk: Walk) -> None:
    walk.browser.get(walk.post("/do/add-card", "/sandbox/card"))
    form = {"token": SandboxCard.GOOD.value, "mandate": "yes", "default": "yes"}
    walk.post("/do/save-card", "done=card_saved", **form)
    with walk.house.database.reading() as session:
        walk.secrets["card token"] |= set(session.exec(select(PaymentMethod.token)))
    walk.browser.get("/en/cards")


def buy_vouchers(walk: Walk) -> None:
    for whose in ("self", "gift"):
        form = {"value": "1000", "once": str(uuid4()), "for": whose, "email": FRIEND}
        screen = walk.post("/do/buy-voucher", "/sandbox/pay/", way="card", **form)
        walk.post(screen, "/en/vouchers", outcome="approve")
    with walk.house.database.reading() as session:
        sealed = session.exec(select(VoucherSale.sealed_code)).all()
    for one in sealed:
        keep_code(walk, vault().open(one, now=walk.house.clock()))
    assert asyncio.run(Vouchers(walk.house.database, vault(), walk.house.clock).look()) == 1
    shown = walk.browser.get("/en/vouchers").text
    assert set(PRINTED.findall(shown)) & walk.secrets["voucher"]


def keep_code(walk: Walk, code: str) -> None:
    plain = codes.read(code)
    walk.secrets["voucher"] |= {plain, codes.grouped(plain), plain.lower()}


def redeem(walk: Walk) -> None:
    code = min(PRINTED.findall(walk.browser.get("/en/vouchers").text))
    form = {"once": str(uuid4())}
    walk.post("/do/top-up", "refused=slip_in_code", code=code[:-3], **form)
    for field in ("sum", "other"):  # in the wrong field
        place = walk.post("/do/top-up", "refused=amount_invalid", **form, **{field: code})
        assert code not in place
    walk.post("/do/top-up", "done=voucher", code=code.lower(), **form)
    walk.post("/do/top-up", "refused=", code=code, **form)


def give(walk: Walk) -> None:
    walk.house.change(person, FRIEND, now=walk.house.clock(), name="Bo Friend")
    walk.secrets["looked for"] |= set(LOOKED_FOR)
    for nobody in LOOKED_FOR:
        place = walk.post("/do/gift", "refused=receiver_unknown", gift_amount="1", to=nobody)
        assert nobody not in place
    asked = walk.browser.submit("/do/gift", language="en", gift_amount="1", to=FRIEND)
    walk.secrets["gift"].add(hidden(asked.text, "gift"))
    for ending in ("done=gift", "refused="):
        walk.post("/do/gift-send", ending, gift=hidden(asked.text, "gift"))


def print_and_sell(walk: Walk) -> None:
    """A batch for a print house, and a voucher that another web site sells."""
    house, staff = walk.house, administrator(walk.house.clock())
    given = {"vault": vault(), "now": house.clock()}
    number = house.change(batches.create, staff, wish(house.clock()), **given)
    with house.signed_in(BOSS, Role.ADMINISTRATOR) as boss:
        walk.watch(boss)
        walk.secrets["cookie"].add(boss.cookie)
        for _ in range(2):
            sheet = boss.submit("/do/voucher-export", language="en", batch=number, form="csv").text
        printed = set(PRINTED.findall(sheet))
        assert len(printed) == 3
        for code in printed:
            keep_code(walk, code)
        boss.get(f"/en/voucher-desk?batch={number}")
    key = house.change(partners.add, staff, "Kiosk", **given)
    walk.secrets["partner key"].add(key)
    with Browser() as site:
        walk.watch(site)
        headers = {"authorization": f"Bearer {key}", "idempotency-key": "sale-1"}
        body = json.dumps({"value": "25", "currency": "EUR"})
        sold = site.post("/api/vouchers", content=body, headers=headers)
        assert sold.status_code == 201
        keep_code(walk, sold.json()["code"])
        headers["authorization"] = f"Bearer {key}x"
        assert site.post("/api/vouchers", content=body, headers=headers).status_code == 401


def pay_by_link(walk: Walk) -> None:
    """Customer service sends a link; whoever holds it pays."""
    customer = walk.house.change(_owes)
    with Browser() as walk.browser:
        walk.watch(walk.browser)
        walk.post("/do/sign-in", "/en/home", login=SAM, password=PASSWORD)
        walk.post("/do/act-for", "/en/home", customer=customer)
        walk.post("/do/send-pay-link", "paid=link_sent", back="/en/bills")
        secret = walk.link("pay_link", r"link=([^\s&]+)")
    with Browser() as walk.browser:
        walk.watch(walk.browser)
        walk.browser.get("/pay-link/en", params={"link": secret})
        assert "Pay €119.00" in walk.browser.get("/pay-link/en").text
        screen = walk.post("/pay-link/en", "/sandbox/pay/")
        walk.post(screen, "/pay-link/en.paid=done", outcome="approve")


def _owes(session: Session) -> str:
    mine = select(DigitalIdentity.customer_id).where(DigitalIdentity.login == ADA)
    customer_id = session.exec(mine).one()
    assert customer_id is not None
    account = billing_account(session, customer_id, currency=CURRENCY, now=NOW)
    make_bill(session, account, now=NOW)
    return str(customer_id)


OF_CUSTOMERS = (save_card, buy_vouchers, redeem, give)
OF_STAFF = (print_and_sell, pay_by_link)
