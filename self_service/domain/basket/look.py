"""Looking at a basket without changing it: three statements, no lock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import lines as basket_lines
from self_service.domain.basket import rows as basket_rows
from self_service.domain.basket.change import codes_of, owner_of
from self_service.domain.basket.rows import NO_CART, Cart
from self_service.domain.basket.terms import Terms, gather
from self_service.domain.basket.view import BasketView, build
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.rules import engine as catalog_rules
from self_service.domain.rules.problems import Violation


def view(session: Session, actor: Actor, *, now: datetime, cart_id: object = None) -> BasketView:
    """Show the actor's open basket, or the one of the actor's with `cart_id`, in any state.

    Raises:
        NotFound: `cart_id` is no basket of the actor's.
    """
    cart, terms = _look(session, actor, now=now, cart_id=cart_id)
    problems = terms.check(cart.lines)
    return build(cart.id, cart.lines, terms, problems=problems, can_undo=cart.can_undo)


def may_add(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    offering_ids: Iterable[UUID],
    parent_line: UUID | None = None,
) -> dict[UUID, Violation | None]:
    """Return for each offering why it cannot be added to the basket, None where it can.

    Args:
        session: open transaction.
        actor: whose basket.
        now: instant of the question.
        offering_ids: the choices on the screen; all in the catalogue.
        parent_line: line that they would be chosen for.

    Raises:
        NotFound: the basket has no such line.
    """
    wanted = tuple(offering_ids)
    cart, terms = _look(session, actor, now=now, incoming=wanted)
    if parent_line is not None:
        basket_lines.find(cart.lines, parent_line)
    present = terms.sale(cart.lines)
    return {
        offering_id: catalog_rules.may_add(
            terms.catalog.get(offering_id), present, parent=parent_line, **terms.rules
        )
        for offering_id in wanted
    }


def _look(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    cart_id: object = None,
    incoming: Iterable[UUID] = (),
) -> tuple[Cart, Terms]:
    wanted = None if cart_id is None else as_id(cart_id)
    catalog, owner = catalog_index.current(session), owner_of(actor)
    cart = NO_CART if owner is None else basket_rows.look(session, owner, wanted)
    if wanted is not None and cart.id is None:
        raise NotFound
    ids = {line.offering_id for line in cart.lines}
    codes = codes_of(session, cart, actor.customer_id)
    wanted_ids = ids.union(incoming)
    return cart, gather(session, actor.customer_id, catalog, wanted_ids, now=now, codes=codes)
