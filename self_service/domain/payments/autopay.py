"""Autopay: a bill is paid by a saved card some days before it is due, while the person is away.

One payment a bill and attempt: a constraint decides between two workers. A card that is refused is
tried again on the next days, three times at most; each time the customer is told, with a link to
pay. What is disputed of a bill is left out, and a bill under a payment agreement is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.payments import methods, paying
from self_service.domain.payments.payers import Payer
from self_service.domain.payments.paying import OPEN_FOR_AWAY, CardNotUsable, Way
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing.periods import day_start
from self_service.domain.rows import add_rows, changed
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.dunning import AgreedBill, AgreementStatus, PaymentAgreement
from self_service.models.payments import (
    BillAllocation,
    MethodStatus,
    Payment,
    PaymentItem,
    PaymentMethod,
    PaymentPurpose,
    PaymentStatus,
)
from self_service.money import Money

#: The first try, and three more on the days after it.
MOST_TRIES = 4


class AutopayMandate(DomainError):
    """The box about charging the card in absence was not ticked."""

    code = "autopay_mandate"
    message = N_("Tick the box to let us charge this card for your bills.")


@dataclass(frozen=True, slots=True)
class Setting:
    """Whether a customer's bills are paid automatically, and by which card."""

    on: bool
    method_id: UUID | None


def setting(session: Session, actor: Actor, *, now: datetime) -> Setting:
    """Say how the customer's bills are paid.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
    """
    del now
    mine = select(BillingAccount).where(BillingAccount.customer_id == actor.customer())
    account = session.exec(mine).first()
    return Setting(account.autopay, account.method_id) if account else Setting(False, None)


def switch_on(
    session: Session,
    actor: Actor,
    method_id: object,
    *,
    agreed: bool,
    currency: str,
    now: datetime,
) -> None:
    """Pay the customer's bills by a saved card from now on; the mandate is dated now.

    Args:
        session: open transaction.
        actor: the customer in person.
        method_id: a card of theirs.
        agreed: the box beside the mandate was ticked.
        currency: of the account, should there be none yet.
        now: instant of the mandate.

    Raises:
        AutopayMandate: it was not.
        NotFound: there is no such card that can be used.
        SignInNeeded, NotAllowed: not a customer in person.
    """
    customer_id = actor.own_customer()
    if not agreed:
        raise AutopayMandate
    account = billing_account(session, customer_id, currency=currency, now=now)
    lock_account(session, account.id)
    methods.lock(session, customer_id)
    card = methods.mine(session, customer_id, method_id)
    if card.status is not MethodStatus.ACTIVE:
        raise NotFound
    statement = update(PaymentMethod).where(PaymentMethod.id == card.id)
    changed(session, statement.values(mandate_at=now))
    _set(session, account.id, autopay=True, method_id=card.id)
    audit.record(session, actor, "autopay.on", now=now, subject=card.last4)


def switch_off(session: Session, actor: Actor, *, now: datetime) -> None:
    """Charge nothing automatically for bills any more; a second time changes nothing.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
    """
    mine = BillingAccount.customer_id == actor.own_customer()
    account = session.exec(select(BillingAccount).where(mine)).first()
    if account is None or not lock_account(session, account.id).autopay:
        return
    _set(session, account.id, autopay=False, method_id=None)
    audit.record(session, actor, "autopay.off", now=now)


def due(
    session: Session, *, policy: BillPolicy, now: datetime, limit: int = 200
) -> tuple[UUID, ...]:
    """List the bills that are to be paid automatically now, the first due first."""
    statement = _due(policy, now).order_by(CustomerBill.due_at, CustomerBill.id).limit(limit)
    return tuple(session.exec(statement))


def begin(session: Session, bill_id: UUID, *, policy: BillPolicy, now: datetime) -> UUID | None:
    """Write down an automatic payment of a bill; the caller then charges the card.

    Args:
        session: open transaction.
        bill_id: one of `due`.
        policy: when bills are paid.
        now: instant of paying.

    Returns:
        The payment's id, None when there is nothing to charge: somebody else was first, the bill
        was paid, or the card expired, which is noted as a try that failed.
    """
    bill = session.get_one(CustomerBill, bill_id)
    account = lock_account(session, bill.account_id)
    still = session.exec(_due(policy, now).where(CustomerBill.id == bill_id)).first()
    if still is None or account.method_id is None:
        return None
    session.refresh(bill)
    share = Share(bill.id, bill.remaining_minor - bill.disputed_minor)
    tried = select(func.coalesce(func.max(PaymentItem.attempt), 0))
    attempt = 1 + session.exec(tried.where(PaymentItem.bill_id == bill_id)).one()
    amount = Money(share.minor, bill.currency)
    payer = Payer(bill.customer_id, True, None)
    way = Way("", account.method_id, off_session=True, open_for=OPEN_FOR_AWAY)
    try:
        return paying.pay_bills(session, payer, [share], amount, way, now=now, attempt=attempt)
    except CardNotUsable:
        _write_failed(session, account, share, attempt, now)
        return None


def _set(session: Session, account_id: UUID, **values: object) -> None:
    statement = update(BillingAccount).where(BillingAccount.id == account_id)
    changed(session, statement.values(**values))
    session.expire_all()


def _due(policy: BillPolicy, now: datetime) -> SelectOfScalar[UUID]:
    tries = (
        select(
            PaymentItem.bill_id,
            func.max(PaymentItem.attempt).label("count"),
            func.max(Payment.created_at).label("last"),
        )
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .where(col(PaymentItem.attempt).is_not(None))
        .group_by(PaymentItem.bill_id)
        .subquery()
    )
    untried = tries.c.bill_id.is_(None)
    once_more = and_(tries.c.count < MOST_TRIES, tries.c.last < day_start(now))
    return (
        select(CustomerBill.id)
        .join(BillingAccount, BillingAccount.id == CustomerBill.account_id)
        .outerjoin(tries, tries.c.bill_id == CustomerBill.id)
        .where(
            BillingAccount.autopay,
            col(BillingAccount.method_id).is_not(None),
            CustomerBill.remaining_minor > CustomerBill.disputed_minor,
            CustomerBill.due_at <= now + timedelta(days=policy.autopay_days_before),
            ~_agreed(),
            ~_being_paid(),
            ~_taken_back(),
            or_(untried, once_more),
        )
    )


def _agreed() -> ColumnElement[bool]:
    return (
        select(AgreedBill.bill_id)
        .join(PaymentAgreement, PaymentAgreement.id == AgreedBill.agreement_id)
        .where(
            AgreedBill.bill_id == CustomerBill.id,
            PaymentAgreement.status == AgreementStatus.ACTIVE,
        )
        .exists()
    )


def _being_paid() -> ColumnElement[bool]:
    mine = select(PaymentItem.bill_id).where(PaymentItem.bill_id == CustomerBill.id)
    return mine.where(PaymentItem.is_open).exists()


def _taken_back() -> ColumnElement[bool]:
    """What somebody's bank took back is not taken again by a machine."""
    mine = select(BillAllocation.id).where(BillAllocation.bill_id == CustomerBill.id)
    return mine.where(BillAllocation.amount_minor < 0).exists()


def _write_failed(
    session: Session, account: BillingAccount, share: Share, attempt: int, now: datetime
) -> None:
    """Note a try by a card that cannot be used any more: the customer is told of it."""
    method = session.get_one(PaymentMethod, account.method_id)
    payment = Payment(
        customer_id=account.customer_id,
        purpose=PaymentPurpose.BILLS,
        method_id=method.id,
        off_session=True,
        amount_minor=share.minor,
        currency=account.currency,
        status=PaymentStatus.FAILED,
        status_changed_at=now,
        provider=method.provider,
        failure_code="expired_card",
        created_at=now,
    )
    item = PaymentItem(
        payment_id=payment.id,
        bill_id=share.bill_id,
        amount_minor=share.minor,
        is_open=False,
        attempt=attempt,
    )
    add_rows(session, [payment])
    add_rows(session, [item])
