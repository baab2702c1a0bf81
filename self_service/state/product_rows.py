"""Rows of the page of one product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from self_service import i18n, routes
from self_service.domain.catalog.product_page import PartGroup, ProductView
from self_service.domain.catalog.steps import Step
from self_service.domain.catalog.view import CategoryView, text
from self_service.domain.choosing.query import ChooseQuery
from self_service.domain.errors import N_
from self_service.domain.rules.sale import EXTRAS
from self_service.domain.store.cards import BADGE_LABELS, Card
from self_service.state.display import TotalsRow, picture_path, totals_row
from self_service.state.values import written

#: From so many pieces on, how many are left is not said.
FEW = 5
#: Cards of what goes with a product.
BESIDE = 4


@dataclass(frozen=True, slots=True)
class PairRow:
    """A name and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FactsRow:
    """Facts under one heading."""

    title: str
    pairs: list[PairRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BesideRow:
    """Something that goes with the product, or is a part of it; leads to its page."""

    slug: str
    name: str
    href: str
    picture: str
    totals: TotalsRow
    starting: bool


def described(found: ProductView, language: str) -> dict[str, Any]:
    """Say what the product is."""
    card = found.card
    return {
        "name": card.name,
        "brand": card.brand,
        "badge": i18n.translate(language, BADGE_LABELS[card.badge]) if card.badge else "",
        "description": found.description,
        "picture": picture_path(card.picture, found.configuration.get("colour", "")),
        "highlights": list(card.highlights),
    }


def shelf(categories: Iterable[CategoryView], slug: str, language: str) -> dict[str, str]:
    """Say on which shelf of the store the product stands."""
    names = {category.slug: text(category.name, language) for category in categories}
    return {
        "shelf": names.get(slug) or i18n.translate(language, N_("Store")),
        "shelf_href": routes.page(language, routes.STORE, category=slug if slug in names else ""),
    }


def priced(found: ProductView, language: str) -> dict[str, Any]:
    """Say what the present configuration costs, and whether it can be had."""
    stock = problem = ""
    if found.pieces is not None and 0 < found.pieces < FEW:
        stock = i18n.plural(language, "Only {count} left", "Only {count} left", found.pieces)
    if not found.available:
        problem = i18n.translate(language, N_("Sold out in this version. Choose another one."))
    return {
        "totals": totals_row(found.totals or found.card.totals, language),
        "starting": found.card.price_from and not found.choices,
        "stock": stock,
        "problem": problem,
    }


#: What the one button says, by the step to which it leads.
_ACTIONS = {
    Step.CONFIGURE: N_("Continue"),
    Step.CHOOSE_PLAN: N_("Continue to plans"),
    Step.CHOOSE_ADDONS: N_("Continue to extras"),
    Step.CHOOSE_PARTS: N_("Put it together"),
    Step.BASKET: N_("Add to basket"),
}


def step(found: ProductView, query: ChooseQuery, language: str) -> dict[str, str]:
    """Say where the sale goes on with what is chosen."""
    extra = found.card.kind in EXTRAS
    action = N_("Choose what it is for") if extra else _ACTIONS[found.step]
    there = routes.page(language, routes.CHOOSE, found.card.slug)
    href = routes.with_query(there, query.to_params())
    return {
        "action": i18n.translate(language, action),
        "action_href": "" if found.step is Step.BASKET else href,
    }


#: Facts that the price above the sheet says better: it is that of the chosen configuration.
_SAID_ABOVE = frozenset({"price", "monthly", "later", "due_now", "whole_term"})


def facts(found: ProductView, language: str) -> list[FactsRow]:
    """List what is known of the product, under headings."""
    rows = []
    for group in found.groups:
        pairs = [
            PairRow(i18n.translate(language, fact.label), written(fact.value, language))
            for fact in group.lines
            if fact.name not in _SAID_ABOVE
        ]
        if pairs:
            rows.append(FactsRow(i18n.translate(language, group.label), pairs))
    return rows


def goes_with(found: ProductView, language: str) -> dict[str, Any]:
    """Show the parts of a bundle, or what goes with the product."""
    title, cards = N_("What is in it"), list(_parts(found.parts))
    if not cards:
        title = N_("Plans that go with it") if found.plans else N_("Extras that go with it")
        cards = list(found.plans or found.addons)[:BESIDE]
    return {
        "beside_title": i18n.translate(language, title),
        "beside": [_beside(card, language) for card in cards],
    }


def _parts(groups: Iterable[PartGroup]) -> Iterator[Card]:
    for group in groups:
        yield from group.parts


def _beside(card: Card, language: str) -> BesideRow:
    return BesideRow(
        slug=card.slug,
        name=card.name,
        href=routes.page(language, routes.PRODUCT, card.slug),
        picture=picture_path(card.picture),
        totals=totals_row(card.totals, language),
        starting=card.price_from,
    )
