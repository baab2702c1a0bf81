"""The demo's saved cards, and the company's bills paid by one of them automatically.

A card exists at the provider only, so whoever seeds asks the sandbox for it first (`demo.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.payments import autopay, methods
from self_service.models.access import DigitalIdentity, Role
from self_service.models.payments import PaymentMethod
from self_service.ports import SavedMethod
from self_service.seed.sign_ins import CORPORATE, HYBRID, POSTPAID

#: Login -> the sandbox's cards; the first one is the default.
CARDS: Mapping[str, tuple[str, ...]] = {
    POSTPAID.login: ("card_good", "card_declined"),
    CORPORATE.login: ("card_good",),
    HYBRID.login: ("card_good",),
}
#: Whose bills are paid by the default card.
AUTOPAY = CORPORATE.login


def without_cards(session: Session) -> dict[str, tuple[UUID, str, str]]:
    """Return who of `CARDS` never had a card: login -> as `methods.known_as` says."""
    found: dict[str, tuple[UUID, str, str]] = {}
    for login in CARDS:
        customer_id = _identity(session, login).customer_id
        had = select(PaymentMethod.id).where(PaymentMethod.customer_id == customer_id)
        if customer_id is not None and session.exec(had).first() is None:
            found[login] = methods.known_as(session, customer_id)
    return found


def keep_cards(
    session: Session,
    login: str,
    saved: tuple[SavedMethod, ...],
    *,
    provider: str,
    currency: str,
    now: datetime,
) -> None:
    """Keep somebody's cards, and switch automatic payment on for `AUTOPAY`.

    Args:
        session: open transaction.
        login: one of `CARDS`.
        saved: as the provider knows them.
        provider: its name.
        currency: of bills, ISO 4217.
        now: instant of seeding.
    """
    identity = _identity(session, login)
    owner = Actor(Role.CUSTOMER, customer_id=identity.customer_id, identity_id=identity.id)
    kept = [
        methods.keep(session, owner.customer(), card, provider=provider, now=now) for card in saved
    ]
    if login == AUTOPAY and kept:
        autopay.switch_on(session, owner, kept[0], agreed=True, currency=currency, now=now)


def _identity(session: Session, login: str) -> DigitalIdentity:
    return session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()
