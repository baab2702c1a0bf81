"""Customers of a small operator who buy and change their minds: the ground of `money_world`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills import charges
from self_service.domain.errors import DomainError
from self_service.domain.orders.cancellation import cancel
from self_service.domain.policy import BillPolicy
from self_service.domain.promotions import codes
from self_service.domain.transitions import PRODUCT, advance
from self_service.models.access import DigitalIdentity
from self_service.models.bills import (
    BillingAccount,
    ProductCharging,
    ProductPause,
)
from self_service.models.people import Customer
from self_service.models.subscriptions import Product, ProductStatus
from tests import books
from tests.bills import make_product
from tests.debtors import clerk
from tests.factories import make_offering, monthly
from tests.order_shop import K, choose, customer, fulfil, open_shop, order, pay
from tests.promoted import off_monthly

POLICY = BillPolicy()


class People:
    """An operator, its customers and its clock.

    Attributes:
        now: the present.
        touched: products that were changed, suspended or credited: no promise holds for them.
        pending: payments of bills that were begun and not settled.
        acted: how often something really happened that no row tells of later.
    """

    def __init__(self, session: Session, names: tuple[str, ...], now: datetime) -> None:
        self.session, self.now = session, now
        self.shop = open_shop(session, phones=60, numbers=60)
        sim = make_offering(session, slug="sim", kind=K.PLAN, prices=[monthly(999)], prepaid=True)
        self.kinds = {name: self.shop[name] for name in ("plan", "fibre", "case")}
        self.kinds["sim"] = sim.id
        off_monthly(session, 300, months=3)
        self._people = {name: self._join(name) for name in names}
        self.staff = clerk(session)
        self.touched: set[UUID] = set()
        self.pending: list[UUID] = []
        self.acted: Counter[str] = Counter()

    def on(self, session: Session) -> Self:
        """The same world on another session."""
        other = copy(self)
        other.session, other.acted = session, Counter()
        other.touched, other.pending = set(self.touched), list(self.pending)
        return other

    @property
    def names(self) -> tuple[str, ...]:
        """Who is there."""
        return tuple(self._people)

    def name_of(self, customer_id: UUID) -> str:
        """By what name this world calls a customer."""
        (name,) = (n for n, one in self._people.items() if one.customer_id == customer_id)
        return name

    def _join(self, name: str) -> Actor:
        email = f"{name}@example.com"
        actor = customer(self.session, email, now=self.now)
        identity = self.session.get_one(DigitalIdentity, actor.identity_id)
        identity.email_verified_at = self.now
        books.make_account(
            self.session,
            now=self.now,
            customer=self.session.get_one(Customer, actor.customer_id),
        )
        return actor

    def actor(self, name: str) -> Actor:
        """A customer in person, who just proved who they are."""
        return replace(self._people[name], confirmed_at=self.now)

    def account(self, name: str) -> BillingAccount:
        """The account of a customer, as it is."""
        mine = select(BillingAccount).where(
            BillingAccount.customer_id == self._people[name].customer_id
        )
        return self.session.exec(mine.execution_options(populate_existing=True)).one()

    def accounts(self) -> list[BillingAccount]:
        """All accounts, as they are."""
        ordered = select(BillingAccount).order_by(BillingAccount.number)
        return list(self.session.exec(ordered.execution_options(populate_existing=True)).all())

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """What `Database.writing` is to the product: all or nothing."""
        nested = self.session.begin_nested()
        try:
            yield self.session
        except BaseException:
            nested.rollback()
            self.session.expire_all()
            raise
        self.session.flush()
        nested.commit()

    def tried(self, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do something that may be refused; then nothing is left of it, and None comes back."""
        try:
            with self.writing() as session:
                return act(session, *args, **more)
        except DomainError:
            return None

    # -- buying -------------------------------------------------------------------------------

    def buy(self, name: str, kind: str, *, code: bool = False, called_off: bool = False) -> None:
        """Order, pay, and have it switched on; or call it off once it is paid."""
        actor, session = self.actor(name), self.session
        sim = {"sim": "esim"} if kind == "plan" else None
        choose(session, actor, self.kinds[kind], sim, now=self.now)
        if code:
            self.tried(codes.add, actor, code="FIVER", now=self.now)
        placed = order(session, actor, now=self.now)
        if placed.payment_id:
            pay(session, placed, now=self.now)
        if called_off:
            cancel(session, actor, placed.order_id, now=self.now)
        else:
            assert fulfil(session, placed.order_id, now=self.now)

    def products(self, *statuses: ProductStatus) -> list[Product]:
        """Postpaid services that are charged for and stand so."""
        wanted = (
            select(Product)
            .join(ProductCharging, ProductCharging.product_id == Product.id)
            .where(
                Product.status.in_(statuses),
                ProductCharging.by_wallet.is_(False),
                ProductCharging.ends_at.is_(None),
            )
            .order_by(ProductCharging.starts_at, Product.id)
        )
        return list(self.session.exec(wanted.execution_options(populate_existing=True)).all())

    def change_plan(self, old: Product, minor: int) -> None:
        """End one plan and begin another on the same day of the month."""
        session = self.session
        row = session.get_one(ProductCharging, old.id, populate_existing=True)
        assert charges.end_charging(session, old.id, at=self.now)
        self.advance(old, ProductStatus.TERMINATED)
        account = session.get_one(BillingAccount, row.account_id)
        new = make_product(session, account, monthly(minor), start=self.now, anchor=row.anchor_at)
        self.touched |= {old.id, new.product_id}

    def advance(self, product: Product, to: ProductStatus) -> bool:
        return advance(self.session, Product, product.id, to, allowed=PRODUCT, now=self.now)

    def suspend(self, product: Product) -> None:
        """Suspend at the customer's wish."""
        assert self.advance(product, ProductStatus.SUSPENDED)
        self.session.add(ProductPause(product_id=product.id, starts_at=self.now))
        self.session.flush()

    def resume(self, product: Product) -> bool:
        """Switch on what `suspend` switched off; what a debt switched off stays."""
        wanted = select(ProductPause).where(
            ProductPause.product_id == product.id, ProductPause.ends_at.is_(None)
        )
        pause = self.session.exec(wanted).one()
        if pause.starts_at >= self.now:
            return False
        pause.ends_at = self.now
        self.session.flush()
        return self.advance(product, ProductStatus.ACTIVE)
