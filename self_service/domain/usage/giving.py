"""The rules of sharing: pure, over integers, like those of `rating`.

A record of a member uses up the member's own allowances first; what is left is asked of the group.
The giving product's month goes through its own records and through what was asked, in one order.
A member gets at most what its limit still leaves, and what the shared allowances have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from self_service.domain.usage.rating import UNLIMITED, Course, Pot


class Limit(NamedTuple):
    """A limit from an instant on, or something on top of it for the rest of the month.

    Attributes:
        units: None without limit.
        extra: adds to the limit.
    """

    since: str
    units: int | None
    extra: bool = False


#: Member -> kind -> limits, in the order in which they were set.
Limits = Mapping[str, Mapping[str, Sequence[Limit]]]


def limit_at(limits: Iterable[Limit], at: str, month: str) -> int | None:
    """Return how much may be taken in a month as it stood at an instant, None without limit.

    Args:
        limits: of one member and kind, in the order in which they were set.
        at: the instant.
        month: when the giving product's month began.
    """
    most, extra = None, 0
    for one in limits:
        if one.since > at:
            continue
        if one.extra:
            extra += (one.units or 0) if one.since >= month else 0
        else:
            most = one.units
    return None if most is None else most + extra


class Giving:
    """One way through a month of a giving product. Records come in their order."""

    __slots__ = ("_limits", "_month", "_own", "_shared", "taken")

    def __init__(
        self,
        pots: Sequence[Pot],
        month: str,
        limits: Limits,
        taken: Mapping[tuple[str, str], int],
    ) -> None:
        """Take the month as it was left by what went before.

        Args:
            pots: of the giving product; those without limit are not shared.
            month: when it began.
            limits: of the members.
            taken: units by member and kind.
        """
        self._own = Course(pots)
        self._shared = Course(pot for pot in pots if pot.units != UNLIMITED)
        self._month, self._limits = month, limits
        self.taken: dict[tuple[str, str], int] = dict(taken)

    def rest(self, at: str, kind: str, zone: str, units: int) -> int:
        """Cover a record of the giving product; return the units that are charged."""
        return self._own.rest(at, kind, zone, units)

    def ask(self, member: str, at: str, kind: str, zone: str, units: int) -> int:
        """Cover what a member's own allowances did not; return the units that it gets."""
        limits = self._limits.get(member, {}).get(kind, ())
        most = limit_at(limits, at, self._month)
        key = member, kind
        taken = self.taken.get(key, 0)
        may = units if most is None else min(units, max(most - taken, 0))
        return self._give(key, may, at, zone)

    def keep(self, asked: Iterable[tuple[str, str, str, str, int]]) -> None:
        """Set aside what members got whose records are deleted: it stays as it was.

        Args:
            asked: member, instant, kind, zone and units of each, in order; before any other.
        """
        before = Course(self._shared.pots)
        for member, at, kind, zone, units in asked:
            given = units - before.rest(at, kind, zone, units)
            self.taken[member, kind] = self.taken.get((member, kind), 0) + given

    def _give(self, key: tuple[str, str], units: int, at: str, zone: str) -> int:
        if units <= 0:
            return 0
        given = units - self._shared.rest(at, key[1], zone, units)
        if given:
            self.taken[key] = self.taken.get(key, 0) + given
        return given
