"""What a measurement is, and the little arithmetic between it, its floor, its peer and its goal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

#: Units of which more is better; of all others less is.
MORE_IS_BETTER = frozenset({"/s", "points"})


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` of all do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("nothing was measured")
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


@dataclass(frozen=True, slots=True)
class Spread:
    """A value with what one in twenty exceeds, None where that says nothing."""

    typical: float
    p95: float | None = None

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return median and 95th percentile."""
        return cls(percentile(values, 50), percentile(values, 95))


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit that is not passed: the most where less is better, else the least.

    Attributes:
        limit: in the row's unit; None when it is a multiple of a floor that could not be run.
        words: how the goal was stated, when that is not the limit itself.
    """

    limit: float | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing.

    Attributes:
        what: its name.
        unit: ms, s, /s, KB, MB, points or × (of something said in `what`).
        ours: measured now; None when it could not be, then `note` says why.
        floor: the least that this work costs, measured in the same run; None where none was run.
        peer: what the best peer took, measured elsewhere.
        note: what else is to be known, as short as possible.
    """

    what: str
    unit: str
    ours: Spread | None
    floor: Spread | None = None
    peer: float | None = None
    goal: Goal | None = None
    note: str = ""

    @property
    def times_floor(self) -> float | None:
        """How many times the floor's cost ours is; a rate costs its inverse."""
        if self.ours is None or self.floor is None:
            return None
        return _quotient(self.unit, self.floor.typical, self.ours.typical)

    @property
    def times_peer(self) -> float | None:
        """How many times better than the peer we are."""
        if self.ours is None or self.peer is None:
            return None
        return _quotient(self.unit, self.ours.typical, self.peer)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without one, or when it could not be measured."""
        if self.goal is None or self.goal.limit is None or self.ours is None:
            return None
        if self.unit in MORE_IS_BETTER:
            return self.ours.typical >= self.goal.limit
        return self.ours.typical <= self.goal.limit


def _quotient(unit: str, better: float, worse: float) -> float | None:
    """Return how many times the cost of `better` that of `worse` is."""
    numerator, denominator = (better, worse) if unit in MORE_IS_BETTER else (worse, better)
    return numerator / denominator if denominator else None


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report.

    Attributes:
        remarks: what the reader must know to read it rightly, a sentence each.
        took: seconds that measuring took.
    """

    title: str
    rows: Sequence[Row]
    remarks: Sequence[str] = field(default_factory=tuple)
    took: float = 0.0
