"""Goods paid by instalments: what remains, when the next part is charged, and paying it all now.

The price of such goods is a recurring one with an end: `duration_length` charges, without interest.
The first is part of what is due with the order; each further one is a line of the bill of its
period (`bills.drafting`). After n of them total * n // count is charged, so they add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills import charges, taxes, writing
from self_service.domain.bills.accounts import lock_account
from self_service.domain.catalog.view import Price
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.debts.overdue import days_after, last_of_day
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.fulfilment.resources import GOODS
from self_service.domain.ids import as_id
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing import periods
from self_service.domain.rows import add_once, changed
from self_service.domain.transitions import PURCHASE, advance
from self_service.models.base import Texts
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    ChargeKind,
    CustomerBill,
)
from self_service.models.catalog import PeriodUnit, PriceType
from self_service.models.dunning import InstalmentPurchase, PurchaseStatus
from self_service.models.subscriptions import Product
from self_service.money import Money


class QuoteOver(DomainError):
    """There is no quote, it is too old, or an instalment was charged since."""

    code = "quote_over"
    message = N_("This offer is not valid any more. Ask for a new one.")


class NothingLeft(DomainError):
    """All instalments are charged."""

    code = "nothing_left"
    message = N_("All instalments are on your bills already.")


@dataclass(frozen=True, slots=True)
class PurchasePart:
    """One instalment; `charged`: it was paid with the order or is on a bill."""

    number: int
    at: datetime
    amount: Money
    charged: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    """Goods that are paid over months.

    Attributes:
        remaining: what is not charged yet.
        next_at, next_amount: the next instalment, None and nothing after the last.
        quote: what paying everything at once costs, None without a valid quote.
        quote_until: until when that holds.
    """

    id: UUID
    product_id: UUID
    name: Texts
    total: Money
    remaining: Money
    parts: tuple[PurchasePart, ...]
    next_at: datetime | None
    next_amount: Money
    status: PurchaseStatus
    quote: Money | None
    quote_until: datetime | None


def instalments_of(prices: Sequence[Price]) -> Price | None:
    """Return the price by which goods are paid in instalments, None when they are not."""
    return next(
        (p for p in prices if p.price_type is PriceType.RECURRING and p.duration_length), None
    )


def begin(
    session: Session,
    account: BillingAccount,
    product: Product,
    prices: Sequence[Price],
    *,
    now: datetime,
    until: datetime | None = None,
) -> bool:
    """Remember goods that were sold by instalments, once; the first was paid with the order.

    Args:
        session: open transaction.
        account: of the customer.
        product: what was handed over.
        prices: components as they were sold, for one piece.
        now: instant from which the instalments are counted.
        until: all that fell due by then was charged elsewhere; by default the first alone.

    Returns:
        True for goods by instalments that were not remembered before.
    """
    price = instalments_of(prices)
    if price is None or product.kind not in GOODS:
        return False
    months = price.duration_length * (
        periods.MONTHS_A_YEAR if price.duration_unit is PeriodUnit.YEAR else 1
    )
    count = max(months // max(price.period_length, 1), 1)
    billed = 1
    while until and billed < count and periods.add_months(now, billed) <= until:
        billed += 1
    row = InstalmentPurchase(
        account_id=account.id,
        product_id=product.id,
        total_minor=price.amount_minor * count,
        currency=account.currency,
        count=count,
        billed=billed,
        next_at=periods.add_months(now, billed) if billed < count else None,
        anchor_at=now,
        status=PurchaseStatus.ACTIVE if billed < count else PurchaseStatus.SETTLED,
        status_changed_at=now,
    )
    return add_once(session, row)


def purchases(session: Session, actor: Actor, *, now: datetime) -> tuple[Purchase, ...]:
    """List what the actor's customer pays by instalments, what is open first.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    rows = session.exec(_MINE.where(BillingAccount.customer_id == actor.customer())).all()
    found = [_purchase(row, product, now) for row, product in rows]
    return tuple(sorted(found, key=lambda one: one.status is not PurchaseStatus.ACTIVE))


def purchase(session: Session, actor: Actor, purchase_id: object, *, now: datetime) -> Purchase:
    """Return one with its schedule.

    Raises:
        NotFound: none of this customer's.
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    return _purchase(*_own(session, actor, purchase_id), now)


def quote(
    session: Session, actor: Actor, purchase_id: object, *, policy: BillPolicy, now: datetime
) -> Purchase:
    """Say what paying everything at once costs: the rest, without any fee or discount.

    It holds for `policy.quote_days`, but not beyond the next instalment, which changes the rest;
    where that fell due already, not beyond the bill that it waits for.

    Raises:
        NothingLeft: everything is charged.
        NotFound, SignInNeeded, NotAllowed: see `purchase`.
    """
    row, product = _own(session, actor, purchase_id)
    account = lock_account(session, row.account_id)
    session.refresh(row)
    if row.status is not PurchaseStatus.ACTIVE or row.next_at is None:
        raise NothingLeft
    until = last_of_day(days_after(now, policy.quote_days))
    changes = (at for at in (row.next_at, account.next_bill_at) if at is not None and now < at)
    until = min(until, next(changes, until))
    row.quote_minor, row.quote_until = _remaining(row), until
    session.flush()
    return _purchase(row, product, now)


def settle_early(
    session: Session,
    actor: Actor,
    purchase_id: object,
    *,
    policy: BillPolicy,
    now: datetime,
) -> CustomerBill:
    """Put the rest on a bill of its own, to be paid like any other; no instalment follows.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        purchase_id: which.
        policy: limits.
        now: instant of settling.

    Returns:
        The bill.

    Raises:
        QuoteOver: there is no valid quote for the rest.
        NotFound, SignInNeeded, NotAllowed: see `purchase`.
    """
    row, product = _own(session, actor, purchase_id)
    account = lock_account(session, row.account_id)
    session.refresh(row)
    valid = row.quote_until is not None and now < row.quote_until
    minor = _remaining(row)
    if not valid or row.quote_minor != minor or row.status is not PurchaseStatus.ACTIVE:
        raise QuoteOver
    to = PurchaseStatus.SETTLED
    values = {"billed": row.count, "next_at": None}
    advance(session, InstalmentPurchase, row.id, to, allowed=PURCHASE, now=now, **values)
    bill = _bill(session, account, row, product, minor, now, policy)
    mine = update(InstalmentPurchase).where(InstalmentPurchase.id == row.id)
    changed(session, mine.values(settled_by=bill.id))
    tell(
        session,
        NoticeKind.PURCHASE_SETTLED,
        account.id,
        row.id,
        now=now,
        minor=minor,
        at=bill.due_at,
    )
    after = {"amount_minor": minor, "currency": row.currency, "bill": bill.number}
    audit.record(session, actor, "purchase.settled", now=now, after=after)
    return bill


def _bill(
    session: Session,
    account: BillingAccount,
    row: InstalmentPurchase,
    product: Product,
    minor: int,
    now: datetime,
    policy: BillPolicy,
) -> CustomerBill:
    """Write the bill with what else waits for one; it is off the cycle."""
    source = f"settled {row.id}"
    charges.add_charge(
        session,
        account.id,
        ChargeKind.INSTALMENT,
        product.name,
        taxes.to_micro(minor, row.currency),
        source,
        now,
        product_id=product.id,
    )
    bill = writing.bill_now(session, account.id, as_of=now, now=now, policy=policy)
    if bill is None:
        raise RuntimeError(f"a charge of purchase {row.id} is on no bill")
    on_it = select(AppliedBillingRate.bill_id).where(AppliedBillingRate.source == source)
    if session.exec(on_it).one() != bill.id:
        raise RuntimeError(f"the charge of purchase {row.id} is not on its bill")
    return bill


_MINE = (
    select(InstalmentPurchase, Product)
    .join(Product, Product.id == InstalmentPurchase.product_id)
    .join(BillingAccount, BillingAccount.id == InstalmentPurchase.account_id)
    .order_by(InstalmentPurchase.anchor_at, InstalmentPurchase.id)
)


def _own(session: Session, actor: Actor, purchase_id: object) -> tuple[InstalmentPurchase, Product]:
    found = session.exec(
        _MINE.where(
            InstalmentPurchase.id == as_id(purchase_id),
            BillingAccount.customer_id == actor.customer(),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def _remaining(row: InstalmentPurchase) -> int:
    return row.total_minor - _charged(row, row.billed)


def _charged(row: InstalmentPurchase, number: int) -> int:
    """Return what is charged after so many instalments; `bills.drafting` counts the same way."""
    return row.total_minor * number // row.count


def _purchase(row: InstalmentPurchase, product: Product, now: datetime) -> Purchase:
    currency = row.currency
    parts = tuple(
        PurchasePart(
            number=n,
            at=periods.add_months(row.anchor_at, n - 1),
            amount=Money(_charged(row, n) - _charged(row, n - 1), currency),
            charged=n <= row.billed,
        )
        for n in range(1, row.count + 1)
    )
    open_parts = [part for part in parts if not part.charged]
    holds = row.quote_until is not None and now < row.quote_until
    valid = holds and row.status is PurchaseStatus.ACTIVE and row.quote_minor == _remaining(row)
    return Purchase(
        id=row.id,
        product_id=row.product_id,
        name=product.name,
        total=Money(row.total_minor, currency),
        remaining=Money(_remaining(row), currency),
        parts=parts,
        next_at=row.next_at,
        next_amount=open_parts[0].amount if open_parts else Money.zero(currency),
        status=row.status,
        quote=Money(row.quote_minor, currency) if valid else None,
        quote_until=row.quote_until if valid else None,
    )
