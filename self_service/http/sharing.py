"""Shared allowances: plain posts, each of which does one thing and returns to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import policy, routes, sharing_letters
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.errors import DomainError, Invalid
from self_service.domain.sharing import groups, joining, members, requests
from self_service.http import one_time
from self_service.http.cookies import cookie_of
from self_service.http.forms import Handler, fields, language_of, own_form, see
from self_service.jobs import runner
from self_service.models.usage import UsageKind
from self_service.state.guard import call_as
from self_service.wiring import database, vault

Form = Mapping[str, str]
#: Does one thing: act(session, actor, form, now).
Act = Callable[[Session, Actor, Form, datetime], object]


def _start(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    kinds = [kind.value for kind in UsageKind if form.get(f"kind_{kind.value}")]
    line, name = form.get("sharing_line", ""), form.get("group_name", "")
    groups.start(session, actor, line, name=name, kinds=kinds, now=now)


def _close(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    groups.close(session, actor, form.get("group", ""), words=sharing_letters.left, now=now)


def _add(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    rules, line = policy.current().sharing, form.get("sharing_line", "")
    joining.add(session, actor, form.get("group", ""), line, policy=rules, now=now)


def _invite(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    joining.invite(
        session,
        actor,
        form.get("group", ""),
        email=form.get("email", ""),
        vault=vault(),
        words=sharing_letters.invited,
        language=language_of(dict(form)),
        policy=policy.current().sharing,
        now=now,
    )


def _withdraw(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    joining.withdraw(session, actor, form.get("invitation", ""), now=now)


def _join(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    joining.accept(
        session,
        actor,
        form.get("group_code", ""),
        form.get("sharing_line", ""),
        vault=vault(),
        words=sharing_letters.joined,
        policy=policy.current().sharing,
        now=now,
    )


def _leave(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    members.leave(session, actor, form.get("member", ""), words=sharing_letters.left, now=now)


def _remove(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    members.remove(session, actor, form.get("member", ""), words=sharing_letters.left, now=now)


def _limit(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    amount, kind = form.get("shared_amount", ""), form.get("shared_kind", "")
    members.set_limit(session, actor, form.get("member", ""), kind=kind, amount=amount, now=now)


def _ask(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    requests.ask(
        session,
        actor,
        form.get("member", ""),
        kind=form.get("shared_kind", ""),
        amount=form.get("shared_amount", ""),
        words=sharing_letters.asked,
        policy=policy.current().sharing,
        now=now,
    )


def _grant(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    wish, words = form.get("wish", ""), sharing_letters.granted
    requests.answer(session, actor, wish, grant=True, words=words, now=now)


def _refuse(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    wish, words = form.get("wish", ""), sharing_letters.refused
    requests.answer(session, actor, wish, grant=False, words=words, now=now)


def _take_back(session: Session, actor: Actor, form: Form, now: datetime) -> None:
    requests.take_back(session, actor, form.get("wish", ""), now=now)


#: What can be done: the last part of the address -> how. "done" on the page says the same word.
ACTS: Mapping[str, Act] = {
    "start": _start,
    "close": _close,
    "add": _add,
    "invite": _invite,
    "withdraw": _withdraw,
    "join": _join,
    "leave": _leave,
    "remove": _remove,
    "limit": _limit,
    "ask": _ask,
    "grant": _grant,
    "refuse": _refuse,
    "take-back": _take_back,
}


def _handler(name: str) -> Handler:
    @own_form
    async def handle(request: Request) -> Response:
        form = await fields(request)
        cookie = cookie_of(request)
        try:
            await _count(name, cookie, form)
            await database().transact(call_as, _do, cookie, ACTS[name], form)
        except DomainError as refusal:
            return _back(name, refusal, form)
        runner.wake()
        runner.wake_usage()
        page = see(routes.page(language_of(form), routes.SHARING, done=name))
        return one_time.forget(page, routes.SHARING) if name == "join" else page

    return handle


async def _count(name: str, cookie: str, form: Form) -> None:
    """Count what could be done to probe or to annoy, in a transaction that no refusal undoes.

    Raises:
        TooManyAttempts: it is one too many.
        SignInNeeded, NotAllowed: not (for) a customer.
    """
    if name == "invite":
        email = form.get("email", "")
        free = await database().transact(call_as, joining.count_invitation, cookie, email=email)
    elif name == "join":
        free = await database().transact(call_as, joining.count_try, cookie)
    else:
        free = True
    if not free:
        raise TooManyAttempts


def _do(session: Session, actor: Actor, act: Act, form: Form, *, now: datetime) -> None:
    act(session, actor, form, now)


def _back(name: str, refusal: DomainError, form: dict[str, str]) -> Response:
    language = language_of(form)
    here = routes.page(language, routes.SHARING)
    if isinstance(refusal, SignInNeeded):
        return see(routes.page(language, routes.SIGN_IN, next=here))
    code = refusal.code
    if isinstance(refusal, Invalid):
        code = f"{code}_{next(iter(refusal.faults), name)}"
    return see(routes.page(language, routes.SHARING, refused=code))


ROUTES = tuple(
    Route(f"{routes.DO_SHARING}/{name}", _handler(name), methods=["POST"]) for name in ACTS
)
