"""Strangers: whatever anybody sends to any handler or route, another's data stays as they are.

The cases are made from what is registered: a new handler or route is tried without a word here.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext
from sqlmodel import SQLModel
from starlette.routing import Route

from self_service import routes
from self_service.domain import access
from self_service.domain.errors import DomainError
from self_service.domain.rows import add_rows
from self_service.http import app
from self_service.models.access import Assignment, DigitalIdentity, Role
from self_service.settings import ROOT
from self_service.state import guard, private
from self_service.state.request import Elsewhere
from tests.conftest import NOW
from tests.house import Browser, House
from tests.tab import show_in

#: What a stranger may cause by asking: tries that are counted, and mails that go to the owner only.
MAY_GROW = {"attempts", "one_time_secret", "communication_message", "audit_entry", "audit_head"}
#: A wrong password is counted where it was tried.
COUNTED = {"failed_attempts", "locked_until", "last_seen_at", "network"}
#: Hash of the cookie whose session ended.
ENDED = access.cookie_key("ended")
STRANGERS = ("nobody", "another", "dealer", "ended")
HOSTILE: tuple[Any, ...] = ("", "\0", "' or 1=1 --", "x" * 3000, -1, 10**30, None, True, [], {})
#: A good password, but not the victim's.
GUESS = "not the right one at all"
#: What forms of our HTTP door are asked for.
FIELDS = sorted(
    {
        name
        for file in (ROOT / "self_service" / "http").glob("*.py")
        for name in re.findall(r"""form(?:\.get\(|\[)"(\w+)\"""", file.read_text())
    }
)


def dump(house: House) -> dict[str, set[str]]:
    """All rows of all tables, without what is counted where somebody tries."""
    found = {}
    with house.database.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in COUNTED]
            rows = session.execute(table.select().with_only_columns(*columns))
            found[table.name] = {repr(tuple(row)) for row in rows}
    return found


class Scene:
    """A victim with a basket, an order and things; and the strangers."""

    def __init__(self, house: House) -> None:
        self.house = house
        victim = house.signed_in("victim@example.com")
        victim.submit("/do/place-order", **house.ready(victim, "victim@example.com"))
        house.filled(victim)
        self.victim = house.actor(victim.cookie)
        self.cookies = {"nobody": "a-visitor"}
        for name, role in (("another", Role.CUSTOMER), ("dealer", Role.DEALER)):
            self.cookies[name] = house.signed_in(f"{name}@example.com", role).cookie
        ended = Browser()
        ended.cookie = self.cookies["ended"] = "ended"
        with house.database.writing() as session:
            assert self.victim.identity_id is not None
            other = session.get_one(
                DigitalIdentity, house.actor(self.cookies["another"]).identity_id
            )
            dealer = house.actor(self.cookies["dealer"]).identity_id
            row = Assignment(dealer_id=dealer, customer_id=other.customer_id, created_at=NOW)
            add_rows(session, [row])
            before = house.clock() - timedelta(hours=13)
            access.open_session(session, self.victim.identity_id, cookie="ended", now=before)
        self.before = dump(house)
        self.mine = self._mine()
        self.names = self._names()

    def _mine(self) -> set[str]:
        """All ids that stand in rows about the victim, found from row to row."""
        known = {str(self.victim.customer_id), str(self.victim.identity_id)}
        strangers = {
            str(value)
            for name in ("another", "dealer")
            for actor in [self.house.actor(self.cookies[name])]
            for value in (actor.customer_id, actor.identity_id)
            if value
        }
        rows = [
            set(re.findall(r"UUID\('([0-9a-f-]{36})'\)", row))
            for table, found in self.before.items()
            for row in found
            if not table.startswith(("product_offering", "product_spec", "category"))
        ]
        shared = {str(found) for found in self.house.shop.ids.values()}  # what is on sale
        for _ in range(6):
            for ids in rows:
                if ids & known and not ids & strangers:
                    known |= ids - shared
        return known

    def _names(self) -> list[str]:
        """Ids and words by which the victim's things are asked for: one of each table."""
        found = [self.house.orders()[0].number, "victim@example.com"]
        for table in SQLModel.metadata.sorted_tables:
            if "id" not in table.c:
                continue
            with self.house.database.reading() as session:
                ids = [
                    str(value)
                    for (value,) in session.execute(table.select().with_only_columns(table.c.id))
                ]
            found += [value for value in ids if value in self.mine][:1]
        return found

    def check(self, case: str) -> None:
        """See that every row that was there is there, and none about the victim is new."""
        after = dump(self.house)
        for table, rows in self.before.items():
            gone = {row for row in rows - after[table] if self.about(row)}
            assert not gone, f"{case}: {table} lost {gone}"
            new = {row for row in after[table] - rows if self.about(row)}
            assert not new or table in MAY_GROW, f"{case}: {table} got {new}"

    def about(self, row: str) -> bool:
        """Tell whether a row is about the victim; the session that ended may be cleared away."""
        return ENDED not in row and any(name in row for name in self.mine)


@pytest.fixture
def scene(house: House, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(private, "PAUSE", 0)
    monkeypatch.setattr(private, "tab_open", lambda _: False)
    return Scene(house)


def handlers() -> list[tuple[str, Any]]:
    """All event handlers of ours."""
    return sorted(
        (name, found.handler)
        for name, found in RegistrationContext.get().event_handlers.items()
        if found.handler.fn.__module__.startswith("self_service.")
    )


def forms(scene: Scene) -> Iterator[dict[str, Any]]:
    """Forms with everything that somebody could know, and with what nobody should send."""
    fields = [*FIELDS, "words", "member", "given_name", "street_address", "id", "name"]
    for thing in scene.names[:4]:
        yield dict.fromkeys(fields, thing) | {"password": GUESS, "language": "en"}
    order = scene.house.orders()[0]
    yield {
        "order": order.number,
        "cart": str(order.cart_id),
        "customer": str(scene.victim.customer_id),
        "email": "victim@example.com",
        "login": "victim@example.com",
        "password": GUESS,
        "agreed": "yes",
        "language": "es",
    }
    for value in HOSTILE[:5]:
        yield dict.fromkeys(fields, value)


def payloads(scene: Scene, handler: Any) -> Iterator[tuple[Any, ...]]:
    """Arguments for a handler: the victim's things, and nonsense."""
    count = len(inspect.signature(handler.fn).parameters) - 1
    if not count:
        yield ()
        return
    things = itertools.cycle(scene.names)
    for form in itertools.islice(forms(scene), 8):
        yield (form, *(next(things) for _ in range(count - 1)))
    for thing in scene.names:
        yield (thing,) * count
        yield (thing, *[1] * (count - 1))
    for value in HOSTILE:
        yield (value,) * count


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
    order = scene.house.orders()[0]
    for name, handler in handlers():
        path, _, _ = name.rpartition(".")
        root = rx.State()
        state = root.get_substate(path.split("."))
        for number, payload in enumerate(payloads(scene, handler)):
            if number % 3 == 0:
                show_in(state, f"/en/order/{order.number}?step=review", cookie)
            await call(handler, state, payload)
        scene.check(f"{stranger}: {name}")


def addresses(scene: Scene, route: Route) -> Iterator[str]:
    """A route's addresses, with the victim's things where it has places."""
    ids = sorted(scene.mine)
    places = route.param_convertors
    if not places:
        yield route.path
        return
    if "rest" in places:
        language = route.path.split("/")[1]
        number = scene.house.orders()[0].number
        for page in (value for name, value in vars(routes).items() if name.isupper()):
            yield f"/{language}{page}"
        yield f"/{language}{routes.ORDER}/{number}"
        return
    for thing in ids:
        yield re.sub(r"\{[^}]*\}", thing, route.path)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_route_touches_anothers_things(scene: Scene, stranger: str) -> None:
    browser = Browser()
    posted = list(forms(scene))
    for route in app.build().routes:
        assert isinstance(route, Route)
        if route.path.startswith(("/es", "/ar")):
            continue  # the same pages in another language
        for address in addresses(scene, route):
            browser.cookie = scene.cookies[stranger]
            browser.get(address)
            if route.methods and "POST" not in route.methods:
                continue
            for form in posted:
                browser.cookie = scene.cookies[stranger]
                sent = {name: str(value) for name, value in form.items()}
                browser.submit(address, **sent)
                if "{" in route.path:
                    break
        scene.check(f"{stranger}: {route.path}")


def test_the_check_sees_what_it_should(scene: Scene) -> None:
    """Were one thing of the victim's to change, each of these would be told."""
    scene.check("nothing happened")
    order = scene.house.orders()[0]
    with scene.house.database.writing() as session:
        session.get_one(type(order), order.id).language = "ar"
    with pytest.raises(AssertionError, match="product_order lost"):
        scene.check("changed")
    assert UUID(str(scene.victim.customer_id))
