"""What the store shows of an offering in a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from self_service.domain.catalog.view import Offering, text
from self_service.domain.errors import N_
from self_service.domain.pricing.offers import PricedOffer
from self_service.domain.pricing.totals import PriceTotals
from self_service.models.catalog import OfferingKind


class Badge(StrEnum):
    """The one thing worth shouting about a card."""

    NEW_CUSTOMERS = "new_customers"  # only they can buy it, or only they pay this price
    INTRO = "intro"  # costs less at first


#: What a badge says.
BADGE_LABELS = MappingProxyType(
    {Badge.NEW_CUSTOMERS: N_("New customers"), Badge.INTRO: N_("Introductory price")}
)


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """An offering in a list. A priced shelf makes each once, so a card equals only itself.

    Attributes:
        totals: of `configuration`, the cheapest one.
        price_from: other configurations cost more.
        colours: names of the colours to choose from, for swatches.
    """

    id: UUID
    slug: str
    kind: OfferingKind
    name: str
    brand: str
    category: str
    picture: Mapping[str, Any]
    highlights: tuple[str, ...]
    totals: PriceTotals
    price_from: bool
    configuration: Mapping[str, str]
    badge: Badge | None
    colours: tuple[str, ...]
    prepaid: bool


def card(offer: PricedOffer, language: str) -> Card:
    """Return the card of a priced offering, in `language`."""
    offering = offer.offering
    return Card(
        id=offering.id,
        slug=offering.slug,
        kind=offering.kind,
        name=text(offering.name, language),
        brand=offering.brand,
        category=offering.category,
        picture=offering.picture,
        highlights=tuple(text(line, language) for line in offering.highlights),
        totals=offer.totals,
        price_from=offer.varies,
        configuration=offer.configuration,
        badge=badge(offer),
        colours=colours(offering),
        prepaid=offering.prepaid,
    )


def badge(offer: PricedOffer) -> Badge | None:
    """Return what is special about an offer, the restriction before the advantage."""
    if offer.offering.new_customers_only or any(p.new_customers_only for p in offer.components):
        return Badge.NEW_CUSTOMERS
    later = offer.totals.later_monthly
    if later is not None and offer.totals.monthly < later:
        return Badge.INTRO
    return None


def colours(offering: Offering) -> tuple[str, ...]:
    """Return the names of the colours that the buyer chooses from."""
    for choice in offering.choices:
        if choice.name == "colour":
            return tuple(str(value) for value in choice.values)
    return ()
