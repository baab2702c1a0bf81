"""Turning to a customer and leaving again: what the session may do changes, so does its cookie."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.domain.access import SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.people import serving
from self_service.http.cookies import cookie_of, new_value, set_cookie
from self_service.http.forms import fields, language_of, own_form, see
from self_service.state.guard import call_as
from self_service.wiring import database


@own_form
async def act_for(request: Request) -> Response:
    """Act for a customer from now on, and see what that customer sees."""
    form = await fields(request)
    language, cookie, fresh = language_of(form), cookie_of(request), new_value()
    customers = routes.page(language, routes.CUSTOMERS)
    try:
        await database().transact(
            call_as,
            serving.open_customer,
            cookie,
            form.get("customer", ""),
            before=cookie,
            fresh=fresh,
        )
    except SignInNeeded:
        return see(routes.page(language, routes.SIGN_IN, next=customers))
    except DomainError:
        return see(routes.page(language, routes.CUSTOMERS, refused="1"))
    return _turned(routes.page(language, routes.HOME), fresh)


@own_form
async def leave(request: Request) -> Response:
    """Act for nobody any more, and go back to the customers."""
    form = await fields(request)
    language, cookie, fresh = language_of(form), cookie_of(request), new_value()
    customers = routes.page(language, routes.CUSTOMERS)
    try:
        await database().transact(
            call_as, serving.leave_customer, cookie, before=cookie, fresh=fresh
        )
    except SignInNeeded:
        return see(routes.page(language, routes.SIGN_IN, next=customers))
    return _turned(customers, fresh)


def _turned(path: str, cookie: str) -> Response:
    response = see(path)
    set_cookie(response, cookie)
    # a new token for the tab: nothing of one customer is shown, even briefly, under the next
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


ROUTES = (
    Route(routes.DO_ACT_FOR, act_for, methods=["POST"]),
    Route(routes.DO_LEAVE, leave, methods=["POST"]),
)
