"""What is deleted and emptied when a customer is erased; `erasure` says when."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, or_, select

from self_service.domain.rows import changed
from self_service.models.access import (
    Assignment,
    Attempts,
    DigitalIdentity,
    Grant,
    LinkedAccount,
    OneTimeSecret,
    Passkey,
    Purpose,
    RecoveryCode,
    WebSession,
)
from self_service.models.basket import CartItem, ShoppingCart
from self_service.models.bills import AccountStatus, BillingAccount, CustomerBill
from self_service.models.budgets import CostCentre, CostCentreLine, SpendBudget
from self_service.models.changes import GoodsRequest, ProductChange
from self_service.models.coverage import CoverageWait
from self_service.models.documents import Document
from self_service.models.dunning import BillDispute
from self_service.models.limits import (
    AlertChoice,
    SpendBar,
    SpendLimit,
    UsageAlert,
    UsageAlertTold,
)
from self_service.models.messages import CommunicationMessage
from self_service.models.network import ServiceRequest
from self_service.models.notices import Notice, NoticeSettings, PushSubscription
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment, PaymentMethod
from self_service.models.people import (
    Channel,
    ContactMedium,
    Customer,
    CustomerStatus,
    Individual,
    PlannedMove,
    Site,
)
from self_service.models.promotions import CartPromotion
from self_service.models.service_settings import ContentPin, ServiceSetting
from self_service.models.sharing import SharingGroup, SharingInvitation
from self_service.models.sims import NumberPorting, PortOutCode
from self_service.models.subscriptions import Product
from self_service.models.usage import Usage, UsagePeriod
from self_service.models.vouchers import VoucherSale
from self_service.models.wallet import AutoTopup, Bucket, TransferBalance

#: Ways in, and what stands for who is in.
_OF_SIGN_IN = (WebSession, Passkey, RecoveryCode, LinkedAccount, OneTimeSecret)
#: What stands where a name was.
ERASED = "Erased"


def forget_person(customer: Customer, person: Individual) -> None:
    """Empty who the customer is, and close the account."""
    person.given_name = person.family_name = customer.name = ERASED
    person.email = person.mobile = person.gender = person.occupation = ""
    person.birth_date, person.channel = None, Channel.EMAIL
    customer.gateway_customer, customer.status = "", CustomerStatus.CLOSED


def forget_mail(
    session: Session, person: Individual, identities: Iterable[DigitalIdentity]
) -> None:
    """Delete letters to the person, and what counts their tries under their address."""
    addresses = {person.email, *(identity.login for identity in identities)} - {""}
    names = addresses | {str(identity.id) for identity in identities}
    _drop(
        session,
        CommunicationMessage,
        or_(
            col(CommunicationMessage.receiver).in_(addresses),
            col(CommunicationMessage.identity_id).in_([identity.id for identity in identities]),
        ),
    )
    for name in names:
        _drop(session, Attempts, col(Attempts.key).endswith(f" {name}", autoescape=True))


def forget_baskets(session: Session, customer_id: UUID, email: str) -> None:
    """Delete what was never ordered, with the drafts of its contracts, and what was typed."""
    ordered = select(ProductOrder.cart_id).where(
        ProductOrder.customer_id == customer_id, col(ProductOrder.cart_id).is_not(None)
    )
    contracts = select(ProductOrder.contract_document_id).where(
        ProductOrder.customer_id == customer_id, col(ProductOrder.contract_document_id).is_not(None)
    )
    typed = col(ShoppingCart.checkout)["details"]["email"].as_string() == email
    theirs = ShoppingCart.customer_id == customer_id
    visitors = (col(ShoppingCart.customer_id).is_(None)) & typed if email else theirs
    carts = session.exec(select(ShoppingCart.id).where(or_(theirs, visitors))).all()
    drafts = or_(col(Document.cart_id).in_(carts), Document.customer_id == customer_id)
    billed = select(CustomerBill.document_id).where(
        CustomerBill.customer_id == customer_id, col(CustomerBill.document_id).is_not(None)
    )
    kept = (col(Document.id).not_in(contracts), col(Document.id).not_in(billed))
    _drop(session, Document, drafts, *kept)
    unordered = col(ShoppingCart.id).in_(carts) & col(ShoppingCart.id).not_in(ordered)
    abandoned = session.exec(select(ShoppingCart.id).where(unordered)).all()
    # a line is deleted with those that were chosen for it: these first
    inside = col(CartItem.cart_id).in_(abandoned)
    _drop(session, CartItem, inside, col(CartItem.parent_id).is_not(None))
    _drop(session, CartItem, inside)
    _drop(session, CartPromotion, col(CartPromotion.cart_id).in_(carts))
    _drop(session, ShoppingCart, col(ShoppingCart.id).in_(abandoned))
    _change(session, ShoppingCart, col(ShoppingCart.id).in_(carts), checkout={}, undo=[])


def forget_sign_in(session: Session, identities: Iterable[DigitalIdentity], now: datetime) -> None:
    """Delete all ways in with what was told there, and end those who are in."""
    for identity in identities:
        for table in (*_OF_SIGN_IN, Notice, NoticeSettings, PushSubscription):
            _drop(session, table, table.identity_id == identity.id)
        _drop(session, Grant, Grant.identity_id == identity.id)
        identity.login = f"erased-{secrets.token_hex(16)}"
        identity.username, identity.password_hash, identity.totp_secret = None, "", ""
        identity.totp_step, identity.failed_attempts = 0, 0
        identity.email_verified_at = identity.locked_until = None
        identity.disabled_at = identity.disabled_at or now


def forget_others(session: Session, customer_id: UUID, now: datetime) -> None:
    """Delete whom the customer named and let in, moves, and places where nothing was delivered."""
    _drop(session, ContactMedium, ContactMedium.customer_id == customer_id)
    _drop(session, Grant, Grant.customer_id == customer_id)
    _drop(session, Assignment, Assignment.customer_id == customer_id)
    _drop(session, PlannedMove, PlannedMove.customer_id == customer_id)
    _change(session, WebSession, col(WebSession.acting_for) == customer_id, acting_for=None)
    delivered = select(ProductOrder.site_id).where(
        ProductOrder.customer_id == customer_id, col(ProductOrder.site_id).is_not(None)
    )
    mine = Site.customer_id == customer_id
    _drop(session, Site, mine, col(Site.id).not_in(delivered))
    _change(session, Site, mine & col(Site.closed_at).is_(None), closed_at=now)
    invitations = select(OneTimeSecret).where(OneTimeSecret.purpose == Purpose.INVITATION)
    for row in session.exec(invitations).all():
        if str(customer_id) in map(str, row.data.values()):
            session.delete(row)


def forget_money(session: Session, customer_id: UUID, now: datetime) -> None:
    """Forget cards and standing orders, and what people wrote; bills, books and payments stay."""
    buckets = select(Bucket.id).where(Bucket.customer_id == customer_id)
    bills = select(CustomerBill.id).where(CustomerBill.customer_id == customer_id)
    _drop(session, AutoTopup, col(AutoTopup.bucket_id).in_(buckets))
    account = col(BillingAccount.customer_id) == customer_id
    closed = {"status": AccountStatus.CLOSED, "status_changed_at": now, "next_bill_at": None}
    _change(session, BillingAccount, account, autopay=False, method_id=None, **closed)
    _change(session, Payment, col(Payment.customer_id) == customer_id, method_id=None)
    _drop(session, PaymentMethod, PaymentMethod.customer_id == customer_id)
    theirs = or_(
        col(TransferBalance.sender_id).in_(buckets), col(TransferBalance.receiver_id).in_(buckets)
    )
    _change(session, TransferBalance, theirs, note="")
    _change(session, BillDispute, col(BillDispute.bill_id).in_(bills), reason="", answer="")
    _change(session, GoodsRequest, col(GoodsRequest.customer_id) == customer_id, reason="")
    changes = col(ProductChange.customer_id) == customer_id
    _change(session, ProductChange, changes, wanted={})
    products = select(Product.id).where(Product.customer_id == customer_id)
    months = select(UsagePeriod.id).where(col(UsagePeriod.product_id).in_(products))
    _change(session, Usage, col(Usage.period_id).in_(months), other="")
    bought = col(VoucherSale.customer_id) == customer_id
    _change(session, VoucherSale, bought, receiver="", greeting="", sealed_code="")


def forget_services(session: Session, customer_id: UUID) -> None:
    """Delete how services were set up, and by what the customer was known elsewhere."""
    theirs = select(Product.id).where(Product.customer_id == customer_id)
    alerts = select(UsageAlert.id).where(col(UsageAlert.product_id).in_(theirs))
    _drop(session, UsageAlertTold, col(UsageAlertTold.alert_id).in_(alerts))
    limits = (UsageAlert, AlertChoice, SpendLimit, SpendBar)
    for table in (ServiceSetting, ContentPin, PortOutCode, *limits):
        _drop(session, table, col(table.product_id).in_(theirs))
    ported = col(NumberPorting.product_id).in_(theirs)
    _change(session, NumberPorting, ported, sealed_code="", donor="")
    asked = col(ServiceRequest.product_id).in_(theirs)
    _change(session, ServiceRequest, asked, wanted={}, told={})
    _drop(session, CoverageWait, CoverageWait.customer_id == customer_id)
    groups = select(SharingGroup.id).where(col(SharingGroup.product_id).in_(theirs))
    _change(session, SharingGroup, col(SharingGroup.product_id).in_(theirs), name="")
    invited = col(SharingInvitation.group_id).in_(groups)
    _change(session, SharingInvitation, invited, sealed_code="", email="")
    _drop(session, CostCentreLine, col(CostCentreLine.product_id).in_(theirs))
    mine = col(CostCentre.customer_id) == customer_id
    _drop(session, CostCentre, mine, col(CostCentre.parent_id).is_not(None))
    _drop(session, CostCentre, mine)
    _drop(session, SpendBudget, SpendBudget.customer_id == customer_id)


def _drop(session: Session, table: type[SQLModel], *conditions: Any) -> None:
    session.flush()
    changed(session, delete(table).where(*conditions).execution_options(synchronize_session=False))


def _change(session: Session, table: type[SQLModel], condition: Any, **values: Any) -> None:
    session.flush()
    statement = update(table).where(condition).values(**values)
    changed(session, statement.execution_options(synchronize_session=False))
