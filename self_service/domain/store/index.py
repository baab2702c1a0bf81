"""What can be known of the offers for searching before anybody asks: words, facets, shelves."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from self_service.domain.catalog.collector import collector_paused
from self_service.domain.catalog.view import CategoryView, Offering, text
from self_service.domain.store.facet_kinds import FACETS, FacetKind
from self_service.domain.store.facet_options import Option
from self_service.domain.store.words import WordIndex, fold
from self_service.models.catalog import OfferingKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """The offerings that fall into one option of a facet, by their places."""

    option: Option
    places: array[int]


@dataclass(frozen=True, slots=True)
class Grouping:
    """A facet with its groups by value, the options in natural order."""

    kind: FacetKind[Any]
    groups: Mapping[str, Group]


def grouped(kind: FacetKind[T], things: Iterable[tuple[int, T]]) -> Grouping:
    """Sort `things`, which come with their places, into the options of a facet."""
    groups: dict[str, Group] = {}
    for place, thing in things:
        for option in kind.read(thing):
            group = groups.get(option.value)
            if group is None:
                group = groups[option.value] = Group(option, array("I"))
            group.places.append(place)
    in_order = sorted(groups.values(), key=lambda group: group.option.rank)
    return Grouping(kind, {group.option.value: group for group in in_order})


class StoreIndex:
    """The offerings of one catalogue version by their places, 0 being the most popular.

    Attributes:
        offerings: in the order of the catalogue; the index is the place.
    """

    def __init__(self, offerings: Sequence[Offering], categories: Iterable[CategoryView]) -> None:
        self.offerings = offerings
        self._categories = tuple(categories)

    @cached_property
    def groupings(self) -> dict[str, Grouping]:
        """The facets that do not hang on the day, by name."""
        things = tuple(enumerate(self.offerings))
        with collector_paused():
            return {kind.name: grouped(kind, things) for kind in FACETS}

    @cached_property
    def words(self) -> WordIndex:
        """All words of names in every language, brands and names of categories."""
        shelf_names = {c.slug: " ".join(c.name.values()) for c in self._categories}
        texts = [
            (*offering.name.values(), offering.brand, shelf_names.get(offering.category, ""))
            for offering in self.offerings
        ]
        with collector_paused():
            return WordIndex(texts)

    @cached_property
    def category_places(self) -> Mapping[str, array[int]]:
        """Slug of each category -> places of what stands on it or on a shelf below it."""
        slugs = {c.id: c.slug for c in self._categories}
        parents = {c.slug: slugs.get(c.parent_id) for c in self._categories if c.parent_id}
        above = {slug: tuple(_with_ancestors(slug, parents)) for slug in slugs.values()}
        places: dict[str, array[int]] = {slug: array("I") for slug in above}
        for place, offering in enumerate(self.offerings):
            for slug in above.get(offering.category, ()):
                places[slug].append(place)
        return places

    @cached_property
    def newest(self) -> list[int]:
        """The places, the latest release first; what has no date comes last."""
        stamps = [_released(offering) for offering in self.offerings]
        return sorted(range(len(stamps)), key=stamps.__getitem__, reverse=True)

    def by_name(self, language: str) -> list[int]:
        """Return the places by name in `language`; case and accents do not count."""
        names = [fold(text(offering.name, language)) for offering in self.offerings]
        return sorted(range(len(names)), key=names.__getitem__)


def _with_ancestors(slug: str, parents: Mapping[str, str | None]) -> list[str]:
    """Return a category and those above it; a circle in the data ends where it closes."""
    found: list[str] = []
    at: str | None = slug
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


def _released(offering: Offering) -> str:
    """Return when a thing came out, as "YYYY-MM"; of plans when they went on sale."""
    stamp = offering.facets.get("released")
    if stamp is None and offering.kind is not OfferingKind.DEVICE and offering.valid_from:
        return f"{offering.valid_from:%Y-%m}"
    return str(stamp or "")
