"""Everything that the page of one product shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from self_service.domain.catalog.facts import sheet
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.specifications import Fact, Headed, by_section
from self_service.domain.catalog.steps import Step, next_step
from self_service.domain.catalog.variants import Stock, VariantChoice, Variants
from self_service.domain.catalog.view import Link, Offering, text, variant_key
from self_service.domain.errors import NotFound
from self_service.domain.pricing.offers import PricedOffer, Pricer
from self_service.domain.pricing.totals import PriceTotals
from self_service.domain.rules.sale import groups, targets
from self_service.domain.store.cards import Card, card
from self_service.models.catalog import OfferingKind, Relation

#: Plans that are shown beside a device.
RELATED = 6


@dataclass(frozen=True, slots=True)
class PartGroup:
    """One choice of a bundle: `minimum` to `maximum` of the parts are chosen."""

    name: str
    minimum: int
    maximum: int
    parts: tuple[Card, ...]
    defaults: tuple[str, ...]  # slugs


@dataclass(frozen=True, slots=True)
class ProductView:
    """The page of one product.

    Attributes:
        card: the product as in a list, priced in its cheapest configuration.
        choices: what the buyer chooses.
        configuration: a value for each choice: those asked for, the rest filled in.
        variant: its stock key.
        totals: what `configuration` costs; None when it is not sold.
        available: `configuration` can be had.
        pieces: how many are left; None when they are not counted.
        groups: facts under headings.
        plans: plans for a device.
        addons: what can be added to a plan.
        parts: the choices of a bundle.
        step: where Pick leads once the choices are made.
    """

    card: Card
    description: str
    choices: tuple[VariantChoice, ...]
    configuration: Mapping[str, str]
    variant: str
    totals: PriceTotals | None
    available: bool
    pieces: int | None
    groups: tuple[Headed[Fact], ...]
    plans: tuple[Card, ...]
    addons: tuple[Card, ...]
    parts: tuple[PartGroup, ...]
    step: Step
    term_months: int


def product(
    catalog: Catalog,
    slug: str,
    *,
    as_of: datetime,
    language: str,
    new_customer: bool = True,
    configuration: Mapping[str, str] | None = None,
    stock: Stock | None = None,
) -> ProductView:
    """Return the page of a product.

    Args:
        catalog: what is on sale.
        slug: its address.
        as_of: instant at which the prices hold.
        language: of all texts.
        new_customer: True when new customers' prices may be shown.
        configuration: values chosen so far; unknown ones are passed over.
        stock: pieces left by variant (`variants.stock_of`); nothing is counted without it.

    Raises:
        NotFound: there is no such product, or it is not sold on its own to these customers now.
    """
    offering = catalog.by_slug(slug)
    pricer = catalog.pricer(as_of, new_customer=new_customer)
    offer = pricer.offer(offering)
    if offer is None:
        raise NotFound
    variants = Variants(offering, pricer, stock or {})
    chosen = variants.completed(configuration or {}, offer.configuration)
    return _view(offer, variants, chosen, _Related(catalog, pricer, language), language)


def _view(
    offer: PricedOffer,
    variants: Variants,
    chosen: Mapping[str, str],
    related: _Related,
    language: str,
) -> ProductView:
    offering = offer.offering
    addons = related.addons_of(offering)
    return ProductView(
        card=card(offer, language),
        description=text(offering.description, language),
        choices=variants.choices(chosen),
        configuration=chosen,
        variant=variant_key(chosen),
        totals=variants.totals(chosen),
        available=variants.available(chosen),
        pieces=variants.pieces(chosen),
        groups=by_section(sheet(offer).values()),
        plans=related.plans_for(offering),
        addons=addons,
        parts=related.parts_of(offering),
        step=next_step(offering, configured=True, has_addons=bool(addons)),
        term_months=offering.term_months,
    )


class _Related:
    """What goes with a product, as cards."""

    def __init__(self, catalog: Catalog, pricer: Pricer, language: str) -> None:
        self._catalog = catalog
        self._pricer = pricer
        self._language = language

    def cards(self, offerings: Iterable[Offering], limit: int | None = None) -> tuple[Card, ...]:
        """Return the cards of what has a price, whether it is sold on its own or not."""
        offers = (self._pricer.offer(offering, on_its_own=False) for offering in offerings)
        cards = (card(offer, self._language) for offer in offers if offer is not None)
        return tuple(islice(cards, limit))

    def addons_of(self, offering: Offering) -> tuple[Card, ...]:
        return self.cards(self._catalog.addons_of(offering.id))

    def plans_for(self, offering: Offering) -> tuple[Card, ...]:
        if offering.kind is not OfferingKind.DEVICE:
            return ()
        excluded = targets(offering, Relation.EXCLUDES)
        plans = [
            plan
            for plan in self._catalog.of_kind(OfferingKind.PLAN)
            if plan.is_sellable
            and plan.id not in excluded
            and offering.id not in targets(plan, Relation.EXCLUDES)
        ]
        return self.cards(plans, RELATED)

    def parts_of(self, offering: Offering) -> tuple[PartGroup, ...]:
        choices = groups(offering, Relation.BUNDLES)
        return tuple(self._part_group(name, links) for name, links in choices.items())

    def _part_group(self, name: str, links: Sequence[Link]) -> PartGroup:
        parts = self.cards(self._catalog.get(link.target) for link in links)
        usual = {link.target for link in links if link.is_default}
        return PartGroup(
            name=name,
            minimum=links[0].minimum,
            maximum=links[0].maximum,
            parts=parts,
            defaults=tuple(part.slug for part in parts if part.id in usual),
        )
