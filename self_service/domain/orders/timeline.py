"""An order as its buyer sees it: where it stands, what is next, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.fulfilment.resources import GOODS, LENT
from self_service.domain.orders import cancellation as order_cancellation
from self_service.domain.orders.milestones import Milestone
from self_service.domain.orders.sold import sold_prices
from self_service.domain.orders.view import (
    FAILURES,
    OTHER_FAILURE,
    STEP_NAMES,
    OrderLineView,
    OrderSummary,
    OrderView,
    PaymentView,
    StepState,
    StepView,
)
from self_service.domain.payments.pending import UNPAID
from self_service.domain.pricing import totals as pricing
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.models.orders import (
    OrderMilestone,
    OrderState,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.payments import Payment, PaymentStatus, Refund
from self_service.money import Money

_WAITING = frozenset({OrderState.HELD, OrderState.PENDING})


def timeline(session: Session, actor: Actor, order_id: UUID) -> OrderView:
    """Show one of the actor's orders.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    order = session.get(ProductOrder, order_id)
    if order is None or order.customer_id != actor.customer():
        raise NotFound
    items = _items(session, [order.id])
    return OrderView(
        id=order.id,
        number=order.number,
        state=order.state,
        ordered_at=order.ordered_at,
        steps=_steps(session, order, {item.kind for item in items}),
        lines=_lines(session, order, items),
        due_now=Money(order.due_now_minor, order.currency),
        monthly=Money(order.monthly_minor, order.currency),
        payment=_payment(session, order),
        reserved_until=order.reserved_until,
        contract_document_id=order.contract_document_id,
        no_cancel=_no_cancel(session, order),
    )


def list_orders(
    session: Session, actor: Actor, *, only_open: bool = False, limit: int = 50
) -> tuple[OrderSummary, ...]:
    """Return the actor's orders, the newest first."""
    statement = select(ProductOrder).where(ProductOrder.customer_id == actor.customer())
    if only_open:
        statement = statement.where(ProductOrder.state.not_in(order_cancellation.ENDED))
    newest = statement.order_by(ProductOrder.ordered_at.desc()).limit(limit)
    orders = session.exec(newest).all()
    names: dict[UUID, list[Texts]] = {order.id: [] for order in orders}
    for item in _items(session, list(names)):
        if item.parent_id is None:
            names[item.order_id].append(item.name)
    return tuple(
        OrderSummary(
            id=order.id,
            number=order.number,
            state=order.state,
            ordered_at=order.ordered_at,
            due_now=Money(order.due_now_minor, order.currency),
            monthly=Money(order.monthly_minor, order.currency),
            names=tuple(names[order.id]),
        )
        for order in orders
    )


def _items(session: Session, order_ids: Sequence[UUID]) -> Sequence[ProductOrderItem]:
    statement = select(ProductOrderItem).where(ProductOrderItem.order_id.in_(order_ids))
    return session.exec(statement.order_by(ProductOrderItem.position)).all()


def _lines(
    session: Session, order: ProductOrder, items: Sequence[ProductOrderItem]
) -> tuple[OrderLineView, ...]:
    ids = [item.id for item in items]
    prices = sold_prices(session, ids, currency=order.currency, since=order.ordered_at)
    covers: dict[UUID | None, int] = {None: pricing.REFERENCE_MONTHS}
    for item in items:  # parents first: what has no term of its own is shown over its parent's
        covers[item.id] = item.term_months or covers[item.parent_id]
    return tuple(
        OrderLineView(
            id=item.id,
            parent_id=item.parent_id,
            kind=item.kind,
            name=item.name,
            configuration=item.configuration,
            picture=item.picture,
            quantity=item.quantity,
            totals=pricing.totals(
                prices.get(item.id, ()),
                as_of=order.ordered_at,
                new_customer=True,  # what was sold is what was copied
                currency=order.currency,
                term_months=item.term_months,
                quantity=item.quantity,
                reference_months=covers[item.parent_id],
            ),
        )
        for item in items
    )


def _steps(session: Session, order: ProductOrder, kinds: set[OfferingKind]) -> tuple[StepView, ...]:
    entries = session.exec(
        select(OrderMilestone)
        .where(OrderMilestone.order_id == order.id)
        .order_by(OrderMilestone.at)
    )
    done = {Milestone(entry.code): entry for entry in entries}
    if order.state in order_cancellation.STOPPED:
        way = [code for code in _way(order, kinds) if code in done]
        way += [Milestone.CANCELLATION_ASKED] * (Milestone.CANCELLATION_ASKED in done)
        way += [Milestone.CANCELLED]
        way += [Milestone.REFUNDED] * _refunds(session, order.id)
    else:
        way = _way(order, kinds)
    now = StepState.WAITING if order.state in _WAITING else StepState.NOW
    steps = []
    for code in way:
        entry = done.get(code)
        steps.append(_step(code, entry, now))
        if entry is None:
            now = StepState.NEXT
    return tuple(steps)


def _step(code: Milestone, entry: OrderMilestone | None, otherwise: StepState) -> StepView:
    if entry is None:
        return StepView(code, STEP_NAMES[code], otherwise)
    detail = entry.detail.get("values", "")
    return StepView(code, STEP_NAMES[code], StepState.DONE, entry.at, detail)


def _way(order: ProductOrder, kinds: set[OfferingKind]) -> list[Milestone]:
    if order.cart_id is None:  # a change of what runs already
        return [Milestone.PLACED, Milestone.COMPLETED]
    mobile = OfferingKind.PLAN in kinds
    steps = (
        (Milestone.PLACED, True),
        (Milestone.PAID, order.due_now_minor > 0),
        (Milestone.NUMBER_ALLOCATED, mobile),
        (Milestone.SIM_ALLOCATED, mobile),
        (Milestone.GOODS_ALLOCATED, bool(kinds & (GOODS | set(LENT)))),
        (Milestone.ACTIVATED, bool(kinds - GOODS)),  # of goods alone nothing is switched on
        (Milestone.COMPLETED, True),
    )
    return [code for code, wanted in steps if wanted]


def _payment(session: Session, order: ProductOrder) -> PaymentView | None:
    latest = (
        select(Payment)
        .where(Payment.order_id == order.id)
        .order_by(Payment.created_at.desc(), Payment.status)
    )
    payment = session.exec(latest).first()
    if payment is None:
        return None
    waits = order.state in UNPAID
    is_open = payment.status is PaymentStatus.PENDING_AUTHORIZATION
    failed = payment.failure_code if waits else ""
    refund = select(Refund.status).where(Refund.payment_id == payment.id)
    return PaymentView(
        id=payment.id,
        status=payment.status,
        amount=Money(payment.amount_minor, payment.currency),
        failure=FAILURES.get(failed, OTHER_FAILURE) if failed else "",
        pay_path=payment.pay_path if waits and is_open else "",
        can_retry=waits and not is_open,
        refund=session.exec(refund).first(),
        method_id=payment.method_id,
    )


def _refunds(session: Session, order_id: UUID) -> bool:
    statement = (
        select(Refund.id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id)
    )
    return session.exec(statement).first() is not None


def _no_cancel(session: Session, order: ProductOrder) -> str:
    refusal = order_cancellation.obstacle(session, order)
    return refusal.message if refusal else ""
