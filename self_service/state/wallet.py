"""The wallet: what is in it, what fills it, what it pays. Its forms are plain posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.wallet import buckets, gifts, history, renewals, standing
from self_service.domain.wallet.terms import WalletTerms
from self_service.state import kept_form
from self_service.state.checkout_rows import OptionRow
from self_service.state.display import money
from self_service.state.guard import public
from self_service.state.pay_ways import WayRow, pay_ways
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, show
from self_service.state.store_rows import LinkRow
from self_service.state.wallet_rows import (
    ChargeRow,
    EntryRow,
    GiftRow,
    SumRow,
    balance_values,
    before_of,
    card_rows,
    charge_rows,
    gift_rows,
    history_values,
    standing_values,
    sum_rows,
    typed_values,
    wanted_of,
)
from self_service.state.wallet_words import BOTH, DONE, NOT_PAID, PAID, VOUCHER_TAKEN, said
from self_service.wiring import vault, wallet_terms

#: Fields at which a refusal can stand; one of none stands above its form.
FIELDS = (
    "amount",
    "code",
    "auto_amount",
    "auto_ceiling",
    "auto_threshold",
    "auto_day",
    "auto_method",
    "low_below",
    "to",
    "gift_amount",
    "note",
)
#: Forms of the page.
SECTIONS = ("topup", "auto", "warn", "gift")
#: Characters of a sum that come back to its field.
_TYPED = 16


class WalletState(PageState, rx.State):
    """A customer's wallet."""

    loaded: bool = False
    in_person: bool = True
    notice: str = ""
    open: str = ""
    refused: dict[str, str] = dict.fromkeys(SECTIONS, "")
    faults: dict[str, str] = dict.fromkeys(FIELDS, "")
    typed: str = ""
    once: str = ""
    balance: str = ""
    valid_until: str = ""
    expires_in: str = ""
    is_low: bool = False
    low_below: str = ""
    low_text: str = ""
    charges: list[ChargeRow] = []
    sums: list[SumRow] = []
    limits: str = ""
    ways: list[WayRow] = []
    can_keep: bool = False
    has_auto: bool = False
    auto_active: bool = False
    auto_text: str = ""
    auto_spent: str = ""
    auto_card: str = ""
    auto_full: bool = False
    auto_paused: str = ""
    auto_next: str = ""
    auto_trigger: str = ""
    auto_amount: str = ""
    auto_ceiling: str = ""
    auto_threshold: str = ""
    auto_day: str = ""
    auto_method: str = ""
    cards: list[OptionRow] = []
    gift_limits: str = ""
    gift_to: str = ""
    gift_amount: str = ""
    gift_note: str = ""
    gifts: list[GiftRow] = []
    entries: list[EntryRow] = []
    kinds: list[LinkRow] = []
    kind: str = ""
    since: str = ""
    until: str = ""
    older: str = ""
    file_href: str = ""
    filtered: bool = False

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, wallet_values)


async def wallet_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of WalletState.

    Raises:
        Elsewhere: not a customer, nor somebody who acts for one.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    terms, language = wallet_terms(), request.language
    wanted, before = wanted_of(request.query), before_of(request.query)
    found = history.page(session, actor, wanted, terms=terms, now=now, before=before)
    view = buckets.view(session, actor, terms=terms, now=now)
    order = standing.view(session, actor, terms=terms, now=now)
    coming = renewals.coming(session, actor.customer(), now=now)
    return {
        "loaded": True,
        "in_person": not actor.acting,
        "once": str(uuid4()),
        **balance_values(view, now, language),
        "charges": charge_rows(coming, now, language),
        **(_in_person(session, actor, request, terms, now=now) if not actor.acting else {}),
        **standing_values(order, language),
        **typed_values(kept_form.opened(actor, request.query, vault=vault(), now=now)),
        **history_values(found, wanted, now, language),
        **_answered(request, terms),
    }


def _in_person(
    session: Session, actor: Actor, request: PageRequest, terms: WalletTerms, *, now: datetime
) -> dict[str, Any]:
    """Read what only the customer in person can do something with."""
    language, policy = request.language, terms.policy
    return {
        "sums": sum_rows(terms, request.query.get("sum", ""), language),
        "limits": _between(terms, policy.topup_least_minor, policy.topup_most_minor, language),
        "gift_limits": _between(terms, policy.gift_least_minor, policy.gift_most_minor, language),
        "cards": card_rows(standing.cards(session, actor), language),
        "gifts": gift_rows(gifts.waiting(session, actor, now=now), now, language),
        **pay_ways(session, actor, language, now=now),
    }


def _between(terms: WalletTerms, least: int, most: int, language: str) -> str:
    sums = (money(terms.money(minor), language) for minor in (least, most))
    return " – ".join(sums)


def _answered(request: PageRequest, terms: WalletTerms) -> dict[str, Any]:
    """Say what a form of the page was answered with."""
    query, language = request.query, request.language
    code, at = query.get("refused", ""), query.get("at", "")
    asked = query.get("open", "")
    section = asked if asked in SECTIONS else ""
    text = said(code, at, terms, language)
    refused, faults = dict.fromkeys(SECTIONS, ""), dict.fromkeys(FIELDS, "")
    if at in FIELDS:
        faults[at] = text
    elif text:
        refused[section or "topup"] = text
    paid = query.get("paid", "")
    if paid in NOT_PAID:
        refused["topup"], section = i18n.translate(language, NOT_PAID[paid]), "topup"
    done = DONE.get(query.get("done", ""), "")
    if done and (code or paid in NOT_PAID):
        done = VOUCHER_TAKEN
    elif done and paid == "done":
        done = BOTH
    elif paid in PAID:
        done = PAID[paid]
    return {
        "open": section or ("topup" if code else ""),
        "refused": refused,
        "faults": faults,
        "typed": query.get("sum", "")[:_TYPED],
        "notice": i18n.translate(language, done) if done else "",
    }
