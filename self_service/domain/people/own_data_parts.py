"""What is given out of each table, and to whom it belongs.

Each table is a part with the columns that are given out; a column that is not named stays here.
What is left out stands in `LEFT_OUT` with its reason. A test finds every table that refers to a
person and is in neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, and_, col, or_, select

from self_service.domain.errors import N_
from self_service.models.access import (
    Assignment,
    DigitalIdentity,
    Grant,
    LinkedAccount,
    Passkey,
    WebSession,
)
from self_service.models.audit import AuditEntry
from self_service.models.basket import CartItem, ShoppingCart
from self_service.models.documents import Document
from self_service.models.messages import CommunicationMessage
from self_service.models.orders import (
    OrderItemPrice,
    OrderMilestone,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.payments import Payment, Refund
from self_service.models.people import Consent, ContactMedium, Customer, Individual, Site
from self_service.models.subscriptions import Product, Resource


@dataclass(frozen=True, slots=True)
class Whose:
    """By which ids a person's rows are found."""

    customer: UUID
    individual: UUID
    identity: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """One table of what is given out.

    Attributes:
        key: stable name, for programs.
        title: translatable, for people.
        columns: those that are given out, in this order, under their own names.
        mine: the condition on the person's rows.
    """

    key: str
    title: str
    table: type[SQLModel]
    columns: tuple[str, ...]
    mine: Callable[[Whose], ColumnElement[bool]]


def _within(column: Any, table: Any) -> Callable[[Whose], ColumnElement[bool]]:
    """Rows that belong to rows of the customer's."""
    return lambda who: column.in_(select(table.id).where(table.customer_id == who.customer))


def _items(who: Whose) -> Any:
    return (
        select(ProductOrderItem.id)
        .join(ProductOrder, ProductOrder.id == ProductOrderItem.order_id)
        .where(ProductOrder.customer_id == who.customer)
    )


def _part(
    key: str,
    title: str,
    table: Any,
    columns: str,
    mine: Callable[[Whose], ColumnElement[bool]] | None = None,
) -> Part:
    """Make a part; without `mine`, its rows name the customer or else the identity."""

    def named(who: Whose) -> ColumnElement[bool]:
        found: ColumnElement[bool] = (
            table.customer_id == who.customer
            if "customer_id" in table.model_fields
            else table.identity_id == who.identity
        )
        return found

    return Part(key, title, table, tuple(columns.split()), mine or named)


PARTS = (
    _part(
        "person",
        N_("About you"),
        Individual,
        (
            "given_name family_name birth_date email mobile language channel gender occupation "
            "created_at"
        ),
        lambda who: col(Individual.id) == who.individual,
    ),
    _part(
        "customer",
        N_("Customer account"),
        Customer,
        "id name status created_at",
        lambda who: col(Customer.id) == who.customer,
    ),
    _part(
        "sign_in",
        N_("Sign-in"),
        DigitalIdentity,
        "login username role email_verified_at created_at",
        lambda who: col(DigitalIdentity.id) == who.identity,
    ),
    _part(
        "sessions",
        N_("Where you are signed in"),
        WebSession,
        "device network created_at last_seen_at expires_at",
    ),
    _part(
        "passkeys",
        N_("Passkeys"),
        Passkey,
        "name created_at last_used_at",
    ),
    _part(
        "linked_accounts",
        N_("Linked accounts"),
        LinkedAccount,
        "issuer subject created_at",
    ),
    _part(
        "places",
        N_("Your places"),
        Site,
        "id label address closed_at created_at",
    ),
    _part(
        "contacts",
        N_("Your contacts"),
        ContactMedium,
        "name relation email mobile shown created_at",
    ),
    _part(
        "consents",
        N_("What you agreed to"),
        Consent,
        "kind given version created_at",
    ),
    _part(
        "shared_access",
        N_("Access that was granted"),
        Grant,
        "product_id scope created_at expires_at",
        lambda who: or_(Grant.customer_id == who.customer, Grant.identity_id == who.identity),
    ),
    _part(
        "dealers",
        N_("Dealers who serve you"),
        Assignment,
        "created_at",
    ),
    _part(
        "baskets",
        N_("Baskets"),
        ShoppingCart,
        "id status currency checkout updated_at",
    ),
    _part(
        "basket_lines",
        N_("What is in the baskets"),
        CartItem,
        "cart_id offering_id configuration quantity",
        _within(CartItem.cart_id, ShoppingCart),
    ),
    _part(
        "orders",
        N_("Orders"),
        ProductOrder,
        (
            "id number state status_changed_at currency due_now_minor monthly_minor language "
            "site_id ordered_at"
        ),
    ),
    _part(
        "order_lines",
        N_("What you ordered"),
        ProductOrderItem,
        "id order_id parent_id kind state name configuration quantity term_months",
        _within(ProductOrderItem.order_id, ProductOrder),
    ),
    _part(
        "order_prices",
        N_("Prices of your orders"),
        OrderItemPrice,
        "item_id price_type name amount_minor percent_bp period_unit period_length",
        lambda who: col(OrderItemPrice.item_id).in_(_items(who)),
    ),
    _part(
        "order_steps",
        N_("Steps of your orders"),
        OrderMilestone,
        "order_id code subject at",
        _within(OrderMilestone.order_id, ProductOrder),
    ),
    _part(
        "payments",
        N_("Payments"),
        Payment,
        "id order_id amount_minor currency status status_changed_at created_at",
    ),
    _part(
        "refunds",
        N_("Refunds"),
        Refund,
        "payment_id amount_minor currency reason status status_changed_at created_at",
        _within(Refund.payment_id, Payment),
    ),
    _part(
        "subscriptions",
        N_("Subscriptions and goods"),
        Product,
        (
            "id order_id parent_id kind name configuration status status_changed_at started_at "
            "term_ends_at next_charge_at prepaid currency"
        ),
    ),
    _part(
        "numbers_and_devices",
        N_("Numbers, SIMs and serial numbers"),
        Resource,
        "product_id kind value assigned_at",
        _within(Resource.product_id, Product),
    ),
    _part(
        "documents",
        N_("Documents"),
        Document,
        "kind name media_type digest created_at",
    ),
    _part(
        "messages",
        N_("Mail to you"),
        CommunicationMessage,
        "kind receiver language subject created_at sent_at",
    ),
    _part(
        "history",
        N_("Who did what with your data"),
        AuditEntry,
        "at role act subject",
        lambda who: or_(
            AuditEntry.customer_id == who.customer,
            and_(AuditEntry.actor_id == who.identity, col(AuditEntry.customer_id).is_(None)),
        ),
    ),
)

#: Tables that refer to a person and are not given out, and why.
LEFT_OUT: Mapping[str, str] = {
    "one_time_secret": "hashes of links that work once and end within days",
    "recovery_code": "hashes of codes that sign in",
}
