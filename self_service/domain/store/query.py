"""What somebody asks of the store, and how it stands in an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from self_service.domain.store.facet_kinds import FACETS
from self_service.domain.store.price_facets import PRICE_FACETS

#: Bounds of what an address may ask for; what is beyond them is cut off or left out.
LONGEST_TEXT = 80
LONGEST_VALUE = 64
MOST_VALUES = 20
LAST_PAGE = 9_999

#: Stands between values of one facet.
SEPARATOR = ","

_VALUE = re.compile(r"[\w.-]+")
_NAMES = frozenset((*(kind.name for kind in FACETS), *PRICE_FACETS))


class Sort(StrEnum):
    """In which order offers stand."""

    POPULAR = "popular"
    PRICE_UP = "price"
    PRICE_DOWN = "price-down"
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class StoreQuery:
    """A question to the store. Equal questions have equal addresses.

    Attributes:
        category: slug of a shelf, "" for the whole store.
        text: words to find, as typed.
        filters: facet -> wanted values, sorted; any of them will do, of every facet.
        sort: order of the offers.
        page: from 1.
    """

    category: str = ""
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.POPULAR
    page: int = 1

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> StoreQuery:
        """Read the parameters of an address; whatever is not understood is left out.

        Args:
            params: category, q, sort, page, and a list of values for each facet.
        """
        filters = {name: _values(params[name]) for name in sorted(_NAMES & params.keys())}
        sort = params.get("sort", "")
        page = params.get("page", "")
        known_page = page.isascii() and page.isdigit() and len(page) <= 6
        return cls(
            category=params.get("category", "")[:LONGEST_VALUE],
            text=" ".join(params.get("q", "")[:LONGEST_TEXT].split()),
            filters=_frozen(filters),
            sort=Sort(sort) if sort in _SORTS else Sort.POPULAR,
            page=min(max(int(page), 1), LAST_PAGE) if known_page else 1,
        )

    def to_params(self) -> dict[str, str]:
        """Return the parameters of this question's address, sorted, without what is usual."""
        params = {name: SEPARATOR.join(wanted) for name, wanted in self.filters.items()}
        if self.category:
            params["category"] = self.category
        if self.text:
            params["q"] = self.text
        if self.sort is not Sort.POPULAR:
            params["sort"] = self.sort.value
        if self.page > 1:
            params["page"] = str(self.page)
        return dict(sorted(params.items()))

    def with_toggled(self, facet: str, value: str) -> StoreQuery:
        """Return this question with a value of a facet added or, if it was there, removed."""
        wanted = {*self.filters.get(facet, ())} ^ {value}
        return replace(self, filters=_frozen({**self.filters, facet: wanted}), page=1)

    def without(self, facet: str) -> StoreQuery:
        """Return this question without a facet's filter."""
        return replace(self, filters=_frozen({**self.filters, facet: ()}), page=1)

    def with_filters(self, filters: Mapping[str, Iterable[str]]) -> StoreQuery:
        """Return this question with other filters; empty ones go."""
        return replace(self, filters=_frozen(filters))

    def with_page(self, page: int) -> StoreQuery:
        """Return this question for another page."""
        return replace(self, page=page)

    def with_sort(self, sort: Sort) -> StoreQuery:
        """Return this question in another order, from the first page."""
        return replace(self, sort=sort, page=1)

    def with_text(self, text: str) -> StoreQuery:
        """Return this question with other words to find, from the first page."""
        return replace(self, text=" ".join(text[:LONGEST_TEXT].split()), page=1)

    def cleared(self) -> StoreQuery:
        """Return this question without any filter; words, shelf and order stay."""
        return replace(self, filters=_frozen({}), page=1)

    def __hash__(self) -> int:
        return hash((self.category, self.text, tuple(self.filters.items()), self.sort, self.page))


_SORTS = frozenset(sort.value for sort in Sort)


def _values(listed: str) -> list[str]:
    """Return the values of a list in an address, without what no value can look like."""
    parts = listed[: MOST_VALUES * (LONGEST_VALUE + 1)].casefold().split(SEPARATOR)
    kept = [part for part in parts if len(part) <= LONGEST_VALUE and _VALUE.fullmatch(part)]
    return kept[:MOST_VALUES]


def _frozen(filters: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """Return `filters` in their one form: sorted, each value once, no empty ones."""
    tidy = {name: tuple(sorted(set(filters[name]))) for name in sorted(filters)}
    return {name: wanted for name, wanted in tidy.items() if wanted}
