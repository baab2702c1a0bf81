"""The offers of a shelf as sets in one order: by category, facet and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from self_service.domain.store.bit_order import BitOrder
from self_service.domain.store.index import Grouping, StoreIndex

#: A facet is offered where at least one in so many offers says something about it.
SPARSEST_FACET = 5


class View:
    """The sets of a shelf in one order; each is made when first used, then kept."""

    def __init__(
        self,
        order: BitOrder,
        index: StoreIndex,
        groupings: Mapping[str, Grouping],
        listed: int,
    ) -> None:
        self.order = order
        self._index = index
        self._groupings = groupings
        self._listed = listed
        self._categories: dict[str, int] = {}
        self._groups: dict[str, dict[str, int]] = {}
        self._sensible: dict[tuple[str, str], bool] = {}

    def category(self, slug: str) -> int:
        """Return what is listed on a shelf and those below it; "" is the whole store."""
        if not slug:
            return self._listed
        found = self._categories.get(slug)
        if found is None:
            places = self._index.category_places[slug]
            found = self._categories[slug] = self.order.bits(places) & self._listed
        return found

    def groups(self, facet: str) -> Mapping[str, int]:
        """Return what falls into each option of a facet, listed or not."""
        found = self._groups.get(facet)
        if found is None:
            groups = self._groupings[facet].groups
            found = {value: self.order.bits(group.places) for value, group in groups.items()}
            self._groups[facet] = found
        return found

    def union(self, facet: str, options: Iterable[str]) -> int:
        """Return what falls into any of some options of a facet."""
        groups = self.groups(facet)
        found = 0
        for value in options:
            found |= groups[value]
        return found

    def containing(self, words: Iterable[str]) -> int:
        """Return what is found under all of the words, each being the beginning of one."""
        found = self._listed
        for word in words:
            found &= self.order.bits(self._index.words.places(word))
        return found

    def offers_choice(self, category: str, facet: str) -> bool:
        """Say whether a facet makes sense on a shelf: several options, for a fair part of it."""
        key = (category, facet)
        found = self._sensible.get(key)
        if found is None:
            scope = self.category(category)
            sets = [scope & bits for bits in self.groups(facet).values()]
            spoken_of = 0
            for bits in sets:
                spoken_of |= bits
            several = sum(bits != 0 for bits in sets) > 1
            enough = spoken_of.bit_count() * SPARSEST_FACET >= scope.bit_count()
            found = self._sensible[key] = several and enough
        return found
