"""Options of a facet: single values, ranges of numbers, usual sizes of memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from self_service.domain.catalog import values
from self_service.domain.catalog.values import Value

#: MB in a GB.
GB = 1024


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet.

    Attributes:
        value: as it stands in an address.
        label: how it is shown.
        rank: natural place among the others, where there is one (sizes, generations).
    """

    value: str
    label: Value
    rank: int = 0


class Ranges:
    """Numbers sorted into ranges: below the first edge, between edges, from the last one on."""

    def __init__(
        self,
        edges: Sequence[int],
        label: Callable[[int | None, int | None], Value],
        *,
        name: Callable[[int], str] = str,
    ) -> None:
        """Make the options; `name` writes an edge in an address."""
        self._edges = edges
        bounds = [None, *edges, None]
        self._options = [
            Option(f"{name(low or 0)}-{name(high) if high else ''}", label(low, high), rank)
            for rank, (low, high) in enumerate(pairwise(bounds))
        ]

    def option(self, number: int) -> Option:
        """Return the option into which `number` falls; a range contains its lower edge."""
        return self._options[bisect_right(self._edges, number)]


class Sizes:
    """Numbers named by the largest usual size that they reach: 120 GB are shown under 64 GB."""

    def __init__(self, usual: Sequence[int]) -> None:
        """Make the options of the usual sizes, in MB."""
        self._usual = usual
        under = Option("less", values.between(None, usual[0], "MB"), 0)
        self._options = [under, *(_size(mb, rank) for rank, mb in enumerate(usual, 1))]

    def option(self, mb: int) -> Option:
        """Return the option into which `mb` falls."""
        return self._options[bisect_right(self._usual, mb)]


def _size(mb: int, rank: int) -> Option:
    value = f"{mb // GB}gb" if mb >= GB else f"{mb}mb"
    return Option(value, values.number(mb, "MB"), rank)
