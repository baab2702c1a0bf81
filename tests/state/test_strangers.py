"""Strangers: whatever anybody sends to any handler or route, another's data stays as they are.

The cases are made from what is registered: a new handler or route is tried without a word here.
"""

from __future__ import annotations

import copy
import inspect
import itertools
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import reflex as rx
from starlette.routing import Route

from self_service import routes
from self_service.components.page import PAGES
from self_service.domain import access
from self_service.domain.errors import DomainError
from self_service.http import app
from self_service.self_service import app as portal
from self_service.settings import ROOT
from self_service.state import guard
from self_service.state.guard import Gate
from self_service.state.request import Elsewhere
from self_service.state.shell import ShellState
from tests.belongings import CODE
from tests.hostile import dump, handlers
from tests.house import Browser
from tests.live import live
from tests.strangers import (
    FIELDS,
    HOSTILE,
    NAME,
    STRANGERS,
    Scene,
    forms,
    payloads,
    scene,
)
from tests.tab import show_in

__all__ = ["scene"]

#: So many routes are asked between two looks at the whole database.
TOGETHER = 6


async def call(handler: Any, state: rx.State, payload: tuple[Any, ...]) -> None:
    """Call a handler as the framework does once the event is through the gate."""
    try:
        result = handler.fn(state, *payload)
        if hasattr(result, "__aiter__"):
            async for _ in result:
                pass
        elif inspect.isawaitable(result):
            await result
    except (DomainError, Elsewhere):
        pass
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
        pass  # a bug at worst, logged with a number; that nothing changed is what counts here


def test_there_is_something_to_try() -> None:
    assert len(handlers()) > 20
    assert {"order", "customer", "password"} <= set(FIELDS)
    assert Path(ROOT).exists()


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_no_handler_touches_anothers_things(scene: Scene, stranger: str) -> None:
    cookie = scene.cookies[stranger]
    assert guard.database() is scene.house.database
    turns = itertools.count(STRANGERS.index(stranger))
    for path, group in itertools.groupby(handlers(), lambda pair: pair[0].rpartition(".")[0]):
        state = rx.State().get_substate(path.split("."))
        for _, handler in group:
            for number, payload in enumerate(payloads(scene, handler, next(turns))):
                if number % 3 == 0:
                    show_in(state, scene.address(state), cookie)
                await call(handler, state, payload)
        scene.check(f"{stranger}: {path}")


def addresses(scene: Scene, route: Route, turn: int) -> Iterator[str]:
    """A route's addresses, with things of the victim's where it has places: every other one."""
    ids = sorted({*scene.mine, *scene.owned.fields.values()})[turn % 2 :: 2]
    places = route.param_convertors
    if not places:
        yield route.path
        return
    if "rest" in places:
        language = route.path.split("/")[1]
        for page in (value for name, value in vars(routes).items() if name.isupper()):
            yield f"/{language}{page}"
        for page in (page for page in PAGES if page.path != page.prefix):
            for thing in (*scene.names[:4], *HOSTILE[1:4]):
                yield f"/{language}{page.prefix}/{quote(str(thing), safe='')}"
        return
    for thing in ids:
        yield re.sub(r"\{[^}]*\}", thing, route.path)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_route_touches_anothers_things(scene: Scene, stranger: str) -> None:
    browser, asked, turn = Browser(), [], STRANGERS.index(stranger)
    posted = list(forms(scene))
    for route in app.build().routes:
        assert isinstance(route, Route)
        if route.path.startswith(("/es", "/ar")):
            continue  # the same pages in another language
        asked.append(route.path)
        for address in addresses(scene, route, turn + len(asked)):
            browser.cookie = scene.cookies[stranger]
            answer = browser.get(address)
            assert NAME not in answer.text, address
            assert "content-disposition" not in answer.headers or "{" not in route.path, address
            if route.methods and "POST" not in route.methods:
                continue
            for form in posted:
                browser.cookie = scene.cookies[stranger]
                sent = {name: str(value) for name, value in form.items()}
                browser.submit(address, **sent)
                if "{" in route.path:
                    break
        if len(asked) % TOGETHER == 0:
            scene.check(f"{stranger}: {asked[-TOGETHER:]}")
    scene.check(f"{stranger}: {asked}")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_page_shows_anothers_things(scene: Scene, stranger: str) -> None:
    """Whatever of the victim's is asked for, only what was asked stands in the answer."""
    browser, number = Browser(), scene.order.number
    things = [*scene.names, *sorted(scene.mine)[:12]]
    for page in PAGES:
        places = [f"{page.path}{query}" for query in ("", f"?link={number}&next={number}")]
        if page.path != page.prefix:
            places = [f"{page.prefix}/{quote(thing)}" for thing in things]
        for place in places:
            browser.cookie = scene.cookies[stranger]
            text = browser.get(f"/en{place}").text
            found = {NAME, *scene.mine} & set(re.findall(r"[\w-]{13,}", text))
            found = {one for one in found if one not in place}
            assert not found, f"{stranger}: {place} shows {found}"
    scene.check(stranger)


def on_the_wire(scene: Scene, handler: Any) -> list[dict[str, Any]]:
    """Return events for a handler that ask for things of the victim's, as pages name them."""
    known = scene.owned.fields
    names = list(inspect.signature(handler.fn).parameters)[1:]
    form = next(itertools.islice(forms(scene), 3, None))
    hints = typing.get_type_hints(handler.fn)
    is_form = [typing.get_origin(hints.get(name)) is dict for name in names]
    return [
        {
            name: form if asked else known.get(name, thing)
            for name, asked in zip(names, is_form, strict=True)
        }
        for thing in (scene.names[:2] if names else [""])
    ]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The gate that lets any number of events in: floods have tests of their own."""
    gate = next(one for one in portal._middlewares if isinstance(one, Gate))
    monkeypatch.setattr(gate, "allows", lambda *_: True)
    return gate


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_no_event_touches_anothers_things(
    scene: Scene, unhurried: Gate, stranger: str
) -> None:
    """All the way: by the queue, the gate, the guard and the lock."""
    role = scene.house.actor(scene.cookies[stranger]).role
    for state, group in itertools.groupby(handlers(), lambda pair: pair[0].rpartition(".")[0]):
        async with live(scene.cookies[stranger]) as tab:
            tab.url = scene.address(rx.State().get_substate(state.split(".")))
            for name, handler in group:
                policy = handler.fn._policy
                for payload in on_the_wire(scene, handler):
                    tab.events.clear()
                    told = tab.shows(ShellState, "notice_number")
                    await tab.send(name, **payload)
                    if policy == "public":
                        continue
                    if stranger in ("nobody", "ended"):
                        assert tab.gone_to.startswith("/en/sign-in?"), f"{stranger}: {name}"
                    elif policy != ("any",) and role not in policy:
                        assert tab.notice == access.NotAllowed.message, f"{stranger}: {name}"
                        assert tab.shows(ShellState, "notice_number") > told, name
            assert NAME not in str(tab.vars), f"{stranger}: {state}"
        scene.check(f"{stranger}: {state}")


async def test_no_handler_runs_without_a_policy(
    scene: Scene,
    unhurried: Gate,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Were the guard of any handler forgotten, not even the owner's events would reach it."""
    before = dump(scene.house)
    async with live(scene.cookie) as tab:
        tab.url = scene.address(rx.State())
        shown = copy.deepcopy(tab.vars)
        for name, handler in handlers():
            with monkeypatch.context() as forgotten:
                forgotten.delattr(handler.fn, "_policy")
                for payload in on_the_wire(scene, handler)[:1]:
                    caplog.clear()
                    await tab.send(name, **payload)
                    assert "handler without a policy" in caplog.text, name
        assert (tab.vars, tab.gone_to) == (shown, "")
    assert dump(scene.house) == before


def test_the_check_sees_what_it_should(scene: Scene) -> None:
    """Were one thing of the victim's to change, each of these would be told."""
    scene.check("nothing happened")
    owner = Browser()
    owner.cookie = scene.cookie
    assert NAME in owner.get("/en/home").text
    order = scene.order
    with scene.house.database.writing() as session:
        session.get_one(type(order), order.id).language = "ar"
    with pytest.raises(AssertionError, match="product_order lost"):
        scene.check("changed")
    assert UUID(str(scene.victim.customer_id))


def test_the_victim_sees_it_all(scene: Scene) -> None:
    """Else the strangers of these tests would reach for what is not there."""
    private_places = {page.prefix for page in PAGES if page.private and page.path != page.prefix}
    assert private_places == set(scene.pages)
    owner = Browser()
    owner.cookie = scene.cookie
    for path, thing in scene.pages.items():
        assert thing in owner.get(f"/en{path}/{thing}").text, path
    for path, shown in {
        "/bills": scene.pages["/bills"],
        "/bills/agreement": "119.00",
        "/cards": "4242",
        "/wallet": "45.00",
        "/vouchers": "friend@example.com",
        "/basket": CODE,
    }.items():
        assert shown in owner.get(f"/en{path}").text, path
    for kind in ("pdf", "csv"):
        owner.cookie = scene.cookie
        assert owner.get(f"/bill-files/{scene.pages['/bills']}.{kind}").status_code == 200
