"""The next bill as it would be on a day: for the customer, and for staff who serve them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills.drafting import Draft, draft
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.policy import BillPolicy
from self_service.models.access import Role
from self_service.models.bills import BillingAccount

#: No bill is drawn up for a day further ahead than this.
AHEAD = timedelta(days=400)
#: Who may look at any account, without acting for its customer.
SEEING = (Role.REPRESENTATIVE, Role.ADMINISTRATOR)


class TooFarAhead(DomainError):
    """A preview so far ahead says nothing, and would take long."""

    code = "too_far_ahead"
    message = N_("Choose a day within the next year.")


def preview(
    session: Session,
    actor: Actor,
    *,
    as_of: datetime,
    now: datetime,
    policy: BillPolicy | None = None,
    account_id: UUID | None = None,
) -> Draft:
    """Return the bill that would be made as of an instant; nothing is changed.

    Args:
        session: open transaction; reading is enough.
        actor: the customer, whoever acts for one, or staff with `account_id`.
        as_of: any instant until `AHEAD`.
        now: the present.
        policy: the operator's.
        account_id: of another's account, for staff.

    Raises:
        SignInNeeded, NotAllowed: this is nobody who may see it.
        NotFound: there is no such account, or nothing was ever charged.
        TooFarAhead: the day is beyond `AHEAD`.
    """
    if account_id is not None:
        actor.one_of(*SEEING)
        mine = BillingAccount.id == account_id
    else:
        mine = BillingAccount.customer_id == actor.customer()
    found = session.exec(select(BillingAccount.id).where(mine)).first()
    if found is None:
        raise NotFound
    limited(as_of, now)
    return draft(session, found, as_of=as_of, policy=policy)


def limited(as_of: datetime, now: datetime) -> None:
    """Refuse a day that lies too far ahead.

    Raises:
        TooFarAhead: it does.
    """
    if as_of > now + AHEAD:
        raise TooFarAhead("as_of")
