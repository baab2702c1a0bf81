"""The sale that the rules look at: its lines, what is owned, what is in stock, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from self_service.domain.catalog.view import Link, Offering
from self_service.domain.errors import DomainError
from self_service.domain.rules.problems import Fix, LineKey, Place, Violation
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind, PriceType, Relation

#: Finds an offering by id; may raise a DomainError for one that is gone.
Find = Callable[[UUID], Offering]

#: offering -> variant key -> pieces that can still be sold. An offering that is not in it is not
#: counted; a variant that is not in it is sold out.
Stock = Mapping[UUID, Mapping[str, int]]

#: What only exists on something else.
EXTRAS = frozenset({OfferingKind.ADDON, OfferingKind.BOOSTER})

#: Alternatives that a message names at most; the fix holds them all.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a sale: what, how configured, how many, and for which other line."""

    key: LineKey
    offering: Offering
    configuration: Mapping[str, str]
    parent: LineKey | None = None
    group: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Something owned that a change ends, or turns into what costs less.

    Attributes:
        key: names it among the lines.
        name: of the product.
        bound_until: end of its minimum term, None without one.
        at: when it would end.
    """

    key: LineKey
    name: Texts
    bound_until: datetime | None
    at: datetime


@dataclass(frozen=True)
class Sale:
    """All that the rules look at; a sale in the store gives nothing up."""

    lines: tuple[SaleLine, ...]
    owned: frozenset[UUID]
    new_customer: bool
    now: datetime
    stock: Stock
    find: Find
    given_up: tuple[GivenUp, ...] = ()

    @cached_property
    def by_key(self) -> dict[LineKey, SaleLine]:
        """The lines by their key."""
        return {line.key: line for line in self.lines}

    def parent(self, line: SaleLine) -> SaleLine | None:
        """Return the line that `line` was chosen for."""
        return None if line.parent is None else self.by_key[line.parent]

    def root(self, line: SaleLine) -> SaleLine:
        """Return the line at the top of the tree in which `line` stands."""
        while (parent := self.parent(line)) is not None:
            line = parent
        return line

    def children(self, line: SaleLine) -> list[SaleLine]:
        """Return what was chosen for `line`."""
        return [child for child in self.lines if child.parent == line.key]

    def known(self, ids: Iterable[UUID]) -> tuple[Offering, ...]:
        """Return those of the offerings that are in the catalogue."""
        found = []
        for offering_id in ids:
            try:
                found.append(self.find(offering_id))
            except DomainError:
                continue
        return tuple(found)


def targets(offering: Offering, relation: Relation) -> tuple[UUID, ...]:
    """Return what `offering` is related to in this way."""
    return tuple(link.target for link in offering.links if link.relation is relation)


def groups(offering: Offering, relation: Relation) -> dict[str, tuple[Link, ...]]:
    """Return the links of a relation by group; one without a group stands alone under its target.

    For BUNDLES these are the choices of the bundle, each with its alternatives.
    """
    found: dict[str, tuple[Link, ...]] = {}
    for link in offering.links:
        if link.relation is relation:
            key = link.group or str(link.target)
            found[key] = (*found.get(key, ()), link)
    return found


def part_group(bundle: Offering, part: UUID, group: str = "") -> str | None:
    """Return the group of `bundle` that offering `part` answers, None when it is no part of it.

    Args:
        bundle: the offering above.
        part: id of the offering below.
        group: the group it should answer; "" for the first that it can.
    """
    answered = (
        link.group
        for link in bundle.links
        if link.relation is Relation.BUNDLES and link.target == part
    )
    return next((found for found in answered if group in ("", found)), None)


def covered(above: Offering | None, part: UUID, group: str) -> bool:
    """Say whether a part of a bundle is paid with the bundle's price.

    It is when the bundle has charges of its own; else each part costs what it costs alone.
    """
    if above is None or part_group(above, part, group) is None:
        return False
    return any(
        price.price_type in (PriceType.ONE_TIME, PriceType.RECURRING) for price in above.prices
    )


def is_part(sale: Sale, line: SaleLine) -> bool:
    """Say whether `line` is a part of the bundle above it."""
    above = sale.parent(line)
    return (
        above is not None and part_group(above.offering, line.offering.id, line.group) is not None
    )


def broken(
    code: str,
    message: str,
    line: SaleLine,
    *,
    others: Iterable[Offering] = (),
    excess: int = 0,
    fix: Fix | None = None,
    **data: Place,
) -> Violation:
    """Say that `line` breaks a rule; only the first few of `others` are named."""
    names = tuple(other.name for other in others)[:_NAMED]
    return Violation(code, message, line.key, line.offering.name, names, data, excess, fix)
