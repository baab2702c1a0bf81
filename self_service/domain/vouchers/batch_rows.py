"""Finding batches and vouchers by what staff read and say."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.errors import NotFound
from self_service.domain.vouchers import codes
from self_service.models.vouchers import Voucher, VoucherBatch


def find(session: Session, number: str) -> VoucherBatch:
    """Return a batch by its number.

    Raises:
        NotFound: there is none.
    """
    wanted = select(VoucherBatch).where(VoucherBatch.number == number.strip().upper())
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def lock(session: Session, batch_id: UUID) -> VoucherBatch:
    """Read a batch as it is now and keep others from changing it until the commit."""
    statement = select(VoucherBatch).where(VoucherBatch.id == batch_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def serial_of(batch: VoucherBatch, serial: int) -> str:
    """Return what is printed beside a code: "V-7K3M-92QX-000017"."""
    return f"{batch.number}-{serial:06d}"


def by_serial(session: Session, typed: str) -> tuple[VoucherBatch, Voucher]:
    """Find a voucher by what is printed beside its code, locked until the commit.

    Raises:
        NotFound: there is none.
    """
    number, _, serial = typed.strip().upper().rpartition("-")
    if not (serial.isascii() and serial.isdigit() and len(serial) <= 9):
        raise NotFound
    batch = find(session, number)
    wanted = select(Voucher).where(Voucher.batch_id == batch.id, Voucher.serial == int(serial))
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.exec(fresh).first()
    if found is None:
        raise NotFound
    return batch, found


def free_number(session: Session) -> str:
    """Make up a number that no batch has."""
    while True:
        drawn = "".join(secrets.choice(codes.ALPHABET) for _ in range(8))
        number = f"V-{drawn[:4]}-{drawn[4:]}"
        taken = select(VoucherBatch.id).where(VoucherBatch.number == number)
        if session.exec(taken).first() is None:
            return number
