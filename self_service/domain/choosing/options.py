"""What can be chosen beside what is chosen already: each with its price, and why not, where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from self_service.domain.basket import choices as basket_choices
from self_service.domain.basket.lines import Line, Lines, without
from self_service.domain.basket.view import build
from self_service.domain.catalog.view import Link, Offering
from self_service.domain.choosing.draft import Draft, variants
from self_service.domain.choosing.query import NO_PLAN, ChooseQuery
from self_service.domain.choosing.range import bundle_parts, extras_for, hosts_for, known, plans_for
from self_service.domain.choosing.view import Configurable, Option, Part, Way
from self_service.domain.pricing.totals import REFERENCE_MONTHS, PriceTotals
from self_service.domain.rules.problems import FixAct, Violation
from self_service.domain.rules.sale import EXTRAS, covered, targets
from self_service.models.catalog import OfferingKind, Relation

#: Says why a line cannot be added, None when it can.
Judge = Callable[[Line], Violation | None]


def plans(found: Draft) -> Iterator[Option]:
    """Yield the plans for a device, or those that a plan in the basket can be swapped for.

    What can be chosen comes first; the device alone comes last.
    """
    device = found.top.kind is OfferingKind.DEVICE
    if not device and found.changed is None:
        return
    old = found.old_plan.offering_id if found.old_plan is not None else None
    judge = found.judge(found.base)
    options = [_plan(found, plan, old, judge) for plan in plans_for(found.catalog, found.top)]
    yield from sorted(options, key=lambda option: option.problem is not None)
    if device and options:
        yield Option(
            offering=None,
            slug=found.top.slug,
            query=found.query.with_plan(NO_PLAN),
            chosen=found.query.plan == NO_PLAN,
            totals=_together(found, found.base),
            in_basket=found.changed is not None and old is None,
        )


def hosts(found: Draft) -> Iterator[Option]:
    """Yield what an extra can be chosen for: lines of the basket, then what is in the store."""
    if found.top.kind not in EXTRAS:
        return
    top = found.mine[0]
    fitting = targets(found.top, Relation.ADDON_OF)
    for line in found.around:
        if line.offering_id in fitting:
            extra = replace(top, parent_id=line.id, quantity=line.quantity)
            yield Option(
                offering=found.terms.offering(line.offering_id),
                slug=found.top.slug,
                query=found.query,
                chosen=False,
                totals=_together(found, (replace(extra, parent_id=None),)),
                in_basket=True,
                line=line.id,
                problem=found.judge(())(extra),
            )
    for host in hosts_for(found.catalog, found.top):
        first = found.choice(host)
        lines = basket_choices.together(found.catalog, first, [found.choice(found.top)], 1)
        yield Option(
            offering=host,
            slug=host.slug,
            query=ChooseQuery(values=first.configuration, extras=(found.top.slug,)),
            chosen=False,
            totals=_together(found, lines),
            problem=found.judge(())(lines[0]),
        )


def parts(found: Draft, problems: Sequence[Violation]) -> Iterator[Part]:
    """Yield the choices of a bundle."""
    for name, alternatives in bundle_parts(found.catalog, found.top).items():
        minimum = max(link.minimum for link, _ in alternatives)
        maximum = max(link.maximum for link, _ in alternatives)
        single = maximum == 1
        ids = {part.id for _, part in alternatives}
        judge = found.judge(_others(found.mine, ids if single else set()))
        options = []
        for link, part in alternatives:
            slugs = found.query.parts.get(name, ())
            taken = (part.slug,) if single and minimum else _toggled(slugs, part.slug, single)
            query = found.query.with_parts(name, taken)
            options.append(_part(found, link, part, query, judge, problems))
        yield Part(minimum, maximum, tuple(options))


def extras(found: Draft, problems: Sequence[Violation]) -> Iterator[Option]:
    """Yield what can be added to the thing and to what was chosen for it."""
    hosts = _offerings(found)
    judge = found.judge(found.mine)
    for extra in extras_for(found.catalog, hosts):
        present = found.line_of(extra)
        line = present or found.extra_line(extra)
        problem = _of(problems, line) if present else judge(line)
        yield Option(
            offering=extra,
            slug=found.top.slug,
            query=found.query.with_extras(_toggled(found.query.extras, extra.slug)),
            chosen=present is not None,
            totals=_own(found, line),
            problem=problem,
            way=_way(found, extra, problem),
        )


def configurables(found: Draft) -> Iterator[Configurable]:
    """Yield what is chosen and has values to choose; a device's were chosen on its own page."""
    for line in found.mine:
        offering = known(found.catalog, line.offering_id)
        if offering is None or not offering.choices:
            continue
        top = line is found.mine[0]
        if top and (offering.kind is OfferingKind.DEVICE):
            continue
        if found.changed is not None and offering.slug != found.query.plan:
            continue
        paid = covered(found.top, offering.id, line.group)
        choices = variants(offering, found.terms).choices(line.configuration)
        slug = "" if top and found.changed is None else offering.slug
        yield Configurable(slug, offering, choices, paid)


def _plan(found: Draft, plan: Offering, old: UUID | None, judge: Judge) -> Option:
    line = found.plan_line(plan)
    return Option(
        offering=plan,
        slug=found.top.slug,
        query=found.query.with_plan(plan.slug),
        chosen=found.query.plan == plan.slug,
        totals=_together(found, (*found.base, line, *found.kept(plan))),
        in_basket=plan.id == old,
        problem=judge(line),
    )


def _part(
    found: Draft,
    link: Link,
    part: Offering,
    query: ChooseQuery,
    judge: Judge,
    problems: Sequence[Violation],
) -> Option:
    present = found.line_of(part)
    line = present
    if line is None:
        choice = found.choice(part, link.group)
        line = basket_choices.under(found.catalog, found.mine[0], choice)
    return Option(
        offering=part,
        slug=found.top.slug,
        query=query,
        chosen=present is not None,
        totals=_own(found, line),
        paid=covered(found.top, part.id, link.group),
        problem=_of(problems, line) if present else judge(line),
    )


def _others(lines: Lines, replaced: set[UUID]) -> Lines:
    """Return `lines` without those that another alternative would replace."""
    for line in lines:
        if line.offering_id in replaced:
            lines = without(lines, line.id)
    return lines


def _way(found: Draft, extra: Offering, problem: Violation | None) -> Way | None:
    """Return how a fix can be done at this address: an extra added or another taken away."""
    fix = problem.fix if problem else None
    if fix is None or fix.act not in (FixAct.ADD, FixAct.REMOVE):
        return None
    slugs = [slug for slug in found.query.extras if slug != extra.slug]
    addable = {extra.slug for extra in extras_for(found.catalog, _offerings(found))}
    for other in fix.offerings:
        if other.id == extra.id:
            continue
        if fix.act is FixAct.REMOVE and other.slug in slugs:
            wanted = [slug for slug in slugs if slug != other.slug]
            return Way(fix.act, other, found.query.with_extras([*wanted, extra.slug]))
        if fix.act is FixAct.ADD and other.slug in addable:
            return Way(fix.act, other, found.query.with_extras([*slugs, other.slug, extra.slug]))
    return None


def _offerings(found: Draft) -> list[Offering]:
    return [o for line in found.mine if (o := known(found.catalog, line.offering_id))]


def _toggled(chosen: Sequence[str], slug: str, single: bool = False) -> tuple[str, ...]:
    if slug in chosen:
        return tuple(other for other in chosen if other != slug)
    return (slug,) if single else (*chosen, slug)


def _of(problems: Sequence[Violation], line: Line) -> Violation | None:
    return next((problem for problem in problems if problem.line == line.id), None)


def _together(found: Draft, lines: Lines) -> PriceTotals:
    return build(None, lines, found.terms, problems=(), can_undo=False).totals


def _own(found: Draft, line: Line) -> PriceTotals:
    """Price a line by itself, where it stands among what is chosen."""
    lines = found.mine if line in found.mine else (*found.mine, line)
    above = next(other for other in lines if other.id == line.parent_id)
    return found.terms.totals(
        line,
        found.terms.prices(lines, line),
        quantity=line.quantity,
        covers=found.terms.offering(above.offering_id).term_months or REFERENCE_MONTHS,
    )
