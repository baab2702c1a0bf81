"""The job that pays bills: through the sandbox, with every kind of card, told by letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from self_service import db, wiring
from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxFault
from self_service.domain.payments import autopay, methods, pending
from self_service.jobs import cards
from self_service.jobs.autopay import Autopay
from self_service.jobs.janitor import Janitor
from self_service.jobs.payments import charge_saved, open_payment
from self_service.models.bills import CustomerBill
from self_service.models.messages import CommunicationMessage
from self_service.models.payments import Payment, PaymentMethod, PaymentStatus
from self_service.models.people import Customer, Individual
from tests.books import proven
from tests.conftest import NOW
from tests.payers import owing, start


@pytest.fixture
def house(tmp_path, monkeypatch):
    """The settings of a portal that letters can be written for."""
    from tests.house import environment, forget

    for name, value in environment(f"sqlite:///{tmp_path / 'x.db'}", tmp_path).items():
        monkeypatch.setenv(name, value)
    forget()
    yield
    forget()


@pytest.fixture
def books(house, shop_database: db.Database):
    with shop_database.writing() as session:
        ada, (bill,) = owing(session, 5_000)
        person = Individual(given_name="A", family_name="Q", email="a@example.com", created_at=NOW)
        session.add(person)
        session.flush()
        session.get_one(Customer, ada.customer()).individual_id = person.id
        session.flush()
        session.refresh(bill)
    return ada, bill


async def with_card(database: db.Database, gateway: Any, ada: Any, card: SandboxCard) -> None:
    known = await database.read(methods.begin, ada, now=NOW)
    saved = await cards.save(database, gateway, known, card)
    method = await database.transact(methods.add, ada, saved, provider="sandbox", now=NOW)
    more = {"agreed": True, "currency": "EUR", "now": NOW}
    await database.transact(autopay.switch_on, ada, method, **more)


def job(database: db.Database, gateway: Any, clock: Any) -> Autopay:
    return Autopay(database, {"sandbox": gateway}, wiring.secret(), clock)


def all_of(database: db.Database, table: Any) -> list[Any]:
    with database.reading() as session:
        return list(session.exec(select(table)).all())


def kinds(database: db.Database) -> list[str]:
    return sorted(row.kind for row in all_of(database, CommunicationMessage))


async def test_paid_once_on_the_day(shop_database, gateway, clock, books) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.GOOD)
    work = job(shop_database, gateway, clock)
    assert await work.look() == 0
    clock.move(days=12)
    assert [await work.look(), await work.look()] == [1, 0]
    (payment,) = all_of(shop_database, Payment)
    (bill,) = all_of(shop_database, CustomerBill)
    assert (payment.status, bill.remaining_minor) == (PaymentStatus.DONE, 0)
    assert kinds(shop_database) == []
    with shop_database.writing() as session:
        proven(session)


async def test_declined_four_days_in_a_row(shop_database, gateway, clock, books) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.DECLINED)
    work, janitor = (
        job(shop_database, gateway, clock),
        Janitor(shop_database, gateway, clock),
    )
    clock.move(days=12)
    for _ in range(6):
        await work.look()
        await work.look()
        await janitor.round()
        clock.move(days=1)
    payments = all_of(shop_database, Payment)
    assert [row.status for row in payments] == [PaymentStatus.FAILED] * 4
    assert kinds(shop_database) == ["autopay_declined"] * 3 + ["autopay_stopped"]
    (mail, *_) = all_of(shop_database, CommunicationMessage)
    assert "/pay-link/en?link=" in mail.body
    # the janitor gave the charges up: nobody can pay them later
    for row in payments:
        assert (await gateway.find(str(row.id))).status == "canceled"
    with shop_database.writing() as session:
        proven(session)


async def test_the_bank_wants_the_person(shop_database, gateway, clock, books) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.AUTHENTICATE)
    work = job(shop_database, gateway, clock)
    clock.move(days=12)
    await work.look()
    await work.look()
    assert kinds(shop_database) == ["autopay_confirm"]
    (payment,) = all_of(shop_database, Payment)
    assert payment.pay_path.startswith("/sandbox/pay/")
    await gateway.act(payment.reference, SandboxOutcome.CONFIRM_3DS)
    clock.move(minutes=10)
    await Janitor(shop_database, gateway, clock).round()
    assert all_of(shop_database, CustomerBill)[0].remaining_minor == 0


async def test_who_never_confirms_is_tried_again(shop_database, gateway, clock, books) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.AUTHENTICATE)
    work, janitor = (
        job(shop_database, gateway, clock),
        Janitor(shop_database, gateway, clock),
    )
    clock.move(days=12)
    await work.look()
    clock.move(days=3)
    await janitor.round()
    assert [row.status for row in all_of(shop_database, Payment)] == [PaymentStatus.DENIED]
    assert await work.look() == 1


@pytest.mark.parametrize("fault", list(SandboxFault))
async def test_no_answer_is_asked_again(shop_database, gateway, clock, books, fault) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.GOOD)
    work = job(shop_database, gateway, clock)
    clock.move(days=12)
    gateway.fail_next(fault)
    await work.look()
    (payment,) = all_of(shop_database, Payment)
    assert payment.status is PaymentStatus.PENDING_AUTHORIZATION
    assert await work.look() == 0
    clock.move(minutes=1)
    await Janitor(shop_database, gateway, clock).round()
    assert [row.status for row in all_of(shop_database, Payment)] == [PaymentStatus.DONE]
    with shop_database.writing() as session:
        proven(session)


async def test_a_card_removed_meanwhile_is_not_charged(
    shop_database, gateway, clock, books
) -> None:
    ada, bill = books
    await with_card(shop_database, gateway, ada, SandboxCard.GOOD)
    (card,) = all_of(shop_database, PaymentMethod)
    with shop_database.writing() as session:
        made = start(session, ada, [session.get_one(CustomerBill, bill.id)], method_id=card.id)
        session.get_one(PaymentMethod, card.id).status = "removed"
    assert await charge_saved(shop_database, gateway, made, now=NOW) == ""
    (payment,) = all_of(shop_database, Payment)
    assert (payment.status, payment.failure_code) == (PaymentStatus.FAILED, "card_removed")
    assert await gateway.find(str(made)) is None


async def test_a_card_is_saved_with_a_payment(shop_database, gateway, clock, books) -> None:
    ada, bill = books
    with shop_database.writing() as session:
        made = start(session, ada, [session.get_one(CustomerBill, bill.id)], keep=True)
    assert await open_payment(shop_database, gateway, made, now=NOW)
    (payment,) = all_of(shop_database, Payment)
    await gateway.act(payment.reference, SandboxOutcome.APPROVE)
    assert all_of(shop_database, PaymentMethod) == []
    clock.move(minutes=1)
    await Janitor(shop_database, gateway, clock).round()
    (card,) = all_of(shop_database, PaymentMethod)
    assert (card.is_default, card.customer_id) == (True, ada.customer_id)
    (customer,) = {row.gateway_customer for row in all_of(shop_database, Customer)}
    assert [one.token for one in await gateway.saved_methods(customer)] == [card.token]


async def test_the_provider_forgets_what_was_removed(shop_database, gateway, clock, books) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.GOOD)
    with shop_database.writing() as session:
        (card,) = session.exec(select(PaymentMethod))
        card.status = "removed"
    gateway.fail_next(SandboxFault.UNAVAILABLE)
    assert await cards.forget(shop_database, gateway, now=NOW) == 0
    await Janitor(shop_database, gateway, clock).round()
    assert all_of(shop_database, PaymentMethod)[0].forgotten_at == NOW
    customer = all_of(shop_database, Customer)[0].gateway_customer
    assert await gateway.saved_methods(customer) == []


async def test_what_was_given_up_is_called_off(shop_database, gateway, clock, books) -> None:
    ada, bill = books
    with shop_database.writing() as session:
        made = start(session, ada, [session.get_one(CustomerBill, bill.id)])
    await open_payment(shop_database, gateway, made, now=NOW)
    with shop_database.writing() as session:
        assert pending.give_up(session, made, now=NOW)
    await Janitor(shop_database, gateway, clock).round()
    assert (await gateway.find(str(made))).status == "canceled"


async def test_a_screen_that_nobody_came_back_to_frees_the_bill(
    shop_database, gateway, clock, books
) -> None:
    ada, bill = books
    with shop_database.writing() as session:
        made = start(session, ada, [session.get_one(CustomerBill, bill.id)])
    await open_payment(shop_database, gateway, made, now=NOW)
    clock.move(hours=1)
    await Janitor(shop_database, gateway, clock).round()
    assert (await gateway.find(str(made))).status == "canceled"
    assert all_of(shop_database, Payment)[0].status is PaymentStatus.DENIED


async def test_expiring_cards_are_announced_once(shop_database, gateway, clock, books) -> None:
    ada, _ = books
    await with_card(shop_database, gateway, ada, SandboxCard.GOOD)
    work = job(shop_database, gateway, clock)
    with shop_database.writing() as session:
        (card,) = session.exec(select(PaymentMethod))
        card.exp_month, card.exp_year = NOW.month, NOW.year
    await work.look()
    clock.at += timedelta(days=1)
    await work.look()
    assert kinds(shop_database) == ["card_expires"]
    clock.at = NOW + timedelta(days=11)
    await work.look()
    assert all_of(shop_database, PaymentMethod)[0].status == "expired"
