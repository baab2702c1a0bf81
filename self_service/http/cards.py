"""Saved cards: adding, choosing, removing; and automatic payment. Plain posts.

Adding and removing want a fresh proof of who is there, and a proof changes the cookie.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import bugs, clock, policy, routes, settings
from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.payments import autopay, card_removal, methods
from self_service.domain.payments.methods import MandateNeeded
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.jobs import cards
from self_service.ports import GatewayError, SavedMethod
from self_service.state.guard import call_as
from self_service.wiring import database, gateway


class CardRefused(DomainError):
    """The provider would not keep a card."""

    code = "card_refused"
    message = N_("This card could not be saved. Try another one.")


@own_form
async def add(request: Request) -> Response:
    """Lead to the provider's screen where a card is typed."""
    language = language_of(await fields(request))
    try:
        await database().read(call_as, methods.begin, cookie_of(request))
    except DomainError as refusal:
        return _back(refusal, language)
    return see(routes.with_query(gateway().card_path(), {"language": language}))


@own_form
async def save(request: Request) -> Response:
    """Keep the card for which the provider's screen brought a token."""
    form, cookie = await fields(request), cookie_of(request)
    language = language_of(form)
    try:
        if form.get("mandate") != "yes":
            raise MandateNeeded
        known = await database().read(call_as, methods.begin, cookie)
        saved = await _save(known, form.get("token", ""))
        await database().transact(
            call_as, _add, cookie, saved, provider=gateway().name, default=form.get("default")
        )
    except DomainError as refusal:
        return _back(refusal, language)
    return _cards(language, done="card_saved")


async def _save(known: tuple[UUID, str, str], token: str) -> SavedMethod:
    """Let the provider keep a card.

    Raises:
        CardRefused: it would not.
    """
    try:
        return await cards.save(database(), gateway(), known, token)
    except GatewayError as error:
        raise CardRefused from error


def _add(
    session: Session,
    actor: Actor,
    saved: SavedMethod,
    *,
    provider: str,
    default: str | None,
    now: datetime,
) -> UUID:
    chosen = default == "yes"
    return methods.add(session, actor, saved, provider=provider, default=chosen, now=now)


@own_form
async def choose(request: Request) -> Response:
    """Offer a card first from now on."""
    form = await fields(request)
    language = language_of(form)
    try:
        await database().transact(
            call_as, methods.make_default, cookie_of(request), form.get("card", "")
        )
    except DomainError as refusal:
        return _back(refusal, language)
    return _cards(language, done="card_chosen")


@own_form
async def remove(request: Request) -> Response:
    """Remove a card here and at the provider."""
    form = await fields(request)
    language, rules = language_of(form), policy.current().bills
    try:
        await database().transact(
            call_as, card_removal.remove, cookie_of(request), form.get("card", ""), policy=rules
        )
    except DomainError as refusal:
        return _back(refusal, language)
    try:
        await cards.forget(database(), gateway(), now=clock.now())
    except Exception as bug:  # the janitor repeats it
        bugs.note(bug)
    return _cards(language, done="card_removed")


@own_form
async def pay_automatically(request: Request) -> Response:
    """Switch automatic payment of bills on, with a card and a mandate, or off."""
    form = await fields(request)
    language = language_of(form)
    try:
        await database().transact(call_as, _set_autopay, cookie_of(request), form)
    except DomainError as refusal:
        return _back(refusal, language)
    on = form.get("switch") == "on"
    return _cards(language, done="autopay_on" if on else "autopay_off")


def _set_autopay(session: Session, actor: Actor, form: dict[str, str], *, now: datetime) -> None:
    if form.get("switch") == "off":
        autopay.switch_off(session, actor, now=now)
        return
    if form.get("switch") != "on":  # no form of ours: it must not end what was agreed
        raise NotFound
    agreed, currency = form.get("mandate") == "yes", settings.get().currency
    card = form.get("card", "")
    autopay.switch_on(session, actor, card, agreed=agreed, currency=currency, now=now)


def _cards(language: str, **query: str) -> Response:
    return see(routes.page(language, routes.CARDS, **query))


def _back(refusal: DomainError, language: str) -> Response:
    """Return to the page by the way that mends what was refused."""
    here: Any = routes.page(language, routes.CARDS)
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=here))
    if isinstance(refusal, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=here))
    return _cards(language, refused=refusal.code)


ROUTES = (
    Route(routes.DO_ADD_CARD, add, methods=["POST"]),
    Route(routes.DO_SAVE_CARD, save, methods=["POST"]),
    Route(routes.DO_DEFAULT_CARD, choose, methods=["POST"]),
    Route(routes.DO_REMOVE_CARD, remove, methods=["POST"]),
    Route(routes.DO_AUTOPAY, pay_automatically, methods=["POST"]),
)
