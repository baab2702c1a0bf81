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
from self_service.models.documents import Document
from self_service.models.messages import CommunicationMessage
from self_service.models.orders import ProductOrder
from self_service.models.people import (
    Channel,
    ContactMedium,
    Customer,
    CustomerStatus,
    Individual,
    Site,
)

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
    ordered = select(ProductOrder.cart_id).where(ProductOrder.customer_id == customer_id)
    contracts = select(ProductOrder.contract_document_id).where(
        ProductOrder.customer_id == customer_id, col(ProductOrder.contract_document_id).is_not(None)
    )
    typed = col(ShoppingCart.checkout)["details"]["email"].as_string() == email
    theirs = ShoppingCart.customer_id == customer_id
    visitors = (col(ShoppingCart.customer_id).is_(None)) & typed if email else theirs
    carts = session.exec(select(ShoppingCart.id).where(or_(theirs, visitors))).all()
    drafts = or_(col(Document.cart_id).in_(carts), Document.customer_id == customer_id)
    _drop(session, Document, drafts, col(Document.id).not_in(contracts))
    unordered = col(ShoppingCart.id).in_(carts) & col(ShoppingCart.id).not_in(ordered)
    abandoned = session.exec(select(ShoppingCart.id).where(unordered)).all()
    # a line is deleted with those that were chosen for it: these first
    inside = col(CartItem.cart_id).in_(abandoned)
    _drop(session, CartItem, inside, col(CartItem.parent_id).is_not(None))
    _drop(session, CartItem, inside)
    _drop(session, ShoppingCart, col(ShoppingCart.id).in_(abandoned))
    _change(session, ShoppingCart, col(ShoppingCart.id).in_(carts), checkout={}, undo=[])


def forget_sign_in(session: Session, identities: Iterable[DigitalIdentity], now: datetime) -> None:
    """Delete all ways in, and end those who are in."""
    for identity in identities:
        for table in (WebSession, Passkey, RecoveryCode, LinkedAccount, OneTimeSecret):
            _drop(session, table, table.identity_id == identity.id)
        _drop(session, Grant, Grant.identity_id == identity.id)
        identity.login = f"erased-{secrets.token_hex(16)}"
        identity.username, identity.password_hash, identity.totp_secret = None, "", ""
        identity.totp_step, identity.failed_attempts = 0, 0
        identity.email_verified_at = identity.locked_until = None
        identity.disabled_at = identity.disabled_at or now


def forget_others(session: Session, customer_id: UUID, now: datetime) -> None:
    """Delete whom the customer named and let in, and the places where nothing was delivered."""
    _drop(session, ContactMedium, ContactMedium.customer_id == customer_id)
    _drop(session, Grant, Grant.customer_id == customer_id)
    _drop(session, Assignment, Assignment.customer_id == customer_id)
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


def _drop(session: Session, table: type[SQLModel], *conditions: Any) -> None:
    session.flush()
    changed(session, delete(table).where(*conditions).execution_options(synchronize_session=False))


def _change(session: Session, table: type[SQLModel], condition: Any, **values: Any) -> None:
    session.flush()
    statement = update(table).where(condition).values(**values)
    changed(session, statement.execution_options(synchronize_session=False))
