"""What the demo's customers bought some time ago, through the same functions as everybody else.

Only the instants differ: everything happens in the past, so that their homes are not empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.basket import handover as basket_handover
from self_service.domain.catalog import index as catalog_index
from self_service.domain.fulfilment import work as fulfilment
from self_service.domain.orders import writing as order_writing
from self_service.domain.orders.sold import sold_prices
from self_service.domain.orders.writing import Buyer, OrderTerms, Placed
from self_service.domain.payments import settling as payments
from self_service.domain.pricing.charges import schedule
from self_service.domain.pricing.periods import add_months
from self_service.models.bills import CustomerBill
from self_service.models.subscriptions import ResourceKind
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus

#: Payments of the demo's past were never made at a provider, so no provider is asked about them.
_TERMS = OrderTerms(provider="demo")
_HORIZON_MONTHS = 13
_UNTIL_PAID, _UNTIL_READY = timedelta(minutes=2), timedelta(minutes=9)


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something that was bought.

    Attributes:
        slug: of the offering.
        configuration: chosen values.
        choices: what went under it, slug -> chosen values.
        quantity: pieces.
    """

    slug: str
    configuration: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    quantity: int = 1


def sell(
    session: Session,
    buyer: Actor,
    site_id: UUID,
    *bought: Purchase,
    at: datetime,
    now: datetime,
) -> None:
    """Order, pay and fulfil purchases, all of it at `at` and in the minutes after.

    Args:
        session: open transaction.
        buyer: the customer.
        site_id: where to.
        *bought: what goes into one order.
        at: instant of the order, in the past.
        now: charges until then have been made; the next one is after it.
    """
    catalog = catalog_index.current(session)
    for purchase in bought:
        basket.add_with(
            session,
            buyer,
            now=at,
            offering_id=catalog.by_slug(purchase.slug).id,
            configuration=purchase.configuration,
            quantity=purchase.quantity,
            choices=[
                {"offering_id": catalog.by_slug(slug).id, "configuration": configuration}
                for slug, configuration in purchase.choices.items()
            ],
        )
    chosen = basket.view(session, buyer, now=at)
    basket_handover.claim_for_order(session, buyer, chosen.id, now=at)
    addressed = Buyer(buyer.customer(), site_id, buyer.language)
    placed = order_writing.write(session, chosen, addressed, None, _TERMS, now=at)
    _pay(session, placed, at + _UNTIL_PAID)
    ready = at + _UNTIL_READY
    _fulfil(session, placed.order_id, ready)
    _charged_until(session, placed.order_id, placed.amount.currency, ready, now)
    billed = select(CustomerBill.id).where(CustomerBill.order_id == placed.order_id)
    about = tuple(map(str, (placed.order_id, *session.exec(billed).all())))
    for event in (*outbox.open_events(session), *outbox.open_events(session, of=outbox.OF_BILLS)):
        if event.key.startswith(about):  # nobody is told of what is long past
            outbox.finish(session, event.id, now=ready)


def _pay(session: Session, placed: Placed, at: datetime) -> None:
    if placed.payment_id is not None:
        charge = Charge(
            reference=f"demo-{placed.payment_id}",
            payment_id=str(placed.payment_id),
            status=ChargeStatus.SUCCEEDED,
            amount=placed.amount,
            refunded=Money.zero(placed.amount.currency),
        )
        payments.settle(session, charge=charge, now=at)


def _fulfil(session: Session, order_id: UUID, at: datetime) -> None:
    fulfilment.prepare(session, order_id, now=at)
    for kind in ResourceKind:
        fulfilment.allocate(session, order_id, kind, now=at)
    fulfilment.activate(session, order_id, now=at)
    fulfilment.complete(session, order_id, now=at)


def _charged_until(
    session: Session, order_id: UUID, currency: str, started: datetime, now: datetime
) -> None:
    products = fulfilment.products_of(session, order_id)
    items = {product.order_item_id for product in products}
    prices = sold_prices(session, items, currency=currency, since=started)
    for product in products:
        coming = schedule(
            prices.get(product.order_item_id, ()),
            start=started,
            until=add_months(now, _HORIZON_MONTHS),
            currency=currency,
        )
        product.next_charge_at = next((charge.at for charge in coming if charge.at > now), None)
    session.flush()
