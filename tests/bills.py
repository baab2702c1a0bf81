"""Products that are charged for, in few words: for tests of bills and of the bill run."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from self_service.domain.bills import writing
from self_service.domain.bills.drafting import Draft, DraftLine, draft
from self_service.models.basket import CartStatus, ShoppingCart
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    BillingCycle,
    ChargeTiming,
    CustomerBill,
    ProductCharging,
)
from self_service.models.catalog import OfferingKind, ProductOffering
from self_service.models.orders import (
    OrderItemPrice,
    OrderState,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.subscriptions import Product, ProductStatus
from tests.factories import as_price, make_offering

#: Columns that a short price and an order's price have in common.
_SHARED = (
    "price_type",
    "amount_minor",
    "percent_bp",
    "period_unit",
    "period_length",
    "duration_unit",
    "duration_length",
    "unit",
    "units",
    "tariff",
)


def make_product(
    session: Session,
    account: BillingAccount,
    *prices: dict,
    start: datetime,
    anchor: datetime | None = None,
    end: datetime | None = None,
    paid: datetime | None = None,
    name: str = "Plan",
) -> ProductCharging:
    """Add a product that is charged for; `paid`: what fell due before was paid with the order."""
    item = _order_item(session, account, start, name)
    for position, price in enumerate(prices):
        as_sold = as_price({"name": {"en": f"Price {position}"}, **price})
        shared = {column: getattr(as_sold, column) for column in _SHARED}
        row = OrderItemPrice(item_id=item.id, position=position, name=as_sold.name, **shared)
        session.add(row)
    product = Product(
        customer_id=account.customer_id,
        order_id=item.order_id,
        order_item_id=item.id,
        offering_id=item.offering_id,
        kind=OfferingKind.PLAN,
        name={"en": name},
        status=ProductStatus.ACTIVE,
        status_changed_at=start,
        started_at=start,
        currency=account.currency,
    )
    session.add(product)
    session.flush()
    charging = ProductCharging(
        product_id=product.id,
        account_id=account.id,
        order_item_id=item.id,
        anchor_at=anchor or start,
        starts_at=start,
        ends_at=end,
        charged_until=paid or start,
        bills_from=paid,
    )
    session.add(charging)
    session.flush()
    return charging


def _order_item(
    session: Session, account: BillingAccount, at: datetime, name: str
) -> ProductOrderItem:
    offering = session.exec(select(ProductOffering)).first() or make_offering(session)
    cart = ShoppingCart(
        customer_id=account.customer_id,
        status=CartStatus.ORDERED,
        status_changed_at=at,
        currency=account.currency,
        updated_at=at,
    )
    session.add(cart)
    session.flush()
    order = ProductOrder(
        number=uuid4().hex[:12],
        customer_id=account.customer_id,
        cart_id=cart.id,
        state=OrderState.COMPLETED,
        status_changed_at=at,
        currency=account.currency,
        due_now_minor=0,
        monthly_minor=0,
        ordered_at=at,
    )
    session.add(order)
    session.flush()
    item = ProductOrderItem(
        order_id=order.id,
        offering_id=offering.id,
        kind=OfferingKind.PLAN,
        status_changed_at=at,
        name={"en": name},
    )
    session.add(item)
    session.flush()
    return item


def make_cycle(
    session: Session, name: str, *, day: int = 1, timing: ChargeTiming = ChargeTiming.ADVANCE
) -> BillingCycle:
    """Add a cycle."""
    cycle = BillingCycle(name=name, day=day, timing=timing)
    session.add(cycle)
    session.flush()
    return cycle


def bill(session: Session, account: BillingAccount, as_of: datetime) -> CustomerBill | None:
    """Bill an account as of an instant; the preview of a moment before says the same."""
    before = draft(session, account.id, as_of=as_of)
    made = writing.bill_now(session, account.id, as_of=as_of, now=as_of)
    if made is not None:
        assert (made.net_minor, made.tax_minor, made.gross_minor) == (
            before.net_minor,
            before.tax_minor,
            before.gross_minor,
        )
        assert written(session, made) == [drafted(line) for line in before.lines]
        assert made.remaining_minor == before.to_pay.minor
    return made


def drafted(line: DraftLine) -> tuple[Any, ...]:
    """A line of a draft: what, whose, when, and its sums."""
    about = line.kind, line.texts, line.product and UUID(line.product), line.detail
    when = line.charged_at, line.period_start, line.period_end
    sums = line.micro, line.category, line.rate_bp
    return (*about, *when, *sums, line.net_minor, line.tax_minor, line.gross_minor)


def written(session: Session, of: CustomerBill) -> list[tuple[Any, ...]]:
    """The lines of a bill as they are stored, in the form of `drafted`."""
    mine = select(AppliedBillingRate).where(AppliedBillingRate.bill_id == of.id)
    ordered = mine.order_by(AppliedBillingRate.position).execution_options(populate_existing=True)
    return [
        (
            *(row.kind, row.name, row.product_id, row.detail),
            *(row.charged_at, row.period_start, row.period_end),
            *(row.amount_micro, row.tax_category, row.tax_bp),
            *(row.net_minor, row.tax_minor, row.gross_minor),
        )
        for row in session.exec(ordered).all()
    ]


def shown(session: Session, of: CustomerBill) -> list[int]:
    """The sums of a bill's lines, in order."""
    rows = select(AppliedBillingRate.gross_minor).where(AppliedBillingRate.bill_id == of.id)
    return list(session.exec(rows.order_by(AppliedBillingRate.position)).all())


def sums(found: Draft) -> list[int]:
    """The sums of a draft's lines, in order."""
    return [line.gross_minor for line in found.lines]
