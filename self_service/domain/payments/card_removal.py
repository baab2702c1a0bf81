"""Removing a saved card, and what becomes of what it paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills.accounts import lock_account
from self_service.domain.errors import N_, DomainError
from self_service.domain.payments import methods
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import changed
from self_service.models.bills import BillingAccount
from self_service.models.payments import MethodStatus, PaymentMethod
from self_service.models.wallet import AutoTopup, Bucket


class CardInUse(DomainError):
    """The only card of somebody whose bills or top-ups are paid by it automatically."""

    code = "card_in_use"
    message = N_(
        "This is your only card, and it pays automatically. Switch automatic payments off first, "
        "or add another card."
    )


def remove(
    session: Session, actor: Actor, method_id: object, *, policy: BillPolicy, now: datetime
) -> UUID:
    """Remove a card; the caller then asks the provider to forget it (the janitor does, too).

    What paid by it automatically is paid by the next default card; without one it is switched off.

    Raises:
        CardInUse: the operator's policy keeps it; nothing was changed.
        NotFound: the customer has no such card.
        SignInNeeded, NotAllowed, ConfirmationNeeded: as of `begin`.
    """
    customer_id = actor.own_customer()
    actor.fresh(now)
    _lock_account(session, customer_id)
    methods.lock(session, customer_id)
    card = methods.mine(session, customer_id, method_id)
    others = [one for one in methods.cards_of(session, customer_id, now=now) if one.id != card.id]
    heir = next((one.id for one in others if not one.expired), None)
    if (
        heir is None
        and card.id in methods.paying(session, customer_id)
        and not policy.remove_last_method
    ):
        raise CardInUse
    was_default = card.is_default
    statement = update(PaymentMethod).where(PaymentMethod.id == card.id)
    gone = {"status": MethodStatus.REMOVED, "status_changed_at": now, "is_default": False}
    changed(session, statement.values(**gone))
    if was_default and heir is not None:
        methods.choose(session, customer_id, heir)
    _hand_over(session, customer_id, card.id, heir)
    audit.record(session, actor, "card.remove", now=now, subject=card.last4)
    session.expire_all()
    return card.id


def _lock_account(session: Session, customer_id: UUID) -> None:
    """Take the lock that comes before that of the cards; who never had a bill has none."""
    mine = select(BillingAccount.id).where(BillingAccount.customer_id == customer_id)
    account_id = session.exec(mine).first()
    if account_id is not None:
        lock_account(session, account_id)


def _hand_over(session: Session, customer_id: UUID, gone: UUID, heir: UUID | None) -> None:
    accounts = update(BillingAccount).where(BillingAccount.customer_id == customer_id)
    values = {"method_id": heir, **({} if heir else {"autopay": False})}
    changed(session, accounts.where(BillingAccount.method_id == gone).values(**values))
    buckets = select(Bucket.id).where(Bucket.customer_id == customer_id)
    topups = update(AutoTopup).where(
        col(AutoTopup.bucket_id).in_(buckets), AutoTopup.method_id == gone
    )
    # an order to top up always names a card: without another one it only stops
    stopped = {"method_id": heir} if heir else {"active": False, "paused_reason": "card_removed"}
    changed(session, topups.values(**stopped))
