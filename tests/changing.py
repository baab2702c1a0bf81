"""A small operator whose customers change their minds: what runs, what it may become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from self_service.domain.access import Actor
from self_service.domain.bills import writing
from self_service.domain.changes import asking, performing, quoting
from self_service.domain.changes.view import ChangeView, Quote, When, Wish
from self_service.domain.network import requests
from self_service.domain.network.requests import Outcome
from self_service.domain.policy import Policy
from self_service.models.bills import AppliedBillingRate, BillingAccount, CustomerBill
from self_service.models.catalog import Relation
from self_service.models.changes import ChangeKind, ProductChange
from self_service.models.network import RequestStatus, ServiceRequest
from self_service.models.subscriptions import Product
from tests.factories import allowance, discount, link, make_offering, monthly, one_time
from tests.order_shop import (
    K,
    choose,
    customer,
    fulfil,
    order,
    pay,
    stock_numbers,
)

POLICY = Policy()
#: The day on which subscriptions begin.
START = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Range:
    """Ids of the offerings by slug."""

    ids: Mapping[str, UUID]

    def __getitem__(self, slug: str) -> UUID:
        return self.ids[slug]


def open_range(session: Session) -> Range:
    """Put plans, extras and boosters on sale."""
    gb = 1024
    made = {
        slug: make_offering(
            session,
            slug=slug,
            kind=K.PLAN,
            prices=[monthly(minor), allowance("MB", units * gb), *more],
            **columns,
        )
        for slug, minor, units, more, columns in (
            ("small", 999, 5, [], {}),
            ("middle", 1999, 20, [discount(percent_bp=2500, months=6)], {}),
            ("large", 2999, 80, [one_time(990)], {"term_months": 24}),
            ("pre-small", 799, 5, [], {"prepaid": True}),
            ("pre-large", 1999, 40, [], {"prepaid": True}),
        )
    }
    everything = list(made.values())
    made["more"] = make_offering(
        session,
        slug="more",
        kind=K.ADDON,
        prices=[monthly(499), allowance("MB", 10 * gb)],
        links=[link(Relation.ADDON_OF, plan) for plan in everything],
    )
    made["fine"] = make_offering(
        session,
        slug="fine",
        kind=K.ADDON,
        prices=[monthly(300)],
        links=[link(Relation.ADDON_OF, made["middle"]), link(Relation.ADDON_OF, made["large"])],
    )
    made["other"] = make_offering(
        session,
        slug="other",
        kind=K.ADDON,
        prices=[monthly(199)],
        links=[
            link(Relation.EXCLUDES, made["more"]),
            *(link(Relation.ADDON_OF, plan) for plan in everything),
        ],
    )
    made["boost"] = make_offering(
        session,
        slug="boost",
        kind=K.BOOSTER,
        prices=[one_time(299), allowance("MB", gb)],
        links=[link(Relation.ADDON_OF, plan) for plan in everything],
    )
    made["sleeve"] = make_offering(
        session, slug="sleeve", kind=K.ACCESSORY, prices=[one_time(1990)]
    )
    stock_numbers(session, 12, start=100)
    return Range({slug: offering.id for slug, offering in made.items()})


class Customer:
    """Somebody who has a subscription."""

    def __init__(
        self, session: Session, shop: Range, now: datetime = START, actor: Actor | None = None
    ) -> None:
        self.session, self.shop, self.now = session, shop, now
        self._actor = actor or customer(session, now=now - timedelta(minutes=5))

    @property
    def actor(self) -> Actor:
        """The customer, who just proved who they are."""
        return replace(self._actor, confirmed_at=self.now)

    def buy(self, slug: str, *extras: str, at: datetime | None = None) -> Product:
        """Order, pay and have switched on; returns the subscription."""
        self.now = at or self.now
        choices = [{"offering_id": self.shop[extra]} for extra in extras]
        choose(self.session, self._actor, self.shop[slug], None, choices, now=self.now)
        placed = order(self.session, self._actor, now=self.now)
        if placed.payment_id:
            pay(self.session, placed, now=self.now)
        assert fulfil(self.session, placed.order_id, now=self.now)
        wanted = select(Product).where(
            Product.order_id == placed.order_id, col(Product.parent_id).is_(None)
        )
        return self.session.exec(wanted).one()

    def wish(self, kind: ChangeKind, product: Product | UUID, slug: str = "", **more: Any) -> Wish:
        """Want something."""
        key = product if isinstance(product, UUID) else product.id
        return Wish(kind, key, self.shop[slug] if slug else None, **more)

    def quote(
        self, kind: ChangeKind, product: Product | UUID, slug: str = "", **more: Any
    ) -> Quote:
        """Look at what it costs."""
        wish = self.wish(kind, product, slug, **more)
        return quoting.quote(self.session, self.actor, wish, policy=POLICY, now=self.now)

    def ask(
        self, kind: ChangeKind, product: Product | UUID, slug: str = "", **more: Any
    ) -> ChangeView:
        """Look at what it costs, and ask for it."""
        found = self.quote(kind, product, slug, **more)
        wish = self.wish(kind, product, slug, **more)
        return asking.ask(
            self.session, self.actor, wish, seen=found.seen, policy=POLICY, now=self.now
        )

    def answer(self, *, done: bool = True, reason: str = "") -> int:
        """Let the network answer all that it was asked; returns how many there were."""
        waiting = select(ServiceRequest.id).where(ServiceRequest.status == RequestStatus.PENDING)
        ids = self.session.exec(waiting.order_by(ServiceRequest.sequence)).all()
        for one in ids:
            requests.answered(self.session, one, Outcome(done, reason), self.now)
        self.session.expire_all()
        return len(ids)

    def change(
        self, kind: ChangeKind, product: Product | UUID, slug: str = "", **more: Any
    ) -> None:
        """Ask for a change, and let the network do it."""
        self.ask(kind, product, slug, **more)
        self.answer()

    def pass_time(self, at: datetime) -> None:
        """Let it be later: what falls due meanwhile is performed on its day."""
        while True:
            found = self.session.exec(
                select(ProductChange.effective_at)
                .where(ProductChange.status == "pending", ProductChange.effective_at <= at)
                .order_by(ProductChange.effective_at)
            ).first()
            if found is None:
                break
            self.now = max(self.now, found)
            for one in performing.due(self.session, now=self.now):
                performing.perform(self.session, one, now=self.now)
            self.answer()
        self.now = at

    def bill(self) -> CustomerBill | None:
        """Have a bill made now."""
        account = self.session.exec(
            select(BillingAccount).where(BillingAccount.customer_id == self._actor.customer_id)
        ).one()
        return writing.bill_now(self.session, account.id, as_of=self.now, now=self.now)

    def lines(self, bill: CustomerBill | None) -> list[AppliedBillingRate]:
        """The lines of a bill."""
        if bill is None:
            return []
        rows = select(AppliedBillingRate).where(AppliedBillingRate.bill_id == bill.id)
        return list(self.session.exec(rows.order_by(AppliedBillingRate.position)).all())


def everything(session: Session, *but: str) -> dict[str, list[str]]:
    """All rows of all tables but some, to see that nothing changed."""
    session.flush()
    return {
        table.name: sorted(map(repr, session.execute(select(*table.c)).all()))
        for table in SQLModel.metadata.sorted_tables
        if table.name not in but
    }


NOW_, PERIOD_END, QUEUED, EARLIEST = When.NOW, When.PERIOD_END, When.QUEUED, When.EARLIEST
