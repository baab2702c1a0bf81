"""Typing promotion codes into a basket, bringing one along by a link, and taking them out.

A code is taken when it can be used now, goes together with those that are there and, when it was
typed, lowers a line. What becomes of it later shows in the basket: whether it is applied, or why
not any more.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session

from self_service.domain.access import Actor, NotAllowed, attempts
from self_service.domain.access.attempts import Limit
from self_service.domain.basket import rows as basket_rows
from self_service.domain.basket import saving
from self_service.domain.basket.change import CookiesNeeded, owner_of
from self_service.domain.basket.look import view
from self_service.domain.basket.rows import Cart, Owner
from self_service.domain.basket.terms import Terms, gather
from self_service.domain.basket.view import BasketView
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.promotions import applying, held, refusals
from self_service.domain.promotions.applying import Code
from self_service.domain.rows import add_once, changed
from self_service.models.promotions import CartPromotion, Promotion

#: Codes in one basket.
MOST_CODES = 5
#: A network may hold many people, so it gets more tries than a browser.
VISITOR_TRIES = Limit("promotion visitor", 20, timedelta(minutes=15))
NETWORK_TRIES = Limit("promotion network", 200, timedelta(minutes=15))
_LONGEST = 40
_CODE = re.compile(rf"[^\W_][\w-]{{1,{_LONGEST - 1}}}")


def fold(typed: object) -> str:
    """Return the form in which a code is kept, "" for what cannot be one.

    Capitals, spaces around it and the form of its letters do not matter.
    """
    if not isinstance(typed, str) or len(typed) > 4 * _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", typed).strip().upper()
    return folded if _CODE.fullmatch(folded) else ""


def count_try(session: Session, actor: Actor, *, network: str, now: datetime) -> bool:
    """Count one code that is about to be tried; False when it is one too many.

    Call it in a transaction of its own, before `add`: a refusal must not undo the count.

    Args:
        session: open transaction.
        actor: who types.
        network: address that the browser has, "" when not known.
        now: instant of the try.
    """
    who = str(actor.identity_id or actor.key)
    own = attempts.count(session, VISITOR_TRIES, who, now=now)
    # both are counted, whatever the first says
    return attempts.count(session, NETWORK_TRIES, network, now=now) and own


def add(session: Session, actor: Actor, *, code: object, now: datetime) -> BasketView:
    """Put a code into the actor's basket; one that is there already changes nothing.

    Args:
        session: open transaction.
        actor: whose basket.
        code: as it was typed.
        now: instant of the act.

    Raises:
        CodeRefused: why it cannot be used; nothing was changed.
        CookiesNeeded, NotAllowed: this actor has no basket.
    """
    owner = _owner(actor)
    promotion_id, name = _find(session, code)
    cart = basket_rows.lock(session, owner)
    if cart.id is None or not cart.lines:
        raise refusals.NothingLowered("code", code=name)
    terms, found = _check(session, owner, cart, cart.id, promotion_id, now)
    _must_lower(cart, terms, found, now)
    add_once(session, CartPromotion(cart_id=cart.id, promotion_id=promotion_id, added_at=now))
    return view(session, actor, now=now)


def bring(session: Session, actor: Actor, *, code: object, now: datetime) -> str:
    """Put the code of a link into the actor's basket, which may be empty.

    It is applied as soon as something lies there that it is for. It takes no other code's place:
    the link may be anybody's.

    Args:
        session: open transaction.
        actor: whose basket.
        code: as it stands in the address; `count_try` counted it.
        now: instant of the act.

    Returns:
        the code as it is kept.

    Raises:
        CodeRefused: why it cannot be used; nothing was changed.
        CookiesNeeded, NotAllowed: this actor has no basket.
    """
    owner = _owner(actor)
    promotion_id, name = _find(session, code)
    cart = basket_rows.lock(session, owner)
    cart_id = cart.id or _opened(session, owner, now)
    if cart_id is None:  # another request of this person opened one: start again from there
        return bring(session, actor, code=code, now=now)
    _check(session, owner, cart, cart_id, promotion_id, now)
    add_once(session, CartPromotion(cart_id=cart_id, promotion_id=promotion_id, added_at=now))
    return name


def remove(session: Session, actor: Actor, *, promotion_id: object, now: datetime) -> BasketView:
    """Take a code out of the actor's basket.

    Raises:
        NotFound: the basket has no such code.
        CookiesNeeded, NotAllowed: this actor has no basket.
    """
    wanted = as_id(promotion_id)
    cart = basket_rows.lock(session, _owner(actor))
    if cart.id is None or not _take_out(session, cart.id, (wanted,)):
        raise NotFound
    return view(session, actor, now=now)


def go_without(session: Session, actor: Actor, *, now: datetime) -> BasketView:
    """Take the codes out that cannot be used any more: the buyer was asked and goes on.

    Raises:
        CookiesNeeded, NotAllowed: this actor has no basket.
    """
    cart = basket_rows.lock(session, _owner(actor))
    lost = [code.id for code in view(session, actor, now=now).lost_codes]
    if cart.id is not None and lost:
        _take_out(session, cart.id, lost)
    return view(session, actor, now=now)


def _owner(actor: Actor) -> Owner:
    owner = owner_of(actor)
    if owner is None:
        raise NotAllowed if actor.signed_in else CookiesNeeded
    return owner


def _opened(session: Session, owner: Owner, now: datetime) -> UUID | None:
    currency = catalog_index.current(session).currency
    return basket_rows.create(session, owner, currency=currency, now=now)


def _find(session: Session, typed: object) -> tuple[UUID, str]:
    folded = fold(typed)
    statement = select(Promotion.id).where(Promotion.code == folded)
    found = session.execute(statement).scalar_one_or_none() if folded else None
    if found is None:
        raise refusals.CodeUnknown("code", code=folded)
    return found, folded


def _check(
    session: Session, owner: Owner, cart: Cart, cart_id: UUID, promotion_id: UUID, now: datetime
) -> tuple[Terms, Code]:
    """Refuse a code that cannot be used, or not with the others; returns what it is judged by.

    Raises:
        CodeRefused: why.
    """
    codes = held.read(session, cart_id, owner.customer_id, more=promotion_id)
    catalog = catalog_index.current(session)
    ids = {line.offering_id for line in cart.lines}
    terms = gather(session, owner.customer_id, catalog, ids, now=now, codes=codes)
    mine = next(one for one in terms.codes if one.code.id == promotion_id)
    others = tuple(one for one in terms.codes if one.code.id != promotion_id)
    if len(others) >= MOST_CODES:
        raise refusals.TooManyCodes("code", code=mine.code.code)
    # those that are there are judged among themselves: what comes in takes nothing from them
    standing = held.judge(others, now=now, new_customer=terms.new_customer)
    alone = held.judge((mine,), now=now, new_customer=terms.new_customer)[0]
    refusal = alone.refusal or held.clash(mine.code, standing)
    if refusal is not None:
        raise refusal
    return terms, mine.code


def _must_lower(cart: Cart, terms: Terms, code: Code, now: datetime) -> None:
    """Refuse a code that lowers no line.

    Raises:
        NothingLowered: it does not.
    """
    parts = saving.parts(terms, cart.lines, saving.priced(terms, cart.lines))
    (effect,) = applying.apply([code], parts, at=now, currency=terms.catalog.currency)
    if not effect.components:
        raise refusals.NothingLowered("code", code=code.code)


def _take_out(session: Session, cart_id: UUID, ids: tuple[UUID, ...] | list[UUID]) -> int:
    table = CartPromotion.__table__.c
    mine = (table.cart_id == cart_id, table.promotion_id.in_(ids))
    return changed(session, delete(CartPromotion.__table__).where(*mine))
