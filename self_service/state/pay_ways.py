"""The ways to pay that a form offers: saved cards, a new card, the operator's other methods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.payments import methods
from self_service.domain.payments.methods import Card
from self_service.wiring import gateway, plug_ins

#: What a form says for a card that is typed at the provider.
NEW_CARD = "card"
#: What providers write for a card whose brand is not known, and for the demo's.
_NO_BRAND = frozenset({"", "unknown", "sandbox"})


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way to pay.

    Attributes:
        value: what the form sends: "card", the name of another method, or the id of a saved card.
        note: below it, "" for none.
    """

    value: str
    text: str
    note: str
    chosen: bool


def pay_ways(session: Session, actor: Actor, language: str, *, now: datetime) -> dict[str, Any]:
    """Return `ways` and `can_keep` for the state of a page with a payment form.

    Saved cards are offered to the customer in person only: see `domain.payments.payers`.
    """
    usable = _usable(session, actor, now)
    rows = _by_card(usable, usable[0].id if usable else None, language)
    for one in plug_ins():
        rows.append(WayRow(one.name, one.title.get(language) or one.title["en"], "", False))
    return {"ways": rows, "can_keep": _can_keep(actor)}


def order_ways(
    session: Session, actor: Actor, language: str, *, now: datetime, failed: UUID | None = None
) -> dict[str, Any]:
    """Return the same for an order, which is paid by card only.

    Args:
        session: open transaction.
        actor: who orders; no ways are returned where there is nothing to choose.
        language: of the page.
        now: instant at which cards are judged.
        failed: the saved card that was just declined: another way is chosen beforehand.
    """
    usable = [one for one in _usable(session, actor, now) if one.provider == gateway().name]
    can_keep = _can_keep(actor)
    if not usable and not can_keep:
        return {"ways": [], "can_keep": False}
    first = next((one.id for one in usable if one.id != failed), None)
    return {"ways": _by_card(usable, first, language), "can_keep": can_keep}


def card_name(card: Card, language: str) -> str:
    """Say a card as its owner knows it: "Visa ending in 4242"."""
    return card_text(card.brand, card.last4, language)


def card_text(brand: str, last4: str, language: str) -> str:
    """Say a card by its brand and last figures: "Card ending in 4242" when it has no brand."""
    if brand in _NO_BRAND:
        return i18n.translate(language, N_("Card ending in {last4}"), last4=last4)
    text = N_("{brand} ending in {last4}")
    return i18n.translate(language, text, brand=brand.title(), last4=last4)


def saved_card(value: str) -> UUID | None:
    """Read the id of a saved card from what a form sent, None for another way."""
    try:
        return UUID(value)
    except ValueError:
        return None


def _usable(session: Session, actor: Actor, now: datetime) -> list[Card]:
    if actor.customer_id is None or actor.acting:
        return []
    return [card for card in methods.cards(session, actor, now=now) if not card.expired]


def _by_card(usable: list[Card], first: UUID | None, language: str) -> list[WayRow]:
    """List saved cards, `first` being chosen, and after them a new one."""
    rows = [_saved(card, card.id == first, language) for card in usable]
    new = N_("Another card") if usable else N_("Card")
    rows.append(WayRow(NEW_CARD, i18n.translate(language, new), "", first is None))
    return rows


def _saved(card: Card, chosen: bool, language: str) -> WayRow:
    note = i18n.translate(language, N_("Valid until {month}/{year}"), **_month(card))
    return WayRow(str(card.id), card_name(card, language), note, chosen)


def _month(card: Card) -> dict[str, str]:
    return {"month": f"{card.exp_month:02}", "year": str(card.exp_year)}


def _can_keep(actor: Actor) -> bool:
    return actor.customer_id is not None and not actor.acting and gateway().card_path() != ""
