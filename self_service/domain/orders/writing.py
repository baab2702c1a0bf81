"""The rows of a new order: names, choices and prices copied, goods taken, payment asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session

from self_service.domain import outbox
from self_service.domain.basket.view import BasketView, LineView
from self_service.domain.catalog import index as catalog_index
from self_service.domain.orders import stock, ways
from self_service.domain.orders.milestones import Milestone, mark
from self_service.domain.orders.numbers import free_number
from self_service.domain.orders.sold import copied
from self_service.domain.orders.ways import NEW_CARD, OrderWay
from self_service.domain.payments import settling as payments
from self_service.domain.rows import add_rows, changed
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder, ProductOrderItem
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """How this operator takes orders.

    Attributes:
        provider: name of the payment provider (`PaymentGateway.name`).
        number_prefix: letters before every order number.
        hold: how long goods are kept for an order that is not paid.
        hold_at_most: the same, after however many tries to pay.
    """

    provider: str
    number_prefix: str = "TW"
    hold: timedelta = timedelta(minutes=30)
    hold_at_most: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order, and what is to be paid for it.

    Attributes:
        payment_id: the open payment, to be opened at the provider; None when nothing is due or
            the order is paid already.
        amount: due now.
        identity_id: account that was made with the order, None for a customer's.
    """

    order_id: UUID
    number: str
    payment_id: UUID | None
    amount: Money
    identity_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whose order it is, to which place, and in which language they are written to."""

    customer_id: UUID
    site_id: UUID
    language: str


def write(
    session: Session,
    basket: BasketView,
    buyer: Buyer,
    document_id: UUID | None,
    terms: OrderTerms,
    *,
    way: OrderWay = NEW_CARD,
    now: datetime,
) -> Placed:
    """Write the order of a claimed basket.

    Raises:
        SoldOut: fewer pieces are left than the basket holds.
        CardNotUsable: no saved card of the buyer's that can be charged.
    """
    due_now = basket.totals.due_now
    number = free_number(session, terms.number_prefix)
    order = _order(number, basket, buyer, document_id, terms, now)
    lines = list(_lines(session, order, basket.lines, now))
    stock.reserve(session, [item for item, _ in lines])
    add_rows(session, [order])
    add_rows(session, [item for item, _ in lines])
    add_rows(session, [row for item, line in lines for row in copied(item.id, line.prices)])
    whose = update(Document).where(Document.id == document_id)
    changed(session, whose.values(customer_id=buyer.customer_id))
    mark(session, order.id, Milestone.PLACED, now=now)
    outbox.emit(session, outbox.EventKind.ORDER_PLACED, str(order.id), now=now)
    payment_id = None
    if due_now:
        payment_id = ways.ask(session, order, way, provider=terms.provider, now=now)
    else:
        payments.begin(session, order.id, now=now, amount=due_now)
    return Placed(order.id, order.number, payment_id, due_now)


def _order(
    number: str,
    basket: BasketView,
    buyer: Buyer,
    document_id: UUID | None,
    terms: OrderTerms,
    now: datetime,
) -> ProductOrder:
    due_now = basket.totals.due_now
    return ProductOrder(
        number=number,
        customer_id=buyer.customer_id,
        cart_id=basket.id,
        status_changed_at=now,
        currency=due_now.currency,
        due_now_minor=due_now.minor,
        monthly_minor=basket.totals.monthly.minor,
        language=buyer.language,
        site_id=buyer.site_id,
        contract_document_id=document_id,
        ordered_at=now,
        reserved_until=now + terms.hold if due_now else None,
    )


def _lines(
    session: Session, order: ProductOrder, tops: tuple[LineView, ...], now: datetime
) -> Iterator[tuple[ProductOrderItem, LineView]]:
    find = catalog_index.current(session).get
    waiting: list[tuple[LineView, UUID | None]] = [(line, None) for line in reversed(tops)]
    position = 0
    while waiting:  # parents first, each followed by what was chosen for it
        line, parent_id = waiting.pop()
        item = ProductOrderItem(
            order_id=order.id,
            parent_id=parent_id,
            offering_id=line.offering_id,
            kind=line.kind,
            status_changed_at=now,
            name=dict(line.name),
            configuration=dict(line.configuration),
            picture=dict(line.picture),
            quantity=line.quantity,
            term_months=line.totals.term_months if line.totals.has_term else 0,
            prepaid=find(line.offering_id).prepaid,
            position=position,
        )
        yield item, line
        waiting += [(child, item.id) for child in reversed(line.children)]
        position += 1
