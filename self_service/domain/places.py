"""Which pages somebody has: the wallet, the bills, usage, or none of them.

Read anew with each page, so that whoever changes from prepaid to a monthly bill sees it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, or_
from sqlmodel import Session, col, exists, select

from self_service.domain.access import Actor, grants
from self_service.domain.subscriptions.home import SERVICES, SHOWN
from self_service.domain.usage.allowances import METERED
from self_service.models.access import Grant, Role
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.dunning import InstalmentPurchase, PurchaseStatus
from self_service.models.ledger import LedgerEntry
from self_service.models.people import Customer, CustomerStatus
from self_service.models.subscriptions import Product
from self_service.models.wallet import Bucket


@dataclass(frozen=True, slots=True)
class Places:
    """What there is to be seen.

    Attributes:
        wallet: a prepaid service, or credit that came or went.
        bills: a service or goods paid by bill, a bill of the cycle or one that is not paid; or
            all of somebody else's subscriptions are shared with this person.
        usage: something whose usage is counted, or a subscription that somebody shares.
    """

    wallet: bool = False
    bills: bool = False
    usage: bool = False


NOTHING = Places()


def places(session: Session, actor: Actor, *, now: datetime) -> Places:
    """Say which pages an actor has, by one query at most.

    Whoever acts for a customer has what that customer has; a receipt for an order that was paid
    stands at the order, and makes no bills of its own.
    """
    if not actor.signed_in:
        return NOTHING
    if actor.role is Role.SUB_USER:
        everything = any(share.product_id is None for share in actor.shares)
        return Places(bills=everything, usage=bool(actor.shares))
    if actor.customer_id is None:
        return NOTHING
    bills = [*_billed(actor), *([] if actor.acting else [_shared(actor, now)])]
    wanted = select(or_(*_prepaid(actor)), or_(*bills), _metered(actor))
    wallet, billed, metered = session.exec(wanted).one()
    return Places(wallet=bool(wallet), bills=bool(billed), usage=bool(metered))


def _prepaid(actor: Actor) -> tuple[Exists, ...]:
    account = col(Bucket.account_id)
    moved = or_(col(LedgerEntry.debit_id) == account, col(LedgerEntry.credit_id) == account)
    return (
        exists().where(*_running(actor), col(Product.prepaid)),
        exists()
        .where(col(Bucket.customer_id) == actor.customer_id)
        .where(select(LedgerEntry.id).where(moved).correlate(Bucket).exists()),
    )


def _billed(actor: Actor) -> tuple[Exists, ...]:
    whose = actor.customer_id
    counts = or_(col(CustomerBill.order_id).is_(None), col(CustomerBill.remaining_minor) > 0)
    return (
        exists().where(*_running(actor), col(Product.prepaid).is_(False)),
        exists().where(col(CustomerBill.customer_id) == whose, counts),
        exists().where(
            col(BillingAccount.customer_id) == whose,
            col(InstalmentPurchase.account_id) == BillingAccount.id,
            InstalmentPurchase.status == PurchaseStatus.ACTIVE,
        ),
    )


def _metered(actor: Actor) -> Exists:
    return exists().where(
        col(Product.customer_id) == actor.customer_id,
        col(Product.kind).in_(METERED),
        col(Product.started_at).is_not(None),
    )


def _running(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Product.customer_id) == actor.customer_id,
        col(Product.status).in_(SHOWN),
        col(Product.kind).in_(SERVICES),
    )


def _shared(actor: Actor, now: datetime) -> Exists:
    return exists().where(
        col(Grant.identity_id) == actor.identity_id,
        col(Grant.product_id).is_(None),
        col(Grant.customer_id) == Customer.id,
        Customer.status != CustomerStatus.CLOSED,
        grants.live(now),
    )
