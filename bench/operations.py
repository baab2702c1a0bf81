"""The four things that a shop does all day, by the functions that its screens call.

Everything here runs in one process with one database (`SELF_SERVICE_DATABASE_URL`), as a worker of
the portal does: on one event loop, through the bounded pool of `db.transact` and `db.read`, the
actor resolved from a cookie in the same transaction, and rows for the screen made at the end.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from self_service import clock
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.domain.basket import acts as basket
from self_service.domain.catalog import index as catalog_index
from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.view import Offering
from self_service.domain.orders import checkout
from self_service.domain.orders import placing as orders
from self_service.domain.payments.settling import Outcome
from self_service.domain.people import accounts
from self_service.domain.people.person_fields import check_person
from self_service.domain.store.query import StoreQuery
from self_service.http.checkout import terms
from self_service.jobs.payments import open_payment, receive
from self_service.models.catalog import OfferingKind
from self_service.state.basket import rows
from self_service.state.guard import call_as
from self_service.state.request import PageRequest
from self_service.state.store import store_values
from self_service.wiring import database, gateway

#: A visitor puts so many things into the basket.
LINES_EACH = 5
#: Pages of the list that are asked for, in every size of the catalogue.
PAGES = 40
#: Cards on a page.
PAGE = 24
_PERSON = {
    "given_name": "Ada",
    "family_name": "Quell",
    "mobile": "+4915123456789",
    "birth_date": "1990-02-28",
    "language": "en",
    "country": "DE",
    "street_address": "Lindenweg 4",
    "city": "Berlin",
    "postal_code": "10115",
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A customer who has agreed to the summary and now presses "Order and pay"."""

    cookie: str
    cart_id: UUID
    accepted: str


class Operations:
    """The operations on one catalogue; each takes the number of the call."""

    def __init__(self, devices: tuple[Offering, ...], questions: list[dict[str, str]]) -> None:
        self._devices = devices
        self._questions = questions
        self.ready: list[Ready] = []

    async def list(self, number: int) -> None:
        """Show a page of the store."""
        await _store(number, {"page": str(number * 7 % PAGES + 1)})

    async def filter(self, number: int) -> None:
        """Show what two filters leave; the question was never asked before."""
        await _store(number, self._questions[number % len(self._questions)])

    async def add(self, number: int) -> None:
        """Put a device into a visitor's basket of up to five."""
        device = self._devices[number * 13 % len(self._devices)]
        view = await database().transact(
            call_as,
            basket.add,
            f"visitor {number // LINES_EACH}",
            offering_id=device.id,
            configuration=_first_choice(device),
        )
        rows(view, "en")

    async def checkout(self, number: int) -> None:
        """Order a basket of two lines and pay for it at the sandbox provider."""
        ready, now, provider = self.ready[number], clock.now(), gateway()
        placed = await database().transact(
            call_as,
            orders.place,
            ready.cookie,
            cart_id=ready.cart_id,
            accepted=ready.accepted,
            terms=terms(),
        )
        assert placed.payment_id is not None
        path = await open_payment(database(), provider, placed.payment_id, now=now)
        assert isinstance(provider, SandboxPayments)
        charge = await provider.charge_for_secret(path.rsplit("/", 1)[1])
        answer = await provider.act(charge.reference, SandboxOutcome.APPROVE)
        for delivery in answer.deliveries:
            taken = await receive(database(), provider, *delivery, now=now)
            assert taken, Outcome.UNKNOWN

    def prepare(self, count: int) -> None:
        """Make customers who are about to order, in one transaction."""
        with database().writing() as session:
            start = len(self.ready)
            self.ready += [self._customer(session, start + n) for n in range(count)]

    def _customer(self, session: Session, number: int) -> Ready:
        now, cookie = clock.now(), f"customer {number}"
        form = {**_PERSON, "email": f"ada{number}@example.com"}
        details = check_person(form, today=now.date(), languages=("en",), default_country="DE")
        new = accounts.register(session, details=details, password_hash="-", now=now)
        actor = accounts.signed_in(session, new.identity_id, visitor_key="", cookie=cookie, now=now)
        for step in (0, 1):
            device = self._devices[(number * 17 + step) % len(self._devices)]
            basket.add(
                session,
                actor,
                now=now,
                offering_id=device.id,
                configuration=_first_choice(device),
            )
        review = checkout.review(session, actor, now=now)
        checkout.keep_summary(
            session,
            actor,
            fingerprint=review.fingerprint,
            content=review.fingerprint.encode(),
            name="summary.pdf",
            now=now,
        )
        assert review.basket.id is not None
        return Ready(cookie, review.basket.id, review.fingerprint)


async def _store(number: int, query: dict[str, str]) -> None:
    await store_values(PageRequest(f"visitor {number}", "en", "/store", query))


def _first_choice(device: Offering) -> dict[str, str]:
    return {choice.name: str(choice.values[0]) for choice in device.choices}


def open_shop(seed: int = 3) -> Operations:
    """Read the catalogue and think of questions to it, each one once, in random order."""
    with database().reading() as session:
        catalog = catalog_index.current(session)
    questions = list(_questions(catalog))
    random.Random(seed).shuffle(questions)
    return Operations(catalog.of_kind(OfferingKind.DEVICE), questions)


def _questions(catalog: Catalog) -> Iterator[dict[str, str]]:
    """Yield pairs of filters that leave a full page, so that every size has as much to show."""
    for first, value in _choices(catalog, StoreQuery()):
        narrowed = StoreQuery(filters={first: (value,)})
        for second, other in _choices(catalog, narrowed):
            if second > first:
                yield {first: value, second: other}


def _choices(catalog: Catalog, query: StoreQuery) -> Iterator[tuple[str, str]]:
    """Yield the choices, by facet and value, that would leave a full page."""
    found = catalog.search(query, as_of=clock.now(), language="en", page_size=PAGE)
    for facet in found.facets:
        yield from ((facet.name, one.value) for one in facet.choices if one.count >= PAGE)
