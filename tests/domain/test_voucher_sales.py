"""Online vouchers: bought, given, sold by others; each refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.domain.vouchers import (
    batches,
    bought,
    gift_form,
)
from self_service.domain.vouchers.bought import GiftOver, SentTooOften
from self_service.domain.vouchers.redeeming import VoucherRefused
from self_service.domain.vouchers.sales import NotSold, SaleOver
from self_service.models.access import Role
from self_service.models.ledger import AccountKind
from self_service.models.messages import CommunicationMessage
from self_service.models.vouchers import (
    Voucher,
    VoucherBatch,
    VoucherKind,
    VoucherSale,
    VoucherStatus,
)
from self_service.ports import ChargeStatus
from tests import books
from tests.conftest import NOW
from tests.voucher_shop import EUR, VAULT, administrator, customer, make_batch
from tests.voucher_till import (
    GIFT,
    POLICY,
    buy,
    euros,
    letter,
    mine,
    redeem,
    settle,
    snapshot,
    start,
)

S = VoucherStatus


def test_a_bought_voucher_is_read_by_its_buyer_until_it_is_redeemed(session: Session) -> None:
    ada = customer(session, NOW)
    sale = buy(session, ada)
    found = mine(session, ada)
    assert (found.status, found.amount) == (S.ISSUED, euros(1_000))
    assert found.expires_at == NOW + timedelta(days=POLICY.online_valid_days)
    assert found.code.replace("-", "") not in sale.sealed_code
    acting = Actor(Role.DEALER, customer_id=ada.customer_id, identity_id=uuid4(), behalf="Ada")
    assert mine(session, acting).code == ""
    redeem(session, found.code)
    session.expire_all()
    found = mine(session, ada)
    assert (found.status, found.code, found.redeemed_at) == (S.REDEEMED, "", NOW)
    assert session.get_one(VoucherSale, sale.id).sealed_code == ""
    books.proven(session)


def test_a_code_is_worth_nothing_until_it_is_paid(session: Session) -> None:
    ada = customer(session, NOW)
    start(session, ada)
    found = mine(session, ada)
    assert (found.status, found.code) == (None, "")
    sale = session.exec(select(VoucherSale)).one()
    code = VAULT.open(sale.sealed_code, now=NOW)
    with pytest.raises(VoucherRefused):
        redeem(session, code)
    books.proven(session)


@pytest.mark.parametrize("status", [ChargeStatus.CANCELED])
def test_a_failed_payment_leaves_nothing_and_late_money_goes_back(
    session: Session, status: ChargeStatus
) -> None:
    ada = customer(session, NOW)
    payment_id = start(session, ada, key="one")
    settle(session, payment_id, status)
    assert session.exec(select(VoucherSale)).all() == []
    settle(session, payment_id, ChargeStatus.SUCCEEDED)
    assert session.exec(select(Voucher)).all() == []
    assert start(session, ada, key="one") != payment_id
    books.proven(session)


def test_the_same_form_buys_once(session: Session) -> None:
    ada, bo = customer(session, NOW), customer(session, NOW)
    first = start(session, ada, key="form")
    assert start(session, ada, key="form") == first
    assert start(session, bo, key="form") != first
    before = snapshot(session)
    with pytest.raises(SaleOver):
        start(session, ada, minor=2_500, key="form")
    assert snapshot(session) == before
    settle(session, first, ChargeStatus.SUCCEEDED)
    settle(session, first, ChargeStatus.SUCCEEDED)
    assert len(session.exec(select(Voucher)).all()) == 1
    books.proven(session)


@pytest.mark.parametrize("minor", [0, -1_000, 1_001, 10**15])
def test_only_the_values_of_the_policy_are_sold(session: Session, minor: int) -> None:
    ada = customer(session, NOW)
    before = snapshot(session)
    with pytest.raises(NotSold):
        start(session, ada, minor=minor)
    assert snapshot(session) == before


@pytest.mark.parametrize("who", ["visitor", "staff", "acting"])
def test_only_a_customer_in_person_buys(session: Session, who: str) -> None:
    ada = customer(session, NOW)
    actor = {
        "visitor": Actor(),
        "staff": administrator(NOW),
        "acting": Actor(
            Role.DEALER, customer_id=ada.customer_id, identity_id=uuid4(), behalf="Ada"
        ),
    }[who]
    before = snapshot(session)
    with pytest.raises((SignInNeeded, NotAllowed)):
        start(session, actor)
    assert snapshot(session) == before


def test_stock_is_sold_first_then_one_batch_grows(session: Session) -> None:
    stock = make_batch(session, now=NOW, kind=VoucherKind.ONLINE, count=2)
    make_batch(session, now=NOW, kind=VoucherKind.ONLINE, count=2, amount=euros(2_500))
    ada = customer(session, NOW)
    sold = [session.get_one(Voucher, buy(session, ada).voucher_id) for _ in range(4)]
    assert [voucher.batch_id == stock.id for voucher in sold] == [True, True, False, False]
    assert [voucher.serial for voucher in sold] == [1, 2, 1, 2]
    grown = session.get_one(VoucherBatch, sold[-1].batch_id, populate_existing=True)
    assert (grown.on_demand, grown.count) == (True, 2)
    boss = administrator(NOW)
    assert batches.void_batch(session, boss, grown.number, now=NOW) == 0
    later = session.get_one(Voucher, buy(session, ada).voucher_id)
    assert later.batch_id != grown.id
    books.proven(session)


def test_stock_of_a_void_batch_or_past_its_day_is_not_sold(session: Session) -> None:
    over = make_batch(session, now=NOW, kind=VoucherKind.ONLINE, expires_at=NOW)
    void = make_batch(session, now=NOW, kind=VoucherKind.ONLINE)
    batches.void_batch(session, administrator(NOW), void.number, now=NOW)
    voucher = session.get_one(Voucher, buy(session, customer(session, NOW)).voucher_id)
    assert voucher.batch_id not in (over.id, void.id)
    books.proven(session)


def test_what_was_paid_for_and_lapsed_is_income(session: Session) -> None:
    ada = customer(session, NOW)
    buy(session, ada)
    end = NOW + timedelta(days=POLICY.online_valid_days)
    assert mine(session, ada, end).status is S.EXPIRED
    assert batches.expire(session, now=end) == 1
    buy_later = start(session, ada, now=end)
    settle(session, buy_later, ChargeStatus.SUCCEEDED, end)
    later = end + timedelta(days=POLICY.online_valid_days)
    assert batches.expire(session, now=later) == 1
    expired = ledger.house(session, AccountKind.EXPIRED, EUR)
    assert ledger.balance(session, expired) == euros(2_000)
    books.proven(session)


def test_a_gift_is_mailed_once_in_the_buyers_language(session: Session) -> None:
    ada = customer(session, NOW)
    start(session, ada)
    assert bought.waiting(session) == ()
    sale = buy(session, ada, gift=GIFT)
    assert bought.waiting(session) == (sale.id,)
    assert bought.send(session, sale.id, vault=VAULT, words=letter, now=NOW)
    assert not bought.send(session, sale.id, vault=VAULT, words=letter, now=NOW)
    assert bought.waiting(session) == ()
    mail = session.exec(select(CommunicationMessage)).one()
    code = next(row.code for row in bought.overview(session, ada, vault=VAULT, now=NOW) if row.code)
    assert mail.receiver == "bo@example.com"
    assert mail.body == f"en {code} 1000 All the best 2029"
    books.proven(session)


def test_a_gift_for_a_wrong_address_gets_another_code(session: Session) -> None:
    ada = customer(session, NOW)
    sale = buy(session, ada, gift=GIFT)
    old = mine(session, ada).code
    bought.send(session, sale.id, vault=VAULT, words=letter, now=NOW)
    bought.correct(session, ada, str(sale.id), "Eva@Example.com", vault=VAULT, now=NOW)
    found = mine(session, ada)
    assert found.code != old
    assert bought.send(session, sale.id, vault=VAULT, words=letter, now=NOW)
    mails = session.exec(select(CommunicationMessage)).all()
    assert [old in mail.body for mail in mails].count(True) == 1
    assert any(found.code in mail.body and mail.receiver == found.receiver for mail in mails)
    with pytest.raises(VoucherRefused):
        redeem(session, old)
    redeem(session, found.code)
    books.proven(session)


GIFT_ACTS: dict[str, Callable[[Session, Actor, object], None]] = {
    "send_again": lambda session, actor, sale: bought.send_again(session, actor, sale, now=NOW),
    "correct": lambda session, actor, sale: bought.correct(
        session, actor, sale, "eva@example.com", vault=VAULT, now=NOW
    ),
}


@pytest.mark.parametrize("act", GIFT_ACTS)
@pytest.mark.parametrize("case", ["stranger", "no_id", "self", "redeemed", "often", "unpaid"])
def test_gifts_that_cannot_be_sent(session: Session, act: str, case: str) -> None:
    ada = customer(session, NOW)
    if case == "unpaid":
        start(session, ada, gift=GIFT)
        sale = session.exec(select(VoucherSale)).one()
    else:
        sale = buy(session, ada, gift=None if case == "self" else GIFT)
    if case == "redeemed":
        redeem(session, mine(session, ada).code)
    if case == "often":
        sale.sendings = bought.SENDINGS_MOST
    actor = customer(session, NOW) if case == "stranger" else ada
    before = snapshot(session)
    refusals = {"redeemed": GiftOver, "unpaid": GiftOver, "often": SentTooOften}
    with pytest.raises(DomainError) as refused:
        GIFT_ACTS[act](session, actor, "nonsense" if case == "no_id" else sale.id)
    assert isinstance(refused.value, refusals.get(case, NotFound))
    assert snapshot(session) == before
    books.proven(session)


def test_sending_again_is_limited(session: Session) -> None:
    ada = customer(session, NOW)
    sale = buy(session, ada, gift=GIFT)
    for _ in range(bought.SENDINGS_MOST):
        bought.send_again(session, ada, sale.id, now=NOW)
        assert bought.send(session, sale.id, vault=VAULT, words=letter, now=NOW)
        session.refresh(sale)
    with pytest.raises(SentTooOften):
        bought.send_again(session, ada, sale.id, now=NOW)
    assert len(session.exec(select(CommunicationMessage)).all()) == bought.SENDINGS_MOST


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({}, {"email"}),
        ({"email": "bo", "greeting": "x" * 201}, {"email", "greeting"}),
        ({"email": "bo@example.com", "greeting": "see evil.example/now"}, {"greeting"}),
        ({"email": "bo@example.com", "greeting": "https://evil"}, {"greeting"}),
        ({"email": "bo@example.com", "greeting": "a\u202eb"}, {"greeting"}),
        ({"email": "a@b.c\nBcc: x@y.z"}, {"email"}),
        ({"email": 5, "greeting": 6}, {"email"}),
    ],
    ids=["nothing", "both", "link", "scheme", "override", "header", "types"],
)
def test_the_form_of_a_gift(form: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        gift_form.read(form)
    assert set(refused.value.faults) == fields


@pytest.mark.parametrize("greeting", ["", "Happy birthday. Enjoy!", "عيد ميلاد سعيد", "10.5 years"])
def test_greetings_that_are_fine(greeting: str) -> None:
    assert gift_form.read({"email": "bo@example.com", "greeting": greeting}).greeting == greeting
