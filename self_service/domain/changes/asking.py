"""Asking for a change: checked and quoted anew, written as an order, performed when it is time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.catalog.view import Offering, Price
from self_service.domain.changes import orders, performing
from self_service.domain.changes.listing import change_view
from self_service.domain.changes.quoting import becoming_prices, quoted
from self_service.domain.changes.quoting_extras import extra_prices
from self_service.domain.changes.refusals import OtherChangeOpen, QuoteChanged
from self_service.domain.changes.telling import Told, tell
from self_service.domain.changes.tree import Tree, open_tree
from self_service.domain.changes.view import ChangeView, Quote, Wish
from self_service.domain.policy import Policy
from self_service.domain.rows import add_once
from self_service.models.access import Scope
from self_service.models.base import new_id
from self_service.models.changes import ChangeKind, ProductChange
from self_service.models.subscriptions import Product

#: What concerns the whole subscription: nothing else may be open beside it.
WHOLE = frozenset({ChangeKind.PAUSE, ChangeKind.LEAVE})
_COMING = frozenset({ChangeKind.ADD, ChangeKind.BOOST})
#: Acts that are worth a fresh proof of who is there.
_PROVEN = frozenset({ChangeKind.LEAVE})


def ask(
    session: Session,
    actor: Actor,
    wish: Wish,
    *,
    seen: str,
    policy: Policy,
    now: datetime,
) -> ChangeView:
    """Ask for a change that was quoted.

    Args:
        session: open transaction.
        actor: the customer, whoever acts for one, or a member who may manage the subscription.
        wish: what was quoted.
        seen: `Quote.seen` of what was shown.
        policy: the operator's.
        now: instant of asking.

    Raises:
        QuoteChanged: it costs another sum now.
        OtherChangeOpen: something else about it is under way; of two who ask at once, one.
        NotEnoughCredit: a prepaid change that happens now.
        ConfirmationNeeded: leaving is worth a fresh proof of who is there.
        NotFound, NotAllowed, Impossible and the others of `quote`: nothing was changed.
    """
    tree = open_tree(
        session, actor, wish.product_id, scope=Scope.MANAGE, now=now, policy=policy.bills
    )
    if wish.kind in _PROVEN and not actor.acting:
        actor.fresh(now)
    found = quoted(tree, wish, policy=policy, now=now)
    if found.seen != seen:
        raise QuoteChanged
    if wish.kind is ChangeKind.RESUME:
        return performing.resume_now(session, actor, tree, now=now)
    product = tree.main if found.wish.kind in WHOLE else tree.one(wish.product_id)
    _alone(tree, found, product)
    change = _write(session, actor, tree, found, product, now)
    audit.record(
        session,
        actor,
        "changes.ask",
        now=now,
        subject=str(tree.root.id),
        after=said(change),
        customer_id=product.customer_id,
    )
    if change.effective_at <= now:
        performing.start(session, change, tree, now=now)
    else:
        tell(session, change, Told.PLANNED, now=now)
    session.refresh(change)
    return change_view(session, change)


def said(change: ProductChange) -> dict[str, Any]:
    """Return what the record says of a change."""
    return {
        "kind": change.kind.value,
        "what": change.quoted["name"].get("en", ""),
        "to": change.quoted["to"].get("en", ""),
        "at": change.effective_at.isoformat(),
        "due_minor": change.quoted["due_minor"],
        "order": str(change.order_id),
    }


def _alone(tree: Tree, quote: Quote, product: Product) -> None:
    """Refuse what would meet another open change.

    Raises:
        OtherChangeOpen: it would.
    """
    about = {change.product_id for change in tree.open if change.kind not in _COMING}
    whole = any(change.kind in WHOLE | {ChangeKind.RESUME} for change in tree.open)
    waits = quote.wish.kind in WHOLE and tree.open
    if whole or waits or (quote.wish.kind not in _COMING and product.id in about):
        raise OtherChangeOpen


def _write(
    session: Session,
    actor: Actor,
    tree: Tree,
    quote: Quote,
    product: Product,
    now: datetime,
) -> ProductChange:
    offering = tree.known(quote.wish.offering_id)
    prices = _prices(tree, quote, product, offering, now)
    order_id, item_id = orders.place(
        session, tree, product, quote, offering, prices, language=actor.language, now=now
    )
    coming = quote.wish.kind in _COMING
    change = ProductChange(
        id=new_id(),
        order_id=order_id,
        customer_id=product.customer_id,
        root_id=tree.root.id,
        product_id=product.id,
        slot=_slot(quote, product),
        kind=quote.wish.kind,
        from_offering_id=None if coming else product.offering_id,
        to_offering_id=offering.id if offering else None,
        from_item_id=None if coming else product.order_item_id,
        to_item_id=item_id if offering else None,
        effective_at=quote.at,
        until=quote.until,
        status_changed_at=now,
        quoted=_said(quote),
        wanted={"reason": quote.wish.reason[:500]} if quote.wish.reason else {},
        asked_by=actor.identity_id,
        asked_at=now,
    )
    if not add_once(session, change):
        raise OtherChangeOpen
    return session.get_one(ProductChange, change.id)


def _slot(quote: Quote, product: Product) -> str:
    if quote.wish.kind in _COMING:  # a second click does not buy it twice
        return f"{product.id.hex}:{quote.wish.offering_id}"
    return product.id.hex


def _prices(
    tree: Tree, quote: Quote, product: Product, offering: Offering | None, now: datetime
) -> tuple[Price, ...]:
    if offering is None:
        return ()
    if quote.wish.kind in _COMING:
        return extra_prices(offering, now)
    return becoming_prices(tree, product, offering, now)


def _said(quote: Quote) -> dict[str, Any]:
    """Return what was said of a change, to be kept with it."""
    return {
        "name": dict(quote.name),
        "to": dict(quote.to),
        "due_minor": quote.due.minor,
        "fee_minor": quote.fee.minor,
        "before_minor": quote.before.minor,
        "after_minor": quote.after.minor,
        "ending": [str(lost.product_id) for lost in quote.lost if lost.product_id],
        "term_ends_at": quote.term_ends_at.isoformat() if quote.term_ends_at else "",
        "lines": [
            {"name": dict(line.name), "kind": line.kind.value, "minor": line.amount.minor}
            for line in quote.lines
        ],
    }
