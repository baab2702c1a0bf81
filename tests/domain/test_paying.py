"""Paying bills: whole, all, in part; by whom; and what becomes of the money."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.payments import paying, pending
from self_service.domain.payments.paying import (
    BadSum,
    BeingPaid,
    PaidAlready,
    TooMuch,
)
from self_service.domain.payments.settling import Outcome
from self_service.models.bills import BillingAccount, BillState, CustomerBill
from self_service.models.ledger import AccountKind
from self_service.models.payments import (
    Payment,
    PaymentItem,
    PaymentPurpose,
    PaymentStatus,
    Refund,
)
from self_service.money import Money
from self_service.ports import ChargeStatus
from tests.books import balance, empty_books, proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.payers import (
    SCREEN,
    WRITTEN,
    make_card,
    owing,
    settle,
    start,
    start_items,
)


def refused(session: Session, error: type[DomainError], act) -> DomainError:
    """The act is refused, and nothing was written."""
    before = rows(session, *WRITTEN)
    with pytest.raises(error) as caught:
        act()
    assert rows(session, *WRITTEN) == before
    return caught.value


def items_of(session: Session, payment_id) -> list[PaymentItem]:
    found = select(PaymentItem).where(PaymentItem.payment_id == payment_id)
    return list(session.exec(found.execution_options(populate_existing=True)))


class TestPaying:
    def test_a_bill_is_paid_and_its_money_is_in_the_books(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        payment = session.get_one(Payment, made)
        assert (payment.purpose, payment.amount_minor) == (PaymentPurpose.BILLS, 5_000)
        assert (payment.back_path, payment.payer_id) == ("/en/bills", ada.identity_id)
        assert settle(session, made) is Outcome.SETTLED
        session.refresh(bill)
        assert (bill.remaining_minor, bill.state) == (0, BillState.SETTLED)
        assert balance(session, AccountKind.RECEIVABLE, bill.account_id) == 0
        assert [item.is_open for item in items_of(session, made)] == [False]
        proven(session)

    def test_all_bills_at_once_the_first_due_first(self, session: Session) -> None:
        ada, bills = owing(session, 3_000, 2_000)
        bills[1].due_at -= timedelta(days=30)
        session.flush()
        made = start(session, ada, bills, 2_500)
        settle(session, made)
        assert [(session.refresh(bill), bill.remaining_minor)[1] for bill in bills] == [2_500, 0]
        proven(session)

    def test_a_part_leaves_the_rest_open(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        settle(session, start(session, ada, [bill], 1_200))
        session.refresh(bill)
        assert (bill.remaining_minor, bill.state) == (3_800, BillState.PARTIALLY_PAID)
        settle(session, start(session, ada, [bill]))
        session.refresh(bill)
        assert bill.remaining_minor == 0
        proven(session)

    @pytest.mark.parametrize("minor", [0, -1, -5_000])
    def test_nothing_and_less_is_refused(self, session: Session, minor: int) -> None:
        ada, (bill,) = owing(session, 5_000)
        refused(session, BadSum, lambda: start(session, ada, [bill], minor))
        share = (Share(bill.id, minor),)
        refused(session, BadSum, lambda: start_items(session, ada, share))

    def test_too_much_says_how_much_is_open(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        share = (Share(bill.id, 5_001),)
        error = refused(session, TooMuch, lambda: start_items(session, ada, share))
        assert error.data == {"most": Money(5_000, "EUR")}
        refused(session, TooMuch, lambda: start(session, ada, [bill], 5_001))

    def test_a_sum_that_is_not_its_shares_is_refused(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        share = (Share(bill.id, 5_000),)
        for amount in (Money(4_999, "EUR"), Money(5_000, "USD")):
            act = lambda: start_items(session, ada, share, amount=amount)  # noqa: B023, E731
            refused(session, BadSum, act)

    def test_what_was_paid_meanwhile_is_refused(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        share = (Share(bill.id, 5_000),)
        settle(session, start(session, ada, [bill]))
        refused(session, PaidAlready, lambda: start_items(session, ada, share))
        refused(session, PaidAlready, lambda: start(session, ada, [bill]))

    def test_foreign_and_mixed_bills_are_not_there(self, session: Session) -> None:
        ada, (mine,) = owing(session, 5_000)
        _, (other,) = owing(session, 700)
        refused(session, NotFound, lambda: start(session, ada, [other]))
        refused(session, NotFound, lambda: start(session, ada, [mine, other]))
        share = (Share(uuid4(), 100),)
        refused(session, NotFound, lambda: start_items(session, ada, share))
        refused(session, SignInNeeded, lambda: start(session, Actor(), [mine]))

    @pytest.mark.parametrize("purpose", [PaymentPurpose.TOPUP, PaymentPurpose.VOUCHER])
    def test_a_top_up_of_nothing_is_refused(self, session: Session, purpose) -> None:
        ada, _ = owing(session, 5_000)
        nothing = Money(0, "EUR")
        more = {"purpose": purpose, "amount": nothing, "way": SCREEN, "now": NOW}
        refused(session, BadSum, lambda: paying.start(session, ada, **more))


class TestOnePaymentABill:
    def test_the_same_again_is_the_open_one(self, session: Session) -> None:
        ada, bills = owing(session, 5_000, 100)
        made = start(session, ada, bills)
        assert start(session, ada, bills) == made
        assert len(session.exec(select(Payment)).all()) == 1

    def test_another_sum_gives_the_first_up(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        first = start(session, ada, [bill])
        second = start(session, ada, [bill], 1_000)
        given_up = session.get_one(Payment, first, populate_existing=True)
        assert (given_up.status, given_up.check_at) == (PaymentStatus.CANCELED, NOW)
        assert [item.is_open for item in items_of(session, first)] == [False]
        assert [item.is_open for item in items_of(session, second)] == [True]
        assert pending.claim_given_up(session, provider="sandbox", now=NOW) == (first,)
        assert pending.claim_given_up(session, provider="sandbox", now=NOW) == ()

    def test_money_of_the_one_given_up_goes_back(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        first = start(session, ada, [bill])
        second = start(session, ada, [bill], 1_000)
        assert settle(session, second) is Outcome.SETTLED
        assert settle(session, first) is Outcome.REFUND_DUE
        assert settle(session, first) is Outcome.REPEATED
        session.refresh(bill)
        (refund,) = session.exec(select(Refund)).all()
        assert (bill.remaining_minor, refund.amount_minor) == (4_000, 5_000)
        proven(session)

    def test_a_card_that_is_being_charged_is_waited_for(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        card = make_card(session, ada.customer())
        made = start(session, ada, [bill], method_id=card.id)
        refused(session, BeingPaid, lambda: start(session, ada, [bill], 1_000))
        assert start(session, ada, [bill]) == made
        later = NOW + paying.CHARGING
        assert start(session, ada, [bill], 1_000, now=later) != made

    def test_what_the_provider_has_in_hand_is_waited_for(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        assert settle(session, made, ChargeStatus.PROCESSING) is Outcome.WAITING
        later = NOW + timedelta(days=3)
        refused(session, BeingPaid, lambda: start(session, ada, [bill], 1_000, now=later))

    @pytest.mark.parametrize(
        ("status", "more"),
        [(ChargeStatus.CANCELED, {}), (ChargeStatus.CANCELED, {"failure_code": "expired_card"})],
        ids=["given up", "expired"],
    )
    def test_what_ends_otherwise_frees_the_bill(self, session: Session, status, more) -> None:
        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        assert settle(session, made, status, **more) is Outcome.CLOSED
        assert [item.is_open for item in items_of(session, made)] == [False]
        assert start(session, ada, [bill]) != made
        proven(session)

    def test_a_payment_that_could_not_be_opened_frees_the_bill(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        assert pending.refused(session, made, code="invalid_request", now=NOW)
        assert not pending.refused(session, made, code="invalid_request", now=NOW)
        assert [item.is_open for item in items_of(session, made)] == [False]
        assert start(session, ada, [bill]) != made

    def test_a_declined_screen_can_be_tried_again(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        declined = ChargeStatus.REQUIRES_METHOD
        outcome = settle(session, made, declined, failure_code="card_declined")
        assert outcome is Outcome.DECLINED
        assert start(session, ada, [bill]) == made
        assert settle(session, made) is Outcome.SETTLED

    def test_a_declined_saved_card_ends_the_payment(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        card = make_card(session, ada.customer())
        made = start(session, ada, [bill], method_id=card.id)
        declined = ChargeStatus.REQUIRES_METHOD
        outcome = settle(session, made, declined, failure_code="card_declined")
        payment = session.get_one(Payment, made, populate_existing=True)
        assert (outcome, payment.status) == (Outcome.DECLINED, PaymentStatus.FAILED)
        assert [item.is_open for item in items_of(session, made)] == [False]
        assert settle(session, made, declined, failure_code="card_declined") is Outcome.REPEATED
        proven(session)


class TestWanted:
    def test_until_its_time_is_over_or_the_bill_is_paid(self, session: Session) -> None:
        ada, (bill,) = owing(session, 5_000)
        made = start(session, ada, [bill])
        early, late = NOW + timedelta(minutes=59), NOW + paying.OPEN_FOR
        assert pending.pending(session, made, now=early).wanted
        assert not pending.pending(session, made, now=late).wanted
        account = lock_account(session, bill.account_id)
        account.credit_minor = bill.remaining_minor = 0
        session.flush()
        assert not pending.pending(session, made, now=early).wanted

    def test_money_for_a_bill_that_is_paid_is_credit(self, session: Session) -> None:
        ada, (bill, other) = owing(session, 5_000, 700)
        made = start(session, ada, [bill])
        other_payment = start(session, ada, [other])
        # a part of the bill is paid from another side: credit of the account
        settle(session, other_payment)
        account = lock_account(session, bill.account_id)
        from self_service.domain import ledger
        from self_service.models.ledger import EntryKind

        goodwill = ledger.house(session, AccountKind.GOODWILL, "EUR")
        owes = ledger.owned(session, AccountKind.RECEIVABLE, account.id, "EUR")
        move = ledger.Movement(EntryKind.ADJUSTMENT, uuid4(), goodwill, owes, Money(4_000, "EUR"))
        ledger.post(session, [move], now=NOW)
        allocating.add_credit(session, account.id, 4_000)
        session.expire_all()
        allocating.use_credit(session, account.id, now=NOW)
        settle(session, made)
        session.expire_all()
        assert session.get_one(BillingAccount, account.id).credit_minor == 4_000
        assert session.get_one(CustomerBill, bill.id).remaining_minor == 0
        proven(session)


@settings(max_examples=40, deadline=None)
@given(
    sums=st.lists(st.integers(1, 9_999), min_size=1, max_size=4),
    acts=st.lists(
        st.tuples(
            st.sampled_from(["start", "pay", "late", "cancel", "decline"]), st.integers(0, 30_000)
        ),
        max_size=10,
    ),
)
def test_whatever_happens_every_cent_is_somewhere(sums, acts) -> None:
    with empty_books() as session:
        ada, bills = owing(session, *sums)
        made: list = []
        for act, number in acts:
            if act == "start":
                try:
                    made.append(start(session, ada, bills, number or None))
                except DomainError:
                    continue
            elif made:
                one = made[number % len(made)]
                if act == "decline":
                    code = "card_declined"
                    settle(session, one, ChargeStatus.REQUIRES_METHOD, failure_code=code)
                else:
                    ended = act in ("pay", "late")
                    settle(session, one, ChargeStatus.SUCCEEDED if ended else ChargeStatus.CANCELED)
        open_items = session.exec(select(PaymentItem.bill_id).where(PaymentItem.is_open)).all()
        assert len(open_items) == len(set(open_items))
        proven(session)
