"""Promotion codes for tests: made in few words, typed, and looked up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.basket.view import BasketView
from self_service.domain.promotions import codes
from self_service.models.promotions import CartPromotion, Promotion, PromotionEffect, PromotionUse
from tests.conftest import NOW

E = PromotionEffect


def make_code(session: Session, code: str = "WELCOME10", **columns: Any) -> Promotion:
    """Add a promotion: 10 % for 3 months, when nothing else is said."""
    defaults: dict[str, Any] = {
        "name": {"en": "Welcome"},
        "effect": E.RECURRING_PERCENT,
        "currency": "EUR",
        "valid_from": NOW - timedelta(days=30),
        "created_at": NOW - timedelta(days=30),
    }
    if "effect" not in columns:
        defaults |= {"percent_bp": 1000, "months": 3}
    row = Promotion(code=code, **{**defaults, **columns})
    session.add(row)
    session.flush()
    return row


def off_once(session: Session, minor: int = 2000, code: str = "ONCE20", **more: Any) -> Promotion:
    """Add an amount off what is paid once."""
    return make_code(session, code, effect=E.ONE_TIME_AMOUNT, amount_minor=minor, **more)


def share_once(session: Session, bp: int = 1000, code: str = "SHARE", **more: Any) -> Promotion:
    """Add a share off what is paid once."""
    return make_code(session, code, effect=E.ONE_TIME_PERCENT, percent_bp=bp, **more)


def off_monthly(session: Session, minor: int = 500, code: str = "FIVER", **more: Any) -> Promotion:
    """Add an amount off what recurs."""
    return make_code(session, code, effect=E.RECURRING_AMOUNT, amount_minor=minor, **more)


def typed(session: Session, actor: Actor, *found: str, **more: Any) -> BasketView:
    """Type codes into a basket."""
    shown: BasketView | None = None
    for code in found:
        shown = codes.add(session, actor, code=code, now=more.get("now", NOW))
    assert shown is not None
    return shown


def told(shown: BasketView) -> dict[str, str]:
    """What is said of each code: "" when it is applied or could be."""
    return {code.code: code.refusal.code if code.refusal else "" for code in shown.codes}


def uses(session: Session, code: str) -> tuple[int, int]:
    """How often a code counts as used, and how many customers stand for it."""
    session.expire_all()
    row = session.exec(select(Promotion).where(Promotion.code == code)).one()
    rows = session.exec(select(PromotionUse).where(PromotionUse.promotion_id == row.id)).all()
    return row.uses, len(rows)


def held_by(session: Session, cart_id: UUID | None) -> list[str]:
    """The codes in a basket."""
    mine = select(Promotion.code).join(CartPromotion).where(CartPromotion.cart_id == cart_id)
    return sorted(session.exec(mine).all())
