"""Somebody who owes: an account with bills, services, and the days that pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.debts import dunning
from self_service.domain.policy import BillPolicy
from self_service.models.access import DigitalIdentity, Role
from self_service.models.bills import BillingAccount, CustomerBill, ProductPause
from self_service.models.dunning import DunningCase, DunningStep
from self_service.models.messages import OutboxEvent
from self_service.models.orders import ProductOrder, ProductOrderItem
from self_service.models.people import Individual
from self_service.models.subscriptions import Product, ProductStatus
from tests.books import make_bill, make_payment
from tests.conftest import NOW
from tests.household import Household, household

POLICY = BillPolicy()
#: The day on which the bills of these tests are due, and the end of it.
DUE = NOW + timedelta(days=14)
OVER = datetime(2026, 12, 6, tzinfo=UTC)

__all__ = ["DUE", "OVER", "POLICY", "Debtor", "debtor", "make_payment"]


@dataclass(frozen=True)
class Debtor:
    """Ada, who has services, with her account and one bill."""

    home: Household
    account: BillingAccount
    bill: CustomerBill

    @property
    def ada(self) -> Actor:
        return self.home.ada


def debtor(session: Session, *, gross: int = 11_900) -> Debtor:
    """Ada with a bill that is due on `DUE`."""
    home = household(session)
    account = billing_account(session, home.ada.customer(), currency="EUR", now=NOW)
    session.refresh(account)
    if account.credit_minor:  # what was paid with the order is on its own bill
        make_bill(session, account, gross=account.credit_minor, tax=0, now=NOW, due=NOW)
        allocating.use_credit(session, account.id, now=NOW)
        session.refresh(account)
    return Debtor(home, account, make_bill(session, account, gross=gross, tax=0, now=NOW, due=DUE))


def clerk(session: Session) -> Actor:
    """Somebody of customer service."""
    email = "rep@example.com"
    who = Individual(given_name="Rep", family_name="Resent", email=email, created_at=NOW)
    row = DigitalIdentity(
        individual_id=who.id,
        login=email,
        password_hash="hash",
        role=Role.REPRESENTATIVE,
        created_at=NOW,
    )
    for one in (who, row):
        session.add(one)
        session.flush()
    return Actor(role=Role.REPRESENTATIVE, identity_id=row.id, full_name="Rep Resent")


def after(days: int) -> datetime:
    """The first instant of the day that is so many days after the due day."""
    return OVER + timedelta(days=days - 1)


def pay(session: Session, account: BillingAccount, minor: int, *, now: datetime) -> None:
    """Pay so much, the oldest bill first, as `payments.for_bills` does it."""
    lock_account(session, account.id)
    paid = make_payment(session, account, minor, now=now)
    wanted = select(CustomerBill).where(CustomerBill.account_id == account.id)
    bills = session.exec(wanted.order_by(CustomerBill.due_at, CustomerBill.sequence)).all()
    meant = [Share(bill.id, minor) for bill in bills]
    allocating.use_payment(session, account.id, paid, meant, now=now)
    dunning.on_paid(session, account.id, now)


def look(session: Session, now: datetime, policy: BillPolicy = POLICY) -> list[str]:
    """Do what the job does at an instant; returns the steps that were taken."""
    for account_id in dunning.candidates(session, now=now):
        dunning.open_case(session, account_id, policy=policy, now=now)
    found = [
        dunning.take_step(session, one, policy=policy, now=now)
        for one in dunning.due(session, now=now)
    ]
    return [action for action in found if action]


def fresh(session: Session, table: type, *conditions: object) -> list:
    """Rows of a table as they are in the database."""
    session.flush()
    wanted = select(table).where(*conditions).execution_options(populate_existing=True)
    return list(session.exec(wanted).all())


def case_of(session: Session, account: BillingAccount) -> DunningCase:
    """The last case of an account."""
    return max(
        fresh(session, DunningCase, DunningCase.account_id == account.id),
        key=lambda case: (case.opened_at, case.closed_at is None),
    )


def steps_of(session: Session) -> list[str]:
    """All actions that were taken, in their order."""
    return [row.action for row in sorted(fresh(session, DunningStep), key=lambda row: row.at)]


def told(session: Session) -> list[str]:
    """Kinds of what people were told, in the order of writing."""
    rows = fresh(session, OutboxEvent, OutboxEvent.kind == "debt_notice")
    return [row.payload["notice"] for row in sorted(rows, key=lambda row: row.id)]


def states(session: Session) -> dict[str, str]:
    """Offering name -> status of all that Ada has."""
    return {row.name["en"]: row.status.value for row in fresh(session, Product)}


def pauses(session: Session) -> list[tuple[datetime, datetime | None]]:
    """Times in which nothing is charged."""
    return [(row.starts_at, row.ends_at) for row in fresh(session, ProductPause)]


def add_service(session: Session, customer_id: UUID, status: ProductStatus) -> Product:
    """One more plan, in any status."""
    order = session.exec(select(ProductOrder)).first()
    item = session.exec(select(ProductOrderItem)).first()
    assert order is not None
    assert item is not None
    product = Product(
        customer_id=customer_id,
        order_id=order.id,
        order_item_id=item.id,
        piece=99,
        offering_id=item.offering_id,
        kind="plan",
        name={"en": "other plan"},
        status=status,
        status_changed_at=NOW,
        started_at=NOW,
        currency="EUR",
    )
    session.add(product)
    session.flush()
    return product
