"""To the operator's OpenID Connect provider and back; and its word that somebody left there.

The way is remembered under a one-time secret that travels as `state`; what belongs to it (nonce,
PKCE verifier, the browser that started it) never leaves the server.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from self_service import clock, routes, settings
from self_service.domain import access
from self_service.domain.access import one_time
from self_service.domain.errors import DomainError
from self_service.domain.people import linked_accounts, signing_in
from self_service.domain.people.signing_in import Browser
from self_service.http.cookies import cookie_of, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.sign_in import browser_of
from self_service.http.ticket import set_ticket
from self_service.models.access import Purpose
from self_service.ports import IdentityProvider, ProviderError, ProviderPerson
from self_service.state.guard import call_as
from self_service.wiring import database, identity_provider

log = logging.getLogger(__name__)


@own_form
async def start(request: Request) -> Response:
    """Send the browser to the provider; from the security page, to connect the two accounts."""
    form = await fields(request)
    language, connecting = language_of(form), form.get("connect") == "yes"
    provider = identity_provider()
    if provider is None:
        return see(routes.page(language, routes.SIGN_IN))
    way: dict[str, Any] = {
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "browser": access.cookie_key(cookie_of(request)),
        "goal": form.get("next", ""),
        "language": language,
        "connecting": connecting,
    }
    state = await database().transact(_remember, way, now=clock.now())
    try:
        address = await provider.begin(
            back_to=_callback(), state=state, nonce=way["nonce"], verifier=way["verifier"]
        )
    except ProviderError:
        return _refused(way, "provider")
    return RedirectResponse(address, status_code=303)


def _remember(session: Session, way: dict[str, Any], *, now: datetime) -> str:
    return one_time.issue(session, Purpose.OIDC, now=now, **way)


async def callback(request: Request) -> Response:
    """Take the browser back: sign in whom the provider names, or connect the account."""
    provider, asked = identity_provider(), request.query_params
    try:
        found = await database().transact(
            one_time.redeem, Purpose.OIDC, asked.get("state", ""), now=clock.now()
        )
    except DomainError:
        return see("/")
    way = found.data
    if provider is None or way["browser"] != access.cookie_key(cookie_of(request)):
        return _refused(way, "provider")  # begun in another browser (login CSRF)
    try:
        person = await _person(provider, asked, way)
        if way["connecting"]:
            return await _connected(request, person, way)
        return await _signed_in(request, person, way)
    except ProviderError as error:
        log.warning("the identity provider refused: %s", error)
        return _refused(way, "provider")
    except DomainError as refusal:
        return _refused(way, refusal.code)


async def _person(provider: IdentityProvider, asked: Any, way: dict[str, Any]) -> ProviderPerson:
    if not asked.get("code"):
        raise ProviderError("no code")
    return await provider.finish(
        back_to=_callback(),
        code=asked["code"],
        nonce=way["nonce"],
        verifier=way["verifier"],
        issuer=asked.get("iss", ""),
    )


async def _connected(request: Request, person: ProviderPerson, way: dict[str, Any]) -> Response:
    await database().transact(call_as, linked_accounts.connect, cookie_of(request), person=person)
    return see(routes.page(way["language"], routes.SECURITY))


async def _signed_in(request: Request, person: ProviderPerson, way: dict[str, Any]) -> Response:
    browser, language = browser_of(request), way["language"]
    ticket = await database().transact(_open, person, browser, language, now=clock.now())
    goal = routes.inside(way["goal"], routes.page(language, routes.HOME))
    if ticket:
        answer = see(routes.page(language, routes.SECOND_FACTOR, next=goal))
        set_ticket(answer, ticket)
        return answer
    answer = see(goal)
    set_cookie(answer, browser.cookie)
    return answer


def _open(
    session: Session, person: ProviderPerson, browser: Browser, language: str, *, now: datetime
) -> str:
    """Open a session, or return a ticket to the second factor.

    All ways in are equally strong (ASVS 6.3.4): where an app is set up here, the provider's word
    stands for its code only if it says that it asked for a second factor itself.
    """
    identity_id: UUID = linked_accounts.welcome(session, person, language=language, now=now)
    there = linked_accounts.kept(person)
    if not person.second_factor:
        ticket = signing_in.ask_code(session, identity_id, now=now, there=there)
        if ticket:
            return ticket
    signing_in.open_for(session, identity_id, browser, proof="provider", now=now)
    linked_accounts.note_session(session, browser.cookie, there)
    return ""


async def ended(request: Request) -> Response:
    """Take the provider's word that somebody signed out there (back-channel)."""
    provider = identity_provider()
    token = str((await request.form(max_files=0, max_fields=5)).get("logout_token", ""))
    headers = {"Cache-Control": "no-store"}
    if provider is None or not token:
        return JSONResponse({"error": "invalid_request"}, status_code=400, headers=headers)
    try:
        message = await provider.read_logout(token)
    except ProviderError:
        return JSONResponse({"error": "invalid_request"}, status_code=400, headers=headers)
    await database().transact(linked_accounts.ended, message)
    return Response(status_code=200, headers=headers)


@own_form
async def disconnect(request: Request) -> Response:
    """Take the connection of the two accounts away."""
    form = await fields(request)
    page = routes.page(language_of(form), routes.SECURITY)
    try:
        await database().transact(call_as, linked_accounts.disconnect, cookie_of(request))
    except DomainError as error:
        return see(routes.with_query(page, {"refused": error.code}))
    return see(page)


def _callback() -> str:
    return settings.get().public_url + routes.OIDC_CALLBACK


def _refused(way: dict[str, Any], code: str) -> Response:
    page = routes.SECURITY if way["connecting"] else routes.SIGN_IN
    return see(routes.page(way["language"], page, refused=code))


ROUTES = (
    Route(routes.DO_OIDC, start, methods=["POST"]),
    Route(f"{routes.DO_OIDC}/disconnect", disconnect, methods=["POST"]),
    Route(routes.OIDC_CALLBACK, callback),
    Route(routes.OIDC_ENDED, ended, methods=["POST"]),
)
