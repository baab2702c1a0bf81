"""Groups: started with a line that gives, closed by its owner."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.people import typed_text
from self_service.domain.people.typed_text import Faulty
from self_service.domain.rows import add_once
from self_service.domain.sharing import members, own
from self_service.domain.usage import allowances
from self_service.models.catalog import OfferingKind
from self_service.models.sharing import SharingGroup, SharingInvitation, SharingMember
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.usage import Allowance, UsageKind, UsagePeriod

NAME_MOST = 40
NO_NAME = N_("Give the group a name, with at most 40 letters.")
NO_KIND = N_("Choose what is shared.")


class SharesAlready(DomainError):
    """A line gives to one group at most."""

    code = "shares_already"
    message = N_("This line shares its allowances with a group already.")


class TakesFromGroup(DomainError):
    """A line that took from a group does not give, nor the other way round."""

    code = "takes_from_group"
    message = N_("A line that is or was in a group cannot share its own allowances.")


class NothingToShare(DomainError):
    """There is no allowance of this kind with a limit."""

    code = "nothing_to_share"
    message = N_("This line includes nothing of that kind that can be shared. Choose another one.")


def start(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    name: object,
    kinds: Collection[str],
    now: datetime,
) -> UUID:
    """Let a line share its allowances from now on.

    Args:
        session: open transaction.
        actor: its customer, or who acts for them.
        product_id: a phone plan; from anybody.
        name: what the customer calls the group.
        kinds: which allowances, at least one; those without limit are never shared.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: no running phone plan of theirs.
        Invalid: no name, or nothing to be shared.
        SharesAlready, TakesFromGroup, NothingToShare: not with this line.
    """
    product = running_line(session, actor, product_id)
    called, wanted = _name(name), _kinds(kinds)
    took = select(SharingMember.id).where(SharingMember.product_id == product.id)
    if session.exec(took.limit(1)).first() is not None:
        raise TakesFromGroup
    if not _includes(session, product.id, wanted, now):
        raise NothingToShare
    kept = ",".join(kind.value for kind in wanted)
    made = SharingGroup(product_id=product.id, name=called, kinds=kept, created_at=now)
    if not add_once(session, made):
        raise SharesAlready
    audit.record(
        session, actor, "sharing.started", now=now, subject=str(product.id), after={"kinds": kept}
    )
    return made.id


def close(session: Session, actor: Actor, group_id: object, *, words: Words, now: datetime) -> None:
    """End a group: all who take from it leave now, and are told.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such group (any more), or it is another's.
    """
    found, giver = own.group(session, actor, group_id)
    for member in members.running(session, found.id):
        members.end(session, actor, own.Held(found, giver, *member), words=words, now=now)
    session.refresh(found)
    found.closed_at = now
    session.add(found)
    open_ones = select(SharingInvitation).where(
        SharingInvitation.group_id == found.id, col(SharingInvitation.closed_at).is_(None)
    )
    for invitation in session.exec(open_ones).all():
        invitation.closed_at, invitation.sealed_code, invitation.email = now, "", ""
        session.add(invitation)
    session.flush()
    audit.record(session, actor, "sharing.closed", now=now, subject=str(giver.id))


def running_line(session: Session, actor: Actor, product_id: object) -> Product:
    """Return an active phone plan of the actor's customer, locked: it joins or gives one at a time.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: no such plan of theirs.
    """
    customer_id = actor.customer()
    wanted = select(Product).where(
        Product.id == as_id(product_id),
        Product.customer_id == customer_id,
        Product.kind == OfferingKind.PLAN,
        Product.status == ProductStatus.ACTIVE,
        col(Product.started_at).is_not(None),
    )
    found = session.exec(
        wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _name(name: object) -> str:
    try:
        called = typed_text.name(name, missing=NO_NAME)
    except Faulty as faulty:
        raise Invalid({"name": faulty.fault}) from None
    if len(called) > NAME_MOST:
        raise Invalid({"name": (NO_NAME, {})})
    return called


def _kinds(kinds: Collection[str]) -> list[UsageKind]:
    wanted = [kind for kind in UsageKind if kind.value in kinds]
    if not wanted:
        raise Invalid({"kinds": (NO_KIND, {})})
    return wanted


def _includes(
    session: Session, product_id: UUID, kinds: Collection[UsageKind], now: datetime
) -> bool:
    allowances.begin(session, [(product_id, now)], now=now)
    there = (
        select(Allowance.kind)
        .join(UsagePeriod, col(UsagePeriod.id) == Allowance.period_id)
        .where(
            UsagePeriod.product_id == product_id,
            UsagePeriod.starts_at <= now,
            UsagePeriod.ends_at > now,
            Allowance.units > 0,
        )
    )
    return set(kinds) <= set(session.exec(there))
