"""What offerings cost one kind of customer at one time: as configured, or at their cheapest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product
from uuid import UUID

from self_service.domain.catalog.view import Link, Offering, Price
from self_service.domain.pricing import periods
from self_service.domain.pricing import totals as pricing
from self_service.domain.pricing.totals import PriceTotals
from self_service.domain.rules.sale import groups
from self_service.models.catalog import PriceType, Relation
from self_service.money import Money

#: More ways to configure one thing are not compared: the first ones are.
MOST_CONFIGURATIONS = 256

_CHARGES = (PriceType.ONE_TIME, PriceType.RECURRING)


@dataclass(frozen=True, slots=True)
class Priced:
    """What one configuration costs.

    Attributes:
        components: the price components that hold, of a bundle's parts too where they are paid.
        totals: of one piece.
    """

    configuration: Mapping[str, str]
    components: tuple[Price, ...]
    totals: PriceTotals


@dataclass(frozen=True, slots=True)
class PricedOffer:
    """An offering and what its cheapest configuration costs.

    Attributes:
        offering: what is offered.
        configuration: a value for each of its choices.
        components: the price components that hold.
        totals: of one piece.
        varies: other configurations cost something else ("from").
        headline: the sum to compare by: of what recurs the monthly charge at the end of the
            covered months, when introductory prices are over; else what is due now.
    """

    offering: Offering
    configuration: Mapping[str, str]
    components: tuple[Price, ...]
    totals: PriceTotals
    varies: bool
    headline: Money

    @property
    def recurs(self) -> bool:
        """Say whether anything falls due again."""
        return bool(self.totals.regular_monthly)


@dataclass(frozen=True, slots=True)
class Pricer:
    """Prices offerings.

    Attributes:
        currency: of all prices.
        find: returns an offering by its id, None when it is not in the catalogue.
        at: activation, and the instant at which the prices hold.
        new_customer: new customers' offers and prices may be used.
    """

    currency: str
    find: Callable[[UUID], Offering | None]
    at: datetime
    new_customer: bool

    def offer(self, offering: Offering, *, on_its_own: bool = True) -> PricedOffer | None:
        """Price the configuration with the lowest whole-term sum, the first of equals.

        Args:
            offering: what may be on sale.
            on_its_own: False for a part of a bundle or an extra on something.

        Returns:
            None when it is not sold so, to these customers, at this time, or has no price.
        """
        for_them = self.new_customer or not offering.new_customers_only
        alone = offering.is_sellable or not on_its_own
        if not (for_them and alone and offering.on_sale(self.at)):
            return None
        found = [p for c in configurations(offering) if (p := self.price(offering, c)) is not None]
        if not found:
            return None
        best = min(found, key=lambda priced: priced.totals.whole_term.minor)
        return PricedOffer(
            offering,
            best.configuration,
            best.components,
            best.totals,
            varies=any(p.totals.whole_term != best.totals.whole_term for p in found),
            headline=_headline(best.totals, self.at),
        )

    def price(self, offering: Offering, configuration: Mapping[str, str]) -> Priced | None:
        """Price one configuration; None when nothing is charged for it.

        A bundle without charges of its own costs what its usual parts cost, see `_parts`.
        """
        components = pricing.applicable(
            offering.prices,
            as_of=self.at,
            new_customer=self.new_customer,
            configuration=configuration,
        )
        if any(price.price_type in _CHARGES for price in components):
            totals = pricing.add_up(
                components,
                start=self.at,
                currency=self.currency,
                term_months=offering.term_months,
            )
            return Priced(configuration, components, totals)
        parts = self._parts(offering) if offering.is_bundle else ()
        if not parts:
            return None
        totals = pricing.combine((part.totals for part in parts), currency=self.currency)
        held = (*components, *(price for part in parts for price in part.components))
        return Priced(configuration, held, totals)

    def _parts(self, bundle: Offering) -> tuple[PricedOffer, ...]:
        """Return as many parts as each choice of a bundle needs: the preset, then the cheapest."""
        parts: list[PricedOffer] = []
        for links in groups(bundle, Relation.BUNDLES).values():
            offers = [(link, offer) for link in links if (offer := self._part(link)) is not None]
            offers.sort(key=lambda pair: (not pair[0].is_default, pair[1].totals.whole_term.minor))
            parts.extend(offer for _, offer in offers[: links[0].minimum])
        return tuple(parts)

    def _part(self, link: Link) -> PricedOffer | None:
        offering = self.find(link.target)
        if offering is None or offering.is_bundle:
            return None
        return self.offer(offering, on_its_own=False)


def configurations(offering: Offering) -> Iterator[dict[str, str]]:
    """Yield complete configurations that may differ in price; other choices keep their first value.

    A choice matters for the price when a price names it in its condition.
    """
    first = {c.name: str(c.values[0]) for c in offering.choices if c.values}
    priced = {name for price in offering.prices for name in price.condition}
    names = [name for name in first if name in priced]
    if not names:
        yield first
        return
    listed = {c.name: [str(value) for value in c.values] for c in offering.choices}
    for chosen in islice(product(*(listed[name] for name in names)), MOST_CONFIGURATIONS):
        yield first | dict(zip(names, chosen, strict=True))


def _headline(totals: PriceTotals, start: datetime) -> Money:
    if not totals.regular_monthly:
        return totals.due_now
    end = periods.add_months(start, totals.term_months)
    reached = [step.amount for step in totals.steps if step.at < end]
    return reached[-1] if reached else totals.monthly
