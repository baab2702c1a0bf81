"""What promotion codes lower: price components on the lines of a sale. Pure: no database, no clock.

**Order.** Percentages come before amounts, and codes of one kind in the order of their letters; the
order in which they were typed does not matter.

**Recurring.** A percentage is a discount on each line that the code is for. An amount is spread
over those lines in their order, each taking at most its regular charge, as if the code were alone;
then the discounts of all codes hold together, never below zero (`pricing.charges`). What a line
takes is the same for each of its pieces: cents that cannot be shared out go on to the next line.

**One-time.** A code takes, once for the whole line, at most what the codes before it left. An
amount goes on from line to line until nothing is left of it.

So another code can only add to what is taken, and never raises a total. Goods that are paid in
instalments have a price, no monthly fee: nothing recurring is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from self_service.domain.catalog.view import Price
from self_service.domain.pricing.charges import WHOLE, regular_month
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind, PeriodUnit, PriceType
from self_service.models.promotions import PromotionEffect

RECURRING = frozenset({PromotionEffect.RECURRING_PERCENT, PromotionEffect.RECURRING_AMOUNT})
PERCENT = frozenset({PromotionEffect.RECURRING_PERCENT, PromotionEffect.ONE_TIME_PERCENT})


@dataclass(frozen=True, slots=True)
class Code:
    """A promotion, as prices are made of it; fields as of `models.promotions.Promotion`.

    Attributes:
        kinds, offering_ids: which lines it is for; all when empty.
    """

    id: UUID
    code: str
    name: Texts
    effect: PromotionEffect
    currency: str
    percent_bp: int = 0
    amount_minor: int = 0
    months: int = 0
    kinds: frozenset[OfferingKind] = frozenset()
    offering_ids: frozenset[UUID] = frozenset()
    alone: bool = False

    @property
    def recurs(self) -> bool:
        """Say whether it lowers what recurs."""
        return self.effect in RECURRING

    @property
    def is_percent(self) -> bool:
        """Say whether it takes a share."""
        return self.effect in PERCENT


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a sale, with the catalogue's components that hold for it."""

    line: UUID
    offering_id: UUID
    kind: OfferingKind
    quantity: int
    prices: tuple[Price, ...]

    @property
    def one_time(self) -> int:
        """The one-time charges of all pieces, in minor units."""
        return self.quantity * sum(
            p.amount_minor for p in self.prices if p.price_type is PriceType.ONE_TIME
        )

    @property
    def monthly(self) -> int:
        """The regular charge of a piece per month, in minor units; 0 for instalments."""
        if any(p.price_type is PriceType.RECURRING and p.duration_length for p in self.prices):
            return 0
        return max(regular_month(self.prices), 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """The components that one code brings, by line."""

    code: Code
    components: Mapping[UUID, Price]


def apply(
    codes: Iterable[Code], parts: Sequence[Part], *, at: datetime, currency: str
) -> tuple[Effect, ...]:
    """Return what codes bring to the lines of a sale, in the order of application.

    Args:
        codes: those that may be used, together.
        parts: all lines, in their order.
        at: instant of the prices; the components hold from then on.
        currency: of the sale; amounts in another one lower nothing.
    """
    left = {part.line: max(part.one_time, 0) for part in parts}
    effects = []
    for code in sorted(codes, key=_order):
        mine = [part for part in parts if _covers(code, part)]
        if not code.is_percent and code.currency != currency:
            mine = []
        found = _recurring(code, mine) if code.recurs else _one_time(code, mine, left)
        made = {
            line: _component(code, minor, at=at, currency=currency) for line, minor in found.items()
        }
        effects.append(Effect(code, made))
    return tuple(effects)


def _order(code: Code) -> tuple[bool, str]:
    return not code.is_percent, code.code


def _covers(code: Code, part: Part) -> bool:
    of_kind = not code.kinds or part.kind in code.kinds
    return of_kind and (not code.offering_ids or part.offering_id in code.offering_ids)


def _recurring(code: Code, parts: Sequence[Part]) -> dict[UUID, int]:
    """Return what a code takes from each charge of a piece, by line; 0 stands for a share."""
    if code.is_percent:
        return {part.line: 0 for part in parts if part.monthly and code.percent_bp}
    left, found = code.amount_minor, {}
    for part in parts:
        each = min(left // part.quantity, part.monthly)
        if each:
            found[part.line] = each
            left -= each * part.quantity
    return found


def _one_time(code: Code, parts: Sequence[Part], left: dict[UUID, int]) -> dict[UUID, int]:
    """Return what a code takes from whole lines, and take it from what is left of them."""
    amount, found = code.amount_minor, {}
    for part in parts:
        wanted = amount
        if code.is_percent:  # rounded half up, once for the line
            wanted = (2 * max(part.one_time, 0) * code.percent_bp + WHOLE) // (2 * WHOLE)
        taken = min(wanted, left[part.line])
        if taken:
            found[part.line] = taken
            left[part.line] -= taken
            amount -= taken
    return found


def _component(code: Code, minor: int, *, at: datetime, currency: str) -> Price:
    return Price(
        id=code.id,
        price_type=PriceType.DISCOUNT if code.recurs else PriceType.ONE_TIME,
        name={language: f"{text} ({code.code})" for language, text in code.name.items()},
        amount_minor=-minor,
        currency=currency,
        valid_from=at,
        percent_bp=code.percent_bp if code.recurs and code.is_percent else 0,
        duration_unit=PeriodUnit.MONTH,
        duration_length=code.months if code.recurs else 0,
        once=not code.recurs,
        promotion=code.code,
    )
