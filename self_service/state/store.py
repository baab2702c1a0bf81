"""The store: shelves, search, filters with live counts, and the cards they leave."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.view import Offering, text
from self_service.domain.coverage.waiting import WAITED
from self_service.domain.errors import N_, NotFound
from self_service.domain.people import customers
from self_service.domain.store.query import StoreQuery
from self_service.domain.store.search import StorePage
from self_service.state.choices import parameters
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show
from self_service.state.store_rows import (
    COMPARED,
    CardRow,
    FacetRow,
    LinkRow,
    Place,
    card_rows,
    chosen_rows,
    facet_rows,
    hint_rows,
    page_rows,
    shelf_rows,
    sort_rows,
    too_many,
)
from self_service.state.turns import SEARCHING


class StoreState(PageState, rx.State):
    """What the store shows at this address."""

    address: list[str] = []  # parameters that this was read for, as "name=value"
    heading: str = ""
    at_address: bool = False  # what can be had depends on where one lives
    search_text: str = ""
    keep: list[LinkRow] = []  # parameters that the search form carries along
    total_text: str = ""
    shelves: list[LinkRow] = []
    sort_text: str = ""
    sorts: list[LinkRow] = []
    facets: list[FacetRow] = []
    chosen: list[LinkRow] = []  # chips that take a filter away
    clear_href: str = ""
    cards: list[CardRow] = []
    pages: list[LinkRow] = []
    previous_href: str = ""
    next_href: str = ""
    correction: str = ""  # the words that were probably meant, when nothing was found
    correction_href: str = ""
    hints: list[LinkRow] = []  # what to leave out, when nothing was found
    compared: list[LinkRow] = []  # each leads to the address without it
    compare_text: str = ""
    compare_href: str = ""
    compare_ready: bool = False
    compare_clear_href: str = ""
    compare_full: str = ""  # what was chosen beyond what fits, "" for nothing

    @public
    async def load(self) -> Any:
        """Read the store at this address."""
        return await show(self, store_values)

    @public
    async def find(self, form: dict[str, Any]) -> Any:
        """Go to the address that shows what was typed."""
        request = PageRequest.of(self)
        typed = form.get("q", "") if isinstance(form, dict) else ""
        query = StoreQuery.from_params(request.query).with_text(str(typed))
        params = {**query.to_params(), "compare": request.query.get("compare", "")}
        return rx.redirect(routes.with_query(routes.page(request.language, routes.STORE), params))


async def store_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of StoreState.

    Raises:
        Busy: too many others search just now.
    """
    typed = bool(request.query.get("q"))
    async with SEARCHING.one() if typed else nullcontext():
        values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    catalog, language = catalog_index.current(session), request.language
    found = catalog.search(
        StoreQuery.from_params(request.query),
        as_of=now,
        language=language,
        new_customer=customers.is_new(session, actor, now=now),
    )
    asked = _compared(request, catalog)
    compared, surplus = asked[:COMPARED], asked[COMPARED:]
    place = Place(language, found.query, [offering.slug for offering in compared])
    facets = facet_rows(found.facets, place)
    sorts = sort_rows(place)
    return {
        "address": parameters(request.query),
        "heading": _heading(catalog, found.query.category, language),
        "at_address": bool(found.cards) and all(card.kind in WAITED for card in found.cards),
        "search_text": found.query.text,
        "keep": _kept(place),
        "total_text": _total(found, language),
        "shelves": shelf_rows(catalog.categories, place),
        "sort_text": next(row.text for row in sorts if row.selected),
        "sorts": sorts,
        "facets": facets,
        "chosen": chosen_rows(facets),
        "clear_href": place.href(found.query.cleared() if found.query.filters else StoreQuery()),
        "cards": card_rows(found.cards, place),
        **_pages(found, place),
        **_ways_out(found, place),
        **_compare_bar(compared, surplus, place),
    }


def _heading(catalog: Catalog, slug: str, language: str) -> str:
    names = {category.slug: text(category.name, language) for category in catalog.categories}
    return names.get(slug) or i18n.translate(language, N_("Store"))


def _kept(place: Place) -> list[LinkRow]:
    params = {**place.query.to_params(), "compare": ",".join(place.compared)}
    return [
        LinkRow(name, value)
        for name, value in params.items()
        if value and name not in ("q", "page")
    ]


def _total(found: StorePage, language: str) -> str:
    number = i18n.number(found.total, language)
    if words := found.query.text:
        return i18n.plural(
            language,
            "{number} result for “{words}”",
            "{number} results for “{words}”",
            found.total,
            number=number,
            words=words,
        )
    return i18n.plural(language, "{number} result", "{number} results", found.total, number=number)


def _pages(found: StorePage, place: Place) -> dict[str, Any]:
    before = place.query.with_page(found.page - 1)
    after = place.query.with_page(found.page + 1)
    return {
        "pages": page_rows(found, place),
        "previous_href": place.href(before) if found.page > 1 else "",
        "next_href": place.href(after) if found.page < found.pages else "",
    }


def _ways_out(found: StorePage, place: Place) -> dict[str, Any]:
    meant = found.did_you_mean
    return {
        "correction": meant.text if meant else "",
        "correction_href": place.href(meant) if meant else "",
        "hints": hint_rows(found, place),
    }


def _compared(request: PageRequest, catalog: Catalog) -> list[Offering]:
    """Return what is to be compared: what of the address is in the catalogue."""
    slugs = dict.fromkeys(request.query.get("compare", "").split(",")[: COMPARED * 2])
    offerings = []
    for slug in slugs:
        with suppress(NotFound):
            offerings.append(catalog.by_slug(slug))
    return offerings


def _compare_bar(compared: list[Offering], surplus: list[Offering], place: Place) -> dict[str, Any]:
    def without(slug: str) -> list[str]:
        return [other for other in place.compared if other != slug]

    language, count = place.language, len(compared)
    comparing = place.comparing()
    return {
        "compared": [
            LinkRow(text(offering.name, language), comparing(without(offering.slug)))
            for offering in compared
        ],
        "compare_text": i18n.plural(language, "{count} to compare", "{count} to compare", count),
        "compare_href": routes.page(language, routes.COMPARE, items=",".join(place.compared)),
        "compare_ready": count > 1,
        "compare_clear_href": comparing(()),
        "compare_full": too_many(surplus, language),
    }
