"""Notifications: read, followed, chosen; and browsers that show them. Plain posts but one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from self_service import routes, settings
from self_service.domain.access import SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.notices import history, push, wishes
from self_service.domain.notices.push import PushRefused
from self_service.http.cookies import cookie_of, device_of
from self_service.http.forms import Handler, fields, language_of, own_form, see
from self_service.http.passkeys import Asked, answering
from self_service.state.guard import call_as
from self_service.state.notice_settings import offered
from self_service.state.notice_words import address_of
from self_service.wiring import database

Form = dict[str, str]


def _posted(page: str, act: Callable[[Request, Form], Awaitable[str]]) -> Handler:
    """Make a handler of an act that returns where to go; a refusal goes back to `page`."""

    @own_form
    async def handle(request: Request) -> Response:
        form = await fields(request)
        here = routes.page(language_of(form), page)
        try:
            return see(await act(request, form))
        except SignInNeeded:
            return see(routes.page(language_of(form), routes.SIGN_IN, next=here))
        except DomainError as refusal:
            return see(routes.with_query(here, {"refused": refusal.code}))

    return handle


async def _do(request: Request, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await database().transact(call_as, operation, cookie_of(request), *args, **kwargs)


async def _read(request: Request, form: Form) -> str:
    await _do(request, history.read_all, form.get("which", ""))
    return routes.page(language_of(form), routes.NOTIFICATIONS, done="read")


async def _open(request: Request, form: Form) -> str:
    notice = await _do(request, history.read_one, form.get("notice", ""))
    return address_of(notice, language_of(form))


async def _settings(request: Request, form: Form) -> str:
    await _do(request, wishes.save, form=form, offered=offered())
    return routes.page(language_of(form), routes.NOTICE_SETTINGS, done="saved")


async def _off(request: Request, form: Form) -> str:
    await _do(request, push.remove, form.get("browser", ""))
    return routes.page(language_of(form), routes.NOTICE_SETTINGS, done="off")


@answering
async def on(request: Request, asked: Asked) -> Response:
    """Show notices in the browser whose subscription `assets/push.js` sends."""
    services = settings.get().known_push_services
    if not services:
        raise PushRefused
    await _do(
        request,
        push.register,
        endpoint=asked.get("endpoint"),
        receiver_key=asked.get("p256dh"),
        auth_secret=asked.get("auth"),
        device=device_of(request),
        services=services,
    )
    return JSONResponse({"to": routes.page(asked["language"], routes.NOTICE_SETTINGS, done="on")})


ROUTES = (
    *(
        Route(f"{routes.DO_NOTICES}/{name}", _posted(page, act), methods=["POST"])
        for name, page, act in (
            ("read", routes.NOTIFICATIONS, _read),
            ("open", routes.NOTIFICATIONS, _open),
            ("settings", routes.NOTICE_SETTINGS, _settings),
        )
    ),
    Route(f"{routes.DO_PUSH}/on", on, methods=["POST"]),
    Route(f"{routes.DO_PUSH}/off", _posted(routes.NOTICE_SETTINGS, _off), methods=["POST"]),
)
