"""Customer service has a bill made for whom they act for: a plain post, after the preview."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import policy, routes
from self_service.domain.access import SignInNeeded
from self_service.domain.bills import now as billing
from self_service.domain.errors import DomainError
from self_service.http.cookies import cookie_of
from self_service.http.forms import fields, language_of, own_form, see
from self_service.jobs import runner
from self_service.state.guard import call_as
from self_service.wiring import database


@own_form
async def bill_now(request: Request) -> Response:
    """Make the bill that was looked at, and show it."""
    form = await fields(request)
    language, on = language_of(form), form.get("on", "")
    preview = routes.page(language, routes.BILL_PREVIEW)
    try:
        number = await database().transact(
            call_as,
            billing.bill_now,
            cookie_of(request),
            typed=on,
            seen=form.get("seen", ""),
            policy=policy.current().bills,
        )
    except SignInNeeded:
        return see(routes.page(language, routes.SIGN_IN, next=preview))
    except DomainError as refusal:
        return see(routes.with_query(preview, {"on": on, "refused": refusal.code}))
    runner.wake()
    return see(routes.page(language, routes.BILL, number))


ROUTES = (Route(routes.DO_BILL_NOW, bill_now, methods=["POST"]),)
