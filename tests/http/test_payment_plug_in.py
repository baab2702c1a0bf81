"""A further payment method, installed under a fake entry point: the whole way."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from typing import Any
from uuid import uuid4

import pytest

from self_service import settings, wiring
from self_service.jobs.janitor import Janitor
from self_service.models.bills import CustomerBill
from self_service.models.payments import PaymentStatus
from tests import bank_transfer
from tests.house import Browser, House, forget
from tests.http.test_pay_bills import bill_of, checked, link_to, pay, remaining

HOOK = "/webhooks/payments/transfer"


@pytest.fixture
def transfer(house: House, monkeypatch: pytest.MonkeyPatch) -> bank_transfer.BankTransfer:
    point = EntryPoint("transfer", "tests.bank_transfer:make", wiring.METHODS_GROUP)
    monkeypatch.setattr(wiring, "entry_points", lambda group: [point] * (group == point.group))
    monkeypatch.setenv("SELF_SERVICE_PAYMENT_METHODS", "transfer")
    settings.get.cache_clear()
    wiring.plug_ins.cache_clear()
    (made,) = wiring.plug_ins()
    return made  # type: ignore[return-value]


@pytest.fixture
def ada(house: House, transfer: Any) -> Browser:
    return house.signed_in("ada@example.com")


def arrived(browser: Browser, method: bank_transfer.BankTransfer, payment_id: object, **more: str):
    payload = json.dumps({"id": "statement-1", "payment_id": str(payment_id)}).encode()
    signature = more.get("signature", method.sign(payload))
    return browser.post(HOOK, content=payload, headers={"transfer-signature": signature})


def test_the_money_comes_days_later(house: House, ada: Browser, transfer) -> None:
    bill = bill_of(house, ada)
    screen = pay(ada, bill, way="transfer").headers["location"]
    (payment,) = house.payments()
    assert screen == f"/pay-with/transfer/{payment.id}"
    assert bank_transfer.reference_of(str(payment.id)) in ada.get(screen).text
    back = ada.get(f"/do/returned/{payment.id}")
    assert back.headers["location"] == "/en/bills?paid=open"
    house.clock.move(days=9)
    unsigned = arrived(ada, transfer, payment.id, signature="x")
    assert (unsigned.status_code, remaining(house, bill)) == (400, 5_000)
    assert [arrived(ada, transfer, payment.id).status_code for _ in range(2)] == [200, 200]
    assert remaining(house, bill) == 0
    assert house.payments()[0].provider == "transfer"
    checked(house)


async def test_the_janitor_asks_it_and_gives_it_up(house: House, ada: Browser, transfer) -> None:
    bill = bill_of(house, ada)
    pay(ada, bill, way="transfer")
    janitor = Janitor(house.database, house.gateway, house.clock, others=wiring.plug_ins())
    house.clock.move(days=13)
    await janitor.round()
    assert house.payments()[0].status is PaymentStatus.PENDING_AUTHORIZATION
    house.clock.move(days=1)
    await janitor.round()
    (payment,) = house.payments()
    assert payment.status is PaymentStatus.DENIED
    assert (await transfer.retrieve(str(payment.id))).status == "canceled"
    # the money comes all the same: it is booked, and owed back
    arrived(ada, transfer, payment.id)
    assert remaining(house, bill) == 5_000
    checked(house)


def test_it_says_nothing_about_payments_of_others(house: House, ada: Browser, transfer) -> None:
    bill: CustomerBill = bill_of(house, ada)
    pay(ada, bill, way="card")
    (payment,) = house.payments()
    import asyncio

    from self_service.money import Money

    opened = transfer.open_charge(
        key="k", payment_id=str(payment.id), amount=Money(payment.amount_minor, payment.currency)
    )
    asyncio.run(opened)
    assert arrived(ada, transfer, payment.id).status_code == 200
    assert remaining(house, bill) == 5_000


def test_it_is_offered_beside_the_card(house: House, ada: Browser, transfer) -> None:
    ada.get(link_to(house, bill_of(house, ada)))
    page = ada.get("/pay-link/en").text
    assert 'value="transfer"' in page
    assert "Bank transfer" in page
    assert ada.submit("/pay-link/en", way="transfer").headers["location"].startswith("/pay-with/")


def test_no_other_names_answer(house: House, ada: Browser) -> None:
    assert ada.post("/webhooks/payments/nothing", content=b"{}").status_code == 404
    assert ada.post("/webhooks/payments/sandbox", content=b"{}").status_code == 400
    assert ada.get(f"/pay-with/transfer/{uuid4()}").status_code == 404


@pytest.mark.parametrize("name", ["nothing", "transfer,nothing"])
def test_what_is_not_installed_stops_the_start(
    house: House, transfer: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SELF_SERVICE_PAYMENT_METHODS", name)
    forget()
    with pytest.raises(RuntimeError, match="'nothing' is not installed"):
        wiring.gateways()
