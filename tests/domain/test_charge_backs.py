"""Charge-backs: once whatever is said how often, from where the money is, and back when won."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills import allocating
from self_service.domain.debts import dunning
from self_service.domain.payments import autopay, refunds, settling
from self_service.domain.payments.chargebacks import NotPaidYet
from self_service.domain.payments.settling import Outcome
from self_service.domain.policy import BillPolicy
from self_service.domain.wallet import renewals
from self_service.models.audit import AuditEntry
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    BillState,
    CustomerBill,
)
from self_service.models.dunning import DunningCase
from self_service.models.ledger import LedgerEntry
from self_service.models.messages import OutboxEvent
from self_service.models.payments import (
    ChargeBack,
    ChargeBackStatus,
    InboundEvent,
    Payment,
    PaymentStatus,
    Refund,
)
from self_service.models.vouchers import Voucher, VoucherStatus
from self_service.models.wallet import AutoTopup
from self_service.money import Money
from self_service.ports import ChargedBack, GatewayEvent
from tests import books, order_shop, voucher_shop, voucher_till, wallets
from tests.books import empty_books, proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.payers import make_card, owing, settle, start

DAY = timedelta(days=1)
POLICY = BillPolicy()
#: All that a charge-back may write.
MONEY = (
    Payment,
    CustomerBill,
    BillingAccount,
    LedgerEntry,
    ChargeBack,
    AppliedBillingRate,
    Voucher,
)


def says(
    session: Session,
    payment_id: UUID,
    taken: bool = True,
    *,
    now: datetime = NOW,
    minor: int | None = None,
    at: datetime | None = None,
    source: str = "sandbox",
    event: str = "",
    **more: Any,
) -> Outcome:
    """Let the provider send a message of its own about a charge-back."""
    payment = session.get_one(Payment, payment_id)
    amount = Money(payment.amount_minor if minor is None else minor, payment.currency)
    named = {"reference": f"dp_{payment_id}", "charge_reference": "", **more}
    told = ChargedBack(
        amount=amount, taken=taken, at=at or now, payment_id=str(payment_id), **named
    )
    message = GatewayEvent(event or f"evt_{uuid4()}", "charge_back", None, told)
    return settling.receive_event(session, message, source=source, now=now).outcome


def fresh(session: Session, table: Any, **named: Any) -> Any:
    """The one row of a table, as it is stored."""
    wanted = select(table).filter_by(**named)
    return session.exec(wanted.execution_options(populate_existing=True)).one()


def paid_bills(session: Session, *sums: int, **way: Any) -> tuple[Actor, list[CustomerBill], UUID]:
    """A customer who paid bills of these sums."""
    ada, bills = owing(session, *sums)
    payment_id = start(session, ada, bills, **way)
    assert settle(session, payment_id) is Outcome.SETTLED
    return ada, bills, payment_id


def told(session: Session) -> list[str]:
    """What letters are to tell."""
    events = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "debt_notice"))
    return [event.payload["notice"] for event in events]


def test_bills_are_open_again_and_paid_again_when_it_is_won(session: Session) -> None:
    _, (first, second), payment_id = paid_bills(session, 5_000, 700)
    later = NOW + 40 * DAY
    assert says(session, payment_id, now=later) is Outcome.TAKEN_BACK
    session.expire_all()
    assert (first.remaining_minor, second.remaining_minor) == (5_000, 700)
    assert first.state is BillState.PARTIALLY_PAID
    assert first.due_at > later + 13 * DAY, "there is as much time as for a new bill"
    payment = fresh(session, Payment, id=payment_id)
    assert (payment.taken_back_minor, payment.allocated_minor) == (5_700, 0)
    assert payment.status is PaymentStatus.DONE
    proven(session)
    assert says(session, payment_id, False, now=later + DAY) is Outcome.GIVEN_AGAIN
    session.expire_all()
    assert (first.remaining_minor, second.remaining_minor) == (0, 0)
    assert first.state is BillState.SETTLED
    assert fresh(session, Payment, id=payment_id).taken_back_minor == 0
    assert told(session) == ["charge_back", "charge_back_won"]
    acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts[-2:] == ["payment.charged_back", "payment.charge_back_won"]
    proven(session)


def test_the_same_message_and_another_about_the_same_change_nothing(session: Session) -> None:
    _, _, payment_id = paid_bills(session, 5_000)
    assert says(session, payment_id, event="evt_1") is Outcome.TAKEN_BACK
    before = rows(session, *MONEY)
    assert says(session, payment_id, event="evt_1") is Outcome.REPEATED
    assert says(session, payment_id, event="evt_2") is Outcome.REPEATED  # made, then withdrawn
    assert rows(session, *MONEY) == before
    assert told(session) == ["charge_back"]


def test_won_after_lost_and_lost_once_more_are_booked_anew(session: Session) -> None:
    _, (bill,), payment_id = paid_bills(session, 5_000)
    for days, taken in enumerate((True, True, False, True, False)):
        says(session, payment_id, taken, now=NOW + days * DAY)
        proven(session)
    session.expire_all()
    row = fresh(session, ChargeBack)
    assert (row.rounds, row.status) == (2, ChargeBackStatus.RETURNED)
    assert bill.remaining_minor == 0


@settings(max_examples=12, deadline=None)
@given(st.permutations([(0, True), (1, True), (5, False), (7, False)]))
def test_the_latest_word_holds_in_whatever_order_they_come(order: list[tuple[int, bool]]) -> None:
    with empty_books() as session:
        _, (bill,), payment_id = paid_bills(session, 5_000)
        for days, taken in order:
            says(session, payment_id, taken, at=NOW + days * DAY)
        session.expire_all()
        assert fresh(session, ChargeBack).status is ChargeBackStatus.RETURNED
        assert bill.remaining_minor == 0
        proven(session)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9_000), st.integers(0, 3_000))
def test_any_part_of_it_adds_up_there_and_back(minor: int, spent: int) -> None:
    with empty_books() as session:
        ada, (first, second), payment_id = paid_bills(session, 5_000, 700)
        account = fresh(session, BillingAccount)
        other = books.make_payment(session, account, 400, now=NOW)
        allocating.add_credit(session, account.id, 400)
        says(session, payment_id, minor=minor)
        session.expire_all()
        taken = min(minor, 5_700)
        assert first.remaining_minor + second.remaining_minor == taken
        proven(session)
        left = min(spent, first.remaining_minor)
        if left:  # some of it is paid in another way before the case is won
            assert settle(session, start(session, ada, [first], left)) is Outcome.SETTLED
        says(session, payment_id, False, now=NOW + DAY)
        session.expire_all()
        assert first.remaining_minor + second.remaining_minor == 0
        assert fresh(session, BillingAccount).credit_minor == 400 + left
        assert session.get_one(Payment, other.id).taken_back_minor == 0
        proven(session)


def test_credit_goes_first_and_what_it_paid_elsewhere_stands_on_the_next_bill(
    session: Session,
) -> None:
    _, bills = owing(session, 5_000)
    account = session.get_one(BillingAccount, bills[0].account_id)
    payment = books.make_payment(session, account, 6_000, now=NOW)
    allocating.use_payment(
        session, account.id, payment, [allocating.Share(bills[0].id, 5_000)], now=NOW
    )
    says(session, payment.id, minor=400)
    session.expire_all()
    assert (account.credit_minor, bills[0].remaining_minor) == (600, 0)
    proven(session)
    newer = books.make_bill(session, account, gross=600, tax=0, now=NOW)
    allocating.use_credit(session, account.id, now=NOW)
    says(session, payment.id, reference="dp_2")
    session.expire_all()
    assert (bills[0].remaining_minor, newer.remaining_minor) == (5_000, 0)
    claim = fresh(session, AppliedBillingRate, bill_id=None)
    assert (claim.amount_micro, claim.tax_category) == (6_000_000, "O")
    proven(session)
    says(session, payment.id, False, reference="dp_2", now=NOW + DAY)
    assert session.exec(select(AppliedBillingRate.id).filter_by(bill_id=None)).all() == []
    proven(session)


def test_a_wallet_gives_what_is_left_and_never_falls_below_zero(session: Session) -> None:
    ada = wallets.person(session, "ada@example.com", now=NOW)
    payment_id = wallets.start(session, ada, 1_500, now=NOW)
    settle(session, payment_id)
    service = wallets.make_service(session, ada, now=NOW)
    renewals.charge(session, service.id, retry_days=30, letters=wallets.LETTERS, now=NOW)
    assert wallets.holds(session, ada) == 500
    assert says(session, payment_id) is Outcome.TAKEN_BACK
    assert wallets.holds(session, ada) == 0
    claim = fresh(session, AppliedBillingRate)
    assert (claim.amount_micro, claim.bill_id) == (10_000_000, None)
    proven(session)
    assert says(session, payment_id, False, now=NOW + DAY) is Outcome.GIVEN_AGAIN
    assert wallets.holds(session, ada) == 500
    assert session.exec(select(AppliedBillingRate)).all() == []
    proven(session)


@pytest.mark.parametrize("redeemed", [False, True], ids=["unused", "redeemed"])
def test_an_unused_voucher_is_void_and_a_redeemed_one_is_owed(
    session: Session, redeemed: bool
) -> None:
    ada = voucher_shop.customer(session, NOW)
    sale = voucher_till.buy(session, ada)
    if redeemed:
        voucher_till.redeem(session, voucher_till.mine(session, ada).code)
    says(session, sale.payment_id)
    status = fresh(session, Voucher, id=sale.voucher_id).status
    assert status is (VoucherStatus.REDEEMED if redeemed else VoucherStatus.VOID)
    claims = session.exec(select(AppliedBillingRate.amount_micro)).all()
    assert claims == ([10_000_000] if redeemed else [])
    assert redeemed or not voucher_till.mine(session, ada).code
    if not redeemed:  # what is redeemed by hand here leaves no top-up behind to prove
        proven(session)
    says(session, sale.payment_id, False, now=NOW + DAY)
    status = fresh(session, Voucher, id=sale.voucher_id).status
    assert status is (VoucherStatus.REDEEMED if redeemed else VoucherStatus.ISSUED)
    assert redeemed or voucher_till.mine(session, ada).code
    proven(session)


def test_a_part_of_a_vouchers_price_leaves_it_good(session: Session) -> None:
    ada = voucher_shop.customer(session, NOW)
    sale = voucher_till.buy(session, ada)
    says(session, sale.payment_id, minor=400)
    assert fresh(session, Voucher, id=sale.voucher_id).status is VoucherStatus.ISSUED
    assert fresh(session, AppliedBillingRate).amount_micro == 4_000_000
    proven(session)


@pytest.mark.parametrize("when", ["under_way", "complete"])
def test_an_order_that_is_not_paid_any_more_is_owed_by_its_bill(
    session: Session, when: str
) -> None:
    ada = order_shop.customer(session)
    kinds = order_shop.open_shop(session)
    order_shop.choose(session, ada, kinds["case"])
    placed = order_shop.order(session, ada)
    order_shop.pay(session, placed)
    if when == "complete":
        assert order_shop.fulfil(session, placed.order_id)
    assert says(session, placed.payment_id) is Outcome.TAKEN_BACK
    proven(session)
    if when == "under_way":
        assert order_shop.fulfil(session, placed.order_id)
    bill = fresh(session, CustomerBill, order_id=placed.order_id)
    assert bill.remaining_minor == bill.gross_minor > 0
    payment = fresh(session, Payment, id=placed.payment_id)
    assert not refunds.due(session, payment, reason="order_cancelled", now=NOW)
    proven(session)
    says(session, placed.payment_id, False, now=NOW + DAY)
    assert fresh(session, CustomerBill, order_id=placed.order_id).remaining_minor == 0
    proven(session)


def test_what_was_refunded_before_is_owed_and_a_refund_on_its_way_is_over(
    session: Session,
) -> None:
    for done in (True, False):
        _, bills = owing(session, 900)
        account = session.get_one(BillingAccount, bills[0].account_id)
        payment = books.make_payment(session, account, 500, now=NOW)
        allocating.add_credit(session, account.id, 500)
        assert refunds.due(session, payment, reason="order_cancelled", now=NOW)
        refund = fresh(session, Refund, payment_id=payment.id)
        if done:
            refund.status = PaymentStatus.DONE
        session.flush()
        says(session, payment.id)
        claims = session.exec(
            select(AppliedBillingRate.amount_micro).filter_by(account_id=account.id, bill_id=None)
        ).all()
        assert claims == ([5_000_000] if done else [])
        assert fresh(session, Refund, payment_id=payment.id).status is PaymentStatus.DONE
        proven(session)


def test_the_card_charges_nothing_by_itself_any_more(session: Session) -> None:
    ada, bills = owing(session, 5_000)
    card = make_card(session, ada.customer())
    autopay.switch_on(session, ada, card.id, agreed=True, currency="EUR", now=NOW)
    bucket = wallets.wallet(session, ada, now=NOW)
    order = AutoTopup(
        bucket_id=bucket.id,
        method_id=card.id,
        amount_minor=500,
        ceiling_minor=900,
        month=NOW.date().replace(day=1),
        created_at=NOW,
    )
    session.add(order)
    session.flush()
    payment_id = start(session, ada, bills, method_id=card.id)
    settle(session, payment_id)
    says(session, payment_id)
    session.expire_all()
    account = session.get_one(BillingAccount, bills[0].account_id)
    assert (account.autopay, account.method_id) == (False, None)
    assert (order.active, order.paused_reason) == (False, "charge_back")
    (notice,) = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "debt_notice"))
    assert notice.payload["about"] == "4242"
    other = make_card(session, ada.customer(), last4="1111")
    autopay.switch_on(session, ada, other.id, agreed=True, currency="EUR", now=NOW)
    due = autopay.due(session, policy=POLICY, now=NOW + 60 * DAY)
    assert due == (), "no machine takes again what somebody's bank took back"


def test_dunning_counts_anew_and_suspends_nobody_at_once(session: Session) -> None:
    ada, (first, second) = owing(session, 5_000, 7_000)
    payment_id = start(session, ada, [first])
    settle(session, payment_id)
    assert dunning.open_case(session, first.account_id, policy=POLICY, now=NOW + 30 * DAY)
    case = fresh(session, DunningCase)
    steps = len(POLICY.steps) - 1  # what comes next is the last step, and due at once
    case.step, case.next_at = steps, NOW + 60 * DAY
    session.flush()
    taken = NOW + 60 * DAY
    says(session, payment_id, now=taken)
    assert dunning.due(session, now=taken + 13 * DAY) == []
    assert fresh(session, DunningCase).next_at > taken + 13 * DAY
    for bill in (first, second):  # won and paid: the case is over
        says(session, payment_id, False, now=taken + DAY)
        if fresh(session, CustomerBill, id=bill.id).remaining_minor:
            settle(session, start(session, ada, [bill], now=taken), now=taken + 2 * DAY)
    assert fresh(session, DunningCase).closed_at is not None
    proven(session)


def test_who_may_not_say_it_and_what_comes_too_early_change_nothing(session: Session) -> None:
    ada, bills = owing(session, 5_000)
    payment_id = start(session, ada, bills)
    before = rows(session, *MONEY)
    assert says(session, payment_id, source="another") is Outcome.UNKNOWN
    with pytest.raises(NotPaidYet), session.begin_nested():
        says(session, payment_id, event="evt_early")
    assert rows(session, *MONEY) == before
    names = session.exec(select(InboundEvent.external_id)).all()
    assert "evt_early" not in names, "it is heard when it is sent again"
    settle(session, payment_id)
    assert says(session, payment_id, event="evt_early") is Outcome.TAKEN_BACK
    proven(session)
