"""Wallets in tests: customers with credit, prepaid services, and letters that say what they got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills.accounts import billing_account
from self_service.domain.messages import Letter
from self_service.domain.payments.paying import Way
from self_service.domain.policy import WalletPolicy
from self_service.domain.vouchers import worth
from self_service.domain.wallet import buckets, topups
from self_service.domain.wallet.telling import WalletLetters
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.access import DigitalIdentity, Role
from self_service.models.basket import CartStatus, ShoppingCart
from self_service.models.bills import ProductCharging, TaxCategory, TaxRate
from self_service.models.catalog import OfferingKind
from self_service.models.ledger import AccountKind
from self_service.models.messages import CommunicationMessage
from self_service.models.orders import OrderItemPrice, ProductOrder, ProductOrderItem
from self_service.models.payments import Payment, PaymentMethod, PaymentStatus
from self_service.models.people import Customer, Individual
from self_service.models.subscriptions import Product, ProductStatus, Resource, ResourceKind
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherStatus
from self_service.models.wallet import Bucket
from self_service.money import Money
from tests import books
from tests.factories import make_offering, monthly

CURRENCY = books.CURRENCY
TERMS = WalletTerms(WalletPolicy(), CURRENCY, "DE", "sandbox")
WAY = Way(provider="sandbox", back="/en/wallet")


def letter(kind: str, *said: Any) -> Letter:
    """A letter that says what it was given."""
    return Letter(kind, " | ".join(map(str, said)))


LETTERS = WalletLetters(
    low=lambda language, left: letter("low", language, left.minor),
    expiring=lambda language, left, until: letter("expiring", language, left.minor, until),
    gift=lambda language, amount: letter("gift", language, amount.minor),
    gift_returned=lambda language, amount: letter("gift_returned", language, amount.minor),
    suspended=lambda language, name, price: letter("suspended", language, name, price.minor),
    auto_paused=lambda language, amount: letter("auto_paused", language, amount.minor),
)


def euro(minor: int) -> Money:
    """A sum."""
    return Money(minor, CURRENCY)


def person(session: Session, email: str, *, now: datetime, name: str = "Ada Quell") -> Actor:
    """A customer in person, with a proven address, who just proved who they are."""
    given, family = name.split()
    who = Individual(given_name=given, family_name=family, email=email, created_at=now)
    customer = Customer(name=name, individual_id=who.id, created_at=now)
    identity = DigitalIdentity(
        individual_id=who.id,
        customer_id=customer.id,
        login=email,
        password_hash="hash",
        email_verified_at=now,
        created_at=now,
    )
    for row in (who, customer, identity):
        session.add(row)
        session.flush()
    return Actor(
        role=Role.CUSTOMER,
        customer_id=customer.id,
        identity_id=identity.id,
        full_name=name,
        confirmed_at=now,
    )


def fresh(actor: Actor, now: datetime) -> Actor:
    """The same person, who proved again who they are."""
    return replace(actor, confirmed_at=now)


def wallet(session: Session, actor: Actor, *, now: datetime) -> Bucket:
    """The wallet of somebody."""
    return buckets.bucket(session, actor.customer(), CURRENCY, now)


def holds(session: Session, actor: Actor) -> int:
    """Minor units in somebody's wallet."""
    return books.balance(session, AccountKind.WALLET, actor.customer())


def start(session: Session, actor: Actor, minor: int, *, now: datetime, **more: Any) -> UUID:
    """Begin a top-up by card; returns the payment."""
    given = {"way": WAY, "once": uuid4(), "terms": TERMS, **more}
    return topups.start_by_card(session, actor, euro(minor), now=now, **given)


def settle(session: Session, payment_id: UUID, *, now: datetime) -> None:
    """Let the money of a payment come."""
    payment = session.get_one(Payment, payment_id)
    payment.status, payment.status_changed_at = PaymentStatus.DONE, now
    session.flush()
    topups.paid(session, payment, now=now)


def decline(session: Session, payment_id: UUID, *, now: datetime, code: str = "expired") -> None:
    """Let a payment come to nothing."""
    payment = session.get_one(Payment, payment_id)
    payment.status, payment.failure_code = PaymentStatus.FAILED, code
    session.flush()
    topups.failed(session, payment, now=now)


def top_up(session: Session, actor: Actor, minor: int, *, now: datetime) -> None:
    """Put credit into somebody's wallet by card."""
    settle(session, start(session, actor, minor, now=now), now=now)


def make_voucher(session: Session, minor: int, *, now: datetime, **more: Any) -> tuple[str, ...]:
    """Issue a voucher; returns by what its code is found."""
    mark = uuid4().hex
    batch = VoucherBatch(
        number=f"V{mark[:8]}",
        amount_minor=minor,
        currency=str(more.get("currency", CURRENCY)),
        count=1,
        status_changed_at=now,
        expires_at=now + timedelta(days=365),
        created_at=now,
    )
    session.add(batch)
    session.flush()
    given = {"expires_at": batch.expires_at, "currency": CURRENCY, **more}
    voucher = Voucher(
        batch_id=batch.id,
        serial=7,
        code_hash=mark,
        amount_minor=minor,
        status_changed_at=now,
        **given,
    )
    session.add(voucher)
    session.flush()
    if voucher.status is VoucherStatus.ISSUED:  # only what can be redeemed is worth something
        worth.issued(session, batch, now=now)
    return (mark,)


def make_card(session: Session, actor: Actor, *, now: datetime, **more: Any) -> PaymentMethod:
    """A saved card that may be charged in absence."""
    given = {"last4": "4242", "brand": "visa", "mandate_at": now, **more}
    card = PaymentMethod(
        customer_id=actor.customer(),
        provider="sandbox",
        token=uuid4().hex,
        status_changed_at=now,
        created_at=now,
        **given,
    )
    session.add(card)
    session.flush()
    return card


def _ordered(session: Session, actor: Actor, now: datetime) -> ProductOrderItem:
    """A line of an order for a prepaid plan."""
    offering = make_offering(session, kind=OfferingKind.PLAN, prepaid=True)
    cart = ShoppingCart(
        visitor_key=uuid4().hex,
        status=CartStatus.ORDERED,
        status_changed_at=now,
        currency=CURRENCY,
        updated_at=now,
    )
    session.add(cart)
    session.flush()
    order = ProductOrder(
        number=uuid4().hex[:12],
        customer_id=actor.customer(),
        cart_id=cart.id,
        status_changed_at=now,
        currency=CURRENCY,
        due_now_minor=0,
        monthly_minor=0,
        ordered_at=now,
    )
    session.add(order)
    session.flush()
    item = ProductOrderItem(
        order_id=order.id,
        offering_id=offering.id,
        kind=OfferingKind.PLAN,
        name={"en": "Drift M"},
        status_changed_at=now,
        prepaid=True,
    )
    session.add(item)
    session.flush()
    return item


def make_service(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    prices: Sequence[dict[str, Any]] = (),
    due: datetime | None = None,
    number: str = "",
    tax_bp: int = 1900,
) -> Product:
    """A prepaid service that runs since `now` and is charged from the wallet from `due` on."""
    item = _ordered(session, actor, now)
    for position, price in enumerate(prices or [monthly(1000)]):
        given = {key: value for key, value in price.items() if key != "condition"}
        session.add(OrderItemPrice(item_id=item.id, position=position, **given))
    product = Product(
        customer_id=actor.customer(),
        order_id=item.order_id,
        order_item_id=item.id,
        offering_id=item.offering_id,
        kind=OfferingKind.PLAN,
        name={"en": "Drift M"},
        status=ProductStatus.ACTIVE,
        status_changed_at=now,
        started_at=now,
        prepaid=True,
        currency=CURRENCY,
    )
    session.add(product)
    session.flush()
    if number:
        held = Resource(kind=ResourceKind.MSISDN, value=number, product_id=product.id)
        session.add(held)
    account = billing_account(session, actor.customer(), currency=CURRENCY, now=now)
    account.tax_country = "DE"
    if not session.exec(select(TaxRate)).first():
        rate = {"country": "DE", "category": TaxCategory.STANDARD, "rate_bp": tax_bp}
        session.add(TaxRate(valid_from=date(2007, 1, 1), **rate))
    session.add(
        ProductCharging(
            product_id=product.id,
            account_id=account.id,
            order_item_id=item.id,
            anchor_at=now,
            starts_at=now,
            charged_until=due or now,
            by_wallet=True,
            next_at=due or now,
        )
    )
    session.flush()
    return product


def charging_of(session: Session, product: Product) -> ProductCharging:
    """How a product is charged, as it is stored."""
    return session.get_one(ProductCharging, product.id, populate_existing=True)


def kinds(session: Session) -> list[str]:
    """The subjects of all letters, the oldest first."""
    rows = session.exec(select(CommunicationMessage).order_by(CommunicationMessage.created_at))
    return [row.subject for row in rows]
