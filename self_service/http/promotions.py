"""Promotion codes by plain posts: into the basket, out of it, and on without lost ones."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.promotions import codes
from self_service.domain.promotions.refusals import TooManyCodesTried
from self_service.http.cookies import cookie_of, network_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.state.guard import call_as
from self_service.state.promotion_rows import asked
from self_service.wiring import database


@own_form
async def change(request: Request) -> Response:
    """Do what a form about codes asks for, and lead back to where it stood."""
    form = await fields(request)
    told: dict[str, str] = {}
    try:
        await _act(request, form)
    except NotFound:
        pass  # it was taken out before
    except DomainError as refusal:
        told = asked(refusal)
    at_checkout = form.get("back") == "checkout"
    where = {"step": "review"} if at_checkout else {}
    path = routes.CHECKOUT if at_checkout else routes.BASKET
    return see(routes.page(language_of(form), path, **where, **told))


async def _act(request: Request, form: dict[str, str]) -> None:
    """Take one code out, all lost ones, or put one in; its try is counted by itself.

    Raises:
        DomainError: nothing was changed.
    """
    cookie, act = cookie_of(request), form.get("act", "")
    if act == "remove":
        wanted = form.get("promotion", "")
        await database().transact(call_as, codes.remove, cookie, promotion_id=wanted)
    elif act == "without":
        await database().transact(call_as, codes.go_without, cookie)
    else:
        network = network_of(request)
        if not await database().transact(call_as, codes.count_try, cookie, network=network):
            raise TooManyCodesTried("code")
        await database().transact(call_as, codes.add, cookie, code=form.get("code", ""))


ROUTES = (Route(routes.DO_CODE, change, methods=["POST"]),)
