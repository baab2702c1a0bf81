"""What is given out of each table, and to whom it belongs.

Each table is a part with the columns that are given out; a column that is not named stays here.
What is left out stands in `LEFT_OUT` with its reason. A test finds every table that refers to a
person and is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import and_, col, or_, select

from self_service.domain.errors import N_
from self_service.domain.people.own_data_limits import LIMITS
from self_service.domain.people.own_data_money import MONEY
from self_service.domain.people.own_data_services import SERVICES
from self_service.domain.people.own_data_shape import Part, Whose, part, within
from self_service.domain.people.own_data_sharing import SHARING
from self_service.domain.people.own_data_usage import USAGE
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
from self_service.models.notices import Notice, NoticeSettings, PushSubscription
from self_service.models.orders import (
    OrderItemPrice,
    OrderMilestone,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.payments import ChargeBack, Payment, Refund
from self_service.models.people import (
    Consent,
    ContactMedium,
    Customer,
    Individual,
    PlannedMove,
    Site,
)
from self_service.models.subscriptions import Product, Resource


def _items(who: Whose) -> Any:
    return (
        select(ProductOrderItem.id)
        .join(ProductOrder, ProductOrder.id == ProductOrderItem.order_id)
        .where(ProductOrder.customer_id == who.customer)
    )


PARTS: tuple[Part, ...] = (
    part(
        "person",
        N_("About you"),
        Individual,
        (
            "given_name family_name birth_date email mobile language channel gender occupation "
            "created_at"
        ),
        lambda who: col(Individual.id) == who.individual,
    ),
    part(
        "customer",
        N_("Customer account"),
        Customer,
        "id name status created_at",
        lambda who: col(Customer.id) == who.customer,
    ),
    part(
        "sign_in",
        N_("Sign-in"),
        DigitalIdentity,
        "login username role email_verified_at created_at",
        lambda who: col(DigitalIdentity.id) == who.identity,
    ),
    part(
        "sessions",
        N_("Where you are signed in"),
        WebSession,
        "device network created_at last_seen_at expires_at",
    ),
    part(
        "passkeys",
        N_("Passkeys"),
        Passkey,
        "name created_at last_used_at",
    ),
    part(
        "linked_accounts",
        N_("Linked accounts"),
        LinkedAccount,
        "issuer subject created_at",
    ),
    part(
        "places",
        N_("Your places"),
        Site,
        "id label address closed_at created_at",
    ),
    part(
        "planned_moves",
        N_("Moves that you planned"),
        PlannedMove,
        "site_id address move_on created_at cancelled_at done_at",
    ),
    part(
        "contacts",
        N_("Your contacts"),
        ContactMedium,
        "name relation email mobile shown created_at",
    ),
    part(
        "consents",
        N_("What you agreed to"),
        Consent,
        "kind given version created_at",
    ),
    part(
        "shared_access",
        N_("Access that was granted"),
        Grant,
        "product_id scope created_at expires_at",
        lambda who: or_(Grant.customer_id == who.customer, Grant.identity_id == who.identity),
    ),
    part(
        "dealers",
        N_("Dealers who serve you"),
        Assignment,
        "created_at",
    ),
    part(
        "baskets",
        N_("Baskets"),
        ShoppingCart,
        "id status currency checkout updated_at",
    ),
    part(
        "basket_lines",
        N_("What is in the baskets"),
        CartItem,
        "cart_id offering_id configuration quantity",
        within(CartItem.cart_id, ShoppingCart),
    ),
    part(
        "orders",
        N_("Orders"),
        ProductOrder,
        (
            "id number state status_changed_at currency due_now_minor monthly_minor language "
            "site_id ordered_at"
        ),
    ),
    part(
        "order_lines",
        N_("What you ordered"),
        ProductOrderItem,
        "id order_id parent_id kind state name configuration quantity term_months",
        within(ProductOrderItem.order_id, ProductOrder),
    ),
    part(
        "order_prices",
        N_("Prices of your orders"),
        OrderItemPrice,
        "item_id price_type name amount_minor percent_bp period_unit period_length",
        lambda who: col(OrderItemPrice.item_id).in_(_items(who)),
    ),
    part(
        "order_steps",
        N_("Steps of your orders"),
        OrderMilestone,
        "order_id code subject at",
        within(OrderMilestone.order_id, ProductOrder),
    ),
    part(
        "payments",
        N_("Payments"),
        Payment,
        "id order_id purpose amount_minor currency status status_changed_at created_at",
    ),
    part(
        "refunds",
        N_("Refunds"),
        Refund,
        "payment_id amount_minor currency reason status status_changed_at created_at",
        within(Refund.payment_id, Payment),
    ),
    part(
        "charge_backs",
        N_("Payments that your bank took back"),
        ChargeBack,
        "payment_id amount_minor currency status status_changed_at created_at",
        within(ChargeBack.payment_id, Payment),
    ),
    *MONEY,
    *SERVICES,
    *USAGE,
    *LIMITS,
    *SHARING,
    part(
        "subscriptions",
        N_("Subscriptions and goods"),
        Product,
        (
            "id order_id parent_id kind name configuration status status_changed_at started_at "
            "term_ends_at next_charge_at prepaid currency"
        ),
    ),
    part(
        "numbers_and_devices",
        N_("Numbers, SIMs and serial numbers"),
        Resource,
        "product_id kind value assigned_at",
        within(Resource.product_id, Product),
    ),
    part(
        "documents",
        N_("Documents"),
        Document,
        "kind name media_type digest created_at",
    ),
    part(
        "messages",
        N_("Mail to you"),
        CommunicationMessage,
        "kind channel receiver language subject created_at sent_at",
    ),
    part(
        "notices",
        N_("What we told you"),
        Notice,
        "topic kind subject text path created_at read_at",
    ),
    part(
        "notice_settings",
        N_("How you want to be told"),
        NoticeSettings,
        "choices quiet_from quiet_until changed_at",
    ),
    part(
        "push_browsers",
        N_("Browsers that show notifications"),
        PushSubscription,
        "device created_at",
    ),
    part(
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
    "content_pin": "a keyed hash of the PIN of content controls",
    "port_out_code": "a code that takes a number away, sealed; shown after a fresh proof only",
    "voucher_batch": "stock of the operator and its dealers, not of a customer",
    "customer_word": "made of name, addresses and number, which are given out; for finding only",
}
