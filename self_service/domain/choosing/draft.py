"""From the choices in an address to lines as they would stand in the basket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import choices as basket_choices
from self_service.domain.basket import lines as basket_lines
from self_service.domain.basket import rows as basket_rows
from self_service.domain.basket.change import owner_of
from self_service.domain.basket.input import Choice
from self_service.domain.basket.lines import Line, Lines
from self_service.domain.basket.rows import NO_CART, Cart
from self_service.domain.basket.swap import SWAPPED
from self_service.domain.basket.terms import Terms, gather
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.variants import Variants
from self_service.domain.catalog.view import Link, Offering
from self_service.domain.choosing.query import NO_PLAN, ChooseQuery
from self_service.domain.choosing.range import bundle_parts, extras_for, hosts_for, known, plans_for
from self_service.domain.rules.engine import UNFINISHED, introduced
from self_service.domain.rules.problems import Violation
from self_service.domain.rules.sale import targets
from self_service.models.catalog import OfferingKind, Relation


@dataclass(frozen=True)
class Draft:
    """What an address asks for, resolved against catalogue, basket and stock.

    Attributes:
        terms: by which it is priced and judged.
        top: the thing itself.
        query: the address with only what exists in it, and everything that is chosen.
        around: the rest of the basket.
        base: the lines without the plan and what hangs on it.
        mine: the lines as chosen, the top first.
        changed: the basket's line that is changed, None for something new.
        old_plan: the plan in the basket that is swapped, None when there is none.
        hanging: the extras that were chosen for it.
    """

    terms: Terms
    top: Offering
    query: ChooseQuery
    around: Lines
    base: Lines
    mine: Lines
    changed: Line | None = None
    old_plan: Line | None = None
    hanging: Lines = ()

    @property
    def catalog(self) -> Catalog:
        """Return the catalogue."""
        return self.terms.catalog

    def line_of(self, offering: Offering) -> Line | None:
        """Return the line of something that is chosen."""
        return next((line for line in self.mine if line.offering_id == offering.id), None)

    def choice(self, offering: Offering, group: str = "") -> Choice:
        """Return `offering` as it would be chosen."""
        wanted: Mapping[str, str] = self.query.below.get(offering.slug, {})
        if not wanted and self.old_plan is not None:
            wanted = self.old_plan.configuration
        return Choice(offering.id, variants(offering, self.terms).completed(wanted, {}), group)

    def plan_line(self, plan: Offering) -> Line:
        """Return the line of a plan, in the place where the plan stands."""
        choice = self.choice(plan)
        if self.old_plan is None:
            return basket_choices.under(self.catalog, self.base[0], choice)
        return replace(
            self.old_plan,
            offering_id=choice.offering_id,
            configuration=choice.configuration,
            seen_minor=None,
        )

    def kept(self, plan: Offering) -> Lines:
        """Return those of the hanging extras that go with `plan`."""
        offerings = {line.id: known(self.catalog, line.offering_id) for line in self.hanging}
        return tuple(
            line
            for line in self.hanging
            if (extra := offerings[line.id]) and plan.id in targets(extra, Relation.ADDON_OF)
        )

    def extra_line(self, offering: Offering) -> Line:
        """Return the line of an extra under what it fits."""
        hosts = targets(offering, Relation.ADDON_OF)
        below = (line for line in self.mine[1:] if line.offering_id in hosts)
        parent = next(below, self.mine[0])
        return basket_choices.under(self.catalog, parent, self.choice(offering))

    def judge(self, among: Lines) -> Callable[[Line], Violation | None]:
        """Return what says why a line cannot stand beside `among` and the rest of the basket."""
        beside = (*self.around, *among)
        before = self.terms.check(beside)

        def problem(line: Line) -> Violation | None:
            new = introduced(before, self.terms.check((*beside, line)))
            return next((found for found in new if found.code not in UNFINISHED), None)

        return problem


def draft(session: Session, actor: Actor, slug: str, query: ChooseQuery, *, now: datetime) -> Draft:
    """Resolve an address; what is not there (any more) is left out.

    Raises:
        NotFound: nothing in the catalogue is called `slug`.
    """
    catalog = catalog_index.current(session)
    top = catalog.by_slug(slug)
    owner = owner_of(actor)
    cart = NO_CART if owner is None else basket_rows.look(session, owner)
    ids = {line.offering_id for line in cart.lines}.union(_candidates(catalog, top))
    terms = gather(session, actor.customer_id, catalog, ids, now=now)
    changed = _changed(cart, top, query)
    if changed is not None:
        return _changing(terms, cart, top, changed, query)
    return _fresh(terms, cart, top, query)


def _candidates(catalog: Catalog, top: Offering) -> set[UUID]:
    bundled = [part for parts in bundle_parts(catalog, top).values() for _, part in parts]
    beside = (*plans_for(catalog, top), *hosts_for(catalog, top))
    hosts = {offering.id for offering in (top, *beside, *bundled)}
    return hosts.union(extra.id for host in hosts for extra in catalog.addons_of(host))


def variants(offering: Offering, terms: Terms) -> Variants:
    """Return the ways in which something that was gathered can be configured."""
    pricer = terms.catalog.pricer(terms.now, new_customer=terms.new_customer)
    return Variants(offering, pricer, terms.stock.get(offering.id, {}))


def _changed(cart: Cart, top: Offering, query: ChooseQuery) -> Line | None:
    """Return the basket's line that the address is about, if it still is what it says."""
    for line in cart.lines:
        if str(line.id) == query.line and line.offering_id == top.id:
            return line if plan_slot(top) else None
    return None


def plan_slot(top: Offering) -> bool:
    """Say whether a line of `top` has, or is, a plan that can be swapped."""
    return top.kind is OfferingKind.DEVICE or top.kind in SWAPPED


def _changing(terms: Terms, cart: Cart, top: Offering, changed: Line, query: ChooseQuery) -> Draft:
    catalog = terms.catalog
    inside = basket_lines.tree(cart.lines, changed.id)
    old: Line | None = changed
    if top.kind is OfferingKind.DEVICE:
        old = next((line for line in inside if _is_plan(catalog, line, under=changed)), None)
    base: Lines = inside
    hanging: Lines = ()
    if old is not None:
        base = basket_lines.without(inside, old.id)
        hanging = tuple(line for line in inside if line.parent_id == old.id)
    plans = {plan.slug: plan for plan in plans_for(catalog, top)}
    alone = query.plan == NO_PLAN and top.kind is OfferingKind.DEVICE
    asked = ChooseQuery(
        values=changed.configuration,
        plan=query.plan if query.plan in plans or alone else "",
        below=query.below,
        line=str(changed.id),
    )
    around = tuple(line for line in cart.lines if line not in inside)
    found = Draft(terms, top, asked, around, base, base, changed, old, hanging)
    if asked.plan not in plans:
        return found
    plan = plans[asked.plan]
    line = found.plan_line(plan)
    below = {plan.slug: line.configuration} if line.configuration else {}
    return replace(found, mine=(*base, line, *found.kept(plan)), query=replace(asked, below=below))


def _is_plan(catalog: Catalog, line: Line, *, under: Line) -> bool:
    if line.parent_id != under.id:
        return False
    offering = known(catalog, line.offering_id)
    return offering is not None and offering.kind is OfferingKind.PLAN


def _fresh(terms: Terms, cart: Cart, top: Offering, query: ChooseQuery) -> Draft:
    catalog = terms.catalog
    chosen: list[tuple[Offering, str]] = []
    parts: dict[str, tuple[str, ...]] = {}
    for name, alternatives in bundle_parts(catalog, top).items():
        taken = _taken(alternatives, query.parts.get(name, ()))
        parts[name] = tuple(part.slug for _, part in taken)
        chosen += [(part, link.group) for link, part in taken]
    plan = ""
    if top.kind is OfferingKind.DEVICE:
        plans = {offering.slug: offering for offering in plans_for(catalog, top)}
        plan = query.plan if query.plan in plans or query.plan == NO_PLAN else ""
        chosen += [(plans[plan], "")] if plan in plans else []
    fitting = {o.slug: o for o in extras_for(catalog, [top, *(o for o, _ in chosen)])}
    extras = [fitting[slug] for slug in query.extras if slug in fitting]
    chosen += [(extra, "") for extra in extras]
    asked = replace(query, plan=plan, parts=parts, extras=tuple(e.slug for e in extras), line="")
    found = Draft(terms, top, asked, cart.lines, (), ())
    first = Choice(top.id, variants(top, terms).completed(query.values, {}))
    choices = [found.choice(offering, group) for offering, group in chosen]
    lines = basket_choices.together(catalog, first, choices, 1)
    below = {
        offering.slug: choice.configuration
        for (offering, _), choice in zip(chosen, choices, strict=True)
        if choice.configuration
    }
    asked = replace(asked, values=first.configuration, below=below)
    return replace(found, query=asked, base=lines[:1], mine=lines)


def _taken(
    alternatives: tuple[tuple[Link, Offering], ...], wanted: tuple[str, ...]
) -> list[tuple[Link, Offering]]:
    """Return the parts that answer one choice of a bundle: the wanted ones, else its default."""
    taken = [pair for pair in alternatives if pair[1].slug in wanted]
    if taken:
        return taken
    default = [pair for pair in alternatives if pair[0].is_default or len(alternatives) == 1]
    return [pair for pair in default[:1] if pair[0].minimum > 0]
