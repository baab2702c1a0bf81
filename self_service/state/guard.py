"""The only way in. Every event handler is a public endpoint: anybody can send its name and payload.

Handlers carry `@secured(role...)` or `@public`; the `Gate` middleware stops those that carry
neither. Who acts is read from the cookie of the websocket's handshake, which an event cannot
change, in the same transaction as the act.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.registry import RegistrationContext
from sqlmodel import Session
from starlette.requests import cookie_parser

from self_service import clock, logs, settings
from self_service.buckets import Buckets
from self_service.db import WRITES
from self_service.domain import access, audit
from self_service.domain.errors import NotFound
from self_service.models.access import Role
from self_service.wiring import database

R = TypeVar("R")
log = logging.getLogger(__name__)

#: Events a second and burst that one tab may send.
RATE, BURST = 20.0, 60.0
#: A network's burst: so many seconds' worth of what its tabs may send for long.
NETWORK_BURST = 10
#: Where what stands that somebody may do who works here and has no second factor yet: set one up,
#: prove who they are, see that page and what stands around it.
SETTING_UP = frozenset(
    {
        "self_service.domain.basket.look",
        "self_service.domain.people.credentials",
        "self_service.domain.people.passkeys",
        "self_service.domain.people.second_factor",
        "self_service.http.confirm",
        "self_service.http.passkeys",
        "self_service.state.confirm",
        "self_service.state.security",
        "self_service.state.shell",
    }
)
#: Refusals that are written down: who is signed in asked for what is not theirs. A page that asks
#: a visitor to sign in is none.
_REFUSED = (access.NotAllowed, access.SignInNeeded, NotFound)


def cookie_of(header: str) -> str:
    """Return the value of our cookie in a Cookie header, "" for none.

    Read as the HTTP door reads it, or one door would know a person whom the other does not.
    """
    return cookie_parser(header).get(settings.get().cookie_name, "")


def call_as(
    session: Session,
    operation: Callable[..., R],
    cookie: str,
    /,
    *args: Any,
    **kwargs: Any,
) -> R:
    """Resolve who is behind `cookie` and call a domain function as that actor.

    Every change by somebody who acts for a customer is recorded here, in its transaction, unless
    the function recorded it in words of its own: no handler can forget it.
    """
    now = clock.now()
    actor = access.resolve(session, cookie, now=now)
    if actor.one_factor and settings.get().staff_second_factor:
        _still_to_set_up(operation)
    logs.know(actor.identity_id)
    recorded = audit.recorded(session)
    try:
        result = operation(session, actor, *args, now=now, **kwargs)
    except _REFUSED as refusal:
        if actor.signed_in or not isinstance(refusal, NotFound):
            logs.security(f"refused {refusal.code}: {act_of(operation)}")
        raise
    if actor.acting and session.info.get(WRITES) and audit.recorded(session) == recorded:
        audit.record(session, actor, act_of(operation), now=now)
    return result


def _still_to_set_up(operation: Callable[..., Any]) -> None:
    """Let nothing happen but what sets a second factor up and the pages around it.

    Raises:
        SecondFactorNeeded: it is something else.
    """
    if operation.__module__ not in SETTING_UP:
        raise access.SecondFactorNeeded


def act_of(operation: Callable[..., Any]) -> str:
    """Return what the record calls an operation: "basket.add" for `domain.basket.acts.add`."""
    _, _, noun, *_ = (*operation.__module__.split("."), "", "")
    return f"{noun}.{operation.__name__.lstrip('_')}"[:60]


async def act(state: rx.State, operation: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Run a domain function that changes something, as the person behind this tab.

    The function is called as `operation(session, actor, *args, now=..., **kwargs)`.
    """
    cookie = cookie_of(state.router.headers.cookie)
    return await database().transact(call_as, operation, cookie, *args, **kwargs)


async def look(state: rx.State, operation: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Run a domain function that only reads, as the person behind this tab."""
    cookie = cookie_of(state.router.headers.cookie)
    return await database().read(call_as, operation, cookie, *args, **kwargs)


def public(handler: Callable[..., Any]) -> Any:
    """Mark an event handler that anyone may call; the domain still checks what it touches."""
    handler._policy = "public"  # type: ignore[attr-defined]
    return rx.event(handler)


def watching(handler: Callable[[Any], Any]) -> Any:
    """Mark a background handler that follows what happens while its page is open.

    Of one tab only the latest runs: a new start cancels the one before.
    """
    handler._policy = "public"  # type: ignore[attr-defined]
    return rx.event(background=True, supersedes=True)(handler)


def tab_open(state: rx.State) -> bool:
    """Say whether the tab behind a state is still connected; its background handlers run on."""
    tabs = RegistrationContext.get().app.event_namespace.token_to_sid  # type: ignore[union-attr]
    return state.router.session.client_token in tabs


def secured(*roles: Role) -> Callable[[Callable[..., Any]], Any]:
    """Mark an event handler for signed-in people (with one of `roles`, when given)."""

    def decorate(handler: Callable[..., Any]) -> Any:
        if not inspect.iscoroutinefunction(handler):
            raise TypeError(f"{handler.__qualname__}: a secured handler must be async")

        async def checked(self: rx.State, *args: Any, **kwargs: Any) -> Any:
            await look(self, _require, roles)
            return await handler(self, *args, **kwargs)

        functools.update_wrapper(checked, handler)
        checked._policy = roles or ("any",)  # type: ignore[attr-defined]
        return rx.event(checked)

    return decorate


def _require(_: Session, actor: access.Actor, roles: tuple[Role, ...], *, now: Any) -> None:
    del now
    if not actor.signed_in:
        raise access.SignInNeeded
    if roles and actor.role not in roles:
        raise access.NotAllowed


def network_of(state: rx.State) -> str:
    """Return the address that a tab is at, past the proxies that the operator trusts."""
    return state.router.session.client_ip[:64]


_signature = functools.cache(inspect.signature)  # slow to make, asked for at every event


def _fits(handler: Callable[..., Any], payload: Mapping[str, Any]) -> bool:
    """Say whether a payload has the arguments of a handler; no page of ours sends others."""
    try:
        _signature(handler).bind(None, **payload)
    except TypeError:
        return False
    return True


class Gate(rx.Middleware):
    """Runs before every handler, uploads and background tasks included.

    It denies by default, and has a token bucket per tab and one per network, so that new tabs
    bring no new allowance.
    """

    def __init__(self, rate: float = 0) -> None:
        """Take how many events per second a network may send for long, 0 for any number."""
        self.tabs = Buckets(RATE, BURST)
        self.networks = Buckets(rate, rate * NETWORK_BURST)

    def allows(self, tab: str, network: str = "") -> bool:
        """Take one event from the buckets of a tab and its network; False when one is empty."""
        return self.tabs.take(tab) and self.networks.take(network)

    async def preprocess(self, app: Any, state: Any, event: Any) -> StateUpdate | None:
        """Stop events whose handler has no policy or other arguments, and floods."""
        network = network_of(state)
        logs.enter(network, event.name)
        registered = RegistrationContext.get().event_handlers.get(event.name)
        handler = registered.handler.fn if registered else None
        ours = handler is not None and handler.__module__.startswith("self_service.")
        if ours and not hasattr(handler, "_policy"):
            log.error("handler without a policy called", extra={"handler": event.name})
            return StateUpdate()
        if not self.allows(state.router.session.client_token, network):
            logs.security("too many events")
            return StateUpdate()
        if ours and handler is not None and not _fits(handler, event.payload):
            logs.security("event with other arguments")
            log.warning("event with other arguments dropped", extra={"handler": event.name})
            return StateUpdate()
        return None
