"""Which products are rated together: who belonged to which giving product, when, under what limit.

A product that gives never joins another group, and one that joined never gives. So a member's own
allowances never depend on a group, and a giving product's month only on what its members ask.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from self_service.domain.bills.bulk import instant
from self_service.domain.usage import spans
from self_service.domain.usage.giving import Limit, Limits
from self_service.domain.usage.rating import EVER
from self_service.models.sharing import SharingGroup, SharingLimit, SharingMember
from self_service.models.usage import UsagePeriod


class Tie(NamedTuple):
    """A product's time in a group; instants as sortable text."""

    member: str
    giver: UUID
    kinds: frozenset[str]
    since: str
    until: str


class _Place(NamedTuple):
    start: str
    end: str
    id: int


@dataclass(frozen=True, slots=True)
class Ties:
    """All ties of some products.

    Attributes:
        by_product: of members.
        givers: products that give, those of the ties and those that were asked about.
        places: months of the givers, by time.
    """

    by_product: Mapping[UUID, tuple[Tie, ...]]
    givers: frozenset[UUID]
    places: Mapping[UUID, tuple[_Place, ...]]

    def asked(self, product_id: UUID, kind: str, at: str) -> tuple[str, int] | None:
        """Return as which member, and of which month, a record asks; None when of none."""
        for tie in self.by_product.get(product_id, ()):
            if kind in tie.kinds and tie.since <= at < tie.until:
                place = self._place(tie.giver, at)
                return None if place is None else (tie.member, place)
        return None

    def _place(self, giver: UUID, at: str) -> int | None:
        places = self.places.get(giver, ())
        number = bisect_right(places, at, key=lambda place: place.start) - 1
        if number < 0 or at >= places[number].end:
            return None
        return places[number].id


def tied() -> ColumnElement[bool]:
    """Return the condition that a month's product gives or gave, takes or took."""
    return or_(
        exists().where(col(SharingMember.product_id) == UsagePeriod.product_id),
        gives(),
    )


def gives() -> ColumnElement[bool]:
    """Return the condition that a month's product gives, or gave."""
    return exists().where(col(SharingGroup.product_id) == UsagePeriod.product_id)


def read(session: Session, product_ids: Iterable[UUID]) -> Ties:
    """Read the ties of products that are tied, and the months of those that give."""
    ids = list(product_ids)
    mine = (
        select(SharingMember, SharingGroup)
        .join(SharingGroup, col(SharingGroup.id) == SharingMember.group_id)
        .where(col(SharingMember.product_id).in_(ids))
        .order_by(col(SharingMember.joined_at), col(SharingMember.id))
    )
    found: dict[UUID, list[Tie]] = defaultdict(list)
    givers = set(
        session.exec(select(SharingGroup.product_id).where(col(SharingGroup.product_id).in_(ids)))
    )
    for member, group in session.exec(mine.execution_options(populate_existing=True)):
        until = EVER if member.left_at is None else instant(member.left_at)
        since, kinds = instant(member.joined_at), frozenset(group.kinds.split(","))
        tie = Tie(member.id.hex, group.product_id, kinds, since, until)
        found[member.product_id].append(tie)
        givers.add(group.product_id)
    return Ties(
        {product: tuple(ties) for product, ties in found.items()},
        frozenset(givers),
        _places(session, givers),
    )


def _places(session: Session, givers: Iterable[UUID]) -> dict[UUID, tuple[_Place, ...]]:
    calendar = spans.calendar(session, givers)
    return {
        one: tuple(
            _Place(instant(span.starts_at), instant(span.ends_at), span.id)
            for span in calendar.of(one)
        )
        for one in givers
    }


def limits(session: Session, givers: Iterable[UUID]) -> Limits:
    """Read the limits of all who take from these products, or took."""
    rows: Any = (
        select(SharingLimit)
        .join(SharingMember, col(SharingMember.id) == SharingLimit.member_id)
        .join(SharingGroup, col(SharingGroup.id) == SharingMember.group_id)
        .where(col(SharingGroup.product_id).in_(list(givers)))
        .order_by(col(SharingLimit.since), col(SharingLimit.id))
    )
    found: dict[str, dict[str, list[Limit]]] = defaultdict(lambda: defaultdict(list))
    for row in session.exec(rows):
        limit = Limit(instant(row.since), row.units, row.extra)
        found[row.member_id.hex][row.kind.value].append(limit)
    return found
