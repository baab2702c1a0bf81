"""Service qualification (TMF645): what reaches an address, now or later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain.coverage.places import Spot, spot
from self_service.domain.errors import N_, DomainError
from self_service.domain.people.postal_address import PostalAddress
from self_service.models.catalog import OfferingKind
from self_service.models.coverage import CoverageArea, Technology

#: By which technologies a kind of product comes.
CARRIES: dict[OfferingKind, frozenset[Technology]] = {
    OfferingKind.BROADBAND: frozenset(
        {Technology.FIBRE, Technology.CABLE, Technology.DSL, Technology.FIXED_WIRELESS}
    ),
    OfferingKind.TV: frozenset({Technology.TV}),
    OfferingKind.PLAN: frozenset({Technology.MOBILE_4G, Technology.MOBILE_5G}),
}
#: Kinds that come to an address, and so do not run where nothing reaches it.
FIXED = frozenset({OfferingKind.BROADBAND, OfferingKind.TV})


class Reach(StrEnum):
    """Whether something runs at an address."""

    YES = "yes"
    LATER = "later"
    NO = "no"
    UNKNOWN = "unknown"  # the operator says nothing about this country


class NotCovered(DomainError):
    """Something that is wanted does not reach the address."""

    code = "not_covered"
    message = N_("This is not available at this address.")


class NoHomeInternet(NotCovered):
    """No line reaches the address."""

    code = "no_home_internet"
    message = N_(
        "Home internet is not available at this address. Take it out of the basket, or choose "
        "another address."
    )


class NoTelevision(NotCovered):
    """No television reaches the address."""

    code = "no_television"
    message = N_(
        "Television is not available at this address. Take it out of the basket, or choose "
        "another address."
    )


#: How it is refused that a kind of product does not reach an address.
_REFUSALS: dict[OfferingKind, type[NotCovered]] = {
    OfferingKind.BROADBAND: NoHomeInternet,
    OfferingKind.TV: NoTelevision,
}


@dataclass(frozen=True, slots=True)
class Technique:
    """A technology that reaches an address.

    Attributes:
        down_mbps: at most.
        available_from: first day, None when it is there already.
        now: it is there on the day that was asked about.
    """

    technology: Technology
    down_mbps: int
    up_mbps: int
    available_from: date | None
    now: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What reaches an address, the fastest first; `known`: the operator has data on the country."""

    known: bool
    techniques: tuple[Technique, ...]

    def of(self, kind: OfferingKind) -> tuple[Technique, ...]:
        """Return by what a kind of product comes here."""
        carries = CARRIES.get(kind, frozenset())
        return tuple(one for one in self.techniques if one.technology in carries)

    def reach(self, kind: OfferingKind) -> Reach:
        """Say whether a kind of product runs here."""
        if kind not in CARRIES or not self.known:
            return Reach.UNKNOWN
        found = self.of(kind)
        if any(one.now for one in found):
            return Reach.YES
        return Reach.LATER if found else Reach.NO

    def starts(self, kind: OfferingKind) -> date | None:
        """Return the first day of a kind that comes later, None when none is known."""
        days = [one.available_from for one in self.of(kind) if one.available_from]
        return min(days, default=None)


def check(
    session: Session, address: PostalAddress, *, now: datetime, on: date | None = None
) -> Coverage:
    """Return what reaches an address. Nobody's data are read, so everybody may ask.

    Args:
        session: open transaction.
        address: a checked one.
        now: instant of asking.
        on: the day that it is asked about, in the operator's zone; today when not said.
    """
    return at(session, spot(address), on=on or now.astimezone(clock.zone()).date())


def at(session: Session, where: Spot, *, on: date) -> Coverage:
    """Return what reaches a spot on a day: of each technology, what is said most precisely."""
    starts = [where.postcode[:length] for length in range(len(where.postcode) + 1)]
    rows = session.exec(
        select(CoverageArea).where(
            CoverageArea.country == where.country,
            col(CoverageArea.postcode_prefix).in_(starts),
            col(CoverageArea.street).in_({"", where.street}),
            CoverageArea.house_from <= where.house,
            CoverageArea.house_to >= where.house,
        )
    ).all()
    best: dict[Technology, CoverageArea] = {}
    for row in rows:
        kept = best.get(row.technology)
        if kept is None or _precision(row) > _precision(kept):
            best[row.technology] = row
    known = bool(rows) or _says(session, where.country)
    found = [_technique(row, on) for row in best.values() if row.down_mbps > 0]
    found.sort(key=lambda one: (not one.now, -one.down_mbps, one.technology))
    return Coverage(known, tuple(found))


def require(
    session: Session, address: PostalAddress, kinds: Collection[OfferingKind], *, now: datetime
) -> None:
    """Demand that everything fixed among these kinds runs at an address, now or from a known day.

    Raises:
        NotCovered: something does not; where the operator has no data, nothing is refused.
    """
    fixed = [kind for kind in _REFUSALS if kind in kinds]
    if not fixed:
        return
    found = check(session, address, now=now)
    missing = next((kind for kind in fixed if found.reach(kind) is Reach.NO), None)
    if missing is not None:
        raise _REFUSALS[missing]("street_address")


def _precision(row: CoverageArea) -> tuple[int, bool, int]:
    return len(row.postcode_prefix), row.street != "", row.house_from - row.house_to


def _technique(row: CoverageArea, on: date) -> Technique:
    return Technique(
        technology=row.technology,
        down_mbps=row.down_mbps,
        up_mbps=row.up_mbps,
        available_from=row.available_from,
        now=row.available_from is None or row.available_from <= on,
    )


def _says(session: Session, country: str) -> bool:
    some = select(CoverageArea.id).where(CoverageArea.country == country)
    return session.exec(some.limit(1)).first() is not None
