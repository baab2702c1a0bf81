"""Topping up: by card once, by voucher once, and what came is valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.payments.payers import PayByLink
from self_service.domain.vouchers.redeeming import VoucherRefused
from self_service.domain.wallet import buckets, topups
from self_service.domain.wallet.terms import AmountTooLarge, AmountTooSmall
from self_service.domain.wallet.topups import WalletFull
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.vouchers import Voucher, VoucherStatus
from self_service.models.wallet import Bucket, BucketStatus, TopupBalance, TopupStatus
from tests.books import proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.wallets import (
    TERMS,
    WAY,
    decline,
    euro,
    fresh,
    holds,
    make_card,
    make_voucher,
    person,
    settle,
    start,
    top_up,
    wallet,
)


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer."""
    return person(session, "ada@example.com", now=NOW)


def written(session: Session) -> list[object]:
    return rows(session, Payment, TopupBalance, Voucher)


def test_a_card_fills_the_wallet_once_it_is_paid(session: Session, ada: Actor) -> None:
    payment_id = start(session, ada, 1500, now=NOW)
    assert holds(session, ada) == 0
    settle(session, payment_id, now=NOW)
    assert holds(session, ada) == 1500
    view = buckets.view(session, ada, terms=TERMS, now=NOW)
    assert (view.balance, view.valid_until) == (euro(1500), NOW + timedelta(days=365))
    assert not view.is_low
    proven(session)


def test_sending_the_form_again_finds_the_same_payment(session: Session, ada: Actor) -> None:
    once = uuid4()
    first = start(session, ada, 1500, now=NOW, once=once)
    assert start(session, ada, 1500, now=NOW, once=once) == first
    assert len(session.exec(select(Payment)).all()) == 1
    settle(session, first, now=NOW)
    assert start(session, ada, 1500, now=NOW, once=once) == first
    assert holds(session, ada) == 1500
    proven(session)


def test_a_form_of_somebody_else_is_refused(session: Session, ada: Actor) -> None:
    once = uuid4()
    start(session, ada, 1500, now=NOW, once=once)
    ben = person(session, "ben@example.com", now=NOW)
    before = written(session)
    with pytest.raises(NotFound):
        start(session, ben, 1500, now=NOW, once=once)
    assert written(session) == before


@pytest.mark.parametrize(
    ("minor", "refusal"),
    [(0, AmountTooSmall), (499, AmountTooSmall), (20_001, AmountTooLarge), (-5, AmountTooSmall)],
)
def test_sums_outside_of_the_limits(
    session: Session, ada: Actor, minor: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        start(session, ada, minor, now=NOW)
    assert written(session) == [[], [], []]


def test_a_wallet_holds_no_more_than_it_may_with_what_is_on_its_way(
    session: Session, ada: Actor
) -> None:
    for _ in range(4):
        top_up(session, ada, 20_000, now=NOW)
    start(session, ada, 20_000, now=NOW)
    before = written(session)
    with pytest.raises(WalletFull):
        start(session, ada, 500, now=NOW)
    assert written(session) == before
    voucher = make_voucher(session, 500, now=NOW)
    nested = session.begin_nested()
    with pytest.raises(WalletFull):
        topups.redeem(session, ada, voucher, terms=TERMS, now=NOW)
    nested.rollback()
    stored = session.exec(select(Voucher).execution_options(populate_existing=True)).one()
    assert stored.status is VoucherStatus.ISSUED
    proven(session)


def test_only_a_customer_in_person_pays(session: Session, ada: Actor) -> None:
    for actor, refusal in (
        (Actor(), SignInNeeded),
        (replace(ada, customer_id=None), NotAllowed),
        (replace(ada, behalf="Ada Quell"), PayByLink),
    ):
        with pytest.raises(refusal):
            start(session, actor, 1500, now=NOW)
    assert written(session) == [[], [], []]


def test_somebody_elses_card_is_not_found(session: Session, ada: Actor) -> None:
    ben = person(session, "ben@example.com", now=NOW)
    card = make_card(session, ben, now=NOW)
    with pytest.raises(NotFound):
        start(session, ada, 1500, now=NOW, way=replace(WAY, method_id=card.id))
    assert written(session)[:2] == [[], []]


def test_a_payment_that_failed_fills_nothing(session: Session, ada: Actor) -> None:
    payment_id = start(session, ada, 1500, now=NOW)
    decline(session, payment_id, now=NOW)
    assert session.exec(select(TopupBalance)).one().status is TopupStatus.FAILED
    assert holds(session, ada) == 0
    payment = session.get_one(Payment, payment_id)
    payment.status = PaymentStatus.DONE  # its money comes after all: not the wallet's any more
    assert topups.paid(session, payment, now=NOW) is False
    assert holds(session, ada) == 0
    proven(session)


def test_a_voucher_fills_the_wallet_once(session: Session, ada: Actor) -> None:
    voucher = make_voucher(session, 2500, now=NOW)
    assert topups.redeem(session, ada, voucher, terms=TERMS, now=NOW) == euro(2500)
    with pytest.raises(VoucherRefused):
        topups.redeem(session, ada, voucher, terms=TERMS, now=NOW)
    assert holds(session, ada) == 2500
    proven(session)


@pytest.mark.parametrize(
    "changes",
    [{"expires_at": NOW}, {"currency": "USD"}, {"status": VoucherStatus.VOID}, None],
    ids=["expired", "foreign", "void", "unknown"],
)
def test_one_refusal_for_all_vouchers_that_cannot_be_used(
    session: Session, ada: Actor, changes: dict[str, object] | None
) -> None:
    voucher = ("nothing",) if changes is None else make_voucher(session, 500, now=NOW, **changes)
    before = written(session)
    with pytest.raises(VoucherRefused) as refused:
        topups.redeem(session, ada, voucher, terms=TERMS, now=NOW)
    assert refused.value.data == {}
    assert (written(session), holds(session, ada)) == (before, 0)


def test_each_credit_moves_the_date_on_and_never_back(session: Session, ada: Actor) -> None:
    top_up(session, ada, 500, now=NOW)
    later = NOW + timedelta(days=10)
    top_up(session, fresh(ada, later), 500, now=later)
    row = wallet(session, ada, now=later)
    assert row.valid_until == later + timedelta(days=365)
    buckets.credited(session, row, valid_days=3, now=later)
    assert session.get_one(Bucket, row.id).valid_until == later + timedelta(days=365)
    assert row.status is BucketStatus.ACTIVE


def test_a_stranger_sees_no_wallet_and_makes_none(session: Session, ada: Actor) -> None:
    view = buckets.view(session, ada, terms=TERMS, now=NOW)
    assert (view.balance, view.started) == (euro(0), False)
    assert session.exec(select(Bucket)).all() == []
    with pytest.raises(SignInNeeded):
        buckets.view(session, Actor(), terms=TERMS, now=NOW)


def test_the_sum_to_be_warned_below_is_chosen(session: Session, ada: Actor) -> None:
    buckets.warn_below(session, ada, euro(700), terms=TERMS, now=NOW)
    assert wallet(session, ada, now=NOW).low_below_minor == 700
    with pytest.raises(AmountTooLarge):
        buckets.warn_below(session, ada, euro(10**9), terms=TERMS, now=NOW)
    assert wallet(session, ada, now=NOW).low_below_minor == 700
