"""What staff see of vouchers: batches with their numbers, one voucher, who redeemed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.vouchers import batch_rows
from self_service.models.access import DigitalIdentity, Role
from self_service.models.people import Customer
from self_service.models.vouchers import (
    BatchStatus,
    Voucher,
    VoucherBatch,
    VoucherKind,
    VoucherStatus,
)
from self_service.money import Money

#: Who looks at vouchers.
STAFF = (Role.ADMINISTRATOR, Role.REPRESENTATIVE)


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch and where its vouchers stand.

    Attributes:
        counts: vouchers by status; none stands for zero.
        dealer: login of who hands them out, "" for nobody.
        exportable: its codes can be written out still.
        exports: how often they were.
    """

    number: str
    kind: VoucherKind
    name: str
    amount: Money
    count: int
    counts: Mapping[VoucherStatus, int]
    status: BatchStatus
    expires_at: datetime | None
    dealer: str
    exportable: bool
    exports: int
    exported_at: datetime | None
    confirmed_at: datetime | None
    on_demand: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VoucherView:
    """One voucher; its code is nowhere."""

    serial: str
    batch: str
    amount: Money
    status: VoucherStatus
    expires_at: datetime
    redeemed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Redemption:
    """Who redeemed a voucher, and when; `customer` is "" once that person was erased."""

    serial: str
    customer: str
    redeemed_at: datetime


def overview(
    session: Session, actor: Actor, *, now: datetime, most: int = 50
) -> tuple[BatchView, ...]:
    """List the batches, the newest first.

    Raises:
        SignInNeeded, NotAllowed: not staff.
    """
    del now
    actor.one_of(*STAFF)
    newest = select(VoucherBatch).order_by(col(VoucherBatch.created_at).desc(), VoucherBatch.number)
    rows = session.exec(newest.limit(most)).all()
    return _views(session, rows)


def one(session: Session, actor: Actor, number: str, *, now: datetime) -> BatchView:
    """Show one batch.

    Raises:
        SignInNeeded, NotAllowed: not staff.
        NotFound: there is no such batch.
    """
    del now
    actor.one_of(*STAFF)
    return _views(session, [batch_rows.find(session, number)])[0]


def search(session: Session, actor: Actor, serial: str, *, now: datetime) -> VoucherView:
    """Find a voucher by what is printed beside its code.

    Raises:
        SignInNeeded, NotAllowed: not staff.
        NotFound: there is no such voucher.
    """
    del now
    actor.one_of(*STAFF)
    batch, voucher = batch_rows.by_serial(session, serial)
    return VoucherView(
        batch_rows.serial_of(batch, voucher.serial),
        batch.number,
        Money(voucher.amount_minor, voucher.currency),
        voucher.status,
        voucher.expires_at,
        voucher.redeemed_at,
    )


def redemptions(
    session: Session, actor: Actor, number: str, *, now: datetime, most: int = 50
) -> tuple[Redemption, ...]:
    """Show who redeemed vouchers of a batch, the latest first; looking is recorded.

    Raises:
        SignInNeeded, NotAllowed: not staff.
        NotFound: there is no such batch.
    """
    actor.one_of(*STAFF)
    batch = batch_rows.find(session, number)
    rows = session.exec(
        select(Voucher.serial, Voucher.redeemed_at, Customer.name)
        .outerjoin(Customer, Customer.id == Voucher.redeemed_by)
        .where(Voucher.batch_id == batch.id, Voucher.status == VoucherStatus.REDEEMED)
        .order_by(col(Voucher.redeemed_at).desc(), Voucher.serial)
        .limit(most)
    ).all()
    audit.record(session, actor, "vouchers.redemptions_seen", now=now, subject=number)
    return tuple(
        Redemption(batch_rows.serial_of(batch, serial), name or "", at)
        for serial, at, name in rows
        if at is not None
    )


def dealers(session: Session, actor: Actor, *, now: datetime) -> tuple[tuple[UUID, str], ...]:
    """List who can hand vouchers out: id and login.

    Raises:
        SignInNeeded, NotAllowed: not staff.
    """
    del now
    actor.one_of(*STAFF)
    sells = col(DigitalIdentity.role).in_((Role.DEALER, Role.DEALER_SUPERVISOR))
    wanted = select(DigitalIdentity.id, DigitalIdentity.login).where(
        sells, col(DigitalIdentity.disabled_at).is_(None)
    )
    return tuple(session.exec(wanted.order_by(DigitalIdentity.login)).all())


def _views(session: Session, rows: Sequence[VoucherBatch]) -> tuple[BatchView, ...]:
    ids = [row.id for row in rows]
    counted: dict[UUID, dict[VoucherStatus, int]] = {}
    for batch_id, status, count in session.exec(
        select(Voucher.batch_id, Voucher.status, func.count())
        .where(col(Voucher.batch_id).in_(ids))
        .group_by(Voucher.batch_id, Voucher.status)
    ):
        counted.setdefault(batch_id, {})[VoucherStatus(status)] = count
    wanted = {row.dealer_id for row in rows if row.dealer_id}
    logins = dict(
        session.exec(
            select(DigitalIdentity.id, DigitalIdentity.login).where(
                col(DigitalIdentity.id).in_(wanted)
            )
        ).all()
    )
    return tuple(_view(row, counted.get(row.id, {}), logins) for row in rows)


def _view(
    row: VoucherBatch, counts: Mapping[VoucherStatus, int], logins: Mapping[UUID, str]
) -> BatchView:
    return BatchView(
        number=row.number,
        kind=row.kind,
        name=row.name,
        amount=Money(row.amount_minor, row.currency),
        count=row.count,
        counts=counts,
        status=row.status,
        expires_at=row.expires_at,
        dealer=logins.get(row.dealer_id, "") if row.dealer_id else "",
        exportable=bool(row.sealed_key),
        exports=row.exports,
        exported_at=row.exported_at,
        confirmed_at=row.confirmed_at,
        on_demand=row.on_demand,
        created_at=row.created_at,
    )
