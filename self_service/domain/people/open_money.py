"""Money between a customer and the operator that has to be settled before the account can go."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, or_, select

from self_service.domain.bills.drafting import draft
from self_service.domain.errors import N_, DomainError
from self_service.models.bills import AppliedBillingRate, BillingAccount, CustomerBill
from self_service.models.dunning import (
    AgreementStatus,
    InstalmentPurchase,
    PaymentAgreement,
    PurchaseStatus,
)
from self_service.models.ledger import LedgerAccount
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.wallet import Bucket, TransferBalance, TransferStatus


class PaymentUnderWay(DomainError):
    """The provider has not said yet what became of a payment."""

    code = "payment_under_way"
    message = N_(
        "A payment of yours is under way. Wait until it is complete, then delete your account."
    )


class GiftUnderWay(DomainError):
    """Credit was taken from a wallet and has not arrived."""

    code = "gift_under_way"
    message = N_(
        "Credit that you gave or were given is on its way. Wait until it has arrived, or undo your "
        "gift. Then delete your account."
    )


class AgreementOpen(DomainError):
    """A debt is paid by instalments."""

    code = "agreement_open"
    message = N_("You pay a debt by instalments. Pay what is left of it, then delete your account.")


class BillsOpen(DomainError):
    """Something remains to be paid."""

    code = "bills_open"
    message = N_("You still have an open bill. Pay it, then delete your account.")


class InstalmentsOpen(DomainError):
    """Goods are not paid for yet."""

    code = "instalments_open"
    message = N_(
        "You pay for a device by instalments. Pay the rest at once and pay that bill, then delete "
        "your account."
    )


class BillToCome(DomainError):
    """Charges or credits wait for the next bill."""

    code = "bill_to_come"
    message = N_(
        "Your last bill is still to come. Wait for it, or ask customer service to make it now. Pay "
        "what it asks for, then delete your account."
    )


class AccountCreditLeft(DomainError):
    """The billing account holds the customer's money."""

    code = "account_credit_left"
    message = N_(
        "There is money of yours on your billing account. Ask customer service to pay it out, then "
        "delete your account."
    )


class WalletCreditLeft(DomainError):
    """The wallet is not empty."""

    code = "wallet_credit_left"
    message = N_(
        "There is credit in your wallet. Use it up or give it to somebody, then delete your "
        "account."
    )


def obstacle(session: Session, customer_id: UUID, *, now: datetime) -> DomainError | None:
    """Return what has to be settled first, None when nothing is open.

    What ended is settled by its last bill, which a bill run makes within a month; who wants it at
    once asks customer service (`bills.now`). To write it here would be of no use: it would have to
    be paid, or paid out, before the account can go.

    Args:
        session: open transaction.
        customer_id: whose; the caller has found that it may be asked for.
        now: until when charges count.
    """
    # asked first: a bill that is written meanwhile is then found open
    unbilled = _is_unbilled(session, customer_id, now)
    for refusal, question in _questions(customer_id):
        if refusal is BillToCome and unbilled:
            return refusal()
        if session.exec(question.limit(1)).first() is not None:
            return refusal()
    return None


def _is_unbilled(session: Session, customer_id: UUID, now: datetime) -> bool:
    """Say whether anything fell due, or is to be given back, that is on no bill."""
    mine = select(BillingAccount.id).where(BillingAccount.customer_id == customer_id)
    account_id = session.exec(mine).first()
    return account_id is not None and bool(draft(session, account_id, as_of=now).lines)


def _questions(customer_id: UUID) -> tuple[tuple[type[DomainError], Any], ...]:
    """Return what finds something open, and the refusal then."""
    account = select(BillingAccount.id).where(BillingAccount.customer_id == customer_id)
    buckets = select(Bucket.id).where(Bucket.customer_id == customer_id)
    return (
        (
            PaymentUnderWay,
            select(Payment.id).where(
                Payment.customer_id == customer_id,
                Payment.status == PaymentStatus.PENDING_AUTHORIZATION,
                col(Payment.order_id).is_(None),  # an order's own refusal speaks for it
            ),
        ),
        (
            GiftUnderWay,
            select(TransferBalance.id).where(
                TransferBalance.status == TransferStatus.PENDING,
                or_(
                    col(TransferBalance.sender_id).in_(buckets),
                    col(TransferBalance.receiver_id).in_(buckets),
                ),
            ),
        ),
        (
            AgreementOpen,
            select(PaymentAgreement.id).where(
                col(PaymentAgreement.account_id).in_(account),
                PaymentAgreement.status == AgreementStatus.ACTIVE,
            ),
        ),
        (
            BillsOpen,
            select(CustomerBill.id).where(
                CustomerBill.customer_id == customer_id, CustomerBill.remaining_minor > 0
            ),
        ),
        (
            InstalmentsOpen,
            select(InstalmentPurchase.id).where(
                col(InstalmentPurchase.account_id).in_(account),
                InstalmentPurchase.status == PurchaseStatus.ACTIVE,
            ),
        ),
        (
            BillToCome,
            select(AppliedBillingRate.id).where(
                col(AppliedBillingRate.account_id).in_(account),
                col(AppliedBillingRate.bill_id).is_(None),
            ),
        ),
        (
            AccountCreditLeft,
            select(BillingAccount.id).where(
                BillingAccount.customer_id == customer_id, BillingAccount.credit_minor > 0
            ),
        ),
        (
            WalletCreditLeft,
            select(Bucket.id)
            .join(LedgerAccount, col(LedgerAccount.id) == Bucket.account_id)
            .where(Bucket.customer_id == customer_id, LedgerAccount.balance_minor > 0),
        ),
    )
