"""What there is to do in a `World`, so that a step really acts; and the state it starts from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, select

from self_service.domain.debts import agreements
from self_service.domain.debts.agreements import AgreementOffer
from self_service.models.bills import (
    AppliedBillingRate,
    BillCategory,
    BillingAccount,
    CustomerBill,
    ProductPause,
)
from self_service.models.dunning import (
    AgreementStatus,
    BillDispute,
    DisputeStatus,
    PaymentAgreement,
    SuspendedProduct,
)
from self_service.models.payments import BillAllocation, PaymentItem, PaymentStatus, Refund
from self_service.models.subscriptions import Product, ProductStatus
from tests import books, wallets
from tests.conftest import NOW
from tests.money_world import POLICY, World

NAMES = ("ada", "ben", "eve")


def begun(session: Session) -> World:
    """Half a year on: Ada was switched off for a debt, Ben begins to owe, Eve pays in advance."""
    world = World(session, NAMES, NOW)
    for name in NAMES:
        wallets.top_up(session, world.actor(name), 2_500, now=NOW)
    world.buy("ada", "plan", code=True)
    world.buy("eve", "sim")
    world.buy("eve", "case")
    world.pass_dates(8)
    world.buy("ben", "fibre")
    world.pass_dates(9)
    assert world.off(), "Ada owes long enough"
    assert offers(world), "Ben owes enough"
    return world


@cache
def _started() -> tuple[Engine, World]:
    engine = books.memory()
    with Session(engine, expire_on_commit=False) as session:
        world = begun(session)
        session.commit()
    return engine, world


@contextmanager
def started() -> Iterator[World]:
    """That world, made once and read from then on: what is done in it is rolled back."""
    engine, world = _started()
    with Session(engine, expire_on_commit=False) as session:
        yield world.on(session)
        session.rollback()


@contextmanager
def made_in(engine: Engine) -> Iterator[World]:
    """That world, made anew in a database."""
    with Session(engine, expire_on_commit=False) as session:
        yield begun(session)
        session.rollback()


def owing(world: World) -> list[str]:
    """Who owes something."""
    open_bills = {b.customer_id for b in world.bills(CustomerBill.remaining_minor > 0)}
    return sorted(map(world.name_of, open_bills))


def owed(world: World, name: str) -> list[CustomerBill]:
    """The open bills of somebody."""
    mine = CustomerBill.customer_id == world.actor(name).customer_id
    return world.bills(mine, CustomerBill.remaining_minor > 0)


def running(world: World) -> list[Product]:
    """Postpaid services that run."""
    return world.products(ProductStatus.ACTIVE)


def off_by_wish(world: World) -> list[Product]:
    """Services that their customers suspended some time ago."""
    by_debt = select(SuspendedProduct.product_id).where(SuspendedProduct.restored_at.is_(None))
    wanted = select(ProductPause.product_id).where(
        ProductPause.ends_at.is_(None),
        ProductPause.starts_at < world.now,
        ProductPause.product_id.not_in(by_debt),
    )
    theirs = set(world.session.exec(wanted).all())
    return [one for one in world.products(ProductStatus.SUSPENDED) if one.id in theirs]


def creditable(world: World) -> list[AppliedBillingRate]:
    """Lines of which something is left to give back."""
    given = select(CustomerBill.credited_id).where(CustomerBill.credited_id.is_not(None))
    wanted = (
        select(AppliedBillingRate)
        .join(CustomerBill, CustomerBill.id == AppliedBillingRate.bill_id)
        .where(
            CustomerBill.category == BillCategory.NORMAL,
            CustomerBill.id.not_in(given),
            AppliedBillingRate.gross_minor > 0,
        )
        .order_by(AppliedBillingRate.id)
    )
    return list(world.session.exec(wanted).all())


def disputable(world: World) -> list[tuple[int, str]]:
    """Lines that can be disputed, each with whose it is: the newest first."""
    before = select(BillDispute.rate_id)
    wanted = (
        select(AppliedBillingRate.id, CustomerBill.customer_id)
        .join(CustomerBill, CustomerBill.id == AppliedBillingRate.bill_id)
        .where(
            CustomerBill.category == BillCategory.NORMAL,
            CustomerBill.remaining_minor > 0,
            AppliedBillingRate.gross_minor > 0,
            AppliedBillingRate.id.not_in(before),
        )
        .order_by(CustomerBill.billed_at.desc(), AppliedBillingRate.id)
    )
    rows = world.session.exec(wanted).all()
    return [(rate_id, world.name_of(customer_id)) for rate_id, customer_id in rows]


def disputed(world: World) -> list[BillDispute]:
    """Disputes that wait."""
    waits = select(BillDispute).where(BillDispute.status == DisputeStatus.OPEN)
    return list(world.session.exec(waits.order_by(BillDispute.rate_id)).all())


def offers(world: World) -> list[tuple[str, AgreementOffer]]:
    """Who may agree to pay by instalments, and what."""
    found = []
    for name in world.names:
        actor = world.actor(name)
        offer = world.tried(agreements.offer, actor, policy=POLICY, now=world.now)
        if offer:
            found.append((name, offer))
    return found


def agreed(world: World) -> list[tuple[str, UUID]]:
    """Who has an agreement, and their account."""
    wanted = (
        select(BillingAccount.customer_id, BillingAccount.id)
        .join(PaymentAgreement, PaymentAgreement.account_id == BillingAccount.id)
        .where(PaymentAgreement.status == AgreementStatus.ACTIVE)
        .order_by(BillingAccount.number)
    )
    return [(world.name_of(who), account) for who, account in world.session.exec(wanted).all()]


def to_give_back(world: World) -> list[Refund]:
    """Refunds for which the provider was not asked yet."""
    wanted = select(Refund).where(Refund.status == PaymentStatus.PENDING_AUTHORIZATION)
    return list(world.session.exec(wanted.order_by(Refund.created_at, Refund.id)).all())


def givers(world: World) -> list[str]:
    """Whose wallet holds enough for a gift."""
    least = wallets.TERMS.policy.gift_least_minor
    return [n for n in world.names if wallets.holds(world.session, world.actor(n)) >= least]


def for_autopay(world: World) -> list[CustomerBill]:
    """Bills that autopay would take: not disputed, nobody is paying them, and never tried."""
    under_way = select(PaymentItem.bill_id).where(
        PaymentItem.is_open | PaymentItem.attempt.is_not(None)
    )
    taken_back = select(BillAllocation.bill_id).where(BillAllocation.amount_minor < 0)
    held = (
        select(BillingAccount.id)
        .join(PaymentAgreement, PaymentAgreement.account_id == BillingAccount.id)
        .where(PaymentAgreement.status == AgreementStatus.ACTIVE)
    )
    return world.bills(
        CustomerBill.remaining_minor > CustomerBill.disputed_minor,
        CustomerBill.id.not_in(under_way),
        CustomerBill.id.not_in(taken_back),
        CustomerBill.account_id.not_in(held),
    )
