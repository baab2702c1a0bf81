"""Accepting an invitation: a plain post, for it takes the secret of a link and a password."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import brand, clock, letters, routes
from self_service.db import in_pool
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.access import cookie_key as key_of
from self_service.domain.errors import DomainError
from self_service.domain.people import invitations, passwords, registering
from self_service.domain.people.invitations import Named
from self_service.http import one_time
from self_service.http.cookies import cookie_of, network_of, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.sign_in import browser_of
from self_service.jobs import runner
from self_service.state.guard import call_as
from self_service.wiring import database

#: What is kept of a form that was refused.
_KEPT = ("given_name", "family_name")


@own_form
async def accept(request: Request) -> Response:
    """Take what was offered, with the account that there is or a new one."""
    form = await fields(request)
    language, secret = language_of(form), form.get("link", "")
    page = routes.page(language, routes.INVITATION)
    try:
        found = await database().read(invitations.look, secret, now=clock.now())
        if not found.known:
            return await _as_new(request, form, secret, found.wish.email)
        told = letters.invitation_accepted
        await database().transact(
            call_as, invitations.accept, cookie_of(request), secret=secret, told=told
        )
    except SignInNeeded:
        first = see(routes.page(language, routes.SIGN_IN, next=page))
        return one_time.keep(first, routes.INVITATION, secret)
    except DomainError as refusal:
        await _keep(request, form, refusal)
        again = see(routes.with_query(page, {"refused": refusal.code}))
        return one_time.keep(again, routes.INVITATION, secret)
    return one_time.forget(see(routes.page(language, routes.HOME)), routes.INVITATION)


async def _as_new(request: Request, form: dict[str, str], secret: str, email: str) -> Response:
    """Make an account and sign it in.

    Raises:
        DomainError: a field is wrong, or the link does not work any more.
    """
    given, family = invitations.check_names(form)
    password = passwords.check_password(
        form.get("password", ""), email=email, operator=brand.current().links.brand_name
    )
    hashed = await in_pool(passwords.hash_password, password)
    browser, language = browser_of(request), language_of(form)
    await database().transact(
        invitations.accept_as_new,
        browser,
        secret=secret,
        named=Named(given, family, language, hashed),
        told=letters.invitation_accepted,
        now=clock.now(),
    )
    await database().transact(registering.forget, _visitor(request))
    runner.wake()
    response = see(routes.page(language, routes.HOME))
    set_cookie(response, browser.cookie)
    return one_time.forget(response, routes.INVITATION)


async def _keep(request: Request, form: dict[str, str], refusal: DomainError) -> None:
    """Keep the names that somebody new typed, for this browser, while they choose a password."""
    at_form = refusal.code == "invalid" or refusal.code.startswith("password_")
    if at_form:
        kept = {name: form[name] for name in _KEPT if name in form}
        await database().transact(
            registering.keep_typed, _visitor(request), form=kept, now=clock.now()
        )


def _visitor(request: Request) -> Actor:
    return Actor(key=key_of(cookie_of(request)), network=network_of(request))


ROUTES = (Route(routes.DO_ACCEPT, accept, methods=["POST"]),)
