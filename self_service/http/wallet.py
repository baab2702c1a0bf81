"""The wallet's forms: plain posts, so that they work without scripts and nothing is sent twice."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.vouchers import codes, redeeming
from self_service.domain.wallet import amounts, buckets, gifts, standing, topups
from self_service.domain.wallet.standing import NoCardForThis, Wish
from self_service.http import paying, wallet_gift_page
from self_service.http.cookies import cookie_of, network_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.tries import counted
from self_service.jobs import runner
from self_service.models.wallet import AutoTopupTrigger
from self_service.money import Money
from self_service.state import kept_form
from self_service.state.guard import call_as
from self_service.state.wallet_words import OTHERS
from self_service.wiring import database, vault, wallet_terms

#: A sum of nothing: never to be warned.
_NEVER = re.compile(r"0+([.,]0+)?")
#: What may stand in an address after a slip: a sum, but no code or card number from another field.
_SUM = re.compile(r"[\d.,\s'\u2019\u066b\u066c-]{1,12}")
#: What the longer forms of the page show again after a slip, sealed in the address.
_KEPT = (
    "trigger",
    "auto_threshold",
    "auto_day",
    "auto_amount",
    "auto_ceiling",
    "auto_method",
    "to",
    "gift_amount",
    "note",
)


class NothingChosen(DomainError):
    """Neither a sum nor a code."""

    code = "nothing_chosen"
    message = OTHERS["nothing_chosen"]


@own_form
async def top_up(request: Request) -> Response:
    """Top up by voucher, by card, or by both in one go: the voucher first, then the card."""
    form = await fields(request)
    language, code = language_of(form), form.get("code", "").strip()
    typed = form.get("other", "").strip() or form.get("sum", "")
    done = ""
    try:
        if not (typed or code):
            raise NothingChosen("amount")
        amount = _checked(typed) if typed else None
        if code:
            await _redeem(request, code)
            done = "voucher"
        if amount is None:
            return see(_page(language, done=done))
        payment_id = await _start(request, form, amount, done)
    except DomainError as refusal:
        shown = typed if _SUM.fullmatch(typed) else ""
        return _instead(refusal, language, "topup", sum=shown, done=done)
    return await paying.to_pay(payment_id)


def _checked(typed: str) -> Money:
    """Read a sum and hold it against the limits, before a voucher is used up for nothing."""
    terms = wallet_terms()
    amount = amounts.amount(typed, terms.currency)
    terms.check(amount, terms.policy.topup_least_minor, terms.policy.topup_most_minor)
    return amount


async def _redeem(request: Request, code: str) -> None:
    """Take a voucher; the guess is counted in a transaction of its own.

    Raises:
        DomainError: it cannot be used; nothing else happens then.
    """
    terms, cookie = wallet_terms(), cookie_of(request)
    fingerprints = codes.fingerprints(vault(), code)
    allowed = await database().transact(
        call_as, _count, cookie, network=network_of(request), policy=terms.vouchers
    )
    if not allowed:
        raise redeeming.TooManyGuesses("code")
    await database().transact(call_as, topups.redeem, cookie, fingerprints, terms=terms)
    runner.wake()


def _count(session: Session, actor: Actor, *, now: datetime, **more: Any) -> bool:
    return redeeming.count_guess(session, actor, now=now, **more)


async def _start(request: Request, form: dict[str, str], amount: Money, done: str) -> UUID:
    way = paying.way_of(form, back=_page(language_of(form), done=done))
    once = as_id(form.get("once", ""))
    payment: UUID = await database().transact(
        call_as,
        topups.start_by_card,
        cookie_of(request),
        amount,
        way=way,
        once=once,
        terms=wallet_terms(),
    )
    return payment


@own_form
async def auto_top_up(request: Request) -> Response:
    """Set, stop or resume the automatic top-up."""
    form = await fields(request)
    language, terms = language_of(form), wallet_terms()
    acts: dict[str, Any] = {"stop": standing.stop, "resume": standing.resume}
    act = form.get("act", "")
    try:
        if act in acts:
            await database().transact(call_as, acts[act], cookie_of(request), terms=terms)
        else:
            wish = _wish(form, terms.currency)
            await database().transact(
                call_as, standing.set_up, cookie_of(request), wish, terms=terms
            )
    except DomainError as refusal:
        return _instead(refusal, language, "auto", typed=await _kept(request, form))
    return see(_page(language, done="auto_off" if act == "stop" else "auto"))


def _wish(form: dict[str, str], currency: str) -> Wish:
    """Read the form of the standing order.

    Raises:
        AmountInvalid, DayInvalid, NoCardForThis: a field cannot be read.
    """
    on_date = form.get("trigger") == AutoTopupTrigger.DATE.value
    day = form.get("auto_day", "")
    if on_date and not (day.isascii() and day.isdigit()):
        raise standing.DayInvalid("auto_day")
    try:
        method_id = as_id(form.get("auto_method", ""))
    except NotFound:
        raise NoCardForThis("auto_method") from None
    zero = Money.zero(currency)
    read = amounts.amount
    return Wish(
        trigger=AutoTopupTrigger.DATE if on_date else AutoTopupTrigger.THRESHOLD,
        amount=read(form.get("auto_amount"), currency, "auto_amount"),
        ceiling=read(form.get("auto_ceiling"), currency, "auto_ceiling"),
        method_id=method_id,
        threshold=zero if on_date else read(form.get("auto_threshold"), currency, "auto_threshold"),
        day=int(day[:4]) if on_date else standing.FIRST_DAY,
    )


@own_form
async def warn_below(request: Request) -> Response:
    """Choose below which sum to be warned."""
    form = await fields(request)
    language, terms = language_of(form), wallet_terms()
    try:
        typed = form.get("low_below", "").strip()
        never = _NEVER.fullmatch(typed) is not None
        amount = terms.money(0) if never else amounts.amount(typed, terms.currency, "low_below")
        cookie = cookie_of(request)
        await database().transact(call_as, buckets.warn_below, cookie, amount, terms=terms)
    except DomainError as refusal:
        return _instead(refusal, language, "warn")
    return see(_page(language, done="warn"))


@own_form
async def gift(request: Request) -> Response:
    """Look for the receiver of a gift and ask once more, saying how much goes to whom."""
    form = await fields(request)
    language, terms, cookie = language_of(form), wallet_terms(), cookie_of(request)
    try:
        amount = amounts.amount(form.get("gift_amount"), terms.currency, "gift_amount")
        who = await database().read(call_as, _giver, cookie)
        await counted(gifts.LOOKED_UP, str(who), gifts.TooManyLookedUp)
        proposal = await database().transact(
            call_as,
            gifts.propose,
            cookie,
            form.get("to", ""),
            amount,
            form.get("note", ""),
            terms=terms,
        )
    except DomainError as refusal:
        return _instead(refusal, language, "gift", typed=await _kept(request, form))
    return wallet_gift_page.confirm_page(proposal, language)


def _giver(session: Session, actor: Actor, *, now: datetime) -> UUID:
    """Return who wants to give, before a look-up is counted."""
    del session
    customer_id = actor.own_customer()
    actor.fresh(now)
    return customer_id


@own_form
async def gift_send(request: Request) -> Response:
    """Send the gift that was confirmed, once."""
    form = await fields(request)
    language, cookie = language_of(form), cookie_of(request)
    try:
        await database().transact(
            call_as, gifts.send, cookie, form.get("gift", ""), terms=wallet_terms()
        )
    except DomainError as refusal:
        return _instead(refusal, language, "gift")
    return see(_page(language, done="gift"))


@own_form
async def gift_undo(request: Request) -> Response:
    """Take a gift back."""
    form = await fields(request)
    language = language_of(form)
    try:
        await database().transact(call_as, gifts.undo, cookie_of(request), form.get("gift", ""))
    except DomainError as refusal:
        return _instead(refusal, language, "gift")
    return see(_page(language, done="undone"))


async def _kept(request: Request, form: dict[str, str]) -> str:
    sealed: str = await database().read(call_as, _sealed, cookie_of(request), form)
    return sealed


def _sealed(session: Session, actor: Actor, form: dict[str, str], *, now: datetime) -> str:
    """Seal what was typed, so that the form shows it again."""
    del session
    return kept_form.sealed(actor, form, _KEPT, vault=vault(), now=now)


def _instead(refusal: DomainError, language: str, section: str, **query: str) -> Response:
    """Lead to where the person can do something about a refusal, and back from there."""
    back = routes.page(language, routes.WALLET, open=section)
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=back))
    if isinstance(refusal, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=back))
    told = {"open": section, "refused": refusal.code, "at": refusal.field, **query}
    return see(routes.page(language, routes.WALLET, **told))


def _page(language: str, **query: str) -> str:
    return routes.page(language, routes.WALLET, **query)


ROUTES = (
    Route(routes.DO_TOP_UP, top_up, methods=["POST"]),
    Route(routes.DO_AUTO_TOP_UP, auto_top_up, methods=["POST"]),
    Route(routes.DO_WARN_BELOW, warn_below, methods=["POST"]),
    Route(routes.DO_GIFT, gift, methods=["POST"]),
    Route(routes.DO_GIFT_SEND, gift_send, methods=["POST"]),
    Route(routes.DO_GIFT_UNDO, gift_undo, methods=["POST"]),
)
