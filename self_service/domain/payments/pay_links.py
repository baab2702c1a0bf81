"""Links by which bills are paid without signing in, by whoever holds the mail.

A link is sealed, so nobody can make or change one, and works for some weeks. It shows the number,
the open sum and the due date of bills, no name and no line of them, and can do nothing but pay:
that is all that somebody gains to whom the mail was passed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed
from self_service.domain.access.attempts import Limit
from self_service.domain.errors import N_, DomainError
from self_service.domain.messages import Words
from self_service.domain.payments import for_bills, holders, paying, pending
from self_service.domain.payments.payers import Payer
from self_service.domain.payments.paying import PaidAlready, Way
from self_service.domain.people.sealing import Unsealable, Vault
from self_service.domain.policy import BillPolicy
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.payments import Payment, PaymentPurpose
from self_service.money import Money

#: Links that one network may open and pay by; it may hold many people.
OPENING = Limit("pay link network", 60, timedelta(minutes=15))
#: What every sealed link begins with: no other sealed text can stand in for one.
_KIND = "pay"


class LinkNotValid(DomainError):
    """A link that is not ours, was changed, or is too old: one answer for all."""

    code = "link_not_valid"
    message = N_("This link does not work any more. Sign in to pay, or ask us for another one.")


@dataclass(frozen=True, slots=True)
class LinkedBill:
    """A bill as a link shows it."""

    id: UUID
    number: str
    remaining: Money
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to.

    Attributes:
        bills: those that are open, the first due first; empty when all is paid.
        total: their sum.
    """

    account_id: UUID
    customer_id: UUID
    bills: tuple[LinkedBill, ...]
    total: Money


def make(vault: Vault, account_id: UUID, *, bill_id: UUID | None = None, now: datetime) -> str:
    """Return the secret of a link: for a letter's words, which make the address of it.

    Args:
        vault: of the installation.
        account_id: whose bills.
        bill_id: the one bill to pay, None for all that are open.
        now: instant from which it is valid.
    """
    return vault.seal(f"{_KIND} {account_id} {bill_id or ''}", now=now)


def look(
    session: Session, vault: Vault, secret: str, *, policy: BillPolicy, now: datetime
) -> Linked:
    """Show what a link leads to, whoever holds it.

    Raises:
        LinkNotValid: it leads nowhere (any more).
    """
    account_id, bill_id = _read(vault, secret, policy, now)
    account = session.get(BillingAccount, account_id)
    if account is None:
        raise LinkNotValid
    theirs = select(CustomerBill).where(
        CustomerBill.account_id == account_id, CustomerBill.remaining_minor > 0
    )
    if bill_id is not None:
        theirs = theirs.where(CustomerBill.id == bill_id)
    rows = session.exec(theirs.order_by(CustomerBill.due_at, CustomerBill.sequence))
    bills = tuple(
        LinkedBill(row.id, row.number, Money(row.remaining_minor, row.currency), row.due_at)
        for row in rows
    )
    total = Money(sum(bill.remaining.minor for bill in bills), account.currency)
    return Linked(account.id, account.customer_id, bills, total)


def start(
    session: Session, vault: Vault, secret: str, *, way: Way, policy: BillPolicy, now: datetime
) -> UUID:
    """Write down that somebody pays by a link all that it shows.

    Returns:
        The payment's id; that of an automatic payment which waits for the person, if there is one.

    Raises:
        LinkNotValid: it leads nowhere (any more).
        PaidAlready, BeingPaid: nothing was changed.
    """
    found = look(session, vault, secret, policy=policy, now=now)
    if not found.bills:
        raise PaidAlready
    items = paying.shares(session, [bill.id for bill in found.bills])
    payer = Payer(found.customer_id, False, None)
    waiting = paying.waits_for_person(session, [bill.id for bill in found.bills])
    if waiting is not None:
        return waiting
    total = paying.total(items, found.total.currency)
    return paying.pay_bills(session, payer, items, total, way, now=now)


def opens(
    session: Session,
    vault: Vault,
    secret: str,
    payment_id: UUID,
    *,
    policy: BillPolicy,
    now: datetime,
) -> bool:
    """Say whether a link may complete a payment: one of exactly the bills that it shows.

    Such a payment is still open and wanted, of bills of the link's account (of its bill, if it is
    for one) none of which was paid meanwhile, and nobody signed in is paying it by a card of
    theirs: whoever holds a mail must not take their place, and have another card saved for them.

    Args:
        session: open transaction.
        vault: of the installation.
        secret: whatever was sent.
        payment_id: the payment.
        policy: for how long links work.
        now: instant of opening.
    """
    try:
        found = look(session, vault, secret, policy=policy, now=now)
    except LinkNotValid:
        return False
    waiting = pending.pending(session, payment_id, now=now)
    payment = session.get(Payment, payment_id)
    if waiting is None or payment is None or not waiting.wanted:
        return False
    if payment.purpose is not PaymentPurpose.BILLS or payment.customer_id != found.customer_id:
        return False
    if payment.payer_id is not None and payment.method_id is None:
        return False
    meant = {share.bill_id for share in for_bills.meant_for(session, payment_id)}
    return bool(meant) and meant <= {bill.id for bill in found.bills}


def send(session: Session, actor: Actor, *, words: Words, vault: Vault, now: datetime) -> bool:
    """Send the customer for whom somebody acts a link to pay what is open.

    Returns:
        False when there is no address to write to, or nothing to pay.

    Raises:
        SignInNeeded, NotAllowed: the actor acts for nobody.
    """
    customer_id = actor.customer()
    if not actor.acting:
        raise NotAllowed
    mine = select(BillingAccount).where(BillingAccount.customer_id == customer_id)
    account = session.exec(mine).first()
    if account is None:
        return False
    secret = make(vault, account.id, now=now)
    return holders.write(session, customer_id, "pay_link", words, secret, now=now)


def _read(vault: Vault, secret: str, policy: BillPolicy, now: datetime) -> tuple[UUID, UUID | None]:
    try:
        text = vault.open(secret, now=now, within=timedelta(days=policy.pay_link_days))
        kind, account, bill = text.split(" ")
        if kind != _KIND:
            raise LinkNotValid
        return UUID(account), UUID(bill) if bill else None
    except (Unsealable, ValueError):
        raise LinkNotValid from None
