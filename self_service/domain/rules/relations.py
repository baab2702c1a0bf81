"""The rules of `catalog_rules` about how the lines of a sale stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from uuid import UUID

from self_service.domain.catalog.view import Offering
from self_service.domain.errors import N_
from self_service.domain.rules.problems import Fix, FixAct, Violation
from self_service.domain.rules.sale import (
    EXTRAS,
    Sale,
    SaleLine,
    broken,
    groups,
    is_part,
    targets,
)
from self_service.models.catalog import OfferingKind, Relation


def place(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    """A line stands where its kind and its ADDON_OF links allow."""
    offering, parent = line.offering, sale.parent(line)
    hosts = targets(offering, Relation.ADDON_OF)
    if parent is None:
        if offering.kind in EXTRAS:
            yield _homeless(sale, line, hosts)
    elif is_part(sale, line) or parent.offering.id in hosts:
        return
    elif hosts or offering.kind in EXTRAS:
        yield _homeless(sale, line, hosts, parent=parent)
    elif (offering.kind, parent.offering.kind) != (OfferingKind.PLAN, OfferingKind.DEVICE):
        message = N_("{offering} cannot be chosen for {others}. Add it on its own.")
        yield broken("misplaced", message, line, others=(parent.offering,))


def _homeless(
    sale: Sale, line: SaleLine, hosts: Iterable[UUID], parent: SaleLine | None = None
) -> Violation:
    """Say where an extra belongs: it stands alone, or under `parent`, which it does not fit."""
    fitting = sale.known(hosts)
    if not fitting:
        fix = Fix(FixAct.REMOVE, offerings=(line.offering,))
        message = N_("{offering} cannot be bought at present. Choose another extra.")
        return broken("fits_nowhere", message, line, fix=fix)
    fix = Fix(FixAct.ADD, offerings=fitting)
    if parent is None:
        message = N_("{offering} is an extra. Choose first what it is for: {others}.")
        return broken("needs_parent", message, line, others=fitting, fix=fix)
    message = N_("{offering} does not fit {parent}. It fits {others}.")
    name = parent.offering.name
    return broken("wrong_parent", message, line, others=fitting, fix=fix, parent=name)


def parts(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    """Each group of a bundle is answered by as many parts as it asks for."""
    children = sale.children(line)
    for links in groups(line.offering, Relation.BUNDLES).values():
        parts = [
            child.offering
            for child in children
            if any(link.target == child.offering.id and link.group == child.group for link in links)
        ]
        minimum = max(link.minimum for link in links)
        maximum = max(link.maximum for link in links)
        alternatives = sale.known(link.target for link in links)
        if len(parts) < minimum:
            message = N_("{offering} is not complete. Choose {excess} more of: {others}.")
            fix, excess = Fix(FixAct.ADD, offerings=alternatives), minimum - len(parts)
            yield broken(
                "too_few_parts", message, line, others=alternatives, fix=fix, excess=excess
            )
        elif len(parts) > maximum:
            message = N_("{offering} takes {maximum} at most of: {others}. Remove {excess}.")
            fix, excess = Fix(FixAct.REMOVE, offerings=tuple(parts)), len(parts) - maximum
            yield broken(
                "too_many_parts",
                message,
                line,
                others=alternatives,
                fix=fix,
                excess=excess,
                maximum=maximum,
            )


def one_plan(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    """A device takes one plan at most."""
    plans = [c for c in sale.children(line) if c.offering.kind is OfferingKind.PLAN]
    if line.offering.kind is OfferingKind.DEVICE and len(plans) > 1:
        others = tuple(plan.offering for plan in plans)
        message = N_("One plan goes with {device}. Keep one of {others}.")
        fix, device = Fix(FixAct.REMOVE, offerings=others), line.offering.name
        yield broken("one_plan", message, plans[-1], others=others, fix=fix, device=device)


def once(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    """The same extra is chosen once for a line; a bundle may have the same part twice."""
    seen = set()
    for child in sale.children(line):
        if child.offering.id in seen and not is_part(sale, child):
            message = N_("{offering} is chosen for {others} already. Once is enough.")
            fix = Fix(FixAct.REMOVE, offerings=(child.offering,))
            yield broken("already_chosen", message, child, others=(line.offering,), fix=fix)
        seen.add(child.offering.id)


def requires(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    """What a line needs is in the sale or owned."""
    present = sale.owned | {other.offering.id for other in sale.lines}
    for links in groups(line.offering, Relation.REQUIRES).values():
        needed = [link.target for link in links]
        if present.isdisjoint(needed):
            offerings = sale.known(needed)
            message = N_("{offering} works only with {others}. Add that first.")
            fix = Fix(FixAct.ADD, offerings=offerings)
            yield broken("requires", message, line, others=offerings, fix=fix)


def excludes(sale: Sale) -> Iterator[Violation]:
    """No two lines are in the sale that exclude each other."""
    for earlier, later in combinations(sale.lines, 2):
        if _excluded(earlier.offering, later.offering) and _meet(sale, earlier, later):
            message = N_("{offering} cannot be combined with {others}. Keep one of them.")
            fix = Fix(FixAct.REMOVE, offerings=(later.offering, earlier.offering))
            yield broken("excluded", message, later, others=(earlier.offering,), fix=fix)


def excluded_by_owned(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    """Nothing is sold that what is owned excludes."""
    if line.offering.kind in EXTRAS:
        return
    for owned in sale.known(sorted(sale.owned)):
        if _excluded(owned, line.offering):
            message = N_("{offering} cannot be combined with {others}, which you have already.")
            fix = Fix(FixAct.REMOVE, offerings=(line.offering,))
            yield broken("excluded_by_owned", message, line, others=(owned,), fix=fix)


def _excluded(one: Offering, other: Offering) -> bool:
    return other.id in targets(one, Relation.EXCLUDES) or one.id in targets(
        other, Relation.EXCLUDES
    )


def _meet(sale: Sale, one: SaleLine, other: SaleLine) -> bool:
    extra = not EXTRAS.isdisjoint((one.offering.kind, other.offering.kind))
    return not extra or sale.root(one).key == sale.root(other).key
