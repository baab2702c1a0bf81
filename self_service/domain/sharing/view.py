"""What the page of shared allowances shows, by a fixed number of statements. Reads no record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, grants
from self_service.domain.people.sealing import Vault
from self_service.domain.sharing.reading import Read, read
from self_service.domain.sharing.shapes import (
    GroupView,
    Invited,
    LineView,
    Membership,
    MemberView,
    Sharing,
)
from self_service.domain.usage import meters, reach
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.sharing import SharingGroup, SharingInvitation, SharingMember
from self_service.models.subscriptions import Product, ProductStatus


def sharing(session: Session, actor: Actor, *, vault: Vault, now: datetime) -> Sharing:
    """Show the groups of a customer, and those from which the actor's lines take.

    Args:
        session: open transaction.
        actor: a customer, who acts for one, or somebody with whom lines are shared.
        vault: opens codes that wait.
        now: instant of looking.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    visible = {product.id: product for product in reach.products(session, actor, now=now)}
    mine = {key for key, one in visible.items() if one.customer_id == actor.customer_id}
    found = read(session, visible, mine, now)
    groups = [one for one in found.groups.values() if one.product_id in mine]
    invited = _invited(session, [group.id for group in groups], vault, now)
    managed = mine | _managed(session, actor, visible.values(), now)
    return Sharing(
        groups=tuple(_group(found, group, invited.get(group.id, ())) for group in groups),
        memberships=tuple(
            _membership(found, member, manages=member.product_id in managed)
            for member in found.members
            if member.product_id in visible
            and found.owner(found.groups[member.group_id]) != actor.customer_id
        ),
        free=_free(session, found, [visible[key] for key in visible if key in mine]),
    )


def _group(found: Read, group: SharingGroup, invited: Sequence[Invited]) -> GroupView:
    members = [one for one in found.members if one.group_id == group.id]
    return GroupView(
        id=group.id,
        name=group.name,
        giver=found.line(group.product_id),
        until=found.until(group),
        shared=found.shared(group),
        members=tuple(_member(found, group, one) for one in members),
        wishes=tuple(wish for one in members for wish in found.wishes(one)),
        invited=tuple(invited),
    )


def _member(found: Read, group: SharingGroup, member: SharingMember) -> MemberView:
    whose = found.products[member.product_id].customer_id
    holder = "" if whose == found.owner(group) else found.customers.get(whose, "")
    return MemberView(member.id, found.line(member.product_id), holder, found.taken(member))


def _managed(
    session: Session, actor: Actor, visible: Iterable[Product], now: datetime
) -> set[UUID]:
    """Return which lines of others the actor may manage."""
    held = [one for one in grants.held(session, actor, now=now) if one.scope is Scope.MANAGE]
    return {
        line.id
        for line in visible
        for one in held
        if one.customer_id == line.customer_id
        and one.product_id in (None, line.parent_id or line.id)
    }


def _membership(found: Read, member: SharingMember, *, manages: bool) -> Membership:
    group = found.groups[member.group_id]
    return Membership(
        id=member.id,
        group=group.name,
        owner=found.customers.get(found.owner(group), ""),
        line=found.line(member.product_id),
        until=found.until(group),
        taken=found.taken(member),
        wishes=found.wishes(member),
        manages=manages,
    )


def _invited(
    session: Session, groups: Collection[UUID], vault: Vault, now: datetime
) -> dict[UUID, list[Invited]]:
    found: dict[UUID, list[Invited]] = defaultdict(list)
    rows = session.exec(
        select(SharingInvitation)
        .where(
            col(SharingInvitation.group_id).in_(groups),
            col(SharingInvitation.closed_at).is_(None),
            SharingInvitation.expires_at > now,
        )
        .order_by(col(SharingInvitation.created_at), col(SharingInvitation.id))
    )
    for row in rows:
        code = vault.open(row.sealed_code, now=now)
        found[row.group_id].append(Invited(row.id, row.email, code, row.expires_at))
    return found


def _free(session: Session, found: Read, mine: Sequence[Product]) -> tuple[LineView, ...]:
    """List the customer's running lines that neither give nor take now."""
    gives = {group.product_id for group in found.groups.values()}
    takes = {member.product_id for member in found.members}
    lines = [
        product
        for product in mine
        if product.kind is OfferingKind.PLAN
        and product.status is ProductStatus.ACTIVE
        and product.id not in gives | takes
    ]
    numbers = meters.numbers_of(session, lines)
    return tuple(LineView(one.id, one.name, numbers.get(one.id, "")) for one in lines)
