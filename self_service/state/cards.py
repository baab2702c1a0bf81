"""Saved cards, and automatic payment of bills. What changes them are plain posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import brand, i18n, policy
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.payments import autopay, methods
from self_service.domain.payments.autopay import AutopayMandate
from self_service.domain.payments.card_removal import CardInUse
from self_service.domain.payments.methods import Card, MandateNeeded
from self_service.state.guard import public
from self_service.state.pay_ways import card_name
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, show
from self_service.wiring import gateway

DONE = {
    "card_saved": N_("The card is saved."),
    "card_chosen": N_("This card is offered first from now on."),
    "card_removed": N_("The card is removed."),
    "autopay_on": N_("Your bills are paid automatically from now on."),
    "autopay_off": N_("Your bills are not paid automatically any more."),
}
REFUSALS = {
    CardInUse.code: CardInUse.message,
    MandateNeeded.code: MandateNeeded.message,
    AutopayMandate.code: AutopayMandate.message,
    "card_refused": N_("This card could not be saved. Try another one."),
    "not_found": N_("That card is gone."),
    "not_allowed": N_("Only the customer in person can change this."),
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """A saved card.

    Attributes:
        until: "Valid until 08/2027", or that it expired.
        agreed: "You allowed automatic payments on 3 May 2026."
        pays: bills or top-ups are paid by it automatically.
        soon: it expires soon.
    """

    id: str
    name: str
    until: str
    agreed: str
    is_default: bool
    expired: bool
    pays: bool
    soon: bool


class CardsState(PageState, rx.State):
    """The cards page of a customer."""

    loaded: bool = False
    in_person: bool = True  # False: somebody acts for the customer, and only looks
    refused: str = ""
    done: str = ""
    cards: list[CardRow] = []
    usable: list[CardRow] = []  # for autopay
    warning: str = ""
    can_add: bool = False
    autopay: bool = False
    autopay_text: str = ""
    mandate: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, cards_values)


async def cards_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of CardsState.

    Raises:
        Elsewhere: not a customer.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    language, rules = request.language, policy.current().bills
    soon = now + timedelta(days=rules.card_warn_days)
    rows = [_row(card, soon, language) for card in methods.cards(session, actor, now=now)]
    chosen = autopay.setting(session, actor, now=now)
    card = next((row.name for row in rows if row.id == str(chosen.method_id)), "")
    return {
        "loaded": True,
        "in_person": not actor.acting,
        "refused": _said(REFUSALS, request.query.get("refused", ""), language),
        "done": _said(DONE, request.query.get("done", ""), language),
        "cards": rows,
        "usable": [row for row in rows if not row.expired],
        "warning": _warning(rows, language),
        "can_add": gateway().card_path() != "",
        "autopay": chosen.on,
        "autopay_text": _autopay_text(card, rules.autopay_days_before, language),
        "mandate": _mandate(rules.autopay_days_before, language),
    }


def _row(card: Card, soon: datetime, language: str) -> CardRow:
    until = N_("Expired {month}/{year}") if card.expired else N_("Valid until {month}/{year}")
    month, year = f"{card.exp_month:02}", str(card.exp_year)
    agreed = ""
    if card.mandate_at is not None:
        text = N_("You allowed automatic payments on {day}.")
        day = i18n.short_day(card.mandate_at, language)
        agreed = i18n.translate(language, text, day=day)
    return CardRow(
        id=str(card.id),
        name=card_name(card, language),
        until=i18n.translate(language, until, month=month, year=year),
        agreed=agreed,
        is_default=card.is_default,
        expired=card.expired,
        pays=card.pays,
        soon=not card.expired and card.ends_at <= soon,
    )


def _warning(rows: list[CardRow], language: str) -> str:
    """Say which cards end soon or have ended while something is paid by them."""
    over = [row.name for row in rows if row.expired and row.pays]
    if over:
        text = N_("{card} has expired. Automatic payments need another card.")
        return i18n.translate(language, text, card=i18n.listed(over, language))
    soon = [row.name for row in rows if row.soon]
    if not soon:
        return ""
    text = N_("{card} expires soon. Add a new card in time.")
    return i18n.translate(language, text, card=i18n.listed(soon, language))


def _autopay_text(card: str, days: int, language: str) -> str:
    one = "Each bill is paid with {card}, {count} day before it is due."
    many = "Each bill is paid with {card}, {count} days before it is due."
    return i18n.plural(language, one, many, days, card=card)


def _mandate(days: int, language: str) -> str:
    one = (
        "I allow {brand} to charge this card for each of my bills, {count} day before it is due. "
        "Bills that are open now are paid, too. I can switch this off at any time."
    )
    many = (
        "I allow {brand} to charge this card for each of my bills, {count} days before it is due. "
        "Bills that are open now are paid, too. I can switch this off at any time."
    )
    return i18n.plural(language, one, many, days, brand=brand.current().links.brand_name)


def _said(words: dict[str, str], code: str, language: str) -> str:
    return i18n.translate(language, words[code]) if code in words else ""
