"""The rules of rating: pure, over integers, the same for one late record and for a million.

A course goes through the records of one product's period in their order. Each record uses up the
allowances that hold at its start, in their order; what is left is charged. So the units of a record
are those that allowances covered and those that were charged, and nothing else.

Instants are UTC as sortable text (`bills.bulk.instant`): they are compared, never counted with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: Later than everything.
EVER = "9999"
UNLIMITED = -1


class Tariff(NamedTuple):
    """What units beyond all allowances cost.

    Attributes:
        name: texts by language, as JSON.
        kind, zones: what it is for.
        micro: millionths of the main unit for `per` units.
        block: units are charged in whole blocks of so many, after `first`, the least that is.
        since, until: holds from, and before.
    """

    name: str
    kind: str
    zones: frozenset[str]
    micro: int
    per: int
    block: int = 1
    first: int = 1
    since: str = ""
    until: str = EVER

    def billed(self, units: int) -> int:
        """Return the units that are asked for, when so many were used."""
        if units <= self.first:
            return self.first
        return self.first - (self.first - units) // self.block * self.block

    def amount(self, units: int) -> int:
        """Return what units cost in millionths, rounded half up once."""
        return (2 * self.billed(units) * self.micro + self.per) // (2 * self.per)


class Pot:
    """An allowance while a course goes through it.

    Attributes:
        key: number of its row.
        order: (priority, end, left from before first, number): the lowest is used first.
        left: units, -1 without limit.
        used: units, of all that went through it so far.
    """

    __slots__ = ("key", "kind", "left", "order", "since", "units", "until", "used", "zones")

    def __init__(
        self,
        key: int,
        kind: str,
        zones: frozenset[str],
        units: int,
        used: int,
        priority: int,
        from_last: bool,
        since: str,
        until: str,
    ) -> None:
        self.key, self.kind, self.zones = key, kind, zones
        self.units, self.used = units, used
        self.left = units if units == UNLIMITED else units - used
        self.since, self.until = since, until
        self.order = (priority, until, not from_last, key)


@dataclass(frozen=True, slots=True)
class Draw:
    """Units of one record that one allowance covered."""

    pot: int
    units: int
    left: int


class _Chain(NamedTuple):
    """The allowances that hold for a kind and zone, until the next one begins or ends."""

    pots: tuple[Pot, ...]
    until: str


class Course:
    """One way through a product's period. Records come in the order of their instants."""

    __slots__ = ("_chains", "_pots")

    def __init__(self, pots: Iterable[Pot]) -> None:
        """Take the allowances of the period, as they were left by what went before."""
        self._pots = sorted(pots, key=lambda pot: pot.order)
        self._chains: dict[tuple[str, str], _Chain] = {}

    @property
    def pots(self) -> Sequence[Pot]:
        """Return the allowances, in the order in which they are used."""
        return self._pots

    def rest(self, at: str, kind: str, zone: str, units: int) -> int:
        """Use up allowances for a record; return the units that none of them covered."""
        chain = self._chains.get((kind, zone))
        if chain is None or at >= chain.until:
            chain = self._chains[kind, zone] = self._chain(at, kind, zone)
        for pot in chain.pots:
            left = pot.left
            if left >= units:
                pot.left, pot.used = left - units, pot.used + units
                return 0
            if left < 0:
                pot.used += units
                return 0
            if left:
                pot.left, pot.used = 0, pot.used + left
                units -= left
        return units

    def draws(self, at: str, kind: str, zone: str, units: int) -> tuple[int, list[Draw]]:
        """Do the same, and tell which allowance covered what."""
        before = [(pot, pot.used) for pot in self._pots]
        rest = self.rest(at, kind, zone, units)
        return rest, [
            Draw(pot.key, pot.used - used, pot.left) for pot, used in before if pot.used != used
        ]

    def _chain(self, at: str, kind: str, zone: str) -> _Chain:
        pots, until = [], EVER
        for pot in self._pots:
            if pot.kind != kind or zone not in pot.zones:
                continue
            if pot.since <= at < pot.until:
                pots.append(pot)
                until = min(until, pot.until)
            elif at < pot.since < until:
                until = pot.since
        return _Chain(tuple(pots), until)


def tariff_for(tariffs: Sequence[Tariff], at: str, kind: str, zone: str) -> int | None:
    """Return the place of what holds for a record, None when nothing does: then it costs nothing.

    Args:
        tariffs: of a product; the first that holds is taken.
        at: start of the record.
        kind: of the record.
        zone: of the record.
    """
    for place, one in enumerate(tariffs):
        if one.kind == kind and zone in one.zones and one.since <= at < one.until:
            return place
    return None
