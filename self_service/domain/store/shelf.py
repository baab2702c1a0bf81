"""All offers as one kind of customer sees them at one time: priced, sorted, and as sets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from self_service.domain.catalog.collector import collector_paused
from self_service.domain.pricing.offers import Pricer
from self_service.domain.store.bit_order import BitOrder
from self_service.domain.store.cards import Card, card
from self_service.domain.store.index import StoreIndex, grouped
from self_service.domain.store.price_facets import price_facets
from self_service.domain.store.query import Sort
from self_service.domain.store.view import View

A = TypeVar("A")

#: Answers that a shelf remembers before it forgets all of them: some 15 KB each.
MOST_ANSWERS = 256
#: The order in which facets are shown.
FACET_ORDER = (
    "brand",
    "price",
    "monthly",
    "payment",
    "data",
    "speed",
    "channels",
    "term",
    "display",
    "storage",
    "memory",
    "generation",
    "os",
    "colour",
    "sim",
    "dual_sim",
    "nfc",
)


class Shelf:
    """What is on sale to one kind of customer until the next price change.

    Attributes:
        offers: by place in the catalogue; None for what is not sold on its own, to these
            customers, at this time, or has no price.
        listed: the places that have an offer.
        groupings: all facets by name, in the order in which they are shown.
    """

    def __init__(self, index: StoreIndex, pricer: Pricer) -> None:
        """Price every offering of `index`."""
        self.index = index
        with collector_paused():
            self.offers = [pricer.offer(offering) for offering in index.offerings]
        priced = [(place, offer) for place, offer in enumerate(self.offers) if offer is not None]
        self.listed = [place for place, _ in priced]
        kinds = price_facets([offer for _, offer in priced], pricer.currency)
        found = {**index.groupings, **{kind.name: grouped(kind, priced) for kind in kinds}}
        self.groupings = {name: found[name] for name in FACET_ORDER}
        self._views: dict[tuple[Sort, str], View] = {}
        self._cards: dict[tuple[int, str], Card] = {}
        self._sorting = threading.Lock()
        self._answers: dict[Hashable, Any] = {}

    def view(self, sort: Sort, language: str = "") -> View:
        """Return the offers as sets in one order; sorted once, when first asked for."""
        key = (sort, language if sort is Sort.NAME else "")
        view = self._views.get(key)
        if view is None:
            with self._sorting:
                view = self._views.get(key)
                if view is None:
                    order = BitOrder(self._sorted(*key))
                    view = View(order, self.index, self.groupings, order.bits(self.listed))
                    self._views[key] = view
        return view

    def card(self, place: int, language: str) -> Card:
        """Return the card of a listed place; made once per language."""
        found = self._cards.get((place, language))
        if found is None:
            offer = self.offers[place]
            if offer is None:
                raise LookupError(f"nothing is offered at place {place}")
            found = self._cards[place, language] = card(offer, language)
        return found

    def remembered(self, question: Hashable, answer: Callable[[], A]) -> A:
        """Return the answer to a question, found once: paging and sorting do not narrow anew."""
        found: A | None = self._answers.get(question)
        if found is None:
            found = answer()
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[question] = found
        return found

    def _sorted(self, sort: Sort, language: str) -> list[int]:
        places = range(len(self.offers))
        if sort in (Sort.PRICE_UP, Sort.PRICE_DOWN):
            sums = [offer.headline.minor if offer else 0 for offer in self.offers]
            return sorted(places, key=sums.__getitem__, reverse=sort is Sort.PRICE_DOWN)
        if sort is Sort.NEWEST:
            return self.index.newest
        return self.index.by_name(language) if sort is Sort.NAME else list(places)
