"""Promotion codes of the demo: two that run, and one that is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from self_service.domain.promotions.codes import fold
from self_service.domain.rows import add_once
from self_service.models.base import new_id
from self_service.models.catalog import OfferingKind
from self_service.models.promotions import Promotion, PromotionEffect

CURRENCY = "EUR"


def seed_promotions(session: Session, *, now: datetime) -> None:
    """Make the codes that are missing; those that are there stay as they are.

    Args:
        session: open transaction.
        now: instant of seeding; the codes began before it.
    """
    there = set(session.exec(select(Promotion.code)).all())
    for row in _codes(now):
        if row.code not in there:
            add_once(session, row)


def _codes(now: datetime) -> list[Promotion]:
    began = now - timedelta(days=60)
    common: dict[str, Any] = {"currency": CURRENCY, "valid_from": began, "created_at": began}
    welcome = Promotion(
        id=new_id(),
        code=fold("WELCOME10"),
        name={
            "en": "10% off for 3 months",
            "es": "10 % de descuento durante 3 meses",
            "ar": "خصم 10% لمدة 3 أشهر",
        },
        effect=PromotionEffect.RECURRING_PERCENT,
        percent_bp=1_000,
        months=3,
        new_customers_only=True,
        **common,
    )
    once = Promotion(
        id=new_id(),
        code=fold("ONCE20"),
        name={
            "en": "€20 off your phone",
            "es": "20 € menos en tu teléfono",
            "ar": "خصم 20 € على هاتفك",
        },
        effect=PromotionEffect.ONE_TIME_AMOUNT,
        amount_minor=2_000,
        kinds=[OfferingKind.DEVICE],
        most_uses=500,
        **common,
    )
    over = Promotion(
        id=new_id(),
        code=fold("SPRING5"),
        name={"en": "€5 off each month", "es": "5 € menos al mes", "ar": "خصم 5 € كل شهر"},
        effect=PromotionEffect.RECURRING_AMOUNT,
        amount_minor=500,
        months=6,
        alone=True,
        **{**common, "valid_to": now - timedelta(days=1)},
    )
    return [welcome, once, over]
