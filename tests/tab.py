"""A browser tab without a browser: the states behind one, as its events find them."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
import reflex as rx
from sqlmodel import Session

from self_service import clock, db, settings
from self_service.domain import access
from self_service.domain.access import Actor
from self_service.models.access import DigitalIdentity
from self_service.state import guard, request
from tests.conftest import NOW

S = TypeVar("S", bound=rx.State)


def serve_from(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let states read from this database, at the instant of the tests."""
    monkeypatch.setattr(guard, "database", lambda: database)
    monkeypatch.setattr(request, "database", lambda: database)
    monkeypatch.setattr(clock, "now", lambda: NOW)


def keep_signed_in(session: Session, actor: Actor, cookie: str) -> None:
    """Give an actor a browser with this cookie."""
    identity = session.get(DigitalIdentity, actor.identity_id)
    assert identity is not None
    access.open_session(session, identity.id, cookie=cookie, now=NOW)


def open_tab(kind: type[S], url: str, cookie: str = "") -> S:
    """Return a state of a tab that shows `url` and whose handshake carried `cookie`."""
    state = rx.State().get_substate(kind.get_full_name().split("."))
    assert isinstance(state, kind)
    show_in(state, url, cookie)
    return state


def show_in(state: rx.State, url: str, cookie: str = "") -> None:
    """Let the tab behind a state show another address."""
    root = state._get_root_state()
    header = f"{settings.get().cookie_name}={cookie}"
    data = {
        "headers": {"cookie": header, "origin": "http://localhost:3000"},
        "token": "tab-1",
        "pathname": urlsplit(url).path,
        "asPath": url,
    }
    root._update_router_vars(data, {})


async def loaded(state: Any) -> list[Any]:
    """Run a page's load handler; return what it sends the tab to do next."""
    result = state.load()
    if hasattr(result, "__aiter__"):
        return [event async for event in result if event is not None]
    event = await result
    return [] if event is None else [event]
