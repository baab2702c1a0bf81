"""What the page of shared allowances is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from self_service.models.base import Texts
from self_service.models.usage import UsageKind


@dataclass(frozen=True, slots=True)
class LineView:
    """A line: what it is called, and its number ("" without one)."""

    id: UUID
    name: Texts
    number: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What a group has of a kind in the giving line's month. Allowances without limit are not."""

    kind: UsageKind
    units: int
    used: int

    @property
    def left(self) -> int:
        """Return how much is left for all."""
        return self.units - self.used


@dataclass(frozen=True, slots=True)
class Taken:
    """What a member took of a kind in the month.

    Attributes:
        limit: with what was granted for this month, None without.
        base: the limit without that.
        may: how much it may still take.
    """

    kind: UsageKind
    units: int
    limit: int | None
    base: int | None
    may: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A member asked for more."""

    id: UUID
    line: LineView
    kind: UsageKind
    units: int
    until: datetime


@dataclass(frozen=True, slots=True)
class MemberView:
    """Who takes. `holder`: name of another customer whose line it is, "" for the owner's own."""

    id: UUID
    line: LineView
    holder: str
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """A code that waits. `email`: where it was sent, "" for nowhere."""

    id: UUID
    email: str
    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as its owner sees it. `until`: when its month ends, None before the first."""

    id: UUID
    name: str
    giver: LineView
    until: datetime | None
    shared: tuple[Shared, ...]
    members: tuple[MemberView, ...]
    wishes: tuple[Wish, ...]
    invited: tuple[Invited, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """A group as one of its members sees it. `manages`: the actor may ask for more, and leave."""

    id: UUID
    group: str
    owner: str
    line: LineView
    until: datetime | None
    taken: tuple[Taken, ...]
    wishes: tuple[Wish, ...]
    manages: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """All of it.

    Attributes:
        groups: of the customer, with lines of their own in them.
        memberships: in groups of others.
        free: lines of the customer that neither give nor take.
    """

    groups: tuple[GroupView, ...]
    memberships: tuple[Membership, ...]
    free: tuple[LineView, ...]
