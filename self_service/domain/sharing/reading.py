"""Rows about groups, by a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.bills.bulk import instant
from self_service.domain.sharing.shapes import LineView, Shared, Taken, Wish
from self_service.domain.usage import meters
from self_service.domain.usage.giving import Limit, limit_at
from self_service.models.people import Customer
from self_service.models.sharing import (
    MoreStatus,
    SharedUse,
    SharingGroup,
    SharingLimit,
    SharingMember,
    SharingRequest,
)
from self_service.models.subscriptions import Product
from self_service.models.usage import Allowance, UsageKind, UsagePeriod


@dataclass(frozen=True, slots=True)
class Read:
    """Rows, by what they are about, and what follows from them."""

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
        """Return a line."""
        return LineView(
            product_id, self.products[product_id].name, self.numbers.get(product_id, "")
        )

    def owner(self, group: SharingGroup) -> UUID:
        """Return the customer of a group."""
        return self.products[group.product_id].customer_id

    def shared(self, group: SharingGroup) -> tuple[Shared, ...]:
        """Return what a group has of each kind."""
        return tuple(
            Shared(kind, *self.pots.get((group.product_id, kind), (0, 0)))
            for kind in map(UsageKind, group.kinds.split(","))
        )

    def until(self, group: SharingGroup) -> datetime | None:
        """Return when the giving line's month ends."""
        month = self.months.get(group.product_id)
        return month.ends_at if month else None

    def taken(self, member: SharingMember) -> tuple[Taken, ...]:
        """Return what a member took of each kind."""
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
        """Return what a member asked for."""
        line = self.line(member.product_id)
        return tuple(
            Wish(row.id, line, row.kind, row.units, row.expires_at)
            for row in self.requests.get(member.id, ())
        )


def read(
    session: Session, visible: Mapping[UUID, Product], mine: Collection[UUID], now: datetime
) -> Read:
    """Read the groups of lines in `mine`, and those from which lines in `visible` take."""
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
    return Read(
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
