"""Limits and alerts: plain posts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import policy, routes
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.limits import changing, choosing, using
from self_service.domain.policy import LimitPolicy
from self_service.http.cookies import cookie_of
from self_service.http.forms import Handler, fields, language_of, own_form, see
from self_service.jobs import runner
from self_service.state.guard import call_as
from self_service.wiring import database

Form = Mapping[str, str]
#: Does one thing: act(session, actor, form, rules, now).
Act = Callable[[Session, Actor, Form, LimitPolicy, datetime], None]


def _set(session: Session, actor: Actor, form: Form, rules: LimitPolicy, now: datetime) -> None:
    changing.set_limit(
        session,
        actor,
        form.get("service", ""),
        kind=form.get("kind", ""),
        amount=form.get("amount", ""),
        hard=form.get("at_limit", "") != "tell",
        policy=rules,
        now=now,
    )


def _remove(session: Session, actor: Actor, form: Form, rules: LimitPolicy, now: datetime) -> None:
    kind = form.get("kind", "")
    changing.remove(session, actor, form.get("service", ""), kind=kind, policy=rules, now=now)


def _lift(session: Session, actor: Actor, form: Form, rules: LimitPolicy, now: datetime) -> None:
    changing.lift(
        session,
        actor,
        form.get("service", ""),
        kind=form.get("kind", ""),
        amount=form.get("amount", ""),
        seen=form.get("seen", ""),
        policy=rules,
        now=now,
    )


def _alerts(session: Session, actor: Actor, form: Form, rules: LimitPolicy, now: datetime) -> None:
    chosen = [str(one) for one in using.THRESHOLDS if form.get(f"at_{one}")]
    service = form.get("service", "")
    choosing.choose_alerts(session, actor, service, thresholds=chosen, policy=rules, now=now)


#: What can be done: the last part of the address -> how. "done" on the page says the same word.
ACTS: Mapping[str, Act] = {"set": _set, "remove": _remove, "lift": _lift, "alerts": _alerts}


def _handler(name: str) -> Handler:
    @own_form
    async def handle(request: Request) -> Response:
        form = await fields(request)
        try:
            await database().transact(call_as, _do, cookie_of(request), ACTS[name], form)
        except SignInNeeded:
            language = language_of(form)
            return see(routes.page(language, routes.SIGN_IN, next=_page(form)))
        except DomainError as refusal:
            return see(_page(form, refused=refusal.code))
        runner.wake_network()
        runner.wake_limits()
        return see(_page(form, done=name))

    return handle


def _do(session: Session, actor: Actor, act: Act, form: Form, *, now: datetime) -> None:
    act(session, actor, form, policy.current().limits, now)


def _page(form: dict[str, str], **query: str) -> str:
    return routes.page(language_of(form), routes.LIMITS, line=form.get("service", "")[:60], **query)


ROUTES = tuple(
    Route(f"{routes.DO_LIMIT}/{name}", _handler(name), methods=["POST"]) for name in ACTS
)
