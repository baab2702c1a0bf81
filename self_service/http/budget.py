"""What somebody means to spend in a month: a plain post."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.domain.access import SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.spend import budgets
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.state.guard import call_as
from self_service.wiring import database


@own_form
async def set_budget(request: Request) -> Response:
    """Set a budget, or take it away where nothing was typed."""
    form = await fields(request)
    language, line = language_of(form), form.get("line", "")[:40]
    given = {"typed": form.get("amount", "")[:40], "of": line}
    try:
        kept = await database().transact(call_as, budgets.set_budget, cookie_of(request), **given)
    except SignInNeeded:
        goal = routes.page(language, routes.SPEND, line=line)
        return see(routes.page(language, routes.SIGN_IN, next=goal))
    except DomainError as refusal:
        return see(routes.page(language, routes.SPEND, line=line, refused=refusal.code))
    done = "budget" if kept else "no_budget"
    return see(routes.page(language, routes.SPEND, line=line, done=done))


ROUTES = (Route(routes.DO_BUDGET, set_budget, methods=["POST"]),)
