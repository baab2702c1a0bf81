"""Search in the store: one page of offers, and the facets by which to narrow it down."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from self_service.domain.catalog.view import CategoryView, Offering
from self_service.domain.pricing.calendar import PriceCalendar
from self_service.domain.pricing.offers import Pricer
from self_service.domain.store.cards import Card
from self_service.domain.store.facets import Facet, Hint, corrected, found, hints, narrow
from self_service.domain.store.index import StoreIndex
from self_service.domain.store.query import Sort, StoreQuery
from self_service.domain.store.shelf import Shelf

#: Priced shelves that are kept: today's and tomorrow's, for new customers and others.
SHELVES = 4


@dataclass(frozen=True, slots=True)
class StorePage:
    """What the store answers.

    Attributes:
        total: offers found.
        page: the page shown, from 1; the last one when a later one was asked for.
        pages: at least 1.
        query: the question as it was understood: unknown shelves, facets and values left out.
        did_you_mean: the question with misspelt words put right, when nothing was found.
        hints: what to leave out, when nothing was found.
    """

    total: int
    page: int
    pages: int
    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    query: StoreQuery
    did_you_mean: StoreQuery | None = None
    hints: tuple[Hint, ...] = ()


class Store:
    """The searchable store of one catalogue version. Threads may share it."""

    def __init__(
        self,
        offerings: Sequence[Offering],
        categories: Iterable[CategoryView],
        pricer: Callable[[datetime, bool], Pricer],
    ) -> None:
        """Take the offerings, the most popular first, and what prices them at a time."""
        self._index = StoreIndex(offerings, categories)
        self._pricer = pricer
        self._calendar = PriceCalendar(offerings)
        self._shelves: OrderedDict[tuple[datetime, bool], Shelf] = OrderedDict()
        self._stocking = threading.Lock()

    def shelf(self, as_of: datetime, *, new_customer: bool) -> Shelf:
        """Return the offers as priced at `as_of`; priced once per day and price change."""
        key = (self._calendar.span_start(as_of), new_customer)
        shelf = self._shelves.get(key)
        if shelf is None:
            with self._stocking:
                shelf = self._shelves.get(key)
                if shelf is None:
                    shelf = Shelf(self._index, self._pricer(*key))
                    self._shelves[key] = shelf
                    if len(self._shelves) > SHELVES:
                        self._shelves.popitem(last=False)
        return shelf

    def warm(self, as_of: datetime) -> None:
        """Do beforehand what the first questions would wait for, at a start or after an import."""
        for new_customer in (True, False):
            narrow(self.shelf(as_of, new_customer=new_customer), StoreQuery(text="a"))

    def search(
        self,
        query: StoreQuery,
        *,
        as_of: datetime,
        language: str,
        new_customer: bool = True,
        page_size: int = 24,
    ) -> StorePage:
        """Answer a question; see `StorePage`."""
        shelf = self.shelf(as_of, new_customer=new_customer)
        query = _understood(query, shelf)
        narrowed = narrow(shelf, query)
        total = narrowed.found.bit_count()
        pages = max(-(-total // page_size), 1)
        page = min(query.page, pages)
        view = shelf.view(query.sort, language)
        offers = narrowed.found if query.sort is Sort.POPULAR else found(view, query)
        places = view.order.take(offers, (page - 1) * page_size, page_size)
        return StorePage(
            total=total,
            page=page,
            pages=pages,
            cards=tuple(shelf.card(place, language) for place in places),
            facets=narrowed.facets,
            query=query.with_page(page),
            did_you_mean=None if total else corrected(shelf, query),
            hints=() if total else tuple(hints(shelf, query)),
        )


def _understood(query: StoreQuery, shelf: Shelf) -> StoreQuery:
    known = {
        name: [value for value in wanted if value in shelf.groupings[name].groups]
        for name, wanted in query.filters.items()
        if name in shelf.groupings
    }
    category = query.category if query.category in shelf.index.category_places else ""
    return replace(query.with_filters(known), category=category)
