"""The basket as people see it: priced now, for this person, with what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from self_service.domain.basket.lines import Line, Lines, roots
from self_service.domain.basket.saving import CodeView, Priced, priced, promoted
from self_service.domain.basket.terms import Terms, price_mark
from self_service.domain.catalog.view import Price
from self_service.domain.pricing.totals import PriceTotals, combine
from self_service.domain.rules import limits as catalog_limits
from self_service.domain.rules.problems import Violation
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the basket.

    Attributes:
        quantity: pieces; a child has as many as its parent.
        max_quantity: pieces that the limits and the stock allow; of a child, its quantity.
        prices: the components that hold now; none for a part that its bundle pays for.
        totals: of this line's pieces, without its children.
        children: what was chosen for this line.
        price_changed: whether a piece costs something else than when it was put in.
        problem: the first rule that this line breaks.
    """

    id: UUID
    offering_id: UUID
    slug: str
    kind: OfferingKind
    name: Texts
    picture: Mapping[str, Any]
    configuration: Mapping[str, str]
    group: str
    quantity: int
    max_quantity: int
    prices: tuple[Price, ...]
    totals: PriceTotals
    children: tuple[LineView, ...]
    price_changed: bool
    problem: Violation | None


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket.

    Attributes:
        id: None while nothing was put in.
        lines: those that stand for themselves, in the order in which they came.
        totals: sum of all lines and their children.
        count: pieces of the lines that stand for themselves.
        problems: every rule that is broken; each names its line.
        can_undo: whether the last change can be taken back.
        can_check_out: whether there is something and nothing stands in the way.
        dropped: names of the extras that the last change of plan took out.
        codes: promotion codes that were typed, applied or not.
        saved: what they save together over the term that the totals cover.
    """

    id: UUID | None
    lines: tuple[LineView, ...]
    totals: PriceTotals
    count: int
    problems: tuple[Violation, ...]
    can_undo: bool
    can_check_out: bool
    dropped: tuple[Texts, ...] = ()
    codes: tuple[CodeView, ...] = ()
    saved: Money | None = None

    @property
    def lost_codes(self) -> tuple[CodeView, ...]:
        """Codes that cannot be used: the buyer is asked before anything is ordered without."""
        return tuple(code for code in self.codes if code.refusal is not None)


def build(
    cart_id: UUID | None,
    lines: Lines,
    terms: Terms,
    *,
    problems: tuple[Violation, ...],
    can_undo: bool,
) -> BasketView:
    """Show lines under the terms of this moment, with the `problems` that they have."""
    plain = priced(terms, lines)
    final, codes = promoted(terms, lines, plain) if terms.codes else (plain, ())
    most = _most(terms, lines)
    shown = {
        line.id: _line(line, terms, final[line.id], plain[line.id], most[line.id], problems)
        for line in lines
    }
    for line in reversed(lines):  # children first, so that each finds its own complete
        below = tuple(shown[child.id] for child in lines if child.parent_id == line.id)
        shown[line.id] = replace(shown[line.id], children=below)
    views = tuple(shown[line.id] for line in roots(lines))
    currency = terms.catalog.currency
    return BasketView(
        id=cart_id,
        lines=views,
        totals=combine((view.totals for top in views for view in flat(top)), currency=currency),
        count=sum(view.quantity for view in views),
        problems=problems,
        can_undo=can_undo,
        can_check_out=bool(views) and not problems,
        codes=codes,
        saved=sum((code.saved for code in codes), Money.zero(currency)),
    )


def _most(terms: Terms, lines: Lines) -> dict[UUID, int]:
    """Return how many pieces each line can have; a child as many as its parent."""
    sale = terms.sale(lines)
    return {
        line.id: line.quantity
        if line.parent_id is not None
        else catalog_limits.most(sale, line.id, terms.stock)
        for line in lines
    }


def _line(
    line: Line,
    terms: Terms,
    final: Priced,
    plain: Priced,
    most: int,
    problems: Sequence[Violation],
) -> LineView:
    offering = terms.offering(line.offering_id)
    return LineView(
        id=line.id,
        offering_id=offering.id,
        slug=offering.slug,
        kind=offering.kind,
        name=offering.name,
        picture=offering.picture,
        configuration=line.configuration,
        group=line.group,
        quantity=line.quantity,
        max_quantity=most,
        prices=final.prices,
        totals=final.totals,
        children=(),
        price_changed=line.seen_minor
        not in (None, price_mark(plain.totals, quantity=line.quantity)),
        problem=next((found for found in problems if found.line == line.id), None),
    )


def flat(line: LineView) -> tuple[LineView, ...]:
    """Return a line and all that hangs on it, parents first."""
    return (line, *(found for child in line.children for found in flat(child)))
