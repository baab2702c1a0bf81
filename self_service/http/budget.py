"""What somebody means to spend in a month: a plain post."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.spend import budgets
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.state.guard import call_as
from self_service.wiring import database


@own_form
async def set_budget(request: Request) -> Response:
    """Set a budget, or take it away where that button was pressed."""
    form = await fields(request)
    language, line = language_of(form), form.get("line", "")[:40]
    removed = form.get("remove") == "yes"
    try:
        await database().transact(call_as, _set, cookie_of(request), form, line, removed)
    except SignInNeeded:
        goal = routes.page(language, routes.SPEND, line=line)
        return see(routes.page(language, routes.SIGN_IN, next=goal))
    except DomainError as refusal:
        return see(routes.page(language, routes.SPEND, line=line, refused=refusal.code))
    done = "no_budget" if removed else "budget"
    return see(routes.page(language, routes.SPEND, line=line, done=done))


def _set(
    session: Session, actor: Actor, form: dict[str, str], line: str, removed: bool, *, now: datetime
) -> None:
    if removed:
        budgets.remove_budget(session, actor, of=line, now=now)
    else:
        budgets.set_budget(session, actor, typed=form.get("amount", "")[:40], of=line, now=now)


ROUTES = (Route(routes.DO_BUDGET, set_budget, methods=["POST"]),)
