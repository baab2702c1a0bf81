"""Autopay: what is charged, when, how often, and what is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed
from self_service.domain.errors import NotFound
from self_service.domain.messages import Letter
from self_service.domain.payments import autopay, pending, telling
from self_service.domain.payments.autopay import MOST_TRIES, AutopayMandate
from self_service.domain.payments.settling import Outcome
from self_service.domain.payments.telling import AutopayWords
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import BillPolicy
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.dunning import AgreedBill, AgreementStatus, PaymentAgreement
from self_service.models.messages import CommunicationMessage
from self_service.models.payments import MethodStatus, Payment, PaymentItem, PaymentMethod
from self_service.models.payments import PaymentStatus as Status
from self_service.models.people import Customer, Individual
from self_service.ports import ChargeStatus
from tests.books import proven
from tests.conftest import NOW
from tests.order_shop import rows
from tests.payers import WRITTEN, make_card, owing, settle, start

POLICY = BillPolicy()
#: Two days before bills of `make_bill` are due.
DAY = NOW + timedelta(days=12)
VAULT = Vault("a secret of the tests")
WORDS = AutopayWords(
    declined=lambda language, link: Letter("declined", link),
    stopped=lambda language, link: Letter("stopped", link),
    confirm=lambda language, link: Letter("confirm", link),
)


def automatic(session: Session, *sums: int) -> tuple[Actor, list[CustomerBill], PaymentMethod]:
    """A customer whose bills are paid automatically."""
    ada, bills = owing(session, *sums)
    card = make_card(session, ada.customer())
    autopay.switch_on(session, ada, card.id, agreed=True, currency="EUR", now=NOW)
    person = Individual(
        given_name="Ada", family_name="Quell", email="ada@example.com", created_at=NOW
    )
    session.add(person)
    session.flush()
    session.get_one(Customer, ada.customer()).individual_id = person.id
    session.flush()
    return ada, bills, card


def begin(session: Session, bill: CustomerBill, at=DAY):
    return autopay.begin(session, bill.id, policy=POLICY, now=at)


def due(session: Session, at=DAY):
    return list(autopay.due(session, policy=POLICY, now=at))


def decline(session: Session, payment_id, at) -> Outcome:
    declined = ChargeStatus.REQUIRES_METHOD
    return settle(session, payment_id, declined, failure_code="card_declined", now=at)


class TestSwitch:
    def test_on_with_a_dated_mandate_and_off(self, session: Session) -> None:
        ada, _ = owing(session, 5_000)
        card = make_card(session, ada.customer(), mandate_at=None)
        later = NOW + timedelta(hours=1)
        autopay.switch_on(session, ada, str(card.id), agreed=True, currency="EUR", now=later)
        session.refresh(card)
        assert card.mandate_at == later
        assert autopay.setting(session, ada, now=NOW) == autopay.Setting(True, card.id)
        autopay.switch_off(session, ada, now=NOW)
        autopay.switch_off(session, ada, now=NOW)
        assert autopay.setting(session, ada, now=NOW) == autopay.Setting(False, None)

    def test_not_without_the_mandate_nor_a_card_that_works(self, session: Session) -> None:
        ada, _ = owing(session, 5_000)
        card = make_card(session, ada.customer())
        expired = make_card(session, ada.customer(), status=MethodStatus.EXPIRED)
        _, others = owing(session, 100)
        foreign = make_card(session, others[0].customer_id)
        before = rows(session, *WRITTEN)
        with pytest.raises(AutopayMandate):
            autopay.switch_on(session, ada, card.id, agreed=False, currency="EUR", now=NOW)
        for wrong in (expired.id, foreign.id, "nonsense"):
            with pytest.raises(NotFound):
                autopay.switch_on(session, ada, wrong, agreed=True, currency="EUR", now=NOW)
        acting = Actor(customer_id=ada.customer_id, identity_id=ada.identity_id, behalf="Ada")
        with pytest.raises(NotAllowed):
            autopay.switch_on(session, acting, card.id, agreed=True, currency="EUR", now=NOW)
        with pytest.raises(NotAllowed):
            autopay.switch_off(session, acting, now=NOW)
        assert rows(session, *WRITTEN) == before


class TestDue:
    def test_two_days_before_the_due_date(self, session: Session) -> None:
        _, (bill,), card = automatic(session, 5_000)
        assert due(session, DAY - timedelta(seconds=1)) == []
        assert due(session) == [bill.id]
        payment = session.get_one(Payment, begin(session, bill))
        assert (payment.amount_minor, payment.method_id) == (5_000, card.id)
        assert (payment.off_session, payment.payer_id) == (True, None)
        assert due(session) == []
        assert settle(session, payment.id, now=DAY) is Outcome.SETTLED
        assert due(session, DAY + timedelta(days=30)) == []
        proven(session)

    def test_what_is_disputed_is_left_out(self, session: Session) -> None:
        _, (bill,), _ = automatic(session, 5_000)
        bill.disputed_minor = 1_500
        session.flush()
        assert session.get_one(Payment, begin(session, bill)).amount_minor == 3_500

    def test_a_bill_disputed_whole_is_left_alone(self, session: Session) -> None:
        _, (bill,), _ = automatic(session, 5_000)
        bill.disputed_minor = 5_000
        session.flush()
        assert due(session) == []
        assert begin(session, bill) is None

    def test_a_bill_under_an_agreement_is_left_alone(self, session: Session) -> None:
        _, (bill,), _ = automatic(session, 5_000)
        agreement = PaymentAgreement(
            account_id=bill.account_id,
            status_changed_at=NOW,
            total_minor=5_000,
            currency="EUR",
            created_at=NOW,
        )
        session.add(agreement)
        session.flush()
        session.add(AgreedBill(agreement_id=agreement.id, bill_id=bill.id, amount_minor=5_000))
        session.flush()
        assert due(session) == []
        assert begin(session, bill) is None
        agreement.status = AgreementStatus.BROKEN
        session.flush()
        assert due(session) == [bill.id]

    def test_not_while_a_person_pays_nor_once_switched_off(self, session: Session) -> None:
        ada, (bill,), _ = automatic(session, 5_000)
        made = start(session, ada, [bill], 1_000, now=DAY)
        assert due(session) == []
        assert begin(session, bill) is None
        pending.give_up(session, made, now=DAY)
        assert due(session) == [bill.id]
        autopay.switch_off(session, ada, now=DAY)
        assert due(session) == []
        assert begin(session, bill) is None

    def test_three_more_tries_on_the_next_days_then_none(self, session: Session) -> None:
        _, (bill,), _ = automatic(session, 5_000)
        at, tries = DAY, 0
        for _ in range(10):
            made = begin(session, bill, at)
            if made is None:
                at += timedelta(days=1)
                continue
            tries += 1
            assert decline(session, made, at) is Outcome.DECLINED
            assert begin(session, bill, at) is None, "twice a day"
            at += timedelta(days=1)
        assert tries == MOST_TRIES
        attempts = session.exec(select(PaymentItem.attempt).order_by(PaymentItem.attempt)).all()
        assert list(attempts) == [1, 2, 3, 4]
        proven(session)

    def test_an_expired_card_is_a_try_that_failed(self, session: Session) -> None:
        _, (bill,), card = automatic(session, 5_000)
        card.status = MethodStatus.EXPIRED
        session.flush()
        assert begin(session, bill) is None
        (payment,) = session.exec(select(Payment)).all()
        assert (payment.status, payment.failure_code) == (Status.FAILED, "expired_card")
        assert due(session) == []
        assert telling.untold(session) == (payment.id,)
        assert due(session, DAY + timedelta(days=1)) == [bill.id]
        proven(session)


class TestTelling:
    def test_each_refusal_once_the_last_one_as_the_last(self, session: Session) -> None:
        _, (bill,), _ = automatic(session, 5_000)
        for day in range(MOST_TRIES):
            at = DAY + timedelta(days=day)
            made = begin(session, bill, at)
            assert telling.untold(session) == ()
            decline(session, made, at)
            assert telling.untold(session) == (made,)
            args = {"words": WORDS, "vault": VAULT, "now": at}
            assert telling.tell(session, made, **args)
            assert not telling.tell(session, made, **args)
        session.flush()
        written = session.exec(select(CommunicationMessage).order_by("created_at")).all()
        assert [mail.subject for mail in written] == ["declined"] * 3 + ["stopped"]
        assert {mail.receiver for mail in written} == {"ada@example.com"}

    def test_the_bank_wants_the_person(self, session: Session) -> None:
        _, (bill,), _ = automatic(session, 5_000)
        made = begin(session, bill)
        settle(session, made, ChargeStatus.REQUIRES_ACTION, now=DAY)
        assert telling.untold(session) == ()
        pending.opened(session, made, reference="ch_1", pay_path="/sandbox/pay/x", now=DAY)
        assert telling.untold(session) == (made,)
        assert telling.tell(session, made, words=WORDS, vault=VAULT, now=DAY)
        assert session.exec(select(CommunicationMessage.subject)).all() == ["confirm"]
        failed = ChargeStatus.REQUIRES_METHOD
        # the person is at the screen: another card may be tried there
        assert settle(session, made, failed, failure_code="authentication_failed") is (
            Outcome.DECLINED
        )
        assert session.get_one(Payment, made).status is Status.PENDING_AUTHORIZATION
        assert settle(session, made) is Outcome.SETTLED
        proven(session)


def test_credit_of_the_account_is_not_charged_again(session: Session) -> None:
    _, (bill,), _ = automatic(session, 5_000)
    account = session.get_one(BillingAccount, bill.account_id)
    assert account.autopay
    made = begin(session, bill)
    settle(session, made, now=DAY)
    settle(session, made, now=DAY)
    session.refresh(bill)
    assert bill.remaining_minor == 0
    proven(session)
