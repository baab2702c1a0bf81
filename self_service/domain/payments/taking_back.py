"""A payment's money goes back to the payer's bank: who has it now, and who owes it then.

In this order: what is still credit of the account; what it paid on bills, the one due last first;
what is left in the wallet that it filled; the voucher that it bought, if nobody redeemed it. What
is then missing stands on the customer's next bill.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from self_service.domain import audit, ledger
from self_service.domain.access import Actor
from self_service.domain.bills import allocating, charges, taxes
from self_service.domain.bills.gathering import paid_for_orders
from self_service.domain.debts import disputed, dunning
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.debts.overdue import days_after, last_of_day
from self_service.domain.payments import booking, refunds
from self_service.domain.payments.charged_back import (
    CARRIED,
    line_of,
    source_of,
    voucher_of,
    went_to,
)
from self_service.domain.rows import changed
from self_service.domain.transitions import VOUCHER, advance
from self_service.domain.vouchers import worth
from self_service.domain.wallet import buckets
from self_service.models.access import Role
from self_service.models.bills import (
    BillingAccount,
    BillingCycle,
    ChargeKind,
    CustomerBill,
    TaxCategory,
)
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.payments import (
    BillAllocation,
    ChargeBack,
    Payment,
    PaymentMethod,
    Refund,
)
from self_service.models.vouchers import Voucher, VoucherStatus
from self_service.models.wallet import AutoTopup
from self_service.money import Money
from self_service.ports import ChargedBack

#: Who stands in the record.
PORTAL = Actor(role=Role.ADMINISTRATOR, full_name="Self Service")
#: Why an order to top up stopped.
PAUSED = "charge_back"


def take(
    session: Session,
    row: ChargeBack,
    payment: Payment,
    account: BillingAccount,
    told: ChargedBack,
    *,
    now: datetime,
) -> None:
    """Book that a payment's money is gone, and tell whoever paid.

    Args:
        session: open transaction that holds the locks of order, account, cards and payment.
        row: the charge-back, just moved to TAKEN.
        payment: its payment, as it is now.
        account: the payer's.
        told: what the provider says.
        now: instant of booking.
    """
    minor = _sum(session, payment, told, now)
    row.rounds += 1
    row.amount_minor = minor
    session.add(row)
    session.flush()
    until = _due(session, account, now)
    parts = _parts(session, payment, account, minor, until, now)
    _book(session, row, payment, account, parts, now)
    claim = parts.get(AccountKind.REVENUE, 0)
    if claim:
        micro = taxes.to_micro(claim, payment.currency)
        kind, outside, source = ChargeKind.FEE, TaxCategory.OUTSIDE, source_of(row)
        charges.add_charge(
            session, account.id, kind, dict(CARRIED), micro, source, now, tax_category=outside
        )
    more = Payment.taken_back_minor + minor
    changed(session, update(Payment).where(Payment.id == payment.id).values(taken_back_minor=more))
    dunning.on_taken_back(session, account.id, until)
    last4 = _stop_card(session, payment, now)
    about, sums = f"{row.id} {row.rounds}", {"minor": minor, "at": until}
    tell(session, NoticeKind.CHARGE_BACK, account.id, about, now=now, about=last4, **sums)
    after = {"minor": minor, "currency": payment.currency}
    whose = payment.customer_id
    audit.record(session, PORTAL, "payment.charged_back", now=now, after=after, customer_id=whose)


def _sum(session: Session, payment: Payment, told: ChargedBack, now: datetime) -> int:
    """Return how much leaves the books.

    Not more than came: a bank that converts takes other sums, and the difference is, like its
    fees, the operator's. A refund that is still on its way will not arrive: the bank was faster.
    """
    asked = told.amount
    minor = asked.minor if asked.currency == payment.currency else payment.amount_minor
    returned = refunds.by_bank(session, payment, told.reference, now=now)
    return max(min(minor, payment.amount_minor - payment.taken_back_minor - returned), 0)


def _due(session: Session, account: BillingAccount, now: datetime) -> datetime:
    """Return until when is to be paid what is open again: as long as for a new bill."""
    days = session.get_one(BillingCycle, account.cycle_id).due_days
    return last_of_day(days_after(now, days))


def _parts(
    session: Session,
    payment: Payment,
    account: BillingAccount,
    minor: int,
    until: datetime,
    now: datetime,
) -> dict[AccountKind, int]:
    """Take a sum from wherever it is; returns how much from where, only what is above zero."""
    to = went_to(session, payment.id)
    parts: dict[AccountKind, int] = {}
    on_account = to is AccountKind.RECEIVABLE
    credit = min(minor, _credit(session, payment, account)) if on_account else 0
    if credit:
        allocating.add_credit(session, account.id, -credit)
    bills = _bills(session, payment, minor - credit, until, now)
    parts[AccountKind.RECEIVABLE] = credit + bills
    left = minor - credit - bills
    if to is AccountKind.WALLET:
        parts[AccountKind.WALLET] = min(left, _in_wallet(session, payment))
    elif to is AccountKind.VOUCHERS and left:
        place = _from_voucher(session, payment, left, now)
        if place is not None:
            parts[place] = left
    parts[AccountKind.REVENUE] = minor - sum(parts.values())
    return {place: part for place, part in parts.items() if part}


def _credit(session: Session, payment: Payment, account: BillingAccount) -> int:
    """Return how much of a payment is still credit, and not what other orders were paid by."""
    gone = func.coalesce(func.sum(Refund.amount_minor), 0)
    back = session.exec(select(gone).where(Refund.payment_id == payment.id)).one()
    free = payment.amount_minor - payment.taken_back_minor - payment.allocated_minor - int(back)
    others = paid_for_orders([payment.customer_id]).where(Payment.id != payment.id)
    kept = session.execute(others).first()
    return max(min(free, account.credit_minor - (int(kept[1]) if kept else 0)), 0)


def _bills(session: Session, payment: Payment, minor: int, until: datetime, now: datetime) -> int:
    """Open bills again, the one due last first; returns how much was taken from them."""
    paid = func.sum(BillAllocation.amount_minor)
    rows = session.execute(
        select(CustomerBill.id, CustomerBill.remaining_minor, paid)
        .join(BillAllocation, BillAllocation.bill_id == CustomerBill.id)
        .where(BillAllocation.payment_id == payment.id)
        .group_by(CustomerBill.id, CustomerBill.remaining_minor)
        .having(paid > 0)
        .order_by(col(CustomerBill.due_at).desc(), col(CustomerBill.sequence).desc())
    ).all()
    left, again = minor, []
    for bill_id, remaining, put in rows:
        part = min(left, int(put))
        if part:
            allocating.take_back(session, bill_id, payment, part, now)
            disputed.count(session, bill_id)
            left -= part
            again += [bill_id] if not remaining else []  # what was overdue before stays so
    # nobody is late with what was paid: there is as much time as for a new bill
    later = update(CustomerBill).where(col(CustomerBill.id).in_(again), CustomerBill.due_at < until)
    changed(session, later.values(due_at=until))
    session.refresh(payment)
    return minor - left


def _in_wallet(session: Session, payment: Payment) -> int:
    row = buckets.find(session, payment.customer_id, payment.currency)
    if row is None:
        return 0
    return buckets.balance(session, buckets.lock(session, row.id)).minor


def _from_voucher(
    session: Session, payment: Payment, left: int, now: datetime
) -> AccountKind | None:
    """Make the voucher of a payment void; returns where its worth is, None if it was redeemed.

    One of which a part only was taken back stays good: the rest of it is still paid for.
    """
    voucher = voucher_of(session, payment.id)
    if voucher is None or left < voucher.amount_minor:
        return None
    if voucher.status in (VoucherStatus.VOID, VoucherStatus.EXPIRED):
        return AccountKind.EXPIRED  # nobody had anything of it: it was income, and is none now
    to = VoucherStatus.VOID
    ended = advance(session, Voucher, voucher.id, to, allowed=VOUCHER, now=now)
    return AccountKind.VOUCHERS if ended else None


def _book(
    session: Session,
    row: ChargeBack,
    payment: Payment,
    account: BillingAccount,
    parts: dict[AccountKind, int],
    now: datetime,
) -> None:
    target = booking.clearing(session, payment)
    moves = [
        ledger.Movement(
            EntryKind.CHARGE_BACK,
            row.id,
            place_of(session, place, payment, account, now),
            target,
            Money(part, payment.currency),
            line_of(row, place),
        )
        for place, part in parts.items()
    ]
    ledger.post(session, moves, now=now)


def place_of(
    session: Session,
    place: AccountKind,
    payment: Payment,
    account: BillingAccount,
    now: datetime,
) -> ledger.Account:
    """Return the account of a place from which money is taken, or to which it goes again."""
    if place is AccountKind.RECEIVABLE:
        return booking.receivable(session, account)
    if place is AccountKind.WALLET:
        return buckets.account(buckets.bucket(session, payment.customer_id, payment.currency, now))
    if place is AccountKind.VOUCHERS:
        return worth.vouchers(session, payment.currency)
    return ledger.house(session, place, payment.currency)


def _stop_card(session: Session, payment: Payment, now: datetime) -> str:
    """Charge the card of a payment automatically no more; returns its last digits, "" for none."""
    if payment.method_id is None:
        return ""
    used: UUID = payment.method_id
    accounts = update(BillingAccount).where(BillingAccount.method_id == used)
    stopped = changed(session, accounts.values(autopay=False, method_id=None))
    topups = update(AutoTopup).where(AutoTopup.method_id == used, AutoTopup.active)
    paused = {"active": False, "paused_reason": PAUSED, "told_paused_at": now}  # told with this
    stopped += changed(session, topups.values(**paused))
    return session.get_one(PaymentMethod, used).last4 if stopped else ""
