"""Taking over what ran before there were bills: paid orders under way, and running products.

Done once, after an upgrade from a schema without bills; a second time changes nothing. What was
charged before stands elsewhere: here a product owes from its next charge on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.bills.accounts import billing_account
from self_service.domain.bills.order_bill import start_charging
from self_service.domain.orders.cancellation import ENDED
from self_service.domain.orders.sold import sold_prices
from self_service.domain.payments import booking
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import add_rows
from self_service.models.bills import ProductCharging, ProductPause
from self_service.models.catalog import PriceType
from self_service.models.dunning import InstalmentPurchase
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.models.orders import OrderItemPrice, ProductOrder
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.subscriptions import Product, ProductStatus

#: What is charged: also what comes back, and what will end but has not.
_RUNNING = (ProductStatus.ACTIVE, ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE)
#: Rows that are taken over in one transaction.
BATCH = 500


def adopt_payments(
    session: Session, *, now: datetime, policy: BillPolicy, most: int = BATCH
) -> int:
    """Book what was paid for orders under way as credit, which pays their bill or goes back.

    Args:
        session: open transaction.
        now: instant of booking.
        policy: for the numbers of new accounts.
        most: at most so many.

    Returns:
        How many; as many as `most` means that there may be more.
    """
    booked = select(LedgerEntry.id).where(
        LedgerEntry.source_id == Payment.id, LedgerEntry.kind == EntryKind.PAYMENT
    )
    left = (
        select(Payment)
        .join(ProductOrder, col(ProductOrder.id) == Payment.order_id)
        .where(
            col(ProductOrder.state).not_in(ENDED),
            Payment.status == PaymentStatus.DONE,
            ~booked.exists(),
        )
        .order_by(col(Payment.created_at), col(Payment.id))
        .limit(most)
    )
    found = session.exec(left).all()
    for payment in found:
        _account(session, payment.customer_id, payment.currency, now, policy)
        booking.to_credit(session, payment, now=now)
    return len(found)


def adopt_products(
    session: Session, *, now: datetime, policy: BillPolicy, most: int = BATCH
) -> int:
    """Let running products be charged from their next charge on; suspended ones once they are back.

    Args:
        session: open transaction.
        now: instant of taking over.
        policy: for the numbers of new accounts.
        most: at most so many.

    Returns:
        How many; as many as `most` means that there may be more.
    """
    recurs = select(OrderItemPrice.id).where(
        OrderItemPrice.item_id == Product.order_item_id,
        OrderItemPrice.price_type == PriceType.RECURRING,
    )
    charged = select(ProductCharging.product_id).where(ProductCharging.product_id == Product.id)
    bought = select(InstalmentPurchase.id).where(InstalmentPurchase.product_id == Product.id)
    left = (
        select(Product)
        .where(
            col(Product.status).in_(_RUNNING),
            col(Product.started_at).is_not(None),
            recurs.exists(),
            ~charged.exists(),
            ~bought.exists(),
        )
        .order_by(col(Product.id))
        .limit(most)
    )
    found = session.exec(left).all()
    for currency, products in _by_currency(found).items():
        items = [product.order_item_id for product in products]
        prices = sold_prices(session, items, currency=currency, since=now)
        for product in products:
            _account(session, product.customer_id, currency, now, policy)
            start_charging(
                session,
                product,
                prices[product.order_item_id],
                prepaid=_prepaid(session, product),
                now=now,
                since=product.started_at,
            )
    _pause(session, [one.id for one in found if one.status is ProductStatus.SUSPENDED])
    return len(found)


def _account(
    session: Session, customer_id: UUID, currency: str, now: datetime, policy: BillPolicy
) -> None:
    billing_account(session, customer_id, currency=currency, now=now, policy=policy)


def _pause(session: Session, suspended: Sequence[UUID]) -> None:
    """Let products cost nothing from their next charge on, until they are back.

    Not what is prepaid: the wallet takes nothing for a product while it is suspended.
    """
    charged = select(ProductCharging.product_id, ProductCharging.charged_until).where(
        col(ProductCharging.product_id).in_(suspended), col(ProductCharging.by_wallet).is_(False)
    )
    rows = [ProductPause(product_id=one, starts_at=at) for one, at in session.exec(charged)]
    add_rows(session, rows)


def _by_currency(products: Sequence[Product]) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        found[product.currency].append(product)
    return found


def _prepaid(session: Session, product: Product) -> bool:
    """Say whether a product, or what it belongs to, is paid from the wallet."""
    while not product.prepaid and product.parent_id is not None:
        product = session.get_one(Product, product.parent_id)
    return product.prepaid
