"""A fresh proof of who is there: afterwards the session has a new cookie value (ASVS 7.2.4).

It is as strong as a sign-in: where an authenticator app is set up, password and code are asked for
(ASVS 7.5.1). A passkey is proof enough alone (`http.passkeys`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.db import in_pool
from self_service.domain.access import Actor, SignInNeeded, attempts
from self_service.domain.errors import DomainError
from self_service.domain.people import credentials, factor_codes, passwords, signing_in
from self_service.domain.people.credentials import Credentials, PasswordWrong
from self_service.domain.people.factor_codes import WrongCode
from self_service.http import refusals
from self_service.http.cookies import cookie_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.tries import counted
from self_service.state.guard import call_as
from self_service.wiring import database, vault


@own_form
async def confirm(request: Request) -> Response:
    """Take a password, with a code where an app is set up, and go on to where it was asked for."""
    form = await fields(request)
    language, cookie, fresh = language_of(form), cookie_of(request), new_value()
    goal = routes.inside(form.get("next", ""), routes.page(language, routes.SECURITY))
    code, mine = form.get("code", ""), None
    try:
        mine = await mine_counted(cookie)
        if mine.password_hash:
            await typed_right(mine, form.get("password", ""))
            await database().transact(call_as, _by_password, cookie, mine, code, cookie, fresh)
        else:
            await database().transact(call_as, _by_code, cookie, code, cookie, fresh)
    except SignInNeeded:
        return see(routes.page(language, routes.SIGN_IN, next=goal))
    except DomainError as error:
        again = see(routes.page(language, routes.CONFIRM, next=goal, refused=error.code))
        again.background = refusals.noted(request, error, mine.identity_id if mine else None)
        return again
    response = see(goal)
    set_cookie(response, fresh)
    return response


async def mine_counted(cookie: str) -> Credentials:
    """Return what the person signs in with, and count a try at it before it is verified.

    Raises:
        SignInNeeded: nobody is signed in.
        TooManyAttempts: too many tries in a while.
    """
    mine = await database().read(call_as, credentials.of, cookie)
    await counted(attempts.CODE_ACCOUNT, str(mine.identity_id))
    return mine


async def typed_right(mine: Credentials, password: str) -> None:
    """Check the password of somebody who is signed in.

    Raises:
        PasswordWrong: it is another one.
    """
    if not await in_pool(passwords.verify_password, mine.password_hash, password):
        raise PasswordWrong("password")


def _by_password(
    session: Session,
    actor: Actor,
    seen: Credentials,
    code: str,
    cookie: str,
    fresh: str,
    *,
    now: datetime,
) -> None:
    """Renew the session, unless the password changed since it was checked."""
    mine = credentials.of(session, actor, now=now)
    if mine.password_hash != seen.password_hash:
        raise PasswordWrong("password")
    by = ["password"]
    if mine.second_factor:
        by.append(_used(session, mine.identity_id, code, now))
    signing_in.confirmed(session, actor, cookie=cookie, fresh=fresh, proof=", ".join(by), now=now)


def _by_code(
    session: Session, actor: Actor, code: str, cookie: str, fresh: str, *, now: datetime
) -> None:
    """Renew the session of somebody who has no password: the code is what there is to ask for."""
    mine = credentials.of(session, actor, now=now)
    if mine.password_hash:  # set since it was looked up
        raise PasswordWrong("password")
    by = _used(session, mine.identity_id, code, now)
    signing_in.confirmed(session, actor, cookie=cookie, fresh=fresh, proof=by, now=now)


def _used(session: Session, identity_id: UUID, code: str, now: datetime) -> str:
    proof = factor_codes.prove(session, identity_id, code, vault=vault(), now=now)
    if proof is None:
        raise WrongCode("code")
    return proof


ROUTES = (Route(routes.DO_CONFIRM, confirm, methods=["POST"]),)
