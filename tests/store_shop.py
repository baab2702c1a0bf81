"""A small store to search, for tests of the read side of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.view import Offering
from self_service.domain.store.facets import Facet
from self_service.domain.store.query import StoreQuery
from self_service.domain.store.search import StorePage
from tests.conftest import NOW
from tests.factories import as_offering, one_time


def search(
    catalog: Catalog,
    params: dict[str, str] | None = None,
    *,
    as_of: datetime = NOW,
    language: str = "en",
    **more: Any,
) -> StorePage:
    """Ask the store by the parameters of an address."""
    query = StoreQuery.from_params(params or {})
    return catalog.search(query, as_of=as_of, language=language, **more)


def slugs(page: StorePage) -> list[str]:
    """Return what is on the page, in its order."""
    return [card.slug for card in page.cards]


def facet(page: StorePage, name: str) -> Facet | None:
    """Return a facet of the page; None when it is not offered."""
    return next((found for found in page.facets if found.name == name), None)


def counts(page: StorePage, name: str) -> dict[str, int]:
    """Return the counts beside the choices of a facet, in their order."""
    found = facet(page, name)
    return {choice.value: choice.count for choice in found.choices} if found else {}


def phone(slug: str, price: int = 10_000, **more: Any) -> Offering:
    """Return a device that is paid once; `more` as of `as_offering`."""
    return as_offering(slug, prices=[one_time(price)], **more)


def raw_phone(slug: str, price: int = 10_000, *, brand: str = "", **facets: Any) -> Offering:
    """Return a device with raw facets."""
    return phone(slug, price, brand=brand, facets=facets)
