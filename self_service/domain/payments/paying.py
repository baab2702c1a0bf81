"""Starting payments beyond orders: of bills, of a part of them, of credit, of vouchers.

A payment is written down first. The caller then lets the person pay it on the provider's screen
(`jobs.payments.open_payment`) or charges the saved card (`jobs.payments.charge_saved`); for the
HTTP door `http.paying.to_pay` does either. Nothing is charged here.

A bill has at most one open payment. Who asks for the same again gets the one that is open; who
asks for another sum gives the open one up, and should its money come after all, it goes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.payments import for_bills, payers, pending
from self_service.domain.payments.payers import Payer
from self_service.domain.rows import add_rows
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.payments import (
    MethodStatus,
    Payment,
    PaymentItem,
    PaymentMethod,
    PaymentPurpose,
)
from self_service.money import Money

#: A payment is given up so long after it was started, on a screen that nobody came back to; after
#: more where the bank waits for somebody who was away.
OPEN_FOR, OPEN_FOR_AWAY = timedelta(hours=1), timedelta(days=3)
#: So long a saved card may take to be charged before a bill can be paid in another way.
CHARGING = timedelta(minutes=2)


class BadSum(DomainError):
    """A sum of nothing, or below it."""

    code = "bad_sum"
    message = N_("Type a sum above zero.")


class TooMuch(DomainError):
    """More than what remains to be paid."""

    code = "too_much"
    message = N_("That is more than what is open. Pay {most} at most.")


class PaidAlready(DomainError):
    """Nothing remains of a bill: it was paid meanwhile."""

    code = "paid_already"
    message = N_("This is paid already. Nothing was charged.")


class BeingPaid(DomainError):
    """A saved card is being charged for the same bill at this moment."""

    code = "being_paid"
    message = N_("A payment for this is under way. Please wait until it is through.")


class CardNotUsable(DomainError):
    """A saved card that expired or was removed."""

    code = "card_not_usable"
    message = N_("This card cannot be used any more. Choose another one.")


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody pays, and where they go on afterwards.

    Attributes:
        provider: name of the payment method (`wiring.gateways`); of a saved card it is the one
            that keeps it.
        method_id: the saved card, None to pay on the provider's screen.
        keep: save the card of that screen; the person agreed to the mandate.
        back: page to come back to, a path of ours.
        language: of that page.
        off_session: the person is away; a mandate allows it.
        open_for: so long the payment is awaited.
    """

    provider: str
    method_id: UUID | None = None
    keep: bool = False
    back: str = "/"
    language: str = "en"
    off_session: bool = False
    open_for: timedelta = OPEN_FOR


def start(
    session: Session,
    actor: Actor,
    *,
    purpose: PaymentPurpose,
    amount: Money,
    way: Way,
    items: Sequence[Share] = (),
    now: datetime,
) -> UUID:
    """Write down that somebody pays; nothing is charged yet.

    Args:
        session: open transaction.
        actor: who pays; see `payers` for who may.
        purpose: BILLS, TOPUP or VOUCHER.
        amount: how much; for bills the sum of their shares.
        way: how.
        items: the bills of one account (`shares` makes them), for BILLS only.
        now: instant of asking.

    Returns:
        The payment's id; for bills that of the open payment when the same was asked for before.

    Raises:
        BadSum, TooMuch, PaidAlready, BeingPaid, CardNotUsable: nothing was changed.
        NotFound: a bill or a card that is not this person's.
        PayByLink, NotAllowed, SignInNeeded: not for this person.
    """
    if purpose is PaymentPurpose.BILLS:
        account, bills = _bills(session, [share.bill_id for share in items])
        payer = payers.of_bills(session, actor, account.customer_id, bills, now=now)
        made = pay_bills(session, payer, items, amount, way, now=now)
        if not payer.in_person:  # after the account's lock: the audit log's is the last of all
            audit.record(session, actor, "bill.pay", now=now, customer_id=payer.customer_id)
        return made
    if amount.minor <= 0:
        raise BadSum
    return _write(session, payers.of_own(actor), purpose, amount, way, now=now)


def may_pay(session: Session, actor: Actor, bill_ids: Sequence[UUID], *, now: datetime) -> None:
    """Find out whether somebody may pay bills, before anything is said about them.

    Raises:
        NotFound, PayByLink, NotAllowed, SignInNeeded: as of `start`.
    """
    account, bills = _bills(session, bill_ids)
    payers.of_bills(session, actor, account.customer_id, bills, now=now)


def pay_bills(
    session: Session,
    payer: Payer,
    items: Sequence[Share],
    amount: Money,
    way: Way,
    *,
    now: datetime,
    attempt: int | None = None,
) -> UUID:
    """Write down that somebody who may pays bills; arguments as of `start`.

    Args:
        session: open transaction.
        payer: found to be allowed to pay these bills.
        items: bills and shares.
        amount: their sum.
        way: how.
        now: instant of asking.
        attempt: of autopay at its one bill, None for people.
    """
    account, bills = _bills(session, [share.bill_id for share in items])
    lock_account(session, account.id)
    for share in items:
        bill = bills[share.bill_id]
        session.refresh(bill)
        _require(share.minor, bill.remaining_minor, account.currency)
    if amount != Money(sum(share.minor for share in items), account.currency):
        raise BadSum
    again = _open_already(session, payer, items, way, now)
    if again is not None:
        return again
    made = _write(session, payer, PaymentPurpose.BILLS, amount, way, now=now)
    rows = [
        PaymentItem(
            payment_id=made, bill_id=share.bill_id, amount_minor=share.minor, attempt=attempt
        )
        for share in items
    ]
    add_rows(session, rows)
    return made


def shares(
    session: Session, bill_ids: Iterable[UUID], minor: int | None = None
) -> tuple[Share, ...]:
    """Spread a sum over bills, the first due first.

    Args:
        session: open transaction.
        bill_ids: bills of one account; who may pay them is asked by `start`.
        minor: the sum, None for all that remains.

    Raises:
        NotFound: there is no such bill, or they are not of one account.
        BadSum, TooMuch, PaidAlready: the sum does not fit what remains.
    """
    account, bills = _bills(session, list(bill_ids))
    left = sum(bill.remaining_minor for bill in bills.values()) if minor is None else minor
    _require(left, sum(bill.remaining_minor for bill in bills.values()), account.currency)
    found: list[Share] = []
    for bill in sorted(bills.values(), key=lambda one: (one.due_at, one.sequence)):
        part = min(left, bill.remaining_minor)
        if part:
            found.append(Share(bill.id, part))
        left -= part
    return tuple(found)


def waits_for_person(session: Session, bill_ids: Sequence[UUID]) -> UUID | None:
    """Return the automatic payment of exactly this bill whose bank waits for the person."""
    waiting = (
        select(Payment.id)
        .join(PaymentItem, PaymentItem.payment_id == Payment.id)
        .where(PaymentItem.is_open, Payment.off_session, Payment.pay_path != "")
    )
    found = session.exec(waiting.where(col(PaymentItem.bill_id).in_(list(bill_ids)))).first()
    return found if len(bill_ids) == 1 else None


def total(items: Iterable[Share], currency: str) -> Money:
    """Return what shares come to."""
    return Money(sum(share.minor for share in items), currency)


def currency_of(session: Session, bill_ids: Sequence[UUID]) -> str:
    """Return the currency of bills.

    Raises:
        NotFound: there is no such bill, or they are not of one account.
    """
    return _bills(session, bill_ids)[0].currency


def _require(minor: int, remaining: int, currency: str) -> None:
    if remaining <= 0:
        raise PaidAlready
    if minor <= 0:
        raise BadSum("sum")
    if minor > remaining:
        raise TooMuch("sum", most=Money(remaining, currency))


def _bills(
    session: Session, bill_ids: Sequence[UUID]
) -> tuple[BillingAccount, dict[UUID, CustomerBill]]:
    rows = session.exec(select(CustomerBill).where(col(CustomerBill.id).in_(list(bill_ids)))).all()
    accounts = {row.account_id for row in rows}
    if len(accounts) != 1 or len(rows) != len(bill_ids):
        raise NotFound
    account = session.get_one(BillingAccount, accounts.pop())
    return account, {row.id: row for row in rows}


def _open_already(
    session: Session, payer: Payer, items: Sequence[Share], way: Way, now: datetime
) -> UUID | None:
    """Return the open payment of exactly these shares; give up whatever else is open for them."""
    wanted = [share.bill_id for share in items]
    rows = session.exec(
        select(Payment)
        .join(PaymentItem, PaymentItem.payment_id == Payment.id)
        .where(PaymentItem.is_open, col(PaymentItem.bill_id).in_(wanted))
        .distinct()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if _same(session, row, payer, items, way):
            return row.id
        charging = row.method_id is not None and not row.pay_path
        if row.processing or (charging and row.created_at + CHARGING > now):
            raise BeingPaid
    for row in rows:
        pending.give_up(session, row.id, now=now)
    return None


def _same(session: Session, row: Payment, payer: Payer, items: Sequence[Share], way: Way) -> bool:
    meant = {share.bill_id: share.minor for share in for_bills.meant_for(session, row.id)}
    if meant != {share.bill_id: share.minor for share in items}:
        return False
    if row.method_id is not None:  # a saved card is charged, or its bank waits for the person
        return payer.in_person or payer.identity_id is None
    same_way = (row.provider, row.keep_method) == (way.provider, way.keep and payer.in_person)
    return same_way and way.method_id is None and row.payer_id == payer.identity_id


def _write(
    session: Session,
    payer: Payer,
    purpose: PaymentPurpose,
    amount: Money,
    way: Way,
    *,
    now: datetime,
) -> UUID:
    provider = way.provider
    if way.method_id is not None:
        payers.in_person(payer)
        provider = _card(session, payer.customer_id, way.method_id).provider
    payment = Payment(
        customer_id=payer.customer_id,
        purpose=purpose,
        method_id=way.method_id,
        off_session=way.off_session,
        amount_minor=amount.minor,
        currency=amount.currency,
        status_changed_at=now,
        provider=provider,
        back_path=way.back[:300],
        language=way.language,
        payer_id=payer.identity_id,
        give_up_at=now + way.open_for,
        keep_method=way.keep and payer.in_person and way.method_id is None,
        check_at=now + pending.ASK_AFTER[0],
        created_at=now,
    )
    add_rows(session, [payment])
    return payment.id


def _card(session: Session, customer_id: UUID, method_id: UUID) -> PaymentMethod:
    method = session.get(PaymentMethod, method_id, populate_existing=True)
    if method is None or method.customer_id != customer_id:
        raise NotFound
    if method.status is not MethodStatus.ACTIVE:
        raise CardNotUsable
    return method
