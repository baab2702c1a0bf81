"""A member asks for more in this month; the owner says yes or no, or the wish is over in a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.policy import SharingPolicy
from self_service.domain.rows import add_once, changed
from self_service.domain.sharing import members, own, telling
from self_service.models.sharing import MoreStatus, SharingRequest
from self_service.models.usage import UsageKind

#: What can be asked for, in gigabytes, minutes or pieces.
AMOUNTS = {UsageKind.DATA: (1, 2, 5, 10), UsageKind.VOICE: (30, 60), UsageKind.MESSAGE: (20, 50)}
CHOOSE_AMOUNT = N_("Choose how much more you need.")


class AskedAlready(DomainError):
    """One wish at a time."""

    code = "more_asked_already"
    message = N_("You have asked already. The owner of the group has a day to answer.")


class RequestOver(DomainError):
    """Answered, taken back, or too old."""

    code = "more_request_over"
    message = N_("This request is over: it was answered, taken back, or more than a day old.")


def ask(
    session: Session,
    actor: Actor,
    member_id: object,
    *,
    kind: object,
    amount: object,
    words: Words,
    policy: SharingPolicy,
    now: datetime,
) -> None:
    """Ask for more.

    Args:
        session: open transaction.
        actor: who manages the member's line.
        member_id: from anybody, like the next two.
        kind: of what.
        amount: one of `AMOUNTS`.
        words: of the mail to the owner.
        policy: the operator's.
        now: instant of the act.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: no such membership that is theirs to manage, or no such kind.
        Invalid: no amount that can be asked for.
        AskedAlready: a wish waits.
    """
    held = own.of_member(session, actor, member_id, now=now)
    of = own.kind_of(held.group, kind)
    if amount not in [str(one) for one in AMOUNTS[of]]:
        raise Invalid({"amount": (CHOOSE_AMOUNT, {})})
    over = update(SharingRequest).where(
        col(SharingRequest.member_id) == held.member.id,
        col(SharingRequest.status) == MoreStatus.ASKED,
        col(SharingRequest.expires_at) <= now,
    )
    changed(session, over.values(status=MoreStatus.EXPIRED))
    units = int(str(amount)) * members.FORM_UNITS[of]
    until = now + timedelta(hours=policy.request_hours)
    asked = {"member_id": held.member.id, "kind": of, "units": units}
    if not add_once(session, SharingRequest(**asked, asked_at=now, expires_at=until)):
        raise AskedAlready
    line = telling.line(session, held.product)
    telling.tell(session, actor, held.giver.customer_id, "group_asked", words, line, now=now)
    audit.record(
        session,
        actor,
        "sharing.asked",
        now=now,
        subject=line,
        after={of.value: units},
        customer_id=held.giver.customer_id,
    )


def answer(
    session: Session,
    actor: Actor,
    request_id: object,
    *,
    grant: bool,
    words: Words,
    now: datetime,
) -> None:
    """Say yes, which adds to the limit for the rest of the month, or no; the first answer stands.

    Args:
        session: open transaction.
        actor: the owner of the group.
        request_id: from anybody.
        grant: yes.
        words: of the mail to the member.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such request, or the group is another's.
        RequestOver: it was answered, taken back, or is too old.
    """
    row = session.get(SharingRequest, as_id(request_id))
    if row is None:
        actor.customer()
        raise NotFound
    held = own.of_owner(session, actor, row.member_id)
    if not _settle(session, row, MoreStatus.GRANTED if grant else MoreStatus.REFUSED, now):
        raise RequestOver
    kind, units = row.kind, row.units
    if grant:
        members.put_limit(session, held, kind, units, now=now, extra=True)
    line = telling.line(session, held.product)
    telling.tell(session, actor, held.product.customer_id, "group_answered", words, line, now=now)
    audit.record(
        session,
        actor,
        "sharing.granted" if grant else "sharing.refused",
        now=now,
        subject=line,
        after={kind.value: units},
        customer_id=held.giver.customer_id,
    )


def take_back(session: Session, actor: Actor, request_id: object, *, now: datetime) -> None:
    """Ask no more.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such request that is theirs.
        RequestOver: it was answered, or is too old.
    """
    actor.identity()
    row = session.get(SharingRequest, as_id(request_id))
    if row is None:
        raise NotFound
    own.of_member(session, actor, row.member_id, now=now)
    if not _settle(session, row, MoreStatus.WITHDRAWN, now):
        raise RequestOver


def _settle(session: Session, row: SharingRequest, status: MoreStatus, now: datetime) -> bool:
    waits = update(SharingRequest).where(
        col(SharingRequest.id) == row.id,
        col(SharingRequest.status) == MoreStatus.ASKED,
        col(SharingRequest.expires_at) > now,
    )
    done = changed(session, waits.values(status=status, answered_at=now)) == 1
    session.expire(row)
    return done
