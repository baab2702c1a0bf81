"""From the domain's wallet to the rows of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from self_service import i18n, routes
from self_service.domain.errors import N_
from self_service.domain.wallet.buckets import WalletView
from self_service.domain.wallet.gifts import WaitingGift
from self_service.domain.wallet.history import Entry, Kind, Page, Wanted
from self_service.domain.wallet.renewals import NextCharge
from self_service.domain.wallet.standing import CardView, StandingView
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.wallet import AutoTopupTrigger
from self_service.state import moments
from self_service.state.checkout_rows import OptionRow
from self_service.state.display import money
from self_service.state.store_rows import LinkRow
from self_service.state.wallet_words import entry_text, paused_text, standing_text

#: Most digits of a number in an address.
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One movement: its sum with its sign, and the balance after it."""

    key: int
    text: str
    note: str
    at: str
    exact: str
    amount: str
    came: bool
    balance: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """Something that the wallet pays next; `short`: it waits for credit."""

    key: int
    name: str
    amount: str
    when: str
    exact: str
    short: bool


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift that can still be taken back."""

    id: str
    text: str
    until: str


@dataclass(frozen=True, slots=True)
class SumRow:
    """A sum to choose."""

    value: str
    text: str
    chosen: bool


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Read what an address asks for; what cannot be read is left out."""
    kind = query.get("kind", "")
    known = Kind(kind) if kind in {one.value for one in Kind} else Kind.ALL
    return Wanted(known, _day(query.get("since", "")), _day(query.get("until", "")))


def before_of(query: Mapping[str, str]) -> int | None:
    """Read from where an address wants to read on."""
    text = query.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def balance_values(view: WalletView, now: datetime, language: str) -> dict[str, Any]:
    """Show what is there."""
    until = view.valid_until
    return {
        "balance": money(view.balance, language),
        "valid_until": i18n.short_day(until, language) if until else "",
        "expires_in": moments.ahead(until, now, language) if until and view.expires_soon else "",
        "is_low": view.is_low and view.started,
        "low_below": str(view.low_below.amount),
        "low_text": money(view.low_below, language),
    }


def charge_rows(coming: tuple[NextCharge, ...], now: datetime, language: str) -> list[ChargeRow]:
    """Show what comes next."""
    return [
        ChargeRow(
            key=number,
            name=charge.name.get(language) or charge.name.get("en", ""),
            amount=money(charge.amount, language),
            when=moments.ahead(charge.at, now, language) if charge.at else "",
            exact=i18n.instant(charge.at, language) if charge.at else "",
            short=charge.short,
        )
        for number, charge in enumerate(coming)
    ]


def sum_rows(terms: WalletTerms, chosen: str, language: str) -> list[SumRow]:
    """Show the sums to choose from."""
    sums = [terms.money(minor) for minor in terms.policy.topup_choices_minor]
    return [
        SumRow(str(one.amount), money(one, language), str(one.amount) == chosen) for one in sums
    ]


#: What the form of the standing order starts with, by the names of its values.
_NO_ORDER = {
    "auto_active": False,
    "auto_paused": "",
    "auto_trigger": AutoTopupTrigger.THRESHOLD.value,
    "auto_amount": "",
    "auto_ceiling": "",
    "auto_threshold": "",
    "auto_day": "",
    "auto_method": "",
}


def typed_values(typed: Mapping[str, str]) -> dict[str, str]:
    """Show again what was typed into a form that was refused."""
    again = {name: typed[name] for name in _NO_ORDER if name in typed}
    if typed.get("trigger") in list(AutoTopupTrigger):
        again["auto_trigger"] = typed["trigger"]
    gift = {"gift_to": "to", "gift_amount": "gift_amount", "gift_note": "note"}
    return {**again, **{name: typed.get(field, "") for name, field in gift.items()}}


def standing_values(standing: StandingView | None, language: str) -> dict[str, Any]:
    """Show the standing order, and what its form starts with."""
    if standing is None:
        return {**_NO_ORDER, "has_auto": False}
    wish = standing.wish
    spent = N_("{spent} of {ceiling} this month")
    places = {"spent": money(standing.spent, language), "ceiling": money(wish.ceiling, language)}
    return {
        "has_auto": True,
        "auto_active": standing.active,
        "auto_text": standing_text(standing, language),
        "auto_spent": i18n.translate(language, spent, **places),
        "auto_card": standing.card,
        "auto_full": standing.full and standing.active,
        "auto_paused": paused_text(standing.paused_reason, language),
        "auto_next": i18n.short_day(standing.next_at, language) if standing.next_at else "",
        "auto_trigger": wish.trigger.value,
        "auto_amount": str(wish.amount.amount),
        "auto_ceiling": str(wish.ceiling.amount),
        "auto_threshold": str(wish.threshold.amount) if wish.threshold else "",
        "auto_day": str(wish.day),
        "auto_method": str(wish.method_id),
    }


def card_rows(cards: tuple[CardView, ...], language: str) -> list[OptionRow]:
    """Show the cards that may be charged in absence."""
    text = N_("{brand} ending {last4}")
    return [
        OptionRow(
            str(card.id),
            i18n.translate(language, text, brand=card.brand.capitalize(), last4=card.last4),
        )
        for card in cards
    ]


def gift_rows(waiting: tuple[WaitingGift, ...], now: datetime, language: str) -> list[GiftRow]:
    """Show the gifts that can be taken back."""
    text = N_("{sum} to {who}")
    return [
        GiftRow(
            str(gift.id),
            i18n.translate(language, text, sum=money(gift.amount, language), who=gift.receiver),
            moments.until(gift.undo_until, now, language),
        )
        for gift in waiting
    ]


def entry_row(entry: Entry, now: datetime, language: str) -> EntryRow:
    """Show one movement; what came and what went differ by sign and word."""
    came = entry.amount.minor > 0
    sum_ = money(entry.amount, language)
    return EntryRow(
        key=entry.id,
        text=entry_text(_apart(entry, language), language),
        note=entry.note,
        at=moments.past(entry.at, now, language),
        exact=i18n.instant(entry.at, language),
        amount=f"+{sum_}" if came else sum_,
        came=came,
        balance=money(entry.balance, language),
    )


def _apart(entry: Entry, language: str) -> Entry:
    """Keep names of another direction from mixing with what stands beside them."""
    if i18n.LANGUAGES[language].direction == "ltr":
        return entry
    return replace(entry, data={name: _isolated(one, language) for name, one in entry.data.items()})


def _isolated(value: Any, language: str) -> Any:
    text = value.get(language) or value.get("en", "") if isinstance(value, Mapping) else value
    return f"\u2068{text}\u2069" if isinstance(text, str) else value


_KINDS = {
    Kind.ALL: N_("All"),
    Kind.TOPUPS: N_("Top-ups"),
    Kind.CHARGES: N_("Charges"),
    Kind.GIFTS: N_("Gifts"),
}


def history_values(found: Page, wanted: Wanted, now: datetime, language: str) -> dict[str, Any]:
    """Show a page of the history, its filters, and where it goes on."""
    days = {
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    kind = "" if wanted.kind is Kind.ALL else wanted.kind.value
    older = str(found.before) if found.before else ""
    path = routes.page(language, routes.WALLET)
    asked = {"kind": kind, **days}
    file = {"language": language, **asked}
    return {
        "entries": [entry_row(entry, now, language) for entry in found.entries],
        "kinds": [
            LinkRow(
                i18n.translate(language, text),
                routes.with_query(path, {"kind": "" if one is Kind.ALL else one.value, **days}),
                one is wanted.kind,
            )
            for one, text in _KINDS.items()
        ],
        "kind": kind,
        **days,
        "older": routes.with_query(path, {**asked, "before": older}) if older else "",
        "file_href": routes.with_query(routes.WALLET_FILE, file),
        "filtered": bool(kind or wanted.since or wanted.until),
    }
