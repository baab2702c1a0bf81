"""People with a past, put into a served portal's database by the functions that serve people.

A page needs somebody to look at it: a visitor with a basket, a customer signed in. The cookie's
value is ours to choose, so whoever opens the page with it is that person.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext
from sqlmodel import Session, select

from bench.served import Served
from self_service import clock, db
from self_service.domain import access
from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.catalog import index as catalog_index
from self_service.models.access import DigitalIdentity

#: Nothing is sent over TLS here, so the cookie has its plain name.
COOKIE = "sid"
#: Something without choices, of which a line of the basket holds nine.
ACCESSORY = "cable-usb-c"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody behind a browser of their own."""

    cookie: str

    def actor(self, session: Session) -> Actor:
        """Return who that is now."""
        return access.resolve(session, self.cookie, now=clock.now())

    def open(self, browser: Browser, origin: str, **options: Any) -> BrowserContext:
        """Return a browser profile with this person's cookie; `options` as of `new_context`."""
        context = browser.new_context(base_url=origin, **options)
        context.add_cookies([{"name": COOKIE, "value": self.cookie, "url": origin}])
        return context


@contextlib.contextmanager
def books(served: Served) -> Iterator[db.Database]:
    """Open the database of a served portal."""
    engine = db.make_engine(served.database_url)
    try:
        yield db.Database(engine)
    finally:
        engine.dispose()


def visitor() -> Person:
    """Return somebody whom nobody knows yet."""
    return Person(secrets.token_urlsafe(24))


def signed_in(session: Session, login: str) -> Person:
    """Return a customer or one of the staff, signed in."""
    person = visitor()
    known = session.exec(select(DigitalIdentity.id).where(DigitalIdentity.login == login)).one()
    access.open_session(session, known, cookie=person.cookie, now=clock.now())
    session.flush()
    return person


def put_in(
    session: Session,
    person: Person,
    slug: str,
    configuration: dict[str, str] | None = None,
    choices: dict[str, dict[str, str]] | None = None,
) -> None:
    """Put something into a person's basket.

    Args:
        session: open transaction.
        person: whose basket.
        slug: what.
        configuration: its chosen values.
        choices: slug -> chosen values of what goes with it.
    """
    catalog = catalog_index.current(session)
    basket.add_with(
        session,
        person.actor(session),
        now=clock.now(),
        offering_id=catalog.by_slug(slug).id,
        configuration=configuration or {},
        choices=[
            {"offering_id": catalog.by_slug(name).id, "configuration": chosen}
            for name, chosen in (choices or {}).items()
        ],
    )
