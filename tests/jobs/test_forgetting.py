"""What jobs forget: at the payment provider, in mails that nobody took, and when years are over."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_payments import SandboxFault
from self_service.domain import messages, outbox
from self_service.domain.access import Actor
from self_service.domain.basket import forgetting as baskets
from self_service.domain.people import erasure, retention
from self_service.domain.pricing.periods import add_months
from self_service.jobs.janitor import Janitor
from self_service.jobs.outbox import Relay
from self_service.jobs.retention import Retention
from self_service.models.basket import ShoppingCart
from self_service.models.messages import CommunicationMessage
from self_service.models.orders import ProductOrder
from self_service.models.people import Customer
from self_service.ports import GatewayError
from tests.conftest import NOW
from tests.mailbox import words
from tests.order_shop import choose, customer, fulfil, order, pay, visitor


@pytest.fixture
async def erased(shop_database, gateway) -> str:
    """The provider's id of somebody with a saved card who was erased here."""
    reference = await gateway.open_customer(key="k", customer_id="c", email="ada@example.com")
    await gateway.save_method(key="m", customer=reference, token=SandboxCard.GOOD)
    with shop_database.writing() as session:
        actor = customer(session)
        session.get_one(Customer, actor.customer()).gateway_customer = reference
        erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    return reference


def waiting(database) -> int:
    with database.reading() as session:
        return len(outbox.open_events(session, by_provider=True))


async def test_the_provider_forgets_the_customer_and_the_cards(
    shop_database, gateway, clock, erased
) -> None:
    assert len(await gateway.saved_methods(erased)) == 1
    await Janitor(shop_database, gateway, clock).round()
    with pytest.raises(GatewayError, match="not_found"):
        await gateway.saved_methods(erased)
    assert waiting(shop_database) == 0


async def test_a_provider_that_is_away_is_asked_again(
    shop_database, gateway, clock, erased
) -> None:
    janitor = Janitor(shop_database, gateway, clock)
    for fault in (SandboxFault.UNAVAILABLE, SandboxFault.TIME_OUT):
        gateway.fail_next(fault)
        await janitor.round()
        assert waiting(shop_database) == 1
        clock.move(seconds=59)
        await janitor.round()  # not yet
        assert waiting(shop_database) == 1
        clock.move(seconds=1)
    await janitor.round()
    assert waiting(shop_database) == 0


async def test_the_relay_leaves_it_to_the_janitor(shop_database, clock, erased) -> None:
    class Nothing:
        def start(self, name: str, key: str, *args: str) -> None:
            raise AssertionError(name)

    assert Relay(shop_database, Nothing(), clock).pump() == 0
    assert waiting(shop_database) == 1


def row(database: Any) -> CommunicationMessage:
    with database.reading() as session:
        return session.exec(select(CommunicationMessage)).one()


async def test_a_mail_that_nobody_took_is_emptied_after_a_week(
    shop_database, gateway, clock
) -> None:
    with shop_database.writing() as session:
        messages.write(
            session,
            "reset_password",
            receiver="ada@example.com",
            language="en",
            subject="Hello",
            body="link=secret",
            now=clock(),
        )
    for _ in range(len(messages.RETRIES) + 1):
        with shop_database.writing() as session:
            assert messages.claim(session, row(shop_database).id, now=clock())
        clock.move(days=1)
    janitor = Janitor(shop_database, gateway, clock)
    await janitor.round()
    assert row(shop_database).body == "link=secret"
    clock.move(days=7)
    await janitor.round()
    found = row(shop_database)
    assert (found.body, found.receiver, found.sent_at) == ("", "ada@example.com", None)


async def test_a_mail_that_is_still_tried_keeps_its_text(shop_database, gateway, clock) -> None:
    with shop_database.writing() as session:
        messages.write(
            session,
            "reset_password",
            receiver="ada@example.com",
            language="en",
            subject="Hello",
            body="link=secret",
            now=clock(),
        )
    with shop_database.writing() as session:
        messages.claim(session, row(shop_database).id, now=clock())
    clock.move(days=30)
    await Janitor(shop_database, gateway, clock).round()
    assert row(shop_database).body == "link=secret"


def left_with_an_order(session: Any, shop: Any, email: str) -> Actor:
    actor = customer(session, email)
    choose(session, actor, shop["case"])
    placed = order(session, actor)
    pay(session, placed)
    fulfil(session, placed.order_id)
    erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    return actor


async def test_what_need_not_be_kept_goes_in_batches(
    shop_database, shop, clock, monkeypatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    with shop_database.writing() as session:
        for number in range(3):
            left_with_an_order(session, shop, f"c{number}@example.com")
    job = Retention(shop_database, clock, years=10)
    assert await job.look() == 0
    clock.at = add_months(NOW, 120)
    assert await job.look() == 3
    with shop_database.reading() as session:
        assert session.exec(select(ProductOrder)).all() == []
    assert await job.look() == 0


async def test_the_janitor_forgets_all_old_baskets(
    shop_database, gateway, shop, clock, monkeypatch
) -> None:
    monkeypatch.setattr(baskets, "BATCH", 2)
    with shop_database.writing() as session:
        for _ in range(5):
            choose(session, visitor(session), shop["case"])
    janitor = Janitor(shop_database, gateway, clock)
    await janitor.round()
    with shop_database.reading() as session:
        assert len(session.exec(select(ShoppingCart)).all()) == 5
    clock.move(days=30)
    await janitor.round()
    with shop_database.reading() as session:
        assert session.exec(select(ShoppingCart)).all() == []
