"""Facets that hang on the prices of the day: sums and included data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10
from statistics import median

from self_service.domain.catalog import values
from self_service.domain.catalog.view import Price
from self_service.domain.errors import N_
from self_service.domain.pricing.offers import PricedOffer
from self_service.domain.store.facet_kinds import FacetKind
from self_service.domain.store.facet_options import GB, Option, Ranges
from self_service.models.catalog import PriceType
from self_service.money import Money, exponent

#: Names of the facets made here.
PRICE_FACETS = ("price", "monthly", "data")

#: Round sums, in a currency in which the middle one of such prices is near `_ONCE_MIDDLE` units;
#: in others they are moved by powers of ten.
_ONCE_EDGES = (50, 100, 200, 300, 400, 600, 800, 1000, 1500)
_ONCE_MIDDLE = 250
_MONTHLY_EDGES = (5, 10, 15, 20, 30, 40, 50, 75, 100)
_MONTHLY_MIDDLE = 20

_DATA = Ranges(
    [gb * GB for gb in (1, 5, 10, 20, 50, 100)],
    lambda low, high: values.between(low, high, "MB"),
    name=lambda mb: f"{mb // GB}gb" if mb else "0",
)
_UNLIMITED = Option("unlimited", values.phrase(N_("Unlimited")), 99)


def price_facets(
    priced: Sequence[PricedOffer], currency: str
) -> tuple[FacetKind[PricedOffer], ...]:
    """Return the facets `price` (paid once), `monthly` and `data` with ranges that fit `priced`."""
    once = _sums([p for p in priced if not p.recurs], currency, _ONCE_EDGES, _ONCE_MIDDLE, "")
    monthly = _sums(
        [p for p in priced if p.recurs], currency, _MONTHLY_EDGES, _MONTHLY_MIDDLE, "month"
    )
    return (
        FacetKind(
            "price",
            N_("Price"),
            lambda offer: () if offer.recurs else (once.option(offer.headline.minor),),
        ),
        FacetKind(
            "monthly",
            N_("Price per month"),
            lambda offer: (monthly.option(offer.headline.minor),) if offer.recurs else (),
        ),
        FacetKind("data", N_("Data"), _data),
    )


def allowance(components: Sequence[Price], unit: str) -> int | None:
    """Return how many units are included, -1 for unlimited, None when none are spoken of.

    Several allowances of one unit add up.
    """
    found = [
        price.units
        for price in components
        if price.price_type is PriceType.ALLOWANCE and price.unit == unit
    ]
    return (-1 if min(found) < 0 else sum(found)) if found else None


def _data(offer: PricedOffer) -> Iterator[Option]:
    if (included := allowance(offer.components, "MB")) is not None:
        yield _UNLIMITED if included < 0 else _DATA.option(included)


def _sums(
    priced: Sequence[PricedOffer], currency: str, edges: Sequence[int], middle: int, per: str
) -> Ranges:
    sums = [p.headline.minor for p in priced if p.headline]
    power = exponent(currency)
    if sums:
        power = max(round(log10(median(sums) / middle)), 0)
    factor = 10**power
    return Ranges(
        [edge * factor for edge in edges],
        lambda low, high: values.price_between(low, high, per),
        name=lambda minor: f"{Money(minor, currency).amount.normalize():f}",
    )
