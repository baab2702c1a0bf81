"""How a question narrows the store down, and what each further choice would leave.

Within a facet any of the chosen values will do, between facets all must hold. So the count beside
a choice of facet f is taken among what all the *other* facets leave: it is what that choice alone
contributes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from self_service.domain.catalog.values import Value
from self_service.domain.errors import N_
from self_service.domain.store.query import Sort, StoreQuery
from self_service.domain.store.shelf import Shelf
from self_service.domain.store.view import View
from self_service.domain.store.words import MOST_WORDS, words

#: Choices of a facet that are shown at once; the others are folded away.
SHOWN_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, and what choosing it would leave.

    Attributes:
        value: as it stands in an address.
        count: offers that have it, among those that all other facets leave.
        rank: natural place among the facet's choices (sizes), 0 where there is none.
        more: folded away until somebody asks for more.
    """

    value: str
    label: Value
    count: int
    selected: bool
    rank: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list down; `label` is translatable."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A way out of an empty list: leave something out, and so many offers are there.

    Attributes:
        label: translatable name of what is left out.
        query: the question without it.
        total: what that question finds.
    """

    label: str
    query: StoreQuery
    total: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a question leaves, whatever its order and page.

    Attributes:
        found: the offers, as a set in the order of popularity.
    """

    found: int
    facets: tuple[Facet, ...]


def narrow(shelf: Shelf, query: StoreQuery) -> Narrowed:
    """Find what a question leaves; all of its facets and values must be known to the shelf."""
    typed = tuple(words(query.text)[:MOST_WORDS])
    question = query.category, typed, tuple(query.filters.items())
    return shelf.remembered(question, lambda: _Narrowing(shelf, query).result())


def found(view: View, query: StoreQuery) -> int:
    """Return what a question leaves as a set in the order of `view`."""
    left = _scope(view, query)
    for name, wanted in query.filters.items():
        left &= view.union(name, wanted)
    return left


def corrected(shelf: Shelf, query: StoreQuery) -> StoreQuery | None:
    """Return the question with unknown words put right; None when that finds nothing either."""
    index = shelf.index.words
    typed = words(query.text)[:MOST_WORDS]
    likely = [word if index.places(word) else index.nearest(word) or word for word in typed]
    better = query.with_text(" ".join(likely))
    if likely == typed or not found(shelf.view(Sort.POPULAR), better):
        return None
    return better


def hints(shelf: Shelf, query: StoreQuery) -> Iterator[Hint]:
    """Yield what could be left out so that something is found."""
    ways = [(shelf.groupings[name].kind.label, query.without(name)) for name in query.filters]
    if query.text:
        ways.append((N_("Search words"), query.with_text("")))
    if query.category:
        ways.append((N_("Category"), replace(query, category="", page=1)))
    for label, wider in ways:
        if total := found(shelf.view(Sort.POPULAR), wider).bit_count():
            yield Hint(label, wider, total)


def _scope(view: View, query: StoreQuery) -> int:
    return view.category(query.category) & view.containing(words(query.text)[:MOST_WORDS])


class _Narrowing:
    """The sets of one question, in the order of popularity."""

    def __init__(self, shelf: Shelf, query: StoreQuery) -> None:
        self._groupings = shelf.groupings
        self._query = query
        self._view = shelf.view(Sort.POPULAR)
        self._scope = _scope(self._view, query)
        self._chosen = {n: self._view.union(n, wanted) for n, wanted in query.filters.items()}

    def result(self) -> Narrowed:
        left = self._without("")
        facets = []
        for name, grouping in self._groupings.items():
            if name in self._chosen:
                choices = self._choices(name, self._without(name))
            elif left and self._view.offers_choice(self._query.category, name):
                choices = self._choices(name, left)
            else:
                continue
            if choices:
                facets.append(Facet(name, grouping.kind.label, choices))
        return Narrowed(left, tuple(facets))

    def _without(self, facet: str) -> int:
        """Return what the scope and all facets but one leave."""
        left = self._scope
        for name, bits in self._chosen.items():
            if name != facet:
                left &= bits
        return left

    def _choices(self, facet: str, base: int) -> tuple[Choice, ...]:
        grouping = self._groupings[facet]
        selected = self._query.filters.get(facet, ())
        counted = [
            (count, value)
            for value, bits in self._view.groups(facet).items()
            if (count := (base & bits).bit_count()) or value in selected
        ]
        by_count = sorted(counted, key=lambda choice: (-choice[0], choice[1]))
        shown = {value for _, value in by_count[:SHOWN_CHOICES]} | {*selected}
        choices = []
        for count, value in counted if grouping.kind.ranked else by_count:
            option = grouping.groups[value].option
            more = value not in shown
            choices.append(Choice(value, option.label, count, value in selected, option.rank, more))
        return tuple(choices)
