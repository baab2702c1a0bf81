"""What changes look like to who asks for them: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from self_service.domain.pricing.totals import PriceTotals
from self_service.models.base import Texts
from self_service.models.bills import ChargeKind
from self_service.models.changes import ChangeKind, ChangeStatus
from self_service.money import Money


class When(StrEnum):
    """When a change is to happen."""

    NOW = "now"
    PERIOD_END = "period_end"  # what was charged for already is used up first
    EARLIEST = "earliest"  # the end of the minimum term, or of the period if that is later
    QUEUED = "queued"  # a booster, after the one that runs


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants.

    Attributes:
        product_id: what is to be changed; for what comes new, what it is for.
        offering_id: what it becomes, or what comes; None where nothing does.
        when: see `When`.
        since, until: of a pause, and the end of a subscription; None for `when`.
        reason: why somebody leaves, "" when they do not say.
    """

    kind: ChangeKind
    product_id: UUID
    offering_id: UUID | None = None
    when: When = When.NOW
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""


class Loss(StrEnum):
    """What is lost by a change."""

    ALLOWANCE = "allowance"
    DISCOUNT = "discount"
    EXTRA = "extra"
    NUMBER = "number"
    BOOSTER = "booster"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that is lost; `unit` and `units` of an allowance, before and after."""

    kind: Loss
    name: Texts
    unit: str = ""
    units: int = 0
    left: int = 0
    product_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line as it will stand on the bill, or be taken from the wallet."""

    kind: ChargeKind
    name: Texts
    amount: Money
    days: int = 0
    of: int = 0
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """A booster of the same kind runs: what starting another one now would waste.

    Attributes:
        until: end of the one that runs.
        ends_now, ends_queued: end of the new one, started now or after it.
    """

    name: Texts
    until: datetime
    ends_now: datetime
    ends_queued: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """What a change costs and does, said before it is asked for.

    Attributes:
        name: of what is changed; `to` of what it becomes or what comes.
        at: when it happens; `until` of a pause or a booster.
        lines: what the change itself adds to the next bill, or takes from the wallet.
        due: their sum; below zero is given back.
        by_wallet: it is taken from the wallet when the change happens.
        before, after: of what is changed each month, without discounts.
        totals: of the new price, None where there is none.
        term_ends_at: end of the minimum term afterwards.
        fee: what leaving early or pausing costs; a line too.
    """

    wish: Wish
    name: Texts
    at: datetime
    lines: tuple[QuoteLine, ...]
    due: Money
    by_wallet: bool
    before: Money
    after: Money
    fee: Money
    to: Texts = field(default_factory=dict)
    totals: PriceTotals | None = None
    lost: tuple[Lost, ...] = ()
    until: datetime | None = None
    term_ends_at: datetime | None = None
    overlap: Overlap | None = None

    @property
    def saving(self) -> Money:
        """Return what is saved each month; below zero: what it costs more."""
        return self.before - self.after

    @property
    def seen(self) -> str:
        """Return what stands for all sums: what was shown is what is asked for."""
        return f"{self.due.minor}:{self.after.minor}:{self.fee.minor}"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change that was asked for.

    Attributes:
        revocable: it can be called off.
        due: what it costs when it happens, as it was quoted.
        order: number of its order.
    """

    id: UUID
    kind: ChangeKind
    status: ChangeStatus
    product_id: UUID
    name: Texts
    to: Texts
    effective_at: datetime
    until: datetime | None
    due: Money
    revocable: bool
    failure: str
    order: str
