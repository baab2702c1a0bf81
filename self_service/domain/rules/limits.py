"""How many of something one sale may hold: the operator's limits, and what is in stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from self_service.domain.catalog.view import variant_key
from self_service.domain.errors import N_
from self_service.domain.rules.problems import Fix, FixAct, LineKey, Violation
from self_service.domain.rules.sale import Sale, SaleLine, Stock, broken
from self_service.models.catalog import OfferingKind

#: Pieces of one line; the database holds the same bound.
MOST_PIECES = 9

#: Pieces of one kind in one sale, and how the refusal says it. One address has one connection.
PER_SALE: dict[OfferingKind, tuple[int, str]] = {
    OfferingKind.DEVICE: (9, N_("One order holds at most {limit} devices. Take fewer of them.")),
    OfferingKind.PLAN: (5, N_("One order holds at most {limit} mobile plans. Take fewer of them.")),
    OfferingKind.BROADBAND: (
        1,
        N_("One order connects one address. Keep one of the internet connections."),
    ),
    OfferingKind.TV: (
        4,
        N_("One order holds at most {limit} TV packages. Take fewer of them."),
    ),
    OfferingKind.ACCESSORY: (
        20,
        N_("One order holds at most {limit} accessories. Take fewer of them."),
    ),
    OfferingKind.BUNDLE: (5, N_("One order holds at most {limit} bundles. Take fewer of them.")),
}


def quantities(sale: Sale) -> Iterator[Violation]:
    """Every line has 1 to 9 pieces, and a sale only so many of a kind."""
    pieces: dict[OfferingKind, int] = defaultdict(int)
    last: dict[OfferingKind, SaleLine] = {}
    for line in sale.lines:
        if not 1 <= line.quantity <= MOST_PIECES:
            message, fix = (
                N_("Take between 1 and {limit} of {offering}."),
                _lower(line, MOST_PIECES),
            )
            excess = line.quantity - MOST_PIECES
            yield broken("too_many", message, line, fix=fix, excess=excess, limit=MOST_PIECES)
        pieces[line.offering.kind] += line.quantity
        last[line.offering.kind] = line
    for kind, (limit, message) in PER_SALE.items():
        if pieces[kind] > limit:
            line = last[kind]
            excess = pieces[kind] - limit
            fix = _lower(line, line.quantity - excess)
            yield broken("too_many_in_sale", message, line, fix=fix, excess=excess, limit=limit)


def stock(sale: Sale) -> Iterator[Violation]:
    """No more pieces of a variant than are left."""
    wanted: dict[tuple[UUID, str], int] = defaultdict(int)
    last: dict[tuple[UUID, str], SaleLine] = {}
    for line in sale.lines:
        if line.offering.id in sale.stock:
            key = (line.offering.id, variant_key(line.configuration))
            wanted[key] += line.quantity
            last[key] = line
    for key, pieces in wanted.items():
        line = last[key]
        left = left_of(sale.stock, line)
        if left is not None and left < pieces:
            yield _short(sale.stock, line, left=left, excess=pieces - left)


def left_of(stock: Stock, line: SaleLine) -> int | None:
    """Return how many pieces of the line's variant are left; None when they are not counted.

    While the buyer has still to choose, the best variant counts.
    """
    variants = stock.get(line.offering.id)
    if variants is None:
        return None
    if any(choice.name not in line.configuration for choice in line.offering.choices):
        return max(variants.values(), default=0)
    return variants.get(variant_key(line.configuration), 0)


def most(lines: Sequence[SaleLine], key: LineKey, stock: Stock) -> int:
    """Return how many pieces the line `key`, with all that hangs on it, may have in this sale.

    Returns:
        0 to 9; less than the present quantity when the sale is over a limit already.
    """
    tree = _tree(lines, key)
    inside = [line for line in lines if line.key in tree]
    outside = [line for line in lines if line.key not in tree]
    bounds = [MOST_PIECES]
    for line in inside:
        kind = line.offering.kind
        if kind in PER_SALE:
            others = sum(other.quantity for other in outside if other.offering.kind is kind)
            together = sum(1 for other in inside if other.offering.kind is kind)
            bounds.append((PER_SALE[kind][0] - others) // together)
        left = left_of(stock, line)
        if left is not None:
            others = sum(other.quantity for other in outside if _same_variant(other, line))
            together = sum(1 for other in inside if _same_variant(other, line))
            bounds.append((left - others) // together)
    return max(0, min(bounds))


def _tree(lines: Sequence[SaleLine], key: LineKey) -> set[LineKey]:
    found = {key}
    while more := {line.key for line in lines if line.parent in found} - found:
        found |= more
    return found


def _same_variant(one: SaleLine, other: SaleLine) -> bool:
    same = one.offering.id == other.offering.id
    return same and variant_key(one.configuration) == variant_key(other.configuration)


def _short(stock: Stock, line: SaleLine, *, left: int, excess: int) -> Violation:
    if left > 0:
        message = N_("Only {left} of {offering} are left. Take fewer of them.")
        fix = _lower(line, line.quantity - excess)
        return broken("few_left", message, line, fix=fix, excess=excess, left=left)
    others = tuple(sorted(key for key, count in stock[line.offering.id].items() if count > 0))
    variant = ", ".join(line.configuration.values())
    if others and variant:
        message = N_("{offering} in {variant} is sold out. Choose another version.")
        fix = Fix(FixAct.CHOOSE, values=others)
        return broken("sold_out", message, line, fix=fix, excess=excess, variant=variant)
    message = N_("{offering} is sold out. Choose something else.")
    return broken("sold_out", message, line, fix=_lower(line, 0), excess=excess)


def _lower(line: SaleLine, quantity: int) -> Fix:
    if quantity > 0:
        return Fix(FixAct.LOWER, quantity=quantity)
    return Fix(FixAct.REMOVE, offerings=(line.offering,))
