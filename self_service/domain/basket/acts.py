"""The basket: what somebody means to buy, changed in one act each, shown with live totals.

**Whose.** A signed-in customer has one open basket, on every device. A visitor has one under the
hash of the browser's cookie; signing out changes the cookie, so the next person sees nothing.

**What is refused.** An act that breaks a rule which was not broken before (`catalog_rules`) changes
nothing. Taking out, undoing and signing in are never refused: what does not go any more stays
visible with its problem, and stops only the order.

**Merging at sign-in.** All lines of both baskets are kept. The same choice in both (offering,
configuration and everything under it) is one line with the larger quantity, never the sum. What
was typed in the visitor's checkout goes along. The limits apply to the result: a line has 9 pieces
at most, and what is too much for one order, or is not for this customer, shows its problem.
Promotion codes of both are kept; one that does not go any more says why, and is not applied. The
visitor's basket is closed as merged and its key is released, so a second merge finds nothing.
Without an open basket of the customer's, the visitor's becomes it.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import choices as basket_choices
from self_service.domain.basket import input as basket_input
from self_service.domain.basket import lines as basket_lines
from self_service.domain.basket.change import CookiesNeeded, change
from self_service.domain.basket.handover import claim_for_order, merge_on_sign_in
from self_service.domain.basket.input import BadChoice, BadQuantity, Choice
from self_service.domain.basket.lines import Lines
from self_service.domain.basket.look import may_add, view
from self_service.domain.basket.rows import Cart
from self_service.domain.basket.swap import NotSwappable, swap_plan
from self_service.domain.basket.terms import Terms
from self_service.domain.basket.view import BasketView, LineView
from self_service.domain.errors import N_, DomainError
from self_service.domain.ids import as_id
from self_service.domain.rules.problems import Impossible

__all__ = [
    "BadChoice",
    "BadQuantity",
    "BasketView",
    "Choice",
    "CookiesNeeded",
    "GoesWithParent",
    "Impossible",
    "LineView",
    "NotSwappable",
    "NothingToUndo",
    "add",
    "add_with",
    "claim_for_order",
    "clear",
    "configure",
    "may_add",
    "merge_on_sign_in",
    "remove",
    "set_quantity",
    "swap_plan",
    "undo",
    "view",
]


class NothingToUndo(DomainError):
    """The last change was taken back already, or there was none."""

    code = "nothing_to_undo"
    message = N_("There is nothing to undo.")


class GoesWithParent(DomainError):
    """The quantity of something chosen for another line was to be changed by itself."""

    code = "goes_with_parent"
    message = N_("This goes with what it was chosen for. Change the quantity there.")


def add(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    offering_id: object,
    configuration: object = None,
    quantity: object = 1,
    parent_line: object = None,
    group: object = "",
) -> BasketView:
    """Put something in, on its own or for a line that is there (then as often as that line).

    The same choice once more raises the quantity of its line.

    Args:
        session: open transaction.
        actor: whose basket.
        now: instant of the change.
        offering_id: what.
        configuration: chosen values, complete.
        quantity: pieces, 1 to 9; only 1 together with `parent_line`.
        parent_line: line that this is chosen for.
        group: the choice of a bundle that this answers; "" for the first that it can.

    Raises:
        Impossible: a rule of the catalogue would be broken.
        BadQuantity, BadChoice, NotFound, OfferingGone: an argument is none.
        CookiesNeeded: a visitor without a cookie.
    """
    choice = basket_input.as_choice(offering_id, configuration, group)
    pieces = basket_input.as_quantity(quantity)
    if parent_line is None:
        return _add(session, actor, choice, (), pieces, now)
    parent_id = as_id(parent_line)
    if pieces != 1:
        raise GoesWithParent("quantity")

    def edit(cart: Cart, terms: Terms) -> Lines:
        parent = basket_lines.find(cart.lines, parent_id)
        new = basket_choices.under(terms.catalog, parent, choice)
        return basket_lines.added(cart.lines, (new,))

    return change(session, actor, edit, now=now, incoming=[choice.offering_id])


def add_with(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    offering_id: object,
    choices: object,
    configuration: object = None,
    quantity: object = 1,
) -> BasketView:
    """Put something in with what was chosen for it (plan, extras, parts of a bundle), in one act.

    Args:
        session: open transaction.
        actor: whose basket.
        now: instant of the change.
        offering_id: the device, plan or bundle.
        choices: flat list of `Choice` or {offering_id, configuration, group}; an extra goes under
            the plan in the list that it fits.
        configuration: chosen values of the first.
        quantity: pieces of all.

    Raises:
        DomainError: as `add`.
    """
    top = basket_input.as_choice(offering_id, configuration)
    below = basket_input.as_choices(choices)
    return _add(session, actor, top, below, basket_input.as_quantity(quantity), now)


def set_quantity(
    session: Session, actor: Actor, *, now: datetime, line_id: object, quantity: object
) -> BasketView:
    """Change how many pieces a line has, with all that was chosen for it; 0 takes it out.

    Raises:
        Impossible: more than the limits or the stock allow.
        GoesWithParent: the line was chosen for another one.
        BadQuantity, NotFound: an argument is none.
    """
    wanted, pieces = as_id(line_id), basket_input.as_quantity(quantity, least=0)
    if pieces == 0:
        return remove(session, actor, now=now, line_id=wanted)

    def edit(cart: Cart, _terms: Terms) -> Lines:
        line = basket_lines.find(cart.lines, wanted)
        if line.parent_id is not None and pieces != line.quantity:
            raise GoesWithParent("quantity")
        return basket_lines.with_quantity(cart.lines, wanted, pieces)

    return change(session, actor, edit, now=now)


def remove(session: Session, actor: Actor, *, now: datetime, line_id: object) -> BasketView:
    """Take a line out, with all that was chosen for it.

    Raises:
        NotFound: the basket has no such line.
    """
    wanted = as_id(line_id)

    def edit(cart: Cart, _terms: Terms) -> Lines:
        basket_lines.find(cart.lines, wanted)
        return basket_lines.without(cart.lines, wanted)

    return change(session, actor, edit, now=now, judged=False)


def configure(
    session: Session, actor: Actor, *, now: datetime, line_id: object, configuration: object
) -> BasketView:
    """Choose another colour, storage, SIM for a line.

    Raises:
        Impossible: it does not come so, or is sold out so.
        BadChoice, NotFound: an argument is none.
    """
    wanted, chosen = as_id(line_id), basket_input.as_configuration(configuration)

    def edit(cart: Cart, _terms: Terms) -> Lines:
        if basket_lines.find(cart.lines, wanted).configuration == chosen:
            return cart.lines
        return basket_lines.chosen_anew(cart.lines, wanted, configuration=chosen)

    return change(session, actor, edit, now=now)


def undo(session: Session, actor: Actor, *, now: datetime) -> BasketView:
    """Bring the lines before the last change back, exactly; once.

    Raises:
        NothingToUndo: that was done already, or nothing was changed.
    """

    def edit(cart: Cart, _terms: Terms) -> Lines:
        if not cart.can_undo:
            raise NothingToUndo
        return cart.before

    return change(session, actor, edit, now=now, judged=False, undoing=True)


def clear(session: Session, actor: Actor, *, now: datetime) -> BasketView:
    """Take everything out."""
    return change(session, actor, lambda _cart, _terms: (), now=now, judged=False)


def _add(
    session: Session,
    actor: Actor,
    top: Choice,
    below: tuple[Choice, ...],
    quantity: int,
    now: datetime,
) -> BasketView:
    def edit(cart: Cart, terms: Terms) -> Lines:
        new = basket_choices.together(terms.catalog, top, below, quantity)
        return basket_lines.added(cart.lines, new)

    incoming = [choice.offering_id for choice in (top, *below)]
    return change(session, actor, edit, now=now, incoming=incoming)
