"""The waiting list for coverage: plain posts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes, settings
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.coverage import waiting
from self_service.domain.errors import DomainError
from self_service.domain.people.postal_address import ADDRESS_FIELDS
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.state.guard import call_as
from self_service.wiring import database


@own_form
async def wait(request: Request) -> Response:
    """Join the list for an address, or leave one."""
    form = await fields(request)
    language = language_of(form)
    asked = {name: form.get(name, "")[:200] for name in ADDRESS_FIELDS}
    try:
        await database().transact(call_as, _wait, cookie_of(request), form)
    except SignInNeeded:
        goal = routes.page(language, routes.COVERAGE, **asked)
        return see(routes.page(language, routes.SIGN_IN, next=goal))
    except DomainError as refusal:
        return see(routes.page(language, routes.COVERAGE, **asked, refused=refusal.code))
    done = "left" if form.get("leave") else "joined"
    return see(routes.page(language, routes.COVERAGE, **asked, done=done))


def _wait(session: Session, actor: Actor, form: dict[str, str], *, now: datetime) -> None:
    if form.get("leave"):
        waiting.leave(session, actor, form["leave"], now=now)
        return
    country = settings.get().country
    kind = form.get("kind", "")
    waiting.join(session, actor, kind=kind, form=form, country=country, now=now)


ROUTES = (Route(routes.DO_COVERAGE_WAIT, wait, methods=["POST"]),)
