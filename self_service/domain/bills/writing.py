"""Making bills of drafts: numbers, lines, taxes, the ledger, and what was charged until when.

One bill and a thousand are written by the same statements. The account's lock is held by whoever
calls (`accounts.lock_account`, or the claim of a bill run).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.bill_rows import Batch, Occasion, bill_id
from self_service.domain.bills.bulk import Bulk
from self_service.domain.bills.drafting import Draft, draft
from self_service.domain.bills.gathering import paid_for_orders
from self_service.domain.debts import dunning
from self_service.domain.policy import BillPolicy
from self_service.domain.transitions import BILL, advance
from self_service.models.bills import BillState, CustomerBill

__all__ = ["Occasion", "bill_id", "bill_now", "put", "sent", "write"]


def bill_now(
    session: Session,
    account_id: UUID,
    *,
    as_of: datetime,
    now: datetime,
    policy: BillPolicy | None = None,
) -> CustomerBill | None:
    """Bill an account off its cycle, for all that falls due until an instant.

    Returns:
        The bill; None when there was nothing to show.
    """
    lock_account(session, account_id)
    found = draft(session, account_id, as_of=as_of, policy=policy)
    return write(session, found, Occasion(now)) if found.lines else None


def write(session: Session, draft: Draft, occasion: Occasion) -> CustomerBill:
    """Write one bill. The account is locked, and was before the draft was made.

    Raises:
        sqlalchemy.exc.IntegrityError: the draft is older than the account's last bill, a bug.
    """
    put(session, [draft], occasion)
    made = bill_id(draft.account.id, draft.account.last_sequence + 1)
    return session.exec(select(CustomerBill).where(CustomerBill.id == made)).one()


def put(session: Session, drafts: Sequence[Draft], occasion: Occasion) -> int:
    """Write bills of drafts of different accounts; those without lines only move their account.

    Returns:
        How many bills were written.
    """
    bulk = Bulk(session)
    batch = Batch(session, drafts, occasion)
    for one in drafts:
        batch.add(one)
    batch.write(bulk)
    session.expire_all()
    if occasion.order_id is None and occasion.credited_id is None:  # they say what is used for them
        for one in drafts:
            if one.lines and (one.account.credit_minor or one.gross_minor < 0):
                given, of = max(-one.gross_minor, 0), one.account
                use_credit(session, of.id, of.customer_id, given=given, now=occasion.now)
    return len(batch.bills)


def sent(session: Session, bill: UUID, *, now: datetime) -> bool:
    """Note that its owner was told of a bill; False when it was sent, paid or held before."""
    to, column = BillState.SENT, "state"
    return advance(session, CustomerBill, bill, to, allowed=BILL, now=now, column=column)


def use_credit(
    session: Session, account_id: UUID, customer_id: UUID, *, given: int = 0, now: datetime
) -> None:
    """Put an account's free credit against its bills, the oldest first; dunning looks at it then.

    Args:
        session: open transaction that holds the account's lock.
        account_id: whose.
        customer_id: the account's.
        given: booked and not yet noted as credit, in minor units.
        now: instant of use.
    """
    if given:
        allocating.add_credit(session, account_id, given)
    kept = session.execute(paid_for_orders([customer_id])).first()
    if allocating.use_credit(session, account_id, now=now, keep=int(kept[1]) if kept else 0):
        dunning.on_paid(session, account_id, now)
