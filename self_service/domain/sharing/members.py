"""Who takes from a group: joins, leaves freely, is taken out, has a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.messages import Words
from self_service.domain.policy import SharingPolicy
from self_service.domain.rows import add_once
from self_service.domain.sharing import counting, own, telling
from self_service.domain.sharing.own import Held
from self_service.domain.usage import allowances
from self_service.models.sharing import (
    MoreStatus,
    SharingGroup,
    SharingLimit,
    SharingMember,
    SharingRequest,
)
from self_service.models.subscriptions import Product
from self_service.models.usage import UsageKind

#: What one of a form's numbers is: a gigabyte, a minute, a piece.
FORM_UNITS = {UsageKind.DATA: 1_024**3, UsageKind.VOICE: 60, UsageKind.MESSAGE: 1}
#: The largest number in a form.
LARGEST = 99_999
NO_NUMBER = N_("Enter a whole number, or leave the field empty for no limit.")


class GroupFull(DomainError):
    """So many take from a group that no other can."""

    code = "group_full"
    message = N_("This group is full: at most {most} lines can take from it.")


class InGroupAlready(DomainError):
    """A line takes from one group at a time, and not while it shares its own."""

    code = "in_group_already"
    message = N_("This line is in a group already, or shares its own allowances.")


def join(
    session: Session,
    group: SharingGroup,
    product: Product,
    *,
    policy: SharingPolicy,
    now: datetime,
) -> SharingMember:
    """Let a product take from a group from now on; both are locked.

    Raises:
        InGroupAlready: it takes from a group, or shares its own allowances.
        GroupFull: nobody else can.
    """
    gave = select(SharingGroup.id).where(SharingGroup.product_id == product.id)
    if session.exec(gave.limit(1)).first() is not None:
        raise InGroupAlready
    if len(running(session, group.id)) >= policy.members_most:
        raise GroupFull(most=policy.members_most)
    made = SharingMember(group_id=group.id, product_id=product.id, joined_at=now)
    if not add_once(session, made):
        raise InGroupAlready
    # with its month made here, nobody rates one without seeing that it joined
    allowances.begin(session, [(group.product_id, now), (product.id, now)], now=now)
    counting.anew(session, product.id, since=now)
    return session.get_one(SharingMember, made.id)


def leave(
    session: Session, actor: Actor, member_id: object, *, words: Words, now: datetime
) -> None:
    """Leave a group, at any time and freely; its owner is told.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such membership (any more), or it is not theirs to manage.
    """
    held = own.of_member(session, actor, member_id, now=now)
    end(session, actor, held, words=words, now=now)


def remove(
    session: Session, actor: Actor, member_id: object, *, words: Words, now: datetime
) -> None:
    """Take a line out of a group; whose it is, is told.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such membership (any more), or the group is another's.
    """
    end(session, actor, own.of_owner(session, actor, member_id), words=words, now=now)


def end(session: Session, actor: Actor, held: Held, *, words: Words, now: datetime) -> None:
    """End a membership now: what began before is still counted with the group."""
    line = telling.line(session, held.product)
    held.member.left_at = max(now, held.member.joined_at)
    session.add(held.member)
    waiting = select(SharingRequest).where(
        SharingRequest.member_id == held.member.id, SharingRequest.status == MoreStatus.ASKED
    )
    for request in session.exec(waiting).all():
        request.status, request.answered_at = MoreStatus.WITHDRAWN, now
        session.add(request)
    counting.anew(session, held.product.id, since=now)
    for customer_id in sorted({held.giver.customer_id, held.product.customer_id}, key=str):
        telling.tell(session, actor, customer_id, "group_left", words, line, now=now)
    audit.record(
        session,
        actor,
        "sharing.left",
        now=now,
        subject=line,
        customer_id=held.giver.customer_id,
    )


def set_limit(
    session: Session,
    actor: Actor,
    member_id: object,
    *,
    kind: object,
    amount: object,
    now: datetime,
) -> None:
    """Set how much of a kind a member may take in a month, from now on.

    Args:
        session: open transaction.
        actor: the owner of the group.
        member_id: from anybody, like all that follows.
        kind: which allowances.
        amount: in gigabytes, minutes or pieces, as typed; empty for no limit.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such membership (any more), or the group is another's.
        Invalid: not a whole number.
    """
    held = own.of_owner(session, actor, member_id)
    of = own.kind_of(held.group, kind)
    units = _units(of, amount)
    before = session.exec(
        select(SharingLimit.units)
        .where(
            SharingLimit.member_id == held.member.id,
            SharingLimit.kind == of,
            ~col(SharingLimit.extra),
        )
        .order_by(col(SharingLimit.since).desc(), col(SharingLimit.id).desc())
        .limit(1)
    ).first()
    if before == units:
        return
    put_limit(session, held, of, units, now=now)
    audit.record(
        session,
        actor,
        "sharing.limited",
        now=now,
        subject=telling.line(session, held.product),
        before={of.value: before},
        after={of.value: units},
        customer_id=held.giver.customer_id,
    )


def put_limit(
    session: Session,
    held: Held,
    kind: UsageKind,
    units: int | None,
    *,
    now: datetime,
    extra: bool = False,
) -> None:
    """Write a limit, or something on top of it, from now on."""
    row = {"member_id": held.member.id, "kind": kind, "units": units, "extra": extra}
    session.add(SharingLimit(**row, since=now))
    counting.anew(session, held.giver.id, since=now)


def running(session: Session, group_id: UUID) -> Sequence[tuple[SharingMember, Product]]:
    """List who takes from a group now, with their products."""
    rows = session.exec(
        select(SharingMember, Product)
        .join(Product, col(Product.id) == SharingMember.product_id)
        .where(SharingMember.group_id == group_id, col(SharingMember.left_at).is_(None))
        .order_by(col(SharingMember.joined_at), col(SharingMember.id))
    )
    return list(rows.all())


def _units(kind: UsageKind, amount: object) -> int | None:
    typed = amount.strip() if isinstance(amount, str) else ""
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or int(typed) > LARGEST:
        raise Invalid({"amount": (NO_NUMBER, {})})
    return int(typed) * FORM_UNITS[kind]
