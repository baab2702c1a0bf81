"""Changing the password and the username: plain posts, because they carry a secret or a cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import brand, i18n, routes
from self_service.db import in_pool
from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded, sessions
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import credentials, passwords
from self_service.domain.people.credentials import Notice
from self_service.http import refusals
from self_service.http.confirm import mine_counted, typed_right
from self_service.http.cookies import cookie_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.tries import counted
from self_service.state.guard import call_as
from self_service.wiring import database

_SUBJECT = N_("Your password was changed")
_BODY = N_(
    "The password of your account was changed, and all other devices were signed out.\n\n"
    'If this was not you, use "Forgot your password?" on the sign-in page now, and call us.'
)


@own_form
async def change_password(request: Request) -> Response:
    """Set another password; this browser stays signed in under a new cookie, no other does."""
    form = await fields(request)
    language, cookie, fresh = language_of(form), cookie_of(request), new_value()
    mine = None
    try:
        mine = await mine_counted(cookie)
        if mine.password_hash:
            await typed_right(mine, form.get("current", ""))
        password = passwords.check_password(
            form.get("password", ""),
            email=mine.login,
            operator=brand.current().links.brand_name,
        )
        await database().transact(
            call_as,
            _change,
            cookie,
            {"cookie": cookie, "fresh": fresh},
            before=mine.password_hash,
            password_hash=await in_pool(passwords.hash_password, password),
            proven=bool(mine.password_hash),
            notice=_notice(language),
        )
    except DomainError as error:
        response = _back(error, language)
        response.background = refusals.noted(request, error, mine.identity_id if mine else None)
        return response
    response = see(routes.page(language, routes.SECURITY, done="password"))
    set_cookie(response, fresh)
    return response


def _change(
    session: Session, actor: Actor, values: dict[str, str], *, now: datetime, **change: Any
) -> None:
    """Change the password; what was typed just now is a fresh proof where it is a whole one."""
    credentials.change_password(session, actor, now=now, **change)
    whole = change["proven"] and not credentials.of(session, actor, now=now).second_factor
    proof = now if whole else None
    sessions.renew(session, values["cookie"], fresh=values["fresh"], confirmed_at=proof)


def _notice(language: str) -> Notice:
    subject, body = i18n.translate(language, _SUBJECT), i18n.translate(language, _BODY)
    return Notice("password_changed", language, subject, body)


@own_form
async def change_username(request: Request) -> Response:
    """Choose, change or give up a username."""
    form = await fields(request)
    language, cookie = language_of(form), cookie_of(request)
    try:
        mine = await database().read(call_as, credentials.of, cookie)
        who, limit = str(mine.identity_id), credentials.USERNAME_ACCOUNT
        await counted(limit, who)
        await database().transact(
            call_as, credentials.change_username, cookie, username=form.get("username", "")
        )
    except DomainError as error:
        return _back(error, language)
    return see(routes.page(language, routes.SECURITY, done="username"))


def _back(error: DomainError, language: str) -> Response:
    """Return to the page by the way that mends what was refused."""
    security = routes.page(language, routes.SECURITY)
    if isinstance(error, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=security))
    if isinstance(error, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=security))
    return see(routes.page(language, routes.SECURITY, refused=error.code))


ROUTES = (
    Route(routes.DO_CHANGE_PASSWORD, change_password, methods=["POST"]),
    Route(routes.DO_CHANGE_USERNAME, change_username, methods=["POST"]),
)
