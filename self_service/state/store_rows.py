"""Rows of the store: links that narrow it down, and cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from self_service import i18n, routes
from self_service.domain.catalog.view import CategoryView, Offering, text
from self_service.domain.errors import N_
from self_service.domain.store.cards import BADGE_LABELS, Card
from self_service.domain.store.facets import Facet
from self_service.domain.store.query import SEPARATOR, Sort, StoreQuery
from self_service.domain.store.search import StorePage
from self_service.illustrations import colour_hex
from self_service.state.display import TotalsRow, picture_path, totals_row
from self_service.state.values import written

#: Devices or plans side by side, at most.
COMPARED = 4
#: Filters that stand open from the start, so that the counts beside their choices are seen.
OPEN_FACETS = 2
SORTS = {
    Sort.POPULAR: N_("Most popular"),
    Sort.PRICE_UP: N_("Lowest price"),
    Sort.PRICE_DOWN: N_("Highest price"),
    Sort.NEWEST: N_("Newest"),
    Sort.NAME: N_("Name"),
}


# The same few values are written for everybody: writing one by the rules of a locale takes longer
# than all else that a row needs.
_written = lru_cache(4_096)(written)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Something to choose: its text, address ("" for a gap), and whether it is chosen now."""

    text: str
    href: str
    selected: bool = False
    count: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A filter with its choices; `more` are folded away."""

    name: str
    text: str
    chosen: int
    open: bool
    choices: list[LinkRow] = field(default_factory=list)
    more: list[LinkRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A product card."""

    slug: str
    name: str
    brand: str
    href: str
    picture: str
    badge: str
    starting: bool
    totals: TotalsRow
    compare_href: str
    compared: bool
    eager: bool
    highlights: list[str] = field(default_factory=list)
    swatches: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader stands, which all links start from.

    Attributes:
        language: of the reader.
        query: the question as the store understood it.
        compared: slugs that are being compared, in the order chosen.
    """

    language: str
    query: StoreQuery
    compared: Sequence[str] = ()

    def href(self, query: StoreQuery) -> str:
        """Return an address of the store; what is being compared comes along."""
        return self._address(query.to_params(), self.compared)

    def comparing(self) -> Callable[[Sequence[str]], str]:
        """Return what makes the address of this place where other slugs are compared."""
        here = self._address(self.query.to_params(), ())
        joint = "&" if "?" in here else "?"
        return lambda slugs: routes.with_query(here, {"compare": ",".join(slugs)}, joint)

    def toggling(self, facet: str) -> Callable[[str], str]:
        """Return what makes the address with a value of a facet added or taken away.

        As `href(query.with_toggled(facet, value))`, but what the choices share is made once: a page
        of the store has a hundred of them.
        """
        params = self.query.with_page(1).to_params()
        chosen = {*self.query.filters.get(facet, ())}
        before = {name: value for name, value in params.items() if name < facet}
        after = {name: value for name, value in params.items() if name > facet}
        head = self._address(before, ())
        joint = "&" if before else "?"
        tail = routes.with_query("", {**after, "compare": ",".join(self.compared)}, "")

        def address(value: str) -> str:
            wanted = SEPARATOR.join(sorted(chosen ^ {value}))
            own = routes.with_query("", {facet: wanted}, "")
            rest = "&".join(filter(None, (own, tail)))
            return f"{head}{joint}{rest}" if rest else head

        return address

    def _address(self, params: Mapping[str, str], compared: Sequence[str]) -> str:
        path = routes.page(self.language, routes.STORE)
        return routes.with_query(path, {**params, "compare": ",".join(compared)})


def shelf_rows(categories: Sequence[CategoryView], place: Place) -> list[LinkRow]:
    """List the shelves; the words that were searched for come along."""
    here = place.query
    words = StoreQuery(text=here.text)
    everything = i18n.translate(place.language, N_("Everything"))
    return [LinkRow(everything, place.href(words), not here.category, icon="store")] + [
        LinkRow(
            text(shelf.name, place.language),
            place.href(StoreQuery(category=shelf.slug, text=here.text)),
            shelf.slug == here.category,
            icon=shelf.icon,
        )
        for shelf in categories
        if shelf.parent_id is None
    ]


def sort_rows(place: Place) -> list[LinkRow]:
    """List the orders in which offers can stand."""
    return [
        LinkRow(
            i18n.translate(place.language, label),
            place.href(place.query.with_sort(sort)),
            sort is place.query.sort,
        )
        for sort, label in SORTS.items()
    ]


def facet_rows(facets: Sequence[Facet], place: Place) -> list[FacetRow]:
    """List the filters with their counts."""
    return [_facet(facet, place, number < OPEN_FACETS) for number, facet in enumerate(facets)]


def _facet(facet: Facet, place: Place, opened: bool) -> FacetRow:
    toggled = place.toggling(facet.name)
    rows = [
        LinkRow(
            _written(choice.label, place.language),
            toggled(choice.value),
            choice.selected,
            i18n.number(choice.count, place.language),
        )
        for choice in facet.choices
    ]
    chosen = sum(choice.selected for choice in facet.choices)
    folded = [choice.more for choice in facet.choices]
    return FacetRow(
        name=facet.name,
        text=i18n.translate(place.language, facet.label),
        chosen=chosen,
        open=opened or chosen > 0,
        choices=[row for row, more in zip(rows, folded, strict=True) if not more],
        more=[row for row, more in zip(rows, folded, strict=True) if more],
    )


def chosen_rows(facets: Sequence[FacetRow]) -> list[LinkRow]:
    """List what is filtered by; each leads to the address without it."""
    return [row for facet in facets for row in (*facet.choices, *facet.more) if row.selected]


def too_many(surplus: Sequence[Offering], language: str) -> str:
    """Say what was chosen beyond what fits side by side, "" for nothing."""
    if not surplus:
        return ""
    names = i18n.listed([text(offering.name, language) for offering in surplus], language)
    told = N_("At most four can be compared. Take one out, then add {name}.")
    return i18n.translate(language, told, name=names)


def card_rows(cards: Sequence[Card], place: Place) -> list[CardRow]:
    """Put the cards of a page into words."""
    comparing = place.comparing()
    rows = []
    for index, card in enumerate(cards):
        others = [slug for slug in place.compared if slug != card.slug]
        compared = card.slug in place.compared
        toggled = others if compared else [*others, card.slug]  # one too many is told of there
        rows.append(
            CardRow(
                **_words(card, place.language),
                compare_href=comparing(toggled),
                compared=compared,
                eager=index < 4,
            )
        )
    return rows


@lru_cache(8_192)
def _words(card: Card, language: str) -> Mapping[str, Any]:
    """Put what is the same for everybody into words; the catalogue makes each card once."""
    return {
        "slug": card.slug,
        "name": card.name,
        "brand": card.brand,
        "href": routes.page(language, routes.PRODUCT, card.slug),
        "picture": picture_path(card.picture),
        "badge": i18n.translate(language, BADGE_LABELS[card.badge]) if card.badge else "",
        "starting": card.price_from,
        "totals": totals_row(card.totals, language),
        "highlights": list(card.highlights[:3]),
        "swatches": [colour_hex(word) for word in card.colours[:5]],
    }


def page_rows(found: StorePage, place: Place) -> list[LinkRow]:
    """List pages of the result: the first, those around this one, the last; gaps between them."""
    if found.pages == 1:
        return []
    around = {1, found.pages, found.page - 1, found.page, found.page + 1}
    rows: list[LinkRow] = []
    before = 0
    for number in sorted(n for n in around if 1 <= n <= found.pages):
        if number > before + 1:
            rows.append(LinkRow("…", "", count=str(number)))
        shown = i18n.number(number, place.language)
        rows.append(LinkRow(shown, place.href(place.query.with_page(number)), number == found.page))
        before = number
    return rows


def hint_rows(found: StorePage, place: Place) -> list[LinkRow]:
    """List what could be left out so that something is found, and how much that would be."""
    return [
        LinkRow(
            i18n.translate(
                place.language,
                N_("Without “{filter}”"),
                filter=i18n.translate(place.language, hint.label),
            ),
            place.href(hint.query),
            count=i18n.number(hint.total, place.language),
        )
        for hint in found.hints
    ]
