"""What the lines of a basket cost, and what each promotion code saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from self_service.domain.basket.lines import Lines
from self_service.domain.basket.terms import Terms
from self_service.domain.catalog.view import Price
from self_service.domain.pricing.totals import REFERENCE_MONTHS, PriceTotals
from self_service.domain.promotions import applying
from self_service.domain.promotions.applying import Part
from self_service.domain.promotions.refusals import CodeRefused
from self_service.models.base import Texts
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class Priced:
    """A line with the components that hold, and its totals."""

    prices: tuple[Price, ...]
    totals: PriceTotals


@dataclass(frozen=True, slots=True)
class CodeView:
    """A promotion code in a basket.

    Attributes:
        id: of the promotion.
        saved: what it saves over the term that the basket's totals cover, after the codes that
            are applied before it; nothing when it is not applied.
        months: how long it lowers what recurs; 0 for always, and for what is paid once.
        recurs: whether it lowers what recurs.
        applied: whether it lowers a line, so the order will use it up.
        refusal: why it cannot be used, None when it can.
    """

    id: UUID
    code: str
    name: Texts
    saved: Money
    months: int
    recurs: bool
    applied: bool
    refusal: CodeRefused | None


def priced(
    terms: Terms, lines: Lines, given: Mapping[UUID, tuple[Price, ...]] | None = None
) -> dict[UUID, Priced]:
    """Price all lines, with the components that codes bring, by line.

    What has no term of its own is priced over the term of what it was chosen for.
    """
    found: dict[UUID, Priced] = {}
    covers: dict[UUID | None, int] = {None: REFERENCE_MONTHS}
    for line in lines:  # parents first
        prices = terms.prices(lines, line) + ((given or {}).get(line.id, ()))
        above = covers[line.parent_id]
        totals = terms.totals(line, prices, quantity=line.quantity, covers=above)
        covers[line.id] = terms.offering(line.offering_id).term_months or above
        found[line.id] = Priced(prices, totals)
    return found


def promoted(
    terms: Terms, lines: Lines, plain: Mapping[UUID, Priced]
) -> tuple[dict[UUID, Priced], tuple[CodeView, ...]]:
    """Return the lines priced with the basket's codes, and what each code saves.

    What codes save adds up to the difference between the totals without and with them: each is
    told what it takes from what the codes before it left.
    """
    usable = [one.code for one in terms.codes if one.refusal is None]
    effects = applying.apply(
        usable, parts(terms, lines, plain), at=terms.now, currency=terms.catalog.currency
    )
    given: dict[UUID, tuple[Price, ...]] = {}
    last, before = dict(plain), _whole(plain)
    saved: dict[UUID, tuple[int, bool]] = {}
    for effect in effects:
        for line, component in effect.components.items():
            given[line] = (*given.get(line, ()), component)
        if effect.components:
            last = priced(terms, lines, given)
        after = _whole(last)
        saved[effect.code.id] = before - after, bool(effect.components)
        before = after
    views = []
    for one in terms.codes:
        minor, applied = saved.get(one.code.id, (0, False))
        views.append(
            CodeView(
                id=one.code.id,
                code=one.code.code,
                name=one.code.name,
                saved=Money(minor, terms.catalog.currency),
                months=one.code.months if one.code.recurs else 0,
                recurs=one.code.recurs,
                applied=applied,
                refusal=one.refusal,
            )
        )
    return last, tuple(views)


def parts(terms: Terms, lines: Lines, plain: Mapping[UUID, Priced]) -> tuple[Part, ...]:
    """Return the lines as promotions look at them."""
    return tuple(
        Part(
            line=line.id,
            offering_id=line.offering_id,
            kind=terms.offering(line.offering_id).kind,
            quantity=line.quantity,
            prices=plain[line.id].prices,
        )
        for line in lines
    )


def _whole(lines: Mapping[UUID, Priced]) -> int:
    return sum(line.totals.whole_term.minor for line in lines.values())
