"""Whose group it is, and whose membership: asked, and locked, before anything is changed.

Locks: the group, then a product that joins, then months. Rating takes none of the first two.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.access.grants import allowed
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.models.access import Scope
from self_service.models.sharing import SharingGroup, SharingMember
from self_service.models.subscriptions import Product
from self_service.models.usage import UsageKind


class Held(NamedTuple):
    """A membership that runs, with its group and both products."""

    group: SharingGroup
    giver: Product
    member: SharingMember
    product: Product


def group(session: Session, actor: Actor, group_id: object) -> tuple[SharingGroup, Product]:
    """Return an open group of the actor's customer, locked, and the product that gives.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such group (any more), or it is another's.
    """
    customer_id = actor.customer()
    found = locked(session, as_id(group_id))
    if found is None:
        raise NotFound
    giver = session.get_one(Product, found.product_id)
    if giver.customer_id != customer_id:
        raise NotFound
    return found, giver


def locked(session: Session, group_id: UUID) -> SharingGroup | None:
    """Lock an open group; None when there is none."""
    wanted = select(SharingGroup).where(
        col(SharingGroup.id) == group_id, col(SharingGroup.closed_at).is_(None)
    )
    return session.exec(
        wanted.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def of_owner(session: Session, actor: Actor, member_id: object) -> Held:
    """Return a membership of a group of the actor's customer, the group locked.

    Raises:
        SignInNeeded, NotAllowed: not (for) a customer.
        NotFound: there is no such membership (any more), or the group is another's.
    """
    customer_id = actor.customer()
    held = _held(session, member_id)
    if held.giver.customer_id != customer_id:
        raise NotFound
    return held


def of_member(session: Session, actor: Actor, member_id: object, *, now: datetime) -> Held:
    """Return a membership of a product that the actor manages, the group locked.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such membership (any more), or it is not theirs to manage.
    """
    actor.identity()
    held = _held(session, member_id)
    if not allowed(session, actor, held.product.id, Scope.MANAGE, now=now):
        raise NotFound
    return held


def _held(session: Session, member_id: object) -> Held:
    key = as_id(member_id)
    before = session.get(SharingMember, key)
    group_found = locked(session, before.group_id) if before else None
    if group_found is None:
        raise NotFound
    wanted = select(SharingMember).where(
        col(SharingMember.id) == key, col(SharingMember.left_at).is_(None)
    )
    member = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if member is None:
        raise NotFound
    giver = session.get_one(Product, group_found.product_id)
    return Held(group_found, giver, member, session.get_one(Product, member.product_id))


def kind_of(found: SharingGroup, kind: object) -> UsageKind:
    """Return a kind that a group shares.

    Raises:
        NotFound: it shares no such kind.
    """
    if not isinstance(kind, str) or kind not in found.kinds.split(","):
        raise NotFound
    return UsageKind(kind)
