"""What is done on the page of one service: plain posts, and the pages that show codes.

What gives somebody a number wants a fresh proof of who is there; a block of a SIM wants none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import i18n, routes
from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded, attempts
from self_service.domain.errors import DomainError, Invalid
from self_service.domain.network import lines
from self_service.domain.service_settings import pins
from self_service.domain.service_settings import settings as service_settings
from self_service.domain.sims import blocking, choosing, leaving, porting, swapping
from self_service.http import sim_pages
from self_service.http.cookies import cookie_of
from self_service.http.forms import Handler, fields, language_of, own_form, see
from self_service.http.tries import counted
from self_service.jobs import runner
from self_service.state.guard import call_as
from self_service.state.service_words import FAULT_CODES
from self_service.wiring import database, vault

Form = Mapping[str, str]
#: Does one thing: act(session, actor, form, now).
Act = Callable[[Session, Actor, Form, datetime], None]


def _change(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    value = form.get("value", "")
    if form.get("key") == "content_hours":
        start, end = form.get("start", ""), form.get("end", "")
        value = f"{start}-{end}" if start or end else ""
    service_settings.change(
        session,
        actor,
        form.get("service", ""),
        key=form.get("key", ""),
        value=value,
        profile=form.get("profile", ""),
        pin=form.get("pin", ""),
        vault=vault(),
        now=now,
    )


def _pin(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    before = None if form.get("forgotten") == "yes" else form.get("before", "")
    pin, sealing = form.get("pin", ""), vault()
    service = form.get("service", "")
    pins.choose(session, actor, service, pin=pin, before=before, vault=sealing, now=now)


def _card(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    iccid = form.get("iccid", "")
    swapping.to_card(session, actor, form.get("service", ""), iccid=iccid, now=now)


def _number(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    number = form.get("number", "")
    choosing.choose(session, actor, form.get("service", ""), number=number, now=now)


def _port(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    service = form.get("service", "")
    porting.request(session, actor, service, form=form, vault=vault(), now=now)


def _leave(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    leaving.make(session, actor, form.get("service", ""), vault=vault(), now=now)


def _plain(act: Callable[..., object]) -> Act:
    """Make an act of a function that wants nothing but the service."""

    def run(session: Session, actor: Actor, form: Form, now: datetime) -> None:
        act(session, actor, form.get("service", ""), now=now)

    return run


#: What can be done: the last part of the address -> how. "done" on the page says the same word.
ACTS: Mapping[str, Act] = {
    "setting": _change,
    "pin": _pin,
    "block": _plain(blocking.block),
    "unblock": _plain(blocking.unblock),
    "esim": _plain(swapping.to_esim),
    "card": _card,
    "numbers": _plain(choosing.offer),
    "number": _number,
    "port": _port,
    "port-cancel": _plain(porting.cancel),
    "leave": _leave,
    "restart": _plain(lines.restart),
    "check": _plain(lines.check),
}
#: Acts in which a PIN is guessed.
_GUESSED = {"setting": "pin", "pin": "before"}


def _handler(name: str) -> Handler:
    @own_form
    async def handle(request: Request) -> Response:
        form = await fields(request)
        try:
            if form.get(_GUESSED.get(name, ""), ""):
                await _count_guess(form.get("service", ""))
            await database().transact(call_as, _do, cookie_of(request), ACTS[name], form)
        except DomainError as refusal:
            return _back(refusal, form)
        runner.wake_network()
        return _page(form, done=name)

    return handle


async def _count_guess(service: str) -> None:
    """Count a guess at the PIN of a service, whoever makes it.

    Raises:
        TooManyAttempts: too many in a while.
    """
    await counted(attempts.PIN_SERVICE, service[:60])


def _do(session: Session, actor: Actor, act: Act, form: Form, *, now: datetime) -> None:
    act(session, actor, form, now)


async def sim_code(request: Request) -> Response:
    """Show the code of the eSIM that takes over, as a picture and as text."""
    return await _shown(request, routes.SIM_CODE, swapping.code, sim_pages.esim_page)


async def port_out_code(request: Request) -> Response:
    """Show the code by which a number is taken elsewhere."""

    def read(session: Session, actor: Actor, service: str, *, now: datetime) -> str:
        return leaving.code(session, actor, service, vault=vault(), now=now)

    return await _shown(request, routes.PORT_OUT_CODE, read, sim_pages.port_out_page)


async def _shown(
    request: Request, route: str, read: Callable[..., str], page: Callable[..., Response]
) -> Response:
    language = i18n.known(request.path_params["language"])
    service = request.path_params["service"][:60]
    form = {"language": language, "service": service}
    try:
        code = await database().read(call_as, read, cookie_of(request), service)
    except DomainError as refusal:
        return _back(refusal, form, f"{route}/{language}/{service}")
    return page(code, language, service) if code else _page(form, refused="no_code")


def _page(form: Form, **query: str) -> Response:
    language, service = language_of(dict(form)), form.get("service", "")[:60]
    here = routes.page(language, routes.SERVICES, _part(service), **query)
    return see(routes.inside(here, routes.page(language, routes.HOME)))


def _part(service: str) -> str:
    """Return what a client calls a service, as it may stand in an address."""
    return "".join(char for char in service if char.isalnum() or char == "-") or "-"


def _back(refusal: DomainError, form: Form, here: str = "") -> Response:
    """Return to the page by the way that mends what was refused."""
    language = language_of(dict(form))
    service = _part(form.get("service", "")[:60])
    here = here or routes.page(language, routes.SERVICES, service)
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=here))
    if isinstance(refusal, ConfirmationNeeded):
        return see(routes.page(language, routes.CONFIRM, next=here))
    return _page(form, refused=_said(refusal))


def _said(refusal: DomainError) -> str:
    """Return a code for what was refused: the page has the words, an address never does."""
    if isinstance(refusal, Invalid):
        faults: list[Any] = [text for text, _ in refusal.faults.values()]
        return next((FAULT_CODES[text] for text in faults if text in FAULT_CODES), refusal.code)
    return refusal.code


ROUTES = (
    *(Route(f"{routes.DO_SERVICE}/{name}", _handler(name), methods=["POST"]) for name in ACTS),
    Route(routes.SIM_CODE + "/{language}/{service}", sim_code),
    Route(routes.PORT_OUT_CODE + "/{language}/{service}", port_out_code),
)
