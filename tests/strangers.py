"""A victim with everything a customer can have, and the strangers who reach for it."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import reflex as rx
from sqlmodel import Session, SQLModel, select

from self_service.components.page import PAGES
from self_service.domain import access
from self_service.domain.rows import add_rows
from self_service.models.access import Assignment, DigitalIdentity, Role
from self_service.models.catalog import ProductOffering
from self_service.models.people import Individual
from self_service.state import private
from tests.belongings import endow
from tests.conftest import NOW
from tests.hostile import MAY_GROW, dump, fields_of
from tests.house import Browser, House

#: Hash of the cookie whose session ended.
ENDED = access.cookie_key("ended")
STRANGERS = ("nobody", "another", "dealer", "ended")
HOSTILE: tuple[Any, ...] = ("", "\0", "' or 1=1 --", "x" * 3000, -1, 10**30, None, True, [], {})
#: A good password, but not the victim's.
GUESS = "not the right one at all"
#: What forms of our HTTP door are asked for.
FIELDS = fields_of("http")
#: The name of the victim, which no stranger may read.
NAME = "Zenobia-Quill"


class Scene:
    """A victim with a basket, an order, money and things; and the strangers."""

    def __init__(self, house: House) -> None:
        self.house = house
        victim = house.signed_in("victim@example.com")
        victim.submit("/do/place-order", **house.ready(victim, "victim@example.com"))
        house.filled(victim)
        self.victim, self.cookie = house.actor(victim.cookie), victim.cookie
        self.order, self.owned = house.orders()[0], house.change(endow, self.victim)
        #: Part of an address -> what of the victim's stands behind it.
        self.pages = {"/order": self.order.number, **self.owned.pages}
        house.change(self._named)
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
        self.mine = self._mine() | {*self.pages.values(), self.owned.fields["batch"]}
        self.names = self._names()

    def _named(self, session: Session) -> None:
        identity = session.get_one(DigitalIdentity, self.victim.identity_id)
        session.get_one(Individual, identity.individual_id).given_name = NAME

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
        with self.house.database.reading() as session:  # what is on sale
            shared = {str(found) for found in session.exec(select(ProductOffering.id))}
        for _ in range(6):
            for ids in rows:
                if ids & known and not ids & strangers:
                    known |= ids - shared
        return known

    def _names(self) -> list[str]:
        """Ids and words by which the victim's things are asked for: one of each table."""
        found = [self.order.number, "victim@example.com", *self.owned.pages.values()]
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

    def address(self, state: rx.State) -> str:
        """Where the victim's thing stands that a state shows; else their order."""
        own = [page.prefix for page in PAGES if isinstance(state, page.state)]
        path = next((path for path in own if path in self.pages), "/order")
        return f"/en{path}/{self.pages[path]}?step=review"


@pytest.fixture
def scene(house: House, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(private, "PAUSE", 0)
    monkeypatch.setattr(private, "tab_open", lambda _: False)
    return Scene(house)


def forms(scene: Scene) -> Iterator[dict[str, Any]]:
    """Forms with everything that somebody could know, and with what nobody should send."""
    fields = [*FIELDS, "words", "member", "given_name", "street_address", "id", "name"]
    for thing in scene.names[:3]:
        yield dict.fromkeys(fields, thing) | {"password": GUESS, "language": "en"}
    yield {
        **scene.owned.fields,
        "order": scene.order.number,
        "cart": str(scene.order.cart_id),
        "customer": str(scene.victim.customer_id),
        "email": "victim@example.com",
        "login": "victim@example.com",
        "password": GUESS,
        "agreed": "yes",
        "language": "es",
    }
    for first in range(2):
        values = itertools.cycle((*HOSTILE[first:5], *HOSTILE[:first]))
        yield {field: next(values) for field in fields}


def payloads(scene: Scene, handler: Any, turn: int) -> Iterator[tuple[Any, ...]]:
    """Arguments for a handler: things of the victim's, and nonsense.

    There is a thing of each table: `turn` says which third of them it is offered this time.
    """
    count = len(inspect.signature(handler.fn).parameters) - 1
    if not count:
        yield ()
        return
    things = itertools.cycle(scene.names)
    for form in forms(scene):
        yield (form, *(next(things) for _ in range(count - 1)))
    for thing in scene.names[turn % 3 :: 3]:
        yield (thing,) * count
        if count > 1:
            yield (thing, *[1] * (count - 1))
    for value in HOSTILE:
        yield (value,) * count
