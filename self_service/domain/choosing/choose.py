"""The next step of a sale: plan, extras, parts: what can be chosen, and what it costs together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.basket.lines import Line
from self_service.domain.basket.view import BasketView, build
from self_service.domain.catalog.view import Offering
from self_service.domain.choosing import options as choose_options
from self_service.domain.choosing.draft import Draft, draft
from self_service.domain.choosing.query import NO_PLAN, ChooseQuery
from self_service.domain.choosing.range import known
from self_service.domain.choosing.view import Configurable, Option, Part
from self_service.domain.errors import NotFound
from self_service.domain.rules.engine import introduced
from self_service.domain.rules.problems import Violation
from self_service.domain.rules.sale import EXTRAS
from self_service.models.base import Texts


@dataclass(frozen=True, slots=True)
class Choosing:
    """All that can be chosen for one thing now.

    Attributes:
        offering: the thing itself.
        query: what is chosen, with everything that is chosen by default.
        plans: for a device, and where the basket's plan is changed; for an extra, what it is for.
        plan_open: whether one of them has to be chosen before anything else.
        parts: the choices of a bundle.
        extras: what fits the thing and what was chosen for it.
        configurables: what has values to choose.
        sale: what would be added, or the line as it would become, priced.
        problem: the first rule that it would break in the basket.
        changing: whether a line of the basket is changed.
        dropped: names of extras that do not go with the choice and fall out.
    """

    offering: Offering
    query: ChooseQuery
    plans: tuple[Option, ...]
    plan_open: bool
    parts: tuple[Part, ...]
    extras: tuple[Option, ...]
    configurables: tuple[Configurable, ...]
    sale: BasketView
    problem: Violation | None
    changing: bool
    dropped: tuple[Texts, ...]


def look(
    session: Session, actor: Actor, slug: str, query: ChooseQuery, *, now: datetime
) -> Choosing:
    """Return what can be chosen at this address.

    Raises:
        NotFound: nothing in the catalogue is called `slug`.
    """
    found = draft(session, actor, slug, query, now=now)
    check = found.terms.check
    problems = introduced(check(found.around), check((*found.around, *found.mine)))
    plans = (*choose_options.plans(found), *choose_options.hosts(found))
    changing = found.changed is not None
    return Choosing(
        offering=found.top,
        query=found.query,
        plans=plans,
        plan_open=bool(plans) and not found.query.plan,
        parts=tuple(choose_options.parts(found, problems)),
        extras=() if changing else tuple(choose_options.extras(found, problems)),
        configurables=tuple(choose_options.configurables(found)),
        sale=build(None, found.mine, found.terms, problems=(), can_undo=False),
        problem=next(iter(problems), None),
        changing=changing,
        dropped=tuple(_dropped(found, query)),
    )


def take(
    session: Session, actor: Actor, slug: str, query: ChooseQuery, *, now: datetime
) -> BasketView:
    """Put what is chosen at this address into the basket, or change the line that it is about.

    Raises:
        NotFound: nothing in the catalogue is called `slug`.
        DomainError: the basket refuses; nothing is changed.
    """
    found = draft(session, actor, slug, query, now=now)
    if found.changed is not None:
        return _changed(session, actor, found, found.changed, now=now)
    if found.top.kind in EXTRAS and query.line:
        return basket.add(
            session,
            actor,
            now=now,
            offering_id=found.top.id,
            configuration=found.mine[0].configuration,
            parent_line=query.line,
        )
    first, *below = found.mine
    return basket.add_with(
        session,
        actor,
        now=now,
        offering_id=first.offering_id,
        configuration=first.configuration,
        choices=[basket.Choice(line.offering_id, line.configuration, line.group) for line in below],
    )


def _changed(
    session: Session, actor: Actor, found: Draft, changed: Line, *, now: datetime
) -> BasketView:
    old, plan = found.old_plan, found.query.plan
    if plan == NO_PLAN and old is not None:
        return basket.remove(session, actor, now=now, line_id=old.id)
    if plan in ("", NO_PLAN):
        return basket.view(session, actor, now=now)
    line = found.plan_line(found.catalog.by_slug(plan))
    choice: dict[str, Any] = {
        "offering_id": line.offering_id,
        "configuration": line.configuration,
    }
    if old is None:
        return basket.add(session, actor, now=now, parent_line=changed.id, **choice)
    return basket.swap_plan(session, actor, now=now, line_id=old.id, **choice)


def _dropped(found: Draft, asked: ChooseQuery) -> Iterator[Texts]:
    """Yield what was chosen for another plan and does not go with the present one."""
    catalog = found.catalog
    if found.changed is None:
        for slug in asked.extras:
            with suppress(NotFound):
                extra = catalog.by_slug(slug)
                if slug not in found.query.extras:
                    yield extra.name
        return
    staying = {line.id for line in found.mine}
    for line in found.hanging:
        lost = known(catalog, line.offering_id)
        if found.query.plan and lost is not None and line.id not in staying:
            yield lost.name
