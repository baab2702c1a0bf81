"""What happens to vouchers by itself: gifts leave once, what lapsed is booked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from self_service.db import Database
from self_service.domain.policy import VoucherPolicy
from self_service.domain.vouchers import bought, partners
from self_service.domain.vouchers.gift_form import Gift
from self_service.domain.vouchers.sales import Wish
from self_service.jobs.voucher_letters import gift
from self_service.jobs.vouchers import EXPIRED_EVERY, Vouchers
from self_service.models.messages import CommunicationMessage
from self_service.models.vouchers import Voucher, VoucherStatus
from self_service.money import Money
from tests import books
from tests.conftest import NOW
from tests.jobs.conftest import Clock
from tests.voucher_shop import EUR, VAULT, administrator, make_batch

POLICY = VoucherPolicy(online_choices_minor=(1_000,))


def sell(database: Database, receiver: str, greeting: str = "") -> None:
    """A gift, sold by a partner."""
    with database.writing() as session:
        key = partners.add(session, administrator(NOW), uuid4().hex[:20], vault=VAULT, now=NOW)
        wish = Wish(Money(1_000, EUR), uuid4().hex, Gift(receiver, greeting), "en")
        keys = partners.fingerprints(VAULT, key)
        partners.sell(session, keys, wish, policy=POLICY, vault=VAULT, now=NOW)


async def test_gifts_leave_once(database: Database) -> None:
    calls: list[str] = []
    job = Vouchers(database, VAULT, Clock(), wake=lambda: calls.append("mail"))
    sell(database, "bo@example.com", "All the best {name}")
    assert await job.look() == 1
    assert await job.look() == 0
    assert calls == ["mail"]
    with database.reading() as session:
        mail = session.exec(select(CommunicationMessage)).one()
        books.proven(session)
    assert mail.receiver == "bo@example.com"
    assert "“All the best {name}”" in mail.body
    assert "/en/vouchers" in mail.body
    assert "€10.00" in mail.body


async def test_one_gift_that_fails_keeps_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sell(database, "bad@example.com", "fails")
    sell(database, "bo@example.com")

    def words(language: str, code: str, amount: Money, greeting: str, until: object) -> object:
        if greeting:
            raise RuntimeError("no words")
        return gift(language, code, amount, greeting, until)  # type: ignore[arg-type]

    monkeypatch.setattr("self_service.jobs.vouchers.gift", words)
    assert await Vouchers(database, VAULT, Clock()).look() == 1
    assert "could not be written" in caplog.text
    with database.reading() as session:
        assert len(bought.waiting(session)) == 1
        assert session.exec(select(CommunicationMessage)).one().receiver == "bo@example.com"


async def test_what_lapsed_is_booked_now_and_then(database: Database) -> None:
    clock = Clock()
    with database.writing() as session:
        make_batch(session, now=NOW, count=2, expires_at=NOW + timedelta(minutes=1))
    job = Vouchers(database, VAULT, clock)
    assert await job.look() == 0
    clock.at += timedelta(minutes=2)
    assert await job.look() == 0
    clock.at += EXPIRED_EVERY
    assert await job.look() == 2
    with database.reading() as session:
        assert set(session.exec(select(Voucher.status))) == {VoucherStatus.EXPIRED}
        books.proven(session)
