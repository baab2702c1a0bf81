"""Why a bill is higher or lower than the one before: typed reasons that add up to the difference.

Lines of both bills that are about the same (product, kind, name) are taken together; each such
pair gives one reason with the difference of its sums, or none when that is nothing. So all reasons
together are exactly the difference of the two bills, whatever is on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.bills.detail import bill_before
from self_service.domain.bills.lines import BillLine, lines_of
from self_service.domain.bills.reach import bill_of
from self_service.models.base import Texts
from self_service.models.bills import ChargeKind
from self_service.money import Money


class Why(StrEnum):
    """What makes a difference."""

    NEW = "new"
    GONE = "gone"
    PRICE = "price"  # the same for another price
    PART = "part"  # one of the two is for a part of its period
    USAGE_MORE = "usage_more"
    USAGE_LESS = "usage_less"
    DISCOUNT_NEW = "discount_new"
    DISCOUNT_ENDED = "discount_ended"
    DISCOUNT_CHANGED = "discount_changed"
    ONE_OFF = "one_off"
    ONE_OFF_BEFORE = "one_off_before"  # was on the bill before and does not come again
    CREDIT = "credit"
    CREDIT_BEFORE = "credit_before"


@dataclass(frozen=True, slots=True)
class Reason:
    """One difference: `before` and `after` are the sums on the two bills."""

    why: Why
    name: Texts
    product_id: UUID | None
    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """By how much it makes the bill higher; below zero, lower."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """A bill beside the one before; the differences of all `reasons` are `difference`."""

    before_number: str
    before: Money
    after: Money
    reasons: tuple[Reason, ...]

    @property
    def difference(self) -> Money:
        """By how much the bill is higher; below zero, lower."""
        return self.after - self.before


_ONE_OFF = frozenset({ChargeKind.ONE_TIME, ChargeKind.FEE})
_Key = tuple[UUID | None, ChargeKind, str]


def comparison(session: Session, actor: Actor, number: str, *, now: datetime) -> Comparison | None:
    """Say why a regular bill differs from the regular one before; None when there is none.

    Orders' bills, credit notes and bills outside the cycle are no regular bills: beside one of
    them, everything would be new or gone.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such bill, or none that this person sees.
    """
    bill, _ = bill_of(session, actor, number, now=now)
    before = bill_before(session, bill)
    if before is None:
        return None
    return Comparison(
        before_number=before.number,
        before=Money(before.gross_minor, before.currency),
        after=Money(bill.gross_minor, bill.currency),
        reasons=reasons(lines_of(session, before), lines_of(session, bill), bill.currency),
    )


def reasons(
    before: Iterable[BillLine], after: Iterable[BillLine], currency: str
) -> tuple[Reason, ...]:
    """Return what makes the difference between two bills' lines, the largest first."""
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in dict.fromkeys((*new, *old)):  # in the order of the lines, so always the same
        was, is_ = old.get(key, []), new.get(key, [])
        sums = _sum(was, currency), _sum(is_, currency)
        if sums[0] != sums[1]:
            name = (is_ or was)[-1].name
            found.append(Reason(_why(key[1], was, is_, *sums), name, key[0], *sums))
    return tuple(sorted(found, key=lambda one: -abs(one.difference.minor)))


def partial(line: BillLine) -> bool:
    """Say whether a recurring charge is for a part of its period only."""
    days, of = line.detail.get("days"), line.detail.get("of")
    return days is not None and days != of


def _by_key(lines: Iterable[BillLine]) -> dict[_Key, list[BillLine]]:
    found: dict[_Key, list[BillLine]] = {}
    for line in lines:
        name = line.name.get("en") or next(iter(line.name.values()), "")
        found.setdefault((line.product_id, line.kind, name), []).append(line)
    return found


def _sum(lines: Sequence[BillLine], currency: str) -> Money:
    return sum((line.gross for line in lines), Money.zero(currency))


def _why(
    kind: ChargeKind,
    was: Sequence[BillLine],
    is_: Sequence[BillLine],
    before: Money,
    after: Money,
) -> Why:
    if kind is ChargeKind.USAGE:
        return Why.USAGE_MORE if before < after else Why.USAGE_LESS
    if kind is ChargeKind.DISCOUNT:
        if was and is_:
            return Why.DISCOUNT_CHANGED
        return Why.DISCOUNT_NEW if is_ else Why.DISCOUNT_ENDED
    if kind is ChargeKind.CREDIT:
        return Why.CREDIT if is_ else Why.CREDIT_BEFORE
    if kind in _ONE_OFF:
        return Why.ONE_OFF if is_ else Why.ONE_OFF_BEFORE
    if was and is_:
        parts = any(map(partial, was)) or any(map(partial, is_)) or len(was) != len(is_)
        return Why.PART if parts else Why.PRICE
    return Why.NEW if is_ else Why.GONE
