"""Vouchers in tests: who makes them, a batch in few words, a code of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.people.sealing import Vault
from self_service.domain.vouchers import batches, codes
from self_service.domain.vouchers.batch_form import NewBatch
from self_service.models.access import Role
from self_service.models.base import NOBODY
from self_service.models.vouchers import VoucherBatch, VoucherKind
from self_service.money import Money
from tests import books

VAULT = Vault("a secret of tests")
EUR = books.CURRENCY


def administrator(now: datetime, role: Role = Role.ADMINISTRATOR) -> Actor:
    """Somebody who works here, with a fresh proof."""
    return Actor(role, identity_id=NOBODY, full_name="Ida Boss", confirmed_at=now)


def customer(session: Session, now: datetime) -> Actor:
    """A customer in person."""
    row = books.make_customer(session, now=now)
    return Actor(Role.CUSTOMER, customer_id=row.id, identity_id=uuid4(), confirmed_at=now)


def wish(now: datetime, **changes: object) -> NewBatch:
    """Three printed vouchers of 10,00 € for a year."""
    given: dict[str, object] = {
        "kind": VoucherKind.PRINT,
        "name": "Spring",
        "amount": Money(1_000, EUR),
        "count": 3,
        "expires_at": now + timedelta(days=365),
    }
    return NewBatch(**{**given, **changes})  # type: ignore[arg-type]


def make_batch(session: Session, *, now: datetime, **changes: object) -> VoucherBatch:
    """Make a batch as an administrator."""
    number = batches.create(session, administrator(now), wish(now, **changes), vault=VAULT, now=now)
    return session.exec(select(VoucherBatch).where(VoucherBatch.number == number)).one()


def code_of(batch: VoucherBatch, serial: int, *, now: datetime) -> str:
    """The code of a printed voucher, as its card says it."""
    return codes.grouped(codes.derived(VAULT.open(batch.sealed_key, now=now), serial))
