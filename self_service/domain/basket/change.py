"""How every act on a basket runs: lock, edit, judge, save, show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor, NotAllowed
from self_service.domain.basket import choices as basket_choices
from self_service.domain.basket import rows as basket_rows
from self_service.domain.basket.lines import Lines
from self_service.domain.basket.rows import Cart, Owner
from self_service.domain.basket.terms import Terms, gather
from self_service.domain.basket.view import BasketView, build
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import N_, DomainError
from self_service.domain.promotions import held as promotions
from self_service.domain.rules.engine import introduced
from self_service.domain.rules.problems import Impossible

#: Returns the lines as they should be; may raise a DomainError.
Edit = Callable[[Cart, Terms], Lines]


class CookiesNeeded(DomainError):
    """A visitor whose browser sends no cookie: there is nothing to know the basket by."""

    code = "cookies_needed"
    message = N_("Please allow cookies for this site: without them we cannot keep your basket.")


def owner_of(actor: Actor) -> Owner | None:
    """Return whose basket the actor sees; None for staff and for a browser without a cookie."""
    if actor.customer_id is not None:
        return Owner(customer_id=actor.customer_id)
    if actor.signed_in or not actor.key:
        return None
    return Owner(visitor_key=actor.key)


def change(
    session: Session,
    actor: Actor,
    edit: Edit,
    *,
    now: datetime,
    incoming: Iterable[UUID] = (),
    judged: bool = True,
    undoing: bool = False,
) -> BasketView:
    """Run one act on the actor's basket; a refusal changes nothing.

    Args:
        session: open transaction.
        actor: whose basket.
        edit: from the basket as it is to its new lines.
        now: instant of the act.
        incoming: offerings that come in.
        judged: whether the act is refused when it breaks a rule that was not broken before.
        undoing: whether this act cannot be undone itself.

    Raises:
        Impossible: a rule would be broken.
        CookiesNeeded, NotAllowed: this actor has no basket.
        OfferingGone: something that comes in is not in the catalogue.
        DomainError: what `edit` refuses.
    """
    owner = owner_of(actor)
    if owner is None:
        raise NotAllowed if actor.signed_in else CookiesNeeded
    catalog = catalog_index.current(session)
    cart = basket_rows.lock(session, owner)
    ids = {line.offering_id for line in (*cart.lines, *cart.before)}
    ids.update(basket_choices.may_bring(catalog, incoming))
    codes = codes_of(session, cart, owner.customer_id)
    terms = gather(session, owner.customer_id, catalog, ids, now=now, codes=codes)
    after = edit(cart, terms)
    problems = terms.check(after)
    new = introduced(terms.check(cart.lines), problems) if judged and problems else ()
    if new:
        raise Impossible(new[0])
    if after == cart.lines:
        return build(cart.id, after, terms, problems=problems, can_undo=cart.can_undo)
    cart_id = cart.id or basket_rows.create(session, owner, currency=catalog.currency, now=now)
    if cart_id is None:  # another request of this person opened one: start again from there
        return change(
            session,
            actor,
            edit,
            now=now,
            incoming=incoming,
            judged=judged,
            undoing=undoing,
        )
    after = _marked(terms, after)
    undo = [] if undoing else basket_rows.memory(cart.lines)
    basket_rows.save(session, cart_id, cart.lines, after, undo=undo, now=now)
    return build(cart_id, after, terms, problems=problems, can_undo=not undoing)


def codes_of(session: Session, cart: Cart, customer_id: UUID | None) -> tuple[promotions.Held, ...]:
    """Return the promotion codes of a basket; one without them costs no statement."""
    if cart.id is None or not cart.has_codes:
        return ()
    return promotions.read(session, cart.id, customer_id)


def _marked(terms: Terms, lines: Lines) -> Lines:
    """Note the price of what came in or changed, as it is shown now."""
    return tuple(
        line if line.seen_minor is not None else line.priced(terms.mark(lines, line))
        for line in lines
    )
