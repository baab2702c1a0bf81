"""What the page of shared allowances shows, by a fixed number of statements. Reads no record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, grants
from self_service.domain.bills.bulk import instant
from self_service.domain.people.sealing import Vault
from self_service.domain.sharing.shapes import (
    GroupView,
    Invited,
    LineView,
    Membership,
    MemberView,
    Shared,
    Sharing,
    Taken,
    Wish,
)
from self_service.domain.usage import meters, reach
from self_service.domain.usage.giving import Limit, limit_at
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.people import Customer
from self_service.models.sharing import (
    MoreStatus,
    SharedUse,
    SharingGroup,
    SharingInvitation,
    SharingLimit,
    SharingMember,
    SharingRequest,
)
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.usage import Allowance, UsageKind, UsagePeriod


@dataclass(frozen=True, slots=True)
class _Read:
    """Rows, by what they are about."""

    groups: Mapping[UUID, SharingGroup]
    members: Sequence[SharingMember]
    products: Mapping[UUID, Product]
    customers: Mapping[UUID, str]
    numbers: Mapping[UUID | None, str]
    months: Mapping[UUID, UsagePeriod]
    pots: Mapping[tuple[UUID, UsageKind], tuple[int, int]]
    used: Mapping[tuple[UUID, UsageKind], int]
    limits: Mapping[tuple[UUID, UsageKind], Sequence[Limit]]
    requests: Mapping[UUID, Sequence[SharingRequest]]
    now: datetime

    def line(self, product_id: UUID) -> LineView:
        return LineView(
            product_id, self.products[product_id].name, self.numbers.get(product_id, "")
        )

    def owner(self, group: SharingGroup) -> UUID:
        return self.products[group.product_id].customer_id

    def shared(self, group: SharingGroup) -> tuple[Shared, ...]:
        return tuple(
            Shared(kind, *self.pots.get((group.product_id, kind), (0, 0)))
            for kind in map(UsageKind, group.kinds.split(","))
        )

    def until(self, group: SharingGroup) -> datetime | None:
        month = self.months.get(group.product_id)
        return month.ends_at if month else None

    def taken(self, member: SharingMember) -> tuple[Taken, ...]:
        group = self.groups[member.group_id]
        month = self.months.get(group.product_id)
        start = instant(month.starts_at) if month else ""
        return tuple(self._taken(member, one, start) for one in self.shared(group))

    def _taken(self, member: SharingMember, shared: Shared, start: str) -> Taken:
        limits = self.limits.get((member.id, shared.kind), ())
        most = limit_at(limits, instant(self.now), start)
        base = limit_at([one for one in limits if not one.extra], instant(self.now), start)
        units = self.used.get((member.id, shared.kind), 0)
        may = shared.left if most is None else max(min(shared.left, most - units), 0)
        return Taken(shared.kind, units, most, base, may)

    def wishes(self, member: SharingMember) -> tuple[Wish, ...]:
        line = self.line(member.product_id)
        return tuple(
            Wish(row.id, line, row.kind, row.units, row.expires_at)
            for row in self.requests.get(member.id, ())
        )


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
    found = _read(session, visible, mine, now)
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


def _group(found: _Read, group: SharingGroup, invited: Sequence[Invited]) -> GroupView:
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


def _member(found: _Read, group: SharingGroup, member: SharingMember) -> MemberView:
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


def _membership(found: _Read, member: SharingMember, *, manages: bool) -> Membership:
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


def _read(
    session: Session, visible: Mapping[UUID, Product], mine: Collection[UUID], now: datetime
) -> _Read:
    member_of = select(SharingMember.group_id).where(
        col(SharingMember.product_id).in_(list(visible)), col(SharingMember.left_at).is_(None)
    )
    rows = session.exec(
        select(SharingGroup)
        .where(
            col(SharingGroup.closed_at).is_(None),
            col(SharingGroup.product_id).in_(list(mine)) | col(SharingGroup.id).in_(member_of),
        )
        .order_by(col(SharingGroup.created_at), col(SharingGroup.id))
    )
    groups = {row.id: row for row in rows}
    members = session.exec(
        select(SharingMember)
        .where(col(SharingMember.group_id).in_(list(groups)), col(SharingMember.left_at).is_(None))
        .order_by(col(SharingMember.joined_at), col(SharingMember.id))
    ).all()
    givers = [group.product_id for group in groups.values()]
    ids = {*givers, *(member.product_id for member in members)}
    products = session.exec(select(Product).where(col(Product.id).in_(ids))).all()
    months = _months(session, givers, now)
    keys = [member.id for member in members]
    return _Read(
        groups=groups,
        members=members,
        products={product.id: product for product in products},
        customers=_names(session, {product.customer_id for product in products}),
        numbers=meters.numbers_of(session, products),
        months=months,
        pots=_pots(session, months.values(), now),
        used=_used(session, months.values()),
        limits=_limits(session, keys),
        requests=_requests(session, keys, now),
        now=now,
    )


def _months(session: Session, givers: Collection[UUID], now: datetime) -> dict[UUID, UsagePeriod]:
    rows = session.exec(
        select(UsagePeriod).where(
            col(UsagePeriod.product_id).in_(givers),
            UsagePeriod.starts_at <= now,
            UsagePeriod.ends_at > now,
        )
    )
    return {row.product_id: row for row in rows}


def _names(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(Customer.id, Customer.name).where(col(Customer.id).in_(ids)))
    return {key: name for key, name in rows}  # noqa: C416  (typed rows)


def _pots(
    session: Session, months: Iterable[UsagePeriod], now: datetime
) -> dict[tuple[UUID, UsageKind], tuple[int, int]]:
    rows = session.exec(
        select(Allowance).where(
            col(Allowance.period_id).in_([month.id for month in months]),
            Allowance.units >= 0,
            Allowance.valid_from <= now,
            Allowance.valid_until > now,
        )
    )
    found: dict[tuple[UUID, UsageKind], tuple[int, int]] = {}
    for row in rows:
        units, used = found.get((row.product_id, row.kind), (0, 0))
        found[row.product_id, row.kind] = (units + row.units, used + row.used_units)
    return found


def _used(session: Session, months: Iterable[UsagePeriod]) -> dict[tuple[UUID, UsageKind], int]:
    ids = [month.id for month in months]
    rows = session.exec(select(SharedUse).where(col(SharedUse.period_id).in_(ids)))
    return {(row.member_id, row.kind): row.units for row in rows}


def _limits(
    session: Session, members: Collection[UUID]
) -> dict[tuple[UUID, UsageKind], list[Limit]]:
    found: dict[tuple[UUID, UsageKind], list[Limit]] = defaultdict(list)
    rows = session.exec(
        select(SharingLimit)
        .where(col(SharingLimit.member_id).in_(members))
        .order_by(col(SharingLimit.since), col(SharingLimit.id))
    )
    for row in rows:
        found[row.member_id, row.kind].append(Limit(instant(row.since), row.units, row.extra))
    return found


def _requests(
    session: Session, members: Collection[UUID], now: datetime
) -> dict[UUID, list[SharingRequest]]:
    found: dict[UUID, list[SharingRequest]] = defaultdict(list)
    rows = session.exec(
        select(SharingRequest)
        .where(
            col(SharingRequest.member_id).in_(members),
            SharingRequest.status == MoreStatus.ASKED,
            SharingRequest.expires_at > now,
        )
        .order_by(col(SharingRequest.asked_at), col(SharingRequest.id))
    )
    for row in rows:
        found[row.member_id].append(row)
    return found


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


def _free(session: Session, found: _Read, mine: Sequence[Product]) -> tuple[LineView, ...]:
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
