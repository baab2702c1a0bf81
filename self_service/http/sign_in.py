"""Signing in and out. Both change the cookie, so both are plain posts with a full page load."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import clock, routes
from self_service.db import in_pool
from self_service.domain import access
from self_service.domain.people import accounts, passwords
from self_service.domain.people.accounts import Credential, SignInRefused
from self_service.http.cookies import cookie_of, device_of, network_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.wiring import database


@own_form
async def sign_in(request: Request) -> Response:
    """Check a password; on success the browser gets a new cookie and keeps its basket."""
    form = await fields(request)
    language = language_of(form)
    login, goal = form.get("login", ""), form.get("next", "")
    found = await database().read(accounts.find_login, login, now=clock.now())
    try:
        identity_id = await _verified(found, form.get("password", ""))
    except SignInRefused:
        again = {"next": goal, "refused": "1", "login": login}
        return see(routes.page(language, routes.SIGN_IN, **again))
    cookie = new_value()
    await database().transact(
        _signed_in,
        identity_id,
        before=cookie_of(request),
        cookie=cookie,
        now=clock.now(),
        device=device_of(request),
        network=network_of(request),
    )
    response = see(routes.inside(goal, routes.page(language, routes.HOME)))
    set_cookie(response, cookie)
    return response


async def _verified(found: Credential | None, password: str) -> UUID:
    """Return whose password this is; takes as long for an account that does not exist."""
    if found is None:
        await in_pool(passwords.verify_unknown)
        raise SignInRefused
    right = await in_pool(passwords.verify_password, found.password_hash, password)
    if found.locked or not right:
        if not found.locked:
            await database().transact(accounts.sign_in_failed, found.id, now=clock.now())
        raise SignInRefused
    stale = passwords.needs_rehash(found.password_hash)
    new_hash = await in_pool(passwords.hash_password, password) if stale else ""
    await database().transact(
        accounts.sign_in_succeeded, found.id, now=clock.now(), new_hash=new_hash
    )
    return found.id


def _signed_in(
    session: Session,
    identity_id: UUID,
    *,
    before: str,
    cookie: str,
    now: datetime,
    device: str,
    network: str,
) -> None:
    """Open a session; whoever was signed in on this browser before is not any more."""
    access.close_session(session, before)
    visitor_key = access.cookie_key(before)
    accounts.signed_in(
        session,
        identity_id,
        visitor_key=visitor_key,
        cookie=cookie,
        now=now,
        device=device,
        network=network,
    )


@own_form
async def sign_out(request: Request) -> Response:
    """End the session. The next person on this browser starts with nothing of this one's."""
    form = await fields(request)
    await database().transact(access.close_session, cookie_of(request))
    response = see(routes.page(language_of(form), routes.STORE))
    set_cookie(response, new_value())
    # gives the tab a new token too, so no state of this person's is found again
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


ROUTES = (
    Route(routes.DO_SIGN_IN, sign_in, methods=["POST"]),
    Route(routes.DO_SIGN_OUT, sign_out, methods=["POST"]),
)
