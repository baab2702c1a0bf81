"""Who can receive a gift, and what a sender may see of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import phonenumbers
from sqlmodel import Session, select

from self_service.domain.people.accounts import normalise
from self_service.models.access import DigitalIdentity, Role
from self_service.models.people import Customer, CustomerStatus, Individual
from self_service.models.subscriptions import Product, ProductStatus, Resource, ResourceKind
from self_service.models.wallet import Bucket

#: No address or number is longer.
_LONGEST = 254
_RUNNING = (ProductStatus.ACTIVE, ProductStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who can receive a gift.

    Attributes:
        masked: first letters of the name.
    """

    customer_id: UUID
    masked: str


def find(session: Session, typed: object, *, country: str) -> Receiver | None:
    """Find who has a proven e-mail address, or one of our numbers; None for nobody.

    Args:
        session: open transaction.
        typed: the whole address or number.
        country: of numbers typed without a country code.
    """
    text = typed.strip()[:_LONGEST] if isinstance(typed, str) else ""
    customer_id = _by_email(session, text) if "@" in text else _by_number(session, text, country)
    if customer_id is None or not can_receive(session, customer_id):
        return None
    customer = session.get_one(Customer, customer_id)
    return Receiver(customer_id, _masked(session, customer))


def can_receive(session: Session, customer_id: UUID) -> bool:
    """Say whether somebody is a customer who can use a gift."""
    customer = session.get(Customer, customer_id)
    return customer is not None and customer.status is CustomerStatus.ACTIVE


def masked_name(session: Session, bucket_id: UUID) -> str:
    """Return the first letters of the name of a wallet's owner, "" when they left."""
    row = session.get(Bucket, bucket_id)
    customer = session.get(Customer, row.customer_id) if row else None
    return _masked(session, customer) if customer else ""


def _by_email(session: Session, typed: str) -> UUID | None:
    statement = select(DigitalIdentity.customer_id).where(
        DigitalIdentity.login == normalise(typed),
        DigitalIdentity.role == Role.CUSTOMER,
        DigitalIdentity.email_verified_at.is_not(None),
        DigitalIdentity.disabled_at.is_(None),
    )
    return session.exec(statement).first()


def _by_number(session: Session, typed: str, country: str) -> UUID | None:
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException:
        return None
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    statement = (
        select(Product.customer_id)
        .join(Resource, Resource.product_id == Product.id)
        .where(
            Resource.kind == ResourceKind.MSISDN,
            Resource.value == value,
            Product.status.in_(_RUNNING),
        )
    )
    return session.exec(statement).first()


def _masked(session: Session, customer: Customer) -> str:
    person = session.get(Individual, customer.individual_id) if customer.individual_id else None
    names = [person.given_name, person.family_name] if person else customer.name.split()
    return " ".join(f"{name[:1]}…" for name in names if name)
