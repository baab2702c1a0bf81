"""The ways in which a thing can be configured: which can be had, why not, and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from self_service.domain.catalog.specifications import label, value_of
from self_service.domain.catalog.values import Value
from self_service.domain.catalog.view import Offering, variant_key
from self_service.domain.errors import N_
from self_service.domain.pricing.offers import Pricer
from self_service.domain.pricing.totals import PriceTotals
from self_service.models.catalog import ProductStock
from self_service.money import Money

#: More ways to configure one thing are not searched for one that can be had.
MOST_VARIANTS = 1_000

#: Variant key -> pieces left. Nothing is counted when it is empty; else what is not in it is sold
#: out, as in `catalog_sale`.
Stock = Mapping[str, int]
Configuration = Mapping[str, str]

SOLD_OUT = N_("Sold out.")
NOT_WITH = N_("Not available with {chosen}. Choose {instead} to get it.")


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One value that can be chosen.

    Attributes:
        value: as stored in a configuration.
        label: as shown.
        available: can be had with what is chosen otherwise.
        reason: why not, translatable with the places {chosen} and {instead}; "" when it can.
        chosen: what it cannot be had with, as stored values.
        remedy: a whole configuration with this value that can be had; None when there is none.
        instead: the values of `remedy` that differ from what is chosen now.
        due_now_difference: what choosing it adds to what is due now; negative when it is cheaper.
        monthly_difference: what it adds to the monthly charge.
    """

    value: str
    label: Value
    selected: bool
    available: bool
    reason: str
    chosen: tuple[str, ...]
    remedy: Configuration | None
    instead: tuple[str, ...]
    due_now_difference: Money
    monthly_difference: Money


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """One thing to choose, for example the colour; `label` is translatable."""

    name: str
    label: str
    values: tuple[ChoiceValue, ...]


def stock_of(session: Session, offering_id: UUID) -> dict[str, int]:
    """Return the pieces left of each variant that is counted."""
    rows = session.execute(
        select(ProductStock.variant, ProductStock.available).where(
            ProductStock.offering_id == offering_id
        )
    )
    return {row.variant: row.available for row in rows}


class Variants:
    """The configurations of one offering, priced at one time for one kind of customer."""

    def __init__(self, offering: Offering, pricer: Pricer, stock: Stock) -> None:
        self._offering = offering
        self._pricer = pricer
        self._stock = stock
        self._values = {c.name: [str(v) for v in c.values] for c in offering.choices if c.values}

    def totals(self, configuration: Configuration) -> PriceTotals | None:
        """Return what a configuration costs; None when it has no price."""
        priced = self._pricer.price(self._offering, configuration)
        return None if priced is None else priced.totals

    def pieces(self, configuration: Configuration) -> int | None:
        """Return how many pieces of a configuration are left, None when they are not counted."""
        return self._stock.get(variant_key(configuration), 0) if self._stock else None

    def available(self, configuration: Configuration) -> bool:
        """Say whether one piece of a configuration can be had."""
        return self.pieces(configuration) != 0 and self.totals(configuration) is not None

    def completed(self, wanted: Configuration, otherwise: Configuration) -> Configuration:
        """Return a whole configuration with the wanted values, one that can be had if any can.

        Args:
            wanted: chosen so far; unknown names and values are passed over.
            otherwise: values for the rest, taken when they can be had.
        """
        fixed = {n: v for n, v in wanted.items() if v in self._values.get(n, ())}
        usual = {name: listed[0] for name, listed in self._values.items()} | dict(otherwise)
        first = {name: usual[name] for name in self._values} | fixed
        if self.available(first):
            return first
        return next((c for c in self._with(fixed) if self.available(c)), first)

    def choices(self, configuration: Configuration) -> tuple[VariantChoice, ...]:
        """Return all choices with their values, as seen from a whole configuration."""
        now = self.totals(configuration)
        return tuple(
            VariantChoice(
                name,
                label(name),
                tuple(self._choice(name, value, configuration, now) for value in listed),
            )
            for name, listed in self._values.items()
        )

    def _choice(
        self, name: str, value: str, configuration: Configuration, now: PriceTotals | None
    ) -> ChoiceValue:
        wanted = {**configuration, name: value}
        available = self.available(wanted)
        remedy = wanted if available else self._nearest(name, value, configuration)
        others = {n: v for n, v in configuration.items() if n != name}
        instead = {n: v for n, v in (remedy or {}).items() if n != name and v != others.get(n)}
        then = self.totals(remedy or wanted) or now
        nothing = Money.zero(self._pricer.currency)
        return ChoiceValue(
            value=value,
            label=value_of(name, value),
            selected=configuration.get(name) == value,
            available=available,
            reason="" if available else NOT_WITH if remedy else SOLD_OUT,
            chosen=tuple(others[n] for n in instead),
            remedy=remedy,
            instead=tuple(instead.values()),
            due_now_difference=then.due_now - now.due_now if then and now else nothing,
            monthly_difference=then.monthly - now.monthly if then and now else nothing,
        )

    def _nearest(self, name: str, value: str, configuration: Configuration) -> Configuration | None:
        """Return the configuration with `value` that can be had and changes the least."""
        possible = (c for c in self._with({name: value}) if self.available(c))
        return min(
            possible,
            key=lambda c: sum(c[n] != configuration.get(n) for n in c),
            default=None,
        )

    def _with(self, fixed: Configuration) -> Iterator[dict[str, str]]:
        names = list(self._values)
        lists = [[fixed[n]] if n in fixed else self._values[n] for n in names]
        for combination in islice(product(*lists), MOST_VARIANTS):
            yield dict(zip(names, combination, strict=True))
