"""The basket as people see it: priced now, for this person, with what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from self_service.domain.basket.lines import Line, Lines, roots
from self_service.domain.basket.terms import Terms, price_mark
from self_service.domain.catalog.view import Price
from self_service.domain.pricing.totals import REFERENCE_MONTHS, PriceTotals, combine
from self_service.domain.rules import limits as catalog_limits
from self_service.domain.rules.problems import Violation
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind


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
    """

    id: UUID | None
    lines: tuple[LineView, ...]
    totals: PriceTotals
    count: int
    problems: tuple[Violation, ...]
    can_undo: bool
    can_check_out: bool
    dropped: tuple[Texts, ...] = ()


def build(
    cart_id: UUID | None,
    lines: Lines,
    terms: Terms,
    *,
    problems: tuple[Violation, ...],
    can_undo: bool,
) -> BasketView:
    """Show lines under the terms of this moment, with the `problems` that they have."""
    sale = terms.sale(lines)

    def shown(line: Line, covers: int) -> LineView:
        offering = terms.offering(line.offering_id)
        prices = terms.prices(lines, line)
        priced = terms.totals(line, prices, quantity=line.quantity, covers=covers)
        below = offering.term_months or covers
        top = line.parent_id is None
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
            max_quantity=(
                catalog_limits.most(sale, line.id, terms.stock) if top else line.quantity
            ),
            prices=prices,
            totals=priced,
            children=tuple(shown(child, below) for child in lines if child.parent_id == line.id),
            price_changed=line.seen_minor not in (None, price_mark(priced, quantity=line.quantity)),
            problem=next((found for found in problems if found.line == line.id), None),
        )

    views = tuple(shown(line, REFERENCE_MONTHS) for line in roots(lines))
    return BasketView(
        id=cart_id,
        lines=views,
        totals=combine(
            (view.totals for top in views for view in flat(top)), currency=terms.catalog.currency
        ),
        count=sum(view.quantity for view in views),
        problems=problems,
        can_undo=can_undo,
        can_check_out=bool(views) and not problems,
    )


def flat(line: LineView) -> tuple[LineView, ...]:
    """Return a line and all that hangs on it, parents first."""
    return (line, *(found for child in line.children for found in flat(child)))
