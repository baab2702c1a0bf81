"""The second factor: at sign-in, and its set-up on plain pages.

What these pages show (the app's secret, recovery codes) never becomes state of a live page, and is
never kept by a browser's cache.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import brand, clock, i18n, routes
from self_service.domain.access import ConfirmationNeeded, SignInNeeded, attempts
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import second_factor, signing_in
from self_service.domain.people.accounts import SignInRefused
from self_service.domain.people.credentials import Notice
from self_service.domain.people.factor_codes import WrongCode
from self_service.http import refusals
from self_service.http.cookies import cookie_of, set_cookie
from self_service.http.factor_pages import codes_page, set_up_page
from self_service.http.forms import fields, language_of, own_form, see
from self_service.http.sign_in import browser_of
from self_service.http.ticket import set_ticket, ticket_of
from self_service.http.tries import counted
from self_service.state.guard import call_as
from self_service.wiring import database, vault


@own_form
async def sign_in_by_code(request: Request) -> Response:
    """Open the session that a right password, or the provider, asked for."""
    form = await fields(request)
    language, ticket, browser = language_of(form), ticket_of(request), browser_of(request)
    goal = routes.inside(form.get("next", ""), routes.page(language, routes.HOME))
    code, now, mine = form.get("code", ""), clock.now(), None
    try:
        mine = await database().read(signing_in.awaited, ticket, now=now)
        await counted(attempts.CODE_ACCOUNT, str(mine))
        await database().transact(signing_in.finish, ticket, code, browser, vault=vault(), now=now)
    except DomainError as error:
        late = isinstance(error, (LinkUsedUp, SignInRefused))
        back = routes.SIGN_IN if late else routes.SECOND_FACTOR
        again = see(routes.page(language, back, next=goal, refused=error.code))
        again.background = refusals.noted(request, error, mine)
        return again
    response = see(goal)
    set_cookie(response, browser.cookie)
    set_ticket(response, "")
    return response


async def set_up(request: Request) -> Response:
    """Show a new secret, as a picture and as text, and ask for the app's first code."""
    language = i18n.known(request.query_params.get("language", ""))
    try:
        proposal = await database().read(
            call_as, second_factor.propose, cookie_of(request), vault=vault(), operator=_operator()
        )
    except DomainError as error:
        here = routes.with_query(routes.SET_UP_SECOND_FACTOR, {"language": language})
        return _elsewhere(error, language, here)
    return set_up_page(proposal, language)


@own_form
async def turn_on(request: Request) -> Response:
    """Turn the second factor on by the app's first code, and show the recovery codes, once."""
    form = await fields(request)
    language, cookie, sealed = language_of(form), cookie_of(request), form.get("proposal", "")
    notice = _notice(language, "second_factor_on", *_TURNED_ON)
    try:
        codes = await database().transact(
            call_as,
            second_factor.turn_on,
            cookie,
            sealed=sealed,
            code=form.get("code", ""),
            vault=vault(),
            notice=notice,
        )
    except WrongCode as error:
        return await _once_more(cookie, sealed, language, error)
    except DomainError as error:
        return _elsewhere(error, language)
    return codes_page(codes, language)


async def _once_more(cookie: str, sealed: str, language: str, error: WrongCode) -> Response:
    """Show the same key again, and what was wrong."""
    try:
        proposal = await database().read(
            call_as,
            second_factor.proposed,
            cookie,
            sealed=sealed,
            vault=vault(),
            operator=_operator(),
        )
    except DomainError as other:  # the proof became too old in between
        return _elsewhere(other, language)
    return set_up_page(proposal, language, i18n.translate(language, error.message))


@own_form
async def turn_off(request: Request) -> Response:
    """Turn the second factor off."""
    language = language_of(await fields(request))
    notice = _notice(language, "second_factor_off", *_TURNED_OFF)
    try:
        await database().transact(
            call_as, second_factor.turn_off, cookie_of(request), notice=notice
        )
    except DomainError as error:
        return _elsewhere(error, language)
    return see(routes.page(language, routes.SECURITY, done="second_factor_off"))


@own_form
async def renew_codes(request: Request) -> Response:
    """Make new recovery codes and show them, once."""
    language = language_of(await fields(request))
    notice = _notice(language, "recovery_codes", *_RENEWED)
    try:
        codes = await database().transact(
            call_as, second_factor.renew_codes, cookie_of(request), vault=vault(), notice=notice
        )
    except DomainError as error:
        return _elsewhere(error, language)
    return codes_page(codes, language)


_TURNED_ON = (
    N_("An authenticator app was set up"),
    N_(
        "Signing in to your account now asks for a code of your authenticator app.\n\n"
        "If this was not you, change your password now and call us."
    ),
)
_TURNED_OFF = (
    N_("Your authenticator app was removed"),
    N_(
        "Signing in to your account does not ask for a code any more.\n\n"
        "If this was not you, change your password now and call us."
    ),
)
_RENEWED = (
    N_("New recovery codes were made"),
    N_(
        "Your older recovery codes do not work any more.\n\n"
        "If this was not you, change your password now and call us."
    ),
)


def _notice(language: str, kind: str, subject: str, body: str) -> Notice:
    return Notice(kind, language, i18n.translate(language, subject), i18n.translate(language, body))


def _operator() -> str:
    return brand.current().links.brand_name


def _elsewhere(error: DomainError, language: str, goal: str = "") -> Response:
    """Go to where a refusal is said or mended, and come back to the set-up where that helps."""
    security = routes.page(language, routes.SECURITY)
    if isinstance(error, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=security))
    if isinstance(error, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=goal or security))
    return see(routes.page(language, routes.SECURITY, refused=error.code))


ROUTES = (
    Route(routes.DO_SECOND_FACTOR, sign_in_by_code, methods=["POST"]),
    Route(routes.SET_UP_SECOND_FACTOR, set_up),
    Route(routes.DO_SECOND_FACTOR_ON, turn_on, methods=["POST"]),
    Route(routes.DO_SECOND_FACTOR_OFF, turn_off, methods=["POST"]),
    Route(routes.DO_RECOVERY_CODES, renew_codes, methods=["POST"]),
)
