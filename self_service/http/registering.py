"""Registering, choosing a new password, proving and changing an e-mail address.

All of it takes a password or the secret of a link, so all of it is plain posts. Opening a link
shows a page and changes nothing: programs that look into mails cannot use it up.
"""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import brand, clock, i18n, letters, routes, settings
from self_service.db import in_pool
from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded, attempts
from self_service.domain.access import cookie_key as key_of
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.errors import DomainError
from self_service.domain.people import accounts, email_address, passwords, registering, resetting
from self_service.domain.people.person_fields import PersonDetails, check_person
from self_service.http import one_time
from self_service.http.cookies import cookie_of, network_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.tries import counted
from self_service.jobs import runner
from self_service.models.access import Purpose
from self_service.state.checkout_rows import typed_in
from self_service.state.guard import call_as
from self_service.wiring import database


@own_form
async def register(request: Request) -> Response:
    """Make an account, or tell the owner of the one there is; the answer is the same."""
    form = await fields(request)
    page = routes.page(i18n.known(form.get("page", "")), routes.REGISTER)
    visitor = _visitor(request)
    try:
        await counted(attempts.REGISTER_NETWORK, visitor.network)
    except TooManyAttempts as refusal:
        return see(routes.with_query(page, {"refused": refusal.code}))
    try:
        details = _details(form)
        hashed = await _hashed(form, details.email)
    except DomainError as refusal:
        kept = typed_in(form)
        await database().transact(registering.keep_typed, visitor, form=kept, now=clock.now())
        return see(routes.with_query(page, {"refused": refusal.code}))
    await database().transact(
        registering.register,
        visitor,
        details=details,
        password_hash=hashed,
        verify=letters.verify_email,
        known=letters.known_already,
        now=clock.now(),
    )
    runner.wake()
    return see(routes.with_query(page, {"sent": "1"}))


def _details(form: dict[str, str]) -> PersonDetails:
    return check_person(
        typed_in(form),
        today=clock.now().date(),
        languages=tuple(i18n.LANGUAGES),
        default_country=settings.get().country,
    )


async def _hashed(form: dict[str, str], email: str) -> str:
    """Check a new password and hash it.

    Raises:
        PasswordRejected: it may not be used.
    """
    password = passwords.check_password(
        form.get("password", ""), email=email, operator=brand.current().links.brand_name
    )
    return await in_pool(passwords.hash_password, password)


@own_form
async def forgot(request: Request) -> Response:
    """Send a link for a new password; the answer goes out before anything is looked up."""
    form = await fields(request)
    page, login = _page(form, routes.FORGOT), accounts.normalise(form.get("email", ""))
    try:
        await counted(attempts.MAIL_NETWORK, network_of(request))
    except TooManyAttempts as refusal:
        return see(routes.with_query(page, {"refused": refusal.code}))
    answer = see(routes.with_query(page, {"sent": "1"}))
    answer.background = BackgroundTask(_send_link, login)
    return answer


async def _send_link(login: str) -> None:
    if "@" not in login:  # no address, perhaps a password in the wrong field: not to be kept
        return
    try:
        await counted(attempts.MAIL_ACCOUNT, login)
    except TooManyAttempts:
        return
    await database().transact(
        resetting.ask, login=login, words=letters.reset_password, now=clock.now()
    )
    runner.wake()


@own_form
async def reset(request: Request) -> Response:
    """Set the new password of a link."""
    form = await fields(request)
    page, secret = _page(form, routes.RESET), form.get("link", "")
    try:
        login = await database().read(resetting.login_of, secret, now=clock.now())
        hashed = await _hashed(form, login)
        await database().transact(
            resetting.reset,
            _visitor(request),
            secret=secret,
            password_hash=hashed,
            told=letters.password_changed,
            now=clock.now(),
        )
    except passwords.PasswordRejected as refusal:
        again = see(routes.with_query(page, {"refused": refusal.code}))
        return one_time.keep(again, routes.RESET, secret)
    except DomainError as refusal:
        dead = see(routes.with_query(page, {"refused": refusal.code}))
        return one_time.forget(dead, routes.RESET)
    runner.wake()
    return one_time.forget(see(routes.with_query(page, {"done": "1"})), routes.RESET)


@own_form
async def prove_email(request: Request) -> Response:
    """Use a link that proves an address."""
    form = await fields(request)
    page = _page(form, routes.VERIFIED)
    try:
        purpose = await database().transact(
            call_as,
            email_address.prove,
            cookie_of(request),
            secret=form.get("link", ""),
            told=letters.email_changed,
        )
    except DomainError as refusal:
        dead = see(routes.with_query(page, {"refused": refusal.code}))
        return one_time.forget(dead, routes.VERIFIED)
    runner.wake()
    done = "changed" if purpose is Purpose.CHANGE_EMAIL else "verified"
    return one_time.forget(see(routes.with_query(page, {"done": done})), routes.VERIFIED)


@own_form
async def change_email(request: Request) -> Response:
    """Ask for another address; the settings page says why it was refused."""
    form = await fields(request)
    page = _page(form, routes.SETTINGS)
    language = language_of(form)
    try:
        actor = await database().read(call_as, _who, cookie_of(request))
        await counted(attempts.MAIL_ACCOUNT, str(actor.identity()))
        await counted(attempts.MAIL_NETWORK, network_of(request))
        await database().transact(
            call_as,
            email_address.ask_to_change,
            cookie_of(request),
            email=form.get("email", ""),
            prove=letters.change_email,
            told=letters.email_change_asked,
        )
    except SignInNeeded:
        return see(routes.page(language, routes.SIGN_IN, next=page))
    except ConfirmationNeeded:
        return see(routes.page(language, routes.CONFIRM, next=page))
    except DomainError as refusal:
        return see(routes.with_query(page, {"open": "email", "refused": refusal.code}))
    runner.wake()
    return see(routes.page(language, routes.VERIFIED, sent="1"))


def _who(_: object, actor: Actor, *, now: object) -> Actor:
    del now
    return actor


def _visitor(request: Request) -> Actor:
    """Return whose browser this is, signed in or not: these pages are for those who are not."""
    return Actor(key=key_of(cookie_of(request)), network=network_of(request))


def _page(form: dict[str, str], path: str) -> str:
    return routes.page(language_of(form), path)


ROUTES = (
    Route(routes.DO_REGISTER, register, methods=["POST"]),
    Route(routes.DO_FORGOT, forgot, methods=["POST"]),
    Route(routes.DO_RESET, reset, methods=["POST"]),
    Route(routes.DO_PROVE_EMAIL, prove_email, methods=["POST"]),
    Route(routes.DO_CHANGE_EMAIL, change_email, methods=["POST"]),
)
