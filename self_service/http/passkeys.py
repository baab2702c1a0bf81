"""Passkeys: what `assets/passkeys.js` asks for and sends; challenges work once and for minutes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from self_service import clock, i18n, logs, routes
from self_service.domain.access import Actor, attempts, one_time
from self_service.domain.errors import DomainError
from self_service.domain.people import credentials, passkeys, signing_in
from self_service.domain.people.passkeys import KnownKey, PasskeyRefused
from self_service.http import refusals
from self_service.http.cookies import cookie_of, network_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.sign_in import browser_of
from self_service.http.tries import counted
from self_service.models.access import Purpose
from self_service.ports import PasskeyError
from self_service.state.display import refusal
from self_service.state.guard import call_as
from self_service.state.request import readable
from self_service.wiring import database
from self_service.wiring import passkeys as devices

#: What the script sent, as JSON.
Asked = dict[str, Any]
Handler = Callable[[Request, Asked], Awaitable[Response]]


def answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Read the script's JSON; say a refusal in the language of its page."""

    @own_form
    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            asked = _cleaned(json.loads(await request.body()))
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            logs.security("message that cannot be read")
            asked = {}
        language = i18n.known(str(asked.get("language", "")))
        try:
            return await handler(request, {**asked, "language": language})
        except DomainError as error:
            refused = error
        except PasskeyError:
            refused = PasskeyRefused()
        said = {"refused": refused.code, "message": refusal(refused, language)}
        noted = refusals.noted(request, refused, getattr(request.state, "whose", None))
        return JSONResponse(said, status_code=422, background=noted)

    return answer


def _cleaned(value: Any) -> Any:
    """Make all texts in what was sent readable: JSON can hold what no database does."""
    if isinstance(value, dict):
        return {readable(name): _cleaned(found) for name, found in value.items()}
    if isinstance(value, list):
        return [_cleaned(found) for found in value]
    return readable(value) if isinstance(value, str) else value


@answering
async def ask(request: Request, asked: Asked) -> Response:
    """Ask any device of ours to prove its owner."""
    del asked
    await counted(attempts.SIGN_IN_NETWORK, network_of(request))
    challenge = secrets.token_urlsafe(32)
    ticket = await database().transact(
        _remember, Purpose.PASSKEY_SIGN_IN, challenge, None, now=clock.now()
    )
    return JSONResponse({"ticket": ticket, "options": devices().ask(challenge)})


@answering
async def sign_in(request: Request, asked: Asked) -> Response:
    """Sign in whom a device proves; it needs no second factor."""
    key, count = await _proof(request, asked)
    browser = browser_of(request)
    await database().transact(_signed_in, key, count, browser, now=clock.now())
    response = JSONResponse({"to": _goal(asked, routes.HOME)})
    set_cookie(response, browser.cookie)
    return response


@answering
async def confirm(request: Request, asked: Asked) -> Response:
    """Take a device's proof that it is still the same person."""
    key, count = await _proof(request, asked)
    cookie, fresh = cookie_of(request), new_value()
    await database().transact(call_as, _confirmed, cookie, key, count, cookie, fresh)
    response = JSONResponse({"to": _goal(asked, routes.SECURITY)})
    set_cookie(response, fresh)
    return response


@answering
async def offer(request: Request, asked: Asked) -> Response:
    """Ask a device to make a passkey for whoever is signed in."""
    del asked
    cookie = cookie_of(request)
    known = await database().read(call_as, passkeys.credential_ids, cookie)
    mine = await database().read(call_as, credentials.of, cookie)
    challenge = secrets.token_urlsafe(32)
    ticket = await database().transact(
        _remember, Purpose.PASSKEY_NEW, challenge, mine.identity_id, now=clock.now()
    )
    options = devices().offer(
        challenge,
        user_id=mine.identity_id.bytes,
        login=mine.login,
        name=mine.login,
        known=known,
    )
    return JSONResponse({"ticket": ticket, "options": options})


@answering
async def add(request: Request, asked: Asked) -> Response:
    """Keep the passkey that a device made."""
    await database().transact(
        call_as,
        _added,
        cookie_of(request),
        str(asked.get("ticket", "")),
        _credential(asked),
        str(asked.get("name", "")),
    )
    return JSONResponse({"to": routes.page(asked["language"], routes.SECURITY)})


@own_form
async def remove(request: Request) -> Response:
    """Take a passkey away."""
    form = await fields(request)
    page = routes.page(language_of(form), routes.SECURITY)
    try:
        await database().transact(
            call_as, passkeys.remove, cookie_of(request), passkey_id=form.get("id", "")
        )
    except DomainError as error:
        return see(routes.with_query(page, {"refused": error.code}))
    return see(page)


async def _proof(request: Request, asked: Asked) -> tuple[KnownKey, int]:
    """Verify what a device sent; returns whose it is, and its new count.

    Whose it claims to be is left on the request: its owner sees refused tries.
    """
    credential = _credential(asked)
    found = await database().transact(
        one_time.redeem, Purpose.PASSKEY_SIGN_IN, str(asked.get("ticket", "")), now=clock.now()
    )
    key = await database().read(passkeys.known, str(credential.get("id", ""))[:1400])
    request.state.whose = key.identity_id
    challenge = found.data["challenge"]
    return key, devices().proven(credential, challenge, key.public_key, key.sign_count)


def _credential(asked: Asked) -> Asked:
    credential = asked.get("credential")
    if not isinstance(credential, dict):
        raise PasskeyRefused
    return credential


def _goal(asked: Asked, otherwise: str) -> str:
    return routes.inside(str(asked.get("next", "")), routes.page(asked["language"], otherwise))


def _remember(
    session: Session, purpose: Purpose, challenge: str, whose: UUID | None, *, now: datetime
) -> str:
    return one_time.issue(session, purpose, identity_id=whose, challenge=challenge, now=now)


def _signed_in(
    session: Session, key: KnownKey, count: int, browser: signing_in.Browser, *, now: datetime
) -> None:
    passkeys.used(session, key, count, now=now)
    signing_in.open_for(session, key.identity_id, browser, proof="passkey", now=now)


def _confirmed(
    session: Session,
    actor: Actor,
    key: KnownKey,
    count: int,
    cookie: str,
    fresh: str,
    *,
    now: datetime,
) -> None:
    if actor.identity() != key.identity_id:
        raise PasskeyRefused
    passkeys.used(session, key, count, now=now)
    signing_in.confirmed(session, actor, cookie=cookie, fresh=fresh, proof="passkey", now=now)


def _added(
    session: Session, actor: Actor, ticket: str, credential: Asked, name: str, *, now: datetime
) -> None:
    found = one_time.redeem(session, Purpose.PASSKEY_NEW, ticket, now=now)
    if found.identity_id != actor.identity():
        raise PasskeyRefused
    key = devices().made(credential, found.data["challenge"])
    passkeys.add(session, actor, now=now, key=key, name=name)


ROUTES = tuple(
    Route(f"{routes.DO_PASSKEY}/{name}", handler, methods=["POST"])
    for name, handler in (
        ("ask", ask),
        ("sign-in", sign_in),
        ("confirm", confirm),
        ("offer", offer),
        ("add", add),
        ("remove", remove),
    )
)
