"""Signing in and out. Both change the cookie, so both are plain posts with a full page load."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from self_service import clock, routes
from self_service.db import in_pool
from self_service.domain import access
from self_service.domain.access import attempts
from self_service.domain.errors import DomainError
from self_service.domain.people import accounts, passwords, signing_in
from self_service.domain.people.accounts import Credential, SignInRefused
from self_service.domain.people.signing_in import NOBODY, Browser
from self_service.http import leaving, refusals
from self_service.http.cookies import cookie_of, device_of, network_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.ticket import set_ticket
from self_service.http.tries import counted
from self_service.wiring import database


@own_form
async def sign_in(request: Request) -> Response:
    """Check a password; on success the browser gets a new cookie and keeps its basket."""
    form = await fields(request)
    language, goal = language_of(form), form.get("next", "")
    goal = routes.inside(goal, routes.page(language, routes.HOME))
    browser = browser_of(request)
    found = None
    try:
        await counted(attempts.SIGN_IN_NETWORK, browser.network)
        found = await database().read(accounts.find_login, form.get("login", ""), now=clock.now())
        new_hash = await _verified(found, form.get("password", ""))
        who = found.id if found else NOBODY
        ticket = await database().transact(
            signing_in.succeed, who, browser, now=clock.now(), new_hash=new_hash
        )
    except DomainError as error:
        again = routes.page(language, routes.SIGN_IN, next=goal, refused=error.code)
        response: Response = see(again)
        response.background = refusals.noted(
            request, error, found.id if found else None, record=not (found and found.locked)
        )
        return response
    if ticket:
        response = see(routes.page(language, routes.SECOND_FACTOR, next=goal))
        set_ticket(response, ticket)
        return response
    response = see(goal)
    set_cookie(response, browser.cookie)
    return response


def browser_of(request: Request) -> Browser:
    """Return who signs in: the browser, its cookie until now, and a fresh one."""
    return Browser(cookie_of(request), new_value(), device_of(request), network_of(request))


async def _verified(found: Credential | None, password: str) -> str:
    """Return a hash by today's parameters when the right password has an older one, else "".

    A refusal takes as long for an account that does not exist, or that is locked or disabled.
    """
    hashed = found.password_hash if found else ""
    right = await in_pool(passwords.verify_password, hashed, password)
    if found is None or found.locked or not right:
        who: UUID = found.id if found else NOBODY
        await database().transact(accounts.sign_in_failed, who, now=clock.now())
        raise SignInRefused
    stale = passwords.needs_rehash(hashed)
    return await in_pool(passwords.hash_password, password) if stale else ""


@own_form
async def sign_out(request: Request) -> Response:
    """End the session. The next person on this browser starts with nothing of this one's."""
    language, cookie = language_of(await fields(request)), cookie_of(request)
    there = await leaving.address(cookie, language)
    await database().transact(access.close_session, cookie)
    response = see(there or routes.page(language, routes.STORE))
    set_cookie(response, new_value())
    # gives the tab a new token too, so no state of this person's is found again
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def session(request: Request) -> Response:
    """Say which session the browser has now, "" for none: another answer every time it changes.

    An open page whose answer changed loads itself anew (`assets/session.js`): after signing out,
    after the end of a session, and after a new cookie, which its websocket does not have. Asking
    does not keep a session alive, and the mark says nothing about the cookie.
    """
    actor = await database().read(access.resolve, cookie_of(request), now=clock.now())
    mark = access.cookie_key(f"mark {actor.key}")[:16] if actor.signed_in else ""
    return PlainTextResponse(mark, headers={"Cache-Control": "no-store"})


ROUTES = (
    Route(routes.DO_SIGN_IN, sign_in, methods=["POST"]),
    Route(routes.DO_SIGN_OUT, sign_out, methods=["POST"]),
    Route(routes.DO_SESSION, session, methods=["GET"]),
)
