"""What Home says about money: what is in the wallet, and what is to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.bills import list as bill_list
from self_service.domain.bills.list import AccountSummary
from self_service.domain.bills.reach import account_of
from self_service.domain.errors import N_
from self_service.domain.places import places
from self_service.domain.wallet import buckets, renewals
from self_service.state import bill_words, moments
from self_service.state.display import money
from self_service.wiring import wallet_terms


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A small card that leads to its page.

    Attributes:
        detail: until when credit is good, or when the sum is due; "" when there is nothing to say.
        next: what is charged or billed next, "" when nothing is known.
        urgent: the sum is low, ends soon or is overdue.
        act: what can be done about it there, "" for nothing.
    """

    key: str
    title: str
    amount: str
    detail: str
    next: str
    urgent: bool
    act: str
    href: str


def money_rows(session: Session, actor: Actor, language: str, *, now: datetime) -> list[MoneyRow]:
    """Return the cards of the actor's customer; none for who is no customer."""
    if actor.customer_id is None:
        return []
    there = places(session, actor, now=now)
    rows = [_wallet(session, actor, language, now)] if there.wallet else []
    if there.bills:
        account, reach = account_of(session, actor, "", now=now)
        if account is not None and reach.own:
            standing = bill_list.standing_of(session, account, now=now)
            rows.append(_bills(actor, standing, language, now))
    return rows


def _wallet(session: Session, actor: Actor, language: str, now: datetime) -> MoneyRow:
    seen = buckets.view(session, actor, terms=wallet_terms(), now=now)
    until = seen.valid_until
    detail, coming = "", ""
    if until:
        text = N_("Valid until {day}")
        detail = i18n.translate(language, text, day=i18n.short_day(until, language))
    dated = [one for one in renewals.coming(session, actor.customer(), now=now) if one.at]
    if dated and dated[0].at:
        coming = i18n.translate(
            language,
            N_("Next charge: {sum} {day}"),
            sum=money(dated[0].amount, language),
            day=moments.ahead(dated[0].at, now, language),
        )
    return MoneyRow(
        key="wallet",
        title=i18n.translate(language, N_("Wallet")),
        amount=money(seen.balance, language),
        detail=detail,
        next=coming,
        urgent=(seen.is_low and seen.started) or seen.expires_soon,
        act="" if actor.acting else i18n.translate(language, N_("Top up")),
        href=routes.page(language, routes.WALLET),
    )


def _bills(actor: Actor, found: AccountSummary, language: str, now: datetime) -> MoneyRow:
    coming, detail = "", i18n.translate(language, N_("Nothing is open. Thank you."))
    if found.open:
        detail = i18n.translate(language, bill_words.AGREED)
    if found.due_next:
        day = i18n.short_day(found.due_next, language)
        late = i18n.translate(language, N_("Overdue since {day}"), day=day)
        detail = (
            late if found.overdue else bill_words.due(found.due_next, now=now, language=language)
        )
    if found.next_bill_at:
        day = i18n.short_day(found.next_bill_at, language)
        coming = i18n.translate(language, N_("Next bill: {day}"), day=day)
    pays = found.open and not actor.acting
    return MoneyRow(
        key="bills",
        title=i18n.translate(language, N_("To pay")),
        amount=money(found.open, language),
        detail=detail,
        next=coming,
        urgent=bool(found.overdue),
        act=i18n.translate(language, N_("Pay")) if pays else "",
        href=routes.page(language, routes.BILLS),
    )
