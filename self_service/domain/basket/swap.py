"""Swapping a plan in the basket for another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import input as basket_input
from self_service.domain.basket import lines as basket_lines
from self_service.domain.basket.change import change
from self_service.domain.basket.lines import Line, Lines
from self_service.domain.basket.rows import Cart
from self_service.domain.basket.terms import Terms
from self_service.domain.basket.view import BasketView
from self_service.domain.errors import N_, DomainError
from self_service.domain.ids import as_id
from self_service.domain.rules.engine import introduced
from self_service.domain.rules.sale import part_group
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind

#: What is changed by swapping: the line keeps its place, its device and the extras that still fit.
SWAPPED = frozenset({OfferingKind.PLAN, OfferingKind.BROADBAND, OfferingKind.TV})


class NotSwappable(DomainError):
    """Something else than a plan was to be swapped, or for a plan of another kind."""

    code = "not_swappable"
    message = N_("Only a plan can be swapped, for another of its kind. Remove this instead.")


def swap_plan(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    line_id: object,
    offering_id: object,
    configuration: object = None,
) -> BasketView:
    """Put another plan in the place of one; extras that do not go with it fall out.

    Args:
        session: open transaction.
        actor: whose basket.
        now: instant of the change.
        line_id: line of the plan, not of its device.
        offering_id: the other plan.
        configuration: its chosen values; None keeps those that it has too.

    Returns:
        the basket, with the names of what fell out in `dropped`.

    Raises:
        NotSwappable: not a plan, or not one of the same kind.
        Impossible: the other plan cannot stand there.
        BadChoice, NotFound, OfferingGone: an argument is none.
    """
    wanted, other = as_id(line_id), as_id(offering_id)
    chosen = None if configuration is None else basket_input.as_configuration(configuration)
    dropped: list[Texts] = []

    def edit(cart: Cart, terms: Terms) -> Lines:
        line = basket_lines.find(cart.lines, wanted)
        choice = _swapped(cart.lines, line, other, chosen, terms)
        if (line.offering_id, line.configuration) == (other, choice["configuration"]):
            return cart.lines
        lines = basket_lines.chosen_anew(cart.lines, wanted, **choice)
        lines, names = _without_misfits(terms, cart.lines, lines, wanted)
        dropped[:] = names
        return lines

    shown = change(session, actor, edit, now=now, incoming=[other])
    return replace(shown, dropped=tuple(dropped))


def _swapped(
    lines: Lines, line: Line, other: UUID, chosen: dict[str, str] | None, terms: Terms
) -> dict[str, Any]:
    """Return what changes about `line` with the other plan in it."""
    new = terms.catalog.get(other)
    if new.kind not in SWAPPED or new.kind is not terms.offering(line.offering_id).kind:
        raise NotSwappable
    if chosen is None:
        known = {(choice.name, str(value)) for choice in new.choices for value in choice.values}
        chosen = {name: v for name, v in line.configuration.items() if (name, v) in known}
    group = ""
    if line.parent_id is not None:
        above = terms.offering(basket_lines.find(lines, line.parent_id).offering_id)
        group = part_group(above, other) or ""
    return {"offering_id": other, "configuration": chosen, "group": group}


def _without_misfits(
    terms: Terms, before: Lines, after: Lines, plan: UUID
) -> tuple[Lines, list[Texts]]:
    """Take out what was chosen for the plan and breaks a rule under its successor."""
    misfits = {found.line for found in introduced(terms.check(before), terms.check(after))}
    names = []
    for line in after:
        if line.parent_id == plan and line.id in misfits:
            names.append(terms.offering(line.offering_id).name)
            after = basket_lines.without(after, line.id)
    return after, names
