"""What the catalogue's rules say about a change: one engine for the store, the basket and here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from self_service.domain.catalog.view import Offering
from self_service.domain.changes.refusals import PartOfBundle
from self_service.domain.changes.tree import Tree
from self_service.domain.rules import engine
from self_service.domain.rules.problems import Impossible, Violation
from self_service.domain.rules.sale import GivenUp, SaleLine, covered
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product

#: Broken only by extras that no longer fit: they end with the change, which says so.
_ENDING = frozenset({"wrong_parent", "requires", "excluded", "needs_parent"})


def judged(
    tree: Tree, lines: Iterable[SaleLine], given_up: Iterable[GivenUp], now: datetime
) -> tuple[Violation, ...]:
    """Return what a subscription would break that it does not break now."""
    inside = {product.offering_id for product in tree.products}
    rules = {**tree.terms.rules, "now": now, "stock": {}, "new_customer": False}
    rules["owned"] = tree.terms.owned - inside
    before = engine.check(tree.lines(), **rules)
    after = engine.check(tuple(lines), **rules, given_up=tuple(given_up))
    new = engine.introduced(before, after)
    return tuple(found for found in new if found.code not in engine.UNFINISHED)


def adding(tree: Tree, parent: Product, offering: Offering, now: datetime) -> None:
    """Refuse an extra that the rules do not allow.

    Raises:
        Impossible: with the rule and what would make it possible.
    """
    new = SaleLine(UUID(int=0), offering, {}, parent.id)
    _first(judged(tree, (*tree.lines(), new), (), now))


def boosting(tree: Tree, parent: Product, offering: Offering, now: datetime) -> None:
    """Refuse a booster that the rules do not allow; the same one may come again.

    Raises:
        Impossible: with the rule and what would make it possible.
    """
    lines = tuple(line for line in tree.lines() if line.offering.kind is not OfferingKind.BOOSTER)
    new = SaleLine(UUID(int=0), offering, {}, parent.id)
    _first(judged(tree, (*lines, new), (), now))


def becoming(
    tree: Tree, product: Product, offering: Offering, given_up: GivenUp | None, now: datetime
) -> tuple[Product, ...]:
    """Return the extras that would end if a product became something else.

    Raises:
        Impossible: the rules do not allow it.
        PartOfBundle: the bundle does not hold what it would become.
    """
    above = tree.in_bundle(product)
    if above is not None and not covered(tree.offering(above), offering.id, ""):
        raise PartOfBundle(offering=above.name)
    lines = tuple(
        replace(line, offering=offering) if line.key == product.id else line
        for line in tree.lines()
    )
    lost: list[Product] = []
    while True:  # what ends may be what something else needs
        gone = {one.id for one in lost}
        left = tuple(line for line in lines if line.key not in gone and line.parent not in gone)
        found = judged(tree, left, (given_up,) if given_up else (), now)
        at_fault = {violation.line for violation in found if violation.code in _ENDING}
        ending = [
            one for one in tree.products if one.id in at_fault and _hangs_on(tree, one, product)
        ]
        if not ending:
            _first(found)
            return tuple(lost)
        lost += ending


def ending(
    tree: Tree, products: Iterable[Product], at: datetime, now: datetime, *, bound: bool = True
) -> None:
    """Refuse to end what something else needs, and unless it is paid for, what is `bound`.

    Raises:
        Impossible: with the rule and the earliest day.
    """
    gone = {product.id: product for product in products}
    left = tuple(
        replace(line, parent=None) if line.parent in gone else line
        for line in tree.lines()
        if line.key not in gone
    )
    lost = [GivenUp(p.id, p.name, p.term_ends_at, at) for p in gone.values() if bound]
    _first(judged(tree, left, lost, now))


def bound_until(tree: Tree, products: Iterable[Product]) -> datetime | None:
    """Return the end of the longest minimum term of some products, None without one."""
    return max((p.term_ends_at for p in products if p.term_ends_at), default=None)


def _hangs_on(tree: Tree, one: Product, above: Product) -> bool:
    parent = tree.by_id.get(one.parent_id) if one.parent_id else None
    while parent is not None and parent.id != above.id:
        parent = tree.by_id.get(parent.parent_id) if parent.parent_id else None
    return parent is not None


def _first(found: tuple[Violation, ...]) -> None:
    if found:
        raise Impossible(found[0])
